"""Projects of d2lbook in memory, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from etude.adapters.memory import MemoryFiles
from etude.convert.account import Fate
from etude.convert.converted import Asked, Converted
from etude.convert.d2lbook import convert

CONFIG = "[project]\ntitle = Dice\nlang = en\n"


class Import:
    """A converted project."""

    def __init__(self, files: Mapping[str, str | bytes], asked: Asked) -> None:
        self.converted: Converted = convert(MemoryFiles(files), asked)
        self.files = dict(self.converted.files)
        self.page = self.files.get("page.md", "")
        self.toml = self.files["etude.toml"]

    def told(self, construct: str) -> list[tuple[str, int, str]]:
        """Fate, line and words of the notes on a construct."""
        return [
            (str(note.fate), note.line, note.said)
            for note in self.converted.notes
            if note.construct == construct
        ]

    def lost(self) -> list[str]:
        return [note.construct for note in self.converted.notes if note.fate is Fate.LOST]


@pytest.fixture
def made():
    """Convert a project of a root page and `page.md`, with more settings and files."""

    def make(page: str = "", settings: str = "", asked: Asked | None = None, **more: str | bytes) -> Import:
        files = {
            "config.ini": CONFIG + settings,
            "index.md": "# Dice\n\n```toc\n:numbered:\n\npage\n```\n",
            "page.md": page,
        }
        return Import(files | more, asked or Asked())

    return make


TABS = """[build]
tabs = numpy, python
[library-numpy]
lib_file = dice/np.py
lib_name = np
simple_alias = ones, arange
fluent_alias = reshape
[library-python]
lib_file = dice/py.py
"""


@pytest.fixture
def tabbed(made):
    """The same in two tabs, with aliases in the first."""
    return lambda page, **more: made(page, TABS, **more)
