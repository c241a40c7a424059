"""A book between its author's editor and the browser: edits come in, pages go out, cells run behind.

Everything happens in one thread, event by event; the book's files, the runner and the browsers tell it
what is new by `Live.tell`, from threads of their own.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Protocol

from etude.build.live.book import Edit, LiveBook
from etude.build.live.events import (
    CellState,
    Event,
    Files,
    Given,
    Joined,
    Left,
    Marked,
    RoundBegan,
    RoundEnded,
    Said,
)
from etude.build.live.problems import told
from etude.build.live.runner import Runner, Wish
from etude.build.live.settler import Settled, Settler
from etude.build.options import BuildOptions, RunOptions, ServeOptions
from etude.build.texts import SourceTexts
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.progress import TimeLeft
from etude.model.rules import Rule

__all__ = ["Author", "Live", "Readers", "digest"]

_OUTPUTS: Final = 0.08
"""Seconds from one showing of what cells give to the next."""

_LOOK: Final = 0.12
"""Seconds without an edit after which problems are told."""

_SETTLE: Final = 0.6
"""Seconds without an edit after which files are written."""

Key = tuple[str, int]
"""A cell of a page: its variant and number."""


class Readers(Protocol):
    """Browsers that show pages of the book."""

    def send(self, client: int, message: dict[str, Any]) -> None:
        """Send a message to one of them, if it is still there; returns at once."""
        ...


class Author(Protocol):
    """Whoever writes the book, at a terminal."""

    def changed(self, paths: Collection[str], pages: int, seconds: float) -> None:
        """Changed files were taken in, and so many open pages show it."""
        ...

    def ran(self, cells: int, seconds: float) -> None:
        """A round of running cells is over."""
        ...

    def problems(self, fresh: tuple[Diagnostic, ...], left: int) -> None:
        """Problems have come up, or gone; so many are there now."""
        ...

    def open(self, path: Path, line: int, column: int) -> None:
        """Open an editor at a place."""
        ...


@dataclass(slots=True)
class _Reader:
    target: str
    version: str
    """Digest of the page that it shows."""


@dataclass(slots=True)
class _Due:
    """What is to be done later, and when."""

    show: float = float("inf")
    look: float = float("inf")
    settle: float = float("inf")

    def next(self) -> float:
        return min(self.show, self.look, self.settle)


@dataclass(slots=True)
class _State:
    """What the session knows beside the book."""

    running: bool = False
    paused: bool = False
    left: float | None = None
    """Seconds that the round will take from now on, as far as that is known."""
    cells: dict[str, dict[Key, CellState]] = field(default_factory=dict)
    """By the path of the page."""
    stale: dict[str, int] = field(default_factory=dict)
    """First cells of pages that wait until they are run."""
    ran: tuple[Diagnostic, ...] = ()
    """What the last round found."""
    told: tuple[Diagnostic, ...] = ()
    """All that was told last."""
    edited: tuple[Diagnostic, ...] = ()
    """Why the last edit could not be taken in."""


class Live:
    """A session; all but `tell` belongs to one thread."""

    def __init__(self, root: Path, options: ServeOptions, readers: Readers, author: Author) -> None:
        """A book in the folder `root`; nothing happens yet."""
        self._options = options
        asked = BuildOptions(out=options.out, languages=options.languages, variants=options.variants)
        self.book = LiveBook(root, asked)
        self._readers = readers
        self._author = author
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        run = RunOptions(
            policy="auto" if options.policy is not None else None,
            jobs=options.jobs,
            languages=options.languages,
            variants=options.variants,
            processes=1,
        )
        self.runner = Runner(root, run, self.tell)
        self.settler = Settler(root, asked, self.tell)
        self.settled = 0
        """How often the files of the site were brought up to date."""
        self._clients: dict[int, _Reader] = {}
        self._dirty: set[str] = set()
        """Files of pages that open browsers should see anew."""
        self._due = _Due()
        self._state = _State()

    # from any thread

    def tell(self, event: Event) -> None:
        """Have something taken up; returns at once."""
        self._queue.put(event)

    # the thread of the session

    def start(self) -> None:
        """Read the book, and begin to run it if it is to be run."""
        self.settler.ask()
        try:
            self.book.load()
        except BookError as error:
            self._state.edited = error.diagnostics
        own = self.book.policy
        self._state.paused = self._options.policy == "off" or (self._options.policy is None and own == "off")
        self.runner.start()
        while not self.settled:
            self.step()
        if not self._state.paused:
            self.runner.ask(Wish())
        self._due.look = 0.0

    @property
    def busy(self) -> bool:
        """Whether something is being done, or due."""
        return self._state.running or self.settler.busy or self._due.next() < float("inf")

    def close(self) -> None:
        """End all."""
        self.runner.close()
        self.settler.close()
        self.book.close()

    def step(self, longest: float = 0.5) -> None:
        """Take up what has come, waiting for it up to some seconds; do what is due."""
        events: list[Event] = []
        wait = min(longest, max(0.0, self._due.next() - time.monotonic()))
        try:
            events.append(self._queue.get(timeout=wait) if wait else self._queue.get_nowait())
            while True:
                events.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        for event in _joined(events):
            self._guard(partial(self._take, event))
        self._guard(self._do)

    def _guard(self, work: Callable[[], None]) -> None:
        """Do some work; a mistake of ours must not end the session."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the author goes on writing
            self._fail((diagnose(Rule.INTERNAL, f"{type(error).__name__}: {error}", ""),))

    def _take(self, event: Event) -> None:
        match event:
            case Files(paths=paths):
                self._edit(paths)
            case Joined(client=client, target=target, version=version):
                self._clients[client] = _Reader(target, version)
                self._welcome(client)
            case Left(client=client):
                self._clients.pop(client, None)
            case Said(client=client, what=what):
                self._obey(client, what)
            case Given(path=path, result=result):
                self.book.show(path, result)
                self._touch((path,), _OUTPUTS)
            case Marked():
                self._mark(event)
            case RoundBegan():
                self._state.running = True
                self._tell_state()
            case RoundEnded():
                self._ended(event)
            case Settled():
                self._settled(event)
            case TimeLeft(seconds=seconds):
                self._state.left = seconds
                self._tell_state()
            case _:
                pass  # other news of runs is for terminals

    def _do(self) -> None:
        """What is due."""
        due, now = self._due, time.monotonic()
        if now >= due.show:
            due.show = float("inf")
            self._show()
        if now >= due.look:
            due.look = float("inf")
            self._look()
        if now >= due.settle:
            due.settle = float("inf")
            self._settle()

    # edits

    def _edit(self, paths: frozenset[str]) -> None:
        begun = time.monotonic()
        try:
            edit = self.book.edit(paths)
        except BookError as error:
            self._state.edited = error.diagnostics
            self._due.look = 0.0
            return
        recovered, self._state.edited = bool(self._state.edited), ()
        self._dirty.update(reader.target for reader in self._clients.values())
        if edit.pictures or edit.whole:
            self._all({"kind": "files", "paths": sorted(edit.pictures or paths)})
        self._follow(edit)
        shown = self._show()
        if edit.changed or edit.whole or edit.pictures or recovered:
            self._author.changed(paths, shown, time.monotonic() - begun)
        self._due.look = time.monotonic() + _LOOK
        self._due.settle = time.monotonic() + _SETTLE
        self._run(edit, paths)

    def _run(self, edit: Edit, paths: frozenset[str]) -> None:
        """Have what the edit reaches run, or note that it should."""
        outdated = {path: cell for path in edit.changed if (cell := self.book.first_stale(path)) is not None}
        for path, cell in outdated.items():
            self._state.stale[path] = min(cell, self._state.stale.get(path, cell))
            running = [key for key, state in self._state.cells.get(path, {}).items() if state == "running"]
            if any(index >= cell for _, index in running):
                self.runner.interrupt((path,))
            self._tell_cells(path)
        if self._state.paused:
            return
        if outdated:
            self.runner.ask(Wish(paths))
        elif edit.wanted:
            self.runner.ask(Wish(frozenset(edit.wanted), always=False))

    def _follow(self, edit: Edit) -> None:
        """Lead browsers to the page that is being written."""
        targets = {source: target for target, source in self.book.targets.items()}
        if len(edit.changed) == 1 and (target := targets.get(edit.changed[0])):
            at = self.book.edited_at(edit.changed[0])
            for client, reader in self._clients.items():
                if reader.target != target:
                    self._readers.send(client, {"kind": "go", "page": target})
                else:
                    self._readers.send(client, {"kind": "at", "at": at})

    # pages

    def _touch(self, paths: Iterable[str], seconds: float) -> None:
        sources = self.book.targets
        wanted = set(paths)
        self._dirty.update(r.target for r in self._clients.values() if sources.get(r.target) in wanted)
        if self._dirty:
            self._due.show = min(self._due.show, time.monotonic() + seconds)

    def _show(self) -> int:
        """Send what changed to the browsers that show it; how many did."""
        dirty, self._dirty = self._dirty, set()
        sent = 0
        for target in sorted(dirty):
            clients = [client for client, reader in self._clients.items() if reader.target == target]
            html = self.book.html(target) if clients else None
            version = digest(html) if html is not None else ""
            for client in clients:
                if not target:
                    self._welcome_back(client)
                elif html is None:
                    self._readers.send(client, {"kind": "gone"})
                    self._clients[client].version = ""
                elif self._clients[client].version != version:
                    page = {"kind": "page", "html": html.decode(), "version": version}
                    self._readers.send(client, page)
                    self._clients[client].version = version
                    sent += 1
        return sent

    def _welcome(self, client: int) -> None:
        target = self._clients[client].target
        self._dirty.add(target)
        self._show()
        self._readers.send(client, self._problems())
        self._readers.send(client, self._status())
        path = self.book.targets.get(target)
        if path is not None:
            self._readers.send(client, self._cells(path))

    def _welcome_back(self, client: int) -> None:
        """Have a browser that waits for the book show it."""
        if self.book.targets:
            self._readers.send(client, {"kind": "reload"})

    def _all(self, message: dict[str, Any]) -> None:
        for client in self._clients:
            self._readers.send(client, message)

    # cells

    def _mark(self, event: Marked) -> None:
        cells = self._state.cells.setdefault(event.path, {})
        cells[event.variant, event.index] = event.state
        self._tell_cells(event.path)

    def _ended(self, event: RoundEnded) -> None:
        state = self._state
        state.running, state.left = False, None
        state.cells.clear()
        if not event.stopped:
            state.stale.clear()
            self.book.recall(event.results)
        state.ran = event.problems
        self._dirty.update(reader.target for reader in self._clients.values())
        self._show()
        for client, reader in self._clients.items():
            if (path := self.book.targets.get(reader.target)) is not None:
                self._readers.send(client, self._cells(path))
        self._tell_state()
        if event.cells:
            self._author.ran(event.cells, event.seconds)
        self._due.look = time.monotonic()
        self._due.settle = time.monotonic() + _SETTLE

    def _cells(self, path: str) -> dict[str, Any]:
        cells = self._state.cells.get(path, {})
        listed = [[variant, index, state] for (variant, index), state in sorted(cells.items())]
        stale = self._state.stale.get(path)
        return {"kind": "cells", "cells": listed, "stale": stale}

    def _tell_cells(self, path: str) -> None:
        targets = self.book.targets
        for client, reader in self._clients.items():
            if targets.get(reader.target) == path:
                self._readers.send(client, self._cells(path))

    def _status(self) -> dict[str, Any]:
        state = self._state
        return {"kind": "state", "running": state.running, "paused": state.paused, "left": state.left}

    def _tell_state(self) -> None:
        self._all(self._status())

    # wishes of readers

    def _obey(self, client: int, what: dict[str, object]) -> None:
        reader = self._clients.get(client)
        path = self.book.targets.get(reader.target) if reader is not None else None
        match what:
            case {"do": "run", "cell": int(cell)} if path is not None:
                stale = self._state.stale.get(path)
                anew = not self.book.lacks(path, cell) and (stale is None or cell < stale)
                self.runner.ask(Wish(pages=(path,), until=cell, anew=anew))
            case {"do": "run"}:
                self.runner.ask(Wish())
            case {"do": "interrupt"}:
                self.runner.interrupt()
            case {"do": "pause", "on": bool(on)}:
                self._state.paused = on
                self._tell_state()
                if on:
                    self.runner.interrupt()
                else:
                    self.runner.ask(Wish())
            case {"do": "open", "at": int(at)} if path is not None:
                line, column = self.book.position(path, at)
                self._author.open(self.book.files.root / path, line, column)
            case {"do": "open", "path": str(source), "line": int(line), "column": int(column)}:
                if self.book.files.exists(source):
                    self._author.open(self.book.files.root / source, line, column)
            case _:
                pass  # no word of ours

    # problems and files

    def _found(self) -> tuple[Diagnostic, ...]:
        if self._state.edited:
            return self._state.edited
        return tuple(dict.fromkeys((*self.book.problems(), *self._state.ran)))

    def _problems(self) -> dict[str, Any]:
        targets = {source: target for target, source in self.book.targets.items()}
        return {"kind": "problems", "list": told(self._state.told, SourceTexts(self.book.files), targets)}

    def _look(self) -> None:
        """Tell the problems there are, if they are others than before."""
        try:
            self.book.refresh()
        except BookError as error:
            self._state.edited = error.diagnostics
        found = self._found()
        before, self._state.told = self._state.told, found
        # Their places may have moved, so that browsers are always told.
        self._all(self._problems())
        known = {(one.rule, one.message, one.place.path) for one in before}
        fresh = tuple(one for one in found if (one.rule, one.message, one.place.path) not in known)
        if fresh or len(found) != len(before):
            self._author.problems(fresh, len(found))

    def _settle(self) -> None:
        """Have the files of the site written, when nobody else builds the book."""
        if self._state.running or self.settler.busy:
            self._due.settle = time.monotonic() + _SETTLE
        elif not self._state.edited:
            self.settler.ask()

    def _settled(self, event: Settled) -> None:
        """The files of the site are as the book was when they were asked for."""
        self.settled += 1
        if any(one.rule is Rule.BUILD_LOCKED for one in event.problems):
            self._due.settle = time.monotonic() + _SETTLE
        elif event.stopped and not self._state.edited:
            self._fail(event.problems)

    def _fail(self, problems: tuple[Diagnostic, ...]) -> None:
        self._state.told = (*self._state.told, *problems)
        self._author.problems(problems, len(self._state.told))
        self._all(self._problems())


def digest(html: bytes) -> str:
    """What tells one version of a page from others."""
    return blake2b(html, digest_size=8).hexdigest()


def _joined(events: Iterable[Event]) -> list[Event]:
    """Events in their order, but changes of files that came together are one."""
    out: list[Event] = []
    for event in events:
        if isinstance(event, Files) and out and isinstance(out[-1], Files):
            out[-1] = Files(out[-1].paths | event.paths)
        else:
            out.append(event)
    return out
