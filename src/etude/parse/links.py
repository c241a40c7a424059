"""Links and pictures: which lead out, which to a page, which to a file of the book."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from etude.model.inline import ApiLink, Inline, InlineImage, Link, Reference, Text
from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.parse import values
from etude.parse.addresses import (
    Address,
    encode,
    file_path,
    is_allowed,
    is_external,
    is_known,
    is_label,
    scheme,
)
from etude.parse.context import Context
from etude.parse.plain import plain
from etude.parse.spelling import did_you_mean

PAGE_SUFFIXES = (".md", ".ipynb")

ATTRIBUTES = {
    "width": values.length,
    "height": values.length,
    "w": values.length,
    "h": values.length,
    "align": values.align,
    "alt": values.text,
}
"""What may stand in braces after a picture, beside ``.class`` and ``#name``."""
UNUSED = frozenset(("title", "loading", "target", "style", "figwidth", "figclass", "scale"))
"""What other tools let stand there."""
_PROJECT = re.compile(r"(?:xref|myst):([\w.-]+)((?:[/#].*)?)", re.DOTALL)


def link(context: Context, address: Address, children: tuple[Inline, ...], span: Span) -> Inline:
    """The node for a Markdown link: `Link` when it leads out, `Reference` within the book."""
    kind, url = scheme(address.url), address.url
    if kind == "path":
        return _download(context, unquote(url[len("path:") :]), address, children, span)
    url = settled(context, url)
    if kind in _PROJECTS and scheme(url) == kind:
        return _inventory(url, children, span)
    if kind in _SHORT:
        url = _SHORT[kind](url[len(kind) + 1 :])
    url = url.removeprefix("project:")
    if not url:
        shown = plain(children).strip()
        context.report(
            Rule.REFERENCE_BROKEN,
            f"the link `{shown}` leads nowhere" if shown else "the link leads nowhere",
            span,
            hints=("write an address, a page or `#label` between its parentheses",),
            severity=Severity.WARNING,
        )
        return Link(span, children, "", address.title)
    if is_external(url):
        if not is_known(url):
            if is_label(url):
                return Reference(span, "any", unquote(url), children)
            warn_scheme(context, url, span)
        return Link(span, children, encode(url), address.title)
    path, mark, fragment = url.partition("#")
    path, fragment = unquote(path.partition("?")[0]), unquote(fragment)
    if not path:
        return Reference(span, "any", fragment, children)
    page = page_at(context, path, span)
    if page is not None:
        if fragment and is_page(context, page):
            return Reference(span, "any", f"{page}#{fragment}", children)
        return Reference(span, "doc", page, children)
    if not mark and is_label(url) and not context.exists(context.resolve(path, span) or ""):
        return Reference(span, "any", path, children)
    return _download(context, path, address, children, span)


def _wiki(name: str) -> str:
    """The address of an article; ``de:Name`` is one in another language."""
    language, colon, rest = name.partition(":")
    if not colon or len(language) > 3:
        language, rest = "en", name
    return f"https://{language}.wikipedia.org/wiki/{rest.replace(' ', '_')}"


_SHORT: dict[str, Callable[[str], str]] = {
    "wiki": _wiki,
    "github": lambda name: f"https://github.com/{name.lstrip('/')}",
    "rrid": lambda name: f"https://scicrunch.org/resolver/RRID:{name}",
    "ror": lambda name: f"https://ror.org/{name.removeprefix('https://ror.org/')}",
}
"""Short forms of addresses, by their schemes."""
_PROJECTS = ("inv", "xref", "myst")
_PLACE = re.compile(r"([^#]*)(?:#(.*))?", re.DOTALL).fullmatch


def _inventory(url: str, children: tuple[Inline, ...], span: Span) -> ApiLink:
    """``inv:project:domain:type#name`` and ``xref:project/page#name``: a name in another project."""
    match = _PLACE(url.partition(":")[2])
    assert match is not None
    parts = re.split(r"[:/]", match[1].strip("/"))
    name = unquote(match[2] or parts[-1])
    project, domain, kind = (part if part != "*" else "" for part in (*parts, "", "", "")[:3])
    if not url.startswith("inv:"):
        domain = kind = ""
    target = f"{project}:{name}" if project and project != name else name
    return ApiLink(span, domain or "any", kind or "any", target, children or (Text(span, name),))


def _download(
    context: Context, path: str, address: Address, children: tuple[Inline, ...], span: Span
) -> Inline:
    found = context.locate(path, span, what="the linked file")
    if found is None:
        return Link(span, children, encode(address.url), address.title)
    return Reference(span, "download", context.use(found), children)


def autolink(context: Context, url: str, words: Text, span: Span) -> Inline:
    """The node for an address between ``<`` and ``>``; one within the book says what it leads to."""
    url = settled(context, url)
    kind = scheme(url)
    if kind in ("project", "path", *_PROJECTS):
        return link(context, Address(url), (), span)
    if kind in _SHORT:
        words, url = (
            Text(span, unquote(url[len(kind) + 1 :]).replace("_", " ")),
            _SHORT[kind](url[len(kind) + 1 :]),
        )
    if not is_known(url):
        context.report(
            Rule.REFERENCE_BROKEN,
            f"`<{url}>` is read as a link, and leads nowhere",
            span,
            hints=("put code between backticks, or write `\\<`; addresses begin with `https:`",),
            severity=Severity.WARNING,
        )
    return Link(span, (words,), encode(url))


def settled(context: Context, address: str) -> str:
    """The address of ``doi:…``, and of ``xref:NAME/page#label`` of MyST: a page of that project."""
    if scheme(address) == "doi":
        return f"https://doi.org/{address[len('doi:') :]}"
    found = _PROJECT.fullmatch(address)
    if found is None:
        return address
    urls = {one.name: one.url for one in context.config.inventories}
    return f"{urls[found[1]].rstrip('/')}{found[2]}" if found[1] in urls else address


