"""Printed books as part of a build: Typst is asked when a part, a picture or a setting has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

import etude
from etude.adapters.disk import write_atomic
from etude.adapters.typesetter import Typeset, threads_begun, typst_version
from etude.build.book import Book
from etude.build.dates import modified
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.options import BuildOptions
from etude.build.outputs import Made, encode
from etude.build.pdf_faces import Fonts, fonts_of
from etude.build.pdf_parts import KEEP, Edition, page_parts, part_target
from etude.build.pdf_setting import Project, Setting, set_book
from etude.build.pdf_short import unrecorded_codes
from etude.build.pdf_told import notes_told, pages_told
from etude.build.watch import digest
from etude.build.workers import EndedError
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.render.epub.volume import UNDATED
from etude.render.typst.book import levels, main_file, page_path, settings_file, theme_files
from etude.render.typst.imprint import Imprint
from etude.render.typst.leads import Place, leads
from etude.render.typst.packed import packed
from etude.render.typst.page import PrintedPage
from etude.render.typst.sheet import sheet_of
from etude.render.typst.trim import with_bleed
from etude.render.typst.words import words

__all__ = ["leaves_of", "write_pdfs"]

_part = msgspec.msgpack.Decoder(PrintedPage)
_said_before = msgspec.msgpack.Decoder(tuple[Diagnostic, ...])


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all printed books of a build have in common."""

    fonts: Fonts
    date: str
    """When the book was changed, in UTC."""


def write_pdfs(making: Making) -> dict[str, Made]:
    """Bring every printed book up to date; what the state keeps of them.

    Raises `WriteError`, and `PageGoneError` when a part that was kept is lost.
    """
    book, options = making.book, making.options
    wanted = _editions(book, options)
    known = page_parts(making, wanted)
    shared = _Shared(fonts_of(book, making.watch), modified(making))
    making.output.diagnostics += (*shared.fonts.problems, *unrecorded_codes(making, wanted))
    for edition in wanted:
        names = {
            parsed.source.name: known[target].part
            for parsed in book.pages[edition.language]
            if (target := part_target(edition, parsed.source.name)) in known
        }
        if (made := _printed(making, edition, names, shared)) is not None:
            known[edition.file] = made
    if not options.languages and not options.variants:
        KEEP.forget(book.root, {made.part for made in known.values()})
    return known


def _printed(making: Making, edition: Edition, names: Mapping[str, str], shared: _Shared) -> Made | None:
    """One printed book, set when it would be another than it is; None when Typst refuses it.

    `names` are those of what is kept of its pages, by theirs.
    """
    book, output = making.book, making.output
    pages = {name: KEEP.get(book.root, kept, _part) for name, kept in names.items()}
    sources = {parsed.source.name: parsed.source.path for parsed in book.pages[edition.language]}
    output.diagnostics += tuple(pages_told(pages, sources, making.pictures))
    shown = sorted({path for page in pages.values() for path in page.pictures})
    copies = repr([(path, making.pictures[path].digest) for path in shown])
    contents = digest(copies, *(text for name, page in pages.items() for text in (name, page.source)))
    modules = _modules(making, edition, pages, shared, contents)
    made_of = (text for path, data in modules.items() for text in (path, data))
    key = digest(making.program, shared.fonts.key, copies, repr(names), *made_of)
    old = making.stands(edition.file, key)
    if old is not None and old.part in KEEP.there(book.root) and _folios_of(book.root, edition.stem).exists():
        output.diagnostics += KEEP.get(book.root, old.part, _said_before)
        return old
    drawn = {path: making.watch.read(path) for path in shown}
    for page in pages.values():
        drawn.update(page.files)
    project = Project(
        book.root / ".etude" / "typst" / edition.stem,
        modules,
        drawn,
        book.files,
        {page_path(name): sources[name] for name in pages},
        edition.sheet,
        shared.fonts.places,
        spoken=not any(page.unsaid for page in pages.values()),
    )
    try:
        # One after the other: each uses all processors, and takes much memory.
        setting = making.workers.apart(set_book, project, forks=not threads_begun())
    except EndedError:
        setting = Setting(refused="its process was ended, maybe for want of memory")
    if setting.typeset is None:
        message = f"the PDF `{edition.file}` was not made: {setting.refused}"
        output.diagnostics += (diagnose(Rule.PDF_FAILED, message, ""),)
        return None
    said = (*setting.problems, *notes_told(setting.typeset.told.notes))
    output.diagnostics += said
    announce(making.out, (edition.file,))
    # Here, since the process that set the book has ended, with all the memory that it took.
    making.put(edition.file, _finished(setting.typeset, edition))
    write_atomic(_folios_of(book.root, edition.stem), _folios(setting.typeset))
    leaves = {spot.name: spot.page for spot in setting.typeset.told.spots}
    write_atomic(leaves_of(book.root, edition.stem), msgspec.json.encode(leaves))
    # What was said is said again by builds that find the book as it is.
    told = KEEP.put(book.root, encode(said))
    return Made(key, {edition.file: output.stamps[edition.file]}, part=told)


