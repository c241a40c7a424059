"""What a machine has to give, read from trees as Linux has them."""

from __future__ import annotations

import os

import pytest

from etude.adapters.machine import capacity, cores, free_memory, reserve_of, threads_each

GB = 10**9
STAT = f"x 1\ninactive_file {GB}\n"
MEMINFO = "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8000000 kB\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Write files of a machine with four processors; gives what it has."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)

    def made(files=(), **environment):
        for name, text in {"proc/meminfo": MEMINFO, **dict(files)}.items():
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return capacity(environment, tmp_path)

    return made


def test_a_machine_of_ones_own(machine, tmp_path):
    found = machine()
    assert (4.0, 16_384_000_000, ()) == (found.cpus, found.total, found.gpus)
    assert 8_192_000_000 == found.memory + found.reserve
    assert (4, 8_192_000_000) == (cores(tmp_path), free_memory(tmp_path))


@pytest.mark.parametrize(
    ("group", "files", "cpus"),
    [
        ("0::/a/b", {"a/b/cpu.max": "150000 100000"}, 1.5),
        ("0::/a/b", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"}, 2),
        ("0::/on/the/host", {"cpu.max": "100000 100000"}, 1),
        ("0::/", {"cpu.max": "max 100000"}, 4),
        ("0::/", {"cpu.max": "900000 100000"}, 4),
        ("3:cpu,cpuacct:/x", {"cpu/x/cpu.cfs_quota_us": "50000", "cpu/x/cpu.cfs_period_us": "100000"}, 0.5),
        ("3:cpu:/x", {"cpu/x/cpu.cfs_quota_us": "-1", "cpu/x/cpu.cfs_period_us": "100000"}, 4),
        ("3:cpuset:/x\nnonsense", {"cpu/x/cpu.cfs_quota_us": "1", "cpu/x/cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_processors_in_a_container(machine, tmp_path, group, files, cpus):
    placed = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    assert cpus == machine({"proc/self/cgroup": group, **placed}).cpus
    assert max(1, int(cpus)) == cores(tmp_path)


@pytest.mark.parametrize(
    ("group", "files", "total", "free"),
    [
        (
            "0::/a",
            {"a/memory.max": f"{4 * GB}", "a/memory.current": f"{3 * GB}", "a/memory.stat": STAT},
            4 * GB,
            2 * GB,
        ),
        ("0::/a", {"a/memory.max": "max", "a/memory.current": "5"}, 16_384_000_000, 8_192_000_000),
        (
            "4:memory:/a",
            {
                "memory/a/memory.limit_in_bytes": f"{2 * GB}",
                "memory/a/memory.usage_in_bytes": f"{3 * GB}",
                "memory/a/memory.stat": "inactive_file 1\ntotal_inactive_file 2\n",
            },
            2 * GB,
            0,
        ),
        (
            "4:memory:/a",
            {"memory/a/memory.limit_in_bytes": "9223372036854771712", "memory/a/memory.usage_in_bytes": "1"},
            16_384_000_000,
            8_192_000_000,
        ),
    ],
)  # fmt: skip
def test_memory_in_a_container(machine, tmp_path, group, files, total, free):
    placed = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    found = machine({"proc/self/cgroup": group, **placed})
    assert (total, free) == (found.total, free_memory(tmp_path))
    assert max(0, free - found.reserve) == found.memory


def test_where_nothing_can_be_found(machine):
    found = machine({"proc/meminfo": ""})
    assert (0, 0, 0) == (found.memory, found.total, found.reserve)


@pytest.mark.parametrize(
    ("shown", "gpus"),
    [
        (None, ("0", "1", "2")),
        ("", ()),
        ("2", ("2",)),
        ("1, 0", ("1", "0")),
        ("0,-1,2", ("0",)),
        ("7", ()),
        ("GPU-8932f937-d72c,1", ("GPU-8932f937-d72c", "1")),
    ],
)
def test_gpus(machine, shown, gpus):
    names = ("nvidia0", "nvidia1", "nvidia3", "nvidiactl", "nvidia-uvm", "nvidia-caps")
    environment = {} if shown is None else {"CUDA_VISIBLE_DEVICES": shown}
    assert gpus == machine({f"dev/{name}": "" for name in names}, **environment).gpus


def test_no_gpus_are_there_because_a_variable_names_some(machine):
    assert () == machine(CUDA_VISIBLE_DEVICES="0,1").gpus


def test_the_reserve_has_bounds():
    assert [0, GB // 4, 256 * 10**6, 800_000_000, 2 * GB] == [
        reserve_of(total) for total in (0, GB // 2, 4 * GB, 16 * GB, 999 * GB)
    ]


def test_threads_are_shared(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(9)), raising=False)
    assert [cores(), cores() // 2, 1] == [threads_each(n) for n in (0, 2, 10_000)]
