"""Documents as indented text that a person can check: one line a block, what stands in it in brackets.

A block's line is its kind, ``#id``, its labels in parentheses, what differs from the default, and its
text. Inline nodes are ``(kind …)``, words are quoted; ``/`` is a line end that prints as a space, ``//``
one that is kept. Blocks within a block are indented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import FieldInfo, fields

from etude.model.block import Annotation, CodeBlock, CodeCell, Heading, RawBlock, RawHtml, Resources
from etude.model.diagnostic import Severity
from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    Emphasis,
    Eval,
    FootnoteReference,
    Glue,
    HardBreak,
    IndexMark,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    Link,
    Node,
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
)
from etude.model.page import FrontMatter, Page, PageExecution
from etude.model.span import LineIndex, Span

_CONTAINERS = {Emphasis: "em", Strong: "strong", Strikethrough: "del", Superscript: "sup", Subscript: "sub"}
_INLINE = (
    Text, Emphasis, Strong, Styled, Glue, Strikethrough, Superscript, Subscript, InlineCode, Keyboard,
    Abbreviation,
    InlineMath, SoftBreak, HardBreak, Link, InlineImage, RawInline, Reference, Citation, Eval,
    FootnoteReference, IndexMark, ApiLink, Anchor, UnknownRole,
)  # fmt: skip


class Tree:
    """Prints one page; `spans` adds to every node where it stands, as ``@line:column-line:column``."""

    def __init__(self, page: Page, texts: Mapping[str, str], *, spans: bool = False) -> None:
        self.page = page
        self.lines = [LineIndex(texts.get(path, "")) for path in page.sources]
        self.texts, self.spans = texts, spans

    def text(self, show: tuple[str, ...] = ()) -> str:
        out = list(self.front())
        for block in self.page.blocks:
            out += self.block(block, 0)
        for name in show:
            if name in {"files", "formulas", "sources", "title"}:
                value = getattr(self.page, name)
                shown = self.inlines(value) if name == "title" else " ".join(map(quoted, value))
                out.append(f"{name}: {shown}")
        out += self.problems()
        return "\n".join(out) + "\n"

    def front(self) -> Iterator[str]:
        front = self.page.front
        given = [f"{name}={value}" for name, value in _given(front, FrontMatter()) if name != "execute"]
        execute = [f"{name}={value}" for name, value in _given(front.execute, PageExecution())]
        if given:
            yield "front: " + " ".join(given)
        if execute:
            yield "execute: " + " ".join(execute)

    def problems(self) -> Iterator[str]:
        for problem in self.page.diagnostics:
            path, span = problem.place.path, problem.place.span
            at = LineIndex(self.texts.get(path, "")).position(span.start)
            place = f"{at.line}:{at.column}" if path == self.page.path else f"{path}:{at.line}:{at.column}"
            end = LineIndex(self.texts.get(path, "")).position(span.end)
            until = f"-{end.column}" if end.line == at.line else f"-{end.line}:{end.column}"
            severity = "error" if problem.severity == Severity.ERROR else problem.severity.value
            yield f"{severity}: [{problem.rule.value}] {place}{until} {problem.message}"
            for hint in problem.hints:
                yield f"  hint: {hint}"

    def place(self, node: Any) -> str:
        if not self.spans or not isinstance(node, Node):
            return ""
        return self.range(node.span)

    def range(self, span: Span) -> str:
        index = self.lines[span.source]
        start, end = index.position(span.start), index.position(span.end)
        source = f"[{span.source}]" if span.source else ""
        until = f"{end.column}" if start.line == end.line else f"{end.line}:{end.column}"
        return f"@{source}{start.line}:{start.column}-{until}"

    # -- blocks -----------------------------------------------------------------------------------

    def block(self, node: Struct, depth: int) -> Iterator[str]:
        pad = "  " * depth
        head, below = [type(node).__name__], []
        if isinstance(node, Heading):
            head.append(str(node.level))
        head.append(self.place(node))
        for info in fields(node):
            value = getattr(node, info.name)
            if info.name == "span" or (isinstance(node, Heading) and info.name == "level"):
                continue
            if info.name == "id":
                head.append(f"#{value}" if value else "")
            elif info.name == "labels":
                head.append(f"({', '.join(value)})" if value else "")
            elif info.name == "code_span":
                head.append(f"code{self.range(Span(*value))}" if self.spans else "")
            elif value == _default(info):
                continue
            elif isinstance(value, tuple) and isinstance(value[0], _INLINE):
                if info.name == "children":
                    head.append(self.inlines(value))
                else:
                    below.append(f"{pad}  {info.name}: {self.inlines(value)}")
            elif isinstance(value, tuple) and isinstance(value[0], Annotation):
                for note in value:
                    below.append(f"{pad}  annotation {note.number} at line {note.line}:")
                    below += [line for child in note.children for line in self.block(child, depth + 2)]
            elif isinstance(value, tuple) and isinstance(value[0], Node):
                plain = info.name in {"children", "items", "cells"}
                if not plain:
                    below.append(f"{pad}  {info.name}:")
                below += [line for child in value for line in self.block(child, depth + (1 if plain else 2))]
            elif info.name in {"code", "html"} or (isinstance(node, RawBlock) and info.name == "value"):
                below += [f"{pad}  | {line}".rstrip() for line in value.split("\n")]
            else:
                head.append(f"{info.name}={shown(value)}")
        if isinstance(node, CodeBlock | CodeCell | RawHtml | RawBlock):
            below.sort(key=lambda line: line.lstrip().startswith("|"))
        yield pad + " ".join(filter(None, head))
        yield from below

    # -- inline -----------------------------------------------------------------------------------

    def inlines(self, nodes: tuple[Inline, ...]) -> str:
        return " ".join(map(self.inline, nodes))

    def inline(self, node: Inline) -> str:
        text = self._inline(node)
        place = self.place(node)
        return f"{text}{place}" if place else text

    def _inline(self, node: Inline) -> str:
        match node:
            case Text():
                return quoted(node.value)
            case SoftBreak():
                return "/"
            case HardBreak():
                return "//"
            case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript():
                return self.form(_CONTAINERS[type(node)], "", node.children)
            case InlineCode():
                return self.form("code", quoted(node.value))
            case Keyboard():
                return self.form("kbd", quoted(node.value))
            case Abbreviation():
                return self.form("abbr", f"{quoted(node.value)} {quoted(node.title)}")
            case InlineMath():
                return self.form("math", quoted(node.tex))
            case RawInline():
                return self.form("html", quoted(node.html))
            case Link():
                title = f" title={quoted(node.title)}" if node.title else ""
                return self.form("link", f"{quoted(node.url)}{title}", node.children)
            case InlineImage():
                rest = [
                    f"{name}={value}"
                    for name, value in _given(node, InlineImage(node.span, node.source, node.alt))
                ]
                return self.form("image", " ".join((quoted(node.source), quoted(node.alt), *rest)))
            case Reference():
                return self.form(node.kind, quoted(node.target), node.children)
            case Citation():
                around = [
                    f"{n}={quoted(v)}" for n, v in (("prefix", node.prefix), ("suffix", node.suffix)) if v
                ]
                return self.form(f"cite-{node.kind}", " ".join((*node.keys, *around)))
            case Styled():
                return self.form("styled", " ".join(f".{name}" for name in node.classes), node.children)
            case Glue():
                return self.form("glue", " ".join(map(quoted, (node.page, node.expression, node.form))))
            case Eval():
                return self.form("eval", f"{quoted(node.expression)} after={node.after}")
            case FootnoteReference():
                return self.form("footnote", quoted(node.name))
            case IndexMark():
                return self.form(
                    "index", " ".join((f"#{node.id}", *map(_entry, node.entries))), node.children
                )
            case ApiLink():
                return self.form(f"{node.domain}:{node.role}", quoted(node.target), node.children)
            case Anchor():
                return self.form("anchor", quoted(node.label))
            case UnknownRole():
                return self.form("role", f"{node.name} {quoted(node.value)}")

    def form(self, name: str, what: str, children: tuple[Inline, ...] = ()) -> str:
        return "(" + " ".join(filter(None, (name, what, self.inlines(children)))) + ")"


def _entry(entry: Any) -> str:
    path = "; ".join(entry.path)
    kind = f" {entry.kind}: {entry.see}" if entry.see else ""
    return f"[{'!' if entry.main else ''}{path}{kind}]"


def _default(info: FieldInfo) -> Any:
    if info.default is not UNSET and not info.required:
        return info.default
    return info.default_factory() if callable(info.default_factory) else None


def _given(node: Struct, default: Struct) -> Iterator[tuple[str, str]]:
    """Fields that differ from those of another struct, as text."""
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if value != getattr(default, name):
            yield name, shown(value)


def shown(value: Any) -> str:
    match value:
        case bool() | None:
            return {True: "yes", False: "no", None: "none"}[value]
        case str():
            return quoted(value)
        case tuple():
            return "[" + ", ".join(map(shown, value)) + "]"
        case bytes():
            return quoted(value.decode())
        case Resources():
            return "{" + ", ".join(f"{n}={v}" for n, v in _given(value, Resources())) + "}"
        case Struct():
            names = (name for name in value.__struct_fields__ if name != "span")
            return "{" + ", ".join(f"{n}={shown(getattr(value, n))}" for n in names) + "}"
        case _:
            return str(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
