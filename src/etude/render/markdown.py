"""Stage render: a page as Markdown for readers of Jupyter and GitHub.

A page, its facts and the results of one run enter; a sequence of prose and code cells leaves, with
every number, reference, citation and value filled in. Outputs of cells are not part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from etude.model.block import (
    Admonition,
    Annotation,
    Aside,
    Bibliography,
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
from etude.model.inline import Inline
from etude.model.result import RunResult
from etude.model.words import word
from etude.render.ansi import strip
from etude.render.bundle import Item, Shown, items
from etude.render.html.words import words
from etude.render.markdown_code import annotated, displayed
from etude.render.markdown_inline import InlineWriter, Setting
from etude.render.markdown_tables import table
from etude.render.markdown_text import (
    bold,
    escape_line_starts,
    escape_words,
    fence,
    html_image,
    html_text,
    indent,
    link,
    prefixed,
)
from etude.render.raw import with_files
from etude.render.run_table import run_table
from etude.render.text import plain

__all__ = ["MarkdownWriter", "Piece", "Prose", "Setting", "join"]


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of Markdown without surrounding empty lines."""

    text: str
    border: bool = False
    """A new notebook cell begins here: at headings and block breaks."""


Piece: TypeAlias = Prose | CodeCell


def join(pieces: Iterable[Prose]) -> str:
    """Pieces of prose as one text."""
    return "\n\n".join(piece.text for piece in pieces if piece.text)


