"""Link reference definitions: ``[label]: address "title"`` at the head of a paragraph."""

from __future__ import annotations

import re

from etude.parse.addresses import Address, label_key, read_address, read_title

_LABEL = re.compile(r"[ \t]*\[((?:[^\\\[\]]|\\.){1,999})\]:[ \t]*\n?[ \t]*", re.DOTALL).match
_REST = re.compile(r"[ \t]*(?:\n|\Z)").match
_GAP = re.compile(r"[ \t]+\n?[ \t]*|\n[ \t]*").match


def take(text: str, references: dict[str, Address]) -> int:
    """Note the definitions that `text` begins with; how many characters (whole lines) they are."""
    position = 0
    while True:
        taken = _one(text, position, references)
        if taken <= position:
            return position
        position = taken


def _one(text: str, position: int, references: dict[str, Address]) -> int:
    match = _LABEL(text, position)
    if match is None or not match[1].strip():
        return position
    address = read_address(text, match.end())
    if address is None:
        return position
    url, after = address
    title = ""
    end = _REST(text, after)
    gap = _GAP(text, after)
    found = read_title(text, gap.end()) if gap is not None else None
    if found is not None and (rest := _REST(text, found[1])) is not None:
        title, end = found[0], rest
    if end is None:
        return position
    references.setdefault(label_key(match[1]), Address(url, title))
    return end.end()
