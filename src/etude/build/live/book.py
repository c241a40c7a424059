"""The book in memory, between two edits: documents, facts and results, and what an edit makes of them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from etude.adapters.disk import DiskFiles
from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.execution import Executed, run_cells
from etude.build.live.code import first_changed
from etude.build.live.documents import Documents
from etude.build.live.reach import Edit, reaches_contents, readers
from etude.build.live.results import Results
from etude.build.live.showing import Showing
from etude.build.live.texts import Texts
from etude.build.options import BuildOptions
from etude.build.outputs import stores
from etude.build.program import program_key
from etude.build.resolution import Resolved, resolve_languages
from etude.build.run import again
from etude.build.sources import Parsed, parse_source
from etude.build.workers import Workers
from etude.model.config import Policy
from etude.model.diagnostic import BookError, Diagnostic
from etude.model.page import Page
from etude.model.progress import silent
from etude.model.result import RunResult
from etude.render.gathered import walk
from etude.render.html.address import page_file
from etude.resolve.index import essence

if TYPE_CHECKING:
    from etude.build.book import Book

__all__ = ["LiveBook"]


class LiveBook:
    """A book as its files are now; any thread may ask, one at a time is answered.

    What the stages made is kept, and made anew where an edit reaches it. Nothing is executed.
    """

    def __init__(self, root: Path, options: BuildOptions) -> None:
        """A book in the folder `root`; nothing is read yet."""
        self.files = DiskFiles(root)
        self.out = options.out if options.out is not None else self.files.root / "_build"
        self.store = SqliteStore(self.files.root / ".etude" / "store")
        self.lock = threading.RLock()
        self._options = replace(options, to=("html",), policy="off")
        self._program = program_key()
        self._book: Book | None = None
        self._resolved: Resolved | None = None
        self._executed: Executed | None = None
        self._showing = Showing(self.files, self.out / "html")
        self._documents = Documents(self.store)
        self._results = Results()
        self._targets: dict[str, tuple[str, Parsed]] = {}
        """Languages and records of pages by their file on the site."""
        self._sources: dict[str, str] = {}
        """Paths of pages by their file on the site."""
        self._broken = False
        """The book could not be read when it was tried last."""
        self._given: Mapping[str, Mapping[str, RunResult]] = {}
        """What the last round has given."""
        self._before: dict[str, Page] = {}
        """Documents as they were when their cells were looked at last, by path."""
        self._texts = Texts(self.files)
        self._moved: set[str] = set()
        """Languages whose problems may stand elsewhere now."""

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    # reading

    def load(self) -> None:
        """Read the whole book; raises `BookError`, and leaves all as it was then."""
        with self.lock, stores(), Workers(1) as workers:
            self._broken = True
            book = books.load(self.files, self.store, self._options, self._program, workers)
            self._broken = False
            config = structs.replace(book.config, languages=tuple(book.pages) or book.config.languages)
            self._book = replace(book, config=config)
            self._resolved = resolve_languages(self._book)
            self._moved.clear()
            self._documents.forget()
            self._targets = {
                page_file(language, parsed.source.name, config.home): (language, parsed)
                for language, pages in book.pages.items()
                for parsed in pages
            }
            self._sources = {target: parsed.source.path for target, (_, parsed) in self._targets.items()}
            self._showing.renew(self._book, self._resolved)
            self._showing.forget()
            self._showing.look()
            self._executed = self._run(workers)
            self._results.recall(self._executed.results, self._given, ())
        _lasting()

    def edit(self, paths: Collection[str]) -> Edit:
        """Take changed files in: relative to the book, absolute outside; raises `BookError`, as `load`."""
        with self.lock:
            book, resolved = self._book, self._resolved
            problems: tuple[Diagnostic, ...] = ()
            if (
                book is None
                or resolved is None
                or self._broken
                or reaches_contents(book, resolved.seen, self.files, paths)
            ):
                try:
                    self.load()
                except BookError as error:
                    problems = error.diagnostics
                    if book is None:
                        raise
                else:
                    return Edit(whole=True, wanted=tuple(paths))
            assert book is not None
            pages = {p.source.path for pages in book.pages.values() for p in pages}
            pictures = tuple(path for path in paths if path in self._showing.files())
            changed, others = self._parsed_anew(book, readers(book, paths))
            if others or pictures:
                self._showing.look()  # the sizes of pictures may be others
            return Edit(
                changed=changed,
                wanted=tuple(path for path in paths if path not in pages),
                pictures=pictures,
                problems=problems,
            )

    def _parsed_anew(self, book: Book, pages: Sequence[Parsed]) -> tuple[tuple[str, ...], bool]:
        """Parse pages; the paths of those whose documents are others, and whether any shows other files."""
        assert self._resolved is not None
        changed: list[str] = []
        touched: set[str] = set()
        others = False
        for old in pages:
            path, language = old.source.path, old.source.language
            fresh, page = parse_source(old.source, book.config, self.files, old.settings)
            parsed = fresh.parsed
            before = self._document(old) if old.runs or parsed.runs else None
            some = book.pages[language]
            some[next(at for at, one in enumerate(some) if one is old)] = parsed
            target = page_file(language, old.source.name, book.config.home)
            self._targets[target] = (language, parsed)
            self._showing.forget(target)
            self._documents.put(fresh, page)
            others = others or parsed.files != old.files
            if parsed.key == old.key:
                continue
            changed.append(path)
            self._moved.add(language)
            if essence(parsed.index) != essence(old.index):
                touched.add(language)
            if before is not None:
                self._before.setdefault(path, before)
                self._results.align(path, before.cells, page.cells)
        if touched:
            self._resolved = resolve_languages(book, touched, self._resolved)
            self._moved -= touched
            self._showing.renew(book, self._resolved)
        return tuple(changed), others

    def lacks(self, path: str, cell: int) -> bool:
        """Whether a cell of a page has no result in one of its variants."""
        with self.lock:
            return self._results.lacks(path, cell)

    def edited(self, path: str) -> tuple[int, int]:
        """Where the source of a page is other than when this was asked last, and how much longer it is."""
        return self._texts.edited(path)

    def place(self, path: str, offset: int) -> tuple[str, str, str]:
        """Language and name of a page, and the last block with an id that begins before an offset in it."""
        with self.lock:
            for language, parsed in self._targets.values():
                if parsed.source.path == path:
                    blocks = walk(self._document(parsed).blocks)
                    before = (block for block in blocks if block.id and block.span.start <= offset)
                    last = max(before, key=lambda block: block.span.start, default=None)
                    return language, parsed.source.name, last.id if last is not None else ""
        return "", "", ""

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Line and column of an offset in the source of a page."""
        return self._texts.position(path, offset)

    def first_stale(self, path: str) -> int | None:
        """The first cell of a page that may give something else than when this was asked last.

        None when there is none.
        """
        with self.lock:
            before = self._before.pop(path, None)
            if before is None:
                return None
            found = (parsed for _, parsed in self._targets.values() if parsed.source.path == path)
            return first_changed(before, self._document(next(found)))

    # results

    def recall(self, given: Mapping[str, Mapping[str, RunResult]], stale: Collection[str]) -> dict[str, int]:
        """Take the results that are stored now, in the place of those that are shown.

        What failed is not stored: a round has `given` it. Of pages that are `stale`, cells without a result
        keep what they show; gives the first such cell of each, by path.
        """
        with self.lock, stores(), Workers(1) as workers:
            if self._book is not None:
                self._documents.store()
                self._executed = self._run(workers)
                self._given = given
                self._showing.forget()
                return self._results.recall(self._executed.results, given, stale)
            return {}

    def _run(self, workers: Workers) -> Executed:
        book = self._book
        assert book is not None
        return again(self.store, lambda: run_cells(book, self._options, self.store, silent, workers))

    def show(self, path: str, result: RunResult) -> None:
        """Show other results of some cells of a page."""
        with self.lock:
            self._results.show(path, result)
            for target, source in self._sources.items():
                if source == path:
                    self._showing.forget(target)

    # showing

    @property
    def policy(self) -> Policy:
        """What the book says of running its cells."""
        return self._book.config.execute.policy if self._book is not None else "auto"

    @property
    def targets(self) -> Mapping[str, str]:
        """Files of pages on the site, with their sources."""
        return self._sources

    def html(self, target: str) -> bytes | None:
        """A page as it is now, by its file on the site; None when there is none."""
        with self.lock:
            found = self._targets.get(target)
            if found is None or self._resolved is None:
                return None
            language, parsed = found
            facts = self._resolved.languages[language].facts.get(parsed.source.name)
            if facts is None:
                return None
            path = parsed.source.path
            self._texts.know(path)
            stored = self._executed.results.get(path, {}) if self._executed is not None else {}
            return self._showing.html(target, self._document(parsed), facts, self._results.of(path), stored)

    def wrote(self) -> bool:
        """The files of the site were written; whether pages are others for it."""
        with self.lock:
            return self._showing.wrote()

    def picture(self, path: str) -> bytes | None:
        """What cells have drawn, or a file of the book that a page shows; by its path on the site."""
        with self.lock:
            drawn = self._showing.drawn(path)
            if drawn is not None or path not in self._showing.files():
                return drawn
        try:
            return self.files.read(path)
        except OSError:
            return None

    def _document(self, parsed: Parsed) -> Page:
        page = self._documents.get(parsed)
        if page is None:
            assert self._book is not None
            return parse_source(parsed.source, self._book.config, self.files, parsed.settings)[1]
        return page

    # problems

    def refresh(self) -> None:
        """Have the places of problems be where they are now; raises `BookError`."""
        with self.lock:
            if self._book is not None and self._moved:
                self._resolved = resolve_languages(self._book, self._moved, self._resolved)
                self._moved.clear()

    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the book as it was read."""
        with self.lock:
            if self._book is None or self._resolved is None or self._executed is None:
                return ()
            found = (*self._book.diagnostics, *self._resolved.diagnostics, *self._executed.diagnostics)
            return self._book.told(found)


def _lasting() -> None:
    """Have what is there now looked through no more for what is unreachable: an edit would wait for that."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
