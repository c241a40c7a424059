"""What printed books are put together from: a part for each page, made when its key changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from etude.build.kept import Keep
from etude.build.making import Making
from etude.build.outputs import Made, encode, markdown_reader, stored_page
from etude.build.pictures import sizes_of
from etude.build.sources import Parsed
from etude.build.tasks import result_digests
from etude.build.watch import digest
from etude.model.book import PageFacts
from etude.model.config import Config
from etude.model.result import RunResult
from etude.model.short import short_url
from etude.render.typst.book import levels
from etude.render.typst.context import Print
from etude.render.typst.page import PrintedPage, render_page
from etude.render.typst.sheet import Sheet

__all__ = ["KEEP", "Edition", "page_parts", "part_target", "printed_addresses"]

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
    addresses: dict[str, str]
    """Short ones to be printed, by the ids of headings."""


class _Job(Struct, frozen=True):
    """Some pages of one printed book."""

    tasks: tuple[_Task, ...]
    root: str
    config: bytes
    edition: bytes
    levels: bytes
    sizes: bytes


def page_parts(making: Making, made_for: Sequence[Edition]) -> dict[str, Made]:
    """Every page of every printed book, made anew where it changed. Raises `WriteError`, `PageGoneError`."""
    known: dict[str, Made] = {}
    book = making.book
    there = KEEP.there(book.root)
    config, sizes = encode(structs.replace(book.config, spans=())), encode(sizes_of(making.pictures))
    jobs: list[_Job] = []
    total = 0
    for edition in made_for:
        stale: list[_Task] = []
        depths = levels(making.resolved.languages[edition.language].navigation)
        for task in _tasks(making, edition, depths):
            if (old := making.kept(task.target, task.key, there)) is not None:
                known[task.target] = old
            else:
                stale.append(task)
        total += len(stale)
        shared = str(book.root), config, encode(edition), encode(depths), sizes
        jobs += [_Job(chunk, *shared) for chunk in making.workers.chunks(stale)]
    for done in making.workers.map(_work, jobs, total):
        known.update(done)
    return known


def _tasks(making: Making, edition: Edition, depths: Mapping[str, int]) -> Iterator[_Task]:
    book, pictures = making.book, making.pictures
    resolution = making.resolved.languages[edition.language]
    asked = encode((edition, book.config.variants, book.config.library, book.config.pdf.linenos))
    shown = printed_addresses(making, edition)
    for parsed in book.pages[edition.language]:
        name = parsed.source.name
        facts = resolution.facts.get(name)
        if facts is None:
            continue
        results = making.run.results.get(parsed.source.path, {})
        known = encode(facts)
        shapes = repr([(path, pictures[path].size) for path in parsed.files if path in pictures])
        depth = depths.get(name, 1)
        addresses = shown.get(name, {})
        made_of = parsed.key, known, asked, shapes, str(depth), repr(addresses)
        key = digest(making.program, *made_of, *result_digests(results))
        stored = encode(results) if results else b""
        yield _Task(part_target(edition, name), key, parsed.key, known, stored, addresses)


def printed_addresses(making: Making, edition: Edition) -> dict[str, dict[str, str]]:
    """The short addresses that a printed book shows, by pages and the ids of headings."""
    resolution = making.resolved.languages[edition.language]
    depths = levels(resolution.navigation)
    first = depths[resolution.navigation.home.name]
    return {
        name: _addresses(making, edition.language, parsed, depths.get(name, 1) - first)
        for parsed in making.book.pages[edition.language]
        if (name := parsed.source.name) in resolution.facts
    }


def _addresses(making: Making, language: str, parsed: Parsed, deep: int) -> dict[str, str]:
    """The short addresses to be printed on a page, `deep` levels below chapters, by the ids of headings."""
    config, codes, name = making.book.config, making.short.codes, parsed.source.name
    if config.pdf.qr == "none":
        return {}
    ids = [""]
    if config.pdf.qr == "sections":
        ids += [one.id for one in parsed.index.anchors if one.kind == "section" and deep + one.level <= 2]
    found = {one: short_url(config, codes.get((language, name, one), "")) for one in ids}
    return {one: url for one, url in found.items() if url}


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
        printed: PrintedPage = render_page(
            stored_page(store, task.page), _facts(task.facts), results, shared, task.addresses
        )
        made[task.target] = Made(task.key, {}, part=KEEP.put(root, encode(printed)))
    return made
