"""What cells print, as Typst's code: terminal text in lines that fit, the middle of long ones left out."""

from __future__ import annotations

from collections.abc import Iterator

from etude.render.ansi import PLAIN, Run, carriage, runs
from etude.render.listing.width import ADVANCE, cleaned, columns, fitting
from etude.render.typst.code import INSET
from etude.render.typst.code_runs import terminal_run
from etude.render.typst.text import content, string

__all__ = ["terminal"]

_HEAD = 2 / 3
"""Of the lines that are shown of a long text; the others are its last ones."""
_OMITTED = {"zh": "……此处省略 {} 行……", "en": "… {} lines omitted …"}
_LONGEST = 200_000
"""Characters of a text that are looked at, half of them at its end."""


def terminal(text: str, *, width: float, limit: int, language: str, failed: bool = False) -> str:
    """One expression for terminal text `width` columns wide, of at most `limit` lines; empty for no text.

    Of a longer text the first lines and the last ones are shown, with a note in `language` between them.
    `failed` marks a traceback, or a message beside the output.
    """
    inside = width - 2 * INSET / ADVANCE
    lines = [line for row in _lines(text) for line in _wrapped(row, inside)]
    while lines and not any(run.text.strip() for run in lines[-1]):
        lines.pop()
    if not lines:
        return ""
    parts: list[str] = []
    if len(lines) > max(limit, 3) + 1:
        head = max(round(max(limit, 3) * _HEAD), 1)
        tail = max(limit, 3) - head - 1
        omitted = len(lines) - head - tail
        words = _OMITTED["zh" if language.lower().startswith("zh") else "en"].format(omitted)
        parts = [*_said(lines[:head]), '"\\n"', f"code-omitted({string(words)})"]
        if tail:
            parts += ['"\\n"', *_said(lines[-tail:])]
    else:
        parts = list(_said(lines))
    return f"code-output({content(parts)}{',failed: true' if failed else ''})"


def _lines(text: str) -> Iterator[list[Run]]:
    """The runs of each line."""
    text = carriage(text).rstrip()
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"
    row: list[Run] = []
    for run in runs(text):
        first, *rest = cleaned(run.text).split("\n")
        row.append(Run(first, run.style))
        for piece in rest:
            yield row
            row = [Run(piece, run.style)]
    yield row


def _wrapped(row: list[Run], width: float) -> Iterator[list[Run]]:
    """A line in pieces that fit, as a terminal breaks it: anywhere."""
    out: list[Run] = []
    room = width
    for run in row:
        rest = run.text
        while True:
            end = fitting(rest[: int(width) + 1], room)
            if end == len(rest):
                break
            if end or out:
                out.append(Run(rest[:end], run.style))
                yield out
                out = []
            else:  # not even one letter has room
                end = 1
                yield [Run(rest[:1], run.style)]
            rest, room = rest[end:], width
        if rest:
            out.append(Run(rest, run.style))
            room -= columns(rest)
    yield out


def _said(lines: list[list[Run]]) -> Iterator[str]:
    """Lines as expressions, with a line end after each but the last of the text; runs of one style joined."""
    flat: list[Run] = []
    for number, line in enumerate(lines):
        for run in (*([Run("\n", flat[-1].style if flat else PLAIN)] if number else ()), *line):
            if flat and (flat[-1].style == run.style or not run.text.strip()):
                flat[-1] = Run(flat[-1].text + run.text, flat[-1].style)
            else:
                flat.append(run)
    yield from (terminal_run(run) for run in flat if run.text)
