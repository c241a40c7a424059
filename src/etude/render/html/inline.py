"""Inline nodes as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import assert_never

from etude.model.block import FootnoteDefinition, Paragraph
from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    Emphasis,
    Eval,
    FootnoteReference,
    HardBreak,
    IndexMark,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Styled,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
    citation_key,
    reference_key,
)
from etude.model.result import Value
from etude.model.words import fill
from etude.render.bundle import choose
from etude.render.html.address import safe
from etude.render.html.context import Context
from etude.render.html.escape import attribute, attributes, breakable, classes, text
from etude.render.html.formula import HAN, held_after, held_before, inline_formula, latex
from etude.render.html.picture import output_picture, size_style
from etude.render.html.quotes import curled, edge
from etude.render.html.switch import variant_keys
from etude.render.html.titles import title_html
from etude.render.raw import with_files
from etude.render.text import plain

__all__ = ["inlines"]

_TAGS = {Strong: "strong", Strikethrough: "s", Superscript: "sup", Subscript: "sub"}
_NUMBER = re.compile(r"[+-]?[0-9][0-9,_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s?[%‰]?")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def inlines(ctx: Context, nodes: Sequence[Inline]) -> str:
    """A line's content."""
    if ctx.english or ctx.latin:
        nodes = curled(nodes)
    if not any(isinstance(node, InlineMath | Eval) for node in nodes):
        return "".join(_node(ctx, node) for node in nodes)
    # A formula takes from the texts beside it what must stay on its line.
    texts = [node.value if isinstance(node, Text) else "" for node in nodes]
    made: dict[int, str] = {}
    for i, node in enumerate(nodes):
        if not isinstance(node, InlineMath | Eval):
            continue
        before = edge(nodes[i - 1], last=True) if i else ""
        after = edge(nodes[i + 1], last=False) if i + 1 < len(nodes) else ""
        if isinstance(node, Eval):
            made[i] = _eval(ctx, node, before, after)
            continue
        head = held_before(texts[i - 1]) if i else ""
        tail = held_after(texts[i + 1]) if i + 1 < len(nodes) else ""
        if head:
            texts[i - 1] = texts[i - 1].removesuffix(head)
        if tail:
            texts[i + 1] = texts[i + 1].removeprefix(tail)
        made[i] = inline_formula(ctx.math, node.tex, head, tail, before=before, after=after)
    return "".join(
        made[i] if i in made else text(texts[i]) if isinstance(node, Text) else _node(ctx, node)
        for i, node in enumerate(nodes)
    )


def _node(ctx: Context, node: Inline) -> str:
    match node:
        case Text(value=value):
            return text(value)
        case Emphasis(children=children):
            # Chinese is emphasised by dots; Latin words among it lean, as they do elsewhere.
            latin = ctx.han and HAN.search(plain(children)) is None
            kind = ' class="latin"' if latin else ""
            return f"<em{kind}>{inlines(ctx, children)}</em>"
        case Strong() | Strikethrough() | Superscript() | Subscript():
            tag = _TAGS[type(node)]
            return f"<{tag}>{inlines(ctx, node.children)}</{tag}>"
        case Styled(children=children, classes=names):
            return _styled(ctx, children, names)
        case InlineCode(value=value):
            return f"<code>{breakable(value)}</code>"
        case Keyboard(value=value):
            return _keys(value)
        case Abbreviation(value=value, title=title):
            return f"<abbr{attributes(title=title)}>{text(value)}</abbr>"
        case InlineMath(tex=tex):
            return inline_formula(ctx.math, tex)
        case SoftBreak():
            return "\n"
        case HardBreak():
            return "<br>\n"
        case Link():
            return _link(ctx, node)
        case InlineImage():
            style, width = size_style(node.width, "")
            across, down = ctx.site.sizes.get(node.source, (None, None))
            more = attributes(
                title=node.title, width=width or across, height=None if width else down, style=style
            )
            return f'<img src="{ctx.file(node.source)}" alt="{attribute(node.alt)}"{more}>'
        case RawInline(html=html, files=files):
            ctx.foreign = True
            return with_files(html, files, ctx.file)
        case Reference():
            return _reference(ctx, node)
        case Citation():
            found = ctx.facts.citations.get(citation_key(node))
            if found is None:
                return _broken(ctx, f"[{', '.join(node.keys)}]")
            return f'<span class="cite">{inlines(ctx, found)}</span>'
        case Eval():
            return _eval(ctx, node)
        case FootnoteReference(name=name):
            return _note(ctx, name)
        case IndexMark(id=mark, children=children):
            return f'<span id="{attribute(mark)}">{inlines(ctx, children)}</span>'
        case ApiLink():
            return _api(ctx, node)
        case Anchor(id=anchor):
            return f'<span id="{attribute(anchor)}"></span>'
        case UnknownRole(value=value):
            return f'<span class="unknown">{text(value)}</span>'
        case _:
            assert_never(node)


