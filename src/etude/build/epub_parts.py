"""What e-books are put together from: a part for each page and drawing, made when its key changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from etude.adapters.disk import DiskFiles
from etude.build.book import Book
from etude.build.kept import Keep
from etude.build.making import Making
from etude.build.outputs import Made, encode, markdown_reader, stored_page
from etude.build.pictures import Picture, sizes_of
from etude.build.tasks import result_digests
from etude.build.watch import Watch, digest
from etude.model.book import Navigation, PageFacts
from etude.model.config import Config
from etude.model.result import RunResult
from etude.render.epub.context import BookSite
from etude.render.epub.names import file_name
from etude.render.epub.page import render_page
from etude.render.epub.part import Entry, Folio, entry
from etude.render.epub.svg import clean_svg
from etude.render.images import MIME_SUFFIX

__all__ = [
    "KEEP",
    "Edition",
    "Media",
    "drawings",
    "editions",
    "file_entries",
    "media_of",
    "page_parts",
    "part_target",
]

KEEP = Keep("epub")

_facts = msgspec.msgpack.Decoder(PageFacts).decode
_results = msgspec.msgpack.Decoder(dict[str, RunResult]).decode


class Edition(Struct, frozen=True):
    """One e-book that is made."""

    language: str
    variant: str = ""
    """Empty: with all variants."""

    @property
    def stem(self) -> str:
        """Its name among the others, which the printed book of the same has, too."""
        return f"{self.language}{f'-{self.variant}' if self.variant else ''}"

    @property
    def file(self) -> str:
        """Where it is written, below the folder of outputs."""
        return f"epub/{self.stem}.epub"


class Media(Struct, frozen=True):
    """The pictures of the book that e-books hold."""

    files: dict[str, str]
    """Their names in the e-book, by path in the book."""
    others: tuple[str, ...]
    """Files of the book that are no pictures, or none that e-books show."""
    drawings: dict[str, str]
    """Names among what is kept of the drawings, which are cleaned, by path."""


def editions(book: Book, variants: Sequence[str]) -> tuple[Edition, ...]:
    """The e-books of a book; `variants` are those that were asked for, if not all."""
    wanted = book.editions(book.config.epub.variants, variants)
    return tuple(Edition(language, name) for language, name in wanted)


def part_target(edition: Edition, page: str) -> str:
    """The name under which the state keeps what was made of a page."""
    return f"epub-part/{edition.language}/{edition.variant}/{page}"


class _Drawing(Struct, frozen=True):
    path: str
    root: str


def drawings(making: Making, there: frozenset[str]) -> dict[str, Made]:
    """Every SVG of the book, cleaned; by the name under which the state keeps it."""
    known: dict[str, Made] = {}
    stale: list[_Drawing] = []
    keys: dict[str, str] = {}
    for path, picture in making.pictures.items():
        if picture.kind != "image/svg+xml":
            continue
        target = f"epub-drawing/{path}"
        keys[target] = digest(making.program, picture.digest, path)
        # One that is no drawing has no part.
        if (old := making.kept(target, keys[target], there | {""})) is not None:
            known[target] = old
        else:
            stale.append(_Drawing(path, str(making.book.root)))
    for path, name in making.workers.map(_draw, stale, len(stale)):
        target = f"epub-drawing/{path}"
        known[target] = Made(keys[target], {}, part=name)
    return known


def _draw(task: _Drawing) -> tuple[str, str]:
    root = Path(task.root)
    try:
        data = clean_svg(DiskFiles(root).read(task.path))
    except OSError:
        data = None
    return task.path, KEEP.put(root, encode(entry(file_name(task.path, "svg"), data))) if data else ""


def media_of(pictures: Mapping[str, Picture], cleaned: Mapping[str, Made]) -> Media:
    """The pictures that e-books hold, of all files that pages show or offer."""
    files: dict[str, str] = {}
    kept: dict[str, str] = {}
    for path, picture in pictures.items():
        if picture.kind == "image/svg+xml":
            name = cleaned[f"epub-drawing/{path}"].part
            if name:
                kept[path] = name
                files[path] = file_name(path, "svg")
        elif picture.kind:
            files[path] = file_name(path, MIME_SUFFIX[picture.kind])
    return Media(files, tuple(sorted(pictures.keys() - files.keys())), kept)


class _Task(Struct, frozen=True, array_like=True):
    """One page of one e-book."""

    target: str
    key: str
    page: str
    """Key of the document in the store."""
    facts: bytes
    results: bytes
    variant: str
    folios: tuple[Folio, ...]


class _Job(Struct, frozen=True):
    """Some pages of one language."""

    tasks: tuple[_Task, ...]
    root: str
    config: bytes
    navigation: bytes
    media: bytes
    sizes: bytes


def page_parts(
    making: Making, made_for: Sequence[Edition], media: Media, there: frozenset[str]
) -> dict[str, Made]:
    """Every page of every e-book; what has changed is made anew. Raises `WriteError`, `PageGoneError`."""
    known: dict[str, Made] = {}
    stale: dict[str, list[_Task]] = {}
    book, resolved, workers = making.book, making.resolved, making.workers
    for edition in made_for:
        for task in _tasks(making, edition, media, _folios(book, edition, making.watch)):
            if (old := making.kept(task.target, task.key, there)) is not None:
                known[task.target] = old
            else:
                stale.setdefault(edition.language, []).append(task)
    config = encode(structs.replace(book.config, spans=()))
    shared = str(book.root), config
    sizes, shown = encode(sizes_of(making.pictures)), encode(media)
    jobs = [
        _Job(chunk, *shared, encode(resolved.languages[language].navigation), shown, sizes)
        for language, tasks in stale.items()
        for chunk in workers.chunks(sorted(tasks, key=lambda task: task.page))
    ]
    for done in workers.map(_work, jobs, sum(map(len, stale.values()))):
        known.update(done)
    return known


def _tasks(
    making: Making, edition: Edition, media: Media, printed: Mapping[str, tuple[Folio, ...]]
) -> Iterator[_Task]:
    book, pictures, language = making.book, making.pictures, edition.language
    resolution = making.resolved.languages[language]
    site = BookSite(book.config, resolution.navigation)
    for parsed in book.pages[language]:
        name = parsed.source.name
        facts = resolution.facts.get(name)
        if facts is None:
            continue
        results = making.run.results.get(parsed.source.path, {})
        folios = printed.get(name, ())
        shown = encode(facts)
        shapes = repr([(p, pictures[p].size, media.files.get(p)) for p in parsed.files if p in pictures])
        key = digest(
            making.program,
            parsed.key,
            shown,
            site.key(name, listing=parsed.index.contents),
            shapes,
            edition.variant,
            encode(folios),
            *result_digests(results),
        )
        made = encode(results) if results else b""
        yield _Task(part_target(edition, name), key, parsed.key, shown, made, edition.variant, folios)


class _Printed(Struct):
    """A line of what the printed edition has left: where one of its pages begins."""

    page: str
    id: str
    folio: str


_printed = msgspec.json.Decoder(list[_Printed])


def _folios(book: Book, edition: Edition, watch: Watch) -> dict[str, tuple[Folio, ...]]:
    """Printed pages by the page of the book that they begin on; none where there is no printed edition."""
    place = book.root / ".etude" / "print" / f"{edition.stem}.json"
    watch.note(str(place))
    found: dict[str, list[Folio]] = {}
    try:
        for one in _printed.decode(place.read_bytes()):
            found.setdefault(one.page, []).append(Folio(one.id, one.folio))
    except (OSError, msgspec.MsgspecError):
        return {}
    return {page: tuple(folios) for page, folios in found.items()}


@lru_cache(maxsize=2)
def _site(config: bytes, navigation: bytes, media: bytes, sizes: bytes) -> BookSite:
    settings = msgspec.msgpack.decode(config, type=Config)
    reading = msgspec.msgpack.decode(navigation, type=Navigation)
    shown = msgspec.msgpack.decode(media, type=Media)
    return BookSite(
        settings,
        reading,
        media=shown.files,
        unreadable=shown.others,
        sizes=msgspec.msgpack.decode(sizes, type=dict[str, tuple[int, int]]),
        markdown=markdown_reader(settings, reading.language),
    )


def _work(job: _Job) -> dict[str, Made]:
    """Make the parts of a job, in any process."""
    root = Path(job.root)
    site = _site(job.config, job.navigation, job.media, job.sizes)
    made: dict[str, Made] = {}
    for task in job.tasks:
        page = stored_page(str(root / ".etude" / "store"), task.page)
        results = _results(task.results) if task.results else {}
        part = render_page(page, _facts(task.facts), results, site, task.variant, task.folios)
        made[task.target] = Made(task.key, {}, part=KEEP.put(root, encode(part)))
    return made


def file_entries(book: Book, paths: Iterable[str], media: Media) -> Iterator[Entry]:
    """Pictures of the book as the e-book holds them, one at a time; raises `PageGoneError`."""
    decoder = msgspec.msgpack.Decoder(Entry)
    for path in paths:
        if path in media.drawings:
            yield KEEP.get(book.root, media.drawings[path], decoder)
        else:
            yield entry(media.files[path], book.files.read(path))
