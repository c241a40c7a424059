"""Parents of kernels: how they end."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from etude.adapters.kernels import _Warming

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere"),
]


def test_nobody_waits_for_a_parent_that_still_loads(tmp_path):
    (tmp_path / "slow.py").write_text(
        f"import time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\ntime.sleep(1000)"
    )
    os.mkfifo(tmp_path / "begun")
    warming = _Warming(sys.executable, {**os.environ, "PYTHONPATH": str(tmp_path)}, ["slow"])
    found = []
    thread = threading.Thread(target=lambda: found.append(warming.ready()))
    thread.start()
    with open(tmp_path / "begun", "rb") as fifo:
        fifo.read()  # until the module is being loaded
    warming.close()
    thread.join(20)
    assert [None] == found
    assert warming.ready() is None, "it stays closed"
