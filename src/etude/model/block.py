"""Block nodes of the document: paragraphs, listings, cells, figures and their kin."""

from __future__ import annotations

from typing import Literal, TypeAlias, Union

from msgspec import Struct

from etude.model.inline import Inline, Node
from etude.model.span import NOWHERE, Span
from etude.model.tolerance import Tolerance

Align: TypeAlias = Literal["", "left", "center", "right"]


class Block(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A block; `id` is unique in its page, and empty when nothing can lead to it."""

    id: str = ""
    labels: tuple[str, ...] = ()
    """Every label that names the block; resolve makes them known to the whole book."""


class Heading(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A section's title; level 1 is the page's own."""

    level: int = 1
    children: tuple[Inline, ...] = ()
    numbered: bool = True


class Paragraph(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A paragraph of prose."""

    children: tuple[Inline, ...] = ()


class Quote(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A quotation, with its source when it names one (`epigraph`, `pull-quote`)."""

    children: tuple[BlockNode, ...] = ()
    kind: Literal["quote", "epigraph", "pull-quote"] = "quote"
    attribution: tuple[Inline, ...] = ()


class ListItem(Block, frozen=True, array_like=True, tag=True, gc=False):
    """One item; `checked` is None unless it is a task."""

    children: tuple[BlockNode, ...] = ()
    checked: bool | None = None


class List(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A list; in a tight one the renderer prints paragraphs of items bare."""

    items: tuple[ListItem, ...] = ()
    ordered: bool = False
    start: int = 1
    tight: bool = True


class Definition(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A term with what it means; in a glossary it has an id and can be referred to."""

    term: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()


class DefinitionList(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A list of definitions, or the glossary."""

    items: tuple[Definition, ...] = ()
    glossary: bool = False


class Cell(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A cell of a table; pipe tables hold one paragraph in each."""

    children: tuple[BlockNode, ...] = ()
    align: Align = ""


class Row(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A row of a table."""

    cells: tuple[Cell, ...] = ()


class Table(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A table; with a caption or a label it is numbered."""

    caption: tuple[Inline, ...] = ()
    head: tuple[Row, ...] = ()
    body: tuple[Row, ...] = ()
    widths: tuple[float, ...] = ()
    """Relative widths of the columns; empty for automatic ones."""
    stub_columns: int = 0
    align: Align = ""
    numbered: bool = False


class Annotation(Struct, frozen=True, array_like=True, gc=False):
    """The text of one ``# (n)`` mark of a listing."""

    number: int
    line: int
    """Line of the code that carries the mark, from 1; 0 when none does."""
    children: tuple[BlockNode, ...]


class CodeBlock(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Code that is shown and not run; with a caption it is a numbered listing."""

    language: str = ""
    code: str = ""
    """Without annotation marks and without a final line end."""
    caption: tuple[Inline, ...] = ()
    numbered: bool = False
    line_numbers: bool = False
    first_line: int = 1
    emphasize: tuple[int, ...] = ()
    """Lines to mark, from 1."""
    annotations: tuple[Annotation, ...] = ()
    file: str = ""
    """Where `literalinclude` took it from, relative to the book's root."""


class Resources(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What a cell, a page or a book asks of the machine; None: it says nothing of this."""

    cpus: float | None = None
    memory: int | None = None
    """Bytes."""
    gpus: float | None = None
    """Of one below 1 it takes a share; 0: none must be seen."""


class Expectation(Struct, frozen=True, array_like=True, gc=False):
    """A claim about a result, checked after its cell."""

    expression: str
    """Python; true when the claim holds, or a number when `expected` is given."""
    expected: str = ""
    """Python for the value the expression is to be near to; empty for a plain truth."""
    tolerance: str = ""
    """Python for the largest absolute difference."""
    source: str = ""
    """As the author wrote it."""
    span: Span = NOWHERE
    """Where it stands, if that is known."""


class CodeCell(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Code that is run; its outputs are kept apart, under its key."""

    index: int = 0
    """Position among the code cells of the page, from 0."""
    language: str = ""
    code: str = ""
    """As it runs: with annotation marks removed, without a final line end."""
    code_span: tuple[int, int, int] = (0, 0, 0)
    """Where the code itself stands: start, end, source (as in `Span`)."""
    caption: tuple[Inline, ...] = ()
    numbered: bool = False
    variants: tuple[str, ...] = ()
    """The variants it runs in; empty for all."""
    save: str | None = None
    """Module of the library that its code goes to; None when it does not."""
    tags: tuple[str, ...] = ()
    emphasize: tuple[int, ...] = ()
    line_numbers: bool = False
    timeout: float | None = None
    """Seconds; None takes the page's."""
    resources: Resources | None = None
    expect: tuple[Expectation, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    outputs: bytes = b""
    """What a notebook source had stored, as JSON of nbformat outputs; empty for none."""
    tolerance: Tolerance = Tolerance()
    """How much its results may differ when they are verified."""
    timings: str = ""
    """One of `config.Timings`; empty takes the page's."""
    page_module: bool = False
    """True: the cell names no module, and `save` has that of the page; `Variant.library` goes before it."""


class MathBlock(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A displayed formula, as LaTeX; with a label it is numbered."""

    tex: str = ""
    numbered: bool = False


class Figure(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A picture with a caption, or the output of a cell (`source` is ``#label``)."""

    source: str = ""
    """A URL, the file's path relative to the book's root, or ``#label`` of a cell;
    empty when the figure's content is `children`."""
    alt: str = ""
    caption: tuple[Inline, ...] = ()
    legend: tuple[BlockNode, ...] = ()
    children: tuple[BlockNode, ...] = ()
    """Content of a figure that is not one picture (sub-figures, a table)."""
    width: str = ""
    height: str = ""
    align: Align = ""
    numbered: bool = True
    classes: tuple[str, ...] = ()
    link: str = ""
    kind: Literal["figure", "table"] = "figure"
    """What it is called and counted as: a cell may give a table."""


class Image(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A picture that stands alone, without caption or number."""

    source: str = ""
    alt: str = ""
    width: str = ""
    height: str = ""
    align: Align = ""
    title: str = ""
    classes: tuple[str, ...] = ()
    link: str = ""


class Admonition(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A note, a warning…; `title` is empty for the kind's own word."""

    kind: str = "note"
    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    folded: bool | None = None
    """None: always open; True: closed at first; False: open, can be closed."""


class Dropdown(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Content behind a title."""

    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    open: bool = False


class Proof(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A theorem and its kin (`prf:theorem`, `proof:lemma`, …)."""

    kind: str = "theorem"
    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    numbered: bool = True


class Exercise(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A task for the reader."""

    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    numbered: bool = True
    difficulty: int = 0
    """1 to 3; 0 is not graded."""


class Solution(Block, frozen=True, array_like=True, tag=True, gc=False):
    """The answer to an exercise."""

    exercise: str = ""
    """Label of the exercise."""
    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    folded: bool = True


class TabItem(Block, frozen=True, array_like=True, tag=True, gc=False):
    """One tab; tabs with the same `sync` change together."""

    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()
    sync: str = ""
    selected: bool = False


class TabSet(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Content side by side, one at a time."""

    items: tuple[TabItem, ...] = ()
    sync_group: str = ""


class VariantBlock(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Prose that belongs to some variants only."""

    variants: tuple[str, ...] = ()
    children: tuple[BlockNode, ...] = ()


class Card(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A boxed piece with title, body and maybe a link."""

    title: tuple[Inline, ...] = ()
    header: tuple[BlockNode, ...] = ()
    children: tuple[BlockNode, ...] = ()
    footer: tuple[BlockNode, ...] = ()
    link: str = ""
    """A URL; empty when there is none or `target` is used."""
    target: str = ""
    """A page or label within the book (`Reference` kind ``any``)."""
    image: str = ""


class Grid(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Cards or other blocks in columns."""

    children: tuple[BlockNode, ...] = ()
    columns: tuple[int, ...] = (1, 2, 3, 4)
    """How many columns on phone, tablet, desktop and wide screens."""


class Aside(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A note beside the text."""

    kind: Literal["margin", "aside", "sidebar"] = "aside"
    title: tuple[Inline, ...] = ()
    children: tuple[BlockNode, ...] = ()


class Embed(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Something interactive or moving from a URL or a file."""

    kind: Literal["iframe", "video"] = "iframe"
    source: str = ""
    caption: tuple[Inline, ...] = ()
    alt: str = ""
    width: str = ""
    height: str = ""
    poster: str = ""


class Pasted(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A value that a cell of any page has given a name (`Glue` among blocks)."""

    name: str = ""
    page: str = ""
    """As in `Glue`."""
    kind: Literal["any", "math"] = "any"
    numbered: bool = False
    """Of a formula."""


class FootnoteDefinition(Block, frozen=True, array_like=True, tag=True, gc=False):
    """The text of a footnote; renderers print it where their medium wants it."""

    name: str = ""
    children: tuple[BlockNode, ...] = ()


class Bibliography(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Where the list of works is printed."""

    scope: Literal["book", "page"] = "book"


class PrintIndex(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Where the index is printed."""


class TableOfContents(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Where the book's contents are printed."""

    depth: int = 2


class RunTable(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Where it is told how the pages' runs went (`nb-exec-table`)."""


class ThematicBreak(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A pause between paragraphs."""


class BlockBreak(Block, frozen=True, array_like=True, tag=True, gc=False):
    """``+++``: a border between notebook cells; not printed."""

    metadata: str = ""


class Comment(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A remark of the author's; never printed."""

    value: str = ""


class RawHtml(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Raw HTML; already sanitised unless the book is trusted."""

    html: str = ""
    files: tuple[str, ...] = ()
    """Paths in the book of files that it shows; in the HTML they stand percent-encoded between quotes."""


class RawBlock(Block, frozen=True, array_like=True, tag=True, gc=False):
    """Content for one output format only (the `raw` directive)."""

    format: str = ""
    value: str = ""


class Container(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A group with classes (`div`), or the content of a block that is not known."""

    children: tuple[BlockNode, ...] = ()
    classes: tuple[str, ...] = ()


class UnknownDirective(Block, frozen=True, array_like=True, tag=True, gc=False):
    """A directive that is not known: its content is kept, a diagnostic was made."""

    name: str = ""
    argument: str = ""
    children: tuple[BlockNode, ...] = ()


BlockNode: TypeAlias = Union[  # noqa: UP007 -- see `Inline`
    Heading,
    Paragraph,
    Quote,
    List,
    ListItem,
    DefinitionList,
    Definition,
    Table,
    Row,
    Cell,
    CodeBlock,
    CodeCell,
    MathBlock,
    Figure,
    Image,
    Admonition,
    Dropdown,
    Proof,
    Exercise,
    Solution,
    TabSet,
    TabItem,
    VariantBlock,
    Card,
    Grid,
    Aside,
    Embed,
    Pasted,
    FootnoteDefinition,
    Bibliography,
    PrintIndex,
    TableOfContents,
    RunTable,
    ThematicBreak,
    BlockBreak,
    Comment,
    RawHtml,
    RawBlock,
    Container,
    UnknownDirective,
]
