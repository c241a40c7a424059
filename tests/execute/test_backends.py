"""What is loaded before a run's kernel is there."""

from __future__ import annotations

import pytest

from etude.model.protocols import Loaded
from tests.execute.conftest import FakeKernel


@pytest.fixture
def warm(world, monkeypatch):
    """Executes the book; what the parents of its runs were to load, by page."""
    heard = {}
    opened = world.open

    def hear(needs, *more):
        heard[needs.run.split("/")[-1].partition(".")[0]] = needs.warm
        return opened(needs, *more)

    monkeypatch.setattr(world, "open", hear)

    def warm(loaded=Loaded(seconds=9.0)):  # noqa: B008 -- frozen
        heard.clear()
        monkeypatch.setattr(FakeKernel, "loaded", loaded)
        world.execute()
        return dict(heard)

    return warm


def test_what_several_runs_import_is_loaded_and_for_one_alone_all(world, warm):
    world.page("a", "import numpy, yaml")
    world.page("b", "import numpy")
    assert warm() == {"a": ("numpy",), "b": ("numpy",)}
    world.page("a", "import numpy, yaml, os\n1")
    assert warm() == {"a": ("numpy", "yaml")}


@pytest.mark.parametrize(("seconds", "expected"), [(1.0, ("numpy", "torch")), (1.1, ("numpy",))])
def test_a_run_that_took_longer_than_loading_gets_the_same_again(world, warm, seconds, expected):
    # A cell here takes half a second.
    world.page("a", "import numpy", "x = 1")
    world.page("b", "if 0:\n    import torch")
    assert warm(Loaded(("numpy", "torch"), seconds)) == {"a": (), "b": ()}
    world.page("a", "import numpy", "x = 2")
    assert warm() == {"a": expected}


def test_what_no_page_imports_any_more_is_not_loaded(world, warm):
    world.page("a", "import numpy", "x = 1")
    warm(Loaded(("numpy", "torch"), 0.1))
    world.page("a", "import numpy", "x = 2")
    assert warm() == {"a": ("numpy",)}


def test_not_every_run_has_a_parent_of_its_own(world, warm):
    world.page("d", "if 0:\n    import m0, m1, m2")
    for number, name in enumerate("abc"):
        world.page(name, "import numpy", *(["x = 1"] * (number + 1)))
        warm(Loaded((f"m{number}", "numpy"), 0.1))
    for name in "abc":
        world.page(name, "import numpy", *(["x = 2"] * 3))
    assert warm() == {"a": ("numpy",), "b": ("m1", "numpy"), "c": ("m2", "numpy")}


def test_what_optimisers_load_is_loaded_where_they_are_named(world, warm):
    torch = "import importlib.util as torch"
    world.page("a", f"if 0:\n    import torch\n{torch}", "o = 'torch.optim'")
    assert warm() == {"a": ("sympy", "torch", "torch._dynamo")}
    world.page("a", f"if 0:\n    import torch\n{torch}", "o = 'torch.nn'")
    assert warm() == {"a": ("torch",)}


def test_what_optimisers_load_is_not_loaded_for_others_nor_for_one_of_several(world, warm):
    torch = "if 0:\n    import torch\nimport importlib.util as torch"
    for name, last in zip("abcd", ("torch.optim", "torch.optim.Adam", "torch.nn", "x"), strict=True):
        world.page(name, torch, f"o = '{last}'")
    trains = ("sympy", "torch", "torch._dynamo")
    assert warm() == {"a": trains, "b": trains, "c": ("torch",), "d": ("torch",)}
    world.page("b", torch, "o = 'torch.nn.Linear'")
    for name in "acd":
        world.page(name, torch, f"p = '{name} optim'" if name == "a" else f"p = '{name}'")
    assert warm() == dict.fromkeys("abcd", ("torch",))
