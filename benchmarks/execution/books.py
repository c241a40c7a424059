"""Books of notebooks: values that are written for each tool alike, and edits of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_SETTINGS = '[book]\ntitle = "Benchmark"\n'
_HOME = "# Benchmark\n\nMade by a program.\n"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True)
class Page:
    """A notebook: a paragraph, then cells."""

    name: str
    cells: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """Files of the book that its cells read, and packages that are installed in several versions."""
    prose: str = "A paragraph."

    def edited(self, number: int, code: str) -> Page:
        """With other code in one cell."""
        return replace(self, cells=(*self.cells[:number], code, *self.cells[number + 1 :]))

    def notebook(self) -> str:
        """The file's text."""
        cells: list[dict[str, Any]] = [_cell("text", "markdown", f"# {self.name}\n\n{self.prose}")]
        for number, code in enumerate(self.cells):
            empty: dict[str, Any] = {"execution_count": None, "outputs": []}
            cells.append({**_cell(f"cell-{number}", "code", code), **empty})
        notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(notebook, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Book:
    """Pages, and files beside them."""

    pages: tuple[Page, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """Cells of all pages."""
        return sum(len(page.cells) for page in self.pages)

    def page(self, name: str) -> Page:
        """A page by its name."""
        return next(page for page in self.pages if page.name == name)

    def with_page(self, page: Page) -> Book:
        """With another version of a page."""
        return replace(self, pages=tuple(page if old.name == page.name else old for old in self.pages))

    def with_file(self, path: str, text: str) -> Book:
        """With other text in a file."""
        return replace(self, files={**self.files, path: text})

    def texts(self) -> dict[str, str]:
        """All files by their paths; a tool takes those that it knows."""
        notebooks = {f"{page.name}.ipynb": page.notebook() for page in self.pages}
        return {"etude.toml": _SETTINGS, "index.md": _HOME, **self.files, **notebooks}

    def write(self, folder: Path) -> tuple[str, ...]:
        """Write what is not there already, as an editor does that saves what was changed; gives its paths."""
        written = []
        for path, text in self.texts().items():
            target = folder / path
            if not target.exists() or target.read_text("utf-8") != text:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
                written.append(path)
        return tuple(written)


def trivial(pages: int, cells: int, imports: str) -> Book:
    """Pages that import something in their first cell, and do next to nothing in the others."""
    first = f"import {imports}\n0" if imports else "0"
    return Book(
        tuple(
            Page(f"page{number:02}", (first, *(f"{number} + {cell}" for cell in range(1, cells))))
            for number in range(pages)
        )
    )


def _cell(name: str, kind: str, text: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
