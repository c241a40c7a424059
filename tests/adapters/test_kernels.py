"""Parents of kernels: how they end."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.kernels import LocalKernels
from etude.adapters.warming import Warming
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
    warming = Warming(sys.executable, {**os.environ, "PYTHONPATH": str(tmp_path)})
    found = []
    thread = threading.Thread(target=lambda: found.append(warming.ready(["slow"])))
    thread.start()
    with (tmp_path / "begun").open("rb") as fifo:
        fifo.read()  # until the module is being loaded
    warming.close()
    thread.join(20)
    assert [None] == found
    assert warming.ready(["slow"]) is None, "it stays closed"


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


def test_a_parent_that_stays_loads_more_but_not_what_shows_in_other_modules(tmp_path):
    kernels = LocalKernels(lasting=True)
    with ScratchDesks(tmp_path, kernels=kernels) as desks:
        for modules in (("fractions",), ("decimal", "fractions"), ("decimal", "torch._dynamo"), ("decimal",)):
            desks.open(KernelNeeds(backend="lean", warm=modules), "", {}, dict(os.environ)).close()
    assert [("fractions", "decimal"), ("decimal", "torch._dynamo")] == [
        modules for modules, _ in kernels.parents()
    ]


@pytest.mark.parametrize("file", ["fractions.py", "fractions/__init__.py"])
def test_what_a_parent_has_loaded_with_others_does_not_hide_a_module_of_the_book(tmp_path, file):
    book = tmp_path / "book"
    (book / file).parent.mkdir(parents=True)
    kernels = LocalKernels(lasting=True)
    with ScratchDesks(book, state=tmp_path / "made", kernels=kernels) as desks:

        def origin(*modules):
            desk = desks.open(KernelNeeds(backend="lean", warm=modules), "", {}, dict(os.environ))
            said = desk.kernel.execute("import fractions; print(vars(fractions).get('of'))", [], 60, 1000)
            desk.close()
            return said.outputs[0].text.strip()

        assert "None" == origin("statistics")
        (book / file).write_text("of = 'the book'")
        assert "the book" == origin("statistics"), "which loads fractions"
        assert "the book" == origin()
