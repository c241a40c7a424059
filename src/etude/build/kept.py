"""Pieces of outputs, kept below `.etude` under names made of their contents: only new ones are made."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from etude.adapters.disk import sealed, unsealed, write_atomic
from etude.build.watch import digest

__all__ = ["Keep", "PageGoneError"]

T = TypeVar("T")


class PageGoneError(Exception):
    """Something that an earlier build has made of a page is lost, or damaged."""


@dataclass(frozen=True, slots=True)
class Keep:
    """A folder of such pieces; each method is asked with the root of the book."""

    name: str
    """Below `.etude`."""

    def _folder(self, root: Path) -> Path:
        return root / ".etude" / self.name

    def there(self, root: Path) -> frozenset[str]:
        """The names of all that is kept."""
        with suppress(OSError), os.scandir(self._folder(root)) as entries:
            return frozenset(entry.name for entry in entries)
        return frozenset()

    def put(self, root: Path, data: bytes) -> str:
        """Keep a piece; its name, which is made of its content. Raises `WriteError`."""
        name = digest(data)
        write_atomic(self._folder(root) / name, sealed(data))
        return name

    def get(self, root: Path, name: str, decoder: msgspec.msgpack.Decoder[T]) -> T:
        """A piece. When it is lost or damaged, `PageGoneError`, and nothing is kept any more."""
        try:
            data = unsealed((self._folder(root) / name).read_bytes())
            if data is not None:
                return decoder.decode(data)
        except (OSError, msgspec.MsgspecError):
            pass
        self.forget(root, ())
        raise PageGoneError(name)

    def forget(self, root: Path, named: Collection[str]) -> None:
        """Remove all that is kept under other names."""
        for name in self.there(root) - frozenset(named):
            with suppress(OSError):
                (self._folder(root) / name).unlink()
