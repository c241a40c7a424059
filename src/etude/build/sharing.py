"""Sharing results: what is stored goes to a place, what is missing comes from there.

A look-up asks for one list of names, whatever the book's size; then only what is missing is fetched,
several objects at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from etude.adapters.pool import ThreadPool
from etude.adapters.remote import Remote, RemoteError, open_remote
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.place import CONFIG
from etude.execute.packs import FILES, PACKS, files_of, fitting, make_pack, open_pack
from etude.execute.plan import Plan
from etude.execute.recorded import adopt, code_key, taken
from etude.execute.session import last_needed
from etude.execute.sharing import split_runs
from etude.execute.ways import Lookup
from etude.model.config import Policy
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.progress import ObjectMoved, PhaseStarted, Progress
from etude.model.rules import Rule, Severity
from etude.model.span import NOWHERE

T = TypeVar("T")
R = TypeVar("R")

_AT_A_TIME: Final = 12
_BATCH: Final = 100
"""Packs whose content is held in memory at a time."""
_SEEN: Final = "pulled"
"""Under this kind the store keeps the names of packs that it has all of."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a push did."""

    runs: int
    """Runs whose results are there now."""
    left: int
    """Runs that were left out, as not all of their cells have a result."""
    objects: int
    """How many were written."""
    size: int
    """Their bytes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a pull did."""

    wanted: int
    """Runs that lacked results."""
    results: int = 0
    """Results that the store had not."""
    objects: int = 0
    """How many were fetched."""
    diagnostics: tuple[Diagnostic, ...] = ()


def send(plan: Plan, store: SqliteStore, remote: Remote, progress: Progress, *, anew: bool = False) -> Sent:
    """Share the results of all runs that are complete; with `anew` also what seems to be there.

    Raises `RemoteError`.
    """
    runs, found = split_runs(plan, _lookup(plan, store))
    pairs = [(run, ways) for run, ways in zip(runs, found, strict=True) if run.steps]
    stored = taken([run for run, _ in pairs], [ways for _, ways in pairs], store)
    whole = [
        (run, recorded)
        for (run, _), recorded in zip(pairs, stored, strict=True)
        if len(recorded.entries) == recorded.cells
    ]
    there = {} if anew else remote.names(PACKS)
    packs = [
        pack for run, recorded in whole if (pack := make_pack(code_key(run), recorded)).name not in there
    ]
    files = {name: data for pack in packs for name, data in pack.files.items()}
    kept = {} if anew or not files else remote.names(FILES)
    large = [name for name, data in files.items() if kept.get(name) != len(data)]
    mover = _Mover(progress, len(large) + len(packs))
    sizes: dict[str, int] = {}

    def write(name: str, data: bytes) -> None:
        remote.write(name, data)
        sizes[name] = len(data)

    # The files first: who sees a pack finds what it names.
    mover.each(lambda name: write(f"{FILES}/{name}", files[name]), large)
    mover.each(lambda pack: write(f"{PACKS}/{pack.name}", pack.data), packs)
    _verify(remote, sizes)
    return Sent(len(whole), len(pairs) - len(whole), len(sizes), sum(sizes.values()))


def _verify(remote: Remote, sizes: dict[str, int]) -> None:
    """Make sure, by the lists of names, that all was written."""
    for folder in (FILES, PACKS):
        wanted = {
            name.partition("/")[2]: size for name, size in sizes.items() if name.startswith(f"{folder}/")
        }
        found = remote.names(folder) if wanted else {}
        bad = [name for name, size in wanted.items() if found.get(name) != size]
        if bad:
            raise RemoteError(f"`{folder}/{bad[0]}` is not there as it was written", "push once more")


def fetch(
    plan: Plan,
    store: SqliteStore,
    remote: Remote,
    progress: Progress,
    *,
    anew: bool = False,
    versions: bool = False,
) -> Fetched:
    """Take over results of runs that lack some, where they are shared; raises `RemoteError`.

    Packs that were taken over before are left alone, but with `anew`. `versions` as in `Lookup`.
    """
    runs, found = split_runs(plan, _lookup(plan, store, versions=versions))
    codes = {
        code_key(run)
        for run, ways in zip(runs, found, strict=True)
        if run.steps and last_needed(run, 0, ways) is not None
    }
    if not codes:
        return Fetched(0)
    names = fitting(remote.names(PACKS), codes)
    if not anew:
        known = store.get_many(_SEEN, names)
        names = tuple(name for name in names if name not in known)
    mover = _Mover(progress, len(names))
    results = 0
    problems: list[Diagnostic] = []
    for some in _batches(names):
        packs = dict(mover.each(lambda name: (name, remote.read(f"{PACKS}/{name}") or b""), some))
        wanted = tuple(dict.fromkeys(file for data in packs.values() for file in files_of(data)))
        mover.total += len(wanted)
        files = dict(mover.each(lambda name: (name, remote.read(f"{FILES}/{name}")), wanted))
        opened = {name: open_pack(name, data, files.get) for name, data in packs.items()}
        results += adopt(store, [pack.usable for pack in opened.values()])
        store.put_many(_SEEN, [(name, b"") for name, pack in opened.items() if not pack.flaws])
        problems += (
            diagnose(
                Rule.REMOTE_UNREADABLE,
                f"the shared object `{PACKS}/{name}` cannot be used: {flaw.message}",
                "",
                hints=("push it anew from where the results are stored: `etude push --force`",),
            )
            for name, pack in opened.items()
            for flaw in pack.flaws
        )
    return Fetched(len(codes), results, mover.done, tuple(problems))


def look(book: Book, plan: Plan, store: SqliteStore, progress: Progress, policy: Policy) -> Fetched:
    """What a build takes from where results are shared, if the book says so; trouble there stops nothing."""
    settings = book.config.execute
    if not (settings.pull and settings.remote) or policy in ("force", "off"):
        return Fetched(0)
    progress(PhaseStarted("pull"))
    try:
        remote = open_remote(settings.remote, book.root)
        return fetch(plan, store, remote, progress, versions=policy == "strict")
    except RemoteError as error:
        return Fetched(0, diagnostics=(failed(error, book, Severity.WARNING),))


def failed(error: RemoteError, book: Book, severity: Severity, *, named: bool = False) -> Diagnostic:
    """What is wrong with a place; `named` when it is not that of the book."""
    place = ("", NOWHERE) if named else (CONFIG, book.config.span("execute.remote"))
    hints = (error.hint,) if error.hint else ()
    return diagnose(Rule.REMOTE_FAILED, str(error), *place, hints=hints, severity=severity)


def _lookup(plan: Plan, store: SqliteStore, *, versions: bool = False) -> Lookup:
    return Lookup(store, plan.facts, plan.output_limit, versions=versions)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


class _Mover:
    """Moves objects side by side, and tells of it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self.total = total
        self.done = 0

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> tuple[R, ...]:
        """The results of some work on each item."""

        def one(item: T) -> R:
            out = work(item)
            with self._lock:
                self.done += 1
                self._progress(ObjectMoved(self.done, self.total))
            return out

        return ThreadPool(_AT_A_TIME).map(one, tuple(items))
