"""The lock: one holder, freed even by a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from etude.adapters.disk import WriteError
from etude.adapters.lock import BuildLock, LockedError

HOLDER = """
import sys, time
from pathlib import Path
from etude.adapters.lock import BuildLock
with BuildLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(path, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def end(process):
    process.wait()
    process.stdout.close()


def test_it_can_be_taken_again(tmp_path):
    for _ in range(2):
        with BuildLock(tmp_path / "new" / "lock"):
            assert (tmp_path / "new" / "lock").read_text() == str(os.getpid())


def test_another_process_is_named_and_a_killed_one_frees_it(tmp_path):
    process = holder(tmp_path / "lock", 60)
    with pytest.raises(LockedError) as caught, BuildLock(tmp_path / "lock"):
        pass
    assert caught.value.pid == process.pid
    process.send_signal(signal.SIGKILL)
    end(process)
    with BuildLock(tmp_path / "lock"):
        pass


def test_waiting(tmp_path):
    process = holder(tmp_path / "lock", 0.3)
    started = time.monotonic()
    with BuildLock(tmp_path / "lock", wait=20.0):
        assert time.monotonic() - started > 0.1
    end(process)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError), BuildLock(tmp_path / "file" / "lock"):
        pass
