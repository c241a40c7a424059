"""LaTeX projects and Word documents as part of a build: pandoc makes them of the whole book."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from etude.adapters.disk import DiskFiles
from etude.adapters.drawings import DrawingError, redraw
from etude.adapters.pandoc import Pandoc, PandocError, find_pandoc
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.manuscripts import Sheets, leaves, sheets_of
from etude.build.outputs import Made, encode
from etude.build.watch import digest
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.render.html.tags import tag
from etude.render.manuscript.latex import TEMPLATE, project
from etude.render.manuscript.page import whole_book
from etude.render.manuscript.pandoc import READER, LatexWriter, WordWriter
from etude.render.manuscript.pandoc_inline import PandocInline
from etude.render.manuscript.word import reference

__all__ = ["FORMS", "write_publishers"]

FORMS = ("tex", "docx")

_VARIABLE = "SOURCE_DATE_EPOCH"
_EPOCH = "315532800"
"""The first of 1980, when nothing else is asked for: the earliest day that a ZIP archive knows."""
_TOLD = 20
"""Warnings that are shown of one form of a language."""
_PICTURES = (".svg", ".gif", ".webp", ".png", ".jpg", ".jpeg", ".pdf")


class _Job(Struct, frozen=True):
    """One form of one language."""

    form: str
    sheets: Sheets
    root: str
    files: tuple[str, ...]
    """Those of the book that its pages show or offer."""
    pandoc: str
    version: str


class _Exported(Struct, frozen=True):
    files: dict[str, bytes]
    """Below the folder of outputs."""
    diagnostics: tuple[Diagnostic, ...]


def write_publishers(
    making: Making,
) -> dict[str, Made]:
    """Bring them up to date; what the state keeps of them. Raises `WriteError` and `PageGoneError`."""
    book, pictures, out, output = making.book, making.pictures, making.out, making.output
    forms = [form for form in making.options.to if form in FORMS]
    try:
        pandoc = find_pandoc()
    except PandocError as error:
        output.diagnostics += (_missing(error, forms),)
        return {}
    output.environment[_VARIABLE] = os.environ.get(_VARIABLE)
    known: dict[str, Made] = {}
    waiting: list[tuple[str, str, Callable[[], _Exported]]] = []
    for language, pages in book.pages.items():
        sheets = sheets_of(making, language)
        files = tuple(sorted({path for parsed in pages for path in parsed.files}))
        copies = repr([(path, pictures[path].digest) for path in files if path in pictures])
        about = encode(sheets.config), encode(sheets.navigation), copies, pandoc.version, _epoch()
        for form in forms:
            target = f"{form}/{language}"
            key = digest(form, *about, *(sheet.key for sheet in sheets.pages))
            if (made := making.stands(target, key)) is not None:
                known[target] = made
                continue
            job = _Job(form, sheets, str(book.root), files, pandoc.path, pandoc.version)
            waiting.append((target, key, making.workers.begin(_export, job)))
    for target, key, get in waiting:
        exported = get()
        output.diagnostics += exported.diagnostics
        announce(out, exported.files)
        for path, data in exported.files.items():
            making.put(path, data)
        if exported.files and not exported.diagnostics:
            known[target] = Made(key, {path: output.stamps[path] for path in exported.files})
    return known


def _missing(error: PandocError, forms: list[str]) -> Diagnostic:
    hint = "`pip install pypandoc_binary` brings it along; `ETUDE_PANDOC` names one that is elsewhere"
    return diagnose(
        Rule.PANDOC_MISSING, f"{error}: nothing is written to {' and '.join(forms)}", "", hints=(hint,)
    )


def _epoch() -> str:
    return os.environ.get(_VARIABLE) or _EPOCH


def _export(job: _Job) -> _Exported:
    """Make one form of one language, in any process."""
    pandoc = Pandoc(job.pandoc, job.version)
    writer = LatexWriter if job.form == "tex" else WordWriter
    written = whole_book(leaves(job.sheets), job.sheets.scene, job.sheets.anchors, writer, head=False)
    files = {**_read(job), **written.files}
    made, problems = _drawn(files, writer.inliner)
    try:
        with tempfile.TemporaryDirectory(prefix="etude-") as folder:
            export = _latex if job.form == "tex" else _word
            done, warnings = export(job, pandoc, written.text, made, Path(folder))
    except PandocError as error:
        return _Exported(
            {}, (diagnose(Rule.PANDOC_FAILED, f"{job.form} of `{_language(job)}`: {error}", ""),)
        )
    said = [f"{job.form} of `{_language(job)}`: {words}" for words in (*problems, *dict.fromkeys(warnings))]
    if len(said) > _TOLD:
        said = [*said[:_TOLD], f"{job.form} of `{_language(job)}`: {len(said) - _TOLD} more of the kind"]
    return _Exported(done, tuple(diagnose(Rule.PANDOC_WARNING, words, "") for words in said))


def _language(job: _Job) -> str:
    return job.sheets.navigation.language


def _read(job: _Job) -> dict[str, bytes]:
    """Files of the book; what cannot be read was reported when the page was parsed."""
    book = DiskFiles(Path(job.root))
    found: dict[str, bytes] = {}
    for path in job.files:
        try:
            found[path] = book.read(path)
        except OSError:
            continue
    return found


def _drawn(
    files: Mapping[str, bytes], inline: type[PandocInline]
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files, with pictures that the form cannot show turned into such as it can."""
    made: dict[str, bytes] = {}
    problems: list[str] = []
    for path, data in files.items():
        suffix = posixpath.splitext(path)[1].lower()
        if suffix in inline.shows or suffix not in _PICTURES:
            made[path] = data
            continue
        kind = inline.drawings
        try:
            made[f"{path}.{kind}"] = redraw(data, suffix, kind)
        except DrawingError as error:
            problems.append(f"the picture `{path}` cannot be turned into {kind.upper()}: {error}")
    return made, tuple(problems)


