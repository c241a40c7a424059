"""Runs a command and says what it took: wall-clock seconds, CPU seconds, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_INTERVAL = 0.02
"""Seconds between two looks at the memory."""
_LOG = 4000
"""Characters of a failed command's output that are shown."""


class CommandError(Exception):
    """A measured command failed, so its time means nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took, from before the process starts until it is gone."""

    seconds: float
    cpu: float
    """Seconds of all cores together, user and system, of the process and all it started and waited for."""
    memory: int
    """Bytes. On Linux the largest sum of resident memory over the process and all below it, looked at 50
    times a second; shared pages count once for each process. At least the peak of the largest single process,
    which is all that other systems give."""
    log: str
    """What it printed."""


def run(command: Sequence[str | Path]) -> Sample:
    """Run a command once."""
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=plain_environment(),
        )
        with Watch(process.pid) as watch:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:  # whoever stops the benchmark stops what it measures
                process.terminate()
                process.wait()
                raise
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    if process.returncode:
        shown = " ".join(map(str, command))
        raise CommandError(f"{shown}\nended with {process.returncode}:\n{text[-_LOG:]}")
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Sample(seconds, usage.ru_utime + usage.ru_stime, max(watch.peak, largest), text)


def plain_environment() -> dict[str, str]:
    """The variables that measured commands get."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "NO_COLOR": "1"}


def used(pid: int) -> float:
    """CPU seconds so far of a process that lives, and of all below it; 0 where there is no `/proc`."""
    return sum(map(_processor, _tree(pid)))


class Watch(threading.Thread):
    """Looks at the memory of a process and all below it, as a context."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self._done.set()
        self.join()

    def run(self) -> None:
        """Look."""
        while not self._done.wait(_INTERVAL):
            self.peak = max(self.peak, sum(map(_resident, _tree(self.pid))))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children = (thread / "children").read_text("ascii")
            for child in children.split():
                yield from _tree(int(child))
    except OSError:  # it has ended meanwhile, or this is not Linux
        return


def _processor(pid: int) -> float:
    """CPU seconds of a process, and of those that it has started and that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, IndexError):
        return 0
