"""The time that is left, as it is told while runs go on."""

from __future__ import annotations

import pytest

from etude.execute.schedule import Machine
from etude.model.progress import CellFinished, RunFinished, TimeLeft
from etude.model.protocols import Reply


def slow(world, code, seconds):
    """A cell that takes some time, here and by the clock."""

    def run(_kernel):
        world.now += seconds
        return Reply("ok", (), {}, seconds)

    world.script[code] = run


def told(world):
    """What is left after each thing that happened."""
    return [event.seconds for event in world.events if isinstance(event, TimeLeft)]


@pytest.fixture
def book(world):
    """Three runs of 6, 3 and 1 seconds that ran once."""
    for code, seconds in (("f()", 2.0), ("g()", 3.0), ("h()", 1.0)):
        slow(world, code, seconds)
    world.page("a", "f()", "f()", "f()")
    world.page("b", "g()")
    world.page("c", "h()")
    world.execute()
    return world


def test_nothing_is_told_of_what_never_ran(book):
    assert [] == told(book)


def test_one_after_the_other(book):
    book.execute("force")
    # At the start, after each cell of a; then the same for the two others. Ends come too soon after cells.
    assert [10.0, 8.0, 6.0, 4.0, 1.0, 0.0] == told(book)


def test_the_cells_that_are_done_count_not_the_time_they_took(book):
    slow(book, "f()", 20.0)
    book.execute("force")
    assert [10.0, 8.0, 6.0, 4.0, 1.0, 0.0] == told(book)


def test_two_at_a_time(book):
    book.machine = Machine(slots=2, cpus=2.0)
    book.execute("force")
    # The pool of this test runs one after the other all the same; the forecast is that of two at a time.
    assert [6.0, 4.0, 3.0, 3.0] == told(book)[:4]


def test_as_long_as_something_new_is_at_work_nobody_knows(book):
    slow(book, "n()", 5.0)
    book.page("d", "n()", "n()")
    book.execute("force")
    first = next(n for n, event in enumerate(book.events) if isinstance(event, TimeLeft))
    assert {"d"} == {event.page for event in book.events[:first] if isinstance(event, CellFinished)}
    assert [10.0, 8.0] == told(book)[:2]


def test_failing_runs_are_over(book):
    book.script["f()"] = Reply("error", (), {}, 0.5, 1)
    book.execute("force")
    assert ["failed", "ok", "ok"] == [e.status for e in book.events if isinstance(e, RunFinished)]
    assert 0.0 == told(book)[-1]
