"""Items to nodes: pairs become containers, line ends and tags are settled among siblings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etude.model.inline import (
    Abbreviation,
    Emphasis,
    Inline,
    RawInline,
    SoftBreak,
    Strikethrough,
    Strong,
    Text,
)
from etude.model.rules import Rule
from etude.parse.context import Context
from etude.parse.han import joins
from etude.parse.inline.items import Bracket, Item, Mark, Pair, Tag, Words
from etude.parse.lines import Places
from etude.parse.plain import edge

MAX_NESTING = 40
"""Marks in marks; deeper ones are kept as text."""


def fold(context: Context, text: str, places: Places, items: Iterable[Item]) -> tuple[Inline, ...]:
    """The nodes of some items whose marks have been paired."""
    folder = _Folder(context, text, places)
    for item in items:
        if type(item) is Words:
            folder.words(item.start, item.end, item.value)
            continue
        match item:
            case Mark():
                folder.mark(item)
            case Bracket():
                folder.words(item.start, item.end)
            case _:
                folder.flush()
                folder.nodes.append(item)  # type: ignore[arg-type]
                folder.unsettled |= isinstance(item, SoftBreak | Tag)
    folder.flush()
    return folder.finish(folder.nodes)


class _Folder:
    """The nodes of the innermost open pair, and those of the pairs around it."""

    def __init__(self, context: Context, text: str, places: Places) -> None:
        self.context, self.text, self.places = context, text, places
        self.nodes: list[Inline | Tag] = []
        self.stack: list[tuple[int, list[Inline | Tag]]] = []
        self.begin = self.end = -1
        self.values: list[str] = []
        self.unsettled = False
        """Whether there are line ends or tags."""

    def words(self, start: int, end: int, value: str | None = None) -> None:
        """Literal text; what touches becomes one node."""
        if self.end != start:
            self.flush()
            self.begin = start
        elif not self.values:
            self.begin = start
        self.values.append(self.text[start:end] if value is None else value)
        self.end = end

    def flush(self) -> None:
        if self.values:
            value = "".join(self.values)
            short = self.context.abbreviations
            if value and short.pattern is not None and short.within(value):
                self.nodes += self.short_forms(value)
            elif value:
                self.nodes.append(Text(self.places.span(self.begin, self.end), value))
            self.values.clear()

    def short_forms(self, value: str) -> Iterator[Inline]:
        """A text with its short forms told apart; after an escape all have the place of the whole."""
        plain = value == self.text[self.begin : self.end]
        for start, end, long in self.context.abbreviations.pieces(value):
            place = (self.begin + start, self.begin + end) if plain else (self.begin, self.end)
            span, words = self.places.span(*place), value[start:end]
            yield Abbreviation(span, words, long) if long else Text(span, words)

    def mark(self, mark: Mark) -> None:
        """The parts of a run: what it closes, what is left of it, what it opens."""
        at = mark.start
        for pair in mark.closed:
            self.close(mark.char, pair, at)
            at += pair.size
        if mark.count:
            self.words(at, at + mark.count)
            at += mark.count
        for pair in reversed(mark.opened):
            self.open(pair, at)
            at += pair.size

    def open(self, pair: Pair, at: int) -> None:
        if len(self.stack) >= MAX_NESTING:
            pair.flat = True
            if not self.context.nested_marks:
                self.context.nested_marks = True
                message = "marks are nested too deeply; the inner ones are kept as text"
                self.context.report(Rule.NESTING_TOO_DEEP, message, self.places.span(at, at + pair.size))
            self.words(at, at + pair.size)
            return
        self.flush()
        self.stack.append((at, self.nodes))
        self.nodes = []

    def close(self, char: str, pair: Pair, at: int) -> None:
        end = at + pair.size
        if pair.flat:
            self.words(at, end)
            return
        self.flush()
        start, outer = self.stack.pop()
        span, children = self.places.span(start, end), self.finish(self.nodes)
        kind = Strikethrough if char == "~" else Emphasis if pair.size == 1 else Strong
        outer.append(kind(span, children))
        self.nodes = outer

    def finish(self, nodes: list[Inline | Tag]) -> tuple[Inline, ...]:
        """Siblings without the line ends that print as nothing and the tags without a partner."""
        if not self.unsettled:
            return tuple(nodes)  # type: ignore[arg-type]
        kept = self.partnered(nodes)
        language = self.context.language
        return tuple(
            node
            for i, node in enumerate(kept)
            if not (
                isinstance(node, SoftBreak)
                and 0 < i < len(kept) - 1
                and joins(edge(kept[i - 1], last=True), edge(kept[i + 1], last=False), language)
            )
        )

    def partnered(self, nodes: list[Inline | Tag]) -> list[Inline]:
        open_: list[tuple[str, int]] = []
        pairs: set[int] = set()
        for index, node in enumerate(nodes):
            if not isinstance(node, Tag):
                continue
            if not node.closing:
                open_.append((node.name, index))
                continue
            partner = next((i for i in range(len(open_) - 1, -1, -1) if open_[i][0] == node.name), -1)
            if partner >= 0:
                pairs |= {open_[partner][1], index}
                del open_[partner:]
        kept: list[Inline] = []
        for index, node in enumerate(nodes):
            if not isinstance(node, Tag):
                kept.append(node)
            elif index in pairs:
                kept.append(RawInline(self.places.span(node.start, node.end), node.html, node.files))
            else:
                self.alone(node)
        return kept

    def alone(self, tag: Tag) -> None:
        """Say that a tag is not printed."""
        message = (
            f"`</{tag.name}>` closes nothing in the same piece of text, and is left out"
            if tag.closing
            else f"`<{tag.name}>` is not closed in the same piece of text, and is left out"
        )
        hint = "open and close it in one paragraph, and within the same emphasis or link"
        self.context.report(Rule.RAW_HTML, message, self.places.span(tag.start, tag.end), hints=(hint,))
