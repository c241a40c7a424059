"""Checkpoints: states of kernels as files, from which later builds go on.

In: what is stored of a run; a desk where nothing has run. Out: where the run goes on, or nothing: then its
cells are run from the first on. A state that was loaded counts only if its digest is the one that was
taken when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from etude.execute.desk import Desk
from etude.execute.digest import digest
from etude.execute.facts import Facts
from etude.execute.plan import Run
from etude.execute.recipe import Component
from etude.execute.record import ResultStore
from etude.execute.snapshots import Begin, Snapshot
from etude.execute.ways import Found
from etude.model.protocols import Copy
from etude.model.result import Output, Stream

__all__ = ["LARGEST", "MOST", "Checkpoints", "Files", "Saver", "warned"]

LARGEST: Final = 10**9
"""Bytes that a checkpoint may have."""
MOST: Final = 4 * 10**9
"""Bytes that all checkpoints of a book may have; those that were not used for longest go."""
_WORTH: Final = 2.0
"""Seconds that the cells before must have taken for a checkpoint to be loaded."""


class Files(Protocol):
    """The folder of checkpoints; a file's name is the hash of its bytes."""

    def room(self) -> str | None:
        """The path of a file that is to be written; None where there can be none."""
        ...

    def keep(self, path: str, name: str) -> None:
        """Give a written file its name, and let others go that are too many."""
        ...

    def find(self, name: str) -> str | None:
        """The path of a file, which is used now; None when there is none."""
        ...

    def drop(self, path: str) -> None:
        """Remove a file, if it is there."""
        ...


class _Checkpoint(Struct, frozen=True):
    """What is known of a checkpoint; its file is elsewhere."""

    name: str
    """The hash of its bytes; empty when the state was found to be another one after loading it."""
    size: int
    digest: str
    """Of the state, when it was written."""
    packages: str
    """What tells whether a package that the run has loaded is another one now."""
    numbers: dict[int, int]
    """Steps by the kernel's numbers of cells."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Checkpoint, strict=False).decode


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Those of a book; for several threads."""

    files: Files
    store: ResultStore
    facts: Facts

    def best(self, run: Run, found: Sequence[Found]) -> tuple[int, str] | None:
        """The last step with a checkpoint after it, and the state's name; None if not worth it."""
        most = len(run.steps) if run.checkpoint > 0 else 0
        for number, item in enumerate(found):
            if item.changed or not item.kept.complete:
                most = min(most, number)
        passed = [item.kept.record.seconds if item.kept.record else 0.0 for item in found]
        for number in reversed(range(min(most, len(found)))):
            if sum(passed[: number + 1]) < _WORTH:
                break
            kept = self._read(found[number].after.state)
            if kept is None or not kept.name or self.files.find(kept.name) is None:
                continue
            reads = (part for item in found[: number + 1] for part in item.way.reads)
            if kept.packages == self._packages(run, reads):
                return number, found[number].after.state
        return None

    def begin(self, found: Sequence[Found], best: tuple[int, str], desk: Desk, *, keeps: bool) -> Begin | str:
        """Load a checkpoint at a fresh desk; why not, when it is not the state that was written.

        The desk is of no use then. `keeps`: a copy is kept to be resumed from.
        """
        number, state = best
        kept = self._read(state)
        path = self.files.find(kept.name) if kept is not None else None
        if kept is None or path is None:
            return "it is gone"
        why = desk.kernel.restore(path, kept.name)
        copy = None if why else desk.kernel.copy(digest=True, keep=keeps)
        if copy is None or copy.state() != kept.digest or not desk.untouched():
            if copy is not None:
                copy.close()
            self.files.drop(path)
            self._write(state, msgspec.structs.replace(kept, name=""))
            return why or "what came back is another state"
        if not keeps:
            copy.close()
        at = sum(item.kept.record.seconds for item in found[: number + 1] if item.kept.record)
        snapshot = Snapshot(number, frozenset((state,)), "", copy, desk.left(), kept.numbers, at)
        return Begin(desk, snapshot, number, False, found, "a checkpoint", ())

    def known(self, run: Run, state: str, reads: Iterable[Component]) -> bool:
        """Whether a state was written before, with the packages that there are, or cannot be."""
        kept = self._read(state)
        if kept is None or kept.packages != self._packages(run, reads):
            return False
        return not kept.name or self.files.find(kept.name) is not None

    def put(self, run: Run, item: _Pending, written: _Written) -> None:
        """Keep what was written."""
        self.files.keep(item.path, written.name)
        packages = self._packages(run, item.reads)
        kept = _Checkpoint(written.name, written.size, written.digest, packages, dict(item.numbers))
        self._write(item.state, kept)

    def _packages(self, run: Run, reads: Iterable[Component]) -> str:
        """Python and the packages that were loaded, with their versions; all, where that was not seen."""
        kinds: dict[str, set[str]] = {"package": {"python"}}
        for part in reads:
            kinds.setdefault(part.kind, set()).add(part.name)
        named = sorted(("package", name) for name in kinds["package"])
        known = self.facts.answers(named, run.view, run.kernel)
        whole = self.facts.installed(run.kernel) if "scan" in kinds else ""
        return digest("packages", whole, *(text for part in known for text in (part.name, part.digest)))

    def _read(self, state: str) -> _Checkpoint | None:
        data = self.store.get("checkpoint", state)
        try:
            return _decode(data) if data else None
        except msgspec.DecodeError:
            return None

    def _write(self, state: str, kept: _Checkpoint) -> None:
        self.store.put("checkpoint", state, _encode(kept))