class MarkdownWriter:
    """Writes the blocks of one page."""

    def __init__(self, setting: Setting) -> None:
        """Write with what `setting` says."""
        self.setting = setting
        self.facts = setting.facts
        self.words = words(setting.language)
        self.chinese = setting.language.lower().startswith("zh")
        self.inline = InlineWriter(setting)
        self.footnotes: dict[str, str] = {}
        """Texts of the footnotes met so far, by name."""

    def blocks(self, nodes: Iterable[BlockNode]) -> list[Piece]:
        """Blocks one after another."""
        pieces: list[Piece] = []
        before: BlockNode | None = None
        for node in nodes:
            # Two lists in a row would read as one.
            if isinstance(node, List) and isinstance(before, List) and node.ordered == before.ordered:
                pieces.append(Prose("<!-- -->"))
            pieces += self.block(node)
            before = node
        return pieces

    def block(self, node: BlockNode) -> list[Piece]:
        """One block."""
        match node:
            case Heading():
                return [Prose(self.heading(node), border=True)]
            case Paragraph(children=children):
                text = escape_line_starts(self.inline.write(children).strip())
                return [Prose(text)] if text else []
            case Quote():
                return self.quote(node)
            case List():
                return self.items(node)
            case ListItem(children=children) | Cell(children=children) | Container(children=children):
                return self.blocks(children)
            case Grid(children=children) | TabItem(children=children) | UnknownDirective(children=children):
                return self.blocks(children)
            case DefinitionList(items=items):
                return [piece for item in items for piece in self.definition(item)]
            case Definition():
                return self.definition(node)
            case Table():
                return [*self.caption(node.id, node.caption), Prose(table(node, self.inline, self.text))]
            case Row(cells=cells):
                return self.blocks(cells)
            case CodeBlock():
                return self.code_block(node)
            case CodeCell():
                return self.code_cell(node)
            case MathBlock():
                number = self.facts.numbers.get(node.id)
                return [Prose(displayed(node.tex, number.number if number else ""))]
            case Figure():
                return self.figure(node)
            case Image():
                picture = self.picture(node.source, node.alt, node.width, node.height, node.title)
                return [Prose(link(picture, self.inline.url(node.link)))]
            case Admonition(kind=kind, title=title, children=children):
                name = self.inline.line(title) or escape_words(self.words.kinds.get(kind, kind.capitalize()))
                return self.boxed(bold(name), children)
            case Dropdown(title=title, children=children):
                return self.folded(title, children)
            case Proof():
                name = self.name(node.id) or word(self.setting.language, node.kind)
                return self.boxed(self.titled(name, node.title), node.children)
            case Exercise(difficulty=difficulty):
                name = self.name(node.id) or word(self.setting.language, "exercise")
                stars = " " + "★" * difficulty + "☆" * (3 - difficulty) if difficulty else ""
                return self.boxed(self.titled(name, node.title) + stars, node.children)
            case Solution():
                return self.solution(node)
            case TabSet(items=items):
                return [
                    piece
                    for item in items
                    for piece in (Prose(bold(self.inline.line(item.title))), *self.block(item))
                ]
            case VariantBlock(variants=variants, children=children):
                wanted = self.setting.variant
                return self.blocks(children) if wanted is None or wanted in variants else []
            case Card():
                return self.card(node)
            case Aside(title=title, children=children):
                return self.boxed(bold(self.inline.line(title)) if title else "", children)
            case Embed(source=source, caption=caption, alt=alt):
                text = self.inline.line(caption) or escape_words(alt or source)
                return [*self.caption(node.id, ()), Prose(link(text, self.inline.picture(source)))]
            case FootnoteDefinition(name=name, children=children):
                self.footnotes.setdefault(name, self.text(children))
                return []
            case Bibliography():
                works = [f"- {indent(self.inline.line(work.content), 2)}" for work in self.facts.works]
                return [Prose("\n".join(works))] if works else []
            case ThematicBreak():
                return [Prose("***")]
            case BlockBreak():
                return [Prose("", border=True)]
            case RawHtml(html=html, files=files):
                html = with_files(html, files, self.inline.attribute).strip("\n")
                return [Prose(html)] if html.strip() else []
            case RawBlock(format=kind, value=value):
                shown = kind.lower() in {"html", "markdown", "md"} and value.strip()
                return [Prose(value.strip("\n"))] if shown else []
            case Pasted():
                return self.pasted(node)
            case RunTable():
                made = run_table(node, self.facts, self.told())
                return self.block(made) if made is not None else []
            case Comment() | PrintIndex() | TableOfContents():
                return []
            case _:
                assert_never(node)

    def told(self) -> Iterable[RunResult]:
        """The results of which one says how runs went."""
        return (self.setting.result,) if self.setting.result is not None else ()

    def notes(self) -> list[Piece]:
        """The footnotes of all blocks written so far, as a list in the order of their numbers."""
        numbers = self.facts.footnotes
        known = sorted((name for name in self.footnotes if name in numbers), key=lambda name: numbers[name])
        if not known:
            return []
        items = [f"{numbers[name]}. {indent(self.footnotes[name], 3)}" for name in known]
        return [Prose(bold(escape_words(self.words.footnotes)), border=True), Prose("\n".join(items))]

    def text(self, nodes: Iterable[BlockNode]) -> str:
        """Blocks as one text; code cells in it are shown as code."""
        return join(
            piece if isinstance(piece, Prose) else Prose(fence(piece.code, piece.language))
            for piece in self.blocks(nodes)
        )

    def name(self, id: str) -> str:  # noqa: A002 -- the field's name
        """The number of a block with its word; empty when it has none."""
        number = self.facts.numbers.get(id) if id else None
        return number.name if number else ""

    def titled(self, name: str, title: Sequence[Inline]) -> str:
        """A name in bold, with a title in parentheses."""
        text = self.inline.line(title)
        parentheses = f"（{text}）" if self.chinese else f" ({text})"
        return bold(escape_words(name)) + (parentheses if text else "")

    def caption(self, id: str, caption: Sequence[Inline]) -> list[Piece]:  # noqa: A002
        """The line above a numbered or captioned block."""
        name, text = self.name(id), self.inline.line(caption)
        line = " ".join(part for part in (bold(escape_words(name)) if name else "", text) if part)
        return [Prose(line)] if line else []

    def heading(self, node: Heading) -> str:
        """A heading with its number."""
        marks = "#" * min(node.level, 6)
        number = self.facts.numbers.get(node.id)
        label = (self.facts.label if node.level == 1 else "") or (number.number if number else "")
        return f"{marks} {self.page_title(label if number or node.level == 1 else '', node.children)}"

    def page_title(self, label: str, title: Iterable[Inline]) -> str:
        """A title after its number: ``第 3 章 甲``, ``Chapter 3: A``, ``3.2 A``."""
        text = self.inline.line(title)
        bare = not label or label[0].isdigit() or not label[-1].isdigit()
        return f"{escape_words(label)}{' ' if bare else ': '}{text}" if label else text

    def quote(self, node: Quote) -> list[Piece]:
        """A quotation with its source."""
        source = self.inline.line(node.attribution)
        return self.wrapped(
            [*self.blocks(node.children), *([Prose(f"— {source}")] if source else [])], _quoted
        )

    def boxed(self, title: str, children: Iterable[BlockNode]) -> list[Piece]:
        """A quotation with a title."""
        return self.wrapped([*([Prose(title)] if title else []), *self.blocks(children)], _quoted)

    def folded(self, title: Sequence[Inline], children: Iterable[BlockNode]) -> list[Piece]:
        """Content behind a title that opens."""
        summary = html_text(plain(title, self.facts))

        def fold(text: str) -> str:
            return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"

        pieces = self.blocks(children)
        if any(isinstance(piece, CodeCell) for piece in pieces):
            return [Prose(bold(self.inline.line(title))), *pieces]
        return self.wrapped(pieces, fold)

    def solution(self, node: Solution) -> list[Piece]:
        """The answer to an exercise, folded."""
        name = self.name(node.id) or word(self.setting.language, "solution")
        if not node.folded:
            return self.boxed(self.titled(name, node.title), node.children)
        pieces = self.blocks(node.children)
        title = " ".join(part for part in (name, plain(node.title, self.facts)) if part)
        if any(isinstance(piece, CodeCell) for piece in pieces):
            return [Prose(bold(escape_words(title))), *pieces]
        head = f"<details>\n<summary>{html_text(title)}</summary>\n\n"
        return self.wrapped(pieces, lambda text: f"{head}{text}\n\n</details>")

    def wrapped(self, pieces: Sequence[Piece], wrap: Callable[[str], str]) -> list[Piece]:
        """What a block holds, wrapped; code cells in it stay cells, with wrapped prose around them."""
        whole: list[Piece] = []
        run: list[Prose] = []
        for piece in (*pieces, None):
            if isinstance(piece, Prose):
                run.append(piece)
                continue
            text = join(run)
            if text:
                whole.append(Prose(wrap(text)))
            run = []
            if piece is not None:
                whole.append(piece)
        return whole

    def pasted(self, node: Pasted) -> list[Piece]:
        """What a cell has given a name."""
        run = self.setting.result
        tex = run.formula(node) if run is not None else None
        if tex is not None and node.kind == "math":
            number = self.facts.numbers.get(node.id)
            return [Prose(displayed(tex.strip().strip("$"), number.number if number else ""))]
        result = run.result(node) if run is not None else None
        return [Prose(text) for item in items(result.outputs) if (text := _item(item))] if result else []

    def items(self, node: List) -> list[Piece]:
        """A list; one that holds code cells becomes its items one after another."""
        items = [self.blocks(item.children) for item in node.items]
        if any(isinstance(piece, CodeCell) for item in items for piece in item):
            return [piece for item in items for piece in item]
        lines: list[str] = []
        for index, (item, pieces) in enumerate(zip(node.items, items, strict=True)):
            bullet = f"{node.start + index}. " if node.ordered else "- "
            task = "" if item.checked is None else "[x] " if item.checked else "[ ] "
            plainly = node.tight and all(isinstance(child, Paragraph | List) for child in item.children)
            texts = [piece.text for piece in pieces if isinstance(piece, Prose)]
            text = ("\n" if plainly else "\n\n").join(texts)
            lines.append(f"{bullet}{task}{indent(text, len(bullet))}".rstrip())
        return [Prose(("\n" if node.tight else "\n\n").join(lines))]

    def definition(self, node: Definition) -> list[Piece]:
        """A term in bold, with what it means below it, as an item of a list."""
        pieces = self.blocks(node.children)
        term = bold(self.inline.line(node.term))
        if any(isinstance(piece, CodeCell) for piece in pieces):
            return [Prose(term), *pieces]
        return [Prose(f"- {indent(join([Prose(term), *(p for p in pieces if isinstance(p, Prose))]), 2)}")]

    def code_block(self, node: CodeBlock) -> list[Piece]:
        """Code that is shown, with its annotations."""
        code = fence(annotated(node.code, node.annotations, node.language), node.language)
        return [*self.caption(node.id, node.caption), Prose(code), *self.annotations(node.annotations)]

    def code_cell(self, node: CodeCell) -> list[Piece]:
        """Code that runs, between its caption and its annotations, unless it is another variant's."""
        wanted = self.setting.variant
        if wanted is not None and node.variants and wanted not in node.variants:
            return []
        return [*self.caption(node.id, node.caption), node, *self.annotations(node.annotations)]

    def annotations(self, annotations: Iterable[Annotation]) -> list[Piece]:
        """The texts of the marks in a listing."""
        items = [
            f"{one.number}. {indent(self.text(one.children), len(str(one.number)) + 2)}"
            for one in annotations
        ]
        return [Prose("\n".join(items))] if items else []

    def figure(self, node: Figure) -> list[Piece]:
        """A picture with its caption; the output of a cell stands below that cell already."""
        pieces: list[Piece] = []
        if node.source and not node.source.startswith("#"):
            picture = self.picture(node.source, node.alt, node.width, node.height, "")
            pieces.append(Prose(link(picture, self.inline.url(node.link))))
        return [
            *pieces,
            *self.blocks(node.children),
            *self.caption(node.id, node.caption),
            *self.blocks(node.legend),
        ]

    def picture(self, source: str, alt: str, width: str, height: str, title: str) -> str:
        """An image; with a size it is HTML."""
        url = self.inline.picture(source)
        if width or height:
            return html_image(url, alt, width, height)
        return "!" + link(escape_words(alt.replace("\n", " ")), url, title)

    def card(self, node: Card) -> list[Piece]:
        """A boxed piece; its title carries its link."""
        target = self.facts.references.get(f"any:{node.target}") if node.target else None
        url = self.inline.target(target) if target else self.inline.url(node.link)
        title = link(self.inline.line(node.title), url) if node.title else ""
        picture = [Prose(self.picture(node.image, "", "", "", ""))] if node.image else []
        head = [Prose(bold(title))] if title else []
        body = [*self.blocks(node.header), *self.blocks(node.children), *self.blocks(node.footer)]
        return self.wrapped([*picture, *head, *body], _quoted)


def _quoted(text: str) -> str:
    return prefixed(text, "> ")


def _item(item: Item) -> str:
    """An output within Markdown, for those who keep no files beside it."""
    match item:
        case Shown(mime="text/plain", content=content):
            return fence(strip(content).rstrip(), "text")
        case Shown(mime=mime, content=content) if mime.startswith("text/"):
            return content.strip()
        case Shown(mime=mime, content=content) if mime.startswith("image/") and mime != "image/svg+xml":
            return f"![](data:{mime};base64,{content.strip()})"
        case _:
            return ""
