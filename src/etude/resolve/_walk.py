"""Page -> rows of its index, in reading order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, assert_never

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
from etude.model.imports import defined, imported
from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    CitationKind,
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
from etude.model.span import Span
from etude.resolve.entries import (
    AnchorIndex,
    Mark,
    Saving,
    TermIndex,
    UseKind,
)
from etude.resolve.plain import pack

__all__ = ["Walk"]


_NAME = re.compile(
    r"""<(?:[a-z][^<>]*?\sid|a\b[^<>]*?\sname)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'<>]+))""", re.IGNORECASE
)
_REMOVED = frozenset(("remove-input", "remove-output"))
"""A cell with both is seen by nobody, as one that is removed whole."""


class Walk:
    """Gathers the rows of one page; `blocks` may be called more than once."""

    __slots__ = (
        "anchors",
        "bibliography",
        "citations",
        "coded",
        "contents",
        "definitions",
        "glued",
        "imports",
        "in_figure",
        "library",
        "links",
        "marks",
        "modules",
        "notes",
        "print_index",
        "references",
        "run_table",
        "runs",
        "savings",
        "section",
        "terms",
        "variants",
    )

    def __init__(
        self, library: str = "", modules: Mapping[str, str] | None = None, runs: tuple[str, ...] = ()
    ) -> None:
        """Start with empty rows; `library` is the name of the book's package.

        `modules` are `Config.library_modules`; `runs` are the variants that the page says it has.
        """
        self.library, self.modules, self.runs = library, modules or {}, runs
        self.savings: list[Saving] = []
        self.imports: dict[tuple[str, str], None] = {}
        self.anchors: list[AnchorIndex] = []
        self.references: dict[tuple[UseKind, str, bool], list[Span]] = {}
        """By kind, target, and whether there are no words but those of the target."""
        self.citations: dict[tuple[CitationKind, tuple[str, ...], str, str], list[Span]] = {}
        self.links: dict[tuple[str, str, str], list[Span]] = {}
        self.glued: dict[tuple[str, str, str], list[Span]] = {}
        """Values with names: page, name and format, with every place that shows them."""
        self.terms: list[TermIndex] = []
        self.marks: list[Mark] = []
        self.notes: list[FootnoteReference] = []
        self.definitions: list[FootnoteDefinition] = []
        """Of footnotes; their text is not walked until it is asked for."""
        self.section = -1
        """Position of the last heading among `anchors`."""
        self.variants: tuple[str, ...] = ()
        self.in_figure = False
        """Whether the next figure is part of one that has a number."""
        self.bibliography: Literal["", "page", "book"] = ""
        self.print_index = False
        self.contents = False
        self.run_table = False
        self.coded = False

    def blocks(self, nodes: tuple[BlockNode, ...]) -> None:
        """Gather from blocks in their order."""
        for node in nodes:
            self._block(node)

    def _anchor(
        self,
        node: Block,
        kind: str,
        title: tuple[Inline, ...] = (),
        *,
        level: int = 0,
        numbered: bool = False,
        exercise: str = "",
    ) -> None:
        """Note a block that has a number or a label, then what its title holds."""
        named = bool(node.labels) or kind in ("page", "section")
        if named or numbered or kind == "solution":
            self.anchors.append(
                AnchorIndex(
                    node.id,
                    kind,
                    node.span,
                    pack(title) if named else "",
                    node.labels,
                    level,
                    numbered,
                    self.variants,
                    exercise,
                )
            )
        self._inlines(title)

    def _block(self, node: BlockNode) -> None:
        match node:
            case Paragraph():
                if node.labels:
                    self._anchor(node, "block")
                self._inlines(node.children)
            case Heading(level=level):
                page = level == 1 and not any(anchor.kind == "page" for anchor in self.anchors)
                self.section = len(self.anchors)
                kind = "page" if page else "section"
                self._anchor(node, kind, node.children, level=level, numbered=node.numbered)
            case Quote():
                self._anchor(node, "block")
                self.blocks(node.children)
                self._inlines(node.attribution)
            case List():
                self._anchor(node, "block")
                self.blocks(node.items)
            case DefinitionList():
                self._anchor(node, "block")
                for item in node.items:
                    if node.glossary:
                        self.terms.append(TermIndex(item.id, pack(item.term), item.span))
                    self._anchor(item, "term", item.term)
                    self.blocks(item.children)
            case Definition():
                self._anchor(node, "term", node.term)
                self.blocks(node.children)
            case Table():
                self._anchor(node, "table", node.caption, numbered=node.numbered)
                self.blocks(node.head)
                self.blocks(node.body)
            case Row():
                self.blocks(node.cells)
            case CodeBlock():
                self._anchor(node, "listing", node.caption, numbered=node.numbered)
                self._annotations(node.annotations)
            case CodeCell():
                self.coded = True
                outer = self.variants
                self.variants = node.variants or outer
                numbered = (
                    node.numbered and not _REMOVED.issubset(node.tags) and "remove-cell" not in node.tags
                )
                self._anchor(node, "listing" if numbered else "cell", node.caption, numbered=numbered)
                self._modules(node)
                self._annotations(node.annotations)
                self.variants = outer
            case MathBlock():
                self._anchor(node, "equation", numbered=node.numbered)
            case Figure():
                self._figure(node)
            case Admonition() | Dropdown() | TabItem() | Aside():
                self._anchor(node, "block", node.title)
                self.blocks(node.children)
            case Proof(kind=kind):
                self._anchor(node, kind, node.title, numbered=node.numbered and kind != "proof")
                self.blocks(node.children)
            case Exercise():
                self._anchor(node, "exercise", node.title, numbered=node.numbered)
                self.blocks(node.children)
            case Solution(exercise=exercise):
                if exercise:
                    self._refer("exercise", exercise, node.span, bare=False)
                self._anchor(node, "solution", node.title, exercise=exercise)
                self.blocks(node.children)
            case TabSet():
                self._anchor(node, "block")
                self.blocks(node.items)
            case VariantBlock():
                self._anchor(node, "block")
                outer = self.variants
                self.variants = node.variants or outer
                self.blocks(node.children)
                self.variants = outer
            case Card():
                self._anchor(node, "block", node.title)
                if node.target:
                    self._refer("any", node.target, node.span, bare=False)
                self.blocks(node.header)
                self.blocks(node.children)
                self.blocks(node.footer)
            case ListItem() | Cell() | Grid() | Container() | UnknownDirective():
                self._anchor(node, "block")
                self.blocks(node.children)
            case Embed():
                self._anchor(node, "block", node.caption)
            case Pasted(name=name, page=page, kind=kind):
                self._anchor(node, "equation" if kind == "math" else "block", numbered=node.numbered)
                self._glue(page, name, "", node.span)
            case FootnoteDefinition():
                self.definitions.append(node)
            case Bibliography(scope=scope):
                self._anchor(node, "block")
                self.bibliography = "book" if "book" in (scope, self.bibliography) else "page"
            case PrintIndex():
                self._anchor(node, "block")
                self.print_index = True
            case TableOfContents():
                self._anchor(node, "block")
                self.contents = True
            case RunTable():
                self._anchor(node, "block")
                self.run_table = True
            case Image() | RawBlock():
                self._anchor(node, "block")
            case RawHtml(html=html):
                self._anchor(node, "block")
                self._html(html, node.span)
            case ThematicBreak() | BlockBreak() | Comment():
                pass
            case _:
                assert_never(node)

    def _modules(self, node: CodeCell) -> None:
        """Note what a cell saves for the library, and what it takes from there."""
        self.imports.update(((one.module, one.name), None) for one in imported(node.code, self.library))
        if node.save and self.library:
            above = self.anchors[self.section].id if self.section >= 0 else ""
            place = node.id or above
            variants = node.variants or self.variants
            names = defined(node.code)
            own = self.modules if node.page_module else {}
            here = [one for one in variants or self.runs or own if one in own]
            for variant in here:
                module = f"{self.library}.{own[variant]}"
                self.savings.append(Saving(module, names, node.index, place, (variant,)))
            rest = tuple(one for one in variants if one not in own)
            if rest or not here:
                self.savings.append(Saving(f"{self.library}.{node.save}", names, node.index, place, rest))

    def _glue(self, page: str, name: str, form: str, span: Span) -> None:
        self.glued.setdefault((page, name, form), []).append(span)

    def _figure(self, node: Figure) -> None:
        self._anchor(node, node.kind, node.caption, level=int(self.in_figure), numbered=node.numbered)
        if node.source.startswith("#"):
            self._refer("source", node.source[1:], node.span, bare=False)
        outer = self.in_figure
        self.in_figure = node.numbered or outer
        self.blocks(node.children)
        self.in_figure = outer
        self.blocks(node.legend)

    def _annotations(self, annotations: tuple[Annotation, ...]) -> None:
        for annotation in annotations:
            self.blocks(annotation.children)

    def _html(self, html: str, span: Span) -> None:
        """Note the places that raw HTML names: links on the page, or to it, may lead there."""
        for name in _NAME.finditer(html):
            self.anchors.append(AnchorIndex(next(filter(None, name.groups())), "block", span))

    def _refer(self, kind: UseKind, target: str, span: Span, *, bare: bool) -> None:
        self.references.setdefault((kind, target, bare), []).append(span)

    def _inlines(self, nodes: tuple[Inline, ...]) -> None:
        for node in nodes:
            match node:
                case Text() | InlineMath() | InlineCode() | SoftBreak():
                    pass
                case (
                    Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript() | Styled() | Link()
                ):
                    self._inlines(node.children)
                case Reference(kind=kind, target=target, children=children):
                    self._refer(kind, target, node.span, bare=not children)
                    self._inlines(children)
                case Citation():
                    key = (node.kind, node.keys, node.prefix, node.suffix)
                    self.citations.setdefault(key, []).append(node.span)
                case FootnoteReference():
                    self.notes.append(node)
                case IndexMark():
                    self.marks.append(Mark(node.id, node.entries, self.section))
                    self._inlines(node.children)
                case ApiLink():
                    self.links.setdefault((node.domain, node.role, node.target), []).append(node.span)
                    self._inlines(node.children)
                case Anchor(id=id_, label=label):
                    self.anchors.append(AnchorIndex(id_, "block", node.span, "", (label,)))
                case RawInline(html=html):
                    self._html(html, node.span)
                case Glue():
                    self._glue(node.page, node.expression, node.form, node.span)
                case HardBreak() | InlineImage() | Eval() | Keyboard() | Abbreviation():
                    pass
                case UnknownRole():
                    pass
                case _:
                    assert_never(node)