@dataclass(frozen=True, slots=True)
class _Written:
    name: str
    size: int
    digest: str


@dataclass(slots=True)
class _Pending:
    copy: Copy
    path: str
    numbers: Mapping[int, int]
    reads: tuple[Component, ...]
    """Of the steps up to there."""
    shared: bool
    """The copy is kept by others, too."""
    state: str = ""


@dataclass(slots=True)
class Saver:
    """Decides when the state of a run is written, and sees to it."""

    run: Run
    checkpoints: Checkpoints | None = None
    _since: float = 0.0
    """Seconds of cells since the last time."""
    _reads: list[Component] = field(default_factory=list)
    _off: bool = False
    _pending: list[_Pending] = field(default_factory=list)

    def passed(self, seconds: float, outputs: Sequence[Output]) -> None:
        """Note a step that ran. What warns once would warn once more in another process."""
        self._since += seconds
        self._off |= warned(outputs)

    def read(self, reads: Iterable[Component]) -> None:
        """Note what a step has read."""
        self._reads += (part for part in reads if part.kind in ("package", "scan"))

    def seen(self, outputs: Sequence[Output]) -> None:
        """Note a step that did not run."""
        self._off |= warned(outputs)

    def wanted(self, desk: Desk, state: str) -> tuple[str, int] | None:
        """Where the state is to be written now, and the most bytes; `state` names it, if known."""
        limit = self.run.checkpoint
        if self.checkpoints is None or self._off or not 0 < limit <= self._since:
            return None
        if not desk.untouched() or self.checkpoints.known(self.run, state, self._reads):
            return None
        room = self.checkpoints.files.room()
        return (room, LARGEST) if room is not None else None

    def taken(self, copy: Copy, path: str, numbers: Mapping[int, int], *, shared: bool) -> None:
        """A copy is writing the state."""
        self._since = 0.0
        self._pending.append(_Pending(copy, path, numbers, tuple(self._reads), shared))

    def named(self, state: str) -> None:
        """The name of the state that is written is known now."""
        if self._pending and not self._pending[-1].state:
            self._pending[-1].state = state

    def finish(self, *, good: bool) -> None:
        """Wait for what is being written; keep it if the run's results are stored, too."""
        for item in self._pending:
            assert self.checkpoints is not None
            # What stays must have written the file, or it would come after it was removed here.
            wanted = good and bool(item.state)
            name, size = item.copy.saved() if wanted or item.shared else ("", 0)
            if wanted and name:
                written = _Written(name, size, item.copy.state())
                self.checkpoints.put(self.run, item, written)
            if not item.shared:
                item.copy.close()
            self.checkpoints.files.drop(item.path)
        self._pending.clear()


def warned(outputs: Sequence[Output]) -> bool:
    """Whether a cell has shown a warning."""
    return any(
        isinstance(item, Stream) and item.name == "stderr" and "Warning" in item.text for item in outputs
    )
