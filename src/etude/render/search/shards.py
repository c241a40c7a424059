"""The index as scripts: small ones, cut so that an edit changes few, and a root that knows them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

__all__ = ["Shards", "cut", "key_shards", "named", "root_script", "text_shards"]

T = TypeVar("T")

KEYS = 24_000
"""Bytes from which on a shard of keys ends; it holds a key more at most."""
TEXT = 8_000
"""Bytes from which on a shard of text ends; a part of a page more at most."""
WORDS = 24_000
"""Bytes of a shard of words alone, which typing errors are looked up in."""

_HASH = 5
"""Bytes of a shard's name; two of a book with the same name are not to be expected."""


class Shards(msgspec.Struct, frozen=True):
    """Scripts of one kind, in the order of what they hold."""

    files: tuple[tuple[str, bytes], ...]
    """Names and contents."""
    first: tuple[str, ...] = ()
    """The first key of each."""


def cut(items: Sequence[T], sizes: Iterable[int], names: Iterable[str], most: int) -> Iterator[list[T]]:
    """Pieces of a sequence, of `most` bytes and the item that goes beyond at most.

    From half of that on, an item whose name says so begins a new piece: soon after an edit all is as before.
    """
    piece: list[T] = []
    held = 0
    for item, size, name in zip(items, sizes, names, strict=True):
        if piece and (held >= most or (held * 2 >= most and _begins(name))):
            yield piece
            piece, held = [], 0
        piece.append(item)
        held += size
    if piece:
        yield piece


def _begins(name: str) -> bool:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] < 16


def named(content: bytes) -> tuple[str, bytes]:
    """A script that gives its content to the search, with its name."""
    name = hashlib.blake2b(content, digest_size=_HASH).hexdigest()
    return name, b'etude.shelf("%s",%s)\n' % (name.encode(), content)


def text_shards(units: Sequence[bytes], names: Sequence[str]) -> Iterator[tuple[tuple[str, bytes], int]]:
    """Scripts of what results show, each with the number of its units."""
    for piece in cut(units, map(len, units), names, TEXT):
        yield named(b"[%s]" % b",\n".join(piece)), len(piece)


def key_shards(postings: Mapping[str, str]) -> tuple[Shards, Shards]:
    """Scripts of keys with their postings, and scripts of words alone."""
    keys = list(postings)
    sizes = [len(key) + len(places) + 2 for key, places in postings.items()]
    pieces = list(cut(keys, sizes, keys, KEYS))
    lines = [[line for key in piece for line in (key, postings[key])] for piece in pieces]
    words = [key for key in keys if key[0] < "\u0e00" and not key.isdigit() and len(key) > 3]
    listed = list(cut(words, (len(word) + 1 for word in words), words, WORDS))
    return _scripts(pieces, lines), _scripts(listed, listed)


def _scripts(pieces: Sequence[Sequence[str]], lines: Sequence[Sequence[str]]) -> Shards:
    files = tuple(named(msgspec.json.encode("\n".join(some))) for some in lines)
    return Shards(files, tuple(piece[0] for piece in pieces))


def root_script(
    language: str, keys: Shards, words: Shards, texts: Sequence[tuple[str, int]], sections: int
) -> bytes:
    """What a search loads first; `texts` are the shards of text with the numbers of their units."""
    content = {
        "keys": "\n".join(keys.first),
        "keyed": "".join(name for name, _ in keys.files),
        "words": "\n".join(words.first),
        "listed": "".join(name for name, _ in words.files),
        "texts": "".join(name for name, _ in texts),
        "units": [units for _, units in texts],
        "sections": sections,
    }
    return b"etude.shelf(%s,%s)\n" % (msgspec.json.encode(language), msgspec.json.encode(content))
