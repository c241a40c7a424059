"""A book between its author's editor and the browser: edits come in, pages go out, cells run behind.

Everything happens in one thread, event by event; the book's files, the runner and the browsers tell it
what is new by `Live.tell`, from threads of their own.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from etude.build.live.author import Author
from etude.build.live.book import LiveBook
from etude.build.live.browsers import Browsers, Line, Message
from etude.build.live.cells import Cells
from etude.build.live.events import (
    Event,
    Files,
    Given,
    Joined,
    Left,
    Marked,
    RoundBegan,
    RoundEnded,
    Said,
)  # fmt: skip
from etude.build.live.prints import own
from etude.build.live.problems import Problems
from etude.build.live.reach import Edit
from etude.build.live.runner import Runner, Wish
from etude.build.live.settler import Settled
from etude.build.live.written import NEVER, Written
from etude.build.options import BuildOptions, RunOptions, ServeOptions
from etude.build.texts import SourceTexts
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.progress import TimeLeft
from etude.model.rules import Rule

__all__ = ["Live"]

_OUTPUTS: Final = 0.08
"""Seconds from one showing of what cells give to the next."""

_LOOK: Final = 0.12
"""Seconds without an edit after which problems are told."""


@dataclass(slots=True)
class _Due:
    """What is to be done later, and when."""

    show: float = NEVER
    look: float = NEVER


@dataclass(slots=True)
class _State:
    """What the session knows beside the book."""

    running: bool = False
    paused: bool = False
    left: float | None = None
    """Seconds that the round will take from now on, as far as that is known."""


class Live:
    """A session; all but `tell` belongs to one thread."""

    def __init__(self, root: Path, options: ServeOptions, line: Line, author: Author) -> None:
        """A book in the folder `root`; nothing happens yet."""
        self._options = options
        asked = BuildOptions(
            out=options.out, jobs=options.jobs, languages=options.languages, variants=options.variants
        )
        self.book = LiveBook(root, asked)
        self._browsers = Browsers(line, self.html)
        self._author = author
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.runner: Runner | None = None
        """Runs cells, from the start on."""
        self.written = Written(root, asked, self.tell, pdf="pdf" in options.to)
        self._edited = ("", "", "")
        """Language, page and block that were edited last."""
        self._due = _Due()
        self._state = _State()
        self._cells = Cells()
        self._problems = Problems()

    def tell(self, event: Event) -> None:
        """Have something taken up; returns at once. Any thread may call this."""
        self._queue.put(event)

    def start(self) -> None:
        """Read the book, write its site, and begin to run it if it is to be run."""
        self.written.start()
        try:
            self.book.load()
        except BookError as error:
            self._problems.edited = error.diagnostics
        own, asked = self.book.policy, self._options.policy
        self._state.paused = "off" in (asked, own if asked is None else asked)
        run = RunOptions(
            # What is asked for in the page runs, whatever the book says of builds.
            policy="auto" if asked is not None or own == "off" else None,
            jobs=self._options.jobs,
            languages=self._options.languages,
            variants=self._options.variants,
            processes=1,
        )
        self.runner = Runner(self.book.files.root, run, self.tell)
        self.runner.start()
        while not self.written.settled:
            self.step()
        if not self._state.paused:
            self.runner.ask(Wish())
        self._due.look = 0.0
        self.written.print()

    @property
    def busy(self) -> bool:
        """Whether something is being done, or due."""
        return self._state.running or self.written.busy or self._next < NEVER

    @property
    def _next(self) -> float:
        """When something is due."""
        return min(self._due.show, self._due.look, self.written.due)

    def html(self, target: str) -> bytes | None:
        """A page as it is now, by its address; None when there is none."""
        found = self.book.html(target)
        prints = self.written.prints
        return prints.page(target) if found is None and prints is not None else found

    def close(self) -> None:
        """End all."""
        if self.runner is not None:
            self.runner.close()
        self.written.close()
        self.book.close()

    def step(self, longest: float = 0.5) -> None:
        """Take up what has come, waiting for it up to some seconds; do what is due."""
        events: list[Event] = []
        wait = min(longest, max(0.0, self._next - time.monotonic()))
        try:
            events.append(self._queue.get(timeout=wait) if wait else self._queue.get_nowait())
            while True:
                events.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        for event in _joined(events):
            self._guard(partial(self._take, event))
        due, now = self._due, time.monotonic()
        if now >= due.show:
            due.show = NEVER
            self._guard(self._browsers.show)
        if now >= due.look:
            due.look = NEVER
            self._guard(self._look)
        broken = bool(self._problems.edited)
        self._guard(partial(self.written.ask, now, running=self._state.running, broken=broken))

    def _guard(self, work: Callable[[], object]) -> None:
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
                self._join(client, target, version)
            case Left(client=client):
                self._browsers.leave(client)
            case Said(client=client, what=what):
                self._obey(self._browsers.target(client), what)
            case Given(path=path, result=result):
                self.book.show(path, result)
                if self._browsers.touch(self._shown_by((path,))):
                    self._due.show = min(self._due.show, time.monotonic() + _OUTPUTS)
            case Marked(path=path):
                self._cells.mark(event)
                self._tell_cells((path,))
            case RoundBegan():
                self._state.running = True
                self._cells.begin()
                self._tell_state()
            case RoundEnded():
                self._ended(event)
            case Settled(form="pdf"):
                self._printed(event)
            case Settled():
                self._settled(event)
            case TimeLeft(seconds=seconds):
                self._state.left = seconds
                self._tell_state()
            case _:
                pass  # other news of runs is for terminals

    # edits

    def _edit(self, paths: frozenset[str]) -> None:
        begun = time.monotonic()
        try:
            edit = self.book.edit(paths)
        except BookError as error:
            self._problems.edited = error.diagnostics
            self._due.look = 0.0
            return
        recovered, self._problems.edited = bool(self._problems.edited), edit.problems
        if edit.whole and self.book.targets:
            # Pages that wait for the book ask for it again.
            self._browsers.tell(self._browsers.showing(("",)), {"kind": "reload"})
        self._follow(edit)
        self._browsers.touch()
        shown = self._browsers.show()
        if edit.pictures or edit.whole:
            self._browsers.tell(None, {"kind": "files", "paths": sorted(edit.pictures or paths)})
        if edit.changed or edit.whole or edit.pictures or recovered:
            self._author.changed(paths, shown, time.monotonic() - begun)
        self._due.look = time.monotonic() + _LOOK
        self.written.changed()
        self._run(edit, paths)

    def _follow(self, edit: Edit) -> None:
        """Lead browsers to the place that is being written; problems of its page move along."""
        for path in edit.changed:
            at, longer = self.book.edited(path)
            self._problems.move(path, at, longer)
            self._edited = self.book.place(path, at)
            if len(edit.changed) == 1:
                targets = self._shown_by((path,))
                here = self._browsers.showing(targets)
                self._browsers.tell(here, {"kind": "at", "at": at})
                others = set(self._browsers.showing(self.book.targets)).difference(here)
                for target in targets:
                    self._browsers.tell(sorted(others), {"kind": "go", "page": target})

    def _run(self, edit: Edit, paths: frozenset[str]) -> None:
        """Have what the edit reaches run, or note that it should."""
        outdated = {path: cell for path in edit.changed if (cell := self.book.first_stale(path)) is not None}
        for path, cell in outdated.items():
            self._cells.outdate(path, cell)
            if self.runner is not None:
                self.runner.outdate(path, cell)
        self._tell_cells(outdated)
        if self._state.paused or self.runner is None:
            return
        if outdated:
            self.runner.ask(Wish(paths))
        elif edit.wanted:
            self.runner.ask(Wish(frozenset(edit.wanted), always=False))

    # browsers

    def _shown_by(self, paths: Collection[str]) -> list[str]:
        """The pages of the site that show some sources."""
        return [target for target, source in self.book.targets.items() if source in paths]

    def _join(self, client: int, target: str, version: str) -> None:
        self._browsers.join(client, target, version)
        if target:
            self._browsers.show()
        here = (client,)
        self._browsers.tell(here, self._told())
        self._browsers.tell(here, self._status())
        if (path := self.book.targets.get(target)) is not None:
            self._browsers.tell(here, self._cells.message(path))

    def _tell_cells(self, paths: Collection[str] | None = None) -> None:
        """Tell how cells are, on open pages with these sources; on all, if it is None."""
        for target in self._browsers.targets():
            path = self.book.targets.get(target)
            if path is not None and (paths is None or path in paths):
                self._browsers.tell(self._browsers.showing((target,)), self._cells.message(path))

    def _status(self) -> Message:
        state = self._state
        return {"kind": "state", "running": state.running, "paused": state.paused, "left": state.left}

    def _tell_state(self) -> None:
        self._browsers.tell(None, self._status())

    def _obey(self, target: str, what: dict[str, object]) -> None:
        """Do what a reader of a page asks for."""
        path, runner = self.book.targets.get(target), self.runner
        if runner is None:
            return
        match what:
            case {"do": "run", "cell": int(cell)} if path is not None:
                stale = self._cells.stale.get(path)
                anew = not self.book.lacks(path, cell) and (stale is None or cell < stale)
                runner.ask(Wish(pages=(path,), until=cell, anew=anew))
            case {"do": "run"}:
                runner.ask(Wish())
            case {"do": "interrupt"}:
                runner.interrupt()
            case {"do": "pause", "on": bool(on)}:
                self._state.paused = on
                self._tell_state()
                if on:
                    runner.pause()
                else:
                    runner.ask(Wish())
            case {"do": "open", "at": int(at)} if path is not None:
                line, column = self.book.position(path, at)
                self._author.open(self.book.files.root / path, line, column)
            case {"do": "open", "path": str(source), "line": int(line), "column": int(column)}:
                if self.book.files.exists(source):
                    self._author.open(self.book.files.root / source, line, column)
            case _:
                pass  # no word of ours

    # what runs and builds have come to

    def _ended(self, event: RoundEnded) -> None:
        state = self._state
        state.running, state.left = False, None
        if not event.stopped:
            self._cells.ran(self.book.recall(event.results, self._cells.stale))
            self._author.watch(event.outside)
        self._cells.end()
        self._problems.ran = event.problems
        self._browsers.touch()
        self._browsers.show()
        self._tell_cells()
        self._tell_state()
        if event.cells:
            self._author.ran(event.cells, event.seconds)
        self._due.look = time.monotonic()
        self.written.changed()

    def _told(self) -> Message:
        targets = {source: target for target, source in self.book.targets.items()}
        return {"kind": "problems", "list": self._problems.listed(SourceTexts(self.book.files), targets)}

    def _look(self) -> None:
        """Tell the problems there are; the author, those that are others than before."""
        self.book.refresh()
        before = len(self._problems.told)
        fresh = self._problems.look(self.book.problems())
        # Their places may have moved, so that browsers are always told.
        self._browsers.tell(None, self._told())
        if fresh or len(self._problems.told) != before:
            self._author.problems(fresh, len(self._problems.told))

    def _printed(self, event: Settled) -> None:
        """Printed books are as the book was when they were asked for."""
        prints = self.written.prints
        if prints is None:
            return
        files, seconds = prints.changed()
        if files:
            leaves = {file: prints.leaf(file, *self._edited) for file in files}
            self._browsers.tell(None, {"kind": "files", "paths": files, "leaves": leaves})
            self._author.printed(files, seconds)
        if self.written.done(event) and not prints.outdated:  # else it was of an earlier text
            self._problems.printed = own(event.problems, (*self.book.problems(), *self._problems.ran))
            self._due.look = time.monotonic()

    def _settled(self, event: Settled) -> None:
        """The files of the site are as the book was when they were asked for."""
        carried_out = self.written.done(event)
        if self.book.wrote():
            self._browsers.touch()
            self._browsers.show()
        if carried_out and event.stopped and not self._problems.edited:
            self._fail(event.problems)

    def _fail(self, problems: tuple[Diagnostic, ...]) -> None:
        self._problems.told += problems
        self._author.problems(problems, len(self._problems.told))
        self._browsers.tell(None, self._told())


def _joined(events: Iterable[Event]) -> list[Event]:
    """Events in their order, but changes of files that came together are one."""
    out: list[Event] = []
    for event in events:
        if isinstance(event, Files) and out and isinstance(out[-1], Files):
            out[-1] = Files(out[-1].paths | event.paths)
        else:
            out.append(event)
    return out
