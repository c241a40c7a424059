"""What a reader may look for in blocks: words, captions, formulas, code and outputs, in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    Pasted,
    PrintIndex,
    Proof,
    Quote,
    RawBlock,
    RawHtml,
    Row,
    RunTable,
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
from etude.render.search.html_words import html_words
from etude.render.search.outputs import output_texts
from etude.render.text import plain

__all__ = ["FORMULA", "Kind", "Piece", "Reader"]

Kind: TypeAlias = Literal["text", "caption", "formula", "code"]

FORMULA = ("\ue000", "\ue001")
"""What stands before and after a formula within words; it is nothing to who compares."""

_UNPRINTED = frozenset(("remove-cell", "remove-output"))
"""Tags of cells whose outputs do not stand below them."""


class Piece(Struct, frozen=True, array_like=True, gc=False):
    """Words that stand together: no match reaches from one piece into the next."""

    kind: Kind
    text: str


class Reader:
    """Reads the blocks of one page; of all variants, as which one a reader has chosen is not known."""

    def __init__(
        self, facts: PageFacts, results: Mapping[str, RunResult], cells: Iterable[CodeCell] = ()
    ) -> None:
        """References and values say what they say on the page, of the first variant that has any.

        `cells` are those of the page: figures may show what one gave.
        """
        self._facts = facts
        self._runs = tuple(results.values())
        self._cells = {label: cell for cell in cells for label in (*cell.labels, cell.id) if label}

    def words(self, inlines: Sequence[Inline]) -> str:
        """The words of inline nodes; formulas as LaTeX between `FORMULA`."""
        return plain(inlines, self._facts, self._say) if inlines else ""

    def _say(self, node: Eval | InlineMath) -> str:
        if isinstance(node, InlineMath):
            return node.tex.join(FORMULA)
        values = (run.value(node) for run in self._runs)
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
            case Figure(source=source, alt=alt, caption=caption, children=children, legend=legend):
                yield Piece("text", alt)
                yield from self._pictured(source)
                yield from self.pieces(children)
                yield from self._caption(node, caption)
                yield from self.pieces(legend)
            case Table(caption=caption, head=head, body=body):
                yield from self._caption(node, caption)
                yield from self.pieces((*head, *body))
            case Embed(alt=alt, caption=caption):
                yield Piece("text", alt)
                yield from self._caption(node, caption)
            case Image(alt=alt, title=title):
                yield Piece("text", alt)
                yield Piece("text", title)
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
                yield Piece("text", html_words(html))
            case RawBlock(format=kind, value=value):
                yield Piece("text", html_words(value) if kind.lower() == "html" else "")
            case Pasted():
                results = (run.result(node) for run in self._runs)
                texts = (text for result in results if result is not None for text in output_texts(result))
                yield from (Piece(kind, text) for kind, text in dict.fromkeys(texts))
            case PrintIndex() | TableOfContents() | RunTable() | ThematicBreak() | BlockBreak() | Comment():
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
        if "remove-output" not in tags:
            yield from self._outputs(node)

    def _outputs(self, node: CodeCell) -> Iterator[Piece]:
        """What a cell gave; what several variants gave alike, once."""
        results = (run.cells.get(node.index) for run in self._runs)
        texts = (text for result in results if result is not None for text in output_texts(result))
        for kind, text in dict.fromkeys(texts):
            yield Piece(kind, text)

    def _pictured(self, source: str) -> Iterator[Piece]:
        """What a figure shows of a cell that does not show it itself."""
        cell = self._cells.get(source[1:]) if source.startswith("#") else None
        if cell is not None and _UNPRINTED.intersection(cell.tags):
            yield from self._outputs(cell)

    def _annotations(self, annotations: Sequence[Annotation]) -> Iterator[Piece]:
        for annotation in annotations:
            yield from self.pieces(annotation.children)
