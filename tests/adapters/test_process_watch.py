"""What runs take of the machine is seen, and who takes too much is ended: with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from etude.adapters.process_watch import ProcessWatch
from etude.adapters.processes import ended_first, parent_of, proportional, state_of
from etude.worker.guard import below

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")

MB = 10**6
# Stands where a guard does: what it starts is the run.
ROOT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
TAKE = "import sys; x = bytearray({size}); print('have', flush=True); sys.stdin.read()"


class Below:
    """A root with a process below it that takes memory; like a kernel, it can be killed by any thread."""

    backend = "cold"

    def __init__(self, code):
        self.process = subprocess.Popen(
            [sys.executable, "-c", ROOT, code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.root = self.process.pid
        self.killed = threading.Event()

    def wait(self):
        assert self.process.stdout.readline() == b"have\n"

    def kill(self):
        os.killpg(self.root, signal.SIGKILL)
        self.killed.set()


@contextmanager
def taking(size, more=""):
    made = Below(more + TAKE.format(size=size))
    try:
        made.wait()
        yield made
    finally:
        if not made.killed.is_set():
            made.kill()
        made.process.communicate()


def silent(_memory):
    pass


def test_processes_are_found_with_what_they_take():
    with taking(100 * MB) as run:
        (pid,) = below(run.root)
        state = state_of(pid)
        assert (pid, run.root) == (state.pid, state.parent)
        assert 100 * MB < state.resident < 200 * MB
        assert 100 * MB < proportional(pid) < 150 * MB
        assert run.root == parent_of(pid)
        ended_first(pid)
        ended_first(pid)
        assert 600 <= int(Path(f"/proc/{pid}/oom_score_adj").read_text())
    assert state_of(run.root) is None
    assert 0 == parent_of(run.root)
    assert [] == below(run.root)
    assert proportional(run.root) is None
    ended_first(run.root)


def test_a_run_is_counted_with_all_its_processes():
    heard = []
    burn = "import time\nwhile time.process_time() < 0.2: pass\n"
    pipes = "stdin=subprocess.PIPE, stdout=subprocess.PIPE"
    child = (
        "import subprocess; "
        f"p = subprocess.Popen([sys.executable, '-c', {TAKE.format(size=80 * MB)!r}], {pipes}); "
        "p.stdout.readline(); "
    )
    with taking(50 * MB, burn + "import sys; " + child) as run:
        with ProcessWatch().over(run, 0, 0, heard.append) as usage:
            pass
        taken = usage()
    assert 130 * MB < taken.peak < 250 * MB
    assert 2 == taken.processes
    assert taken.seconds >= 0.15
    assert "" == taken.ended


def test_memory_that_processes_share_is_counted_once():
    fork = (
        "import os, sys\nx = bytearray(100_000_000)\n"
        "for n in range(3):\n    if not os.fork(): sys.stdin.read(); os._exit(0)\n"
    )
    with taking(MB, fork) as run, ProcessWatch().over(run, 0, 0, silent) as usage:
        # What the system tells of children may leave some out, while others come and go.
        until = time.monotonic() + 20
        while usage().processes < 4 and time.monotonic() < until:
            time.sleep(0.01)
        assert 4 == usage().processes
        assert 100 * MB < usage().memory < 200 * MB


def test_a_run_over_its_limit_is_ended_and_the_others_go_on():
    watch = ProcessWatch()
    with taking(300 * MB) as large, taking(50 * MB) as small:
        with watch.over(small, 200 * MB, 0, silent) as other, watch.over(large, 200 * MB, 0, silent) as usage:
            assert large.killed.wait(20)
        assert "limit" == usage().ended
        assert 300 * MB < usage().memory < 400 * MB
        assert 1 == usage().processes
        assert not small.killed.is_set()
        assert "" == other().ended


def test_growing_is_noticed_between_exact_counts():
    grow = (
        "import sys; print('have', flush=True); sys.stdin.readline(); "
        "x = bytearray(300_000_000); sys.stdin.read()"
    )
    run = Below(grow)
    run.wait()
    heard = threading.Event()
    with ProcessWatch().over(run, 200 * MB, 0, lambda _: heard.set()) as usage:
        assert heard.wait(20)
        assert usage().memory < 200 * MB
        run.process.stdin.write(b"\n")
        run.process.stdin.flush()
        assert run.killed.wait(20)
    assert usage().ended == "limit"
    run.process.communicate()


def test_without_a_limit_of_its_own_a_run_may_take_what_the_machine_has():
    watch = ProcessWatch(total=300 * MB, reserve=100 * MB)
    with taking(250 * MB) as run:
        with watch.over(run, 0, 0, silent) as usage:
            assert run.killed.wait(20)
        assert "machine" == usage().ended


def test_when_memory_runs_out_the_one_that_took_most_beyond_what_was_kept_for_it_goes():
    free = [10**12]
    watch = ProcessWatch(total=10**12, reserve=100 * MB, free=lambda: free[0])
    with taking(300 * MB) as declared, taking(200 * MB) as surprise, taking(MB) as small:
        with (
            watch.over(declared, 0, 300 * MB, silent) as first,
            watch.over(small, 0, 0, silent) as second,
            watch.over(surprise, 0, 0, silent) as usage,
        ):
            until = time.monotonic() + 20
            while not all(one().memory for one in (first, second, usage)) and time.monotonic() < until:
                time.sleep(0.01)
            free[0] = 10 * MB
            assert surprise.killed.wait(20)
            free[0] = 10**12
        assert "crowded" == usage().ended
        assert not declared.killed.is_set()
        with watch.over(declared, 0, 0, silent) as usage:
            free[0] = 10 * MB
            assert declared.killed.wait(20)
        assert "machine" == usage().ended
        assert not small.killed.is_set()


def test_runs_are_not_ended_for_what_others_took():
    looked = threading.Semaphore(0)

    def free():
        looked.release()
        return 0

    with taking(20 * MB) as run, ProcessWatch(10**12, 10**9, free).over(run, 0, 0, silent) as usage:
        for _ in range(3):
            assert looked.acquire(timeout=20)
        assert "" == usage().ended
        assert not run.killed.is_set()


def test_a_kernel_whose_process_is_not_known_is_not_watched():
    class Unknown:
        root = 0

    with ProcessWatch(1, 1, lambda: 0).over(Unknown(), 1, 0, silent) as usage:
        assert 0 == usage().peak
