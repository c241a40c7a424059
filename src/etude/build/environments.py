"""Environments as part of a build: those of runs that really must run, made before the first one starts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from etude.adapters.pool import ThreadPool
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.place import CONFIG
from etude.execute.explain import explain
from etude.execute.plan import Plan, Run
from etude.model.config import Policy
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.environment import Environment, Installed
from etude.model.progress import EnvironmentFinished, EnvironmentStarted, Progress, environment_title
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.adapters.environments import Environments
    from etude.adapters.installers import InstallError

__all__ = ["Provided", "environment_names", "missing", "placed", "provided"]


@dataclass(frozen=True, slots=True)
class Provided:
    """A plan whose runs start where what they require is installed."""

    plan: Plan
    left: Plan
    """Runs whose environment cannot be had: nothing of them may run, and what is stored is shown."""
    diagnostics: tuple[Diagnostic, ...] = ()
    installed: Mapping[str, Installed] = field(default_factory=dict)
    """By variant, what is installed for runs that must run."""


@contextmanager
def provided(
    planned: Plan, book: Book, store: SqliteStore, policy: Policy, jobs: int, progress: Progress
) -> Iterator[Provided]:
    """The plan with what its runs require, for as long as they run; only what some run needs now is made."""
    nothing = replace(planned, runs=(), diagnostics=())
    if not any(run.environment for run in planned.runs):
        yield Provided(planned, nothing)
        return
    from etude.adapters.environments import Environments  # noqa: PLC0415 -- only where something is required

    names = environment_names(planned, book)
    needed = _needed(planned, store, policy)
    groups: dict[str, list[Run]] = {}
    for run in planned.runs:
        if _mark(run) in needed:
            groups.setdefault(names[run.variant], []).append(run)
    with Environments(book.root) as environments:
        maker = _Maker(book, environments, progress)
        tasks = tuple(groups.items())
        made = dict(zip(groups, ThreadPool(jobs, environments.close).map(maker.make, tasks), strict=True))
        failed = {name for name, found in made.items() if not isinstance(found, Installed)}
        kept: list[Run] = []
        left: list[Run] = []
        for run in planned.runs:
            lost = _mark(run) in needed and names[run.variant] in failed
            (left if lost else kept).append(run)
        yield Provided(
            replace(planned, runs=tuple(kept)),
            replace(nothing, runs=tuple(left)),
            tuple(found for found in made.values() if isinstance(found, Diagnostic)),
            {
                variant: found
                for variant, name in names.items()
                if isinstance(found := made.get(name), Installed)
            },
        )


def placed(planned: Plan, book: Book) -> Plan:
    """The plan with the interpreters of its environments in place of the kernels' names.

    Every run has its own, made or not: none may ever start elsewhere, or be judged by other packages.
    """
    names = environment_names(planned, book)
    if not names:
        return planned
    from etude.adapters.environments import interpreter_of  # noqa: PLC0415 -- as above

    runs = (
        replace(run, kernel=interpreter_of(names[run.variant])) if run.environment else run
        for run in planned.runs
    )
    return replace(planned, runs=tuple(runs))


def environment_names(planned: Plan, book: Book) -> dict[str, str]:
    """The name of the environment of each variant that has one."""
    found = {run.variant: run.environment for run in planned.runs if run.environment}
    if not found:
        return {}
    from etude.adapters.interpreters import python_tag, python_version, system  # noqa: PLC0415 -- as above
    from etude.execute.environments import Machine, environment_name  # noqa: PLC0415

    machine = Machine(python_tag(), python_version(), system())
    return {variant: environment_name(one, machine, str(book.root)) for variant, one in found.items()}


def missing(planned: Plan, book: Book) -> frozenset[str]:
    """Variants whose environment would have to be made before something can run."""
    if not any(run.environment for run in planned.runs):
        return frozenset()
    from etude.adapters.environments import Environments  # noqa: PLC0415 -- as above

    with Environments(book.root) as environments:
        names = environment_names(planned, book)
        return frozenset(variant for variant, name in names.items() if environments.find(name) is None)


def _needed(planned: Plan, store: SqliteStore, policy: Policy) -> frozenset[tuple[str, str]]:
    """Runs that must run, of those that require something."""
    if policy in ("frozen", "off"):
        return frozenset()
    runs = tuple(run for run in planned.runs if run.environment)
    return frozenset(
        (state.name, state.variant)
        for state in explain(replace(planned, runs=runs), store, versions=policy == "strict")
        if policy == "force" or not state.fresh
    )


def _mark(run: Run) -> tuple[str, str]:
    return (run.name, run.variant) if run.environment else ("", "")


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes environments and tells of it; called from several threads."""

    book: Book
    environments: Environments
    progress: Progress

    def make(self, task: tuple[str, Sequence[Run]]) -> Installed | Diagnostic | None:
        """What is installed, or why it cannot be; None when something else that was told is to blame."""
        from etude.adapters.installers import InstallError  # noqa: PLC0415 -- as above
        from etude.adapters.interpreters import python_version  # noqa: PLC0415
        from etude.execute.environments import fits  # noqa: PLC0415

        name, runs = task
        wanted = runs[0].environment
        assert wanted is not None
        if wanted.broken:
            return None
        variants = ", ".join(dict.fromkeys(run.variant for run in runs))
        started: list[float] = []

        def begun() -> None:
            started.append(time.monotonic())
            self.progress(EnvironmentStarted(variants, self.environments.installer))

        def ended(status: Literal["ok", "failed"], packages: int = 0) -> None:
            if started:
                took = time.monotonic() - started[0]
                self.progress(EnvironmentFinished(variants, status, packages, took))

        own = fits(wanted, python_version())
        try:
            found = self.environments.provide(name, wanted, own=own, begun=begun)
        except InstallError as error:
            ended("failed")
            return self._failed(wanted, variants, error)
        ended("ok", len(found.packages))
        return found

    def _failed(self, environment: Environment, variants: str, error: InstallError) -> Diagnostic:
        said = error.message[:1].lower() + error.message[1:]
        config = self.book.config
        if error.python:
            place = config.python_span(environment)
        else:
            place = config.requirement_span(
                environment, _at_fault(environment, (error.message, *error.words))
            )
        return diagnose(
            Rule.ENVIRONMENT_FAILED,
            f"{environment_title(variants)} cannot be made: {said}",
            CONFIG,
            place,
            hints=error.hints,
            trace="\n".join(error.words),
        )


def _at_fault(environment: Environment, said: Sequence[str]) -> int:
    """The number of the requirement that an installer complains of; -1 when that cannot be told."""
    files = {file.path: file.requirements for file in environment.files}
    for text in said:
        for number, written in enumerate(environment.written):
            # A file is to blame for what it lists.
            if any(_named(requirement, text) for requirement in files.get(written, (written,))):
                return number
    return -1


def _named(requirement: str, text: str) -> bool:
    match = re.match(r"[\w.-]+", requirement)
    words = re.split(r"[-_.]+", match[0]) if match else []
    pattern = r"[-_.]+".join(map(re.escape, words))
    return bool(words) and re.search(rf"(?<![\w.-]){pattern}(?![\w-])", text, re.IGNORECASE) is not None
