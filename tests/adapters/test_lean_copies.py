"""Frozen copies of lean workers: what goes on from one is what would have gone on."""

from __future__ import annotations

import os
import sys

import pytest

from etude.adapters.kernels import LocalKernels
from etude.model.protocols import KernelError, KernelNeeds
from etude.model.result import Failure, Stream
from tests.adapters.alive import alive, gone

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only"),
]

# Of another environment a parent of its own is made: the name of the test must be none.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
PAGE = (
    "import random\nimport numpy as np\nimport torch\nfrom torch import nn",
    "torch.manual_seed(0)\nX = torch.randn(32, 4)\ny = X @ torch.tensor([1.0, 2.0, 3.0, 4.0])",
    (
        "net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))\n"
        "optimizer = torch.optim.Adam(net.parameters(), lr=0.01)"
    ),
    (
        "for step in range(5):\n    loss = ((net(X).squeeze(1) - y) ** 2).mean()\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\nprint(loss.item())"
    ),
    "print(random.random(), np.random.rand(), torch.rand(1).item())",
    "lines = open('numbers.txt')\nprint(next(lines))",
    "def count(n, seen=[]):\n    seen.append(n)\n    return len(seen)\ncount(1)",
    "print(next(lines), count(2))",
    "(X @ X.T).sum().item(), net(X).sum().item()",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(1, 1))\nax.plot([1, 2]);",
    "print(random.random(), np.random.rand(), torch.rand(1).item())\nprint(list(lines), count(3))",
)


@pytest.fixture(scope="module")
def kernels():
    made = LocalKernels(grace=1.0, lasting=True)
    yield made
    made.close()


class Held:
    """A kernel, or what has taken its place, with its copies."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.copies = []

    def copy(self, *, digest=False):
        """Make a copy that can be resumed from."""
        self.copies.append(self.kernel.copy(digest=digest, keep=True))
        return self.copies[-1]

    def resume(self, copy):
        """Go on from a copy."""
        self.kernel.retire({one.pid for one in self.copies})
        self.kernel = copy.resume()

    def run(self, code):
        """What a cell shows."""
        reply = self.kernel.execute(code, (), 60.0, 10**6)
        assert not any(isinstance(item, Failure) for item in reply.outputs), reply.outputs
        return reply.outputs

    def text(self, code):
        """What a cell prints."""
        return "".join(item.text for item in self.run(code) if isinstance(item, Stream)).strip()


@pytest.fixture
def held(kernels, tmp_path):
    (tmp_path / "numbers.txt").write_text("1\n2\n3\n4\n")
    needs = KernelNeeds("python3", backend="lean", warm=("torch", "matplotlib.pyplot"))
    made = kernels.start(needs, ENVIRONMENT, str(tmp_path))
    found = Held(made)
    yield found
    for copy in found.copies:
        copy.close()
    found.kernel.close()


def test_after_every_cell_the_rest_is_the_same(held):
    outputs = []
    for number, code in enumerate(PAGE):
        outputs.append(held.run(code))
        held.copy(digest=number % 2 == 0)
    assert [()] * len(PAGE) == [copy.hazards for copy in held.copies]
    for number in range(len(PAGE) - 2, -1, -1):
        held.resume(held.copies[number])
        assert outputs[number + 1 :] == [held.run(code) for code in PAGE[number + 1 :]], number


def test_a_copy_serves_again_and_again(held):
    held.run("seen = [1]")
    copy = held.copy()
    for _ in range(3):
        held.resume(copy)
        assert held.text("seen.append(2)\nprint(seen)") == "[1, 2]"


def test_taking_a_digest_leaves_no_trace(held):
    held.run(
        "class Odd:\n    asked = 0\n    def __reduce__(self):\n        Odd.asked += 1\n"
        "        return (Odd, ())\nodd = Odd()",
    )
    copy = held.copy(digest=True)
    copy.state()
    held.resume(copy)
    assert held.text("print(Odd.asked)") == "0"


def test_who_is_retired_ends_with_all_it_started(held):
    held.run("x = 1")
    copy = held.copy()
    held.run("import subprocess\np = subprocess.Popen(['sleep', '100'])")
    first, child = held.kernel.pid, int(held.text("print(p.pid)"))
    assert alive(child)
    held.resume(copy)
    assert gone(first, child)
    assert alive(copy.pid)
    assert held.text("print(x)") == "1"
    held.kernel.close()
    assert gone(copy.pid, held.kernel.pid)


def test_a_successor_can_be_interrupted(held):
    held.resume(held.copy())
    reply = held.kernel.execute("while True:\n    pass", (), 0.3, 10**6)
    assert reply.status == "timeout"
    assert held.text("print(1 + 1)") == "2"


def test_a_copy_that_is_gone_cannot_be_resumed_from(held):
    copy = held.copy()
    os.kill(copy.pid, 9)
    assert gone(copy.pid)
    with pytest.raises(KernelError, match="is gone"):
        held.resume(copy)


def test_what_cannot_be_copied_is_told(held):
    held.run(
        "import threading, time\nt = threading.Thread(target=time.sleep, args=(100,), daemon=True)\nt.start()"
    )
    assert "a thread" in held.copy().hazards[0]


def test_memory_of_a_copy_is_told(held):
    held.run("data = bytearray(b'x' * 50_000_000)")
    copy = held.copy()
    held.run("data[:] = b'y' * 50_000_000")
    assert copy.memory > 45_000_000


def test_what_a_copy_prints_is_not_the_page_s(held):
    held.run(
        "import warnings\nwarnings.simplefilter('always')\n"
        "class Loud:\n    def __getstate__(self):\n        print('told', flush=True)\n        return {}\n"
        "loud = Loud()"
    )
    first = held.kernel.copy(digest=True)
    assert first.state()
    first.close()
    copy = held.copy(digest=True)
    assert copy.state()
    assert "1" == held.text("print(1)")
    held.resume(copy)
    assert "2" == held.text("print(2)")
