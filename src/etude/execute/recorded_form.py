"""The JSON of recorded results: one entry a cell, made to be read in differences.

In: `Recorded`. Out: a text with the files that belong to it; and back, entry by entry: what was
changed, cut off or cannot be read is told with its place, and the other entries count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from etude.execute.digest import digest
from etude.execute.recipe import Component
from etude.execute.record import Record, measure
from etude.execute.recorded import Entry, Recorded
from etude.execute.recorded_content import DAMAGED, ContentError, Files, Loose, lines, loose, tight
from etude.execute.ways import Way
from etude.model.result import Output
from etude.model.span import NOWHERE, Span

__all__ = ["FORMAT", "START", "Flaw", "Read", "identity", "read", "write"]

FORMAT: Final = 1

START: Final = '{\n "etude": '
"""How every such text begins."""

_LIMIT: Final = 10_000_000
"""The output limit that is not written out."""

_OPTIONAL: Final = ("about", "reads", "outputs", "values")
"""What is left out of an entry when it is empty."""

_SHORT: Final = 110
_ENTRY: Final = re.compile(r"^  \{\n.*?^  \}(?=,?$)|^  \{\n.*\Z", re.MULTILINE | re.DOTALL)
"""An entry by its indentation, which no text in it can have; the last may be cut off."""
_LINE: Final = re.compile(r"\S.*")
_MARKER: Final = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
"""What a version control system puts between two versions that it could not join."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that cannot be used."""

    message: str
    span: Span = NOWHERE
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a text holds."""

    entries: tuple[Entry, ...]
    flaws: tuple[Flaw, ...] = ()
    whole: Recorded | None = None
    """All of it, when its head can be read."""

    @property
    def usable(self) -> Recorded:
        """All of it, or the entries without a run."""
        return self.whole or Recorded("", "", "", (), -1, self.entries)


# -- writing --------------------------------------------------------------------------------------


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
    tree = {**head, "hash": _sum(head), "cells": [_entry(entry, files) for entry in recorded.entries]}
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
    if record.limit == _LIMIT:
        del tree["limit"]
    for name in _OPTIONAL:
        if not tree[name]:
            del tree[name]
    if way != Way(way.reads, way.result, way.state):
        tree["way"] = msgspec.to_builtins(way)[3:]
    return {"hash": _sum(tree), **tree}


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


def _sum(tree: Mapping[str, Any]) -> str:
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


# -- reading --------------------------------------------------------------------------------------


def read(text: str, files: Files) -> Read:
    """What a text holds that is as it was written; `files` gives the files beside it."""
    tree = _decode(text)
    if isinstance(tree, dict) and isinstance(tree.get("etude"), int) and tree["etude"] > FORMAT:
        hint = "update Etude, or record the results anew"
        return Read((), (Flaw("it was written by a newer Etude", hints=(hint,)),))
    places = [Span(*match.span()) for match in _ENTRY.finditer(text)]
    if not (isinstance(tree, dict) and isinstance(tree.get("cells"), list)):
        return _salvage(text, places, files)
    cells = tree["cells"]
    # The places are told by the layout, which another program may have changed.
    spans = places if len(places) == len(cells) else [NOWHERE] * len(cells)
    entries, flaws = _entries(zip(cells, spans, strict=True), files, text)
    head = _head(tree, entries)
    if head is None:
        flaws = (*flaws, Flaw(f"its head {DAMAGED}"))
    return Read(entries, flaws, head)


def _salvage(text: str, places: Iterable[Span], files: Files) -> Read:
    """The entries of a text that is no JSON as a whole."""
    entries, flaws = _entries(((_decode(at.slice(text)), at) for at in places), files, text)
    markers = [Span(*match.span()) for match in _MARKER.finditer(text)]
    if markers and not any(flaw.span in markers for flaw in flaws):
        flaws = (_conflict(markers[0]), *flaws)
    if not flaws:
        flaws = (Flaw("it is cut off, or was changed", Span(max(len(text) - 1, 0), len(text))),)
    return Read(entries, flaws)


def _conflict(span: Span) -> Flaw:
    hint = "take one of the two versions, or record the results anew"
    return Flaw("two versions of it were not joined", span, (hint,))


def _entries(
    cells: Iterable[tuple[Any, Span]], files: Files, text: str
) -> tuple[tuple[Entry, ...], tuple[Flaw, ...]]:
    entries: list[Entry] = []
    flaws: list[Flaw] = []
    for number, (tree, span) in enumerate(cells, 1):
        try:
            entries.append(_read_entry(tree, files))
        except ContentError as error:
            flaws.append(Flaw(f"its result {number} cannot be used: {error}", _head_line(text, span)))
        except (
            msgspec.ValidationError,
            msgspec.DecodeError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ):
            marker = _MARKER.search(text, span.start, span.end) if span != NOWHERE else None
            if marker:
                flaws.append(_conflict(Span(*marker.span())))
            else:
                message = f"its result {number} cannot be used: it {DAMAGED}"
                flaws.append(Flaw(message, _head_line(text, span)))
    return tuple(entries), tuple(flaws)


def _head_line(text: str, span: Span) -> Span:
    """The first line of an entry that says something: that of its hash."""
    if span == NOWHERE:
        return span
    match = _LINE.search(text, text.find("\n", span.start) + 1)
    return Span(*match.span()) if match else span


def _decode(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def _head(tree: dict[str, Any], entries: tuple[Entry, ...]) -> Recorded | None:
    head = {name: item for name, item in tree.items() if name not in ("hash", "cells")}
    if tree.get("hash") != _sum(head):
        return None
    try:
        return Recorded(
            page=head["page"],
            variant=head["variant"],
            path=head["path"],
            base=msgspec.convert(head["base"], tuple[Component, ...]),
            cells=head["count"],
            entries=entries,
            backend=head.get("backend", ""),
        )
    except (KeyError, msgspec.ValidationError):
        return None


def _read_entry(tree: Any, files: Files) -> Entry:
    """An entry; raises all that can go wrong with data of any shape."""
    found = dict(tree)
    if found.pop("hash") != _sum(found):
        raise ContentError(f"it {DAMAGED}")
    key, result, state = found.pop("keys")
    about, reads, more = found.pop("about", []), found.pop("reads", []), found.pop("way", [])
    outputs = msgspec.convert([_filled(item, files) for item in found.get("outputs", [])], tuple[Output, ...])
    total, size = measure(found["status"], outputs)
    record = msgspec.convert(
        {
            "limit": _LIMIT,
            **found,
            "outputs": (),
            "values": {name: _filled(item, files) for name, item in found.get("values", {}).items()},
            "digest": total,
            "size": size,
        },
        Record,
    )
    return Entry(
        key,
        msgspec.convert([reads, result, state, *more], Way),
        msgspec.structs.replace(record, outputs=outputs),
        msgspec.convert(about, tuple[Component, ...]),
    )


def _filled(tree: dict[str, Any], files: Files) -> dict[str, Any]:
    out = dict(tree)
    if "text" in out:
        out["text"] = tight(out["text"], files)
    if "data" in out:
        out["data"] = {mime: tight(content, files) for mime, content in out["data"].items()}
    return out