def page_at(context: Context, path: str, span: Span) -> str | None:
    """The name of the page that a path leads to; None when it is no page's path.

    A path without a suffix is a page's when there is such a page.
    """
    target = context.resolve(path, span)
    if target is None:
        return None
    if path.endswith(PAGE_SUFFIXES):
        return context.page_name(target)
    if not re.search(r"\.\w+\Z", path) and any(context.exists(target + suffix) for suffix in PAGE_SUFFIXES):
        return context.page_name(target)
    return None


def is_page(context: Context, name: str) -> bool:
    """Whether there is a file for a page, with any suffix."""
    folder = f"{context.language}/" if context.config.language_folders else ""
    stem = folder + name
    return any(context.exists(stem + suffix) for suffix in PAGE_SUFFIXES)


def image(context: Context, address: str, span: Span) -> str:
    """The book's path of a picture, or the address itself when it leads out or cannot be had."""
    if scheme(address) == "attachment":
        return _attachment(context, unquote(address[len("attachment:") :]), span)
    if is_external(address):
        return safe(context, address, span, picture=True)
    path = file_path(address)
    if not path and len(address) > 1 and address.startswith("#"):
        return unquote(address)  # outputs of the cell with this label
    if not path:
        context.report(Rule.FILE_MISSING, "the picture has no address", span)
        return ""
    found = context.locate(path, span, what="the picture")
    return context.use(found) if found is not None else path


def _attachment(context: Context, name: str, span: Span) -> str:
    """The data URI of a picture that the notebook cell at hand carries."""
    pictures = [f"`{other}`" for other, data in context.attachments.items() if data]
    if not (data := context.attachments.get(name, "")):
        hint = f"the cell has {', '.join(pictures)}" if pictures else "no picture is attached to this cell"
        context.report(Rule.FILE_MISSING, f"the attachment `{name}` does not exist", span, hints=(hint,))
    return data


def picture(
    context: Context, address: Address, children: tuple[Inline, ...], span: Span, given: dict[str, Any]
) -> InlineImage:
    """The node for a Markdown picture; `given` is what `read_attributes` found."""
    return InlineImage(
        span,
        image(context, address.url, span),
        given.get("alt") or plain(children),
        address.title,
        given.get("width", given.get("w", "")),
        given.get("height", given.get("h", "")),
        given.get("align", ""),
        given.get("class", ()),
    )


def read_attributes(context: Context, text: str, span: Span) -> dict[str, Any]:
    """``width=50% .class`` as values by name; what cannot be used is reported at `span`."""
    found: dict[str, Any] = {}
    for word in re.findall(r"""[\w-]+=(?:"[^"]*"|'[^']*'|\S*)|\S+""", text):
        name, equals, value = word.partition("=")
        if not equals and name.startswith("."):
            found["class"] = (*found.get("class", ()), name[1:])
        elif not equals and name.startswith("#") and len(name) > 1:
            found["label"] = name[1:]
        elif equals and name in UNUSED:
            pass
        elif not equals or name not in ATTRIBUTES:
            context.report(
                Rule.UNKNOWN_OPTION,
                f"a picture has no attribute `{name}`",
                span,
                hints=did_you_mean(name, ATTRIBUTES)
                or ("use the `figure` directive for labels and captions",),
            )
        else:
            try:
                found[name] = ATTRIBUTES[name](value.strip("\"'"))
            except values.Bad as bad:
                context.report(Rule.OPTION_VALUE, f"the attribute `{name}`: {bad}", span)
    return found


def safe(context: Context, address: str, span: Span, *, picture: bool = False) -> str:
    """An address that leads out, encoded; empty (and a diagnostic) when it cannot, or could run code."""
    address = settled(context, address)
    if not context.config.trust and not is_allowed(address, picture=picture):
        warn_address(context, address, span)
        return ""
    if is_allowed(address, picture=picture) and not is_known(address, picture=picture):
        warn_scheme(context, address, span)
        return ""
    return encode(address)


def warn_scheme(context: Context, address: str, span: Span) -> None:
    """Say that an address is of a kind that leads nowhere."""
    kind = scheme(address)
    hint = "write an `https:` address, or a path of the book"
    if kind == "inv":
        hint = "link to what other projects document with a role, such as `` {py:class}`list` ``"
    context.report(
        Rule.REFERENCE_BROKEN,
        f"`{kind}:` is no kind of address that can be linked to",
        span,
        hints=(hint,),
        severity=Severity.WARNING,
    )


def warn_address(context: Context, address: str, span: Span) -> None:
    """Say that an address was not let through."""
    scheme = address.split(":", 1)[0].strip()
    context.report(
        Rule.RAW_HTML,
        f"a `{scheme}:` address was removed",
        span,
        hints=("link to a page of the book, to one of its files, or to an `https:` address",),
    )


def warn_html(context: Context, removed: Sequence[str], span: Span) -> None:
    """Say what was taken out of raw HTML, if anything was."""
    if not removed:
        return
    hints: list[str] = []
    if any(kind.startswith("`</") for kind in removed):
        hints.append("close an element where it was opened, with no empty line between")
    if any(kind.startswith("`<") and kind[2] != "/" for kind in removed):
        hints.append("what is no HTML is written between backticks, or with `\\<`")
    if not all(kind.startswith("`<") for kind in removed):
        hints.append("set `trust = true` under [html] to keep raw HTML of your own as it is")
    verb = "were" if len(removed) > 1 else "was"
    context.report(Rule.RAW_HTML, f"{', '.join(removed)} in raw HTML {verb} removed", span, hints=hints)
