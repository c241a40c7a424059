"""The textbook's library `etudes`: typed, importable, and its gradients are those of PyTorch."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etude.build import BuildOptions, build

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")

BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The folder that the package lies in; no cell runs for it."""
    out = tmp_path_factory.mktemp("library")
    book = tmp_path_factory.mktemp("book") / "book"  # a copy: only one process at a time builds a book
    shutil.copytree(BOOK, book, ignore=shutil.ignore_patterns("_build", ".etude", "__pycache__"))
    build(book, BuildOptions(to=("library",), out=out, policy="off"))
    return out / "library" / "src"


@pytest.fixture(scope="module")
def load(package):
    """Imports a module of the library."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    sys.path.insert(0, str(package))
    try:
        yield lambda name: importlib.import_module(f"etudes.{name}")
    finally:
        sys.path.remove(str(package))
        for name in [one for one in sys.modules if one.partition(".")[0] == "etudes"]:
            del sys.modules[name]


def modules(package: Path) -> list[str]:
    return sorted(path.stem for path in (package / "etudes").glob("[!_]*.py"))


def test_every_module_imports_and_says_where_it_comes_from(package, load):
    names = modules(package)
    assert {"autodiff", "figures", "keras", "nn", "pytorch"} <= set(names)
    for name in names:
        assert "From Etudes in Deep Learning" in load(name).__doc__
        undocumented = [
            f"{name}.{key}"
            for key, value in vars(load(name)).items()
            if callable(value) and getattr(value, "__module__", "") == f"etudes.{name}" and not value.__doc__
        ]
        assert [] == undocumented


MYPY = """[mypy]
strict = true
allow_subclassing_any = true
allow_untyped_calls = true
disable_error_code = untyped-decorator, no-any-return
[mypy-torch.*,keras.*,matplotlib.*]
follow_imports = skip
ignore_missing_imports = true
"""
"""Of the frameworks only names are known: reading all of them takes a minute."""


def test_the_library_is_typed(package, tmp_path):
    config = tmp_path / "mypy.ini"
    config.write_text(MYPY)
    said = subprocess.run(
        [sys.executable, "-m", "mypy", f"--config-file={config}", str(package / "etudes")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "Success" in said.stdout, said.stdout


RANDOM = np.random.default_rng(7)


def arrays(*shapes):
    return [RANDOM.uniform(0.5, 2, shape) for shape in shapes]


# Each expression is written once, and read with the engine's functions and with PyTorch's.
EXPRESSIONS = {
    "arithmetic": (lambda _, a, b: (a * b + a / b - b) ** 3, [(3, 4), (4,)]),
    "broadcasting": (lambda _, a, b: (a - b) * a / b, [(2, 1, 4), (3, 1)]),
    "functions": (lambda m, a: m.relu(m.tanh(m.log(m.exp(a) + 1)) - 0.9), [(5, 2)]),
    "matrices": (lambda _, a, b: a @ b, [(5, 3, 4), (4, 2)]),
    "stacked matrices": (lambda _, a, b: a @ b, [(5, 3, 4), (5, 4, 2)]),
    "sums": (lambda _, a: a.sum(1) * a.mean(), [(3, 4)]),
    "indices": (lambda _, a: a[[0, 2, 0]], [(3, 4)]),
    "shapes": (lambda _, a: a.reshape(2, 6).T @ a.reshape(2, 6), [(3, 4)]),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_engine_s_gradients_are_pytorch_s(load, name):
    autodiff = load("autodiff")
    expression, shapes = EXPRESSIONS[name]
    points = arrays(*shapes)
    ours = [autodiff.Tensor(point, requires_grad=True) for point in points]
    theirs = [torch.tensor(point, requires_grad=True) for point in points]
    mine, other = expression(autodiff, *ours), expression(torch, *theirs)
    assert np.allclose(mine.data, other.detach().numpy(), rtol=1e-12)
    weights = RANDOM.standard_normal(mine.shape)
    (mine * weights).sum().backward()
    (other * torch.tensor(weights)).sum().backward()
    for own, their in zip(ours, theirs, strict=True):
        assert np.allclose(own.grad, their.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_cross_entropy_is_pytorch_s(load):
    autodiff, nn = load("autodiff"), load("nn")
    scores, labels = 30 * RANDOM.standard_normal((6, 5)), RANDOM.integers(0, 5, 6)
    ours = autodiff.Tensor(scores, requires_grad=True)
    theirs = torch.tensor(scores, requires_grad=True)
    mine = nn.cross_entropy(ours, labels)
    other = torch.nn.functional.cross_entropy(theirs, torch.tensor(labels))
    assert np.isclose(float(mine.data), other.item(), rtol=1e-12)
    mine.backward()
    other.backward()
    assert np.allclose(ours.grad, theirs.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_adam_walks_as_pytorch_s_does(load):
    autodiff = load("autodiff")
    start, target = arrays((3, 2), (3, 2))
    ours = autodiff.Tensor(start.copy(), requires_grad=True)
    theirs = torch.tensor(start.copy(), requires_grad=True)
    mine, other = autodiff.Adam([ours], 0.1), torch.optim.Adam([theirs], 0.1)
    for _ in range(20):
        mine.zero_grad()
        ((ours - target) ** 2).sum().backward()
        mine.step()
        other.zero_grad()
        ((theirs - torch.tensor(target)) ** 2).sum().backward()
        other.step()
    assert np.allclose(ours.data, theirs.detach().numpy(), rtol=1e-6)


SEPARABLE = RANDOM.standard_normal((300, 2)).astype("float32")
SIDES = (SEPARABLE @ [2.0, -1.0] > 0).astype("int64")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_the_three_loops_learn_the_same_task(load):
    autodiff, nn, pytorch, own_keras = load("autodiff"), load("nn"), load("pytorch"), load("keras")
    keras = importlib.import_module("keras")
    torch.manual_seed(0)
    keras.utils.set_random_seed(0)
    layer = nn.Sequential(autodiff.Linear(2, 2, np.random.default_rng(0)))
    tensors = torch.from_numpy(SEPARABLE), torch.from_numpy(SIDES)
    loops = {
        "numpy": (nn, layer, SEPARABLE, SIDES),
        "pytorch": (pytorch, torch.nn.Linear(2, 2), *tensors),
        "keras": (own_keras, keras.Sequential([keras.layers.Dense(2)]), SEPARABLE, SIDES),
    }
    for name, (flavour, network, points, labels) in loops.items():
        seen = []
        losses = flavour.fit(
            network, points, labels, 20, batch=32, rate=0.05, after_epoch=lambda seen=seen: seen.append(1)
        )
        assert (20, 20) == (len(losses), len(seen)), name
        assert losses[-1] < 0.4 * losses[0], name
        assert flavour.accuracy(network, points, labels) > 0.97, name
        assert (300, 2) == tuple(flavour.predict(network, points, batch=7).shape), name


def test_the_three_attentions_agree(load):
    nn, pytorch, own_keras = load("nn"), load("pytorch"), load("keras")
    tensor = load("autodiff").Tensor
    rng = np.random.default_rng(0)
    x, memory = rng.standard_normal((2, 5, 8)), rng.standard_normal((2, 6, 8))
    mask = rng.random((2, 1, 5, 6)) < 0.7
    mask[0, 0, 0] = False
    engine = nn.MultiHeadAttention(8, 2, rng)
    expected = engine(tensor(x), tensor(memory), mask).data
    across = [np.concatenate(list(w.data), axis=1) for w in engine.parameters[:3]]
    matrices = [*across, engine.out.data.reshape(8, 8)]

    module = pytorch.MultiHeadAttention(8, 2).double()
    for layer, matrix in zip((module.query, module.key, module.value, module.out), matrices, strict=True):
        layer.weight.data = torch.tensor(matrix.T)
    found = module(*map(torch.tensor, (x, memory)), torch.tensor(mask)).detach().numpy()
    assert np.allclose(found, expected)

    layer = own_keras.MultiHeadAttention(8, 2)
    inputs = [a.astype("float32") for a in (x, memory)]
    layer(*inputs)
    layer.set_weights(matrices)
    found = layer(*inputs, attention_mask=mask).detach().cpu().numpy()
    assert np.allclose(found, expected, atol=1e-5)
    assert not expected[0, 0].any()


# Where each part of PyTorch's weights stands among those of the engine's layer.
RECURRENT = {"RNN": [0], "GRU": [1, 0, 2], "LSTM": [1, 0, 3, 2]}


@pytest.mark.parametrize("name", RECURRENT)
def test_the_recurrent_layers_and_their_gradients_are_pytorch_s(load, name):
    nn, autodiff = load("nn"), load("autodiff")
    rng = np.random.default_rng(0)
    engine, order = getattr(nn, name)(3, 4, rng), RECURRENT[name]
    theirs = getattr(torch.nn, name)(3, 4, batch_first=True).double()
    read, keep = ([layers[k] for k in order] for layers in (engine.read, engine.keep))
    theirs.weight_ih_l0.data = torch.tensor(np.concatenate([layer.weight.data.T for layer in read]))
    theirs.bias_ih_l0.data = torch.tensor(np.concatenate([layer.bias.data for layer in read]))
    theirs.weight_hh_l0.data = torch.tensor(np.concatenate([matrix.data.T for matrix in keep]))
    theirs.bias_hh_l0.data.zero_()
    values = rng.standard_normal((2, 6, 3))
    ours, other = autodiff.Tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
    mine, last = engine(ours), theirs(other)[0][:, -1]
    assert np.allclose(mine.data, last.detach().numpy(), rtol=1e-10)
    (mine**2).sum().backward()
    (last**2).sum().backward()
    assert np.allclose(ours.grad, other.grad.numpy(), rtol=1e-8, atol=1e-12)
    shares = np.concatenate([matrix.grad.T for matrix in keep])
    assert np.allclose(shares, theirs.weight_hh_l0.grad.numpy(), rtol=1e-8, atol=1e-12)
