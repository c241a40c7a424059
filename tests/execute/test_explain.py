"""Why a run would run."""

from __future__ import annotations

import pytest

from etude.execute.explain import explain
from etude.model.config import ExecuteConfig
from etude.model.protocols import Reply


def why(world, name="a"):
    found = next(item for item in explain(world.plan(), world.store) if item.name == name)
    return found.cell, found.reasons


def test_what_never_ran(world):
    world.page("a", "x = 1")
    assert why(world) == (0, ("it never ran",))


def test_what_is_fresh(world):
    world.page("a", "x = 1", "y = 2")
    world.execute()
    (found,) = explain(world.plan(), world.store)
    assert (found.fresh, found.cells, found.stored, found.place, found.reasons) == (True, 2, 2, None, ())
    assert found.seconds == 1.0


def test_a_changed_cell(world):
    world.page("a", "x = 1", "y = 2", "z = 3")
    world.execute()
    world.page("a", "x = 1", "y = 3", "z = 3")
    assert why(world) == (1, ("its code changed (`y`)",))
    place = explain(world.plan(), world.store)[0].place
    assert "y = 3" in place.span.slice(world.files.read(place.path).decode())


def test_changed_code_is_told_by_what_it_binds(world):
    world.page("a", "import os\ndef f(): return 1\nfor k in (1, 2): t = k\nprint(t)")
    world.execute()
    world.page("a", "import os.path as p\ndef f(): return 2\nfor k in (1, 2): t = k + 1\nprint(t, t)")
    assert why(world) == (0, ("its code changed (`f`, `k`, `os`, `p`, `t`)",))
    world.page("a", "import os\ndef f(): return 1\nfor k in (1, 2): t = k\nprint(t, 1)")
    assert why(world) == (0, ("its code changed",))


def test_a_new_cell(world):
    world.page("a", "x = 1")
    world.execute()
    world.page("a", "x = 1", "y = 3")
    assert why(world) == (1, ("the cell is new",))


def test_a_new_eval(world):
    world.page("a", "x = 1")
    world.execute()
    world.page("a", "x = 1", evals=(("x", 1),))
    assert why(world) == (0, ("a value is asked for that is not stored: `x`",))


@pytest.mark.parametrize(
    ("change", "cell", "reason"),
    [
        (lambda w: w.files.content.update({"data/a.csv": b"2"}), 0, "the input `data/*.csv` changed"),
        (lambda w: w.environment.update(HOST="b"), 0, "the environment variable `HOST` changed"),
        (lambda w: w.files.content.update({"tool.py": b"2"}), 1, "the module `tool` changed"),
        (lambda w: w.files.content.pop("tool.py"), 1, "the module `tool` is not used any more"),
        (
            lambda w: w.page("0", w.cell("v = 2", save="m")),
            1,
            "the library's module `lib.m` changed",
        ),
        (lambda w: w.files.content.update({"zh/t.csv": b"2"}), 1, "the file `t.csv` changed"),
        (lambda w: w.files.content.update({"zh/u.csv": b"2"}), 1, "the file `u.csv` is used now"),
    ],
)
def test_changes_are_named(world, change, cell, reason):
    world.library_name = "lib"
    world.environment = {"HOST": "a"}
    world.execution = ExecuteConfig(inputs=("data/*.csv",), environment=("HOST",))
    world.files.content |= {"data/a.csv": b"1", "tool.py": b"1", "zh/t.csv": b"1"}
    code = "import tool\nfrom lib import m\nopen('t.csv'), 'u.csv'"
    world.script[code] = Reply("ok", (), {}, 1.0)
    world.page("0", world.cell("v = 1", save="m"))
    world.page("a", "x = 1", code)
    world.execute()
    change(world)
    assert (cell, (reason,)) == why(world)


def test_what_failed(world):
    world.page("a", "x = 1", "1 / 0", "y = 1")
    world.execute()
    assert why(world) == (1, ("it failed when it ran last",))


def test_what_was_lost(world):
    world.page("a", "x = 1")
    world.execute()
    world.store.prune("cell", ())
    assert why(world) == (0, ("its result is not stored any more",))


def test_a_comment_in_code_that_is_shown(world):
    world.page("a", world.cell("1 / 0", tags=("raises-exception",)))
    world.execute()
    world.page("a", world.cell("1 / 0  # why", tags=("raises-exception",)))
    shown = "its outputs show the code as it stands, and a comment or a line of it changed"
    assert why(world) == (0, (shown,))