def _styled(ctx: Context, children: Sequence[Inline], names: Sequence[str]) -> str:
    inner = inlines(ctx, children)
    match names:
        case ["underline"]:
            return f"<u>{inner}</u>"
        case ["small-caps"]:
            return f'<span style="font-variant-caps:small-caps">{inner}</span>'
        case ["sample"]:  # one piece of code, with what is the reader's emphasised
            return f"<code>{inner.replace('<code>', '').replace('</code>', '')}</code>"
        case _:
            return f'<span class="{attribute(classes(names))}">{inner}</span>'


def _keys(value: str) -> str:
    keys = value.split("+") if "+" in value.strip("+") else [value]
    return "+".join(f"<kbd>{text(key.strip())}</kbd>" for key in keys)


def _link(ctx: Context, node: Link) -> str:
    url = node.url
    if url.startswith("page:"):
        name, _, fragment = url.removeprefix("page:").partition("#")
        url = (
            "#" + fragment if name == ctx.page.name and fragment else ctx.site.link(ctx.here, name, fragment)
        )
    href = safe(url)
    content = inlines(ctx, node.children) or text(node.url)
    if not href:
        return content
    # Print says where a link leads, unless its words do.
    named = content.removeprefix("https://") == text(url).removeprefix("https://")
    if named:
        content = breakable(unescape(content))
    outside = ' class="external"' if _URL.match(href) and not named else ""
    return f'<a{outside} href="{attribute(href)}"{attributes(title=node.title)}>{content}</a>'


def _reference(ctx: Context, node: Reference) -> str:
    resolved = ctx.facts.references.get(reference_key(node))
    if resolved is None:
        return _broken(ctx, inlines(ctx, node.children) or text(node.target), escaped=True)
    name = text(resolved.name.replace(" ", "\N{NO-BREAK SPACE}"))
    title = title_html(resolved.title)
    match node.kind:
        case "numref" | "any" | "ref" if node.children:
            content = fill(inlines(ctx, node.children), text(resolved.number), title or name)
        case "numref" | "eq":
            content = name or title
        case "ref" | "doc" | "any":
            sections = resolved.kind in ("", "section", "page", "term")
            content = inlines(ctx, node.children) or ((title or name) if sections else (name or title))
        case "term":
            content = inlines(ctx, node.children) or text(node.target)
        case "download":
            content = inlines(ctx, node.children) or text(node.target.rsplit("/", 1)[-1])
        case _:
            assert_never(node.kind)
    kind = {"term": "term", "download": "download"}.get(node.kind, "ref")
    download = " download" if node.kind == "download" else ""
    href = attribute(ctx.href(resolved))
    return f'<a class="{kind}" href="{href}"{download}>{content or text(node.target)}</a>'


def _broken(ctx: Context, content: str, *, escaped: bool = False) -> str:
    shown = content if escaped else text(content)
    return f'<span class="broken" title="{attribute(ctx.site.words.broken)}">{shown}</span>'


