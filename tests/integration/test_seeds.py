"""What draws at random gives the same in every fresh kernel, of any kind, and on each page anew."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

pytestmark = pytest.mark.kernel

PLAIN = """
import random
print(random.random(), hash("etude"), {"a", "b", "c", "d"})
print(random.choice("abc"), sorted(random.sample(range(100), 3)))
"""
NUMPY = """
import numpy as np
print(np.random.rand(2), np.random.default_rng().random(), np.random.default_rng().random())
print(np.random.RandomState().rand(), np.random.Generator(np.random.PCG64()).random(),
      np.random.Generator(np.random.MT19937()).random())
"""
TORCH = """
import torch
print(torch.randn(2), torch.nn.Linear(2, 1).weight, torch.randperm(5), torch.Generator().initial_seed())
loader = torch.utils.data.DataLoader(range(6), batch_size=3, shuffle=True)
print(list(loader))
"""
JAX = "import jax\nprint(jax.random.normal(jax.random.key(0), (2,)))"
TENSORFLOW = """
import tensorflow as tf
print(tf.random.normal((2,)), tf.keras.layers.Dense(1)(tf.ones((1, 2))))
"""
KERAS = "import keras\nprint(keras.random.normal((2,)), keras.layers.Dense(1)(keras.ops.ones((1, 2))))"

STUBS = {
    "tensorflow": "class random:\n    seen = []\n    set_seed = staticmethod(seen.append)\n",
    "mxnet": "class random:\n    seen = []\n    seed = staticmethod(seen.append)\n",
    "cupy": "class random:\n    seen = []\n    seed = staticmethod(seen.append)\n",
    "paddle": "class random:\n    seen = []\nseed = random.seen.append\n",
}
"""Stand for libraries that need not be installed: they note how they are seeded."""

KINDS = ("lean", "warm", "cold") if sys.platform == "linux" else ("cold",)


def page(code: str, **execute: object) -> str:
    head = f"---\nexecute: {json.dumps(execute)}\n---\n" if execute else ""
    return f"{head}# Page\n\n```{{code-cell}} python\n{code.strip()}\n```\n"


def printed(book, name: str) -> str:
    notebook = json.loads(book.read(f"_build/notebook/en/{name}.ipynb"))
    (outputs,) = (c["outputs"] for c in notebook["cells"] if c["cell_type"] == "code" and c["outputs"])
    return "".join(text for output in outputs for text in output["text"])


def built(new_book, kind: str, code: str, files=None) -> list[str]:
    """What two pages of the same code and one with another seed print, in kernels of a kind."""
    pages = {"one.md": page(code), "two.md": page(code), "other.md": page(code, seed=7)}
    config = f'[book]\ntitle = "Book"\nlanguages = ["en"]\n[execute]\nworker = "{kind}"\n'
    book = new_book({**pages, **(files or {}), "etude.toml": config}, kind)
    assert [] == [(d.rule, d.message) for d in book.build(to=("notebook",)).diagnostics]
    return [printed(book, name) for name in ("one", "two", "other")]


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("random", PLAIN),
        ("numpy", NUMPY),
        ("torch", TORCH),
        ("jax", JAX),
        ("tensorflow", TENSORFLOW),
        ("keras", KERAS),
    ],
)
def test_pages_in_fresh_kernels_draw_the_same(new_book, module, code, monkeypatch, tmp_path):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"needs {module}")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    found = {kind: built(new_book, kind, code) for kind in KINDS}
    one, two, other = found["cold"]
    assert one == two
    assert (one != other) == (module != "jax"), "another seed gives something else; JAX has no global one"
    assert [found["cold"]] * len(KINDS) == list(found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_libraries_are_seeded_when_they_are_imported(new_book, kind):
    code = f"import {', '.join(STUBS)}\nprint([m.random.seen for m in ({', '.join(STUBS)})])"
    files = {f"{name}.py": text for name, text in STUBS.items()}
    one, two, other = built(new_book, kind, code, files)
    assert f"{[[0]] * len(STUBS)}\n" == one == two
    assert f"{[[7]] * len(STUBS)}\n" == other
