"""The JSON of recorded results: one entry a cell, made to be read in differences.

In: `Recorded`. Out: a text with the files that belong to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from etude.execute.digest import digest
from etude.execute.recipe import Component
from etude.execute.recorded import Entry, Recorded
from etude.execute.recorded_content import Loose, lines, loose
from etude.execute.ways import Way

__all__ = ["FORMAT", "LIMIT", "START", "checksum", "identity", "write"]

FORMAT: Final = 1

START: Final = '{\n "etude": '
"""How every such text begins."""

LIMIT: Final = 10_000_000
"""The output limit that is not written out."""

_OPTIONAL: Final = ("about", "reads", "outputs", "values")
"""What is left out of an entry when it is empty."""

_SHORT: Final = 110


def write(recorded: Recorded, files: Loose) -> str:
    """The text for a run; what belongs beside it goes to `files`."""
    head = {
        "etude": FORMAT,
        "page": recorded.page,
        "variant": recorded.variant,
        "path": recorded.path,
        "count": recorded.cells,
        "base": [_part(part) for part in recorded.base],
        **({"backend": recorded.backend} if recorded.backend else {}),
    }
    tree = {**head, "hash": checksum(head), "cells": [_entry(entry, files) for entry in recorded.entries]}
    return _lay_out(tree, "\n") + "\n"


def identity(recorded: Recorded) -> str:
    """A hash of all results of a run, but not of the seconds that they took."""
    plain = (
        Entry(entry.key, entry.way, msgspec.structs.replace(entry.record, seconds=0.0), entry.about)
        for entry in recorded.entries
    )
    return digest(*(_entry(entry, Loose())["hash"] for entry in plain))


def _entry(entry: Entry, files: Loose) -> dict[str, Any]:
    way, record = entry.way, entry.record
    fields = msgspec.to_builtins(record)
    del fields["digest"], fields["size"], fields["seconds"]
    tree: dict[str, Any] = {
        "keys": [entry.key, way.result, way.state],
        "about": [_part(part) for part in entry.about],
        "reads": [_part(part) for part in way.reads],
        **fields,
        "limit": record.limit,
        "outputs": [_output(output, files) for output in fields["outputs"]],
        "values": {name: _value(value, files) for name, value in sorted(fields["values"].items())},
        "seconds": record.seconds,
    }
    if record.limit == LIMIT:
        del tree["limit"]
    for name in _OPTIONAL:
        if not tree[name]:
            del tree[name]
    if way != Way(way.reads, way.result, way.state):
        tree["way"] = msgspec.to_builtins(way)[3:]
    return {"hash": checksum(tree), **tree}


def _part(part: Component) -> list[str]:
    plain = [part.kind, part.name, part.digest, part.text]
    return plain if part.text else plain[:3]


def _output(output: dict[str, Any], files: Loose) -> dict[str, Any]:
    out = dict(output)
    if "text" in out:
        out["text"] = lines(out["text"])
    if "data" in out:
        out["data"] = {mime: loose(mime, content, files) for mime, content in out["data"].items()}
    if out.get("metadata") == {}:
        del out["metadata"]
    return out


def _value(value: dict[str, Any], files: Loose) -> dict[str, Any]:
    out = {name: content for name, content in value.items() if content}
    if "text" in out:
        out["text"] = lines(out["text"])
    if "data" in out:
        out["data"] = {mime: loose(mime, content, files) for mime, content in out["data"].items()}
    return out


def checksum(tree: Mapping[str, Any]) -> str:
    """The hash of an entry, or of a head, that lies in a text."""
    return digest(msgspec.json.encode(tree))


def _lay_out(value: Any, end: str) -> str:
    """JSON with a line for each thing; what is short, or lies in two lists, on one line."""
    inner = f"{end} "
    match value:
        case dict() if not _short(value.values(), value):
            items = (f"{_plain(name)}: {_lay_out(item, inner)}" for name, item in value.items())
            return f"{{{inner}{f',{inner}'.join(items)}{end}}}"
        case list() | tuple() if not _short(value, value):
            rows = (
                _line(item) if isinstance(item, list | tuple) else _lay_out(item, inner) for item in value
            )
            return f"[{inner}{f',{inner}'.join(rows)}{end}]"
        case _:
            return _line(value)


def _short(items: Iterable[Any], whole: Any) -> bool:
    """Whether there are only plain things in it, and few; lines of a text have lines of their own."""
    several = isinstance(whole, list | tuple)
    for item in items:
        if isinstance(item, dict | list | tuple) or (several and isinstance(item, str) and "\n" in item):
            return False
    return len(_line(whole)) <= _SHORT


def _line(value: Any) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_plain(name)}: {_line(item)}' for name, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_line, value))}]"
        case _:
            return _plain(value)


def _plain(value: Any) -> str:
    return msgspec.json.encode(value).decode()
