"""What this machine has to give: processors, memory, GPUs; less where a container holds us to less."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Capacity", "capacity", "cores", "free_memory", "reserve_of", "threads_each"]

_ROOT: Final = Path("/")
_RESERVE: Final = 0.05
"""The share of the memory that runs leave to others, within these bounds."""
_LEAST, _MOST = 256 * 10**6, 2 * 10**9


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the runs of a build may have together."""

    cpus: float
    memory: int
    """Bytes that are free now, without the reserve; 0 where that cannot be found."""
    total: int
    """Bytes of memory that it has; 0 where that cannot be found."""
    reserve: int
    """Bytes that are left to others."""
    gpus: tuple[str, ...]
    """As `CUDA_VISIBLE_DEVICES` names them."""


def capacity(environment: Mapping[str, str], root: Path = _ROOT) -> Capacity:
    """What there is; `environment` may show fewer GPUs than there are. `root` is another one in tests."""
    total, free = _memory(root)
    reserve = reserve_of(total)
    return Capacity(_cpus(root), max(0, free - reserve), total, reserve, _gpus(environment, root))


def cores(root: Path = _ROOT) -> int:
    """How many processors this process may keep busy."""
    return max(1, int(_cpus(root)))


def threads_each(jobs: int) -> int:
    """Computing threads for each of `jobs` kernels."""
    return max(1, cores() // max(1, jobs))


def reserve_of(total: int) -> int:
    """Bytes of memory that runs leave to others."""
    return min(max(_LEAST, int(total * _RESERVE)), _MOST, total // 2)


def free_memory(root: Path = _ROOT) -> int:
    """Bytes that can be had now; 0 where that cannot be found."""
    return _memory(root)[1]


def _cpus(root: Path) -> float:
    try:
        count = float(len(os.sched_getaffinity(0)))
    except AttributeError:  # not on every system
        count = float(os.cpu_count() or 1)
    for folder in _groups(root, "cpu"):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if not quota:
            quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        # No quota is ``max``, or -1.
        if quota.isdecimal() and period.isdecimal() and int(period):
            count = min(count, int(quota) / int(period))
    return count


def _memory(root: Path) -> tuple[int, int]:
    """Bytes in all, and bytes that can be had."""
    told = _text(root / "proc/meminfo")
    total = _number(r"^MemTotal:\s+(\d+) kB", told) * 1024
    free = _number(r"^MemAvailable:\s+(\d+) kB", told) * 1024
    for folder in _groups(root, "memory"):
        limit, used = _text(folder / "memory.max"), _text(folder / "memory.current")
        if not limit:
            limit = _text(folder / "memory.limit_in_bytes")
            used = _text(folder / "memory.usage_in_bytes")
        # Version 1 has a huge number for no limit, version 2 a word.
        if limit.isdecimal() and used.isdecimal() and (not total or int(limit) < total):
            # What was read of files is let go when it is needed.
            kept = _number(r"^(?:total_)?inactive_file (\d+)$", _text(folder / "memory.stat"))
            room = int(limit) - int(used) + kept
            free = max(0, min(free, room) if total else room)
            total = int(limit)
    return total, free


def _gpus(environment: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """NVIDIA's GPUs, or those among them that the user's environment shows."""
    shown = environment.get("CUDA_VISIBLE_DEVICES")
    numbers = sorted(
        int(match[1])
        for path in (root / "dev").glob("nvidia[0-9]*")
        if (match := re.fullmatch(r"nvidia(\d+)", path.name))
    )
    # CUDA counts those that it finds, whatever their files are called.
    there = tuple(str(number) for number in range(len(numbers)))
    if shown is None:
        return there
    named: list[str] = []
    for name in (part.strip() for part in shown.split(",")):
        # As CUDA has it: what comes after a name that is none does not count.
        if not name or (name.lstrip("-").isdecimal() and name not in there):
            break
        named.append(name)
    return tuple(named) if there else ()


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of the control groups that this process is in, for a controller, up to the root."""
    mount = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if number == "0" and not names:
            top = mount
        elif controller in names.split(","):
            top = mount / controller
        else:
            continue
        # In a container the path may be that of the host: the mount itself is ours then.
        folder = top / path.lstrip("/")
        while folder != top:
            yield folder
            folder = folder.parent
        yield top


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _number(pattern: str, text: str) -> int:
    match = re.search(pattern, text, re.MULTILINE)
    return int(match[1]) if match else 0
