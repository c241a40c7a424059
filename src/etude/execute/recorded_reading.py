"""Reading the JSON of recorded results, entry by entry.

In: a text that was written by `recorded_form`, and the files beside it. Out: what of it is as it was
written. What was changed, cut off or cannot be read is told with its place, and the other entries count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from etude.execute.recipe import Component
from etude.execute.record import Record, measure
from etude.execute.recorded import Entry, Recorded
from etude.execute.recorded_content import DAMAGED, ContentError, Files, tight
from etude.execute.recorded_form import FORMAT, LIMIT, checksum
from etude.execute.ways import Way
from etude.model.result import Output
from etude.model.span import NOWHERE, Span

__all__ = ["Flaw", "Read", "read"]

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
    if tree.get("hash") != checksum(head):
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
    if found.pop("hash") != checksum(found):
        raise ContentError(f"it {DAMAGED}")
    key, result, state = found.pop("keys")
    about, reads, more = found.pop("about", []), found.pop("reads", []), found.pop("way", [])
    outputs = msgspec.convert([_filled(item, files) for item in found.get("outputs", [])], tuple[Output, ...])
    total, size = measure(found["status"], outputs)
    record = msgspec.convert(
        {
            "limit": LIMIT,
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
