"""Recording: what is stored of the book's runs is written into the book, to be kept with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etude.adapters.disk import RECORDED, WriteError, write_atomic
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.place import CONFIG
from etude.build.shelf import Shelf, named, note
from etude.build.watch import Seen
from etude.execute.plan import Plan, Run
from etude.execute.recorded import keep_seconds, taken
from etude.execute.recorded_content import Loose
from etude.execute.recorded_form import write
from etude.execute.sharing import split_runs
from etude.execute.ways import Lookup
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule, Severity

NOTE: Final = (
    "Results of the book's cells, written by `etude build --record`. Keep this folder with the book.\n"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What recording would write."""

    shelf: Shelf
    runs: tuple[tuple[Run, str], ...]
    """Every run that has cells, with the path of its text."""
    texts: Mapping[str, str]
    """By path; runs of which nothing is complete have none."""
    files: Mapping[str, bytes]
    entries: int


def draft(book: Book, plan: Plan, store: SqliteStore) -> Draft:
    """What is stored of a plan's runs, as it is to be recorded."""
    shelf = Shelf(book.files, book.config.execute.results)
    some, found = split_runs(plan, Lookup(store, plan.facts, plan.output_limit))
    pairs = [(run, ways) for run, ways in zip(some, found, strict=True) if run.steps]
    runs = [(run, run_path(shelf.folder, run)) for run, _ in pairs]
    texts: dict[str, str] = {}
    files: dict[str, bytes] = {}
    stored = taken([run for run, _ in pairs], [ways for _, ways in pairs], store)
    for (_, path), recorded in zip(runs, stored, strict=True):
        if not recorded.entries:
            continue
        held = shelf.read(path)
        before = {entry.key: entry for entry in held.entries} if held else {}
        loose = Loose()
        texts[path] = write(keep_seconds(recorded, before), loose)
        files.update((f"{os.path.dirname(path)}/{name}", data) for name, data in loose.files.items())
    return Draft(shelf, tuple(runs), texts, files, sum(len(run.entries) for run in stored))


def run_path(folder: str, run: Run) -> str:
    """The text of a run's results; its variant, and languages with runs of their own, are in its name."""
    tag = ".".join(filter(None, (run.variant, run.languages.replace(", ", "+")))) or "run"
    return f"{folder}/{run.name}/{tag}.json"


@dataclass(frozen=True, slots=True)
class Written:
    """What recording did."""

    entries: int
    changed: int
    """Files that were written, or removed."""
    seen: Seen
    diagnostics: tuple[Diagnostic, ...] = ()


def record(
    book: Book, plan: Plan, store: SqliteStore, *, whole: bool, problems: Iterable[Diagnostic]
) -> Written:
    """Write what is stored of a plan's runs.

    With `whole` the plan holds all runs of the book, and what is recorded of others is removed. That is
    not done beside errors: a page that cannot be read has no runs.
    """
    made = draft(book, plan, store)
    shelf = made.shelf
    errors = any(found.severity is Severity.ERROR for found in problems)
    wanted = {**made.files, **{path: text.encode() for path, text in made.texts.items()}}
    try:
        if wanted and not shelf.ours and (problem := _claim(book, shelf)):
            return Written(0, 0, shelf.seen(), (problem,))
        before = tuple(shelf.all()) if shelf.ours else ()
        gone = _stale(made, before, whole=whole and not errors)
        changed = sum(write_atomic(shelf.place(path), data) for path, data in wanted.items())
        for path in gone:
            _remove(shelf, path)
    except WriteError as error:
        return Written(0, 0, shelf.seen(), (_unwritable(error),))
    except OSError as error:
        problem = _unwritable(WriteError(Path(error.filename or shelf.folder), error))
        return Written(0, 0, shelf.seen(), (problem,))
    seen = shelf.seen(*before, *wanted)
    note(store, {path: seen.stamps[path] for path in made.texts}, {})
    return Written(made.entries, changed + len(gone), seen)


def _stale(made: Draft, before: tuple[str, ...], *, whole: bool) -> tuple[str, ...]:
    """Files that were written once and that nothing needs any more."""
    wanted = made.texts.keys() | made.files.keys()
    if whole:
        return tuple(path for path in before if path not in wanted)
    ours = {path for _, path in made.runs}
    folders = {os.path.dirname(path) for path in ours}
    others = [path for path in made.shelf.texts() if path not in ours and os.path.dirname(path) in folders]
    kept = {*wanted, *others, *(name for path in others for name in named(path, made.shelf.text(path)))}
    return tuple(path for path in before if os.path.dirname(path) in folders and path not in kept)


def _claim(book: Book, shelf: Shelf) -> Diagnostic | None:
    """Mark the folder as one of recorded results; what is wrong when it holds something else."""
    texts = {path: text for path in shelf.texts() if (text := shelf.text(path)) is not None}
    known = {*texts, *(name for path, text in texts.items() for name in named(path, text))}
    found = [path for path in shelf.files.glob(f"{shelf.folder}/**") if path not in known]
    if found or not shelf.files.inside(shelf.folder):
        what = f"it holds `{found[0]}`" if found else "it leads out of the book"
        message = f"results cannot be recorded in the folder `{shelf.folder}`: {what}"
        hint = 'name a folder that is not there yet: `results = "recorded"` under `[execute]`'
        span = book.config.span("execute.results")
        return diagnose(Rule.RECORDED_FOLDER, message, CONFIG, span, hints=(hint,))
    write_atomic(shelf.place(f"{shelf.folder}/{RECORDED}"), NOTE.encode())
    return None


def _remove(shelf: Shelf, path: str) -> None:
    place = shelf.place(path)
    place.unlink(missing_ok=True)
    for folder in place.parents:
        if folder == shelf.place(shelf.folder):
            break
        try:
            folder.rmdir()
        except OSError:
            break  # something else is in it


def _unwritable(error: WriteError) -> Diagnostic:
    hint = "results are recorded in the book's own folder: see that it has room and can be written"
    message = f"cannot write `{error.path}`: {error.reason}"
    return diagnose(Rule.WRITE_FAILED, message, "", hints=(hint,))


def behind(book: Book, plan: Plan, store: SqliteStore) -> dict[tuple[str, str, str], str]:
    """What is wrong with the recorded results of each run, by name, variant and languages."""
    if not Shelf(book.files, book.config.execute.results).ours:
        return {}
    made = draft(book, plan, store)
    out: dict[tuple[str, str, str], str] = {}
    for run, path in made.runs:
        there, wanted = made.shelf.text(path), made.texts.get(path)
        if there == wanted and all(map(made.shelf.files.exists, named(path, wanted))):
            continue
        if there is None:
            reason = "its results are not recorded"
        elif wanted is None:
            reason = "none of its recorded results counts any more"
        else:
            reason = "what is recorded of it is not what is stored"
        out[run.name, run.variant, run.languages] = reason
    return out
