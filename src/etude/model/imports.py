"""What a cell imports of the book's library, and what it defines: read from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

__all__ = ["Imported", "defined", "imported"]

_DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)
_ADDED = re.compile(r"@(?:\w+\.)?add_to_class\([^\n]*\n(?:@[^\n]*\n)*\Z")
"""What stands before a function that goes into a class."""
_COMMENT = re.compile(r"#[^\n]*")


class Imported(Struct, frozen=True, array_like=True, gc=False):
    """A name of a module where an import has it."""

    module: str
    """Dotted, with the library's own name."""
    name: str
    """What is taken of the module; empty where the module itself is named."""
    start: int
    end: int
    """Where it stands in the cell's code."""


def imported(code: str, library: str) -> Iterator[Imported]:
    """What `code` imports of the package `library`, in the order of the text."""
    if not library or library not in code:
        return
    for found in _statement(library).finditer(code):
        module = found["from"] or found["import"]
        start = found.start("from" if found["from"] else "import")
        yield Imported(module, "", start, start + len(module))
        names = _COMMENT.sub(lambda comment: " " * len(comment[0]), found["names"] or "")
        for name in re.finditer(r"(?:^|[,(])\s*(\w+)", names):
            at = found.start("names") + name.start(1)
            yield Imported(module, name[1], at, at + len(name[1]))


@lru_cache(maxsize=4)
def _statement(library: str) -> re.Pattern[str]:
    dotted = rf"{re.escape(library)}(?:\.\w+)*(?![.\w])"
    return re.compile(
        rf"^[ \t]*(?:from[ \t]+(?P<from>{dotted})[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#;]*)"
        rf"|import[ \t]+(?P<import>{dotted}))",
        re.MULTILINE,
    )


def defined(code: str) -> tuple[str, ...]:
    """The names that a module of this code has: its functions, classes and values."""
    return tuple(
        dict.fromkeys(
            found[1] or found[2]
            for found in _DEFINED.finditer(code)
            if not _ADDED.search(code, 0, found.start())
        )
    )
