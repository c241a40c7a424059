"""Names of files and folders: what they say to a reader, and in which order they come."""

from __future__ import annotations

import posixpath
import re

from etude.parse.contents_names import natural

__all__ = ["PAGES", "is_index", "order", "place", "readable", "stem"]

PAGES = (".ipynb", ".md")

_LEADING = re.compile(
    r"(?:(?:chapter|chap|ch|section|sec|part|lesson|lecture|notebook|nb)[ _.-]*)?\d+(?:[ _.-]+|$)",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"\d+[a-z]?[ _.-]+")
_FRONT = re.compile(r"(?:preface|foreword|前言|序言|序$|写在前面)", re.IGNORECASE)
_BACK = re.compile(
    r"(?:appendix|appendices|glossary|references|bibliography|solutions|acknowledge?ments|附录|参考文献)",
    re.IGNORECASE,
)


def stem(path: str) -> str:
    """A path without the suffix of a page."""
    for suffix in PAGES:
        if path.endswith(suffix):
            return path[: -len(suffix)]
    return path


def is_index(path: str) -> bool:
    """Whether a page stands for its folder."""
    return stem(posixpath.basename(path)).casefold() in ("readme", "index")


def readable(path: str) -> str:
    """The last part of a path as words: ``02_first-steps`` is `First steps`."""
    name = stem(posixpath.basename(path))
    match = _LEADING.match(name) or _LETTERED.match(name)
    bare = name[match.end() :] if match else name
    words = re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", bare or name).strip(" -.") or name
    return words[:1].upper() + words[1:]


def place(path: str) -> int:
    """-1 for what stands before the numbered chapters, 1 for what stands behind them."""
    name = re.sub(r"^[\d_.\s-]+", "", posixpath.basename(stem(path)))
    return -1 if _FRONT.match(name) else 1 if _BACK.match(name) else 0


def order(path: str) -> tuple[object, ...]:
    """Sorts the entries of a folder: what stands for it first, then front matter, chapters, back matter."""
    return (not is_index(path), place(path), natural(stem(path)))
