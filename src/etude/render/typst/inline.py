"""Inline nodes for print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from msgspec import structs

from etude.model.block import Paragraph
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
from etude.render.html.formula import HAN, latex
from etude.render.html.quotes import curled
from etude.render.math import MathError
from etude.render.text import plain
from etude.render.typst.context import Context, anchor
from etude.render.typst.gaps import gapped
from etude.render.typst.math import formula
from etude.render.typst.pictures import small_picture
from etude.render.typst.text import code_word, content, parted, string
from etude.render.typst.words import words

__all__ = ["inline_math", "inlines"]

_CALLS = {Strong: "strong", Strikethrough: "strike", Superscript: "super", Subscript: "sub"}
_LOOKS = {"underline": "underline", "small-caps": "smallcaps", "badge": "badge", "button": "strong"}
"""Calls for the classes of `Styled` that look like something in print."""
_NUMBER = re.compile(r"[+-]?[0-9][0-9,_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s?[%‰]?")
_WORD = r"[A-Za-z\u00c0-\u024f]+(?:['\u2019-][A-Za-z\u00c0-\u024f]+)*"
_LATIN = re.compile(
    rf"((?<![0-9A-Za-z\u00c0-\u024f]){_WORD}(?:,? {_WORD}){{2,}}|(?<=[A-Za-z])\u2019(?=[A-Za-z]))"
)
"""In Chinese text: three words and more, which are hyphenated as English is; an apostrophe."""
_URL = re.compile(r"(?:https?|mailto|ftp):", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def inlines(ctx: Context, nodes: Sequence[Inline]) -> str:
    """A line's content as one expression."""
    if not ctx.han:
        nodes = curled(nodes)
    made = [_node(ctx, node) for node in nodes]
    return content(gapped(nodes, made) if ctx.han else made)


def _node(ctx: Context, node: Inline) -> str:
    match node:
        case Text(value=value):
            shown = parted(value, ctx.measure)
            return _text(shown) if ctx.han and _LATIN.search(shown) else string(shown)
        case Emphasis(children=children):
            han = ctx.han and HAN.search(plain(children)) is not None
            return f"{'stress' if han else 'emph'}({inlines(ctx, children)})"
        case Strong() | Strikethrough() | Superscript() | Subscript():
            return f"{_CALLS[type(node)]}({inlines(ctx, node.children)})"
        case Styled(children=children, classes=names):
            return _styled(ctx, children, names)
        case InlineCode(value=value):
            return code_word(value, ctx.measure, title=ctx.titled)
        case Keyboard(value=value):
            keys = value.split("+") if "+" in value.strip("+") else [value]
            return content(
                ('"+";' if i else "") + f"key-cap({string(k.strip())})" for i, k in enumerate(keys)
            )
        case Abbreviation(value=value, title=title):
            return string(value) if not title else f"abbreviation({string(value)},{string(title)})"
        case InlineMath(tex=tex):
            return inline_math(tex)
        case SoftBreak():
            return '" "'
        case HardBreak():
            return "linebreak()"
        case Link():
            return _link(ctx, node)
        case InlineImage(span=span, source=source, alt=alt, width=width):
            return small_picture(ctx, source, alt, width, span.start)
        case RawInline(html=html):
            return "linebreak()" if _BREAK.fullmatch(html.strip()) else ""
        case Reference():
            return _reference(ctx, node)
        case Citation():
            found = ctx.facts.citations.get(citation_key(node))
            return string(f"[{', '.join(node.keys)}]") if found is None else inlines(ctx, found)
        case Eval():
            return _eval(ctx, node)
        case FootnoteReference(name=name):
            return _note(ctx, name)
        case IndexMark(id=mark, children=children):
            return content((ctx.place(mark), inlines(ctx, children) if children else ""))
        case ApiLink():
            return _api(ctx, node)
        case Anchor(id=block):
            return ctx.place(block)
        case UnknownRole(value=value):
            return string(value)
        case _:
            assert_never(node)


def _styled(ctx: Context, children: Sequence[Inline], names: Sequence[str]) -> str:
    """Words in the looks that their classes have in print; those of the author have none."""
    inner = inlines(ctx, children)
    for name in names:
        if name in _LOOKS:
            return f"{_LOOKS[name]}({inner})"
    return inner


def _text(value: str) -> str:
    """Chinese text with words of another language and apostrophes, which are narrower than its quotes."""
    pieces = _LATIN.split(value)
    return content(string(each) if i % 2 == 0 else f"latin({string(each)})" for i, each in enumerate(pieces))


