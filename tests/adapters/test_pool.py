"""The pool: what it runs and when, and how it stops."""

from __future__ import annotations

import threading

import pytest

from etude.adapters.pool import ThreadPool
from etude.execute.schedule import Machine, Needs, Schedule, Task


def numbers(count, slots=2, **needs):
    return Schedule([Task(n, Needs(**needs)) for n in range(count)], Machine(slots=slots, cpus=slots))


def test_everything_is_run_once():
    assert [0, 1, 2, 3, 4] == sorted(ThreadPool(2).run(numbers(5), lambda placed: placed.task.what))


def test_nothing_to_do():
    assert [] == ThreadPool(3).run(numbers(0), str)


def test_the_next_begins_as_soon_as_one_ends():
    """Three tasks on two slots: the third begins while the first still works."""
    third = threading.Event()
    begun = []

    def work(placed):
        begun.append(placed.task.what)
        if placed.task.what == 0:
            assert third.wait(20)
        if placed.task.what == 2:
            third.set()

    ThreadPool(2).run(numbers(3), work)
    assert [0, 1, 2] == sorted(begun)


def test_no_more_run_at_a_time_than_the_schedule_says():
    running, most = [0], [0]
    lock = threading.Lock()
    two = threading.Barrier(2)

    def work(_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        two.wait(20)
        with lock:
            running[0] -= 1

    ThreadPool(6).run(numbers(6, slots=2), work)
    assert most == [2]


def test_a_task_may_be_put_back():
    schedule = numbers(2)
    tried = []

    def work(placed):
        tried.append(placed.task.what)
        if tried.count(0) == 1 and placed.task.what == 0:
            schedule.again(placed.task)

    ThreadPool(2).run(schedule, work)
    assert [0, 0, 1] == sorted(tried)


def test_an_exception_ends_what_others_wait_for_and_is_raised():
    stop = threading.Event()
    begun = []

    def work(placed):
        begun.append(placed.task.what)
        if placed.task.what == 0:
            raise ValueError("bad")
        stop.wait(20)

    with pytest.raises(ValueError, match="bad"):
        ThreadPool(2, stop.set).run(numbers(10), work)
    assert stop.is_set()
    assert len(begun) < 10


def test_tasks_in_a_line_give_results_in_their_order():
    begun = []
    second = threading.Event()

    def work(number):
        begun.append(number)
        if number == 0:
            assert second.wait(20)
        if number == 1:
            second.set()
        return number * number

    assert (0, 1, 4, 9) == ThreadPool(2).map(work, [0, 1, 2, 3])
    assert () == ThreadPool(2).map(work, [])
    with pytest.raises(ZeroDivisionError):
        ThreadPool(1).map(lambda number: 1 // number, [1, 0, 2])
