"""What the site's search has taken of pages, kept below `.etude` so that a build makes only what is new."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from etude.adapters.disk import sealed, unsealed, write_atomic
from etude.build.watch import digest
from etude.render.search.postings import Block, Unit

__all__ = ["PageGoneError", "forget", "keep_block", "keep_units", "kept_block", "kept_units", "there"]

_encode = msgspec.msgpack.Encoder().encode
_units = msgspec.msgpack.Decoder(tuple[Unit, ...])
_block = msgspec.msgpack.Decoder(Block)

T = TypeVar("T")


class PageGoneError(Exception):
    """Something that an earlier build has made of a page is lost, or damaged."""


def _folder(root: Path) -> Path:
    return root / ".etude" / "search"


def there(root: Path) -> frozenset[str]:
    """The names of all that is kept."""
    with suppress(OSError), os.scandir(_folder(root)) as entries:
        return frozenset(entry.name for entry in entries)
    return frozenset()


def keep_units(root: Path, units: tuple[Unit, ...]) -> str:
    """Keep what a page has; its name, which is made of its content. Raises `WriteError`."""
    return _keep(root, _encode(units))


def keep_block(root: Path, block: Block) -> str:
    """Keep the postings of some pages, likewise."""
    return _keep(root, _encode(block))


def _keep(root: Path, data: bytes) -> str:
    name = digest(data)
    write_atomic(_folder(root) / name, sealed(data))
    return name


def kept_units(root: Path, name: str) -> tuple[Unit, ...]:
    """What is kept of a page. When it is lost or damaged, `PageGoneError`, and nothing is kept any more."""
    return _kept(root, name, _units)


def kept_block(root: Path, name: str) -> Block:
    """What is kept of some pages, likewise."""
    return _kept(root, name, _block)


def _kept(root: Path, name: str, decoder: msgspec.msgpack.Decoder[T]) -> T:
    try:
        data = unsealed((_folder(root) / name).read_bytes())
        if data is not None:
            return decoder.decode(data)
    except (OSError, msgspec.MsgspecError):
        pass
    forget(root, ())
    raise PageGoneError(name)


def forget(root: Path, named: Collection[str]) -> None:
    """Remove all that is kept under other names; another folder of outputs makes its own again."""
    for name in there(root) - frozenset(named):
        with suppress(OSError):
            (_folder(root) / name).unlink()
