"""Brings outputs of one form up to date in a process of its own, so that nobody waits for them.

What is written is what a build writes that runs nothing. The process reads a line for each build that is
wanted, and answers with a line: the problems that were found. It stays until it has grown large: Typst keeps
in memory what it has set, and after an edit sets only what is new.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import structs

from etude.adapters.own_memory import give_back, resident
from etude.build.options import BuildOptions
from etude.build.run import build
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.rules import Rule

__all__ = ["Settled", "Settler"]

_NICE = 5
"""Whoever edits goes first."""

_GROWN, _SPARE = 1.5, 1 << 28
"""How many times as large as after its first build a process may be, and bytes beside that; then it ends.

The next build begins in another. What Typst keeps is for ten builds, so that this happens seldom if ever.
"""


class Settled(msgspec.Struct, frozen=True):
    """What became of a build."""

    form: str = "html"
    """The output that was built."""
    problems: tuple[Diagnostic, ...] = ()
    stopped: bool = False
    """It could not be carried out; `problems` say why."""
    ends: bool = False
    """The process has grown too large, and does no other."""


class _Asked(msgspec.Struct, frozen=True):
    """What is to be built."""

    form: str
    root: str
    out: str
    jobs: int | None
    languages: tuple[str, ...]
    variants: tuple[str, ...]


class Settler:
    """The process, and a thread that waits for its answers."""

    def __init__(
        self, root: Path, options: BuildOptions, tell: Callable[[Settled], None], form: str = "html"
    ) -> None:
        """Tell `tell` of each build that is over, from another thread; `form` is the output."""
        out = options.out if options.out is not None else root / "_build"
        asked = _Asked(form, str(root), str(out), options.jobs, options.languages, options.variants)
        self._form = form
        self._asked = msgspec.json.encode(asked).decode()
        self._tell = tell
        self.busy = False
        self._ends = False
        self._process, self._thread = self._begun()

    def ask(self) -> None:
        """Have the output built; not while it is being built."""
        if self._ends or self._process.poll() is not None:
            self._end()
            self._ends = False
            self._process, self._thread = self._begun()
        assert self._process.stdin is not None
        with suppress(OSError):  # its end is told by the thread
            self.busy = True
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End the process, after the build that goes on."""
        self._end()

    def _end(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._thread.join()

    def _begun(self) -> tuple[subprocess.Popen[bytes], threading.Thread]:
        process = subprocess.Popen(  # noqa: S603 -- this program
            [sys.executable, "-m", "etude.build.live.settler", self._asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Imported from where this process has it, wherever it works.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        thread = threading.Thread(target=self._work, args=(process,), name="etude-settling", daemon=True)
        thread.start()
        return process, thread

    def _work(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as answers:
            for line in answers:
                with suppress(msgspec.MsgspecError):
                    found = msgspec.json.decode(line, type=Settled)
                    self._ends, self.busy = found.ends, False
                    self._tell(found)
        if self.busy:
            self.busy = False
            message = f"the process that writes `{self._form}` has ended; the next edit starts another"
            self._tell(Settled(self._form, (diagnose(Rule.INTERNAL, message, ""),), stopped=True))


def _serve(asked: _Asked) -> None:
    """Build for each line of the standard input; what is printed meanwhile goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    options = BuildOptions(
        to=(asked.form,),
        out=Path(asked.out),
        policy="off",
        # Printed books are set in this process, which keeps what Typst knows of them.
        jobs=1 if asked.form == "pdf" else asked.jobs,
        languages=asked.languages,
        variants=asked.variants,
    )
    most = 0.0
    for _ in sys.stdin:
        try:
            answer = Settled(asked.form, build(Path(asked.root), options).diagnostics)
        except BookError as error:
            answer = Settled(asked.form, error.diagnostics, stopped=True)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the author goes on writing
            message = f"{type(error).__name__}: {error}"
            answer = Settled(asked.form, (diagnose(Rule.INTERNAL, message, ""),), stopped=True)
        give_back()
        most = most or resident() * _GROWN + _SPARE
        answer = structs.replace(answer, ends=resident() > most)
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()
        if answer.ends:
            return


if __name__ == "__main__":
    _serve(msgspec.json.decode(sys.argv[1], type=_Asked))
