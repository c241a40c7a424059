"""Comments in print: which are words to a reader, and how words are wrapped."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

from etude.render.listing.same import parsed
from etude.render.listing.width import columns

__all__ = ["fixed", "joined", "marker", "words", "wrapped"]

_MARKER: Final = re.compile(r"#\s*(nofmt|fmt:\s*(?:skip|off|on))\s*")
_PRAGMA: Final = re.compile(
    r"#!|#:|#\s*(?:type:|noqa\b|nofmt\b|fmt:|isort:|pylint:|pragma\b|mypy:|pyright:|ruff:|ty:|-\*-|%%|vim:|"
    r"<\w|cython:|doctest:)",
    re.IGNORECASE,
)
_RULER: Final = re.compile(r"#+\s*([-=*#~_.+])\1{2,}")
_ITEM: Final = re.compile(r"(?:[-*+•·](?=\s)|\(?(?:\d{1,3}|[a-z])[.)](?=\s)|\d{1,3}、|[①-⑳])\s*(?=\S)")
_WORDS: Final = re.compile(r"#+ ?(?P<gap>\s*)(?P<text>.*?)\s*")
_SIGN: Final = re.compile(r"#[#!:]*")
_SIMPLE: Final = (ast.Assign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.Assert, ast.Raise, ast.Return)
_CODE: Final = (*_SIMPLE, ast.For, ast.While, ast.If, ast.With, ast.FunctionDef, ast.ClassDef, ast.Try)
_HAN: Final = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffef\U00020000-\U0003ffff"
_UNIT: Final = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+|\s+")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")
_BALANCED: Final = 4
"""Lines up to which a comment is made even."""
_LEAST: Final = 0.3
"""Of the width, for the last line of such a comment."""
_NOT_FIRST: Final = frozenset("，。、；：！？）》」』】〕〉”’…—～·,.;:!?)]}%")
_NOT_LAST: Final = frozenset("（《「『【〔〈“‘([{")


def marker(text: str) -> str:
    """What a comment tells about layout: ``nofmt``, ``fmt:skip``, ``fmt:off``, ``fmt:on``; else empty."""
    found = _MARKER.fullmatch(text)
    return re.sub(r"\s", "", found[1]) if found else ""


def fixed(text: str) -> bool:
    """Whether a comment stays as it is: told to a tool, a ruler, or code that is not to run."""
    if _PRAGMA.match(text) or _RULER.match(text):
        return True
    said = text.lstrip("#").strip()
    if not any(sign in said for sign in "=()[]:@") and not said.startswith(
        ("import ", "from ", "return", "del ")
    ):
        return False
    found = parsed(f"{said}\n pass" if said.endswith(":") else said)
    if found is None or not found.body:
        return said.startswith("@") and " " not in said
    first = found.body[0]
    return isinstance(first, _CODE) or (isinstance(first, ast.Expr) and isinstance(first.value, ast.Call))


def words(text: str) -> tuple[str, int]:
    """The words of a comment, and how many columns more than usual they are indented."""
    found = _WORDS.fullmatch(text)
    return (found["text"], len(found["gap"])) if found else (text, 0)


def joined(lines: Sequence[str]) -> str:
    """Lines of words as one; between Han characters a line end is no space."""
    out = ""
    for line in lines:
        closed = bool(out) and bool(_IS_HAN.match(out[-1])) and bool(_IS_HAN.match(line[:1]))
        out += line if not out or closed else f" {line}"
    return out


def wrapped(lines: Sequence[str], width: float) -> list[tuple[str, int, int]]:
    """Comment lines of one indentation, without it, refilled to `width` where one of them is too wide.

    Each with the first and the last of the `lines`, from 0, that it comes from. What stays as it is:
    paragraphs that fit, rulers, code, what is indented (a table, a drawing).
    """
    out: list[tuple[str, int, int]] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or _apart(lines[start], lines[end - 1], lines[end]):
            paragraph = lines[start:end]
            if all(columns(line) <= width for line in paragraph) or _stays(paragraph[0]):
                out += ((line, at, at) for at, line in enumerate(paragraph, start))
            else:
                out += ((line, start, end - 1) for line in _refilled(paragraph, width))
            start = end
    return out


def _apart(first: str, line: str, after: str) -> bool:
    """Whether a paragraph that begins with `first` ends between two lines."""
    said, gap = words(after)
    if _stays(line) or _stays(after) or _ITEM.match(said):
        return True
    return gap != words(line)[1] and not _ITEM.match(words(first)[0])


def _stays(line: str) -> bool:
    said, gap = words(line)
    return not said or gap > 3 or fixed(line)


def _refilled(paragraph: Sequence[str], width: float) -> list[str]:
    sign = _SIGN.match(paragraph[0])
    assert sign is not None
    head = f"{sign[0]} "
    said = [words(line) for line in paragraph]
    head += " " * said[0][1]
    text = joined([each for each, _ in said])
    item = _ITEM.match(text)
    hang = " " * round(columns(item[0])) if item else ""
    room = max(width - len(head), 8)
    pieces = _filled(text, room, max(room - len(hang), 8))
    return [f"{head}{hang if number else ''}{piece}" for number, piece in enumerate(pieces)]


def _filled(text: str, first: float, others: float) -> list[str]:
    """Words in lines; neither a Latin word nor a sign and what it belongs to is divided.

    A few lines are made shorter, all alike, where the last would have a word or two.
    """
    atoms = _atoms(text)
    lines = _lines(atoms, first, others)
    if not 1 < len(lines) <= _BALANCED:
        return lines
    shorter, less = lines, 0.0
    while columns(shorter[-1]) < others * _LEAST and less < others / 2:
        less += 2
        tried = _lines(atoms, first - less, others - less)
        if len(tried) > len(lines):
            break
        shorter = tried
    return shorter


def _lines(atoms: Sequence[str], first: float, others: float) -> list[str]:
    lines: list[str] = []
    line, used, room = "", 0.0, first
    for atom in atoms:
        width = columns(atom.rstrip())
        if line and used + width > room + 1e-6:
            lines.append(line.rstrip())
            line, used, room = "", 0.0, others
        line += atom
        used += columns(atom)
    return [*lines, line.rstrip()]


def _atoms(text: str) -> list[str]:
    """Pieces between which a line may end; white space is at the end of one."""
    atoms: list[str] = []
    glued = False
    for unit in _UNIT.findall(text):
        if unit.isspace():
            if atoms:
                atoms[-1] += unit
            glued = False
            continue
        if atoms and not atoms[-1][-1].isspace() and (glued or unit[0] in _NOT_FIRST):
            atoms[-1] += unit
        else:
            atoms.append(unit)
        glued = unit[-1] in _NOT_LAST
    return atoms
