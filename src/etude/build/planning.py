"""The plan of a book's runs, and all that was looked at to make it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from etude.adapters.disk_inputs import DiskInputs
from etude.adapters.packages import InstalledPackages
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.environments import placed
from etude.build.governed import governed
from etude.build.options import BuildOptions
from etude.build.outputs import encode, stored_page
from etude.build.watch import Seen, Watch, digest, stamp
from etude.build.workers import Workers
from etude.execute.code import PageCode, page_code
from etude.execute.plan import Plan
from etude.execute.planner import plan

__all__ = ["Planned", "make_plan"]


class _WatchedInputs:
    """Inputs of cells, remembering which patterns were asked for and what they matched."""

    def __init__(self, inputs: DiskInputs) -> None:
        """Pass every question on to `inputs`."""
        self._inputs = inputs
        self.matches: dict[str, str] = {}
        self.stamps: dict[str, tuple[int, int, int]] = {}
        self.folders: dict[str, str] = {}

    def content(self, path: str) -> str:
        """Hash of a file; ``absent``, ``folder`` or ``unreadable`` when it has none."""
        if path not in self.stamps or os.path.isabs(path):  # others are hashed once
            self.stamps[path] = stamp(os.path.join(self._inputs.root, path))
        return self._inputs.content(path)

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError`."""
        return self._inputs.read(path)

    def names(self, folder: str) -> tuple[str, ...] | None:
        """What a run finds in a folder, sorted; None when there is no such folder."""
        found = self._inputs.names(folder)
        self.folders[folder] = digest(repr(found))
        return found

    def flush(self) -> None:
        """Keep what was learned."""
        self._inputs.flush()

    def hashes(self, pattern: str) -> tuple[tuple[str, str], ...]:
        """Pairs of path and hash of the files that match."""
        found = self._inputs.hashes(pattern)
        self.matches[pattern] = digest(repr(found))
        return found


def _page_codes(book: Book, store: SqliteStore, workers: Workers) -> list[PageCode]:
    """What each page contributes to execution, kept under the key of its document."""
    wanted = {
        digest(parsed.settings, parsed.key): parsed.key
        for pages in book.pages.values()
        for parsed in pages
        if parsed.runs
    }
    kept = store.get_many("code", wanted)
    missing = [(code, page) for code, page in wanted.items() if code not in kept]
    folder = str(store.folder)
    tasks = [(folder, chunk) for chunk in workers.chunks(missing)]
    fresh = [item for chunk in workers.map(_codes, tasks, len(missing)) for item in chunk]
    if fresh:
        store.put_many("code", fresh)
        kept.update(fresh)
    return [_decode_code(kept[code]) for code in wanted]


def _codes(task: tuple[str, tuple[tuple[str, str], ...]]) -> list[tuple[str, bytes]]:
    folder, keys = task
    return [(code, encode(page_code(stored_page(folder, page)))) for code, page in keys]


_decode_code = msgspec.msgpack.Decoder(PageCode).decode


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what was looked at to make it."""

    plan: Plan
    watch: Watch
    inputs: _WatchedInputs
    runs: int
    """Runs of the whole book."""

    def seen(self, more: Seen) -> Seen:
        """Everything that was looked at until now."""
        seen = self.watch.seen()
        return Seen(
            {**seen.stamps, **self.inputs.stamps, **more.stamps},
            seen.present,
            {**seen.globs, **more.globs},
            self.inputs.folders,
        )


def make_plan(book: Book, options: BuildOptions, store: SqliteStore, workers: Workers) -> Planned:
    """Which runs there are, with their keys."""
    watch = Watch(book.files)
    inputs = _WatchedInputs(DiskInputs(book.root, store))
    planned = plan(
        governed(_page_codes(book, store, workers), book.config.execute),
        book.config,
        watch,
        inputs,
        environment=os.environ,
        home=str(Path.home()),
        store=store,
        packages=InstalledPackages(store),
    )
    runs = len(planned.runs)
    if options.variants:
        planned = replace(
            planned, runs=tuple(r for r in planned.runs if r.variant in {"", *options.variants})
        )
    return Planned(placed(planned, book), watch, inputs, runs)
