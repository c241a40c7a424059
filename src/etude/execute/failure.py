"""Failures of cells as diagnostics: placed at the source line that failed, with a readable trace."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Final

from etude.execute.code import CellCode
from etude.execute.plan import Run
from etude.execute.tree import parse_cell
from etude.model.diagnostic import Diagnostic, Rule, diagnose
from etude.model.protocols import Files
from etude.model.result import Failure
from etude.model.span import LineIndex, Span

__all__ = ["SourceLines", "failure_diagnostic", "strip_ansi"]

_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_FRAME: Final = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_IN_FILE: Final = re.compile(r" \((?:\d+\.py, )?line \d+\)$")
"""How the message of a syntax error ends; the place of the diagnostic says it better."""
_SYNTAX: Final = frozenset({"SyntaxError", "IndentationError", "TabError"})
_LONGEST_TRACE: Final = 60


def strip_ansi(text: str) -> str:
    """A text without colours."""
    return _ANSI.sub("", text)


class SourceLines:
    """Finds the lines of cells in their sources; reads a source only when something is wrong."""

    def __init__(self, files: Files) -> None:
        """Read from `files`."""
        self._files = files
        self._known: dict[str, LineIndex | None] = {}

    def line_of(self, path: str, cell: CellCode, number: int) -> tuple[int, Span] | None:
        """Line number in the source and span of line `number` (from 1) of a cell; None if it is not there."""
        if path not in self._known:
            try:
                text = self._files.read(path).decode()
                self._known[path] = None if path.endswith(".ipynb") else LineIndex(text)
            except (OSError, UnicodeDecodeError):
                self._known[path] = None
        index = self._known[path]
        lines = cell.code.split("\n")
        if index is None or not 1 <= number <= len(lines):
            return None
        first = index.position(cell.code_span.start).line
        line = first + number - 1
        text = index.line(line)
        # A page that was edited meanwhile, or code that is not in the page as it stands.
        if lines[number - 1].strip() and lines[number - 1].strip() not in text:
            return None
        start = index.starts[line - 1] + len(text) - len(text.lstrip())
        return line, Span(start, start + len(text.strip()), cell.code_span.source)


def failure_diagnostic(
    run: Run,
    step: int,
    failure: Failure | None,
    numbers: Mapping[int, int],
    lines: SourceLines,
    install: Callable[[], str],
) -> Diagnostic:
    """What to say of a cell that raised; `numbers` are steps by the kernel's numbers of cells.

    `install` gives the command for packages that are missing, where one is known.
    """
    page, cell = run.page, run.steps[step].cell
    path, span = page.path_of(cell.span), cell.span
    name = failure.ename if failure else "Error"
    value = _IN_FILE.sub("", failure.evalue) if failure else ""
    message = _first_line(f"{name}: {value}" if value else name)
    text = strip_ansi("\n".join(failure.traceback)) if failure else ""
    for match in _FRAME.finditer(text):
        if numbers.get(int(match[1])) == step and (found := lines.line_of(path, cell, int(match[2]))):
            span = found[1]

    def place(match: re.Match[str]) -> str:
        other = numbers.get(int(match[1]))
        if other is None:
            return match[0]
        code = run.steps[other].cell
        file = page.path_of(code.span)
        found = lines.line_of(file, code, int(match[2]))
        return f"{file}:{found[0]}" if found else f"{file}, cell {code.index + 1}, line {match[2]}"

    return diagnose(
        Rule.CELL_SYNTAX if name in _SYNTAX and _is_broken(cell.code) else Rule.CELL_ERROR,
        message,
        path,
        span,
        hints=_hints(name, install),
        trace=_shortened(_FRAME.sub(place, text)),
    )


def _is_broken(code: str) -> bool:
    """Whether the cell's own code is at fault, not some that it evaluates."""
    tree = parse_cell(code)
    if tree is None:
        return True
    try:
        compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return True
    return False


def _hints(name: str, install: Callable[[], str]) -> tuple[str, ...]:
    match name:
        case "ModuleNotFoundError":
            if command := install():
                return (
                    f"install what the recorded results were made with, where the kernel is: `{command}`",
                )
            return (
                "install it in the kernel's environment",
                "for a module of the book, add its folder to `pythonpath` under `[execute]`",
                "for code that cells save, import it on later pages only",
            )
        case "StdinNotImplementedError":
            return ("nobody is there to type while a book is built: give the value in the code",)
        case "FileNotFoundError":
            return ("a cell runs in its page's folder; a file that another page wrote is not there",)
        case _:
            return ()


def _first_line(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 300 else line[:299] + "…"


def _shortened(text: str) -> str:
    """A trace without its heading, and without the middle of a long one."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if not _is_heading(line)), 0)
    lines = [line.rstrip() for line in lines[start:]]
    if len(lines) > _LONGEST_TRACE:
        half = _LONGEST_TRACE // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half} lines …", *lines[-half:]]
    return "\n".join(lines).strip("\n")


def _is_heading(line: str) -> bool:
    return not line.strip() or set(line) == {"-"} or "Traceback (most recent call last)" in line
