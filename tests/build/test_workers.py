"""Tasks in processes of their own."""

from __future__ import annotations

import os

import pytest

from etude.build.workers import EndedError, Workers


def _number(_: str) -> int:
    return os.getpid()


def test_a_large_task_has_a_process_of_its_own_each_time() -> None:
    with Workers(2) as workers:
        made = {workers.apart(_number, ""), workers.apart(_number, ""), os.getpid()}
    assert 3 == len(made)


def test_with_one_job_it_is_done_here() -> None:
    with Workers(1) as workers:
        assert os.getpid() == workers.apart(_number, "")


def test_a_process_that_is_killed_is_told() -> None:
    with Workers(2) as workers, pytest.raises(EndedError):
        workers.apart(os._exit, 9)
