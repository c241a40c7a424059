"""Which runs are verified, and in what environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.execute.clean import clean_environment
from etude.execute.plan import Run
from etude.execute.selection import doubtful, incomplete, sample


def runs(count, variants=("",)):
    return [
        Run(f"page-{n:03}", variant, "python3", 0, 1.0, True, (), (), (), n)
        for n in range(count)
        for variant in variants
    ]


@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 10**6))
def test_successive_samples_go_through_all_runs(count, size, seed):
    book = runs(count)
    seen: set[str] = set()
    steps = -(-count // size) if count else 1
    for number in range(steps):
        chosen = sample(book, size, seed + number)
        assert len(chosen) == min(size, count)
        assert len({run.name for run in chosen}) == len(chosen)
        assert [run.name for run in chosen] == sorted(run.name for run in chosen), "in reading order"
        seen |= {run.name for run in chosen}
    assert seen == {run.name for run in book}


def test_a_sample_is_from_all_over_the_book():
    chosen = sample(runs(100), 5, 3)
    assert [int(run.name[5:]) // 20 for run in chosen] == [0, 1, 2, 3, 4]


def test_a_sample_depends_on_the_book_and_the_seed_only():
    book = runs(30, ("numpy", "torch"))
    assert sample(book, 7, 5) == sample(list(book), 7, 5)
    assert sample(book, 7, 5) != sample(book, 7, 6)
    longer = [*book, *runs(31)[30:]]
    assert len(set(map(id, sample(book, 7, 5))) & set(map(id, sample(longer, 7, 5)))) > 0


def test_runs_in_doubt_are_those_that_are_not_wholly_recorded(world):
    world.page("a", "x = 1", "x")
    world.page("b", world.cell("y = 2", expect=("y == 2",)), evals=(("y", 1),))
    plan = world.plan()
    doubt = lambda: [run.name for run in doubtful(plan.runs, incomplete(world.execute("frozen").results))]  # noqa: E731
    assert doubt() == ["a", "b"]
    world.execute()
    assert doubt() == []
    world.page("b", world.cell("y = 2", expect=("y == 2",)), evals=(("y + 1", 1),))
    plan = world.plan()
    assert doubt() == ["b"]
    world.page("b", world.cell("y = 2", expect=("y == 2", "y > 0")), evals=(("y", 1),))
    plan = world.plan()
    assert doubt() == ["b"]


USERS = {
    "HOME": "/home/me",
    "PATH": "/bin",
    "Path": "/bin",
    "PYTHONPATH": "/mine",
    "PYTHONSTARTUP": "/mine/start.py",
    "PYTHONWARNINGS": "error",
    "IPYTHONDIR": "/mine/ipython",
    "MPLCONFIGDIR": "/mine/matplotlib",
    "LC_ALL": "de_DE.UTF-8",
    "LANG": "de_DE.UTF-8",
    "DATA": "/data",
    "XLA_FLAGS": "--fast",
}


def test_nothing_of_the_user_counts_but_what_is_declared():
    clean = clean_environment(USERS, {"DATA"}, empty="/empty")
    assert clean == {
        "HOME": "/home/me",
        "PATH": "/bin",
        "Path": "/bin",
        "DATA": "/data",
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": "/empty",
        "MATPLOTLIBRC": "/empty/matplotlibrc",
        "PYTHONNOUSERSITE": "1",
    }


@pytest.mark.parametrize("name", ["LANG", "XDG_CONFIG_HOME", "PYTHONPATH", "PYTHONNOUSERSITE"])
def test_what_is_declared_goes_before_what_is_clean(name):
    assert clean_environment({name: "own"}, {name}, empty="/empty")[name] == "own"


def test_packages_of_the_user_count_where_etude_is_one_of_them():
    assert "PYTHONNOUSERSITE" not in clean_environment({}, (), empty="/empty", user_site=True)
