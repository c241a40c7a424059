r"""Where keys are found, as text: 93 printable characters that need no escape in a script.

A *unit* is a page, or a part of a long one. A key's postings are, for each unit that has it in reading order,
how many units were left out since the last (big-endian digits to the base 29, the last 29 characters), then
an entry for each section: eight times the number of sections left out, up to 6, plus the weight (the first
64 characters). An entry of ``7 * 8`` leaves out seven sections and says nothing of the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from msgspec import Struct

__all__ = ["DIGITS", "Block", "Unit", "local_postings", "merge_blocks", "merge_units"]

T = TypeVar("T")

DIGITS = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in '"\\')
_ENTRIES, _GAPS = DIGITS[:64], DIGITS[64:]
_LEFT_OUT = _ENTRIES[56]
_JOINED = 16
"""Blocks after which postings are made one text each, as many short ones take much memory."""


class Unit(Struct, frozen=True, array_like=True):
    """What the index takes of a page, or of a part of a long one."""

    text: bytes
    """What results show of it, as JSON."""
    sections: int
    keys: str
    """One in each line."""
    places: str
    """The entries of each key, in lines likewise."""


class Block(Struct, frozen=True, array_like=True):
    """The postings of some units that follow each other."""

    units: int
    keys: str
    """One in each line."""
    first: list[int]
    """For each key the first unit that has it."""
    last: list[int]
    places: str
    """Postings in lines likewise, without what stands before the first entry."""
    texts: list[tuple[str, int]] = []
    """Names of the scripts that show the units, with how many each has."""
    sections: int = 0


@cache
def _gap(units: int) -> str:
    digits = _GAPS[units % 29]
    while units := units // 29:
        digits = _GAPS[units % 29] + digits
    return digits


def local_postings(sections: Iterable[Mapping[str, int]]) -> dict[str, str]:
    """The entries of every key of a unit; `sections` have the weights of their keys."""
    found: dict[str, str] = {}
    last: dict[str, int] = {}
    for number, keys in enumerate(sections):
        first = _entries(number)
        for key, weight in keys.items():
            before = last.get(key)
            if before is None:
                found[key] = first[weight]
            else:
                found[key] += _entries(number - before - 1)[weight]
            last[key] = number
    return found


@cache
def _entries(skipped: int) -> tuple[str, ...]:
    """After so many sections that were left out, the entry of each weight."""
    many, few = divmod(skipped, 7)
    return tuple(_LEFT_OUT * many + _ENTRIES[8 * few + weight] for weight in range(8))


def _lines(keys: str, values: Iterable[T]) -> Iterable[tuple[str, T]]:
    """Keys, one in each line, with their values; the last value is left over when there are none."""
    return zip(keys.split("\n") if keys else (), values, strict=False)


def merge_units(units: Sequence[Unit]) -> Block:
    """The postings of units that follow each other."""
    last: dict[str, int] = {}
    first: dict[str, int] = {}
    places: dict[str, list[str]] = {}
    for number, unit in enumerate(units):
        for key, entries in _lines(unit.keys, unit.places.split("\n")):
            if key in last:
                places[key] += _gap(number - last[key] - 1), entries
            else:
                first[key] = number
                places[key] = [entries]
            last[key] = number
    joined = "\n".join(map("".join, places.values()))
    return Block(len(units), "\n".join(places), list(first.values()), [last[key] for key in first], joined)


def merge_blocks(blocks: Iterable[Block]) -> dict[str, str]:
    """The postings of every key of a language; `blocks` in reading order."""
    last: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    start = 0
    for number, block in enumerate(blocks, 1):
        for key, (begin, end, entries) in _lines(
            block.keys, zip(block.first, block.last, block.places.split("\n"), strict=False)
        ):
            before = last.get(key)
            if before is None:
                found[key] = [_gap(start + begin), entries]
            else:
                found[key] += _gap(start + begin - before - 1), entries
            last[key] = start + end
        start += block.units
        if number % _JOINED == 0:
            for pieces in found.values():
                pieces[:] = ("".join(pieces),)
    return {key: "".join(found[key]) for key in sorted(found)}
