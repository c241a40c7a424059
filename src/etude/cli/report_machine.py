"""Diagnostics for programs: one JSON document, or the commands of GitHub's workflows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etude.cli.report import Located, Summary, Texts, tally
from etude.model.diagnostic import Diagnostic, Place
from etude.model.rules import Severity
from etude.model.span import Position

__all__ = ["FORMAT_VERSION", "for_github", "place_of", "to_json"]

FORMAT_VERSION = 1
"""Grows when a field of the JSON document changes its meaning or goes; new fields do not count."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def to_json(
    diagnostics: Sequence[Diagnostic],
    texts: Texts,
    *,
    root: str,
    summary: Summary | None,
    code: int,
    more: Mapping[str, Any] | None = None,
    in_a_line: bool = False,
) -> str:
    """One document with everything that was found, and the fields of `more`; ends with a line end.

    Lines and columns count from 1, in characters; `end` is after the last character.
    """
    counts = tally(diagnostics)
    document = {
        "version": FORMAT_VERSION,
        "root": root,
        "exit_code": code,
        "counts": {
            "error": counts[Severity.ERROR],
            "warning": counts[Severity.WARNING],
            "info": counts[Severity.INFO],
        },
        "summary": _summary(summary) if summary else None,
        "diagnostics": [
            {
                "rule": str(one.rule),
                "severity": str(one.severity),
                "message": one.message,
                **place_of(one.place, texts),
                "hints": list(one.hints),
                "related": [
                    {"message": other.message, **place_of(other.place, texts)} for other in one.related
                ],
                "trace": one.trace,
            }
            for one in diagnostics
        ],
        **(more or {}),
    }
    data = msgspec.json.encode(document)
    return (data if in_a_line else msgspec.json.format(data, indent=1)).decode() + "\n"


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "pages": summary.pages,
        "written": summary.written,
        "runs": summary.runs,
        "cells_run": summary.cells_run,
        "cells_kept": summary.cells_kept,
        "seconds": summary.seconds,
        "timings": dict(summary.timings),
    }


def place_of(place: Place, texts: Texts) -> dict[str, Any]:
    """A place as the document has it: path in the book, file, start and end."""
    located = texts.locate(place)
    return {
        "path": place.path,
        "file": located.file,
        "start": _position(located.start),
        "end": _position(located.end),
    }


def _position(position: Position | None) -> dict[str, int] | None:
    return {"line": position.line, "column": position.column} if position else None


def for_github(diagnostics: Iterable[Diagnostic], texts: Texts) -> str:
    """A workflow command for each, a line each; empty without diagnostics."""
    return "".join(_command(one, texts) for one in diagnostics)


def _command(one: Diagnostic, texts: Texts) -> str:
    located = texts.locate(one.place)
    properties = {**_where(located), "title": str(one.rule)}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    hints = (f"hint: {hint}" for hint in one.hints)
    others = (f"see {texts.locate(other.place)}: {other.message}" for other in one.related)
    message = "\n".join((one.message, *hints, *others, *([one.trace] if one.trace else ())))
    return f"::{_LEVELS[one.severity]} {listed}::{_data(message)}\n"


def _where(located: Located) -> dict[str, str]:
    if not located.file:
        return {}
    if located.start is None or located.end is None:
        return {"file": located.file}
    where = {"file": located.file, "line": str(located.start.line), "col": str(located.start.column)}
    # GitHub takes an end column only on the line of the start.
    if located.end.line == located.start.line and located.end.column > located.start.column:
        where["endColumn"] = str(located.end.column)
    elif located.end.line > located.start.line:
        where["endLine"] = str(located.end.line)
    return where


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
