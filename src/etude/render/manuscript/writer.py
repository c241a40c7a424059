"""Blocks of a manuscript in the Markdown of GitHub: alerts, footnotes, tables, and pictures beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from etude.model.block import (
    Admonition,
    Aside,
    Bibliography,
    BlockNode,
    Card,
    CodeCell,
    Definition,
    DefinitionList,
    Dropdown,
    Exercise,
    Figure,
    FootnoteDefinition,
    Heading,
    List,
    Paragraph,
    Proof,
    Quote,
    Solution,
    Table,
    VariantBlock,
)
from etude.model.result import CellResult
from etude.model.words import part_title
from etude.render.bundle import Item, Printed, Shown
from etude.render.gathered import gathered
from etude.render.html.address import quoted
from etude.render.manuscript.inline import ManuscriptInline
from etude.render.manuscript.scene import Anchors, Leaf, Scene, Spot, manuscript_file
from etude.render.markdown import Piece, Prose, Setting, join
from etude.render.markdown_inline import is_external
from etude.render.markdown_page import PageWriter, readable
from etude.render.markdown_text import bold, escape_words, indent, prefixed
from etude.render.variants import page_variants

__all__ = ["ManuscriptWriter"]

_ALERTS = {
    "note": "NOTE",
    "admonition": "NOTE",
    "seealso": "NOTE",
    "tip": "TIP",
    "hint": "TIP",
    "important": "IMPORTANT",
    "attention": "IMPORTANT",
    "warning": "WARNING",
    "caution": "CAUTION",
    "danger": "CAUTION",
    "error": "CAUTION",
}
_OWN = frozenset(("note", "admonition", "tip", "important", "warning", "caution"))
"""Kinds that are what their alerts are called."""

_HOLDERS = (
    Quote, List, DefinitionList, Admonition, Dropdown, Proof, Exercise, Solution, Card, Aside, Figure, Table
)  # fmt: skip
"""Blocks in which GitHub shows no alerts."""


class ManuscriptWriter(PageWriter):
    """Writes one page for people to read and go on with."""

    inline: ManuscriptInline
    inliner: ClassVar[type[ManuscriptInline]] = ManuscriptInline

    def __init__(self, leaf: Leaf, scene: Scene, spot: Spot, anchors: Anchors) -> None:
        """`anchors` are the places of the book that links lead to."""
        page, facts, results = leaf
        order = page_variants(page, scene.config) or tuple(results)
        shown = {
            name: results[name]
            for name in order
            if name in results and (not scene.variants or not name or name in scene.variants)
        }
        self.leaf, self.scene, self.spot = leaf, scene, spot
        setting = Setting(
            language=page.language,
            name=page.name,
            facts=facts,
            page_url=self.page_url,
            file_url=lambda path: spot.root + quoted(path.lstrip("/")),
            result=next(iter(shown.values()), None),
        )
        super().__init__(setting, scene.config, scene.navigation, shown)
        self.anchors = anchors
        self.wanted = set(anchors.get(page.name, ())) - (set() if spot.whole else {""})
        self.inline = self.inliner(setting, spot, self.wanted, scene.config.html.url)
        found = gathered(page)
        self.cells = found.cells
        self.moved = found.moved
        """Cells whose pictures a figure shows."""
        self.depth = 0
        """How many blocks hold what is written now."""

    def page_url(self, name: str, target: str) -> str:
        """The address of a place of the book; that of its page, where it is no place of its own."""
        if target not in self.anchors.get(name, ()):
            target = ""
        if self.spot.whole:
            return f"#{self.spot.anchor(name, target)}"
        if name == self.leaf.page.name and target:
            return f"#{target}"
        page, home = self.leaf.page, self.scene.config.home
        own, other = (manuscript_file(page.language, one, home) for one in (page.name, name))
        path = quoted(posixpath.relpath(other, posixpath.dirname(own)))
        # "a:b.md" would be read as a scheme.
        path = f"./{path}" if is_external(path) else path
        return f"{path}#{target}" if target else path

    def whole(self) -> str:
        """The page."""
        page = self.leaf.page
        pieces = [Prose(self.top_mark()), *self.top(), *self.blocks(page.blocks), *self.notes()]
        text = [piece for piece in pieces if isinstance(piece, Prose) and piece.text]
        # Links may lead to what is not shown, such as a cell that is hidden: they lead to the title then.
        marks = "".join(map(self.inline.mark, sorted(self.wanted)))
        at = next((at for at, piece in enumerate(text) if piece.border), 0)
        return join((*text[: at + 1], *([Prose(marks)] if marks else []), *text[at + 1 :]))

    @property
    def files(self) -> dict[str, bytes]:
        """Pictures that are no files of the book, below the folder of the manuscript."""
        return self.inline.files

    @classmethod
    def part_title(cls, language: str, label: str, title: str) -> str:
        """What a part is called."""
        return escape_words(part_title(language, label, title))

    def top(self) -> Iterator[Prose]:
        """The title of the page, if it is not among its blocks."""
        page = self.leaf.page
        if not any(isinstance(block, Heading) and block.level == 1 for block in page.blocks):
            title = self.page_title(self.facts.label, page.title)
            yield Prose(f"{'#' * min(1 + self.spot.shift, 6)} {title}{self.named('')}", border=True)

    def top_mark(self) -> str:
        """The mark of the page itself."""
        return self.inline.mark("")

    def named(self, target: str) -> str:  # noqa: ARG002 -- for dialects that name headings
        """What a heading ends with, so that links can lead to it."""
        return ""

    def block(self, node: BlockNode) -> list[Piece]:
        """One block, below the mark of its place where links lead to it."""
        mark = self.inline.mark(node.id) if node.id else ""
        holds = isinstance(node, _HOLDERS)
        self.depth += holds
        pieces = self.written(node)
        self.depth -= holds
        return [Prose(mark), *pieces] if mark else pieces

    def written(self, node: BlockNode) -> list[Piece]:
        """One block without its mark."""
        match node:
            case Admonition() if self.depth == 1:
                return self.alert(node)
            case VariantBlock(variants=variants) if not self.chosen(variants):
                return []
            case Bibliography():
                works = [
                    f"- {self.inline.mark(work.id)}{indent(self.inline.line(work.content), 2)}"
                    for work in self.facts.works
                ]
                return [Prose("\n".join(works))] if works else []
            case FootnoteDefinition(name=name, children=children):
                self.footnotes.setdefault(name, self.text(children))
                return []
            case _:
                return super().block(node)

    def chosen(self, variants: Iterable[str]) -> bool:
        """Whether something of some variants is shown; empty ones are for all."""
        mine, wanted = tuple(variants), self.scene.variants
        return not mine or not wanted or any(name in wanted for name in mine)

    def whose(self, variants: Sequence[str]) -> list[Piece]:
        """The names of variants, where there are several to choose from."""
        return [] if len(self.scene.variants) == 1 else super().whose(variants)

    def alert(self, node: Admonition) -> list[Piece]:
        """An admonition as GitHub shows it; its title where the alert has none of that name."""
        title = self.inline.line(node.title)
        if not title and node.kind not in _OWN:
            title = escape_words(self.words.kinds.get(node.kind, node.kind.capitalize()))
        head = f"[!{_ALERTS.get(node.kind, 'NOTE')}]"
        first = Prose(f"{head}\n{bold(title)}" if title else head)
        pieces = self.blocks(node.children)
        if not title and pieces and isinstance(node.children[0], Paragraph) and isinstance(pieces[0], Prose):
            first, pieces = Prose(f"{head}\n{pieces[0].text}"), pieces[1:]
        return self.wrapped([first, *pieces], lambda text: prefixed(text, "> "))

    def definition(self, node: Definition) -> list[Piece]:
        """A term with its meaning; the mark of its place stands before the term."""
        mark = self.inline.mark(node.id) if node.id else ""
        pieces = super().definition(node)
        if mark and pieces and isinstance(pieces[0], Prose):
            text = pieces[0].text
            head = "- " if text.startswith("- ") else ""
            return [Prose(f"{head}{mark}{text.removeprefix(head)}"), *pieces[1:]]
        return pieces

    def heading(self, node: Heading) -> str:
        """A heading, as deep as the page stands."""
        marks, _, title = super().heading(node).partition(" ")
        return f"{'#' * min(len(marks) + self.spot.shift, 6)} {title}"

    def notes(self) -> list[Piece]:
        """The footnotes of the page."""
        numbers = self.facts.footnotes
        known = sorted((name for name in self.footnotes if name in numbers), key=lambda name: numbers[name])
        return [
            Prose(f"[^{self.inline.note(numbers[name])}]: {indent(self.footnotes[name], 4)}")
            for name in known
        ]

    def code_cell(self, node: CodeCell) -> list[Piece]:
        """Code that runs, with what came of it."""
        return super().code_cell(node) if self.chosen(node.variants) else []

    def shown(self, node: CodeCell, result: CellResult) -> Iterator[Prose]:
        """The outputs of a cell in one run, without the pictures that a figure shows."""
        for item in readable(result):
            if node.index not in self.moved or not _pictorial(item):
                yield self.item(item, self.words.output_image)

    def figure(self, node: Figure) -> list[Piece]:
        """A picture with its caption; the cell that it shows the output of stands elsewhere."""
        cell = self.cells.get(node.source[1:]) if node.source.startswith("#") else None
        pieces = super().figure(node)
        return [*self.pictures(cell, node.alt), *pieces] if cell is not None else pieces

    def pictures(self, cell: CodeCell, alt: str) -> Iterator[Piece]:
        """What a figure shows of a cell: once when all variants agree, else for each."""
        found: dict[str, list[str]] = {}
        for name, run in self.results.items():
            if (result := run.cells.get(cell.index)) is None:
                continue
            outputs = readable(result)
            rich = [item for item in outputs if _pictorial(item)]
            plain = [item for item in outputs if isinstance(item, Printed | Shown)]
            content = join(self.item(item, alt or self.words.output_image) for item in rich or plain)
            found.setdefault(content, []).append(name)
        for content, names in found.items():
            yield from self.whose(names) if len(found) > 1 else ()
            yield Prose(content)

    def picture_url(self, shown: Shown) -> str:
        """A picture that a cell made, named by its content."""
        return self.inline.put(shown.mime, shown.content)


def _pictorial(item: Item) -> bool:
    return isinstance(item, Shown) and item.mime != "text/plain"
