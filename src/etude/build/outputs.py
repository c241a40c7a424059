"""Stage render as part of a build: one task a page and form, done where its key changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from etude.adapters.disk import DiskFiles, WriteError, write_atomic
from etude.adapters.memory import MemoryFiles
from etude.adapters.store import SqliteStore
from etude.build.search_files import PageGoneError, keep_units
from etude.build.sources import decode_page
from etude.build.watch import stamp
from etude.model.block import BlockNode
from etude.model.book import Navigation, PageFacts
from etude.model.config import Config
from etude.model.offer import Offer
from etude.model.page import Page
from etude.model.result import RunResult

if TYPE_CHECKING:
    from etude.render.html.site import SiteContext


class Task(Struct, frozen=True, array_like=True):
    """One output file to be made."""

    form: str
    """``html`` or ``notebook``; for the website also ``card``, the picture of a page, and ``download``."""
    target: str
    """Path below the folder of outputs; also the name under which the state keeps it."""
    key: str
    """Hash of all that the file depends on."""
    page: str
    """Key of the document in the store."""
    facts: bytes
    """Of a picture: what is drawn."""
    results: bytes
    variant: str = ""
    offer: Offer = Offer()
    """Of a page of the website."""
    library: dict[str, str] = {}
    """What a notebook to be downloaded brings along."""


class Made(Struct, frozen=True, array_like=True):
    """What the state keeps of a task that was done."""

    key: str
    files: dict[str, tuple[int, int, int]]
    """Every file that it made, below the folder of outputs, with its stamp."""
    search: str = ""
    """What the site's search takes of a page, by its name among what is kept."""
    sheets: tuple[str, ...] = ()
    """The style sheets cut to formulas that a page links, each with its version."""
    part: str = ""
    """What an e-book takes of a page or a file, by its name among what is kept."""

    def stands(self, out: Path) -> bool:
        """Whether the files are as they were left."""
        return all(stamp(out / path) == before for path, before in self.files.items())


class Job(Struct, frozen=True):
    """Some tasks with what they share."""

    tasks: tuple[Task, ...]
    out: str
    root: str
    store: str
    config: bytes
    navigation: bytes
    sizes: bytes
    """Sizes of the book's pictures in CSS pixels, by path."""
    sheets: bytes
    """Versions of style sheets, as for `SiteContext`."""


class Done(Struct, frozen=True):
    """What became of a job."""

    made: dict[str, Made]
    written: int
    problem: tuple[str, str] | None = None
    """Path and reason of the first file that could not be written."""


_NO_FILES = MemoryFiles()
"""What cells give as Markdown can include nothing."""

_SHEET = re.compile(r'<link rel="stylesheet" href="[./]*(_static/fonts/math[a-z-]*\.css\?v=[0-9a-f]+)">')

encode = msgspec.msgpack.Encoder().encode
_facts = msgspec.msgpack.Decoder(PageFacts).decode
_results = msgspec.msgpack.Decoder(dict[str, RunResult]).decode


_opened: dict[str, SqliteStore] = {}


def _store(folder: str) -> SqliteStore:
    if folder not in _opened:
        _opened[folder] = SqliteStore(Path(folder))
    return _opened[folder]


@contextmanager
def stores() -> Iterator[None]:
    """At its end, let go of the stores that tasks opened in this process."""
    try:
        yield
    finally:
        while _opened:
            _opened.popitem()[1].close()
        stored_page.cache_clear()


@lru_cache(maxsize=2)
def _config(data: bytes) -> Config:
    return msgspec.msgpack.decode(data, type=Config)


@lru_cache(maxsize=4)
def _navigation(data: bytes) -> Navigation:
    return msgspec.msgpack.decode(data, type=Navigation)


@lru_cache(maxsize=4)
def stored_page(store: str, key: str) -> Page:
    """The document under a key of the store in a folder; raises `PageGoneError`."""
    data = _store(store).get("page", key)
    if data is None:
        raise PageGoneError(key)
    return decode_page(data)


@lru_cache(maxsize=4)
def _site(config: bytes, navigation: bytes, sizes: bytes, sheets: bytes) -> SiteContext:
    table = msgspec.msgpack.decode(sizes, type=dict[str, tuple[int, int]])
    versions = msgspec.msgpack.decode(sheets, type=dict[str, str])
    return make_site(_config(config), _navigation(navigation), table, sheets=versions)