def leaves_of(root: Path, stem: str) -> Path:
    """The file that says on which page of a printed book each place is, as JSON."""
    return root / ".etude" / "typst" / f"{stem}.json"


def _folios_of(root: Path, stem: str) -> Path:
    """The file that says where the pages of a printed book begin, which e-books read."""
    return root / ".etude" / "print" / f"{stem}.json"


def _editions(book: Book, options: BuildOptions) -> tuple[Edition, ...]:
    """The printed books of a book."""
    settings = book.config.pdf
    colours: Literal["colour", "gray"] = "gray" if settings.grayscale else "colour"
    sheet = sheet_of(*settings.size, colours, bleed=settings.bleed, marks=settings.marks)
    wanted = book.editions(settings.variants, options.variants)
    lift = settings.comments == "lift"
    return tuple(Edition(language, sheet, name, lift) for language, name in wanted)


def _modules(
    making: Making, edition: Edition, pages: Mapping[str, PrintedPage], shared: _Shared, contents: str
) -> dict[str, bytes]:
    """The files that Typst reads, but for pictures; `contents` is a digest of pages and pictures."""
    navigation = making.resolved.languages[edition.language].navigation
    config = making.book.config
    first = levels(navigation)[navigation.home.name]
    date, faces = shared.date, shared.fonts.faces
    year, month, day = (int(part) for part in date[:10].split("-"))
    changed = date[:10] if date > UNDATED else ""
    imprint = Imprint(changed, contents[:12], etude.__version__, typst_version())
    settings = settings_file(edition.sheet, faces, edition.language, first=first, date=(year, month, day))
    return {
        **theme_files(),
        "settings.typ": settings,
        "main.typ": main_file(config, navigation, pages, edition.variant, imprint),
        **{page_path(name): page.source for name, page in pages.items()},
    }


def _finished(made: Typeset, edition: Edition) -> bytes:
    """The PDF with its boxes, with links that lead to their places, and small."""
    said = words(edition.language).page.strip(" ()（）")
    folios = {one.page: one.words for one in made.told.folios}
    places = {
        spot.name: Place(spot.page, spot.across, spot.down, said.format(folios.get(spot.page, spot.page)))
        for spot in made.told.spots
    }
    pdf = with_bleed(made.pdf, edition.sheet.bleed)
    return packed(pdf, leads(pdf, places))


def _folios(made: Typeset) -> bytes:
    """Where printed pages begin, for the e-book's list of them."""
    found = (
        {"page": one.begins.partition("#")[0], "id": one.begins.partition("#")[2], "folio": one.words}
        for one in made.told.folios
    )
    return msgspec.json.format(msgspec.json.encode(list(found)), indent=1)
