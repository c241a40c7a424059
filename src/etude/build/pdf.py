"""Printed books as part of a build: Typst is asked when a part, a picture or a setting has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

import etude
from etude.adapters.disk import write_atomic
from etude.adapters.typesetter import Note, Typeset, typst_version
from etude.build.book import Book
from etude.build.dates import modified
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.options import BuildOptions
from etude.build.outputs import Made, encode
from etude.build.pdf_coarse import coarse_pictures
from etude.build.pdf_faces import fonts_of
from etude.build.pdf_parts import KEEP, Edition, page_parts, part_target
from etude.build.pdf_setting import Project, Setting, set_book
from etude.build.pdf_short import unrecorded_codes
from etude.build.pictures import Picture
from etude.build.watch import digest, stamp
from etude.build.workers import EndedError
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.render.epub.volume import UNDATED
from etude.render.typst.book import Faces, main_file, page_path, settings_file, theme_files
from etude.render.typst.imprint import Imprint
from etude.render.typst.page import PrintedPage
from etude.render.typst.sheet import sheet_of

__all__ = ["leaves_of", "write_pdfs"]

_NOTES = {
    "formula-scaled": (
        Rule.FORMULA_SCALED,
        "the formula is wider than the printed line, and was set smaller",
        "break it into lines with `aligned`, or name a part of it",
    ),
    "table-divided": (
        Rule.TABLE_DIVIDED,
        "the table is wider than the printed page, and is set as several with the first column in each",
        "leave columns out, or exchange rows and columns",
    ),
}
"""By the kinds of notes: the rule, what is said, and a hint."""

_part = msgspec.msgpack.Decoder(PrintedPage)
_said_before = msgspec.msgpack.Decoder(tuple[Diagnostic, ...])


def write_pdfs(
    making: Making,
) -> dict[str, Made]:
    """Bring every printed book up to date; what the state keeps of them.

    Raises `WriteError`, and `PageGoneError` when a part that was kept is lost.
    """
    book, options, out, output = making.book, making.options, making.out, making.output
    wanted = _editions(book, options)
    known = page_parts(making, wanted)
    date = modified(making)
    fonts = fonts_of(book, making.watch)
    output.diagnostics += (*fonts.problems, *unrecorded_codes(making, wanted))
    for edition in wanted:
        names = {
            parsed.source.name: known[target].part
            for parsed in book.pages[edition.language]
            if (target := part_target(edition, parsed.source.name)) in known
        }
        pages = {name: KEEP.get(book.root, kept, _part) for name, kept in names.items()}
        sources = _sources(book, edition)
        output.diagnostics += (
            *_unsaid(pages, sources),
            *_unprinted(pages, making.pictures, sources),
            *coarse_pictures(pages, sources),
        )
        shown = sorted({path for page in pages.values() for path in page.pictures})
        copies = repr([(path, making.pictures[path].digest) for path in shown])
        contents = digest(copies, *(text for name, page in pages.items() for text in (name, page.source)))
        project = _project(making, edition, pages, fonts.faces, date, contents)
        made_of = (text for path, data in project.items() for text in (path, data))
        key = digest(making.program, fonts.key, copies, repr(names), *made_of)
        folios = book.root / ".etude" / "print" / f"{edition.stem}.json"
        old = making.stands(edition.file, key)
        if old is not None and old.part in KEEP.there(book.root) and folios.exists():
            known[edition.file] = old
            output.diagnostics += KEEP.get(book.root, old.part, _said_before)
            continue
        drawn = {path: making.watch.read(path) for path in shown}
        for page in pages.values():
            drawn.update(page.files)
        spoken = not any(page.unsaid for page in pages.values())
        folder = book.root / ".etude" / "typst" / edition.stem
        task = Project(
            folder, project, drawn, book.files, sources, edition.sheet, fonts.places, spoken=spoken
        )
        try:
            # One after the other: each uses all processors, and takes much memory.
            made = making.workers.apart(set_book, task)
        except EndedError:
            made = Setting(refused="its process was ended, maybe for want of memory")
        if made.typeset is None:
            message = f"the PDF `{edition.file}` was not made: {made.refused}"
            output.diagnostics += (diagnose(Rule.PDF_FAILED, message, ""),)
            continue
        said = (*made.problems, *_said(made.typeset))
        output.diagnostics += said
        announce(out, (edition.file,))
        output.written += write_atomic(out / edition.file, made.typeset.pdf)
        write_atomic(folios, _folios(made.typeset))
        write_atomic(leaves_of(book.root, edition.stem), msgspec.json.encode(made.typeset.leaves))
        # What was said is said again by builds that find the book as it is.
        told = KEEP.put(book.root, encode(said))
        known[edition.file] = Made(key, {edition.file: stamp(out / edition.file)}, part=told)
        output.stamps[edition.file] = stamp(out / edition.file)
    if not options.languages and not options.variants:
        KEEP.forget(book.root, {made.part for made in known.values()})
    return known


def leaves_of(root: Path, stem: str) -> Path:
    """The file that says on which page of a printed book each place is, as JSON."""
    return root / ".etude" / "typst" / f"{stem}.json"


def _editions(book: Book, options: BuildOptions) -> tuple[Edition, ...]:
    """The printed books of a book."""
    settings = book.config.pdf
    colours: Literal["colour", "gray"] = "gray" if settings.grayscale else "colour"
    sheet = sheet_of(*settings.size, colours, bleed=settings.bleed, marks=settings.marks)
    wanted = book.editions(settings.variants, options.variants)
    lift = settings.comments == "lift"
    return tuple(Edition(language, sheet, name, lift) for language, name in wanted)


def _sources(book: Book, edition: Edition) -> dict[str, str]:
    """The source of each module of the project that is made of one."""
    return {page_path(parsed.source.name): parsed.source.path for parsed in book.pages[edition.language]}


def _project(
    making: Making,
    edition: Edition,
    pages: Mapping[str, PrintedPage],
    faces: Faces,
    date: str,
    contents: str,
) -> dict[str, bytes]:
    """The files that Typst reads, but for pictures; `contents` is a digest of pages and pictures."""
    navigation = making.resolved.languages[edition.language].navigation
    config = making.book.config
    first = 2 if any(part.title for part in navigation.parts) else 1
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


def _unsaid(pages: Mapping[str, PrintedPage], sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Pictures that nobody can hear of, for whose sake the book is not PDF/UA."""
    for name, page in sorted(pages.items()):
        for start in page.unsaid:
            yield diagnose(
                Rule.PDF_NOT_ACCESSIBLE,
                "the picture has no text alternative, so the PDF is not one for those who listen (PDF/UA)",
                sources.get(page_path(name), ""),
                Span(start, start + 1),
                hints=("say what it shows: `![words](file)`, or the option `:alt:`",),
            )


