"""Problems of a book as pages in a browser show them: with their place, and the page that it is on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from etude.model.diagnostic import Diagnostic
from etude.model.span import NOWHERE, LineIndex

__all__ = ["told"]


def told(
    problems: Iterable[Diagnostic], sources: Mapping[str, str], targets: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One entry a problem, the worst first; `targets` are files of pages on the site by their source."""
    lines: dict[str, LineIndex] = {}
    out: list[dict[str, Any]] = []
    for one in problems:
        path, span = one.place.path, one.place.span
        entry: dict[str, Any] = {
            "trace": one.trace,
            "severity": one.severity.value,
            "rule": one.rule.value,
            "message": one.message,
            "hints": list(one.hints),
            "path": path,
        }
        if path in targets:
            entry["page"] = targets[path]
        if path and path not in lines:
            lines[path] = LineIndex(sources.get(path, ""))
        if path and span != NOWHERE:
            position = lines[path].position(span.start)
            entry |= {"at": span.start, "line": position.line, "column": position.column}
        out.append(entry)
    order = {"error": 0, "warning": 1}
    return sorted(out, key=lambda entry: order.get(entry["severity"], 2))
