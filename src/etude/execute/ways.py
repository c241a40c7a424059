"""Looking up what is stored of a run, step by step.

A state stands for all that happened so far: it is made of the state before, the cell's code and what
the cell was seen to read; or it is the digest of the kernel's state, when that was taken. Under a
state and the next cell's code lie the ways on from there: what was read, the result it gave, and the
state it led to. A way stands while everything that was read is as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

from etude.execute.digest import digest
from etude.execute.facts import UNKNOWN, Facts
from etude.execute.plan import Run, Step
from etude.execute.recipe import Component
from etude.execute.record import Kept, ResultStore, read

__all__ = ["Change", "Cursor", "Found", "Lookup", "Way", "beside", "scanned"]

_MOST: Final = 8
"""Ways that are kept under one key, the newest first."""


class Way(Struct, frozen=True, array_like=True):
    """One way on from a state."""

    reads: tuple[Component, ...]
    result: str
    """Key of the record."""
    state: str
    """What it led to."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Way, ...]).decode


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a run has come."""

    state: str
    text: str
    """Hash of code and modules up to here as they stand."""

    @classmethod
    def start(cls, run: Run) -> Cursor:
        """Before the first cell."""
        base = digest(*(item for part in run.base for item in (part.kind, part.name, part.digest)))
        return cls(base, base)

    def key(self, step: Step) -> str:
        """What the ways on from here are stored under."""
        return digest("way", self.state, step.own, step.shown)

    def result(self, step: Step, reads: Iterable[Component]) -> str:
        """The key of a step's record when this is what it read."""
        return digest("result", self.key(step), *_flat(reads))

    def after(self, step: Step, reads: Sequence[Component], state: str = "") -> Cursor:
        """The step is done; `state` is the digest of the kernel's state, if it was taken."""
        new = digest("state", state) if state else digest("ran", self.state, step.own, *_flat(reads))
        return Cursor(new, self.text_of(step, reads))

    def along(self, step: Step, way: Way) -> Cursor:
        """The step is stored."""
        return Cursor(way.state, self.text_of(step, way.reads))

    def text_of(self, step: Step, reads: Iterable[Component]) -> str:
        """Hash of everything as it stands, the step and what it read included."""
        return digest(self.text, step.cell.text, *(part.text or part.digest for part in reads))


def _flat(reads: Iterable[Component]) -> list[str]:
    return [item for part in reads for item in (part.kind, part.name, part.digest)]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A package whose version is another now."""

    name: str
    """As pages import it."""
    was: str
    """``numpy 2.3.1``; empty when it was not there."""
    now: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored of one step."""

    way: Way
    kept: Kept
    before: Cursor
    after: Cursor
    changed: tuple[Change, ...] = ()
    """Packages that have other versions now than the result was made with."""


