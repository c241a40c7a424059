"""The store of a book as one reads it who must change nothing in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from etude.adapters.disk import WriteError
from etude.adapters.store import SqliteStore

__all__ = ["LayeredReader", "StoreReader"]


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

    def _renew(self) -> bool:
        """A damaged index stays where it is."""
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.close()
        self._base = None
        return False


class LayeredReader(StoreReader):
    """A store that is read, with another laid over it: what is put goes there, and is found first."""

    def __init__(self, folder: Path, above: SqliteStore) -> None:
        """Read the store in `folder`; write to `above`."""
        super().__init__(folder)
        self._above = above

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The entries there are among `keys`."""
        wanted = tuple(keys)
        found = self._above.get_many(kind, wanted)
        return {**super().get_many(kind, (key for key in wanted if key not in found)), **found}

    def keys(self, kind: str) -> tuple[str, ...]:
        """Keys of every entry of a kind, sorted."""
        return tuple(sorted({*super().keys(kind), *self._above.keys(kind)}))

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep an entry above."""
        self._above.put(kind, key, value)

    def put_many(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep entries above."""
        self._above.put_many(kind, items)
