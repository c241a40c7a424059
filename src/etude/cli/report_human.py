"""Diagnostics for people: the message, the source line with a caret, hints and related places. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from etude.cli.report import Located, Texts
from etude.model.diagnostic import Diagnostic
from etude.model.rules import Severity

__all__ = ["Style", "display_width", "for_people"]

_TAB = "    "
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*([@-~])|[@-Z\\-_]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_GUTTER, _BOLD, _HINT = "34", "1", "36"


@dataclass(frozen=True, slots=True)
class Style:
    """How the terminal shows text."""

    colour: bool = False
    width: int = 100
    """Columns of a source line; longer ones are cut around the caret."""

    def paint(self, text: str, code: str) -> str:
        """Text in a colour, where there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def for_people(diagnostics: Iterable[Diagnostic], texts: Texts, style: Style) -> str:
    """Diagnostics one below the other, with an empty line between them."""
    return "\n\n".join(_one(one, texts, style) for one in diagnostics)


def display_width(text: str) -> int:
    """Columns of a terminal: two for wide characters such as Han, none for combining ones."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _one(one: Diagnostic, texts: Texts, style: Style) -> str:
    located = texts.locate(one.place)
    place = style.paint(f"{located}: ", _BOLD) if located.file else ""
    kind = style.paint(f"{_NAMES[one.severity]}[{one.rule}]", _COLOURS[one.severity])
    first, *more = _clean(one.message).split("\n")
    lines = [f"{place}{kind}: {first}", *(f"  {line}" for line in more)]
    lines += _snippet(one, located, texts, style)
    for hint in one.hints:
        lines.append(f"  {style.paint('hint:', _HINT)} {_clean(hint)}")
    for other in one.related:
        lines.append(f"  {style.paint('see:', _HINT)} {texts.locate(other.place)}: {_clean(other.message)}")
    if one.trace:
        lines += [f"  {line}".rstrip() for line in _trace(one.trace, style).rstrip("\n").split("\n")]
    return "\n".join(lines)


def _snippet(one: Diagnostic, located: Located, texts: Texts, style: Style) -> list[str]:
    """The first line of the place, with a caret below each of its columns."""
    lines = texts.lines(one.place.path)
    if lines is None or located.start is None or located.end is None:
        return []
    number = located.start.line
    source = lines.line(number)
    start = located.start.column - 1
    end = located.end.column - 1 if located.end.line == number else len(source)
    before, marked, after = (_visible(part) for part in (source[:start], source[start:end], source[end:]))
    if not (before + marked + after).strip():
        return []
    shown, column, width = _crop(before, marked, after, style.width)
    gutter = f"{number:>5} | "
    empty = " " * 5 + " | "
    carets = style.paint("^" * max(1, width), _COLOURS[one.severity])
    return [
        f"{style.paint(gutter, _GUTTER)}{shown}".rstrip(),
        f"{style.paint(empty, _GUTTER)}{' ' * column}{carets}",
    ]


def _crop(before: str, marked: str, after: str, width: int) -> tuple[str, int, int]:
    """A line that fits in `width` columns, the column where its mark begins, and the mark's width."""
    if display_width(before + marked + after) <= width:
        return before + marked + after, display_width(before), display_width(marked)
    room = max(width // 2, width - display_width(marked) - 2)
    head = _last(before, room // 2)
    head = head if head == before else "…" + head
    left = width - display_width(head)
    mark = _first(marked, left - 1)
    tail = _first(after, left - display_width(mark) - 1) if mark == marked else ""
    cut = "" if mark + tail == marked + after else "…"
    return f"{head}{mark}{tail}{cut}", display_width(head), display_width(mark)


def _first(text: str, width: int) -> str:
    """As much of the start as fits."""
    used = 0
    for index, char in enumerate(text):
        used += _width(char)
        if used > width:
            return text[:index]
    return text


def _last(text: str, width: int) -> str:
    """As much of the end as fits."""
    used = 0
    for index in range(len(text) - 1, -1, -1):
        used += _width(text[index])
        if used > width:
            return text[index + 1 :]
    return text


def _visible(text: str) -> str:
    """Source text without what would move the cursor or turn the line around."""
    return _UNSEEN.sub("\ufffd", text.replace("\t", _TAB).replace("\n", " "))


def _clean(text: str) -> str:
    """A message without control characters."""
    return _UNSEEN.sub("\ufffd", _ESCAPES.sub("", text))


def _trace(text: str, style: Style) -> str:
    """A traceback: its colours stay where there are colours, all other control sequences go."""
    kept: list[str] = []
    at = 0
    for match in _ESCAPES.finditer(text):
        kept.append(_UNSEEN.sub("\ufffd", text[at : match.start()]))
        kept.append(match[0] if style.colour and match[1] == "m" else "")
        at = match.end()
    kept.append(_UNSEEN.sub("\ufffd", text[at:]))
    return "".join(kept) + ("\x1b[0m" if style.colour and at else "")
