"""Going on from frozen copies: only what lies behind the copy runs, and results are as from nothing."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from etude.execute.schedule import Machine
from etude.execute.snapshots import Snapshots
from etude.model.protocols import Usage
from tests.execute.conftest import texts


@pytest.fixture
def world(world):
    """A book whose cells take a second each, and whose kernels stay."""
    world.copies = world.seen_whole = True
    world.snapshots = Snapshots(lambda: 10**9, 0)
    world.page("a", "x = 2", "y = x * 2", "print(y)", "z = y + 1", "z")
    world.take_time()
    world.execute()
    return world


def test_a_run_goes_on_before_the_edited_cell(world):
    done = world.edit("x = 2", "y = x * 2", "print(y + 1)", "z = y + 2", "z")
    assert world.ran == ["print(y + 1)", "z = y + 2", "z"]
    assert texts(done) == ["", "", "5", "", "6"]
    assert not world.opened, "no kernel is started"


def test_a_cell_that_fails_is_mended_without_running_those_before(world):
    failed = world.edit("x = 2", "y = x * 2", "print(w)", "z = y + 1", "z")
    assert ["cell-error"] == [problem.rule for problem in failed.diagnostics]
    done = world.edit("x = 2", "y = x * 2", "print(y, y)", "z = y + 1", "z")
    assert world.ran == ["print(y, y)"]
    assert texts(done) == ["", "", "4 4", "", "5"]


def test_a_cell_is_added_at_the_end(world):
    done = world.edit("x = 2", "y = x * 2", "print(y)", "z = y + 1", "z", "z + x")
    assert world.ran == ["z + x"]
    assert texts(done)[-1] == "7"


def test_a_cell_put_in_at_the_top_is_a_new_kernel(world):
    world.edit("1 + 1", "x = 2", "y = x * 2", "print(y)", "z = y + 1", "z")
    assert world.ran == ["1 + 1", "x = 2"]
    world.edit("1 + 1", "x = 2", "y = x * 2", "print(y)", "z = y + 1", "z + 3")
    assert world.ran == ["y = x * 2", "print(y)", "z = y + 1", "z + 3"], "the new kernel ran two cells"


def test_a_kernel_that_ran_other_text_shows_no_source(world):
    world.edit("x = 2", "y = x + x", "print(y)", "z = y + 1", "z")
    assert world.ran == ["y = x + x"], "the state is the same"
    done = world.edit("x = 2", "y = x + x", "print(y)", "z = y + 1", "z + w")
    assert world.ran == ["z + w", "x = 2", "y = x + x", "print(y)", "z = y + 1", "z + w"]
    assert ["cell-error"] == [problem.rule for problem in done.diagnostics]


def test_what_was_changed_before_a_copy_is_run(world):
    done = world.edit("x = 3", "y = x * 2", "print(y)", "z = y + 1", "z")
    assert world.ran == ["x = 3", "y = x * 2", "print(y)", "z = y + 1", "z"]
    assert texts(done) == ["", "", "6", "", "7"]


def test_a_run_that_wrote_files_leaves_no_copies(world):
    world.touched = True
    world.edit("x = 3", "y = x * 2", "print(y)", "z = y + 1", "z")
    world.edit("x = 3", "y = x * 2", "print(y)", "z = y + 1", "z + 1")
    assert len(world.ran) == 5
    assert world.opened


def test_copies_that_are_gone_are_missed_by_nobody(world):
    world.lost = True
    done = world.edit("x = 2", "y = x * 2", "print(y)", "z = y + 1", "z + 1")
    assert world.ran == ["x = 2", "y = x * 2", "print(y)", "z = y + 1", "z + 1"]
    assert texts(done)[-1] == "6"


def test_other_surroundings_are_another_kernel(world):
    world.environment["PATH_TO"] = "elsewhere"
    world.edit("x = 2", "y = x * 2", "print(y)", "z = y + 1", "z + 1")
    assert len(world.ran) == 5
    assert world.opened


class Idle:
    """Sees runs that wait for something, the longer the later they are."""

    seconds = 8.0

    @contextmanager
    def over(self, *_):
        self.seconds /= 2
        yield lambda: Usage(peak=1000, seconds=self.seconds)


def test_how_busy_the_run_was_is_no_matter_to_its_kernel(world):
    world.machine, world.watch = Machine(cpus=4.0, slots=2), Idle()
    world.execute("force")
    for last in ("z + 1", "z + 2"):
        world.edit("x = 2", "y = x * 2", "print(y)", "z = y + 1", last)
        assert [last] == world.ran


def test_everything_anew_is_everything(world):
    world.execute("force")
    assert len(world.ran) == 5


def test_cells_that_take_no_time_are_not_copied(world):
    for last in ("p + q", "p - q"):
        world.page("b", "p = 1", "q = 2", last)
        world.take_time(0.001)
        world.execute()
    assert world.ran == ["p = 1", "q = 2", "p - q"]


@pytest.mark.parametrize("most", [1, 2, 4])
def test_so_many_copies_are_kept(world, most):
    world.snapshots.close()
    world.snapshots = Snapshots(lambda: 10**9, 0, most=most)
    world.execute("force")
    kept = [item for one in world.snapshots._kept.values() for item in one.snapshots]
    assert most == len(kept)
    assert not any(item.copy.closed for item in kept)


def test_where_memory_is_short_the_cheapest_copies_of_the_oldest_run_go(world):
    world.snapshots.close()
    world.snapshots = Snapshots(lambda: 1000, 1150)
    world.execute("force")
    (kept,) = world.snapshots._kept.values()
    assert len(kept.snapshots) == 2, "each of the others gave 100 bytes back"


def test_closing_ends_what_it_has(world):
    (kept,) = world.snapshots._kept.values()
    copies = [item.copy for item in kept.snapshots]
    world.snapshots.close()
    assert kept.desk.kernel.closed
    assert all(item.closed for item in copies)
    world.edit("x = 2", "y = x * 2", "print(y)", "z = y + 1", "z + 1")
    assert len(world.ran) == 5
