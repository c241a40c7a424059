"""The tools that run notebooks: how each is called, what it says, and how it is made to forget."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.execution.environment import Environment
from benchmarks.measure import CommandError, Sample, run

DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True, slots=True)
class Built:
    """What a tool did when it was asked to bring a book's outputs up to date."""

    sample: Sample
    """The whole command."""
    work: float
    """Seconds without the start of the tool's own process."""
    cells: int
    """Cells that ran, by the tool's own account."""
    warned: tuple[str, ...] = ()
    """What it said that an author should look at."""
    waits: tuple[float, ...] = ()
    """By page, seconds until its first cell had answered, where that was noted."""


class Tool(Protocol):
    """Something that runs the notebooks of a folder."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def parallel(self) -> bool:
        """Whether it uses all cores."""

    def build(self, book: Path) -> Built:
        """Bring the outputs up to date; a tool that stays alive between builds would be asked here."""

    def output(self, book: Path, page: str) -> Path:
        """The executed notebook of a page."""

    def forget(self, book: Path) -> None:
        """Remove all that earlier builds left."""


@dataclass(frozen=True, slots=True)
class Etude:
    """Etude's command, as a user calls it."""

    environment: Environment
    options: Sequence[str] = ()
    name: str = "Etude"
    parallel: bool = True

    def build(self, book: Path) -> Built:
        """Bring the outputs up to date."""
        fixed = ("--to", "notebook", "--format", "json", *self.options)
        sample = run((self.environment.python, "-m", "etude", "build", book, *fixed))
        said = json.loads(sample.log[sample.log.index("{") :])
        warned = {item["rule"] for item in said["diagnostics"]}
        summary = said["summary"]
        return Built(sample, summary["seconds"], summary["cells_run"], tuple(sorted(warned)))

    def output(self, book: Path, page: str) -> Path:
        """The executed notebook of a page."""
        return next((book / "_build" / "notebook").rglob(f"{page}.ipynb"))

    def forget(self, book: Path) -> None:
        """Remove all that earlier builds left."""
        for name in (".etude", "_build"):
            shutil.rmtree(book / name, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Driven:
    """A tool that `driver.py` calls: all notebooks in one process, which is how it is fastest."""

    environment: Environment
    key: str
    name: str
    parallel: bool = False

    def build(self, book: Path) -> Built:
        """Bring the outputs up to date."""
        sample = run((self.environment.python, DRIVER, self.key, book))
        said = _last(sample.log)
        return Built(sample, said["seconds"], said["cells"], waits=tuple(said.get("waits", ())))

    def output(self, book: Path, page: str) -> Path:
        """The executed notebook of a page."""
        return book / "out" / f"{page}.ipynb"

    def forget(self, book: Path) -> None:
        """Remove all that earlier builds left."""
        for name in ("out", ".jupyter_cache", ".etude", "_build"):
            shutil.rmtree(book / name, ignore_errors=True)


def etude(environment: Environment) -> Tool:
    """Etude."""
    return Etude(environment)


def strict(environment: Environment) -> Tool:
    """Etude, told that results of other versions of packages do not count."""
    return Etude(environment, ("--execute", "strict"), "Etude, strict")


def etude_inside(environment: Environment) -> Tool:
    """Etude's build without the start of its command."""
    return Driven(environment, "etude", "Etude")


def nbclient(environment: Environment) -> Tool:
    """What the others are made of: also what tells how outputs should be."""
    return Driven(environment, "nbclient", "nbclient")


def papermill(environment: Environment) -> Tool:
    """Papermill."""
    return Driven(environment, "papermill", "papermill")


def serial(environment: Environment) -> Tool:
    """Jupyter Book's way of running notebooks."""
    return Driven(environment, "serial", "jupyter-cache")


def parallel(environment: Environment) -> Tool:
    """The same with a process for each core."""
    return Driven(environment, "parallel", "jupyter-cache, parallel", parallel=True)


def has_command(python: Path, command: str, option: str) -> bool:
    """Whether this Etude has a command with an option."""
    asked = (python, "-m", "etude", command, "--help")
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    return done.returncode == 0 and option in done.stdout


def _last(log: str) -> dict[str, Any]:
    for line in reversed(log.splitlines()):
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            return found
    raise CommandError(f"no report:\n{log}")
