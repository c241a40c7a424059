"""Printed books that tests look into: one with something of every kind, the textbook, the handbook."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The helper beside this file is importable, however pytest is started.
sys.path.insert(0, str(Path(__file__).parent))

from printed import EVERY, ROOT, SITE, Once, Printed, books, copied, made


@pytest.fixture(scope="session")
def site(once: Once) -> Path:
    """Where a book with a block of every kind lies, with its outputs: site, e-book, printed book."""

    def fill(folder: Path) -> None:
        made(copied(EVERY, folder, f'\n[html]\nurl = "{SITE}"\nshort = true\n'), "html", "pdf", "epub")

    return once("pdf-every", fill) / "book"


@pytest.fixture(scope="session")
def every(site: Path) -> dict[str, Printed]:
    """That book as printed."""
    return books(site / "_build")


@pytest.fixture(scope="session")
def textbook(once: Once) -> dict[str, Printed]:
    """The textbook, without results of its cells."""
    return books(once("pdf-textbook", lambda folder: _plain(ROOT / "book", folder)) / "book" / "_build")


@pytest.fixture(scope="session")
def handbook(once: Once) -> dict[str, Printed]:
    return books(once("pdf-handbook", lambda folder: _plain(ROOT / "docs", folder)) / "book" / "_build")


def _plain(source: Path, folder: Path) -> None:
    made(copied(source, folder), policy="off")
