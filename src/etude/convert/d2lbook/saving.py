"""What `#@save` saves of a cell: whole statements, as a cell of Etude is saved whole or not at all."""

from __future__ import annotations

import ast
import re

from msgspec import Struct

from etude.convert.d2lbook.source import Code, parse

__all__ = ["Part", "defined", "is_saved", "split"]

_MARK = re.compile(r"#[ \t]*@save\b")
_PATCH = "add_to_class("
_LINE = re.compile(r"[ \t]*#[ \t]*@save[ \t]*")


class Part(Struct, frozen=True):
    """Consecutive statements of a cell, all of them saved or none."""

    text: str
    saved: bool


def is_saved(text: str) -> bool:
    """Whether something of a cell is saved."""
    return _MARK.search(text) is not None


def split(text: str) -> tuple[Part, ...]:
    """A cell as parts, without its marks; one part when all of it is saved, or nothing."""
    if not is_saved(text):
        return (Part(text, saved=False),)
    lines = text.split("\n")
    saved = _saved_lines(lines)
    clean = _without_marks(lines)
    code = parse(text)
    if code is None:
        return (Part("\n".join(line for line in clean if line is not None).strip("\n"), saved=True),)
    parts: list[tuple[list[str], bool]] = []
    for first, last, begins in _statements(code, len(lines)):
        # A statement is saved when it begins on a saved line, or has the mark within it.
        kept = begins in saved or any(
            _MARK.search(lines[number]) and clean[number] is not None for number in range(begins, last)
        )
        chunk = [line for line in clean[first:last] if line is not None]
        if parts and parts[-1][1] == kept:
            parts[-1][0].extend(chunk)
        else:
            parts.append((chunk, kept))
    texts = [Part("\n".join(chunk).strip("\n"), kept) for chunk, kept in parts]
    return tuple(part for part in texts if part.text.strip())


def defined(text: str) -> tuple[tuple[str, str], ...]:
    """The names that saved code gives to functions and classes, each with the class that it is added to.

    A function with `@d2l.add_to_class(d2l.Name)` is added to `Name`; others to none, which is empty.
    """
    code = parse(text)
    return tuple(
        (node.name, next(filter(None, map(_owner, node.decorator_list)), ""))
        for node in (code.tree.body if code is not None else ())
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )


def _owner(decorator: ast.expr) -> str:
    text = ast.unparse(decorator)
    return text.rpartition("(")[2].rstrip(")").rpartition(".")[2] if _PATCH in text else ""


def _statements(code: Code, count: int) -> list[tuple[int, int, int]]:
    """First line (with comments and blank lines before), line after the last, and line where it begins."""
    found: list[tuple[int, int, int]] = []
    at = 0
    for node in code.tree.body:
        decorators = getattr(node, "decorator_list", ())
        begins = min([node.lineno, *(one.lineno for one in decorators)]) - 1
        end = node.end_lineno or node.lineno
        if found and begins < at:
            # Two statements on one line stand together.
            found[-1] = (found[-1][0], max(found[-1][1], end), found[-1][2])
        else:
            found.append((at, end, begins))
        at = max(at, end)
    if not found:
        return [(0, count, 0)]
    found[-1] = (found[-1][0], count, found[-1][2])
    return found


def _saved_lines(lines: list[str]) -> frozenset[int]:
    """The lines that d2lbook saves: those after a mark up to a blank one, then all that are indented."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        mark = _MARK.search(line)
        if mark is None:
            continue
        if line[: mark.start()].strip():
            found.add(number)
        at = number + 1
        while at < len(lines) and lines[at] and not lines[at].startswith(" "):
            found.add(at)
            at += 1
        while at < len(lines) and (not lines[at] or lines[at].startswith(" ")):
            found.add(at)
            at += 1
    return frozenset(found)


def _without_marks(lines: list[str]) -> list[str | None]:
    """The lines without marks; None for one that held nothing else."""
    clean: list[str | None] = []
    for line in lines:
        if _LINE.fullmatch(line):
            clean.append(None)
        else:
            mark = _MARK.search(line)
            clean.append(line[: mark.start()].rstrip() if mark else line)
    return clean
