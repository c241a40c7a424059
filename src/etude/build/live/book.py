"""The book in memory, between two edits: documents, facts and results, and what an edit makes of them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import structs

from etude.adapters.disk import DiskFiles
from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.execution import Executed, run_cells
from etude.build.live.code import first_changed
from etude.build.live.documents import Documents
from etude.build.live.results import Results
from etude.build.live.sheets import Sheets
from etude.build.offers import notebooks_of, twin_of
from etude.build.options import BuildOptions
from etude.build.outputs import make_site, stores
from etude.build.pictures import picture_sizes
from etude.build.place import CONFIG
from etude.build.program import program_key
from etude.build.resolution import Resolved, resolve_languages
from etude.build.run import again
from etude.build.shared import own_files
from etude.build.sources import Parsed, parse_source
from etude.build.workers import Workers
from etude.model.config import Policy
from etude.model.diagnostic import BookError, Diagnostic
from etude.model.offer import Offer
from etude.model.page import Page
from etude.model.progress import silent
from etude.model.result import RunResult
from etude.model.span import LineIndex
from etude.parse.text import source_text
from etude.render.html.address import page_file
from etude.render.html.page import render_page
from etude.resolve.index import essence

if TYPE_CHECKING:
    from etude.build.book import Book
    from etude.render.html.site import SiteContext

__all__ = ["Edit", "LiveBook"]

_SOURCES: Final = (".md", ".ipynb", ".toml")
"""A new file of another kind belongs to no contents."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What some changed files came to."""

    whole: bool = False
    """Pages may have come or gone, and all may look otherwise."""
    changed: tuple[str, ...] = ()
    """Paths of pages whose documents are others now."""
    wanted: tuple[str, ...] = ()
    """Changed files that cells may have read."""
    pictures: tuple[str, ...] = ()
    """Changed files that pages show."""
    problems: tuple[Diagnostic, ...] = ()
    """Why the book as a whole cannot be read now: it is as it was."""


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
        self._sizes: dict[str, tuple[int, int]] = {}
        self._sites: dict[str, SiteContext] = {}
        self._sheets = Sheets(self.out / "html")
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
        self._files: set[str] | None = None
        """Files of the book that the site has; None: not known."""
        self._before: dict[str, Page] = {}
        """Documents as they were when their cells were looked at last, by path."""
        self._texts: dict[str, str] = {}
        """Sources of pages that were edited, by path."""
        self._moved: set[str] = set()
        """Languages whose problems may stand elsewhere now."""
        self._pictures: dict[str, dict[str, bytes]] = {}
        """What cells have drawn, by the page and its path on the site."""

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
            self._pictures.clear()
            self._look()
            self._executed = self._run(workers)
            self._results.recall(self._executed.results, self._given, ())

    def edit(self, paths: Collection[str]) -> Edit:
        """Take changed files in: relative to the book, absolute outside; raises `BookError`, as `load`."""
        with self.lock:
            book = self._book
            problems: tuple[Diagnostic, ...] = ()
            if book is None or self._broken or self._reaches_contents(book, paths):
                try:
                    self.load()
                except BookError as error:
                    problems = error.diagnostics
                    if book is None:
                        raise
                else:
                    return Edit(whole=True, wanted=tuple(paths))
            assert book is not None
            by_path = {p.source.path: p for pages in book.pages.values() for p in pages}
            pictures = tuple(path for path in paths if path in self._shown())
            if pictures:
                self._files = None  # their sizes may be others
            readers = [
                p
                for p in by_path.values()
                if any(path in p.seen.stamps or path in p.seen.present for path in paths)
            ]
            return Edit(
                changed=self._parsed_anew(book, readers),
                wanted=tuple(path for path in paths if path not in by_path),
                pictures=pictures,
                problems=problems,
            )

    def _reaches_contents(self, book: Book, paths: Collection[str]) -> bool:
        """Whether a file is one that the configuration names, or may add a page or take one away."""
        assert self._resolved is not None
        heads = {CONFIG, *book.head.stamps, *self._resolved.seen.stamps}
        pages = {p.source.path for pages in book.pages.values() for p in pages}
        seen = {
            name for pages in book.pages.values() for p in pages for name in (*p.seen.stamps, *p.seen.present)
        }
        for path in paths:
            if path in heads or (path in pages and not self.files.exists(path)):
                return True
            if path in pages or path in seen:
                continue
            if path.endswith(_SOURCES) or not self.files.exists(path):
                return True
            root = str(self.files.root)
            if any(
                p.seen.globs and not p.seen.holds(root, self.files, {})
                for some in book.pages.values()
                for p in some
            ):
                return True
        return False

    def _parsed_anew(self, book: Book, pages: Sequence[Parsed]) -> tuple[str, ...]:
        """Parse pages; the paths of those whose documents are others now."""
        assert self._resolved is not None
        changed: list[str] = []
        touched: set[str] = set()
        for old in pages:
            path, language = old.source.path, old.source.language
            fresh, page = parse_source(old.source, book.config, self.files, old.settings)
            parsed = fresh.parsed
            before = self._document(old) if old.runs or parsed.runs else None
            some = book.pages[language]
            some[next(at for at, one in enumerate(some) if one is old)] = parsed
            target = page_file(language, old.source.name, book.config.home)
            self._targets[target] = (language, parsed)
            self._pictures.pop(target, None)
            self._documents.put(fresh, page)
            if parsed.files != old.files:
                self._files = None
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
            self._sites.clear()
        if self._files is None:
            self._look()
        return tuple(changed)

    def lacks(self, path: str, cell: int) -> bool:
        """Whether a cell of a page has no result in one of its variants."""
        with self.lock:
            return self._results.lacks(path, cell)

    def edited(self, path: str) -> tuple[int, int]:
        """Where the source of a page is other than when this was asked last, and how much longer it is."""
        now = self._text(path)
        before, self._texts[path] = self._texts.get(path, now), now
        same = len(commonprefix((before, now)))  # noqa: RUF071 -- of texts, not of paths
        return same, len(now) - len(before)

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Line and column of an offset in the source of a page."""
        found = LineIndex(self._text(path)).position(offset)
        return found.line, found.column

    def _text(self, path: str) -> str:
        try:
            return source_text(self.files.read(path))
        except OSError:
            return ""

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

    def _look(self) -> None:
        assert self._book is not None
        self._sizes = picture_sizes(self._book)
        self._sites.clear()
        self._files = None

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
                self._pictures.clear()
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
                    self._pictures.pop(target, None)

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
            if path not in self._texts:
                self._texts[path] = self._text(path)
            page, results = self._document(parsed), self._results.of(path)
            rendered = render_page(page, facts, results, self._site(language), self._offer(language, parsed))
            self._pictures[target] = dict(rendered.files)
            return rendered.html

    def wrote(self) -> bool:
        """The files of the site were written; whether pages are others for it."""
        with self.lock:
            changed = self._sheets.look()
            if changed:
                self._sites.clear()
            return changed

    def picture(self, path: str) -> bytes | None:
        """What cells have drawn, or a file of the book that a page shows; by its path on the site."""
        with self.lock:
            for drawn in self._pictures.values():
                if path in drawn:
                    return drawn[path]
            if path not in self._shown():
                return None
        try:
            return self.files.read(path)
        except OSError:
            return None

    def _shown(self) -> set[str]:
        """Files of the book that the site has."""
        book = self._book
        if book is None:
            return set()
        if self._files is None:
            self._files = {f for pages in book.pages.values() for p in pages for f in p.files}
            self._files |= own_files(book).keys()
        return self._files

    def _offer(self, language: str, parsed: Parsed) -> Offer:
        """What the page shows of what is offered beside it: twin and notebooks, but no news and no dates."""
        assert self._book is not None
        config, files = self._book.config, self._shown()
        ran = self._executed.results.get(parsed.source.path, {}) if self._executed is not None else {}
        notebooks = notebooks_of(config, language, parsed.source.name, ran, files)
        return Offer(twin=twin_of(config, language, parsed.source.name, files), notebooks=notebooks)

    def _site(self, language: str) -> SiteContext:
        assert self._book is not None
        assert self._resolved is not None
        if language not in self._sites:
            navigation = self._resolved.languages[language].navigation
            self._sites[language] = make_site(
                self._book.config, navigation, self._sizes, traced=True, sheets=self._sheets.versions
            )
        return self._sites[language]

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
            return tuple(dict.fromkeys(found))