def inline_math(tex: str) -> str:
    """A formula within a line; the source of one that cannot be typeset."""
    try:
        made = formula(tex, display=False)
    except MathError:
        return code_word(tex.strip())
    return f"inline-formula({string(made.alt)},{made.body})"


def _link(ctx: Context, node: Link) -> str:
    inner = inlines(ctx, node.children) if node.children else string(node.url)
    if node.url.startswith("page:"):
        name, _, fragment = node.url.removeprefix("page:").partition("#")
        return ctx.go(anchor(name, fragment), inner)
    if not _URL.match(node.url):
        return inner
    said = plain(node.children)
    # Paper has no links: the address is told in a note, unless the words are it.
    if said.removeprefix("https://").rstrip("/") == node.url.removeprefix("https://").rstrip("/"):
        return f"link({string(node.url)},address({string(parted(said, ctx.measure))}))"
    return f"web({string(node.url)},{inner})"


def _reference(ctx: Context, node: Reference) -> str:
    found = ctx.facts.references.get(reference_key(node))
    own = inlines(ctx, node.children) if node.children else ""
    if found is None:
        return own or string(node.target)
    name = string(found.name.replace(" ", "\N{NO-BREAK SPACE}")) if found.name else ""
    title = inlines(ctx, found.title) if found.title else ""
    match node.kind:
        case "numref" | "any" | "ref" if node.children:
            shown = _filled(ctx, node, found.number, title or name)
        case "numref" | "eq":
            shown = name or title
        case "ref" | "doc" | "any":
            sections = found.kind in ("", "section", "page", "term")
            shown = own or ((title or name) if sections else (name or title))
        case "term":
            shown = own or string(node.target)
        case "download":
            shown = own or string(node.target.rsplit("/", 1)[-1])
        case _:
            assert_never(node.kind)
    made = ctx.lead(found, shown or string(node.target))
    page = ctx.page_of(found) if node.kind in ("ref", "doc", "numref", "any") else ""
    return f"{{{made};{page}}}" if page else made


def _filled(ctx: Context, node: Reference, number: str, name: str) -> str:
    """The author's words with the number in its place; a name that is no plain text stands alone."""
    nodes = tuple(
        structs.replace(child, value=fill(child.value, number, "{name}"))
        if isinstance(child, Text)
        else child
        for child in node.children
    )
    made = inlines(ctx, nodes)
    return made.replace("{name}", f'";{name};"') if name else made


def _api(ctx: Context, node: ApiLink) -> str:
    target = node.target.lstrip("~!.")
    shown = target.rsplit(".", 1)[-1] if node.target.startswith("~") else target
    inner = inlines(ctx, node.children) if node.children else code_word(shown)
    found = ctx.facts.links.get(f"{node.domain}:{node.role}:{node.target}")
    return f"link({string(found.url)},{inner})" if found is not None and found.url else inner


def _eval(ctx: Context, node: Eval) -> str:
    """The value in each variant, once when all agree."""
    shown: dict[str, list[str]] = {}
    for name, run in ctx.results():
        value = run.value(node)
        shown.setdefault(_value(value), []).append(name)
    if len(shown) <= 1:
        return next(iter(shown), '"?"')
    title = ctx.edition.config.variant_title
    parts: list[str] = []
    said = words(ctx.page.language)
    for i, (made, names) in enumerate(shown.items()):
        own = said.listed.join(title(name, ctx.page.language) for name in names)
        parts += [string(said.separator) if i else "", made, string(said.of_variant.format(own))]
    return content(parts)


def _value(value: Value | None) -> str:
    if value is None or value.error:
        return '"?"'
    shown = choose(value.data)
    if shown is not None and shown.mime == "text/latex":
        return inline_math(latex(shown.content))
    minus = _NUMBER.fullmatch(value.text)
    return string(value.text.replace("-", "\N{MINUS SIGN}") if minus else value.text)


def _note(ctx: Context, name: str) -> str:
    number = ctx.facts.footnotes.get(name)
    if number is None:
        return string(f"[{name}]")
    note = ctx.notes.get(name)
    place = anchor(ctx.page.name, f"fn:{name}")
    if note is None or name in ctx.noted:
        return f"foot-note-again({string(place)})"
    ctx.noted.add(name)
    match note.children:
        case [Paragraph(children=children), *rest]:
            # In line with the number: a paragraph of its own would stand below it.
            said = content((inlines(ctx, children), ctx.render(ctx, rest) if rest else ""))
        case _:
            said = ctx.render(ctx, note.children)
    return f"foot-note({string(place)},{said})"
