"""Runs what edits reach, in a thread: one round after the other, told of while it goes on."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from etude.build.live.events import CellState, Event, Given, Marked, RoundBegan, RoundEnded
from etude.build.options import RunOptions
from etude.build.preview import Choice, Preview
from etude.execute.audience import Audience
from etude.execute.outcome import Done, Outcome, results
from etude.execute.plan import Run, Step
from etude.model.config import Timings
from etude.model.diagnostic import BookError, diagnose
from etude.model.protocols import Kernel
from etude.model.result import Output, RunResult
from etude.model.rules import Rule

__all__ = ["Runner", "Wish"]

_BEGUN: Final = 0.3
"""Seconds after which a cell that was asked for is at work: an interrupt before that may hit the kernel."""

_AGAIN: Final = 0.7
"""Seconds after which a cell that was interrupted and goes on is interrupted once more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a round."""

    changed: frozenset[str] = frozenset()
    """Files, because of which it may be needed."""
    pages: tuple[str, ...] = ()
    """Paths of pages; empty: all."""
    until: int | None = None
    """`CodeCell.index` of the last cell that is to run, of the one page."""
    anew: bool = False
    """Run what is stored, too."""
    always: bool = True
    """Whether the files are known to be news."""


class Runner:
    """A thread that runs the book's cells when it is asked to."""

    def __init__(self, root: Path, options: RunOptions, tell: Callable[[Event], None]) -> None:
        """Tell `tell` of all that goes on, from several threads."""
        self._tell = tell
        self._following = _Following(tell)
        self._preview = Preview(root, options, tell, wait=math.inf, audience=self._following)
        self._wishes: list[Wish] = []
        self._state = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="etude-running", daemon=True)

    def start(self) -> None:
        """Begin to carry wishes out."""
        self._thread.start()

    def close(self) -> None:
        """End what runs, and the thread."""
        with self._state:
            self._closed = True
            self._state.notify()
        self._following.interrupt()
        self._preview.close()
        if self._thread.ident is not None:
            self._thread.join(10.0)

    def ask(self, wish: Wish) -> None:
        """Have a round begin, after the one that goes on."""
        with self._state:
            self._wishes.append(wish)
            self._state.notify()

    def interrupt(self) -> None:
        """Stop the cells that run now, and the round that they belong to."""
        self._following.interrupt()

    def pause(self) -> None:
        """Carry out none of the wishes there are, and stop the round that goes on."""
        with self._state:
            self._wishes.clear()
        self.interrupt()

    def outdate(self, path: str, cell: int) -> None:
        """Cells of a page are others now, from this one on: what is planned of them is not to run."""
        self._following.outdate(path, cell)

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            news = wish.always or wish.anew or bool(self._preview.news(wish.changed))
            if news:
                self._tell(RoundBegan())
                self._tell(self._round(wish))

    def _next(self) -> Wish | None:
        """The wish that is to be carried out next; those that only name files are one."""
        with self._state:
            while not self._wishes and not self._closed:
                self._state.wait()
            if self._closed:
                return None
            first = self._wishes.pop(0)
            while _joins(first) and self._wishes and _joins(self._wishes[0]):
                other = self._wishes.pop(0)
                first = Wish(first.changed | other.changed, always=first.always or other.always)
            return first

    def _round(self, wish: Wish) -> RoundEnded:
        begun = time.monotonic()
        self._following.begin(wish.pages[0] if len(wish.pages) == 1 else "", wish.until)
        if not wish.changed:
            self._preview.retry()  # somebody asks for it
        choice = Choice(wish.pages, "force" if wish.anew else "auto") if wish.anew or wish.pages else None
        try:
            done = self._preview.update(wish.changed, choice)
        except BookError as error:
            return RoundEnded(error.diagnostics, seconds=time.monotonic() - begun, stopped=True)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the author goes on writing
            if self._closed:
                return RoundEnded((), stopped=True)
            found = diagnose(Rule.INTERNAL, f"{type(error).__name__}: {error}", "")
            return RoundEnded((found,), seconds=time.monotonic() - begun, stopped=True)
        results, outside = self._preview.results, self._preview.outside
        return RoundEnded(done.diagnostics, done.cells_run, done.seconds, results, outside)


def _joins(wish: Wish) -> bool:
    return not wish.pages and not wish.anew


