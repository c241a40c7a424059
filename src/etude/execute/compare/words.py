"""What is said of a difference, in words."""

from __future__ import annotations

import math

from etude.execute.compare.text import TextChange
from etude.execute.tolerances import Limits
from etude.model.drift import Difference

__all__ = ["extent", "share", "told"]


def told(
    subject: str, recorded: str, now: str, change: TextChange, limits: Limits, noun: str = "the text"
) -> Difference:
    """The difference of two texts; `noun` is what they are."""
    return Difference(
        "text",
        subject,
        extent(change, limits, noun),
        recorded=recorded,
        now=now,
        marks=change.marks,
        relative=change.relative if change.off else None,
    )


def extent(change: TextChange, limits: Limits, noun: str = "the text") -> str:
    """How far two texts are apart, as the rest of a sentence."""
    if not change.off:
        return f"{noun} differs"
    if change.numbers == 1:
        counted = "a number differs"
    else:
        counted = f"{change.off} of {change.numbers} numbers {'differs' if change.off == 1 else 'differ'}"
    if math.isfinite(change.relative):
        most = "by" if change.off == 1 else "by up to"
        far = f"{most} {share(change.relative)} of {'its' if change.off == 1 else 'their'} size"
        counted += f", {far} ({share(limits.relative)} is allowed)"
    return f"{counted}; {noun} around them differs too" if change.words else counted


def share(value: float) -> str:
    """A relative difference: two digits, as short as they go."""
    return f"{value:.2g}".replace("e-0", "e-").replace("e+0", "e+")
