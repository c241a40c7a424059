"""Problems of a book as pages in a browser show them: with their place, and the page that it is on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import structs

from etude.model.diagnostic import Diagnostic, Severity
from etude.model.span import NOWHERE, LineIndex, Span

__all__ = ["Problems"]


class Problems:
    """What is wrong with a book, from edits, from runs and from reading it."""

    def __init__(self) -> None:
        """Nothing is."""
        self.edited: tuple[Diagnostic, ...] = ()
        """Why the last edit could not be taken in."""
        self.ran: tuple[Diagnostic, ...] = ()
        """What the last round found."""
        self.printed: tuple[Diagnostic, ...] = ()
        """What setting printed books found last."""
        self.told: tuple[Diagnostic, ...] = ()
        """All that was told last."""

    def look(self, book: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Gather all there is, with what is wrong with the `book` as it was read; those that are new."""
        known = {_name(one) for one in self.told}
        self.told = self.edited or tuple(dict.fromkeys((*book, *self.ran, *self.printed)))
        return tuple(one for one in self.told if _name(one) not in known)

    def move(self, path: str, at: int, longer: int) -> None:
        """A page was edited at a place, and is so much `longer`: what was found in it moves along."""
        self.ran = _moved(self.ran, path, at, longer)
        self.printed = _moved(self.printed, path, at, longer)

    def listed(self, sources: Mapping[str, str], targets: Mapping[str, str]) -> list[dict[str, Any]]:
        """What was told, as pages show it; `targets` are files of pages on the site by their source."""
        return _listed(self.told, sources, targets)


def _name(one: Diagnostic) -> tuple[object, ...]:
    """A problem, wherever on its page it stands."""
    return one.rule, one.message, one.place.path


def _listed(
    problems: Iterable[Diagnostic], sources: Mapping[str, str], targets: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One entry a problem, the worst first."""
    lines: dict[str, LineIndex] = {}
    out: list[dict[str, Any]] = []
    for one in sorted(problems, key=lambda one: -list(Severity).index(one.severity)):
        path, span = one.place.path, one.place.span
        entry: dict[str, Any] = {
            "severity": one.severity.value,
            "rule": one.rule.value,
            "message": one.message,
            "hints": list(one.hints),
            "trace": one.trace,
            "path": path,
        }
        if path in targets:
            entry["page"] = targets[path]
        if path and span != NOWHERE:
            if path not in lines:
                lines[path] = LineIndex(sources.get(path, ""))
            position = lines[path].position(span.start)
            entry |= {"at": span.start, "line": position.line, "column": position.column}
        out.append(entry)
    return out


def _moved(problems: Iterable[Diagnostic], path: str, at: int, longer: int) -> tuple[Diagnostic, ...]:
    """Problems of an earlier text, where they are since it was edited at a place and is so much `longer`."""

    def put(one: Diagnostic) -> Diagnostic:
        span = one.place.span
        if one.place.path != path or span == NOWHERE or span.end <= at:
            return one
        start = span.start if span.start <= at else max(at, span.start + longer)
        place = structs.replace(one.place, span=Span(start, max(start, span.end + longer), span.source))
        return structs.replace(one, place=place)

    return tuple(map(put, problems))
