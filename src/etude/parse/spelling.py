"""Hints with the name that was meant."""

from __future__ import annotations

from collections.abc import Iterable

from etude.parse import config_spelling

__all__ = ["did_you_mean", "nearest"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is a slip of; None for one of two letters, which is near to too many."""
    return config_spelling.nearest(word, known) if len(word) > 2 else None


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """A hint with the nearest known word; none when nothing is near."""
    near = nearest(word, known)
    return (f"did you mean `{near}`?",) if near else ()
