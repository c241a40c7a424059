"""Pushing and pulling: a book, a place, and what passes between them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from etude.adapters.disk import DiskFiles, WriteError
from etude.adapters.lock import BuildLock, LockedError
from etude.adapters.machine import cores
from etude.adapters.remote import Remote, RemoteError, open_remote, shown
from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.book import Book
from etude.build.options import BuildOptions
from etude.build.outputs import stores
from etude.build.place import is_book, locked, require, unwritable
from etude.build.planning import make_plan
from etude.build.program import program_key
from etude.build.run import again
from etude.build.sharing import Fetched, Sent, failed, fetch, send
from etude.build.shelf import bring
from etude.build.workers import Workers
from etude.execute.plan import Plan
from etude.model.diagnostic import BookError, diagnose
from etude.model.progress import Progress, silent
from etude.model.rules import Rule, Severity

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a push did."""

    address: str
    sent: Sent
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did."""

    address: str
    fetched: Fetched
    seconds: float


def push(
    root: Path, address: str | None = None, progress: Progress = silent, *, anew: bool = False
) -> Pushed:
    """Share the stored results of the book in `root`; raises `BookError`.

    `address` is where; None: as the book says. With `anew` also what seems to be there is written.
    """
    begun = time.perf_counter()

    def work(_book: Book, plan: Plan, store: SqliteStore, remote: Remote) -> Sent:
        return send(plan, store, remote, progress, anew=anew)

    where, sent = _exchange(root, address, work)
    return Pushed(address=where, sent=sent, seconds=time.perf_counter() - begun)


def pull(root: Path, address: str | None = None, progress: Progress = silent) -> Pulled:
    """Take over results that the book in `root` lacks; raises `BookError`."""
    begun = time.perf_counter()

    def work(book: Book, plan: Plan, store: SqliteStore, remote: Remote) -> Fetched:
        strict = book.config.execute.policy == "strict"
        fetched = fetch(plan, store, remote, progress, anew=True, versions=strict)
        # Who asked for shared results is to know that some are not what they were.
        told = (msgspec.structs.replace(one, severity=Severity.ERROR) for one in fetched.diagnostics)
        return replace(fetched, diagnostics=tuple(told))

    where, fetched = _exchange(root, address, work)
    return Pulled(address=where, fetched=fetched, seconds=time.perf_counter() - begun)


def _exchange(
    root: Path, address: str | None, work: Callable[[Book, Plan, SqliteStore, Remote], T]
) -> tuple[str, T]:
    files = DiskFiles(root)
    require(files)
    options = BuildOptions()
    try:
        with (
            BuildLock(files.root / ".etude" / "lock"),
            SqliteStore(files.root / ".etude" / "store") as store,
            stores(),
            Workers(cores()) as workers,
        ):

            def planned() -> tuple[Book, Plan]:
                book = books.load(files, store, options, program_key(), workers)
                bring(book, store)
                return book, make_plan(book, options, store, workers).plan

            book, plan = again(store, planned)
            where = address or book.config.execute.remote
            try:
                return shown(where), work(book, plan, store, _open(book, where, named=address is not None))
            except RemoteError as error:
                found = failed(error, book, Severity.ERROR, named=address is not None)
                raise BookError(book.told((found,))) from error
    except LockedError as error:
        raise BookError((locked(error),)) from error
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error


def _open(book: Book, address: str, *, named: bool) -> Remote:
    """The place that was named, from the working folder; or that of the book, from its own folder."""
    if not address:
        hint = (
            'name one, or write `remote = "…"` under `[execute]`: a path, s3://bucket/book, ssh://host/path'
        )
        raise BookError(
            (diagnose(Rule.USAGE, "no place is named where results are shared", "", hints=(hint,)),)
        )
    base = Path.cwd() if named else book.root
    if is_book(base / os.path.expanduser(address)):
        hint = "name the book with `--book`, and a place of its own for the results"
        message = f"`{address}` is a book, not a place where results are shared"
        raise BookError((diagnose(Rule.USAGE, message, "", hints=(hint,)),))
    return open_remote(address, base)
