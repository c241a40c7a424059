"""Ids made of words."""

from __future__ import annotations

import re

__all__ = ["github_slug", "slug"]

_NOT_IN_ID = re.compile(r"[^\w\u00b7.:-]+")
_NOT_IN_GITHUB = re.compile(r"[^\w\s-]+")
_LONGEST = 80


def slug(words: str) -> str:
    """Words as an id: in lower case, ``-`` between them; empty when none of it may stand in an id."""
    return _NOT_IN_ID.sub("-", words.strip().lower()).strip("-.:")[:_LONGEST]


def github_slug(words: str) -> str:
    """Words as GitHub names a heading: punctuation goes, and each space becomes ``-``."""
    return re.sub(r"\s", "-", _NOT_IN_GITHUB.sub("", words.strip().lower()))
