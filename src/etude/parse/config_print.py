"""Kinds of values of `etude.toml` that printed books have: sizes of pages, the bleed, lists."""

from __future__ import annotations

import re
from typing import Any

from etude.model.paper import LARGEST, SIZES, SMALLEST, lengths, paper
from etude.model.rules import Rule
from etude.parse.config_reader import Kind, Reader, dotted
from etude.parse.config_spelling import did_you_mean
from etude.parse.config_values import list_of_distinct, one_of
from etude.parse.toml_spans import Path

__all__ = ["BLEED", "LISTS", "PAPER"]

_MOST_BLEED = 20.0
"""Millimetres; printers ask for three to five."""
_BARE = re.compile(r"\s*([0-9.]+)\s*[x×*]\s*([0-9.]+)\s*")


def _paper(reader: Reader, value: Any, at: Path) -> Any:
    size = paper(value) if isinstance(value, str) else None
    if size is None:
        return reader.wrong(value, at, PAPER, *(_meant(value, at) if isinstance(value, str) else ()))
    sides = zip(("wide", "high"), size, strict=True)
    for side, length in sides:
        if not SMALLEST <= length <= LARGEST:
            message = (
                f"`{dotted(at)}` is {length:.4g} mm {side}:"
                f" a page is at least {SMALLEST:g} mm and at most {LARGEST:g} mm {side}"
            )
            return reader.report(Rule.CONFIG_VALUE, message, at, hints=(f"for example `{PAPER.example}`",))
    return size


def _meant(value: str, at: Path) -> tuple[str, ...]:
    bare = _BARE.fullmatch(value)
    if bare:
        return (f'say the unit: `{at[-1]} = "{bare[1]}mm x {bare[2]}mm"`',)
    if len(lengths(value)) == 1:
        return (f'say the height, too: `{at[-1]} = "{value.strip()} x 240mm"`',)
    return did_you_mean(value, SIZES) or (f"for example `{at[-1]} = {PAPER.example}`",)


def _bleed(reader: Reader, value: Any, at: Path) -> Any:
    found = lengths(value) if isinstance(value, str) else ()
    if len(found) != 1:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return reader.wrong(
            value, at, BLEED, *((f'say the unit: `{at[-1]} = "{value}mm"`',) if number else ())
        )
    if found[0] > _MOST_BLEED:
        message = f"`{dotted(at)}` is {found[0]:.4g} mm, more than {_MOST_BLEED:g} mm"
        return reader.report(Rule.CONFIG_VALUE, message, at, hints=("printers ask for 3 to 5 mm",))
    return found[0]


PAPER = Kind(
    f"one of {', '.join(SIZES)}, or a width and a height with their units", '"170mm x 240mm"', _paper
)
BLEED = Kind("a length in mm, cm, in or pt", '"3mm"', _bleed)
_LIST = one_of("figures", "tables", "listings", "algorithms")
LISTS = list_of_distinct(
    _LIST, "a list of figures, tables, listings and algorithms", '["figures", "tables"]', empty=True
)
