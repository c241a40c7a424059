"""The pool: order, how many at a time, and how it stops."""

from __future__ import annotations

import threading
import time

import pytest

from etude.adapters.pool import ThreadPool, cores, threads_each


def test_results_come_in_order():
    assert ThreadPool(3).map(lambda n: (time.sleep(0.03 / n), n)[1], [1, 2, 3]) == (1, 2, 3)


def test_nothing_to_do():
    assert ThreadPool(3).map(str, []) == ()


def test_no_more_than_allowed_run_at_a_time():
    running, most = [0], [0]
    lock = threading.Lock()

    def work(_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1

    ThreadPool(2).map(work, range(6))
    assert most == [2]


def test_an_exception_ends_what_others_wait_for_and_is_raised():
    stop = threading.Event()
    begun = []

    def work(number):
        begun.append(number)
        if number == 0:
            raise ValueError("bad")
        stop.wait(20)
        return number

    with pytest.raises(ValueError, match="bad"):
        ThreadPool(2, stop.set).map(work, range(10))
    assert stop.is_set()
    assert len(begun) < 10


def test_threads_are_shared():
    assert threads_each(1) == cores()
    assert threads_each(10_000) == 1
    assert threads_each(0) == cores()
