"""The scheduler: what begins when, beside what, and how long it all takes."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.execute.schedule import Machine, Needs, Placed, Schedule, Task, choose, fitted, in_order, time_left

GB = 10**9


def tasks(*items):
    """Tasks from (name, seconds, needs)."""
    return [Task(name, needs, seconds) for name, seconds, needs in items]


def played(made, machine, lasts=None):
    """Play a schedule: when each task began and ended, and on which GPUs; `lasts` is how long each takes."""
    schedule = Schedule(made, machine)
    lasts = lasts or {task.what: task.seconds or 1.0 for task in made}
    now, times, log = 0.0, {}, []
    while True:
        while (placed := schedule.start(now)) is not None:
            log.append((placed, tuple(schedule.running), schedule.waiting, now))
        if not schedule.running:
            return times, log
        first = min(schedule.running, key=lambda placed: placed.started + lasts[placed.task.what])
        now = first.started + lasts[first.task.what]
        times[first.task.what] = (first.started, now, first.gpus)
        schedule.done(first)


# ---- by example


def test_the_longest_begin_first_and_before_them_what_was_never_timed():
    made = tasks(("a", 1, Needs()), ("b", 3, Needs()), ("new", None, Needs()), ("c", 2, Needs()))
    assert ["new", "b", "c", "a"] == [task.what for task in in_order(made)]
    times, _ = played(made, Machine(slots=1, cpus=8))
    assert ["new", "b", "c", "a"] == sorted(times, key=times.__getitem__)


def test_no_more_at_a_time_than_there_are_slots_though_processors_are_free():
    _, log = played(tasks(*((n, 1, Needs(0.1)) for n in range(9))), Machine(slots=2, cpus=8))
    assert 2 == max(len(running) for _, running, _, _ in log)


def test_memory_is_shared_out():
    big, small = Needs(1, 6 * GB), Needs(1, 1 * GB)
    made = tasks(("a", 9, big), ("b", 8, big), ("c", 1, small))
    times, _ = played(made, Machine(slots=4, cpus=4, memory=8 * GB))
    assert (0, 9, ()) == times["a"]
    assert (9, 17, ()) == times["b"]
    assert 0 == times["c"][0], "it is over long before `b` can begin"


def test_what_is_large_is_not_put_off_by_what_is_small():
    large, small = Needs(4), Needs(1)
    made = tasks(("first", 10, Needs(1)), ("large", 8, large), *((n, 6, small) for n in range(6)))
    times, _ = played(made, Machine(slots=4, cpus=4))
    assert 10 == times["large"][0], "it begins when the first ends"
    assert [0, 0, 0] == sorted(times[n][0] for n in range(6))[:3], "these are over by then"
    assert all(times[n][0] >= 18 for n in range(6) if times[n][0] > 0)


def test_what_fits_beside_the_large_one_does_not_wait():
    made = tasks(
        ("first", 10, Needs(3)), ("large", 9, Needs(3)), ("new", 8.5, Needs(1)), ("other", 8.4, Needs(1))
    )
    times, _ = played(made, Machine(slots=4, cpus=4))
    assert (0, 10) == (times["new"][0], times["large"][0])
    made = tasks(("first", 10, Needs(3)), ("large", 9, Needs(4)), ("long", 8.5, Needs(1)))
    times, _ = played(made, Machine(slots=4, cpus=4), {"first": 5, "large": 9, "long": 8.5})
    assert 0 == times["long"][0], "it was expected to be over in time"


def test_who_needs_more_than_there_is_runs_alone():
    made = tasks(("huge", 5, Needs(64, 100 * GB)), ("a", 9, Needs(0.1)), ("b", 1, Needs(0.1)))
    times, log = played(made, Machine(slots=4, cpus=4, memory=8 * GB))
    for placed, running, _, _ in log:
        assert placed.task.what != "huge" or running == (placed,)
        assert len(running) == 1 or all(item.task.what != "huge" for item in running)
    assert {"huge", "a", "b"} == set(times)


def test_unknown_memory_keeps_nobody_waiting():
    made = tasks(*((n, 1, Needs(1, GB)) for n in range(2)))
    times, _ = played(made, Machine(slots=2, cpus=2))
    assert [0, 0] == [start for start, _, _ in times.values()]


def test_gpus_are_given_whole_or_shared():
    half, one, two = Needs(1, gpus=0.5), Needs(1, gpus=1), Needs(1, gpus=2)
    machine = Machine(slots=8, cpus=8, gpus=("0", "1"))
    times, _ = played(tasks(("a", 4, half), ("b", 3, one), ("c", 2, half), ("d", 1, two)), machine)
    assert ((0,), (1,), (0,)) == (times["a"][2], times["b"][2], times["c"][2])
    assert (4, (0, 1)) == (times["d"][0], times["d"][2])


def test_runs_without_gpus_go_on_beside_those_with():
    machine = Machine(slots=4, cpus=4, gpus=("0",))
    made = tasks(("a", 5, Needs(1, gpus=1)), ("b", 4, Needs(1, gpus=1)), ("c", 3, Needs(1)))
    times, _ = played(made, machine)
    assert (5, 0) == (times["b"][0], times["c"][0])


def test_a_task_that_lost_its_turn_gets_the_next_one():
    schedule = Schedule(tasks(("a", 9, Needs()), ("b", 8, Needs()), ("c", 7.5, Needs())), Machine(2, 2))
    a, b = schedule.start(0), schedule.start(0)
    schedule.again(Task("a", Needs(alone=True), 9))
    schedule.done(a)
    assert schedule.start(1) is None, "it is to be alone"
    schedule.done(b)
    assert "a" == schedule.start(2).task.what
    assert schedule.start(2) is None


# ---- time that is left


@pytest.mark.parametrize(
    ("seconds", "slots", "left"),
    [((), 2, 0), ((5,), 2, 5), ((4, 3, 2, 1), 2, 5), ((4, 3, 2, 1), 1, 10), ((9, 1, 1), 2, 9)],
)
def test_the_time_that_is_left(seconds, slots, left):
    made = in_order(tasks(*((n, s, Needs()) for n, s in enumerate(seconds))))
    assert left == time_left(made, (), Machine(slots, slots), 0.0)


def test_the_time_that_is_left_of_what_runs():
    machine = Machine(2, 2)
    running = [Placed(Task("a", Needs(), 10), 0.0), Placed(Task("late", Needs(), 3), 0.0)]
    waiting = tasks(("b", 4, Needs()))
    assert 6 == time_left(waiting, running, machine, 4.0), "the late one is taken to end now"
    assert time_left(tasks(("b", None, Needs())), running, machine, 4.0) is None
    assert time_left(waiting, [Placed(Task("x"), 0.0)], machine, 4.0) is None


# ---- whatever the tasks


machines = st.builds(
    Machine,
    slots=st.sampled_from((1, 2, 3, 5, 8)),
    cpus=st.sampled_from((1.0, 1.5, 4.0, 8.0)),
    memory=st.sampled_from((0, 10, 20)),
    gpus=st.integers(0, 3).map(lambda count: tuple(map(str, range(count)))),
)
needs = st.builds(
    Needs,
    cpus=st.sampled_from((0.0, 0.1, 0.3, 1.0, 2.0, 3.0, 16.0)),
    memory=st.integers(0, 14),
    gpus=st.sampled_from((0.0, 0.0, 0.0, 0.1, 0.5, 1.0, 2.0)),
)
lengths = st.one_of(st.floats(0.1, 50), st.integers(1, 5).map(float))
durations = st.one_of(st.none(), lengths)


@st.composite
def books(draw):
    """A machine, tasks that it can run, and how long each really takes."""
    machine = draw(machines)
    drawn = draw(
        st.lists(st.tuples(needs, durations, lengths), min_size=draw(st.sampled_from((0, 8))), max_size=14)
    )
    made = [
        Task(number, need, seconds)
        for number, (need, seconds, _) in enumerate(drawn)
        if math.ceil(need.gpus) <= len(machine.gpus)
    ]
    return machine, made, {number: lasts for number, (_, _, lasts) in enumerate(drawn)}


@given(books())
def test_everything_runs_once_and_the_machine_is_never_over_its_capacity(book):
    machine, made, lasts = book
    times, log = played(made, machine, lasts)
    assert {task.what for task in made} == set(times)
    assert len(log) == len(made)
    for _, running, _, _ in log:
        needed = [placed.task.needs for placed in running]
        assert len(running) <= machine.slots
        assert sum(need.cpus for need in needed) <= machine.cpus + 1e-6
        assert not machine.memory or sum(need.memory for need in needed) <= machine.memory
        for gpu in range(len(machine.gpus)):
            taken = [min(1, p.task.needs.gpus) for p in running if gpu in p.gpus]
            assert sum(taken) <= 1 + 1e-6
        for placed in running:
            assert len(placed.gpus) == math.ceil(placed.task.needs.gpus)
            assert len(running) == 1 or not placed.task.needs.alone


def before(log):
    """Of each start: what began, what ran then, the first that waited and was passed by it, the time."""
    for placed, running, waiting, now in log:
        first = next(iter(waiting), None)
        if first is not None and in_order([placed.task, first])[0] is first:
            yield placed, [item for item in running if item is not placed], first, now


@given(books())
def test_the_first_in_line_is_only_passed_when_it_does_not_fit(book):
    machine, made, lasts = book
    _, log = played(made, machine, lasts)
    for _, others, first, now in before(log):
        assert choose([first], others, machine, now) is None


@given(books())
def test_something_runs_as_long_as_something_waits(book):
    machine, made, lasts = book
    schedule = Schedule(made, machine)
    now = itertools.count()
    while schedule.waiting:
        while schedule.start(next(now)) is not None:
            pass
        assert schedule.running
        # All that is held back would delay the first in line, or does not fit.
        if len(schedule.running) < machine.slots and schedule.waiting:
            assert choose(schedule.waiting[:1], schedule.running, machine, next(now)) is None
        schedule.done(min(schedule.running, key=lambda placed: lasts[placed.task.what]))


@given(books())
def test_with_exact_estimates_nothing_that_passes_delays_the_first_in_line(book):
    machine, made, lasts = book
    made = [Task(task.what, task.needs, lasts[task.what]) for task in made]
    times, log = played(made, machine, lasts)
    promised: dict[int, float] = {}
    for _, running, first, _ in before(log):
        # When it would begin if nothing else did.
        while choose([first], running, machine, 0.0) is None:
            over = min(running, key=lambda placed: placed.started + lasts[placed.task.what])
            running.remove(over)
        promised.setdefault(first.what, over.started + lasts[over.task.what])
    for what, when in promised.items():
        assert times[what][0] <= when + 1e-6


@given(books())
def test_the_time_that_is_left_is_the_time_it_takes(book):
    machine, made, lasts = book
    made = [Task(task.what, task.needs, lasts[task.what]) for task in made]
    times, _ = played(made, machine, lasts)
    line = in_order(fitted(task, machine) for task in made)
    end = max((end for _, end, _ in times.values()), default=0.0)
    assert time_left(line, (), machine, 0.0) == pytest.approx(end, abs=1e-6)
