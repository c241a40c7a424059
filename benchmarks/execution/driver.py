"""Runs a book's notebooks with another tool, in one process: started with the environment's Python.

`driver.py TOOL BOOK` prints a line of JSON: seconds from when all is imported, cells that ran, and for
some tools how long the first cell of each page let wait. Executed notebooks go to `out` in the book.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TIMEOUT = 600
"""Seconds that a cell may take: as much as Etude gives."""

Report = dict[str, Any]


def nbclient(book: Path, *, save: bool = True) -> Callable[[], Report]:
    """Each notebook in a kernel of its own, one after the other, with nothing kept."""
    client, format_ = importlib.import_module("nbclient"), importlib.import_module("nbformat")

    def work() -> Report:
        waits, cells = [], 0
        for path in _notebooks(book):
            notebook = format_.read(path, as_version=4)
            ended: list[float] = []

            def note(ended: list[float] = ended, **_more: Any) -> None:
                ended.append(time.perf_counter())

            started = time.perf_counter()
            client.NotebookClient(
                notebook,
                timeout=TIMEOUT,
                kernel_name="python3",
                resources={"metadata": {"path": str(book)}},
                on_cell_executed=note,
            ).execute()
            waits.append(ended[0] - started)
            cells += len(ended)
            if save:
                format_.write(notebook, _out(book) / path.name)
        return {"cells": cells, "waits": waits}

    return work


def papermill(book: Path) -> Callable[[], Report]:
    """Each notebook through papermill; saving it anew after each cell, which takes long, is switched off."""
    mill = importlib.import_module("papermill")

    def work() -> Report:
        waits, cells = [], 0
        for path in _notebooks(book):
            started = datetime.now(UTC)
            done = mill.execute_notebook(
                path,
                _out(book) / path.name,
                cwd=book,
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernel_name="python3",
                execution_timeout=TIMEOUT,
            )
            code = [cell for cell in done.cells if cell.cell_type == "code"]
            ended = datetime.fromisoformat(code[0].metadata.papermill.end_time)
            waits.append((ended.replace(tzinfo=UTC) - started).total_seconds())
            cells += len(code)
        return {"cells": cells, "waits": waits}

    return work


def jupyter_cache(book: Path, executor: str) -> Callable[[], Report]:
    """What is cached is taken, the other notebooks run whole."""
    caches = importlib.import_module("jupyter_cache")
    executors = importlib.import_module("jupyter_cache.executors")
    format_ = importlib.import_module("nbformat")

    def work() -> Report:
        cache = caches.get_cache(str(book / ".jupyter_cache"))
        for path in _notebooks(book):
            cache.add_nb_to_project(str(path))
        done = executors.load_executor(executor, cache).run_and_cache(timeout=TIMEOUT)
        if done.excepted or done.errored:
            sys.exit(f"failed: {done.excepted} {done.errored}")
        ran, cells = set(done.succeeded), 0
        for path in _notebooks(book):
            _, notebook = cache.merge_match_into_notebook(format_.read(path, as_version=4))
            format_.write(notebook, _out(book) / path.name)
            if str(path) in ran:
                cells += sum(cell.cell_type == "code" for cell in notebook.cells)
        return {"cells": cells}

    return work


def etude(book: Path) -> Callable[[], Report]:
    """Etude's build, called without its command, with the waits before the first cells."""
    build, progress = importlib.import_module("etude.build"), importlib.import_module("etude.model.progress")

    def work() -> Report:
        begun = time.perf_counter()
        started: dict[str, float] = {}
        waits: dict[str, float] = {}

        def note(event: Any) -> None:
            if isinstance(event, progress.RunStarted):
                # The first page lets wait for all that comes before it, too.
                started[event.page] = time.perf_counter() if started else begun
            elif isinstance(event, progress.CellFinished):
                waits.setdefault(event.page, time.perf_counter() - started[event.page])

        report = build.build(book, build.BuildOptions(to=("notebook",), jobs=1), note)
        return {"cells": report.cells_run, "waits": list(waits.values())}

    return work


TOOLS: dict[str, Callable[[Path], Callable[[], Report]]] = {
    "nbclient": nbclient,
    "papermill": papermill,
    "serial": lambda book: jupyter_cache(book, "local-serial"),
    "parallel": lambda book: jupyter_cache(book, "local-parallel"),
    "etude": etude,
}


def _notebooks(book: Path) -> list[Path]:
    return sorted(book.glob("*.ipynb"))


def _out(book: Path) -> Path:
    folder = book / "out"
    folder.mkdir(exist_ok=True)
    return folder


def main() -> None:
    """The command."""
    name, folder = sys.argv[1:]
    work = TOOLS[name](Path(folder).resolve())
    started = time.perf_counter()
    report = work()
    print(json.dumps({**report, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
