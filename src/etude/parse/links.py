"""Links and images: which lead out, which to a page, which to a file of the book."""

from __future__ import annotations

from urllib.parse import unquote

from etude.model.inline import Inline, Link, Reference
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context, is_external

PAGE_SUFFIXES = (".md", ".ipynb")


def link(context: Context, url: str, title: str, children: tuple[Inline, ...], span: Span) -> Inline:
    """The node for a Markdown link: `Link` when it leads out, `Reference` within the book."""
    if is_external(url) or not url:
        return Link(span, children, url, title)
    address = unquote(url)
    if address.startswith("#"):
        return Reference(span, "any", address[1:], children)
    path, _, fragment = address.partition("#")
    if path.endswith(PAGE_SUFFIXES):
        if fragment:
            return Reference(span, "any", fragment, children)
        target = context.resolve(path, span)
        return Reference(span, "doc", context.page_name(target or path), children)
    found = context.locate(address, span, what="the linked file")
    if found is None:
        return Link(span, children, url, title)
    return Reference(span, "download", context.use(found), children)


def image(context: Context, address: str, span: Span) -> str:
    """The book's path of a picture, or the address itself when it leads out or cannot be had."""
    if is_external(address):
        return address
    address = unquote(address)
    if not address:
        context.report(Rule.FILE_MISSING, "the picture has no address", span)
        return ""
    found = context.locate(address, span, what="the picture")
    return context.use(found) if found is not None else address


def warn_html(context: Context, risk: str, span: Span) -> None:
    """Say that something risky was taken out of raw HTML."""
    context.report(
        Rule.RAW_HTML,
        f"`{risk}` in raw HTML was removed",
        span,
        hints=("set `trust = true` under [html] to keep raw HTML of your own as it is",),
    )
