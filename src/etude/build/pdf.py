"""Printed books as part of a build: Typst is asked when a part, a picture or a setting has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from etude.adapters.disk import write_atomic
from etude.adapters.typesetter import Note, Typeset
from etude.build.book import Book
from etude.build.dates import modified
from etude.build.execution import Executed
from etude.build.manifest import announce
from etude.build.options import BuildOptions
from etude.build.outputs import Made
from etude.build.pdf_parts import KEEP, Edition, page_parts, part_target
from etude.build.pdf_setting import Project, Setting, set_book
from etude.build.pictures import Picture
from etude.build.resolution import Resolved
from etude.build.shared import Output
from etude.build.watch import Watch, digest, stamp
from etude.build.workers import EndedError, Workers
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.render.typst.book import Faces, main_file, page_path, settings_file, theme_files
from etude.render.typst.page import PrintedPage
from etude.render.typst.sheet import SIZES, sheet_of

__all__ = ["leaves_of", "write_pdfs"]

_part = msgspec.msgpack.Decoder(PrintedPage)

_HAN_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun")
_HAN_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "SimHei")
_FACES = Faces(
    text=("Source Serif 4", *_HAN_SERIF),
    sans=("Source Serif 4", *_HAN_SANS),
    mono=("Source Code Pro", "DejaVu Sans Mono", *_HAN_SANS),
    math=("STIX Two Math", "New Computer Modern Math", *_HAN_SERIF),
)


def write_pdfs(
    book: Book,
    run: Executed,
    resolved: Resolved,
    out: Path,
    options: BuildOptions,
    program: str,
    workers: Workers,
    before: Mapping[str, Made],
    pictures: Mapping[str, Picture],
    watch: Watch,
    output: Output,
) -> dict[str, Made]:
    """Bring every printed book up to date; what the state keeps of them.

    Raises `WriteError`, and `PageGoneError` when a part that was kept is lost.
    """
    wanted = _editions(book, options)
    known = page_parts(book, run, resolved, wanted, pictures, before, program, workers)
    date = modified(book, watch, output)
    for edition in wanted:
        names = {
            parsed.source.name: known[target].part
            for parsed in book.pages[edition.language]
            if (target := part_target(edition, parsed.source.name)) in known
        }
        pages = {name: KEEP.get(book.root, kept, _part) for name, kept in names.items()}
        project = _project(book, resolved, edition, pages, date)
        shown = sorted({path for page in pages.values() for path in page.pictures})
        copies = repr([(path, pictures[path].digest) for path in shown])
        made_of = (text for path, data in project.items() for text in (path, data))
        key = digest(program, copies, repr(names), *made_of)
        old = before.get(edition.file)
        if old is not None and old.key == key and old.stands(out):
            known[edition.file] = old
            continue
        drawn = {path: watch.read(path) for path in shown}
        for page in pages.values():
            drawn.update(page.files)
        folder = book.root / ".etude" / "typst" / edition.stem
        task = Project(folder, project, drawn, book.files, _sources(book, edition))
        try:
            # One after the other: each uses all processors, and takes much memory.
            made = workers.apart(set_book, task)
        except EndedError:
            made = Setting(refused="its process was ended, maybe for want of memory")
        if made.typeset is None:
            message = f"the PDF `{edition.file}` was not made: {made.refused}"
            output.diagnostics += (diagnose(Rule.PDF_FAILED, message, ""),)
            continue
        output.diagnostics += (*made.problems, *_said(made.typeset))
        write_atomic(leaves_of(book.root, edition.stem), msgspec.json.encode(made.typeset.leaves))
        announce(out, (edition.file,))
        output.written += write_atomic(out / edition.file, made.typeset.pdf)
        if not made.typeset.notes and not made.problems:  # what is said must be said again by the next build
            known[edition.file] = Made(key, {edition.file: stamp(out / edition.file)})
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
    width, height = SIZES[settings.size]
    sheet = sheet_of(width, height, "gray" if settings.grayscale else "colour")
    wanted = book.editions(settings.variants, options.variants)
    lift = settings.comments == "lift"
    return tuple(Edition(language, sheet, name, lift) for language, name in wanted)


def _sources(book: Book, edition: Edition) -> dict[str, str]:
    """The source of each module of the project that is made of one."""
    return {page_path(parsed.source.name): parsed.source.path for parsed in book.pages[edition.language]}


def _project(
    book: Book, resolved: Resolved, edition: Edition, pages: Mapping[str, PrintedPage], date: str
) -> dict[str, bytes]:
    """The files that Typst reads, but for pictures."""
    navigation = resolved.languages[edition.language].navigation
    config = book.config
    first = 2 if any(part.title for part in navigation.parts) else 1
    year, month, day = (int(part) for part in date[:10].split("-"))
    imprint = [text for text in (config.license, config.version, date[:10]) if text]
    settings = settings_file(edition.sheet, _FACES, edition.language, first=first, date=(year, month, day))
    return {
        **theme_files(),
        "settings.typ": settings,
        "main.typ": main_file(config, navigation, pages, imprint),
        **{page_path(name): page.source for name, page in pages.items()},
    }


def _said(made: Typeset) -> Iterator[Diagnostic]:
    """What the theme had to say, at the places in the sources."""
    for note in made.notes:
        path, span = _place(note)
        yield diagnose(
            Rule.FORMULA_SCALED,
            "the formula is wider than the printed line, and was set smaller",
            path,
            span,
            hints=("break it into lines with `aligned`, or name a part of it",),
        )


def _place(note: Note) -> tuple[str, Span]:
    path, _, offset = note.place.rpartition(":")
    return (path, Span(int(offset), int(offset) + 1)) if path and offset.isdecimal() else ("", NOWHERE)