def _folios(made: Typeset) -> bytes:
    """Where printed pages begin, for the e-book's list of them."""
    found = (
        {"page": name.partition("#")[0], "id": name.partition("#")[2], "folio": folio}
        for note in made.notes
        for folio, name in note.folios
    )
    return msgspec.json.format(msgspec.json.encode(list(found)), indent=1)


def _unprinted(
    pages: Mapping[str, PrintedPage], pictures: Mapping[str, Picture], sources: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Pictures of no kind that is printed, with the page; those that are not there were told before."""
    for name, page in sorted(pages.items()):
        for path in page.unprinted:
            if path in pictures:
                message = f"the picture `{path}` cannot be printed: it is no PNG, JPEG, GIF, WebP or SVG"
                where = sources.get(page_path(name), "")
                yield diagnose(Rule.PDF_PICTURE, message, where, hints=("save it anew as PNG, JPEG or SVG",))


def _said(made: Typeset) -> Iterator[Diagnostic]:
    """What the theme had to say, at the places in the sources."""
    for note in made.notes:
        if note.kind not in _NOTES:
            continue
        path, span = _place(note)
        rule, message, hint = _NOTES[note.kind]
        yield diagnose(rule, message, path, span, hints=(hint,))


def _place(note: Note) -> tuple[str, Span]:
    path, _, offset = note.place.rpartition(":")
    return (path, Span(int(offset), int(offset) + 1)) if path and offset.isdecimal() else ("", NOWHERE)
