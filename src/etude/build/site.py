"""Stages render and write as part of a build: pages whose key changed, then what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec import structs

from etude.adapters.disk import sealed, sweep_parts, unsealed, write_atomic
from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.faces import faces
from etude.build.making import Making
from etude.build.manifest import announce, sweep
from etude.build.options import BuildOptions
from etude.build.outputs import Done, Job, Made, Task, encode, work
from etude.build.pictures import pictures_of, sizes_of
from etude.build.place import unwritable
from etude.build.resolution import Resolved
from etude.build.search import fold
from etude.build.search_files import forget, there
from etude.build.shared import Output, shared_html, shared_notebooks
from etude.build.short import short_addresses
from etude.build.tasks import page_tasks
from etude.build.watch import Watch, digest
from etude.build.workers import Workers
from etude.model.diagnostic import BookError

__all__ = ["write_outputs"]

_decode = msgspec.msgpack.Decoder(dict[str, Made]).decode


def write_outputs(
    book: Book,
    run: Executed,
    resolved: Resolved,
    out: Path,
    options: BuildOptions,
    program: str,
    workers: Workers,
) -> Output:
    """Bring every output up to date; raises `WriteError`, and `BookError` from a worker that cannot write."""
    declared = book.config.languages
    if book.pages:
        # The site offers the languages that are built: others may have no page to lead to.
        book = replace(book, config=structs.replace(book.config, languages=tuple(book.pages)))
    state = book.root / ".etude" / "made" / f"{digest(str(out))}"
    before = _recall(state)
    output = Output()
    watch = Watch(book.files)
    pictures = pictures_of(book, watch)
    short = short_addresses(book, resolved, options, program, workers)
    output.diagnostics += short.diagnostics
    asked = book, run, resolved, out, options, program, workers, before, pictures
    making = Making(*asked, short.found, watch, output)
    sizes = sizes_of(pictures)
    offered = None
    if "html" in options.to:
        from etude.build.offers import offering  # noqa: PLC0415 -- only for this form

        drawn = {
            target.removeprefix("html/"): made.key
            for target, made in before.items()
            if target.endswith(".png") and made.stands(out)
        }
        offered = offering(book, run.results, resolved, watch, program, drawn)
        output.diagnostics += (*offered.problems, *offered.cards.diagnostics)
    offers = offered.pages if offered is not None else {}
    drawings = offered.cards.drawings if offered is not None else {}
    forms = [form for form in options.to if form in ("html", "notebook")]
    tasks = [t for form in forms for t in page_tasks(form, book, run, resolved, pictures, program, offers)]
    documents = {(p.source.language, p.source.name): p.key for pages in book.pages.values() for p in pages}
    tasks += [
        Task("card", f"html/{file}", key, documents[page], drawing, b"")
        for page, (file, key, drawing) in drawings.items()
    ]
    letters = _letters(book, run) if {"html", "epub"}.intersection(options.to) else ""
    sheets = _sheets(letters) if "html" in options.to else {}
    current = {f"{path}?v={version}" for path, version in sheets.items()}
    known: dict[str, Made] = {}
    stale: list[Task] = []
    searched = there(book.root)
    for task in tasks:
        made = before.get(task.target)
        found = made is not None and (not made.search or made.search in searched)
        found = found and made is not None and current.issuperset(made.sheets)
        if made is not None and found and made.key == task.key and made.stands(out):
            known[task.target] = made
        else:
            stale.append(task)
    announce(out, (t.target for t in stale))
    started = faces(letters, workers) if "html" in options.to else []
    formulas = faces(letters, workers, ("math",)) if "epub" in options.to else []
    for done in workers.map(
        work, list(_jobs(stale, book, resolved, out, sizes, sheets, workers)), len(stale)
    ):
        _check(done)
        known.update(done.made)
        output.written += done.written
    if offered is not None:
        elsewhere = [language for language in declared if language not in book.pages]
        shared_html(book, resolved, out, started, watch, output, offered, elsewhere, sheets, short.found)
        if book.config.html.search:
            known.update(fold(making, known))
        if book.config.html.markdown:
            from etude.build.whole_text import whole_text  # noqa: PLC0415 -- only for this form

            known.update(whole_text(making, known))
    if "notebook" in options.to:
        shared_notebooks(book, run, out, output)
    if "library" in options.to:
        from etude.build.package import write_package  # noqa: PLC0415 -- only for this form

        write_package(making)
    if "pdf" in options.to:  # before e-books, which say where its pages begin
        from etude.build.pdf import write_pdfs  # noqa: PLC0415 -- only for this form

        known.update(write_pdfs(making))
    if "epub" in options.to:
        from etude.build.epub import write_epubs  # noqa: PLC0415 -- only for this form

        known.update(write_epubs(making, formulas))
    if "markdown" in options.to:
        from etude.build.manuscripts import write_manuscripts  # noqa: PLC0415 -- only for this form

        known.update(write_manuscripts(making))
    if {"tex", "docx"}.intersection(options.to):
        from etude.build.publishers import write_publishers  # noqa: PLC0415 -- only for these forms

        known.update(write_publishers(making))
    for made in known.values():
        output.stamps.update(made.files)
    output.seen = book.seen(watch.seen(), short.seen)
    everything = not options.languages and not options.variants
    sweep(out, output.stamps, options.to, everything=everything)
    # Of forms that were not asked for, all stays as it was.
    stays = {
        target: made for target, made in before.items() if not everything or _form(target) not in options.to
    }
    if everything:
        forget(book.root, {made.search for made in (*stays.values(), *known.values())})
    sweep_parts(state.parent)
    write_atomic(state, sealed(encode({**stays, **known})))
    return output


def _form(target: str) -> str:
    """The form that something belongs to, by the name under which the state keeps it (``epub-part/…``)."""
    folder = target.partition("/")[0].partition("-")[0]
    return "html" if folder == "search" else folder


def _letters(book: Book, run: Executed) -> str:
    """Every character of the formulas that the book has and that its cells show, sorted."""
    from etude.render.html.shown_letters import shown_letters  # noqa: PLC0415 -- only for this form

    found = set("".join(p.letters for pages in book.pages.values() for p in pages))
    return "".join(sorted(found | shown_letters(r for runs in run.results.values() for r in runs.values())))


def _sheets(letters: str) -> dict[str, str]:
    from etude.render.html.assets import sheet_versions  # noqa: PLC0415 -- only for this form

    return sheet_versions(letters)


def _check(done: Done) -> None:
    if done.problem is not None:
        raise BookError((unwritable(*done.problem),))


def _recall(state: Path) -> dict[str, Made]:
    try:
        return _decode(unsealed(state.read_bytes()) or b"")
    except (OSError, msgspec.MsgspecError):
        return {}


def _jobs(
    tasks: list[Task],
    book: Book,
    resolved: Resolved,
    out: Path,
    sizes: Mapping[str, tuple[int, int]],
    sheets: Mapping[str, str],
    workers: Workers,
) -> Iterable[Job]:
    """Tasks of one language share a job, and those of one page lie beside each other."""
    config = encode(book.config)
    pictures, versions = encode(sizes), encode(sheets)
    by_page = {p.key: language for language, pages in book.pages.items() for p in pages}
    for language in book.pages:
        navigation = encode(resolved.languages[language].navigation)
        mine = sorted((t for t in tasks if by_page.get(t.page) == language), key=lambda t: t.page)
        for chunk in workers.chunks(mine):
            yield Job(
                chunk,
                str(out),
                str(book.root),
                str(book.root / ".etude" / "store"),
                config,
                navigation,
                pictures,
                versions,
            )
