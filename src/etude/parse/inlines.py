"""Inline tokens to inline nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it.token import Token

from etude.model.inline import (
    Anchor,
    Citation,
    Emphasis,
    Eval,
    HardBreak,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    FootnoteReference,
    IndexMark,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Text,
    UnknownRole,
)
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import links, roles, sanitise
from etude.parse.context import Context
from etude.parse.han import joins
from etude.parse.lines import Places
from etude.parse.markdown import MAX_NESTING, inline_tokens

_TRIVIAL = re.compile(r"[^\n!#$&*<\[\\\]_`{~]*\Z").match
"""Texts that no inline rule could touch."""


@dataclass(slots=True)
class _Frame:
    """An open container: the nodes gathered so far and how to close it."""

    kind: str
    start: int
    nodes: list[Inline] = field(default_factory=list)
    token: Token | None = None


def parse_inline(context: Context, text: str, places: Places) -> tuple[Inline, ...]:
    """The inline nodes of a text; never raises."""
    if not text:
        return ()
    if _TRIVIAL(text):
        return (Text(places.span(0, len(text)), text),)
    return _Builder(context, places).build(inline_tokens(text, context.env))


class _Builder:
    """Folds a flat list of tokens into nodes with a stack instead of recursion."""

    def __init__(self, context: Context, places: Places) -> None:
        self.context = context
        self.places = places
        self.stack = [_Frame("", 0)]
        self.flat = 0

    def build(self, tokens: list[Token]) -> tuple[Inline, ...]:
        for index, token in enumerate(tokens):
            start, end = token.map or (0, 0)
            match token.type:
                case "text":
                    if token.content:
                        self.text(token.content, start, end)
                case "text_special":
                    self.text(token.content, start, end)
                case "softbreak":
                    self.add(SoftBreak(self.places.span(start, end)))
                case "hardbreak":
                    self.add(HardBreak(self.places.span(start, end)))
                case "code_inline":
                    self.add(InlineCode(self.places.span(start, end), token.content))
                case "formula" | "formula_display":
                    self.context.formula(token.content, display=False)
                    self.add(InlineMath(self.places.span(start, end), token.content))
                case "role":
                    self.role(token, start, end)
                case "footnote_mark":
                    self.add(FootnoteReference(self.places.span(start, end), token.content))
                case "substitution":
                    self.substitute(token.content, start, end)
                case "image":
                    self.image(token, start, end)
                case "html_inline":
                    self.html(token.content, start, end, tokens, index)
                case "em_open" | "s_open" | "link_open" | "strong_open":
                    self.open(token, start)
                case "em_close" | "s_close" | "link_close" | "strong_close":
                    self.close(token, end)
                case _:
                    self.text(token.content, start, end)
        while len(self.stack) > 1:
            frame = self.stack.pop()
            self.stack[-1].nodes.extend(frame.nodes)
        return self.joined(self.stack[0].nodes)

    def add(self, node: Inline) -> None:
        self.stack[-1].nodes.append(node)

    def text(self, value: str, start: int, end: int) -> None:
        span = self.places.span(start, end)
        nodes = self.stack[-1].nodes
        if nodes:
            last = nodes[-1]
            if isinstance(last, Text) and last.span.end == span.start and last.span.source == span.source:
                nodes[-1] = Text(Span(last.span.start, span.end, span.source), last.value + value)
                return
        nodes.append(Text(span, value))

    def open(self, token: Token, start: int) -> None:
        if len(self.stack) > MAX_NESTING:
            if not self.flat:
                span = self.places.span(start, start + 1)
                self.context.report(
                    Rule.NESTING_TOO_DEEP, "marks are nested too deeply; the inner ones are plain", span
                )
            self.flat += 1
            return
        if token.type == "strong_open":
            start -= 1  # the outer star's own token was emptied when the pair was made
        self.stack.append(_Frame(token.type.removesuffix("_open"), start, [], token))

    def close(self, token: Token, end: int) -> None:
        if self.flat:
            self.flat -= 1
            return
        frame = self.stack.pop()
        if token.type == "strong_close":
            end += 1
        children = self.joined(frame.nodes)
        span = self.places.span(frame.start, end)
        match frame.kind:
            case "em":
                self.add(Emphasis(span, children))
            case "strong":
                self.add(Strong(span, children))
            case "s":
                self.add(Strikethrough(span, children))
            case _:
                assert frame.token is not None
                attrs = frame.token.attrs
                self.add(
                    links.link(
                        self.context, str(attrs.get("href", "")), str(attrs.get("title", "")), children, span
                    )
                )

    def role(self, token: Token, start: int, end: int) -> None:
        span = self.places.span(start, end)
        inside = self.places.inner(token.meta["content"])
        self.stack[-1].nodes.extend(roles.role(self.context, token.info, token.content, span, inside))

    def substitute(self, name: str, start: int, end: int) -> None:
        span = self.places.span(start, end)
        value = self.context.substitutions.get(name)
        if value is None or self.context.depth > 8:
            roles.unknown_substitution(self.context, name, span)
            self.add(Text(span, f"{{{{ {name} }}}}"))
            return
        self.context.depth += 1
        self.stack[-1].nodes.extend(parse_inline(self.context, value, Places.at(0, span.source, span)))
        self.context.depth -= 1

    def image(self, token: Token, start: int, end: int) -> None:
        span = self.places.span(start, end)
        source = links.image(self.context, str(token.attrs.get("src", "")), span)
        alt = plain(parse_inline(self.context, token.content, Places.at(0, span.source, span)))
        self.add(InlineImage(span, source, alt, str(token.attrs.get("title", ""))))

    def html(self, html: str, start: int, end: int, tokens: list[Token], index: int) -> None:
        span = self.places.span(start, end)
        if html.startswith("<!--"):
            return
        if self.context.config.trust:
            self.add(RawInline(span, html))
            return
        kind, name = sanitise.tag_name(html)
        match kind:
            case "close":
                if name in self._open_tags:
                    self._open_tags.remove(name)
                    self.add(RawInline(span, f"</{name}>"))
            case "open":
                cleaned, risk = sanitise.clean_open_tag(html, name)
                self._warn(risk, span)
                if cleaned and any(
                    sanitise.tag_name(t.content) == ("close", name)
                    for t in tokens[index + 1 :]
                    if t.type == "html_inline"
                ):
                    self._open_tags.append(name)
                    self.add(RawInline(span, cleaned))
            case _:
                cleaned, risk = sanitise.clean(html)
                self._warn(risk, span)
                if cleaned:
                    self.add(RawInline(span, cleaned))

    def _warn(self, risk: str, span: Span) -> None:
        if risk:
            links.warn_html(self.context, risk, span)

    @property
    def _open_tags(self) -> list[str]:
        try:
            return self._tags
        except AttributeError:
            self._tags: list[str] = []
            return self._tags

    def joined(self, nodes: list[Inline]) -> tuple[Inline, ...]:
        """The nodes without those line ends that print as nothing."""
        if not any(isinstance(n, SoftBreak) for n in nodes):
            return tuple(nodes)
        language = self.context.language
        return tuple(
            node
            for i, node in enumerate(nodes)
            if not (
                isinstance(node, SoftBreak)
                and 0 < i < len(nodes) - 1
                and joins(edge(nodes[i - 1], last=True), edge(nodes[i + 1], last=False), language)
            )
        )


def edge(node: Inline, *, last: bool) -> str:
    """The first or last visible character of a node; empty when it has none."""
    while True:
        match node:
            case Text(value=value) | UnknownRole(value=value):
                return value[-1 if last else 0] if value else ""
            case Emphasis() | Strong() | Strikethrough() | Link() | Reference() | IndexMark() if (
                node.children
            ):
                node = node.children[-1 if last else 0]
            case _:
                return ""


def plain(nodes: tuple[Inline, ...]) -> str:
    """The words of inline nodes, for titles and alternative texts."""
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text(value=value) | UnknownRole(value=value) | InlineCode(value=value):
                parts.append(value)
            case InlineMath(tex=tex):
                parts.append(tex)
            case SoftBreak() | HardBreak():
                parts.append(" ")
            case InlineImage(alt=alt):
                parts.append(alt)
            case Reference(children=children, target=target):
                parts.append(plain(children) or target)
            case Citation() | Eval() | Anchor() | RawInline():
                pass
            case _:
                children = getattr(node, "children", None)
                parts.append(plain(children) if children else str(getattr(node, "value", "")))
    return "".join(parts)
