"""Ids made of words."""

from __future__ import annotations

import re

__all__ = ["slug"]

_NOT_IN_ID = re.compile(r"[^\w\u00b7.:-]+")
_LONGEST = 80


def slug(words: str) -> str:
    """Words as an id: in lower case, ``-`` between them; empty when none of it may stand in an id."""
    return _NOT_IN_ID.sub("-", words.strip().lower()).strip("-.:")[:_LONGEST]
