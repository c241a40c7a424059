"""A store's index: what an entry is, and a new index in the place of a damaged one."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

__all__ = ["INSERT", "TABLE", "UPDATE", "Row", "checksum", "has_header", "renew", "text"]

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS entry"
    " (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB, sum BLOB NOT NULL, UNIQUE (kind, key))"
)
INSERT: Final = "INSERT INTO entry (kind, key, value, sum) VALUES (?, ?, ?, ?)"
UPDATE: Final = " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, sum = excluded.sum"

Row = tuple[str, str, bytes | None, bytes]
"""Kind, key, value (None: it lies in a file), checksum."""

_MANY: Final = 200

_WAYS: Final = (
    "NOT INDEXED ORDER BY rowid ASC",
    "NOT INDEXED ORDER BY rowid DESC",
    "INDEXED BY sqlite_autoindex_entry_1 ORDER BY kind ASC, key ASC",
    "INDEXED BY sqlite_autoindex_entry_1 ORDER BY kind DESC, key DESC",
)
"""Ways through the table, each until something cannot be read; keys stand in it twice."""


def checksum(kind: str, key: str, value: bytes) -> bytes:
    """That of an entry: of its name as well, for damage may lead to another entry."""
    name = f"{len(kind)} {kind} {len(key)} {key} ".encode()
    return hashlib.blake2b(name + value, digest_size=16).digest()


def text(data: bytes) -> str:
    """A text as SQLite keeps it, which may be damaged."""
    return data.decode("utf-8", "replace")


def has_header(path: Path) -> bool:
    """Whether a file begins as indexes do: as SQLite's format says that they may."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError:
        return True
    versions = set(head[18:20])
    schema, encoding = int.from_bytes(head[44:48], "big"), int.from_bytes(head[56:60], "big")
    sound = head[:16] == b"SQLite format 3\0" and versions <= {1, 2}
    return not head or (sound and schema in range(5) and encoding in range(4))


def renew(path: Path) -> bool:
    """Put a new index in the place of a damaged one; False when that cannot be done, and all is as it was.

    Nobody else may do the same meanwhile.
    """
    new, aside = Path(f"{path}.new"), Path(f"{path}.damaged")
    try:
        for place in (new, Path(f"{new}-journal"), aside):
            place.unlink(missing_ok=True)
        with closing(sqlite3.connect(new)) as base:
            base.execute(TABLE)
            for rows in _salvage(path):
                with base:
                    base.executemany(INSERT + " ON CONFLICT (kind, key) DO NOTHING", rows)
        with suppress(OSError):
            os.link(path, aside)
        # They belong to the old one.
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        new.replace(path)
    except (sqlite3.Error, OSError):
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    return True


def _salvage(path: Path) -> Iterator[list[Row]]:
    """The rows of a damaged index that are as they were put, some at a time; never raises for damage.

    What lies in a file is looked at when it is asked for.
    """
    try:
        base = sqlite3.connect(path)
    except sqlite3.Error:
        return
    base.text_factory = text
    seen: set[tuple[str, str]] = set()
    try:
        for way in _WAYS:
            rows: list[Row] = []
            with suppress(sqlite3.Error):
                for one in base.execute(f"SELECT kind, key, value, sum FROM entry {way}"):  # noqa: S608 -- ours
                    found = _row(one)
                    if found is not None and found[:2] not in seen and _is_good(found):
                        seen.add(found[:2])
                        rows.append(found)
                    if len(rows) == _MANY:
                        yield rows
                        rows = []
            yield rows
    finally:
        with suppress(sqlite3.Error):
            base.close()


def _is_good(row: Row) -> bool:
    kind, key, value, total = row
    return value is None or checksum(kind, key, value) == total


def _row(found: Sequence[object]) -> Row | None:
    """What was read, if it is of the kinds that were written."""
    match found:
        case (str() as kind, str() as key, (bytes() | None) as value, bytes() as total):
            return kind, key, value, total
        case _:
            return None
