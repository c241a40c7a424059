"""Tolerances in force: what a cell says goes before its page, the page before the book.

The default is for two runs of the same code with the same packages on machines of one kind. There, only
the order of parallel sums and the choice of vector instructions move a number: by some units of the last
place of single precision (1e-7), which a few steps of computation make larger. A figure may then be off by
a shade at the edge of a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from msgspec import Struct

from etude.model.tolerance import Tolerance

__all__ = ["DEFAULT", "Limits", "settle"]

T = TypeVar("T")


class Limits(Struct, frozen=True, gc=False):
    """How far a result may be from the recorded one."""

    relative: float
    absolute: float
    image: float
    any: bool = False


DEFAULT: Final = Limits(relative=1e-6, absolute=1e-12, image=0.02)
"""``absolute`` is for what rounding leaves where zero is meant."""


def settle(*said: Tolerance) -> Limits:
    """The limits by what is said, the nearest first."""
    return Limits(
        relative=_first((one.relative for one in said), DEFAULT.relative),
        absolute=_first((one.absolute for one in said), DEFAULT.absolute),
        image=_first((one.image for one in said), DEFAULT.image),
        any=_first((one.any for one in said), DEFAULT.any),
    )


def _first(values: Iterable[T | None], default: T) -> T:
    return next((value for value in values if value is not None), default)
