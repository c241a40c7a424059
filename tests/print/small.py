"""Small books, printed, and what stands on their pages."""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTImage
from printed import made
from pypdf import PdfReader

from etude.build import BuildReport
from etude.model.rules import Rule
from etude.render.typst.sheet import SIZES, sheet_of

SHEET = sheet_of(*SIZES["16k"])
PITCH = {"zh": 15.6, "en": 13.4}
"""Points from line to line."""


def book(folder: Path, text: str, *, language: str = "zh", pdf: str = "") -> Path:
    """A book of one chapter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "etude.toml").write_text(
        f'[book]\ntitle = "T"\nlanguages = ["{language}"]\nlanguage_folders = false\nchapters = ["a"]\n{pdf}'
    )
    (folder / "index.md").write_text("# Home\n")
    (folder / "a.md").write_text(text)
    return folder


def told(report: BuildReport, rule: Rule) -> list[str]:
    return [one.message for one in report.diagnostics if one.rule is rule]


def pages(folder: Path, language: str = "zh") -> list[list[Any]]:
    """Characters and pictures of each page, from the first."""
    data = (folder / "_build" / "pdf" / f"{language}.pdf").read_bytes()
    return [list(_leaves(page)) for page in extract_pages(BytesIO(data))]


def _leaves(item: Any) -> Iterator[Any]:
    if isinstance(item, LTChar | LTImage):
        yield item
    elif hasattr(item, "__iter__"):
        for one in item:
            yield from _leaves(one)


def lines(page: list[Any], *, size: float = 10) -> dict[float, list[LTChar]]:
    """The lines of letters of a size, by their baseline below the top of the text, in reading order."""
    found: dict[float, list[LTChar]] = defaultdict(list)
    for one in page:
        if isinstance(one, LTChar) and abs(one.size - size) < 0.05 and one.get_text().strip():
            found[round(SHEET.height - SHEET.top - one.matrix[5], 2)].append(one)
    return {down: sorted(found[down], key=lambda one: one.x0) for down in sorted(found)}


def text(line: list[LTChar]) -> str:
    return "".join(one.get_text() for one in line)


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x88" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def printed(folder: Path, settings: str, files: Mapping[str, str | bytes]) -> BuildReport:
    """Build a book of these files in a folder; `settings` are its whole `etude.toml`."""
    written = {"etude.toml": settings, "index.md": "# Home\n\nWelcome.\n", **files}
    for name, data in written.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.encode() if isinstance(data, str) else data)
    return made(folder)


def reader(folder: Path, stem: str = "en") -> PdfReader:
    """The PDF of a book that was built."""
    return PdfReader(BytesIO((folder / "_build" / "pdf" / f"{stem}.pdf").read_bytes()), strict=True)


def words(folder: Path, stem: str = "en") -> list[str]:
    """The words of each page, with one space between them; without the signs that allow breaks."""
    texts = (page.extract_text().replace("\u200b", "") for page in reader(folder, stem).pages)
    return [" ".join(text.split()) for text in texts]
