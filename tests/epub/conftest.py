"""E-books that tests look into: one with something of every kind, a horrible one, two real ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The helper beside this file is importable, however pytest is started.
sys.path.insert(0, str(Path(__file__).parent))

from opened import HERE, ROOT, Epub, copied, made

Once = Callable[[str, Callable[[Path], None]], Path]


def _kept(once: Once, name: str, source: Path, **options: Any) -> dict[str, Epub]:
    def fill(folder: Path) -> None:
        made(copied(source, folder), **options)

    folder = once(f"epub-{name}", fill) / source.name / "_build" / "epub"
    return {path.stem: Epub(path) for path in sorted(folder.iterdir())}


@pytest.fixture(scope="session")
def every(once: Once) -> dict[str, Epub]:
    """A book with a block of every kind, in Chinese with all outputs, and in English."""
    return _kept(once, "every", HERE / "every")


@pytest.fixture(scope="session")
def horrible(once: Once) -> dict[str, Epub]:
    return _kept(once, "horrible", HERE / "horrible")


@pytest.fixture(scope="session")
def textbook(once: Once) -> dict[str, Epub]:
    """The textbook, without results of its cells."""
    return _kept(once, "textbook", ROOT / "book", policy="off")


@pytest.fixture(scope="session")
def handbook(once: Once) -> dict[str, Epub]:
    return _kept(once, "handbook", ROOT / "docs", policy="off")
