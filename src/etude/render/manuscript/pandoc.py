"""The whole book in the Markdown of pandoc, to be made LaTeX or a Word document of.

What GitHub needs HTML for, pandoc has marks for: places, small letters, widths, tables with blocks. Its
reader gets only the extensions that are used here, so that no text is taken for one of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from etude.model.block import (
    Admonition,
    BlockNode,
    Dropdown,
    Figure,
    Heading,
    MathBlock,
    RawBlock,
    RawHtml,
    Solution,
    Table,
)
from etude.model.inline import Inline
from etude.model.words import word
from etude.render.bundle import Shown
from etude.render.manuscript.grid import grid, width
from etude.render.manuscript.pandoc_inline import LatexInline, PandocInline, WordInline
from etude.render.manuscript.writer import ManuscriptWriter
from etude.render.markdown import Piece, Prose
from etude.render.markdown_code import displayed
from etude.render.markdown_tables import table
from etude.render.markdown_text import bold, escape_words

__all__ = ["READER", "LatexWriter", "WordWriter"]

READER = "+".join(
    (
        "markdown_strict",
        *("all_symbols_escapable", "backtick_code_blocks", "blank_before_blockquote", "blank_before_header"),
        *("bracketed_spans", "east_asian_line_breaks", "escaped_line_breaks", "fenced_code_attributes"),
        *("fenced_code_blocks", "fenced_divs", "footnotes", "grid_tables", "header_attributes"),
        *("intraword_underscores", "link_attributes", "pipe_tables", "raw_attribute", "raw_html"),
        *("space_in_atx_header", "startnum", "strikeout", "subscript", "superscript", "task_lists"),
        "tex_math_dollars",
    )
)
"""The name of the dialect, as pandoc is told it."""

_TAG = re.compile(r"\\tag\*?\{((?:[^{}]|\{[^{}]*\})*)\}")


class PandocWriter(ManuscriptWriter):
    """Writes one page of the whole book for pandoc."""

    inline: PandocInline
    inliner: ClassVar[type[PandocInline]] = PandocInline

    def block(self, node: BlockNode) -> list[Piece]:
        """One block; a heading is a place by itself, of others a division is."""
        if isinstance(node, Heading):
            return self.written(node)
        if not node.id or node.id not in self.wanted:
            return super().block(node)
        self.wanted.discard(node.id)
        name = self.spot.anchor(self.leaf.page.name, node.id)
        return self.wrapped(super().block(node), lambda text: f"::: {{#{name}}}\n{text}\n:::")

    def written(self, node: BlockNode) -> list[Piece]:
        """One block without its mark."""
        match node:
            case Admonition(kind=kind, title=title, children=children):
                name = self.inline.line(title) or escape_words(self.words.kinds.get(kind, kind.capitalize()))
                return self.boxed(bold(name), children)
            case Dropdown(title=title, children=children):
                return self.boxed(bold(self.inline.line(title)), children)
            case Solution(title=title, children=children):
                name = self.name(node.id) or word(self.setting.language, "solution")
                return self.boxed(self.titled(name, title), children)
            case Table():
                return [*self.caption(node.id, node.caption), Prose(self.table(node))]
            case RawHtml():
                return []
            case RawBlock(format=kind, value=value):
                return self.raw(kind.lower(), value)
            case _:
                return super().written(node)

    def raw(self, kind: str, value: str) -> list[Piece]:
        """What the author wrote for one form of the book."""
        shown = kind in {"markdown", "md"} and value.strip()
        return [Prose(value.strip("\n"))] if shown else []

    def table(self, node: Table) -> str:
        """A table: with pipes where it can be, else drawn with lines."""
        drawn = table(node, self.inline, self.text)
        if drawn.startswith("<table>"):
            return grid(node, self.text)
        # Where a row is long, pandoc gives columns the shares that the second line has.
        lines = drawn.split("\n")
        cells = [[part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        widths = [max(map(width, column)) for column in zip(*cells, strict=False)]
        rules = [_ruled(rule, own) for rule, own in zip(cells[1], widths, strict=False)]
        return "\n".join((lines[0], f"|{'|'.join(rules)}|", *lines[2:]))

    def heading(self, node: Heading) -> str:
        """A heading with its name, where links lead to it."""
        top = node.level == 1 and "" in self.wanted
        return super().heading(node) + self.named("" if top else node.id)

    def page_title(self, label: str, title: Iterable[Inline]) -> str:
        """A title after its number; LaTeX drops a plain space between Chinese characters."""
        text = super().page_title(label, title)
        name = escape_words(label)
        return f"{name}\\ {text[len(name) + 1 :]}" if name and text.startswith(f"{name} ") else text

    @classmethod
    def part_title(cls, language: str, label: str, title: str) -> str:
        """What a part is called; its spaces stay, too."""
        return super().part_title(language, label, title).replace(" ", "\\ ")

    def whose(self, variants: Sequence[str]) -> list[Piece]:
        """The names of variants, which stay with what is below them."""
        return self.styled("Caption", super().whose(variants))

    def top_mark(self) -> str:
        """The title is the place of the page."""
        return ""

    def named(self, target: str) -> str:
        """The name of a heading."""
        if target not in self.wanted:
            return ""
        self.wanted.discard(target)
        return f" {{#{self.spot.anchor(self.leaf.page.name, target)}}}"

    def picture(self, source: str, alt: str, width: str, height: str, title: str) -> str:  # noqa: ARG002 -- as of others
        """An image."""
        return self.inline.drawn(source, alt, width, height)

    def styled(self, style: str, pieces: Iterable[Piece]) -> list[Piece]:
        """Blocks of a style of the form's own, ``Figure`` or ``Caption``."""
        raise NotImplementedError

    def figure(self, node: Figure) -> list[Piece]:
        """A picture above its caption."""
        return self.styled("Figure", super().figure(node))

    def caption(self, id: str, caption: Sequence[Inline]) -> list[Piece]:  # noqa: A002
        """The line at a numbered or captioned block."""
        return self.styled("Caption", super().caption(id, caption))

    def picture_url(self, shown: Shown) -> str:
        """Where a picture that a cell made is shown from."""
        return self.inline.shown(super().picture_url(shown))