def _api(ctx: Context, node: ApiLink) -> str:
    target = node.target.lstrip("~!.")
    shown = target.rsplit(".", 1)[-1] if node.target.startswith("~") else target
    content = inlines(ctx, node.children) or f"<code>{breakable(shown)}</code>"
    found = ctx.facts.links.get(f"{node.domain}:{node.role}:{node.target}")
    if found is None or not found.url:
        return content
    kind = found.kind.rpartition(":")[2]
    said = attributes(
        title=target if shown != target else "",
        data_name=target,
        data_kind=ctx.site.words.api.get(kind, kind),
        data_project=found.project,
    )
    return f'<a class="api" href="{attribute(safe(found.url))}"{said}>{content}</a>'


def _eval(ctx: Context, node: Eval, before: str = "", after: str = "") -> str:
    """The value in each variant, once when all agree; `before` and `after` are the characters beside it."""
    gaps = (" gap-left" if HAN.match(before) else "") + (" gap-right" if HAN.match(after) else "")
    shown: dict[str, list[str]] = {}
    for name, run in ctx.results():
        value = run.value(node)
        shown.setdefault(_value(ctx, value, gaps), []).append(name)
    if not shown:
        return _value(ctx, None, gaps)
    if len(shown) == 1:
        return next(iter(shown))
    if ctx.site.still:
        return ctx.site.words.separator.join(
            f"{content}{text(ctx.site.words.brackets.format(_whose(ctx, names)))}"
            for content, names in shown.items()
        )
    return "".join(
        f'<span data-variant="{variant_keys(names)}">{content}</span>' for content, names in shown.items()
    )


def _whose(ctx: Context, names: Sequence[str]) -> str:
    titles = (ctx.site.config.variant_title(name, ctx.page.language) for name in names)
    return ctx.site.words.separator.join(titles)


def _value(ctx: Context, value: Value | None, gaps: str) -> str:
    if value is None or value.error:
        why = value.error if value is not None else ctx.site.words.missing
        return f'<span class="missing" title="{attribute(why)}">?</span>'
    shown = choose(value.data)
    if shown is not None and shown.mime.startswith("image/"):
        return output_picture(ctx.files, ctx.root, shown, alt=value.text)
    if shown is not None and shown.mime == "text/html":
        ctx.foreign = True
        return f'<span class="eval">{shown.content}</span>'
    if shown is not None and shown.mime == "text/markdown" and ctx.site.markdown is not None:
        match ctx.site.markdown(shown.content):
            case [Paragraph(children=children)]:
                return f'<span class="eval">{inlines(ctx, children)}</span>'
            case _:
                return f'<span class="eval">{text(shown.content.strip())}</span>'
    if shown is not None and shown.mime == "text/latex":
        return inline_formula(ctx.math, latex(shown.content))
    said = value.text.replace("-", "\N{MINUS SIGN}") if _NUMBER.fullmatch(value.text) else value.text
    return f'<span class="eval{"" if HAN.search(said) else gaps}">{text(said)}</span>'


def _note(ctx: Context, name: str) -> str:
    number = ctx.facts.footnotes.get(name)
    if number is None:
        return _broken(ctx, f"[{name}]")
    times = ctx.noted[name] = ctx.noted.get(name, 0) + 1
    mark = f' id="fnref-{number}"' if times == 1 else ""
    out = f'<sup class="fn"><a{mark} href="#fn-{number}" role="doc-noteref">{number}</a></sup>'
    definition = ctx.notes.get(name)
    if definition is None or times > 1 or not ctx.flow or not _simple(definition):
        return out
    ctx.beside.add(name)
    ctx.margin = True
    with ctx.boxed():
        words = "<br>".join(inlines(ctx, p.children) for p in definition.children if isinstance(p, Paragraph))
    return f'{out}<small class="side" aria-hidden="true"><b>{number}</b>{_without_ids(words)}</small>'


def _simple(definition: FootnoteDefinition) -> bool:
    """Whether a note can stand within a paragraph, beside the line that refers to it."""
    return all(isinstance(child, Paragraph) for child in definition.children)


def _without_ids(markup: str) -> str:
    """A second copy of `markup` must not repeat its ids."""
    return re.sub(r'(<[^>]*?) id="[^"]*"', r"\1", markup) if " id=" in markup else markup
