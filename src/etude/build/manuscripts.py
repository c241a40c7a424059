"""Manuscripts as part of a build: the pages as Markdown, one file each, and the whole book in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from etude.adapters.disk import WriteError, write_atomic
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.outputs import Done, Made, encode, stored_page
from etude.build.place import unwritable
from etude.build.tasks import result_digests
from etude.build.watch import digest, stamp
from etude.model.book import Navigation, PageFacts
from etude.model.config import Config
from etude.model.diagnostic import BookError
from etude.model.result import RunResult
from etude.render.manuscript.page import whole_book, written_page
from etude.render.manuscript.scene import Leaf, Scene, anchors_of, manuscript_file

__all__ = ["Sheet", "leaves", "sheets_of", "write_manuscripts"]

FORM = "markdown"

_facts = msgspec.msgpack.Decoder(PageFacts).decode
_results = msgspec.msgpack.Decoder(dict[str, RunResult]).decode


class Sheet(Struct, frozen=True):
    """One page on its way into a manuscript."""

    name: str
    key: str
    """Hash of all that its text depends on, wherever it stands."""
    page: str
    """Key of the document in the store."""
    facts: bytes
    results: bytes


class Sheets(Struct, frozen=True):
    """The pages of one language with what they share; enough to write them in any process."""

    store: str
    config: Config
    navigation: Navigation
    variants: tuple[str, ...]
    anchors: dict[str, frozenset[str]]
    pages: tuple[Sheet, ...]

    @property
    def scene(self) -> Scene:
        """What all pages share."""
        return Scene(self.config, self.navigation, self.variants)


class _Job(Struct, frozen=True):
    """Some pages to be written, or the whole book."""

    sheets: Sheets
    out: str
    whole: bool = False


def write_manuscripts(
    making: Making,
) -> dict[str, Made]:
    """Bring every manuscript up to date; what the state keeps of them.

    Raises `WriteError`, `PageGoneError`, and `BookError` from a worker that cannot write.
    """
    known: dict[str, Made] = {}
    jobs: list[_Job] = []
    size = 0
    out, workers = making.out, making.workers
    for language in making.book.pages:
        sheets = sheets_of(making, language)
        keys = {_target(sheets, sheet): sheet.key for sheet in sheets.pages}
        whole = f"{FORM}/{language}.md"
        keys[whole] = digest(FORM, encode(sheets.navigation), *keys.values())
        known.update({name: old for name, key in keys.items() if (old := making.stands(name, key))})
        stale = tuple(sheet for sheet in sheets.pages if _target(sheets, sheet) not in known)
        announce(out, keys.keys() - known.keys())
        for chunk in workers.chunks(stale):
            jobs.append(_Job(msgspec.structs.replace(sheets, pages=chunk), str(out)))
            size += len(chunk)
        if whole not in known:
            jobs.append(_Job(sheets, str(out), whole=True))
            size += len(sheets.pages)
        _copy(making, language)
    for done in workers.map(_write, jobs, size):
        if done.problem is not None:
            raise BookError((unwritable(*done.problem),))
        known.update(done.made)
        making.output.written += done.written
    return known


def _target(sheets: Sheets, sheet: Sheet) -> str:
    return f"{FORM}/{manuscript_file(sheets.navigation.language, sheet.name, sheets.config.home)}"


def sheets_of(making: Making, language: str) -> Sheets:
    """The pages of a language in reading order."""
    book, options = making.book, making.options
    resolution = making.resolved.languages[language]
    anchors = anchors_of(resolution.facts.values())
    config = msgspec.structs.replace(book.config, spans=())
    told = (config.title, config.subtitle, config.authors, config.license, config.home)
    shared = digest(making.program, repr((told, config.variants, options.variants)))
    contents = encode(resolution.navigation)
    pages = []
    for parsed in book.pages[language]:
        name = parsed.source.name
        if (facts := resolution.facts.get(name)) is None:
            continue
        results = making.run.results.get(parsed.source.path, {})
        shown = encode(facts)
        key = digest(
            shared,
            parsed.key,
            shown,
            repr(sorted(anchors.get(name, ()))),
            contents if parsed.index.contents or name == config.home else b"",
            *result_digests(results),
        )
        pages.append(Sheet(name, key, parsed.key, shown, encode(results) if results else b""))
    return Sheets(
        str(book.root / ".etude" / "store"),
        config,
        resolution.navigation,
        options.variants,
        anchors,
        tuple(pages),
    )


def leaves(sheets: Sheets) -> Iterator[Leaf]:
    """The pages themselves; raises `PageGoneError`."""
    for sheet in sheets.pages:
        results = _results(sheet.results) if sheet.results else {}
        yield Leaf(stored_page(sheets.store, sheet.page), _facts(sheet.facts), results)


def _write(job: _Job) -> Done:
    """Do a job, in any process."""
    sheets, out = job.sheets, Path(job.out)
    made: dict[str, Made] = {}
    written = 0
    for target, key, files in _whole(sheets) if job.whole else _pages(sheets):
        stamps: dict[str, tuple[int, int, int]] = {}
        for path, data in files.items():
            try:
                written += write_atomic(out / path, data)
            except WriteError as error:
                return Done(made, written, (str(error.path), error.reason))
            stamps[path] = stamp(out / path)
        made[target] = Made(key, stamps)
    return Done(made, written)


def _pages(sheets: Sheets) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    for sheet, leaf in zip(sheets.pages, leaves(sheets), strict=True):
        target = _target(sheets, sheet)
        text = written_page(leaf, sheets.scene, sheets.anchors)
        files = {f"{FORM}/{path}": data for path, data in text.files.items()}
        yield target, sheet.key, {**files, target: text.text}


def _whole(sheets: Sheets) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """The whole book; its pictures are those of its pages, which write them."""
    target = f"{FORM}/{sheets.navigation.language}.md"
    key = digest(FORM, encode(sheets.navigation), *(sheet.key for sheet in sheets.pages))
    yield target, key, {target: whole_book(leaves(sheets), sheets.scene, sheets.anchors).text}


def _copy(making: Making, language: str) -> None:
    """The files that pages show or offer, where their own paths lead from the folder of the manuscript."""
    book = making.book
    own = {manuscript_file(language, parsed.source.name, book.config.home) for parsed in book.pages[language]}
    shown = sorted({path for parsed in book.pages[language] for path in parsed.files} - own)
    for path in shown:
        try:
            data = making.watch.read(path)
        except OSError:
            continue  # reported when the page was parsed
        making.put(f"{FORM}/{path}", data)
