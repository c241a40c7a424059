"""The tools that run notebooks: how each is called, what it says, and how it is made to forget."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.execution.books import Book
from benchmarks.execution.environment import Environment
from benchmarks.measure import CommandError, Sample, run

DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True, slots=True)
class Built:
    """What a tool did when it was asked to bring a book's outputs up to date."""

    sample: Sample
    """The whole command; of a process that stays, from the saving of the files to what it says of them."""
    work: float
    """Seconds without the start of the tool's own process."""
    cells: int
    """Cells that ran, by the tool's own account."""
    warned: tuple[str, ...] = ()
    """What it said that an author should look at."""
    waits: tuple[float, ...] = ()
    """By page, seconds until its first cell had answered, where that was noted."""
    idle: bool = False
    """Whether a process that stays found no cause to do anything: there is no time then."""


class Tool(Protocol):
    """Something that runs the notebooks of a folder."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def parallel(self) -> bool:
        """Whether it uses all cores."""

    def build(self, folder: Path, book: Book) -> Built:
        """Save what differs of a book's files in its folder, and bring the results up to date."""

    def output(self, folder: Path, page: str) -> Path:
        """The executed notebook of a page."""

    def forget(self, folder: Path) -> None:
        """Remove all that earlier builds left."""


@dataclass(frozen=True, slots=True)
class Etude:
    """Etude's command, as a user calls it."""

    environment: Environment
    options: Sequence[str] = ()
    name: str = "Etude"
    parallel: bool = True

    def build(self, folder: Path, book: Book) -> Built:
        """Bring the outputs up to date."""
        book.write(folder)
        sample = run((*command(self.environment, "build", folder), "--to", "notebook", *self.options))
        said = json.loads(sample.log[sample.log.index("{") :])
        summary = said["summary"]
        return Built(sample, summary["seconds"], summary["cells_run"], rules(said))

    def output(self, folder: Path, page: str) -> Path:
        """The executed notebook of a page."""
        return written(folder, page)

    def forget(self, folder: Path) -> None:
        """Remove all that earlier builds left."""
        clear(folder)


@dataclass(frozen=True, slots=True)
class Driven:
    """A tool that `driver.py` calls: all notebooks in one process, which is how it is fastest."""

    environment: Environment
    key: str
    name: str
    parallel: bool = False

    def build(self, folder: Path, book: Book) -> Built:
        """Bring the outputs up to date."""
        book.write(folder)
        sample = run((self.environment.python, DRIVER, self.key, folder))
        said = _last(sample.log)
        return Built(sample, said["seconds"], said["cells"], waits=tuple(said.get("waits", ())))

    def output(self, folder: Path, page: str) -> Path:
        """The executed notebook of a page."""
        return folder / "out" / f"{page}.ipynb"

    def forget(self, folder: Path) -> None:
        """Remove all that earlier builds left."""
        clear(folder)


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


def command(environment: Environment, name: str, folder: Path) -> tuple[str | Path, ...]:
    """A command of Etude on a book, that prints JSON."""
    return environment.python, "-m", "etude", name, folder, "--format", "json"


def rules(said: Mapping[str, Any]) -> tuple[str, ...]:
    """What Etude told of in a JSON document, each once."""
    return tuple(sorted({item["rule"] for item in said["diagnostics"]}))


def written(folder: Path, page: str) -> Path:
    """The notebook of a page that Etude has written."""
    return next((folder / "_build" / "notebook").rglob(f"{page}.ipynb"))


def clear(folder: Path) -> None:
    """Remove what any of the tools keeps beside a book."""
    for name in ("out", ".jupyter_cache", ".etude", "_build"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _last(log: str) -> dict[str, Any]:
    for line in reversed(log.splitlines()):
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            return found
    raise CommandError(f"no report:\n{log}")
