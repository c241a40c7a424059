"""States that one worker writes and another takes over: later cells see no difference."""

import sys

import pytest

from .bench import Bench
from .carried_states import CARRIED, OTHERS, REFUSED

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="lean workers are of Linux"),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    made = Bench(tmp_path_factory.mktemp("bench"))
    yield made
    made.kernels.close()


@pytest.mark.parametrize("name", CARRIED)
def test_later_cells_see_no_difference(bench, name):
    cell, later = CARRIED[name]
    here, there = bench.carry([cell], [later])
    assert here == there
    assert here


@pytest.mark.parametrize("name", OTHERS)
def test_what_comes_back_as_another_state_is_not_trusted(bench, name):
    found, why = bench.carry([OTHERS[name]], ["1"])
    assert "" == found
    assert why.startswith("other digest")


@pytest.mark.parametrize("name", REFUSED)
def test_in_doubt_nothing_is_written(bench, name):
    found, why = bench.carry([REFUSED[name]], ["1"])
    assert "" == found
    assert why


def test_a_limit_is_kept(bench):
    found, why = bench.carry(["x = bytearray(100_000)"], ["1"], limit=50_000)
    assert ("", "it is too large") == (found, why)


def test_a_damaged_file_is_not_loaded(bench):
    kernel = bench.start()
    path = bench.folder / "damaged"
    path.write_bytes(b"cos\nsystem\n(S'echo'\ntR.")
    assert "the file is damaged" == kernel.restore(str(path), "0" * 32)
    kernel.close()
