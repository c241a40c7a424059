"""What all pages of a Quarto project share while they are converted, and what one page gathers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.quarto.options import Cells
from etude.parse.macros import defined

__all__ = ["DEEPEST", "Book", "Context", "Label"]

DEEPEST = 80
"""Blocks in blocks, or marks in marks, that are converted; what is deeper stays as it is."""

SOURCES = (".qmd", ".md", ".ipynb", ".Rmd", ".rmd")


class Label(Struct, frozen=True):
    """Something that can be referred to."""

    path: str
    numbered: bool = True


class Book(Struct, frozen=True):
    """The project as its pages see it."""

    files: frozenset[str]
    """All files of the project."""
    pages: frozenset[str]
    """Sources of pages, and of files that pages include."""
    labels: Mapping[str, Label]
    repeated: frozenset[str]
    """Names of cells that occur more than once."""
    variables: Mapping[str, Any]
    metadata: Mapping[str, Any]
    shared: frozenset[str] = frozenset()
    """Files that are included more than once."""
    renamed: Mapping[tuple[str, str], str] = {}
    """New labels by page and old label."""
    commands: frozenset[str] = frozenset()
    """Files that define commands of formulas and show nothing: their commands are in `[macros]`."""
    custom: Mapping[str, str] = {}
    """Prefixes of the project's own kinds of references, and the words for them."""
    bookdown: bool = False
    """Whether labels are bookdown's: without the prefix that references have."""
    rules: bool = False
    """Whether the engine of the book is knitr, so that `` `r x` `` is code."""
    kernel: str = "python"
    """The language of the book's kernel."""
    smart: bool = True
    numbered: bool = True
    """Whether sections have numbers."""


class Context:
    """One page while it is converted."""

    def __init__(
        self, book: Book, path: str, account: Account, cells: Cells, base: str | None = None
    ) -> None:
        """`base` is the folder that relative paths start from, when it is not that of the page itself."""
        self.book, self.path, self.account, self.cells = book, path, account, cells
        self.folder = posixpath.dirname(path)
        self.base = self.folder if base is None else base
        self.metadata: Mapping[str, Any] = book.metadata
        self.footnotes: list[str] = []
        self.later: list[str] = []
        """Footnotes that stand at the end of the page, since they were found within something."""
        self.captions: Mapping[str, str] = {}
        """Texts that captions name, `(ref:name)`."""
        self.indexed: list[str] = []
        """Entries of the index that the paragraph at hand has."""
        self.examples: dict[str, int] = {}
        self.example = 0
        self.notes = 0
        self.language = book.kernel
        self.line = 0
        self.taken: set[str] = set()
        self.cites = bool(book.metadata.get("bibliography"))
        """Whether there is a bibliography; without one, `@word` is text."""
        self.depth = 0
        """How deep in other blocks and marks the text at hand stands."""
        self.exercise = ""
        """The label of the last exercise."""

    def formula(self, tex: str, line: int) -> str:
        """A formula, as it is; what it defines is told."""
        for name in defined(tex)[1]:
            self.account.kept("\\newcommand", self.path, line, f"`\\{name}`, from here on")
        return tex if tex.strip() else ""

    def footnote(self, text: str) -> str:
        """The mark of a footnote with this text, which is kept for later."""
        self.notes += 1
        while f"note-{self.notes}" in self.taken:
            self.notes += 1
        name = f"note-{self.notes}"
        self.footnotes.append(f"[^{name}]: {text}")
        return f"[^{name}]"

    def absent(self, target: str) -> bool:
        """Whether a link leads to a file that the project does not have: it was broken there, or is made."""
        path = target.partition("#")[0].partition("?")[0]
        if not path or re.match(r"[a-zA-Z][a-zA-Z+.-]*:|//", path):
            return False
        whole = path[1:] if path.startswith("/") else posixpath.normpath(posixpath.join(self.base, path))
        stem, suffix = posixpath.splitext(whole)
        names = [stem + one for one in SOURCES] if suffix == ".html" else []
        folder = whole.rstrip("/")
        names += [posixpath.normpath(f"{folder or '.'}/index{one}") for one in SOURCES]
        return not any(one in self.book.files for one in (whole, *names))

    def located(self, target: str) -> str:
        """The path of a file as it is written on the page: as it was, unless paths start elsewhere now."""
        path, mark, rest = target.partition("#")
        if not path or re.match(r"[a-zA-Z][a-zA-Z+.-]*:|//", path):
            return target
        root = path.startswith("/")
        whole = path[1:] if root else posixpath.normpath(posixpath.join(self.base, path))
        stem, suffix = posixpath.splitext(whole)
        now = path
        if self.base != self.folder and not root and whole in self.book.files:
            now = f"/{whole}"
        source = whole if whole in self.book.pages else ""
        if suffix == ".html" and whole not in self.book.files:
            source = next((stem + one for one in SOURCES if stem + one in self.book.pages), "")
        if whole.endswith("/") or path.endswith("/"):
            source = next(
                (
                    f"{whole.rstrip('/')}/index{s}"
                    for s in SOURCES
                    if f"{whole.rstrip('/')}/index{s}" in self.book.pages
                ),
                "",
            )
            if source:
                now = f"{path.rstrip('/')}/index.qmd"
        if source:
            ending = ".ipynb" if source.endswith(".ipynb") else ".md"
            now = posixpath.splitext(now)[0] + ending
            rest = self.book.renamed.get((source, rest), rest)
        return f"{now}{mark}{rest}"
