"""Links to places where notebooks run: badges of Colab and Binder, which the site makes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

__all__ = ["Repository", "badges", "repository", "without_badges"]

_COLAB = r"https?://colab\.(?:research\.google\.com|sandbox\.google\.com)"
_BINDER = r"https?://(?:[\w.-]*mybinder\.org|beta\.mybinder\.org)"
_OTHER = r"https?://(?:kaggle\.com/kernels|www\.kaggle\.com/kernels|studiolab\.sagemaker\.aws|deepnote\.com/launch)"
_PLACES = rf"(?:{_COLAB}|{_BINDER}|{_OTHER})"
_BADGE = re.compile(
    rf"(?P<table><table\b[^>]*class=[\"']tfo-notebook-buttons[\"'].*?</table>)"
    rf"|\[!\[[^\]]*\]\([^)]*\)\]\((?P<md>{_PLACES}[^)\s]*)\)"
    rf"|<a\b[^>]*href=[\"'](?P<html>{_PLACES}[^\"']*)[\"'][^>]*>\s*<img\b[^>]*>\s*(?:</img>)?\s*</a>"
    rf"|\[(?:open|run|view|launch)[^\]]*(?:colab|binder)\]\((?P<text>{_PLACES}[^)\s]*)\)",
    re.IGNORECASE | re.DOTALL,
)
_GITHUB = re.compile(rf"{_COLAB}/github/([\w.-]+)/([\w.-]+)/blob/([^/\s]+)/(.*)", re.IGNORECASE)
_EMPTY = re.compile(r"(?:</?(?:p|div|center|td|tr|table|span|br)\b[^<>]*>|&nbsp;|\s)*", re.IGNORECASE)


class Repository(Struct, frozen=True):
    """Where a badge says that its notebook is kept."""

    address: str
    branch: str
    path: str


def badges(text: str) -> Iterator[tuple[str, int]]:
    """The addresses of the badges in a text, each with its line, from 1."""
    for match in _BADGE.finditer(text):
        found = match["md"] or match["html"] or match["text"] or ""
        if match["table"]:
            inner = re.search(rf"{_PLACES}[^\"'\s]*", match["table"])
            found = inner[0] if inner else ""
        yield found, text.count("\n", 0, match.start()) + 1


def without_badges(text: str) -> str:
    """A text without its badges, and without the wrapping that is empty then; lines that are left stay."""
    if not _BADGE.search(text):
        return text
    lines: list[str] = []
    taken = False
    for line in _BADGE.sub("\0", text).split("\n"):
        bare = line.replace("\0", "")
        if "\0" in line and _EMPTY.fullmatch(bare):
            taken = True
        elif not (taken and not bare.strip() and not (lines and lines[-1].strip())):
            lines.append(bare)
            taken = False
    left = "\n".join(lines)
    return "" if _EMPTY.fullmatch(left) else left


def repository(address: str) -> Repository | None:
    """The place on GitHub that a Colab address names."""
    match = _GITHUB.match(address)
    if match is None:
        return None
    return Repository(f"https://github.com/{match[1]}/{match[2]}", match[3], unquote(match[4]))
