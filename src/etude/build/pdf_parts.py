"""What printed books are put together from: a part for each page, made when its key changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.kept import Keep
from etude.build.outputs import Made, encode, markdown_reader, stored_page
from etude.build.pictures import Picture, sizes_of
from etude.build.resolution import Resolved
from etude.build.tasks import result_digests
from etude.build.watch import digest
from etude.build.workers import Workers
from etude.model.book import PageFacts
from etude.model.config import Config
from etude.model.result import RunResult
from etude.render.typst.book import levels
from etude.render.typst.context import Print
from etude.render.typst.page import PrintedPage, render_page
from etude.render.typst.sheet import Sheet

__all__ = ["KEEP", "Edition", "page_parts", "part_target"]

KEEP = Keep("printed")

_facts = msgspec.msgpack.Decoder(PageFacts).decode
_results = msgspec.msgpack.Decoder(dict[str, RunResult]).decode


class Edition(Struct, frozen=True):
    """One printed book that is made."""

    language: str
    sheet: Sheet
    variant: str = ""
    """Empty: with all variants."""
    lift: bool = False
    """Whether comments of code become numbered notes."""

    @property
    def stem(self) -> str:
        """Its name among the others."""
        return f"{self.language}{f'-{self.variant}' if self.variant else ''}"

    @property
    def file(self) -> str:
        """Where it is written, below the folder of outputs."""
        return f"pdf/{self.stem}.pdf"


def part_target(edition: Edition, page: str) -> str:
    """The name under which the state keeps what was made of a page."""
    return f"pdf-part/{edition.stem}/{page}"


class _Task(Struct, frozen=True, array_like=True):
    """One page of one printed book."""

    target: str
    key: str
    page: str
    """Key of the document in the store."""
    facts: bytes
    results: bytes


class _Job(Struct, frozen=True):
    """Some pages of one printed book."""

    tasks: tuple[_Task, ...]
    root: str
    config: bytes
    edition: bytes
    levels: bytes
    sizes: bytes


def page_parts(
    book: Book,
    run: Executed,
    resolved: Resolved,
    made_for: Sequence[Edition],
    pictures: Mapping[str, Picture],
    before: Mapping[str, Made],
    program: str,
    workers: Workers,
) -> dict[str, Made]:
    """Every page of every printed book, made anew where it changed. Raises `WriteError`, `PageGoneError`."""
    known: dict[str, Made] = {}
    there = KEEP.there(book.root)
    config, sizes = encode(structs.replace(book.config, spans=())), encode(sizes_of(pictures))
    jobs: list[_Job] = []
    total = 0
    for edition in made_for:
        stale: list[_Task] = []
        depths = levels(resolved.languages[edition.language].navigation)
        for task in _tasks(book, run, resolved, edition, depths, pictures, program):
            old = before.get(task.target)
            if old is not None and old.key == task.key and old.part in there:
                known[task.target] = old
            else:
                stale.append(task)
        total += len(stale)
        shared = str(book.root), config, encode(edition), encode(depths), sizes
        jobs += [_Job(chunk, *shared) for chunk in workers.chunks(stale)]
    for done in workers.map(_work, jobs, total):
        known.update(done)
    return known


def _tasks(
    book: Book,
    run: Executed,
    resolved: Resolved,
    edition: Edition,
    depths: Mapping[str, int],
    pictures: Mapping[str, Picture],
    program: str,
) -> Iterator[_Task]:
    resolution = resolved.languages[edition.language]
    asked = encode((edition, book.config.variants, book.config.library, book.config.pdf.linenos))
    for parsed in book.pages[edition.language]:
        name = parsed.source.name
        facts = resolution.facts.get(name)
        if facts is None:
            continue
        results = run.results.get(parsed.source.path, {})
        shown = encode(facts)
        shapes = repr([(path, pictures[path].size) for path in parsed.files if path in pictures])
        depth = str(depths.get(name, 1))
        key = digest(program, parsed.key, shown, asked, shapes, depth, *result_digests(results))
        yield _Task(part_target(edition, name), key, parsed.key, shown, encode(results) if results else b"")


@lru_cache(maxsize=2)
def _print(config: bytes, edition: bytes, depths: bytes, sizes: bytes) -> Print:
    settings = msgspec.msgpack.decode(config, type=Config)
    wanted = msgspec.msgpack.decode(edition, type=Edition)
    return Print(
        settings,
        wanted.sheet,
        msgspec.msgpack.decode(depths, type=dict[str, int]),
        msgspec.msgpack.decode(sizes, type=dict[str, tuple[int, int]]),
        (wanted.variant,) if wanted.variant else (),
        wanted.lift,
        markdown_reader(settings, wanted.language),
    )


def _work(job: _Job) -> dict[str, Made]:
    """Render pages, in any process."""
    root = Path(job.root)
    store = str(root / ".etude" / "store")
    shared = _print(job.config, job.edition, job.levels, job.sizes)
    made: dict[str, Made] = {}
    for task in job.tasks:
        results = _results(task.results) if task.results else {}
        printed: PrintedPage = render_page(stored_page(store, task.page), _facts(task.facts), results, shared)
        made[task.target] = Made(task.key, {}, part=KEEP.put(root, encode(printed)))
    return made
