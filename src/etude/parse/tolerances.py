"""Tolerances as authors write them: ``1e-3``, ``rtol=1e-2 atol=1e-6 image=0.05``, ``exact``, ``any``."""

from __future__ import annotations

import math
import re
from typing import Final

from etude.model.tolerance import Tolerance

__all__ = ["FORMS", "read_tolerance"]

FORMS: Final = "`1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`"
"""What a message shows as examples."""

_FIELDS: Final = {"rtol": "relative", "atol": "absolute", "image": "image"}


def read_tolerance(text: str) -> Tolerance | None:
    """The tolerance that a text means; None when it means none."""
    match text.strip().lower():
        case "exact":
            return Tolerance(relative=0.0, absolute=0.0, image=0.0, any=False)
        case "any":
            return Tolerance(any=True)
        case words:
            parts = re.sub(r"\s*=\s*", "=", words)
    found: dict[str, float] = {}
    for part in re.split(r"[\s,，]+", parts):
        name, equals, written = part.rpartition("=")
        field = _FIELDS.get(name) if equals else "relative"
        amount = _amount(written)
        if field is None or field in found or amount is None or (field == "image" and amount > 1):
            return None
        found[field] = amount
    return Tolerance(**found, any=False)


def _amount(text: str) -> float | None:
    """A finite number of at least zero."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
