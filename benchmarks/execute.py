"""Etude and other tools run the same notebooks, in one run: `python -m benchmarks.execute`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.execution import tools
from benchmarks.execution.books import trivial
from benchmarks.execution.edits import edits
from benchmarks.execution.environment import Environment, prepare
from benchmarks.execution.figures import Section, record
from benchmarks.execution.load import load
from benchmarks.execution.setting import FULL, QUICK, Setting
from benchmarks.execution.starts import cold, each_cell, waits
from benchmarks.report import machine, store

SECTIONS: dict[str, Callable[[Setting], Section]] = {
    "waits": waits,
    "cells": each_cell,
    "cold": cold,
    "edits": edits,
    "load": load,
}


def main() -> None:
    """The command."""
    arguments = _arguments()
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, _stop)
    os.environ.pop("PYTHONPATH", None)  # the environment has all that is needed, for every tool alike
    os.environ["KERAS_BACKEND"] = "torch"
    where = machine()
    environment = prepare()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    sizes = QUICK if arguments.quick else FULL
    begun = time.perf_counter()
    sections: dict[str, Section] = {}
    with tempfile.TemporaryDirectory(prefix="etude-benchmark-") as scratch:
        setting = Setting(environment, Path(scratch).resolve(), sizes, cores)
        _warm(environment, setting.scratch / "warm")
        print(f"medians of {sizes.runs}, ratios to Etude")
        print(f"{cores} cores; a fixed loop of Python took {where['loop']:.2f} s here")
        for name in arguments.only:
            sections[name] = SECTIONS[name](setting)
            print(f"\n{sections[name].text()}", flush=True)
            facts = {"machine": {**where, "cores": cores}, "versions": dict(environment.versions)}
            store(arguments.json, {**facts, "quick": arguments.quick, "sections": record(sections)})
    versions = ", ".join(f"{name} {number}" for name, number in environment.versions.items())
    print(f"\n{versions}\nmeasured in {(time.perf_counter() - begun) / 60:.0f} minutes")


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave by the way on which processes are ended and folders removed."""
    sys.exit(128 + number)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small books, once each: about two minutes")
    parser.add_argument("--only", nargs="+", default=list(SECTIONS), choices=list(SECTIONS), metavar="NAME")
    parser.add_argument("--json", type=Path, help="where to store every sample")
    return parser.parse_args()


def _warm(environment: Environment, scratch: Path) -> None:
    """Use everything once, so that nobody pays for compiling modules or for reading files the first time."""
    print("warming up …", file=sys.stderr)
    imports = "numpy, matplotlib.pyplot" + (", torch, keras" if environment.torch else "")
    for number, tool in enumerate((tools.nbclient, tools.etude, tools.serial, tools.papermill)):
        tool(environment).build(scratch / str(number), trivial(1, 2, "" if number else imports))


if __name__ == "__main__":
    main()
