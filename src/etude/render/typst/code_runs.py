"""Runs of coloured text as Typst's code: calls of the functions that theme/listing.typ has for kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from etude.render.ansi import Run, Style
from etude.render.typst.text import string

__all__ = ["coloured", "interrupted", "terminal_run"]

_PLAIN = frozenset(("", "o", "m"))
"""Kinds that look like plain text in print, where a run costs time and bytes."""


def coloured(runs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Expressions that join to the runs."""
    plain: list[str] = []
    for kind, text in runs:
        if kind in _PLAIN or text.isspace():
            plain.append(text)
            continue
        if plain:
            yield string("".join(plain))
            plain.clear()
        yield f"hl-{kind}({string(text)})"
    if plain:
        yield string("".join(plain))


def interrupted(runs: Sequence[tuple[str, str]], marks: Mapping[int, str]) -> Iterator[str]:
    """Expressions that join to the runs, with those of `marks` between them, by offset into their text."""
    at = 0
    held: list[tuple[str, str]] = []
    places = iter((*sorted(marks), -1))
    place = next(places)
    for kind, text in runs:
        rest = text
        while at <= place < at + len(rest):
            if place > at:
                held.append((kind, rest[: place - at]))
            rest = rest[place - at :]
            at = place
            yield from coloured(held)
            held.clear()
            yield marks[place]
            place = next(places)
        held.append((kind, rest))
        at += len(rest)
    yield from coloured(held)
    while place >= 0:
        yield marks[place]
        place = next(places)


def terminal_run(run: Run) -> str:
    """A stretch of terminal text."""
    named = _named(run.style)
    value = string(run.text)
    return f"code-ansi({value},{','.join(named)})" if named and not run.text.isspace() else value


def _named(style: Style) -> list[str]:
    foreground, background = style.foreground, style.background
    if style.inverse:
        foreground, background = background, foreground
    named = [f"{name}: true" for name in ("bold", "faint", "italic") if getattr(style, name)]
    if isinstance(foreground, int):
        named.append(f"fg: {foreground}")
    elif foreground is not None:
        named.append(f"fg: rgb({string(foreground)})")
    if background is not None or style.inverse:
        named.append("bg: true")
    if style.underline or style.strike:
        named.append(f"line: {string('under' if style.underline else 'strike')}")
    return named
