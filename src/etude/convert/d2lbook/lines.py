"""Lines of d2lbook's prose that are something else than text."""

from __future__ import annotations

import re

__all__ = ["DISCUSSION", "HEADING", "MARK", "TAB", "begins", "is_extra"]

MARK = re.compile(
    r"[ \t]*:(?P<name>label|eqlabel|width|height|bibliography):(?P<tick>`+)(?P<value>[^`\n]+)(?P=tick)[ \t]*"
)
"""A mark for what stands before it."""
TAB = re.compile(r"[ \t]*:(?P<name>begin_tab|end_tab):(?:`(?P<names>[^`\n]*)`)?[ \t]*")
HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t].*)?")
DISCUSSION = re.compile(r"\[(?:Discussions?|讨论[区]?)\]\((?P<url>[^()\s]+)\)[ \t]*")
"""A link to the thread of the page, alone in its line."""

_EXTRA = ("小结", "练习", "总结", "摘要", "问题", "summary", "exercises", "exercise", "problems")
"""Titles of the sections that the printed book leaves without a number."""


def is_extra(title: str | None) -> bool:
    """Whether a heading of this title has no number in the printed book."""
    return (title or "").strip().lower() in _EXTRA


def begins(line: str) -> bool:
    """Whether a paragraph has ended before a line."""
    return (
        not line.strip()
        or line.startswith("|")
        or MARK.fullmatch(line) is not None
        or TAB.fullmatch(line) is not None
        or HEADING.fullmatch(line) is not None
        or DISCUSSION.fullmatch(line.strip()) is not None
        or line.lstrip().startswith("$$")
    )
