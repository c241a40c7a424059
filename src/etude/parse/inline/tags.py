"""What may stand between ``<`` and ``>``."""

from __future__ import annotations

import re

from etude.parse.outline.starts import CLOSE_TAG, OPEN_TAG

_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*)>").match
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"<([A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*)>").match
_TAG = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}|<![A-Za-z][^>]*>").match
_BRACKETED = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"))


def autolink(text: str, at: int) -> tuple[str, str, int] | None:
    """Address, words and end of ``<https://…>`` or ``<someone@…>``; None when it is neither."""
    match = _AUTOLINK(text, at)
    if match is not None:
        return match[1], match[1], match.end()
    match = _EMAIL(text, at)
    return (f"mailto:{match[1]}", match[1], match.end()) if match is not None else None


_BARE = re.compile(r"https?://[^\s<>\[\]\"`\u2018-\u201f\u3000-\u303f\uff01-\uff5e\u4e00-\u9fff]+").match


def address_end(text: str, at: int) -> int:
    """Where the bare address at `at` ends: before punctuation that belongs to the sentence."""
    match = _BARE(text, at)
    assert match is not None
    url = match[0]
    while url:
        last = url[-1]
        if last in "?!.,:;*_~'|" or (last == ")" and url.count(")") > url.count("(")) or last in "]}":
            url = url[:-1]
        else:
            break
    return at + len(url)


def tag_end(text: str, at: int, last: dict[str, int]) -> int:
    """Where the tag, comment or instruction at `at` ends; -1 when none begins there.

    `last` keeps where the possible ends are last found in `text`, so that a text full of beginnings
    is not searched for each of them.
    """
    if _last(text, ">", last) <= at:
        return -1
    for begin, end in _BRACKETED:
        if text.startswith(begin, at):
            if begin == "<!--" and text.startswith((">", "->"), at + 4):
                return text.index(">", at) + 1
            if _last(text, end, last) < at + len(begin):
                return -1
            return text.index(end, at + len(begin)) + len(end)
    match = _TAG(text, at)
    return match.end() if match is not None else -1


def _last(text: str, end: str, last: dict[str, int]) -> int:
    known = last.get(end)
    if known is None:
        known = last[end] = text.rfind(end)
    return known