class Lookup:
    """Finds what is stored, and stores."""

    def __init__(
        self,
        store: ResultStore,
        facts: Facts,
        output_limit: int,
        *,
        versions: bool = False,
        only: Collection[str] | None = None,
    ) -> None:
        """`versions`: results of other versions of packages do not count; `only`: keys of results that do."""
        self._store = store
        self._facts = facts
        self._limit = output_limit
        self._versions = versions
        self._only = only

    def walk(self, runs: Sequence[Run]) -> list[list[Found]]:
        """For each run, what is stored from its first cell on, up to the first that is not."""
        out: list[list[Found]] = [[] for _ in runs]
        cursors = [Cursor.start(run) for run in runs]
        going = [number for number, run in enumerate(runs) if run.steps]
        level = 0
        while going:
            asked = [(number, cursors[number].key(runs[number].steps[level])) for number in going]
            entries = self._store.get_many("way", (key for _, key in asked))
            chosen = [(number, self._choose(runs[number], level, entries.get(key))) for number, key in asked]
            records = self._store.get_many("cell", (way.result for _, way in chosen if way is not None))
            going = []
            level += 1
            for number, way in chosen:
                run = runs[number]
                found = way and self._found(run, level - 1, cursors[number], way, records.get(way.result))
                if found:
                    out[number].append(found)
                    cursors[number] = found.after
                    if level < len(run.steps):
                        going.append(number)
        return [
            self._farthest(run, 0, Cursor.start(run), found) for run, found in zip(runs, out, strict=True)
        ]

    def ahead(self, run: Run, number: int, cursor: Cursor) -> list[Found]:
        """What is stored of one run from a step on."""
        out: list[Found] = []
        at = cursor
        for level in range(number, len(run.steps)):
            way = self._choose(run, level, self._store.get("way", at.key(run.steps[level])))
            if way is None:
                break
            found = self._found(run, level, at, way, self._store.get("cell", way.result))
            if found is None:
                break
            out.append(found)
            at = found.after
        return self._farthest(run, number, cursor, out)

    def _farthest(self, run: Run, number: int, cursor: Cursor, found: list[Found]) -> list[Found]:
        """What is stored from a step on, when what the newest ways lead to is `found`.

        A cell that was gone with pinned files and without has two ways that stand. What leads to the end is
        taken, else what leads farthest.
        """
        best = found
        pending: list[tuple[tuple[Found, ...], Cursor]] = [((), cursor)] if run.view.pinned else []
        while pending and number + len(best) < len(run.steps):
            done, at = pending.pop()
            best = list(done) if len(done) > len(best) else best
            level = number + len(done)
            if level == len(run.steps):
                break
            ways = self._standing(run, level, self._store.get("way", at.key(run.steps[level])))
            for way in reversed(ways):  # the newest is looked at next
                item = self._found(run, level, at, way, self._store.get("cell", way.result))
                if item is not None:
                    pending.append(((*done, item), item.after))
        return best

    def _standing(self, run: Run, number: int, data: bytes | None) -> list[Way]:
        """The ways that stand, one for all that found the same pinned files."""
        found: dict[frozenset[tuple[str, bool]], Way] = {}
        known = [way for way in _ways(data) if self._only is None or way.result in self._only]
        for versions in (True,) if self._versions else (True, False):
            for way in known:
                if self._stands(run, number, way.reads, versions=versions):
                    pinned = self._facts.pinned(way.reads, run.view)
                    found.setdefault(frozenset(pinned.items()), way)
        return list(found.values())

    def miss(self, run: Run, number: int, cursor: Cursor) -> str:
        """Why a step whose way stands is not found: ``gone``, ``shown`` or ``limit``; else empty."""
        way = self._choose(run, number, self._store.get("way", cursor.key(run.steps[number])))
        if way is None:
            return ""
        record = read(self._store.get("cell", way.result))
        if record is None:
            return "gone"
        text = cursor.along(run.steps[number], way).text
        return "shown" if record.text and record.text != text else "limit"

    def keep(self, run: Run, number: int, cursor: Cursor, way: Way) -> None:
        """Store a way on from here."""
        key = cursor.key(run.steps[number])
        others = [old for old in _ways(self._store.get("way", key)) if _questions(old) != _questions(way)]
        self._store.put("way", key, _encode((way, *others)[:_MOST]))

    def _choose(self, run: Run, number: int, data: bytes | None) -> Way | None:
        """The way that stands; one that was gone with the same versions before others."""
        known = [way for way in _ways(data) if self._only is None or way.result in self._only]
        for versions in (True,) if self._versions else (True, False):
            for way in known:
                if self._stands(run, number, way.reads, versions=versions):
                    return way
        return None

    def _stands(self, run: Run, number: int, reads: Sequence[Component], *, versions: bool) -> bool:
        traced = [part for part in reads if part.kind != "scan"]
        scans = [part for part in reads if part.kind == "scan"]
        return all(part == scanned(run.steps[number]) for part in scans) and self._facts.hold(
            traced, run.view, run.kernel, versions=versions
        )

    def _found(self, run: Run, number: int, cursor: Cursor, way: Way, data: bytes | None) -> Found | None:
        step = run.steps[number]
        after = cursor.along(step, way)
        record = read(data)
        if record is None or not record.serves(after.text, self._limit):
            return None
        missing = tuple(item for item in step.requests if item.name not in record.values)
        changed = tuple(
            Change(part.name, part.digest, now.digest)
            for part in way.reads
            if part.kind == "package"
            and (now := self._facts.answer("package", part.name, run.view, run.kernel)).digest
            not in (part.digest, UNKNOWN)
        )
        return Found(way, Kept(record, missing), cursor, after, changed)


def scanned(step: Step) -> Component:
    """All that a step's code names, as one answer: for runs that were not seen whole."""
    return Component(
        "scan", "", digest(*_flat(step.scanned)), digest(*(p.text or p.digest for p in step.scanned))
    )


def recipe_of(step: Step, reads: Sequence[Component]) -> tuple[Component, ...]:
    """A step with what it read, to be compared with later."""
    if not any(part.kind == "scan" for part in reads):
        return (*step.components, *reads)
    named = (Component(f"scan:{p.kind}", p.name, p.digest, p.text) for p in step.scanned)
    return (*step.components, *(part for part in reads if part.kind != "scan"), *named)


def beside(data: bytes | None, others: Iterable[Way]) -> bytes | None:
    """Stored ways with others after them; None when all of these are among them already."""
    ways = _ways(data)
    known = [_questions(way) for way in ways]
    new = [way for way in others if _questions(way) not in known][:_MOST]
    return _encode((*ways[: _MOST - len(new)], *new)) if new else None


def _questions(way: Way) -> list[tuple[str, str, str]]:
    return [(part.kind, part.name, part.digest) for part in way.reads]


def _ways(data: bytes | None) -> tuple[Way, ...]:
    try:
        return _decode(data) if data else ()
    except msgspec.DecodeError:
        return ()
