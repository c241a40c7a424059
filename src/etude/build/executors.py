"""What runs are executed on: this machine, or a Ray cluster; chosen by name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from etude.adapters.checkpoints import CheckpointFiles
from etude.adapters.disk import OWNER
from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.kernels import LocalKernels
from etude.adapters.machine import capacity, free_memory, threads_each
from etude.adapters.pool import ThreadPool
from etude.adapters.process_watch import ProcessWatch
from etude.execute.checkpoints import MOST
from etude.execute.desk import Desks, Pool, Watch
from etude.execute.explain import explain
from etude.execute.schedule import Machine, Part
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.adapters.stamps import Stamps
    from etude.adapters.store import SqliteStore
    from etude.build.book import Book
    from etude.build.lasting import Lasting
    from etude.execute.plan import Plan
    from etude.execute.snapshots import Snapshots
    from etude.model.config import Policy

__all__ = ["RAY", "Executor", "local_executor", "on_cluster", "ray_executor"]

RAY: Final = "ray"


@dataclass(frozen=True, slots=True)
class Executor:
    """What a stage needs to execute runs somewhere."""

    desks: Desks
    pool: Pool
    watch: Watch
    machine: Machine
    threads: int
    """Computing threads of a run that does not say how many processors it needs."""
    parents: Callable[[], tuple[tuple[tuple[str, ...], float], ...]] = tuple
    """Modules that were loaded for several runs, and how many seconds that took."""
    snapshots: Snapshots | None = None
    """Where kernels stay for later builds."""
    checkpoints: CheckpointFiles | None = None
    """Where states lie that took long; on a cluster there are none."""


@contextmanager
def local_executor(
    book: Book,
    jobs: int,
    before: Stamps | None,
    environment: Mapping[str, str],
    lasting: Lasting | None = None,
) -> Iterator[Executor]:
    """This machine, with `jobs` runs at a time; `before` is what files were before the plan was made.

    `lasting` has the kernels where other builds follow.
    """
    there = capacity(environment)
    kernels, snapshots = lasting.ready() if lasting is not None else (LocalKernels(), None)
    with ScratchDesks(
        book.root,
        kernels=kernels,
        pythonpath=book.config.execute.pythonpath,
        before=before,
        lasting=lasting is not None,
    ) as desks:
        yield Executor(
            desks,
            ThreadPool(jobs, desks.close),
            ProcessWatch(there.total, there.reserve, free_memory),
            Machine(jobs, there.cpus, there.memory, there.gpus, there.total),
            threads_each(jobs),
            kernels.parents,
            snapshots,
            CheckpointFiles(book.root / ".etude" / "checkpoints", MOST),
        )


def on_cluster(name: str, planned: Plan, store: SqliteStore, policy: Policy) -> bool:
    """Whether there is something to do for a cluster: one is not started for what is stored."""
    if name.partition(":")[0] != RAY or policy in ("frozen", "off"):
        return False
    return policy == "force" or any(
        not run.fresh for run in explain(planned, store, versions=policy == "strict")
    )


@contextmanager
def ray_executor(
    name: str, book: Book, planned: Plan, jobs: int | None, whole: int, before: Stamps, store: SqliteStore
) -> Iterator[Executor]:
    """A Ray cluster, for as long as the build; raises `BookError` when it cannot be had.

    `name` is ``ray`` or ``ray:`` with an address; `jobs` runs at a time, of the `whole` book's; None: as
    many as the cluster has processors.
    """
    from etude.adapters.ray_book import packed  # noqa: PLC0415 -- only for who asks for it
    from etude.adapters.ray_cluster import ClusterError, joined  # noqa: PLC0415

    scratch = book.root / ".etude" / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ray-", dir=scratch) as folder:
        # Signed as desks are: what a killed build leaves is swept away with theirs.
        Path(folder, OWNER).write_text(f"{os.getpid()}\n", encoding="utf-8")
        laid_out = os.path.join(folder, "book")
        copy = packed(str(book.root), laid_out)
        try:
            with joined(_address(name), laid_out, copy) as cluster:
                from etude.adapters.ray_desks import RayDesks  # noqa: PLC0415
                from etude.adapters.ray_desks import Sent as Parcel  # noqa: PLC0415
                from etude.adapters.ray_kernels import RayWatch  # noqa: PLC0415

                sent = Parcel(
                    os.path.realpath(book.root),
                    copy,
                    before,
                    tuple(book.config.execute.pythonpath),
                    dict(os.environ),
                    planned.variables(book.config.execute),
                    _versions(planned, store),
                )
                desks = RayDesks(cluster, sent)
                parts = tuple(Part(node.cpus, node.gpus, node.memory) for node in cluster.nodes())
                machine = _machine(parts, jobs, whole)
                try:
                    yield Executor(
                        desks,
                        ThreadPool(machine.slots, desks.close),
                        RayWatch(),
                        machine,
                        max(1, int(machine.share)),
                    )
                finally:
                    desks.close()
        except ClusterError as error:
            message, *hints = (str(item) for item in error.args)
            raise BookError((diagnose(Rule.EXECUTOR_UNAVAILABLE, message, "", hints=hints),)) from error


def _address(name: str) -> str:
    """The address as Ray has it: ``ray://…`` is one, and ``ray:`` stands before all others."""
    return name if name.startswith("ray://") else name.removeprefix(RAY).removeprefix(":")


def _machine(parts: tuple[Part, ...], jobs: int | None, whole: int) -> Machine:
    cpus = sum(part.cpus for part in parts)
    size = sum(part.memory for part in parts)
    slots = max(1, min(jobs or int(cpus), whole))
    gpus = tuple(str(number) for number in range(sum(part.gpus for part in parts)))
    return Machine(slots, cpus or 1.0, size, gpus, size, parts)


def _versions(planned: Plan, store: SqliteStore) -> dict[str, dict[str, str]]:
    """By kernel, what its runs import and is installed here."""
    from etude.adapters.packages import InstalledPackages  # noqa: PLC0415

    packages = InstalledPackages(store)
    found: dict[str, dict[str, str]] = {}
    for run in planned.runs:
        if run.python:
            known = found.setdefault(run.kernel, {})
            for name in ("python", *(module.partition(".")[0] for module in planned.outside(run))):
                if name not in known and (version := packages.version(run.kernel, name)) is not None:
                    known[name] = version
    return found