class LatexWriter(PandocWriter):
    """Writes a page that becomes LaTeX."""

    inliner: ClassVar[type[PandocInline]] = LatexInline

    def raw(self, kind: str, value: str) -> list[Piece]:
        """What the author wrote in LaTeX stays as it is."""
        if kind in {"latex", "tex"}:
            return [Prose(f"```{{=latex}}\n{value.strip(chr(10))}\n```")]
        return super().raw(kind, value)

    def styled(self, style: str, pieces: Iterable[Piece]) -> list[Piece]:
        """Blocks in an environment of the project's preamble."""
        name = f"book{style.lower()}"

        def wrap(text: str) -> str:
            return f"```{{=latex}}\n\\begin{{{name}}}\n```\n\n{text}\n\n```{{=latex}}\n\\end{{{name}}}\n```"

        return self.wrapped(list(pieces), wrap)


class WordWriter(PandocWriter):
    """Writes a page that becomes a Word document."""

    inliner: ClassVar[type[PandocInline]] = WordInline

    def written(self, node: BlockNode) -> list[Piece]:
        """One block; the number of a formula is a part of it, which Word knows no other place for."""
        if isinstance(node, MathBlock):
            number = self.facts.numbers.get(node.id)
            tags = [number.number] if number else _TAG.findall(node.tex)
            tex = displayed(_TAG.sub("", node.tex), "").removeprefix("$$\n").removesuffix("\n$$")
            shown = f"{tex} \\qquad \\text{{({tags[0]})}}" if tags else tex
            return [Prose(f"$$\n{shown}\n$$")]
        return super().written(node)

    def styled(self, style: str, pieces: Iterable[Piece]) -> list[Piece]:
        """Blocks in a style of the document."""
        return self.wrapped(list(pieces), lambda text: f'::: {{custom-style="{style}"}}\n{text}\n:::')


def _ruled(rule: str, columns: int) -> str:
    """A cell of the line below the head, as wide as its column."""
    left, right = rule.startswith(":"), rule.endswith(":")
    return f"{':' if left else '-'}{'-' * max(columns, 1)}{':' if right else '-'}"
