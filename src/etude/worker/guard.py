"""Guards a process: ends it, and every process it started, when the builder lets go or dies.

Run as a script of its own (no imports of Etude): ``guard.py FD FOLDER COMMAND…``. FD is a pipe from
the builder: the byte ``i`` interrupts the process, the pipe's end ends it. The guard adopts
orphans below it (Linux), so that no process escapes by leaving its parent or its session. It
exits as the process did; when it has ended the process itself it removes FOLDER (``-`` for none).
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress

ENDED = 137
"""Exit code of a process that was ended with all that is below it."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Start the command and watch it; returns its exit code, as a shell would give it."""
    pipe, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    parent = os.getppid()
    adopt_orphans()
    own = os.getpid()
    child = os.fork()
    if child == 0:
        _become(command, pipe, own)
    code = watch(child, pipe, parent)
    if code == ENDED and folder != "-":
        shutil.rmtree(folder, ignore_errors=True)
    return code


def adopt_orphans() -> None:
    """Make this process the parent of whatever loses its own below it."""
    _control(_PR_SET_CHILD_SUBREAPER, 1)


def watch(child: int, pipe: int, parent: int, *, stays: bool = False) -> int:
    """Wait until a child ends, the pipe is closed or the parent is another; then end all that is below.

    With `stays`, the end of the child is no reason: others of its group take its place. Returns the
    child's exit code as a shell gives it; `ENDED` when it was ended here.
    """
    awake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    code = _reap(child)
    while code is None or stays:
        ready, _, _ = select.select([pipe, awake], [], [], 2.0)
        if awake in ready:
            os.read(awake, 4096)
        if pipe in ready:
            order = os.read(pipe, 1)
            if not order:
                break
            with suppress(OSError):
                os.killpg(child, signal.SIGINT)
        if os.getppid() != parent:
            break
        found = _reap(child)
        code = found if code is None else code
    _end_all(child)
    return ENDED if code is None else code


def end_with_parent() -> None:
    """Have this process be killed when the one that forked it ends."""
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _become(command: list[str], pipe: int, parent: int) -> None:
    """In the child: become the command, leading a session of its own; it does not outlive the guard."""
    try:
        end_with_parent()
        if os.getppid() != parent:
            return
        os.setsid()
        os.close(pipe)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.execvp(command[0], command)  # noqa: S606 -- the command is the installed kernel's
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _control(option: int, value: int) -> None:
    """Ask something of the system for this process, where it is Linux."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _reap(child: int) -> int | None:
    """Bury children that ended; the exit code of `child` if it is among them."""
    code = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                code = 128 - code if code < 0 else code
    return code


def _end_all(child: int) -> None:
    for _ in range(500):
        with suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        left = below(os.getpid())
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _reap(child)
        if not left:
            break
        time.sleep(0.002)


def below(root: int) -> list[int]:
    """Every process that one has started, directly or not; those of dead ones come to the guard."""
    found: list[int] = []
    queue = [root]
    while queue:
        pid = queue.pop()
        with suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                with suppress(OSError), open(f"/proc/{pid}/task/{task}/children", "rb") as file:
                    children = [int(number) for number in file.read().split()]
                    found += children
                    queue += children
    return found


if __name__ == "__main__":
    sys.exit(main())
