"""Writes `etude.toml`, and remembers where each value came from.

So a problem with the written text can be told where the author finds it: in the file that was read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from etude.model.diagnostic import Place
from etude.model.span import Span

__all__ = ["Origin", "Placed", "Plain", "Toml", "Written", "literal"]

Plain: TypeAlias = "str | bool | int | float | Sequence[Plain] | Mapping[str, Plain] | Placed"
"""What a value may be: a text, a truth, a number, a list, a table, each with its place if that is known."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100
"""Columns of a list in one line; a longer one has a line for each value."""


class Placed(Struct, frozen=True):
    """A value, and where it was read."""

    value: Plain
    place: Place


class Origin(Struct, frozen=True):
    """A piece of the written text, and where it was read."""

    start: int
    end: int
    place: Place


class Written(Struct, frozen=True):
    """The text of an `etude.toml`, and where its pieces come from."""

    text: str
    origins: tuple[Origin, ...] = ()

    def origin(self, span: Span) -> Place | None:
        """Where the smallest piece around a span was read; None when no piece is around it."""
        around = [one for one in self.origins if one.start <= span.start and span.end <= one.end]
        return min(around, key=lambda one: one.end - one.start).place if around else None


class Toml:
    """Writes tables in the order in which they are given."""

    def __init__(self) -> None:
        """Begin with an empty file."""
        self._pieces: list[str] = []
        self._at = 0
        self._line = 0
        """Where the last line begins."""
        self._origins: list[Origin] = []

    def comment(self, text: str) -> None:
        """Lines that begin with ``#``."""
        for line in text.split("\n"):
            self._write(f"# {line}".rstrip() + "\n")

    def table(self, name: str, place: Place | None = None, *, many: bool = False, about: str = "") -> None:
        """The header of a table, of one among `many` of that name; what is set next is in it.

        `about` is a comment above it.
        """
        if self._at:
            self._write("\n")
        if about:
            self.comment(about)
        start = self._at
        header = ".".join(_key(part) for part in name.split("."))
        self._write(f"[[{header}]]" if many else f"[{header}]")
        self._note(start, place)
        self._write("\n")

    def set(self, key: str, value: Plain) -> None:
        """A key with its value; a list that is long has a line for each of its values."""
        self._write(f"{_key(key)} = ")
        plain = value.value if isinstance(value, Placed) else value
        start = self._at
        self._laid(plain, "")
        self._note(start, value.place if isinstance(value, Placed) else None)
        self._write("\n")

    def redirects(self, pages: Mapping[str, str]) -> None:
        """Old addresses with the pages that they lead to; they are many, so they are written last."""
        if pages:
            self.table("html.redirects", about="Addresses of the old site, and the pages they lead to.")
            for old, page in pages.items():
                self.set(old, page)

    def written(self) -> Written:
        """All that was written."""
        return Written("".join(self._pieces), tuple(self._origins))

    def _laid(self, value: Plain, indent: str) -> None:
        """A value; a list that is too long for its line has a line for each item.

        So has one within a table: what else a table in a line holds stays on its line.
        """
        plain = value.value if isinstance(value, Placed) else value
        start = self._at
        if self._at - self._line + len(_inline(plain)) <= _WIDTH or isinstance(
            plain, str | bool | int | float | Placed
        ):
            self._value(plain)
        elif isinstance(plain, Mapping):
            self._write("{ ")
            for number, (key, one) in enumerate(plain.items()):
                self._write(f"{', ' if number else ''}{_key(key)} = ")
                self._laid(one, indent)
            self._write(" }")
        else:
            self._write("[\n")
            for one in plain:
                self._write(f"{indent}  ")
                self._laid(one, f"{indent}  ")
                self._write(",\n")
            self._write(f"{indent}]")
        self._note(start, value.place if isinstance(value, Placed) else None)

    def _value(self, value: Plain) -> None:
        match value:
            case Placed(inner, place):
                start = self._at
                self._value(inner)
                self._note(start, place)
            case str() | bool() | int() | float():
                self._write(_scalar(value))
            case Mapping():
                self._write("{ ")
                for number, (key, one) in enumerate(value.items()):
                    self._write(f"{', ' if number else ''}{_key(key)} = ")
                    self._value(one)
                self._write(" }" if value else "}")
            case _:
                self._write("[")
                for number, one in enumerate(value):
                    self._write(", " if number else "")
                    self._value(one)
                self._write("]")

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._at += len(text)
        if "\n" in text:
            self._line = self._at - len(text) + text.rindex("\n") + 1

    def _note(self, start: int, place: Place | None) -> None:
        if place is not None:
            self._origins.append(Origin(start, self._at, place))


def literal(name: str) -> str:
    """A page's name as the contents take it: what is a mark of patterns stands for itself."""
    return re.sub(r"[*?\[]", r"[\g<0>]", name)


def _inline(value: Plain) -> str:
    writer = Toml()
    writer._value(value)  # noqa: SLF001 -- its own
    return writer.written().text


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _scalar(name)


def _scalar(value: str | bool | float) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
