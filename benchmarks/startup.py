"""How long `etude --help` takes, and which imports it spends that on: `python -m benchmarks.startup`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.measure import Sample, run
from benchmarks.report import Medians, machine, megabytes, plain, store, table

TOP = 10
HELP = (sys.executable, "-m", "etude", "--help")
BARE = (sys.executable, "-c", "pass")

_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)$", re.MULTILINE)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where to store every sample")
    arguments = parser.parse_args()
    record = {"machine": machine()}
    run(HELP)  # compiles the modules
    samples = {
        "etude --help": _samples(HELP, arguments.runs),
        "python, nothing": _samples(BARE, arguments.runs),
    }
    rows = [["", "median", "CPU", "peak memory"]]
    for name, taken in samples.items():
        median = Medians.of(taken)
        rows.append([name, _ms(median.seconds), _ms(median.cpu), megabytes(median.memory)])
    print(f"{arguments.runs} runs\n\n{table(rows)}")
    log = run((sys.executable, "-X", "importtime", *HELP[1:])).log
    modules, packages = breakdown(log)
    print(f"\n{len(modules)} modules are imported; time in each alone, without what it imports")
    for title, times in (("package", packages), ("module", modules)):
        top = [[name, _ms(times[name])] for name in sorted(times, key=times.__getitem__, reverse=True)[:TOP]]
        print("\n" + table([[f"{title}, top {TOP}", "own time"], *top]))
    store(
        arguments.json,
        {**record, **{name: plain(taken) for name, taken in samples.items()}, "modules": modules},
    )


def breakdown(log: str) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by module, and by top-level package, of what `-X importtime` printed."""
    modules: dict[str, float] = {}
    packages: dict[str, float] = {}
    for own, name in _LINE.findall(log):
        package = name.partition(".")[0]
        modules[name] = modules.get(name, 0) + int(own) / 1e6
        packages[package] = packages.get(package, 0) + int(own) / 1e6
    return modules, packages


def _samples(command: Sequence[str], runs: int) -> list[Sample]:
    return [run(command) for _ in range(runs)]


def _ms(value: float) -> str:
    return f"{value * 1000:.1f} ms"


if __name__ == "__main__":
    main()
