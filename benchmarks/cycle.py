"""One measured cycle: build from nothing, build again, edit a paragraph and build; each is checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import CommandError, Sample, run
from benchmarks.tools import Tool

COLD, UNCHANGED, EDITED = "cold build", "nothing changed", "one paragraph edited"
CASES = (COLD, UNCHANGED, EDITED)

_FENCE = re.compile(r"^(`{3,}|:{3,}|\$\$|---)")
_PROSE = re.compile(r"^\w.{20,}[.。]$")


@dataclass(slots=True)
class Subject:
    """A tool, a book it can build, and where it builds it."""

    tool: Tool
    book: Path
    out: Path
    edits: int = 0

    def cycle(self, repeats: int = 1) -> dict[str, list[Sample]]:
        """One cold build, and so many of the others."""
        self.tool.reset(self.book, self.out)
        cold = run(self._command())
        if not self.digests():
            raise CommandError(f"{self.tool.name} wrote no page in {self.tool.site(self.out)}:\n{cold.log}")
        samples: dict[str, list[Sample]] = {COLD: [cold], UNCHANGED: [], EDITED: []}
        for _ in range(repeats):
            before = self.digests()
            samples[UNCHANGED].append(run(self._command()))
            if self.digests() != before:
                raise CommandError(f"{self.tool.name} changed pages although nothing had changed")
        for _ in range(repeats):
            mark = self.edit()
            samples[EDITED].append(run(self._command()))
            if not any(mark in path.read_text("utf-8") for path in self.pages()):
                raise CommandError(f"{self.tool.name} did not bring the edit to a page")
        return samples

    def pages(self) -> list[Path]:
        """The pages of the website."""
        return sorted(self.tool.site(self.out).rglob("*.html"))

    def digests(self) -> dict[Path, bytes]:
        """What the pages say."""
        return {path: hashlib.sha256(path.read_bytes()).digest() for path in self.pages()}

    def edit(self) -> str:
        """Add a word that is nowhere else to a paragraph in the middle of the book; the word."""
        self.edits += 1
        mark = f"edit{self.edits}of{self.tool.folder.replace('-', '')}"
        source = middle_page(self.book)
        lines = source.read_text("utf-8").split("\n")
        place = middle_paragraph(lines)
        lines[place] += f" {mark}"
        source.write_text("\n".join(lines), "utf-8")
        return mark

    def _command(self) -> list[str | Path]:
        return list(self.tool.command(self.book, self.out))


def sources(book: Path) -> list[Path]:
    """The pages' Markdown in order of their paths, without what tools wrote."""
    hidden = (path.relative_to(book) for path in book.rglob("*.md"))
    return sorted(book / path for path in hidden if not any(part[0] in "._" for part in path.parts))


def middle_page(book: Path) -> Path:
    """The page in the middle of the book that is long enough to have paragraphs."""
    pages = [path for path in sources(book) if path.stat().st_size > 2000]
    return pages[len(pages) // 2]


def middle_paragraph(lines: list[str]) -> int:
    """The number of the line that ends a paragraph near the middle of a page."""
    ends: list[int] = []
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and line.startswith(fence) else fence
        elif mark and not (mark.group() == "---" and number):
            fence = mark.group()
        elif _PROSE.match(line) and not "".join(lines[number + 1 : number + 2]):
            ends.append(number)
    if not ends:
        raise CommandError("there is no paragraph to edit on the page")
    return ends[len(ends) // 2]
