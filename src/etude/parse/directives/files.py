"""Files that directives read: whole, or some of their lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from etude.model.rules import Rule
from etude.parse import values
from etude.parse.directives.call import Call, Convert
from etude.parse.text import source_text

MAX_BYTES = 4_000_000

LINES: dict[str, Convert] = {
    "lines": values.open_ranges,
    "start-line": values.whole,
    "end-line": values.whole,
    "start-at": values.text,
    "start-after": values.text,
    "end-at": values.text,
    "end-before": values.text,
    "encoding": values.text,
}
"""Options that choose lines of a file."""


class Cut(NamedTuple):
    """Some lines of a file."""

    lines: list[str]
    numbers: Sequence[int]
    """Their numbers in the file, from 0."""


def read_text(call: Call, path: str, name: str) -> str | None:
    """A file of the book as text; None (and a diagnostic) when it cannot be read."""
    try:
        data = call.context.files.read(path)
    except OSError as error:
        call.report(Rule.READ_FAILED, f"`{name}` cannot be read: {error.strerror or error}")
        return None
    if len(data) > MAX_BYTES:
        message = f"`{name}` has {len(data):,} bytes; the limit is {MAX_BYTES:,}"
        call.report(Rule.READ_TOO_LARGE, message)
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{name}` is not UTF-8: byte 0x{data[error.start]:02x} in line {line}"
        call.report(Rule.READ_ENCODING, message, ("save it as UTF-8 in your editor",))
        return None
    return source_text(data)


def cut(call: Call, text: str) -> Cut:
    """The lines that the options ask for; a line or marker that is not there is reported."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    wanted = call.option("lines")
    numbers: Sequence[int] = range(len(lines))
    if wanted:
        named: dict[int, None] = {}
        rest = len(lines)  # from here on, a range without an end has taken all
        for first, last in wanted:
            named.update(dict.fromkeys(range(first - 1, min(last, len(lines)) if last else rest)))
            rest = rest if last else min(rest, first - 1)
        numbers = list(named)
        if any(max(first, last) > len(lines) for first, last in wanted):
            message = f"the file has {values.count(len(lines), 'line')}; `lines` asks for more"
            call.report(Rule.OPTION_VALUE, message, span=call.option_spans.get("lines"))
    elif name := call.option("pyobject"):
        numbers = _object(call, name, text) or numbers
    else:
        numbers = numbers[call.option("start-line") : call.option("end-line")]
        for name, shift in (("start-at", 0), ("start-after", 1)):
            if (at := _find(call, name, lines, numbers)) is not None:
                numbers = numbers[at + shift :]
        for name, shift in (("end-at", 1), ("end-before", 0)):
            if (at := _find(call, name, lines, numbers)) is not None:
                numbers = numbers[: at + shift]
    return Cut([lines[n] for n in numbers], numbers)


def _object(call: Call, name: str, text: str) -> range | None:
    """The lines of a class or function of a Python file; None (and a diagnostic) when there is none."""
    try:
        body: list[ast.stmt] = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        body = []
    found: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None = None
    for part in name.split("."):
        named = (n for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
        found = next((node for node in named if node.name == part), None)
        body = found.body if found is not None else []
    if found is None:
        message = f"`pyobject`: the file has no class or function `{values.shown(name)}`"
        call.report(Rule.OPTION_VALUE, message, span=call.option_spans.get("pyobject"))
        return None
    first = min((found.lineno, *(decorator.lineno for decorator in found.decorator_list)))
    return range(first - 1, found.end_lineno or first)


def _find(call: Call, name: str, lines: list[str], numbers: Sequence[int]) -> int | None:
    """The index among `numbers` of the first line with the text that an option names."""
    marker = call.option(name)
    if not marker:
        return None
    for index, number in enumerate(numbers):
        if marker in lines[number]:
            return index
    message = f"`{name}`: the text `{values.shown(marker)}` is not in the file"
    call.report(Rule.OPTION_VALUE, message, span=call.option_spans.get(name))
    return None


def dedent(lines: Sequence[str], columns: str) -> list[str]:
    """Lines without `columns` blanks before them; without a number, as many as all have."""
    depth = (
        int(columns)
        if columns.isdecimal()
        else min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    )
    blank = re.compile(rf"[ \t]{{0,{min(depth, 1000)}}}")
    return [blank.sub("", line, count=1) for line in lines]
