"""Early cutoff: equal digests of the state mean that everything later stands."""

from __future__ import annotations

import pytest

from etude.model.protocols import Reply
from tests.execute.conftest import texts


@pytest.fixture
def world(world):
    """A book whose kernels can be copied, and whose cells take a second each."""
    world.copies = world.seen_whole = True
    world.page("a", "x = 2", "y = x * 2", "print(y)", "z = y + 1", "z")
    world.take_time()
    world.execute()
    return world


def test_code_that_does_the_same_runs_alone(world):
    done = world.edit("x = 2", "y = x + x", "print(y)", "z = y + 1", "z")
    assert world.ran == ["x = 2", "y = x + x"]
    assert texts(done) == ["", "", "4", "", "5"]
    world.edit("x = 2", "y = x + x", "print(y)", "z = y + 1", "z")
    assert world.ran == []


def test_code_that_does_something_else_runs_what_is_later(world):
    done = world.edit("x = 2", "y = x * 3", "print(y)", "z = y + 1", "z")
    assert world.ran == ["x = 2", "y = x * 3", "print(y)", "z = y + 1", "z"]
    assert texts(done) == ["", "", "6", "", "7"]


def test_two_edits_run_what_lies_between_only_to_get_there(world):
    done = world.edit("x = 2", "y = x + x", "print(y)", "z = 1 + y", "z")
    assert world.ran == ["x = 2", "y = x + x", "print(y)", "z = 1 + y"]
    assert done.executed == 4
    assert texts(done) == ["", "", "4", "", "5"]


def test_an_output_that_changes_is_new_and_what_is_later_stands(world):
    done = world.edit("x = 2", "y = x * 2", "print(y, y)", "z = y + 1", "z")
    assert world.ran == ["x = 2", "y = x * 2", "print(y, y)"]
    assert texts(done) == ["", "", "4 4", "", "5"]


def test_a_name_more_is_another_state(world):
    world.edit("x = 2", "y = x * 2; w = 1", "print(y)", "z = y + 1", "z")
    assert len(world.ran) == 5


def test_without_a_copy_everything_later_runs(world):
    world.hazards = ("a thread",)
    world.edit("x = 2", "y = x + x", "print(y)", "z = y + 1", "z")
    assert len(world.ran) == 5


def test_what_the_shell_remembers_is_in_no_digest(world):
    world.edit("x = 2", "y = x + x", "print(_)", "z = y + 1", "z")
    world.edit("x = 2", "y = 2 * x", "print(_)", "z = y + 1", "z")
    assert len(world.ran) == 3  # `_` is not known to the fake kernel: the run ends there


def test_a_run_that_is_not_seen_whole_has_no_digests(world):
    world.seen_whole = False
    world.edit("x = 3", "y = x * 2", "print(y)", "z = y + 1", "z")
    world.edit("x = 3", "y = x + x", "print(y)", "z = y + 1", "z")
    assert len(world.ran) == 5


def test_a_module_that_changed_is_another_state(world):
    world.files.content["m.py"] = b"v = 1"

    def reading(kernel):
        world.reads = (("module", "m.py"),)
        world.now += 1.0
        return Reply("ok", (), {}, 1.0, kernel.count)

    cells = ("import m", "y = 1", "print(y)", "z = 5")
    world.page("a", *cells)
    world.take_time()
    world.script["import m"] = reading
    world.execute()
    world.files.content["m.py"] = b"v = 1  # a comment"
    world.execute()
    assert world.ran == []
    world.files.content["m.py"] = b"v = 2"
    world.execute()
    assert world.ran == list(cells)


def test_digests_are_not_taken_where_cells_take_no_time(world):
    asked = []

    class Counting:
        def __bool__(self):
            asked.append(1)
            return False

    world.copies = Counting()
    world.script.clear()
    world.page("b", "a = 1", "b = 2", "c = 3")
    world.execute()
    assert asked == []
