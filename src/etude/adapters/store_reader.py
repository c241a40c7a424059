"""The store of a book as one reads it who must change nothing in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from etude.adapters.disk import WriteError
from etude.adapters.store import SqliteStore

__all__ = ["StoreReader"]


class StoreReader(SqliteStore):
    """A store whose entries can be read; what is put is forgotten. Where there is none, it is empty."""

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The entries there are among `keys`; none when the index cannot be read."""
        try:
            return super().get_many(kind, keys)
        except WriteError:
            return {}

    def keys(self, kind: str) -> tuple[str, ...]:
        """Keys of every entry of a kind, sorted."""
        try:
            return super().keys(kind)
        except WriteError:
            return ()

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Nothing."""

    def put_many(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Nothing."""

    def _open(self) -> None:
        """Nothing: there may be no store."""

    def _connect(self) -> sqlite3.Connection:
        place = quote(Path(self.index).absolute().as_posix())
        return sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=30.0, check_same_thread=False)

    def _set_aside(self) -> None:
        """A damaged index stays where it is."""
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.close()
        self._base = None
        self._damaged["index"] = None