def _about(job: _Job) -> Iterator[str]:
    """What is told of the book, as options of pandoc."""
    config, language = job.sheets.config, _language(job)
    yield f"--metadata=title:{config.title.get(language)}"
    if config.subtitle:
        yield f"--metadata=subtitle:{config.subtitle.get(language)}"
    yield from (f"--metadata=author:{author.name}" for author in config.authors)
    if config.date:
        yield f"--metadata=date:{config.date}"
    yield f"--metadata=lang:{tag(language)}"


def _latex(
    job: _Job, pandoc: Pandoc, text: bytes, files: Mapping[str, bytes], folder: Path
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    template = folder / "template.tex"
    template.write_text(TEMPLATE, "utf-8")
    parts = any(part.title for part in job.sheets.navigation.parts)
    division = "part" if parts else "chapter"
    filled, warnings = pandoc.run(
        (
            *(f"--from={READER}", "--to=latex-smart", f"--template={template}", "--wrap=preserve"),
            *(f"--top-level-division={division}", *_about(job)),
        ),
        text,
        folder,
    )
    language = _language(job)
    made = {**files, **project(filled.decode(), job.sheets.config, language, tag(language))}
    return {f"tex/{language}/{path}": data for path, data in made.items()}, warnings


def _word(
    job: _Job, pandoc: Pandoc, text: bytes, files: Mapping[str, bytes], folder: Path
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    plain, _ = pandoc.run(("--print-default-data-file=reference.docx",), b"", folder)
    styles = folder / "reference.docx"
    styles.write_bytes(reference(plain, _language(job)))
    shown = folder / "book"
    for path, data in files.items():
        place = shown / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    shown.mkdir(exist_ok=True)
    document, warnings = pandoc.run(
        (f"--from={READER}", "--to=docx", f"--reference-doc={styles}", *_about(job), "--output=-"),
        text,
        shown,
        {_VARIABLE: _epoch()},
    )
    return {f"docx/{_language(job)}.docx": document}, warnings
