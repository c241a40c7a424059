"""How much a result may differ when it is made again, as an author says it."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Tolerance"]


class Tolerance(Struct, frozen=True, omit_defaults=True):
    """What a cell, a page or a book says; what it leaves open is said by the next wider one."""

    relative: float | None = None
    """Part of a number's own size."""
    absolute: float | None = None
    """In the unit of the number."""
    image: float | None = None
    """Distance of two pictures, from 0 (equal) to 1."""
    any: bool | None = None
    """True: the outputs may be anything."""
