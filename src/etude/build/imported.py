"""Outputs that notebooks had before an import, as recorded results of the new book.

Nothing runs. Such a result says of itself that it was taken over. It stands as long as the code up to its
cell, and the files and modules of the book that the code names, are as they were when the book was imported.
What it was made with is not known, so no version of a package is among what it depends on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from etude.adapters.disk import RECORDED, DiskFiles
from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.options import BuildOptions
from etude.build.outputs import stores
from etude.build.planning import make_plan
from etude.build.program import program_key
from etude.build.recording import NOTE, run_path
from etude.build.workers import Workers
from etude.convert.account import Account, Note
from etude.convert.converted import CellOutputs
from etude.execute.normalise_output import normalise_outputs, shows_source
from etude.execute.plan import Run
from etude.execute.record import TAKEN_OVER, make
from etude.execute.recorded import Entry, Recorded
from etude.execute.recorded_content import Loose
from etude.execute.recorded_form import write
from etude.execute.ways import Cursor, Way, recipe_of, scanned
from etude.model.result import Failure, Output

__all__ = ["Results", "taken_over"]


@dataclass(frozen=True, slots=True)
class Results:
    """Recorded results that an import makes."""

    files: dict[str, bytes]
    """By path in the book."""
    notes: tuple[Note, ...]


def taken_over(root: Path, pages: Sequence[tuple[str, tuple[CellOutputs, ...]]]) -> Results:
    """Results for the book in `root` of what its cells gave before; a cell is told by its code, in order.

    `pages` has them by the page's path. Raises `BookError`.
    """
    given = dict(pages)
    account = Account()
    found: dict[str, bytes] = {}
    files = DiskFiles(root)
    options = BuildOptions(jobs=1)
    with (
        tempfile.TemporaryDirectory() as folder,
        SqliteStore(Path(folder, "store")) as store,
        stores(),
        Workers(1) as workers,
    ):
        book = books.load(files, store, options, program_key(), workers)
        plan = make_plan(book, options, store, workers).plan
        shelf = book.config.execute.results
        for run in plan.runs:
            page = run.page.path
            if page not in given or not run.steps:
                continue
            recorded = _recorded(run, given[page], plan.output_limit, account)
            if not recorded.entries:
                continue
            loose = Loose()
            path = run_path(shelf, run)
            found[path] = write(recorded, loose).encode()
            beside = path.rpartition("/")[0]
            found |= {f"{beside}/{name}": data for name, data in loose.files.items()}
        if found:
            found[f"{shelf}/{RECORDED}"] = NOTE.encode()
    return Results(found, account.notes)


def _recorded(run: Run, given: Sequence[CellOutputs], limit: int, account: Account) -> Recorded:
    """What is known of a run's cells, up to the first of which nothing is."""
    cursor = Cursor.start(run)
    entries: list[Entry] = []
    at = 0
    for number, step in enumerate(run.steps):
        code = step.cell.code.strip()
        cell = next((n for n in range(at, len(given)) if given[n].code.strip() == code), None)
        outputs = _outputs(given[cell].outputs, number + 1) if cell is not None else None
        if cell is None or outputs is None:
            line = given[cell].line if cell is not None else 0
            account.lost("output", run.page.path, line, "it cannot be read; run the page to have it")
            break
        at = cell + 1
        reads = (scanned(step),)
        after = cursor.after(step, reads)
        record = make(
            "error" if any(isinstance(one, Failure) for one in outputs) else "ok",
            outputs,
            {},
            0.0,
            text=after.text if shows_source(outputs) else "",
            limit=limit,
            cut=False,
            origin=TAKEN_OVER,
        )
        way = Way(reads, cursor.result(step, reads), after.state)
        about = tuple(part for part in recipe_of(step, reads) if part not in reads)
        entries.append(Entry(cursor.key(step), way, record, about))
        cursor = after
    return Recorded(run.name, run.variant, run.page.path, run.base, len(run.steps), tuple(entries))


def _outputs(data: bytes, number: int) -> tuple[Output, ...] | None:
    """Outputs of nbformat 4 as results have them; None when they are none."""
    try:
        found = msgspec.convert([_joined(one) for one in msgspec.json.decode(data)], tuple[Output, ...])
        return normalise_outputs(found, number)
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError, AttributeError, KeyError):
        return None


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """An output with texts in the place of lists of lines."""
    out = dict(output)
    if out.get("output_type") == "stream" and out.get("name") != "stderr":
        out["name"] = "stdout"  # what was typed is printed, too
    if isinstance(out.get("text"), list):
        out["text"] = "".join(out["text"])
    if isinstance(out.get("data"), dict):
        out["data"] = {
            kind: "".join(content) if isinstance(content, list) and not _is_json(kind) else content
            for kind, content in out["data"].items()
        }
    return out


def _is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json")
