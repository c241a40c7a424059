"""Etude's preview: a process that stays over the edits of a book, and is asked by saving files of it."""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from benchmarks.execution.books import Book
from benchmarks.execution.environment import Environment
from benchmarks.execution.tools import Built, clear, command, rules, written
from benchmarks.measure import CommandError, Sample, Watch, plain_environment, used

_LONGEST = 600.0
"""Seconds in which the first round must end."""
_PATIENCE = 60.0
"""Seconds in which the round after an edit must end; without one, the edit was not noticed."""
_QUIET = 2.0
"""Seconds without a round after which a book that was saved unchanged is taken to begin none."""
_STILL = 0.02
"""Processor seconds in 0.1 s below which it rests."""


@dataclass(frozen=True, slots=True)
class _Round:
    """A line that the process has printed."""

    at: float
    """When that was."""
    said: dict[str, Any]


@dataclass(slots=True)
class _Process:
    """`etude run --watch` on one book."""

    process: subprocess.Popen[str]
    errors: IO[str]
    lines: queue.SimpleQueue[_Round | None] = field(default_factory=queue.SimpleQueue)

    @classmethod
    def start(cls, environment: Environment, folder: Path) -> _Process:
        """Start it; its first round begins at once."""
        errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 -- closed with the process
        process = subprocess.Popen(
            [*command(environment, "run", folder), "--watch"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=plain_environment(),
        )
        started = cls(process, errors)
        threading.Thread(target=started._read, daemon=True).start()
        return started

    def next(self, timeout: float) -> _Round | None:
        """The next round; None when none has ended in so many seconds."""
        try:
            found = self.lines.get(block=timeout > 0, timeout=timeout)
        except queue.Empty:
            return None
        if found is None:
            self.errors.seek(0)
            raise CommandError(f"the preview has ended:\n{self.errors.read()}")
        return found

    def rest(self) -> float:
        """Wait until it and all below it rest, a few seconds at most; the processor seconds until then."""
        before = used(self.process.pid)
        for _ in range(50):
            time.sleep(0.1)
            now = used(self.process.pid)
            if now - before < _STILL:
                break
            before = now
        return before

    def end(self) -> None:
        """Ask it to end, which ends what it has started; Ctrl-C means nothing to what a shell runs behind."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def _read(self) -> None:
        """Note when each line came."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(_Round(time.perf_counter(), json.loads(line)))
        self.lines.put(None)


@dataclass(slots=True)
class Preview:
    """A tool that saves the files and waits for the line of the round that saw them."""

    environment: Environment
    name: str = "Etude, preview"
    parallel: bool = True
    _process: _Process | None = None
    _read: bool = False
    """Whether the notebooks show what the last round has stored."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `close`."""
        self.close()

    def build(self, folder: Path, book: Book) -> Built:
        """One round: the first one from the start of the process on, later ones from the saving on."""
        self._read = False
        if self._process is None:
            book.write(folder)
            begun = time.perf_counter()
            self._process = _Process.start(self.environment, folder)
            return self._asked(self._process, begun, 0.0, (), _LONGEST)
        while self._process.next(0.0):
            pass  # a round that came too late stands for no later edit
        before = used(self._process.process.pid)
        begun = time.perf_counter()
        saved = book.write(folder)
        if saved:
            return self._asked(self._process, begun, before, saved, _PATIENCE)
        for path in folder.glob("*.ipynb"):
            path.write_bytes(path.read_bytes())
        return self._asked(self._process, begun, before, (), _QUIET)

    def output(self, folder: Path, page: str) -> Path:
        """The notebook of a page: what is stored, put together by a build that may run nothing."""
        if not self._read:
            asked = (*command(self.environment, "build", folder), "--to", "notebook", "--execute", "frozen")
            done = subprocess.run(asked, check=False, capture_output=True, text=True, env=plain_environment())
            # 1: results are missing; their cells show nothing then.
            if done.returncode not in {0, 1}:
                raise CommandError(f"the results cannot be read:\n{done.stdout}{done.stderr}")
            self._read = True
        return written(folder, page)

    def forget(self, folder: Path) -> None:
        """End the process, and remove all that it has left."""
        self.close()
        clear(folder)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.end()

    @staticmethod
    def _asked(
        process: _Process, begun: float, before: float, saved: Collection[str], patience: float
    ) -> Built:
        """Wait until rounds have seen all files that were saved."""
        left = set(saved)
        rounds: list[_Round] = []
        with Watch(process.process.pid) as watch:
            while not rounds or left:
                found = process.next(patience)
                if found is None:
                    break
                rounds.append(found)
                left.difference_update(found.said["changed"])
            cpu = process.rest() - before
        ended = rounds[-1].at if rounds else begun
        summaries = [one.said["summary"] for one in rounds]
        if None in summaries:
            raise CommandError(f"the preview could not run the book: {rounds[-1].said['diagnostics']}")
        return Built(
            Sample(ended - begun, cpu, watch.peak, ""),
            sum(summary["seconds"] for summary in summaries),
            sum(summary["cells_run"] for summary in summaries),
            tuple(sorted({rule for one in rounds for rule in rules(one.said)})),
            idle=not rounds or bool(left),
        )
