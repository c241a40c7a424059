"""Names of pages: their natural order, and the patterns of the contents."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.parse.config_values import page_name

_DIGITS = re.compile(r"(\d+)")
_OF_A_REPOSITORY = frozenset(
    {
        "readme",
        "changelog",
        "contributing",
        "code_of_conduct",
        "license",
        "licence",
        "security",
        "agents",
        "claude",
        "import",
    }
)
"""Files that lie beside pages in a repository and are none."""


def natural(name: str) -> tuple[tuple[tuple[tuple[int, int, str], ...], str], ...]:
    """Sorts names as people do: 2 before 10, and ``index`` first in its folder."""
    folder, _, last = name.rpartition("/")
    keys = [(_pieces(part), part) for part in folder.split("/") if part]
    return (*keys, ((), "")) if last == "index" else (*keys, (_pieces(last), last))


def _pieces(text: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers and words in turn; numbers sort before words."""
    parts = (part for part in _DIGITS.split(text.casefold()) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def is_listable(name: str) -> bool:
    """Whether patterns may take a page: those with ``_`` before a name are pieces to include."""
    return name.rpartition("/")[2].casefold() not in _OF_A_REPOSITORY and not any(
        part.startswith("_") for part in name.split("/")
    )


_WILD = re.compile(r"\*\*/|\*\*|\*|\?|\[(!?)([^\]/]+)\]")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the contents; ``**`` crosses folders, ``*`` and ``?`` stay in one."""
    pieces: list[str] = []
    at = 0
    for match in _WILD.finditer(pattern):
        pieces.append(re.escape(pattern[at : match.start()]))
        at = match.end()
        match match[0]:
            case "**/":
                pieces.append("(?:.*/)?")
            case "**":
                pieces.append(".*")
            case "*":
                pieces.append("[^/]*")
            case "?":
                pieces.append("[^/]")
            case _:
                negation = "^" if match[1] else ""
                inside = re.sub(r"([\\^\[&~|])", r"\\\1", match[2])
                pieces.append(f"[{negation}{inside}]")
    pieces.append(re.escape(pattern[at:]))
    try:
        return re.compile("".join(pieces))
    except re.error:
        return re.compile(re.escape(pattern))


def covers(patterns: Iterable[re.Pattern[str]], path: str) -> bool:
    """Whether a pattern takes a file, with its suffix or without, or a folder that it is in."""
    names = [path, page_name(path)]
    while "/" in path:
        path = path.rpartition("/")[0]
        names.append(path)
    return any(pattern.fullmatch(name) for pattern in patterns for name in names)
