"""What the outputs should be: those of a run from nothing, page by page in new kernels."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.execution.books import Book, Page
from benchmarks.execution.tools import Tool

Shown = tuple[str, ...]
"""What each code cell shows."""


def shown(notebook: Path) -> Shown:
    """What the code cells of an executed notebook show, as text; of figures only that they are there."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return tuple("".join(map(_text, cell["outputs"])) for cell in cells if cell["cell_type"] == "code")


@dataclass(slots=True)
class Truth:
    """Knows what pages should show; each state of a page is run once."""

    tool: Tool
    folder: Path
    known: dict[str, Shown] = field(default_factory=dict)

    def of(self, book: Book, installed: Mapping[str, int]) -> dict[str, Shown]:
        """What each page should show; `installed` are versions of packages that pages need."""
        keys = {page.name: _key(book, page, installed) for page in book.pages}
        missing = [page for page in book.pages if keys[page.name] not in self.known]
        if missing:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.tool.build(self.folder, replace(book, pages=tuple(missing)))
            for page in missing:
                self.known[keys[page.name]] = shown(self.tool.output(self.folder, page.name))
        return {name: self.known[key] for name, key in keys.items()}


def wrong(tool: Tool, folder: Path, truth: Mapping[str, Shown]) -> list[str]:
    """Cells that show something else than they should."""
    found = []
    for name, right in truth.items():
        # Etude's notebooks begin with a cell that sets them up.
        ours = shown(tool.output(folder, name))[-len(right) :]
        pairs = zip(ours, right, strict=True)
        found += [f"{name}, cell {number + 1}" for number, (a, b) in enumerate(pairs) if a != b]
    return found


def _key(book: Book, page: Page, installed: Mapping[str, int]) -> str:
    needed = [book.files.get(name, installed.get(name)) for name in page.needs]
    return hashlib.sha256(json.dumps([page.notebook(), needed]).encode()).hexdigest()


def _text(output: Mapping[str, Any]) -> str:
    match output["output_type"]:
        case "stream":
            return "".join(output["text"])
        case "error":
            return f"{output['ename']}: {output['evalue']}"
        case _:
            kinds = output["data"]
            if "image/png" in kinds:
                return "[figure]"
            return "".join(kinds.get("text/plain", ""))
