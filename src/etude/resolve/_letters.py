"""Numbers as letters: 1 → a, 26 → z, 27 → aa."""

from __future__ import annotations

__all__ = ["letters"]


def letters(number: int) -> str:
    """A number from 1 on as small letters."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(97 + digit) + text
    return text
