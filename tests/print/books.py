"""Small printed books for tests, and what their PDFs say."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from etude.build import BuildOptions, BuildReport, build

__all__ = ["pages", "printed", "reader"]


def printed(folder: Path, settings: str, files: Mapping[str, str | bytes]) -> BuildReport:
    """Build a book of these files in a folder; `settings` are its whole `etude.toml`."""
    written = {"etude.toml": settings, "index.md": "# Home\n\nWelcome.\n", **files}
    for name, data in written.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.encode() if isinstance(data, str) else data)
    return build(folder, BuildOptions(to=("pdf",), jobs=1))


def reader(folder: Path, stem: str = "en") -> PdfReader:
    """The PDF of a book that was built."""
    return PdfReader(BytesIO((folder / "_build" / "pdf" / f"{stem}.pdf").read_bytes()), strict=True)


def pages(folder: Path, stem: str = "en") -> list[str]:
    """The words of each page, with one space between them; without the signs that allow breaks."""
    texts = (page.extract_text().replace("\u200b", "") for page in reader(folder, stem).pages)
    return [" ".join(text.split()) for text in texts]
