"""Problems of a book as pages in a browser show them: with their place, and the page that it is on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import structs

from etude.model.diagnostic import Diagnostic, Severity
from etude.model.span import NOWHERE, LineIndex, Span

__all__ = ["moved", "told"]


def told(
    problems: Iterable[Diagnostic], sources: Mapping[str, str], targets: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One entry a problem, the worst first; `targets` are files of pages on the site by their source."""
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


def moved(problems: Iterable[Diagnostic], path: str, at: int, longer: int) -> tuple[Diagnostic, ...]:
    """Problems of an earlier text, where they are since it was edited at a place and is so much `longer`."""

    def put(one: Diagnostic) -> Diagnostic:
        span = one.place.span
        if one.place.path != path or span == NOWHERE or span.end <= at:
            return one
        start = span.start if span.start <= at else max(at, span.start + longer)
        place = structs.replace(one.place, span=Span(start, max(start, span.end + longer), span.source))
        return structs.replace(one, place=place)

    return tuple(map(put, problems))
