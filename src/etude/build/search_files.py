"""What the site's search has taken of pages, kept below `.etude` so that a build makes only what is new."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from etude.build.kept import Keep, PageGoneError
from etude.render.search.postings import Block, Unit

__all__ = ["PageGoneError", "forget", "keep_block", "keep_units", "kept_block", "kept_units", "there"]

_encode = msgspec.msgpack.Encoder().encode
_units = msgspec.msgpack.Decoder(tuple[Unit, ...])
_block = msgspec.msgpack.Decoder(Block)

_keep = Keep("search")


def there(root: Path) -> frozenset[str]:
    """The names of all that is kept."""
    return _keep.there(root)


def keep_units(root: Path, units: tuple[Unit, ...]) -> str:
    """Keep what a page has; its name, which is made of its content. Raises `WriteError`."""
    return _keep.put(root, _encode(units))


def keep_block(root: Path, block: Block) -> str:
    """Keep the postings of some pages, likewise."""
    return _keep.put(root, _encode(block))


def kept_units(root: Path, name: str) -> tuple[Unit, ...]:
    """What is kept of a page. When it is lost or damaged, `PageGoneError`, and nothing is kept any more."""
    return _keep.get(root, name, _units)


def kept_block(root: Path, name: str) -> Block:
    """What is kept of some pages, likewise."""
    return _keep.get(root, name, _block)


def forget(root: Path, named: Collection[str]) -> None:
    """Remove all that is kept under other names; another folder of outputs makes its own again."""
    _keep.forget(root, named)