def make_site(
    settings: Config,
    navigation: Navigation,
    sizes: Mapping[str, tuple[int, int]],
    *,
    traced: bool = False,
    sheets: Mapping[str, str] | None = None,
) -> SiteContext:
    """What all pages of a language share; `traced` for those who write them."""
    from etude.render.html.site import SiteContext  # noqa: PLC0415 -- not needed for notebooks

    markdown = markdown_reader(settings, navigation.language)
    return SiteContext(settings, navigation, sizes=sizes, markdown=markdown, traced=traced, sheets=sheets)


def markdown_reader(settings: Config, language: str) -> Callable[[str], Sequence[BlockNode]]:
    """Reads what cells of a language's pages give as Markdown."""

    def markdown(text: str) -> Sequence[BlockNode]:
        from etude.parse.page import parse_page  # noqa: PLC0415 -- few cells give Markdown

        # A line before it, so that a rule at its beginning does not open front matter.
        return parse_page(f"\n{text}".encode(), "output.md", "output", language, settings, _NO_FILES).blocks

    return markdown


def load_forms(forms: Iterable[str]) -> None:
    """Load what tasks of these forms need, so that processes forked afterwards have it."""
    for form in forms:
        if form == "html":
            import etude.render.search.units  # noqa: PLC0415 -- one form may be all that is asked for
            from etude.render.html import page  # noqa: PLC0415

            page.load()
            import etude.render.html.twin  # noqa: PLC0415 -- as above
        elif form == "epub":
            import etude.render.epub.page  # noqa: PLC0415 -- as above
        elif form == "pdf":
            import etude.render.typst.page  # noqa: PLC0415 -- as above
        elif form == "markdown":
            import etude.render.manuscript.page  # noqa: PLC0415 -- as above
        elif form == "notebook":
            import etude.render.notebook  # noqa: PLC0415, F401 -- as above


def work(job: Job) -> Done:
    """Do the tasks of a job, in any process."""
    out = Path(job.out)
    made: dict[str, Made] = {}
    written = 0
    for task in job.tasks:
        files, search = _render(task, job)
        stamps: dict[str, tuple[int, int, int]] = {}
        for path, data in files.items():
            try:
                written += write_atomic(out / path, data)
            except WriteError as error:
                return Done(made, written, (str(error.path), error.reason))
            stamps[path] = stamp(out / path)
        linked = (
            tuple(sorted(set(_SHEET.findall(files[task.target].decode())))) if task.form == "html" else ()
        )
        made[task.target] = Made(task.key, stamps, search, tuple(linked))
    return Done(made, written)


def _render(task: Task, job: Job) -> tuple[Mapping[str, bytes], str]:
    """The files of a task, and the name under which what is searched of it is kept, if it is."""
    if task.form == "card":
        from etude.build.cards import draw_card  # noqa: PLC0415 -- one form may be all that is asked for

        return {task.target: draw_card(task.facts)}, ""
    page = stored_page(job.store, task.page)
    facts = _facts(task.facts)
    results = _results(task.results) if task.results else {}
    if task.form == "html":
        from etude.render.html.address import quoted  # noqa: PLC0415 -- one form may be all that is asked for
        from etude.render.html.page import render_page  # noqa: PLC0415
        from etude.render.search.units import page_units  # noqa: PLC0415

        site = _site(job.config, job.navigation, job.sizes, job.sheets)
        rendered = render_page(page, facts, results, site, task.offer)
        # The page last: what it shows is there before it.
        files = {f"html/{path}": data for path, data in rendered.files.items()}
        if task.offer.twin:
            from etude.render.html.twin import render_twin  # noqa: PLC0415 -- as above

            files[f"html/{task.offer.twin}"] = render_twin(page, facts, results, site)
        search = ""
        if site.config.html.search:
            address = quoted(task.target.removeprefix("html/"))
            search = keep_units(Path(job.root), page_units(page, facts, results, address))
        return {**files, task.target: rendered.html}, search
    from etude.render.notebook import Along, notebook_files, picture_files, render_notebook  # noqa: PLC0415 -- as above

    config, result = _config(job.config), results.get(task.variant)
    if task.form == "download":
        along = Along(_read(job, picture_files(page)), task.library)
        return {task.target: render_notebook(page, facts, task.variant, result, config, along=along)}, ""
    beside = notebook_files(page, task.variant)
    found = _read(job, beside.values())
    files = {f"notebook/{target}": found[source] for target, source in beside.items() if source in found}
    return {task.target: render_notebook(page, facts, task.variant, result, config), **files}, ""


def _read(job: Job, paths: Iterable[str]) -> dict[str, bytes]:
    """Files of the book; what cannot be read was reported when the page was parsed."""
    book = DiskFiles(Path(job.root))
    found: dict[str, bytes] = {}
    for path in paths:
        with suppress(OSError):
            found[path] = book.read(path)
    return found
