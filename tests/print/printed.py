"""Printed books as tests read them back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pypdf import PdfReader

from etude.build import BuildOptions, BuildReport, build

Once = Callable[[str, Callable[[Path], None]], Path]

ROOT = Path(__file__).parents[2]
EVERY = ROOT / "tests" / "epub" / "every"
"""A book with a block of every kind."""
SITE = "https://example.org/book/"


@dataclass(frozen=True)
class Link:
    """A link within the book."""

    page: int
    """Where it stands, from 0."""
    words: str
    """What it is on, without white space."""
    size: float
    """Of the smallest letter of these."""
    target: int
    """The page that it leads to."""
    height: float
    """Where on that page, in points from the bottom."""


@dataclass(frozen=True)
class Printed:
    """A PDF that was written."""

    path: Path

    @cached_property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(BytesIO(self.data))

    @cached_property
    def texts(self) -> list[str]:
        """The words of each page without white space, in the order of the file."""
        with pypdfium2.PdfDocument(self.path) as document:
            return ["".join(page.get_textpage().get_text_range().split()) for page in document]

    def words(self) -> str:
        """All words without white space."""
        return "".join(self.texts)

    @cached_property
    def pages(self) -> list[list[LTChar]]:
        """Every visible character of each page."""
        shared = PDFResourceManager()
        device = PDFPageAggregator(shared)
        interpreter = PDFPageInterpreter(shared, device)
        found: list[list[LTChar]] = []
        for page in PDFPage.get_pages(BytesIO(self.data)):
            interpreter.process_page(page)
            found.append([one for one in _letters(device.get_result()) if one.get_text().strip()])
        return found

    def tags(self) -> list[tuple[str, str]]:
        """Kind and text alternative of every element of the structure."""
        return [(str(one["/S"]), str(one.get("/Alt", ""))) for one in self.elements()]

    def elements(self) -> Iterator[Any]:
        """Every element of the structure, those above first."""
        root: Any = self.reader.trailer["/Root"]
        stack: list[Any] = [root["/StructTreeRoot"]]
        while stack:
            node = stack.pop()
            node = node.get_object() if hasattr(node, "get_object") else node
            if isinstance(node, list):
                stack.extend(reversed(node))
            elif hasattr(node, "get"):
                if "/S" in node:
                    yield node
                if "/K" in node:
                    stack.append(node["/K"])

    def bookmarks(self) -> list[tuple[int, str, int]]:
        """Level from 1, title, and page from 0 of every bookmark."""
        found: list[tuple[int, str, int]] = []

        def walk(outline: list[Any], level: int) -> None:
            for one in outline:
                if isinstance(one, list):
                    walk(one, level + 1)
                else:
                    page = self.reader.get_destination_page_number(one)
                    found.append((level, " ".join(str(one.title).split()), -1 if page is None else page))

        walk(self.reader.outline, 1)
        return found

    @cached_property
    def links(self) -> list[Link]:
        """Links that lead to places in the book."""
        references = enumerate(page.indirect_reference for page in self.reader.pages)
        at = {one.idnum: number for number, one in references if one is not None}
        found: list[Link] = []
        for number, page in enumerate(self.reader.pages):
            for one in page.get("/Annots", []):
                note = one.get_object()
                if "/Dest" not in note:
                    continue
                target: Any = note["/Dest"].get_object()
                where = at[list.__getitem__(target, 0).idnum]
                on = [c for c in self.pages[number] if any(_on(line, c) for line in _lines(note))]
                words = "".join(c.get_text() for c in on)
                size = min((c.size for c in on), default=0.0)
                found.append(Link(number, words, size, where, float(target[3])))
        return found

    def addresses(self, page: int) -> list[str]:
        """Links of a page, from 0, that lead to the web."""
        notes = (one.get_object() for one in self.reader.pages[page].get("/Annots", []))
        return [str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})]


def _lines(note: Any) -> list[tuple[float, float, float, float]]:
    """The rectangles of a link, one for each line that it stands in."""
    if "/QuadPoints" not in note:
        return [tuple(map(float, note["/Rect"]))]  # type: ignore[list-item]
    points = [float(one) for one in note["/QuadPoints"]]
    corners = [(points[i : i + 8 : 2], points[i + 1 : i + 8 : 2]) for i in range(0, len(points), 8)]
    return [(min(x), min(y), max(x), max(y)) for x, y in corners]


def _on(rectangle: Any, letter: LTChar) -> bool:
    left, bottom, right, top = map(float, rectangle)
    x, y = (letter.x0 + letter.x1) / 2, (letter.y0 + letter.y1) / 2
    return left <= x <= right and bottom <= y <= top


def _letters(page: Any) -> Iterator[LTChar]:
    stack: list[Any] = [page]
    while stack:
        one = stack.pop()
        if isinstance(one, LTChar):
            yield one
        elif hasattr(one, "__iter__"):
            stack.extend(reversed(list(one)))


def titles(outline: list[Any]) -> Iterator[str]:
    """Of all bookmarks."""
    return (str(one.title) for one in flat(outline))


def flat(outline: list[Any]) -> Iterator[Any]:
    """All bookmarks, in order."""
    for one in outline:
        if isinstance(one, list):
            yield from flat(one)
        else:
            yield one


def made(folder: Path, *forms: str, **options: Any) -> BuildReport:
    """Build a book, as PDF when nothing else is asked for."""
    return build(folder, BuildOptions(to=forms or ("pdf",), jobs=1, **options))


def copied(source: Path, folder: Path, settings: str = "") -> Path:
    """A copy of a book's sources, with more settings."""
    ignored = shutil.ignore_patterns("_build", ".etude", "results", "node_modules")
    book = Path(shutil.copytree(source, folder / "book", ignore=ignored))
    with (book / "etude.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return book


def books(out: Path) -> dict[str, Printed]:
    """The printed books in a folder of outputs, by their names."""
    return {path.stem: Printed(path) for path in sorted((out / "pdf").iterdir())}
