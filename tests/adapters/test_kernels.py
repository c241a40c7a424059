"""Parents of kernels: how they end."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.kernels import LocalKernels, _Warming
from etude.model.protocols import KernelNeeds

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
    with (tmp_path / "begun").open("rb") as fifo:
        fifo.read()  # until the module is being loaded
    warming.close()
    thread.join(20)
    assert [None] == found
    assert warming.ready() is None, "it stays closed"


def test_runs_share_a_parent_whatever_is_their_own(tmp_path):
    kernels = LocalKernels()
    needs = KernelNeeds(backend="lean", warm=("fractions",))
    with ScratchDesks(tmp_path, kernels=kernels) as desks:
        for gpu in ("0", "1"):
            desk = desks.open(needs, "", {}, {**os.environ, "CUDA_VISIBLE_DEVICES": gpu})
            said = desk.kernel.execute(
                "import os, fractions; print(os.environ['CUDA_VISIBLE_DEVICES'])", [], 60, 1000
            )
            assert gpu == said.outputs[0].text.strip()
            assert ("package", "fractions") not in desk.observed().reads
            assert "lean" == desk.kernel.backend
            desk.close()
    assert [("fractions",)] == [modules for modules, _ in kernels.parents()]