@dataclass(slots=True)
class _Course:
    """How far a run has come."""

    kernel: Kernel
    timings: Timings
    steps: dict[int, Done] = field(default_factory=dict)
    """By the number of the step."""
    at: dict[str, int] = field(default_factory=dict)
    """The cell that runs: `CodeCell.index` on each page that shows it, by path."""
    since: float = 0.0
    """When that cell was asked for."""
    stopping: bool = False
    """It ends with the cell that it is at."""
    over: bool = False


class _Following(Audience):
    """Tells what runs give, in words of the pages that show it."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._until: tuple[str, int] | None = None
        """Path of a page and `CodeCell.index` of the last cell that may run."""
        self._stopped = False
        """The round is to end."""
        self._outdated: dict[str, int] = {}
        """By path, the first cell that is another one than was planned."""
        self._tell = tell
        self._lock = threading.Lock()
        self._courses: dict[int, tuple[Run, _Course]] = {}

    def begin(self, path: str, until: int | None) -> None:
        """A round begins, with a plan of its own; of one page maybe, until a cell."""
        with self._lock:
            self._until = None if until is None else (path, until)
            self._stopped = False
            self._outdated.clear()

    def outdate(self, path: str, cell: int) -> None:
        """Cells of a page are others than was planned, from this one on."""
        with self._lock:
            self._outdated[path] = min(cell, self._outdated.get(path, cell))
            found = [course for run, course in self._courses.values() if path in run.pages]
            late = [course for course in found if course.at.get(path, -1) >= cell]
            for course in late:
                course.stopping = True
        for course in late:
            self._stop(course)

    def interrupt(self) -> None:
        """Stop the round: runs that go on end with the cell that they are at, others do not begin."""
        with self._lock:
            self._stopped = True
            found = [course for _, course in self._courses.values()]
            for course in found:
                course.stopping = True
        for course in found:
            self._stop(course)

    def _stop(self, course: _Course) -> None:
        """Interrupt a kernel, and again until it heeds: between two cells it does not."""
        if course.over:
            return
        wait = course.since + _BEGUN - time.monotonic()
        if wait <= 0:
            course.kernel.interrupt()
        timer = threading.Timer(_AGAIN if wait <= 0 else wait, self._stop, (course,))
        timer.daemon = True
        timer.start()

    def begins(self, run: Run, kernel: Kernel, timings: Timings) -> None:
        with self._lock:
            self._courses[id(run)] = (run, _Course(kernel, timings))

    def wants(self, run: Run, step: Step) -> bool:
        places = _places(run, step)
        with self._lock:
            found = self._courses.get(id(run))
            if self._stopped or (found is not None and found[1].stopping):
                return False
            if self._until is not None and places.get(self._until[0], -1) > self._until[1]:
                return False
            return all(index < self._outdated.get(path, index + 1) for path, index in places.items())

    def asks(self, run: Run, step: Step, *, again: bool) -> None:
        with self._lock:
            found = self._courses.get(id(run))
            if found is not None:
                found[1].at, found[1].since = _places(run, step), time.monotonic()
        self._mark(run, step, "again" if again else "running")

    def prints(self, run: Run, step: Step, outputs: Sequence[Output]) -> None:
        self._give(run, step, Done("ok", tuple(outputs)))

    def gives(self, run: Run, step: Step, done: Done) -> None:
        self._give(run, step, done)
        self._mark(run, step, "done" if done.status == "ok" or step.cell.raises else "failed")

    def over(self, run: Run) -> None:
        with self._lock:
            found = self._courses.pop(id(run), None)
        if found is not None:
            found[1].over = True

    def _mark(self, run: Run, step: Step, state: CellState) -> None:
        for path, index in _places(run, step).items():
            self._tell(Marked(path, run.variant, index, state))

    def _give(self, run: Run, step: Step, done: Done) -> None:
        with self._lock:
            found = self._courses.get(id(run))
            if found is None:
                return
            _, course = found
            course.steps[_number(run, step)] = done
            steps = dict(course.steps)
        whole = tuple(steps.get(number, Done("missing")) for number in range(len(run.steps)))
        for path, result in results(Outcome(run, whole), "auto", course.timings):
            part = next(part for part in run.parts if part.page.path == path)
            shown = {part.indexes[number] for number in steps}
            cells = {index: cell for index, cell in result.cells.items() if index in shown}
            self._tell(Given(path, RunResult(result.page, result.variant, cells)))


def _places(run: Run, step: Step) -> dict[str, int]:
    """`CodeCell.index` of a step on each page that shows it, by path."""
    number = _number(run, step)
    return {part.page.path: part.indexes[number] for part in run.parts}


def _number(run: Run, step: Step) -> int:
    return next(number for number, one in enumerate(run.steps) if one is step)
