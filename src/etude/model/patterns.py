"""Patterns of files: globs as regular expressions, and what stands in them for places of the user."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

__all__ = ["expand", "glob_pattern", "split_pattern", "variables_of"]

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def split_pattern(pattern: str) -> tuple[str, str]:
    """The folder before the first wildcard, and the pattern below it, which is empty for a plain path."""
    parts = pattern.split("/")
    for number, part in enumerate(parts):
        if re.search(r"[*?\[]", part):
            base = "/".join(parts[:number]) or ("/" if pattern.startswith("/") else ".")
            return base, "/".join(parts[number:])
    return pattern, ""


@lru_cache(maxsize=512)
def glob_pattern(pattern: str) -> re.Pattern[str]:
    """A regular expression for a glob: ``*`` and ``?`` stay in a folder, ``**`` crosses folders."""
    out: list[str] = []
    parts = pattern.split("/")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            out.append(".+" if last else "(?:.+/)?")
        else:
            out.append(_segment(part) + ("" if last else "/"))
    return re.compile("".join(out), re.DOTALL)


def _segment(part: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[" and (end := part.find("]", at + 1)) > 0:
            out.append(_choice(part[at:end]))
            at = end + 1
        else:
            out.append(re.escape(char))
    return "".join(out)


def _choice(body: str) -> str:
    """A set of characters (``a-z_``, ``!a-z``); one that is empty matches nothing."""
    negated = body.startswith(("!", "^"))
    at = 1 if negated else 0
    items: list[str] = []
    while at < len(body):
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            if body[at] <= body[at + 2]:
                items.append(f"{re.escape(body[at])}-{re.escape(body[at + 2])}")
            at += 3
        else:
            items.append(re.escape(body[at]))
            at += 1
    if negated:
        return f"[^/{''.join(items)}]"
    return f"(?!/)[{''.join(items)}]" if items else "(?!)"


def expand(pattern: str, environment: Mapping[str, str], home: str) -> str | None:
    """A pattern with ``~`` and ``$VAR`` replaced; None when a variable is not set."""
    known = True

    def value(match: re.Match[str]) -> str:
        nonlocal known
        text = environment.get(match[1] or match[2])
        known &= text is not None
        return text or ""

    out = _VARIABLE.sub(value, pattern)
    if out == "~" or out.startswith("~/"):
        out = home + out[1:]
        known &= bool(home)
    return out if known else None


def variables_of(pattern: str) -> tuple[str, ...]:
    """The environment variables that a pattern names."""
    return tuple(match[1] or match[2] for match in _VARIABLE.finditer(pattern))
