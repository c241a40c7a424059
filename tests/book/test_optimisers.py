"""The optimisers of the book's library walk as PyTorch's of the same name do."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from etude.build import BuildOptions, build

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")

BOOK = Path(__file__).parents[2] / "book"
OPTIM = torch.optim


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Imports a module of the library; no cell runs for it."""
    out = tmp_path_factory.mktemp("library")
    book = tmp_path_factory.mktemp("book") / "book"  # a copy: only one process at a time builds a book
    shutil.copytree(BOOK, book, ignore=shutil.ignore_patterns("_build", ".etude", "__pycache__"))
    build(book, BuildOptions(to=("library",), out=out, policy="off"))
    path = str(out / "library" / "src")
    sys.path.insert(0, path)
    try:
        yield lambda name: importlib.import_module(f"etudes.{name}")
    finally:
        sys.path.remove(path)
        for name in [one for one in sys.modules if one.partition(".")[0] == "etudes"]:
            del sys.modules[name]


PAIRS = {
    "momentum": (lambda m, w: m.Momentum(w, 0.01), lambda w: OPTIM.SGD(w, 0.01, momentum=0.9)),
    "Nesterov": (
        lambda m, w: m.Momentum(w, 0.01, nesterov=True),
        lambda w: OPTIM.SGD(w, 0.01, momentum=0.9, nesterov=True),
    ),
    "RMSProp": (lambda m, w: m.RMSProp(w, 0.01), lambda w: OPTIM.RMSprop(w, 0.01, alpha=0.9)),
    "AdamW": (
        lambda m, w: m.AdamW(w, 0.01, weight_decay=0.1),
        lambda w: OPTIM.AdamW(w, 0.01, weight_decay=0.1),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_walk_is_pytorch_s(library, name):
    autodiff, nn = library("autodiff"), library("nn")
    start, curvature = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[1.0, 10.0], [0.1, 30.0]])
    ours = autodiff.Tensor(start.copy(), requires_grad=True)
    theirs = torch.tensor(start.copy(), requires_grad=True)
    mine, other = PAIRS[name][0](nn, [ours]), PAIRS[name][1]([theirs])
    for _ in range(40):
        ours.grad = curvature * ours.data
        theirs.grad = torch.tensor(curvature) * theirs.detach()
        mine.step()
        other.step()
    assert np.allclose(ours.data, theirs.detach().numpy(), rtol=1e-6, atol=1e-9)


def test_a_gradient_is_clipped_as_a_whole(library):
    autodiff, nn = library("autodiff"), library("nn")
    one, two, idle = (autodiff.Tensor(np.zeros(1), requires_grad=True) for _ in range(3))
    one.grad, two.grad = np.array([3.0]), np.array([4.0])
    assert nn.clip([one, two, idle], 10.0) == 5.0
    assert one.grad[0] == 3.0
    assert nn.clip([one, two, idle], 1.0) == 5.0
    assert np.allclose([one.grad[0], two.grad[0]], [0.6, 0.8])
    assert idle.grad is None
