"""What a reader may look for in blocks: runs of words, captions, formulas and code, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from etude.model.block import (
    Admonition,
    Annotation,
    Aside,
    Bibliography,
    Block,
    BlockBreak,
    BlockNode,
    Card,
    Cell,
    CodeBlock,
    CodeCell,
    Comment,
    Container,
    Definition,
    DefinitionList,
    Dropdown,
    Embed,
    Exercise,
    Figure,
    FootnoteDefinition,
    Grid,
    Heading,
    Image,
    List,
    ListItem,
    MathBlock,
    Paragraph,
    PrintIndex,
    Proof,
    Quote,
    RawBlock,
    RawHtml,
    Row,
    Solution,
    TabItem,
    Table,
    TableOfContents,
    TabSet,
    ThematicBreak,
    UnknownDirective,
    VariantBlock,
)
from etude.model.book import PageFacts
from etude.model.inline import Eval, Inline, InlineMath
from etude.model.result import RunResult
from etude.render.text import plain

__all__ = ["FORMULA", "Kind", "Piece", "Reader"]

Kind: TypeAlias = Literal["text", "caption", "formula", "code"]

FORMULA = ("\ue000", "\ue001")
"""What stands before and after a formula within words; it is nothing to who compares."""

_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class Piece(Struct, frozen=True, array_like=True, gc=False):
    """Words that stand together: no match reaches from one piece into the next."""

    kind: Kind
    text: str


class Reader:
    """Reads the blocks of one page; of all variants, as which one a reader has chosen is not known."""

    def __init__(self, facts: PageFacts, results: Mapping[str, RunResult]) -> None:
        """References and values say what they say on the page, of the first variant that has any."""
        self._facts = facts
        self._runs = tuple(results.values())

    def words(self, inlines: Sequence[Inline]) -> str:
        """The words of inline nodes; formulas as LaTeX between `FORMULA`."""
        return plain(inlines, self._facts, self._say) if inlines else ""

    def _say(self, node: Eval | InlineMath) -> str:
        if isinstance(node, InlineMath):
            return node.tex.join(FORMULA)
        cells = (run.after(node.after) for run in self._runs)
        values = (cell.values.get(node.expression) for cell in cells if cell is not None)
        return next((value.text for value in values if value is not None), "")

    def pieces(self, blocks: Iterable[BlockNode]) -> Iterator[Piece]:
        """The pieces of blocks; empty ones are left out."""
        for block in blocks:
            for piece in self._block(block):
                if piece.text.strip():
                    yield piece

    def _block(self, node: BlockNode) -> Iterator[Piece]:
        match node:
            case Paragraph(children=children) | Heading(children=children):
                yield Piece("text", self.words(children))
            case MathBlock(tex=tex):
                yield Piece("formula", tex)
            case CodeBlock(code=code):
                yield from self._caption(node, node.caption)
                yield Piece("code", code)
                yield from self._annotations(node.annotations)
            case CodeCell(tags=tags):
                yield from self._cell(node, frozenset(tags))
            case Figure(caption=caption, children=children, legend=legend):
                yield from self.pieces(children)
                yield from self._caption(node, caption)
                yield from self.pieces(legend)
            case Table(caption=caption, head=head, body=body):
                yield from self._caption(node, caption)
                yield from self.pieces((*head, *body))
            case Embed(caption=caption):
                yield from self._caption(node, caption)
            case Proof(title=title, children=children) | Exercise(title=title, children=children):
                yield from self._caption(node, title)
                yield from self.pieces(children)
            case (
                Solution(title=title, children=children)
                | Admonition(title=title, children=children)
                | Dropdown(title=title, children=children)
                | TabItem(title=title, children=children)
                | Aside(title=title, children=children)
            ):
                yield Piece("caption", self.words(title))
                yield from self.pieces(children)
            case Card(title=title, header=header, children=children, footer=footer):
                yield Piece("caption", self.words(title))
                yield from self.pieces((*header, *children, *footer))
            case Definition(term=term, children=children):
                yield Piece("caption", self.words(term))
                yield from self.pieces(children)
            case Quote(children=children, attribution=attribution):
                yield from self.pieces(children)
                yield Piece("text", self.words(attribution))
            case List(items=items) | DefinitionList(items=items) | TabSet(items=items):
                yield from self.pieces(items)
            case Row(cells=cells):
                yield from self.pieces(cells)
            case (
                ListItem(children=children)
                | Cell(children=children)
                | VariantBlock(children=children)
                | Grid(children=children)
                | Container(children=children)
                | FootnoteDefinition(children=children)
                | UnknownDirective(children=children)
            ):
                yield from self.pieces(children)
            case Bibliography():
                for work in self._facts.works:
                    yield Piece("text", self.words(work.content))
            case RawHtml(html=html):
                yield Piece("text", _bare(html))
            case RawBlock(format=kind, value=value):
                yield Piece("text", _bare(value) if kind.lower() == "html" else "")
            case PrintIndex() | TableOfContents() | ThematicBreak() | BlockBreak() | Comment() | Image():
                pass  # what the index and the contents say stands where they lead to
            case _:
                assert_never(node)

    def _caption(self, node: Block, caption: Sequence[Inline]) -> Iterator[Piece]:
        """What stands above or below a block, after its number."""
        number = self._facts.numbers.get(node.id)
        name = number.name if number is not None else ""
        yield Piece("caption", " ".join(part for part in (name, self.words(caption)) if part))

    def _cell(self, node: CodeCell, tags: frozenset[str]) -> Iterator[Piece]:
        if "remove-cell" in tags:
            return
        yield from self._caption(node, node.caption)
        if "remove-input" not in tags:
            yield Piece("code", node.code)
        yield from self._annotations(node.annotations)

    def _annotations(self, annotations: Sequence[Annotation]) -> Iterator[Piece]:
        for annotation in annotations:
            yield from self.pieces(annotation.children)


def _bare(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", _UNSEEN.sub(" ", html))).split())
