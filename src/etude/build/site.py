"""Stages render and write as part of a build: pages whose key changed, then what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from msgspec import structs

from etude.adapters.disk import sealed, sweep_parts, unsealed, write_atomic
from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.faces import faces
from etude.build.manifest import announce, sweep
from etude.build.options import BuildOptions
from etude.build.outputs import Done, Job, Made, Task, encode, work
from etude.build.place import unwritable
from etude.build.resolution import Resolved
from etude.build.search import fold
from etude.build.search_files import forget, there
from etude.build.shared import Output, shared_html, shared_notebooks
from etude.build.sources import Parsed
from etude.build.watch import Watch, digest
from etude.build.workers import Workers
from etude.model.diagnostic import BookError
from etude.model.offer import Offer
from etude.model.result import RunResult

__all__ = ["picture_sizes", "write_outputs"]

_decode = msgspec.msgpack.Decoder(dict[str, Made]).decode


@dataclass(frozen=True, slots=True)
class Picture:
    """What outputs depend on of a file that they show."""

    digest: str
    size: tuple[int, int] | None
    """In CSS pixels; None when it is no picture that is known."""


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
    pictures = _pictures(book, watch)
    sizes = _sizes(pictures)
    offered = None
    if "html" in options.to:
        from etude.build.offers import offering  # noqa: PLC0415 -- only for this form

        drawn = {
            target.removeprefix("html/"): made.key
            for target, made in before.items()
            if target.endswith(".png") and made.stands(out)
        }
        offered = offering(book, resolved, watch, program, drawn)
        output.diagnostics += (*offered.problems, *offered.cards.diagnostics)
    offers = offered.pages if offered is not None else {}
    drawings = offered.cards.drawings if offered is not None else {}
    tasks = [t for form in options.to for t in _tasks(form, book, run, resolved, pictures, program, offers)]
    documents = {(p.source.language, p.source.name): p.key for pages in book.pages.values() for p in pages}
    tasks += [
        Task("card", f"html/{file}", key, documents[page], drawing, b"")
        for page, (file, key, drawing) in drawings.items()
    ]
    letters = _letters(book, run) if "html" in options.to else ""
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
    for done in workers.map(
        work, list(_jobs(stale, book, resolved, out, sizes, sheets, workers)), len(stale)
    ):
        _check(done)
        known.update(done.made)
        output.written += done.written
    if offered is not None:
        elsewhere = [language for language in declared if language not in book.pages]
        shared_html(book, resolved, out, started, watch, output, offered, elsewhere, sheets)
        if book.config.html.search:
            known.update(fold(book, known, before, out, program, workers, output))
    if "notebook" in options.to:
        shared_notebooks(book, run, out, output)
    for made in known.values():
        output.stamps.update(made.files)
    output.seen = watch.seen()
    everything = not options.languages and not options.variants
    sweep(out, output.stamps, options.to, everything=everything)
    if everything:
        forget(book.root, {made.search for made in known.values()})
    sweep_parts(state.parent)
    write_atomic(state, sealed(encode({**({} if everything else before), **known})))
    return output


def picture_sizes(book: Book) -> dict[str, tuple[int, int]]:
    """Width and height of the pictures that pages show, in CSS pixels, by path."""
    return _sizes(_pictures(book, Watch(book.files)))


def _sizes(pictures: Mapping[str, Picture]) -> dict[str, tuple[int, int]]:
    return {path: picture.size for path, picture in pictures.items() if picture.size is not None}


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


def _tasks(
    form: str,
    book: Book,
    run: Executed,
    resolved: Resolved,
    pictures: Mapping[str, Picture],
    program: str,
    offers: Mapping[tuple[str, str], Offer],
) -> Iterable[Task]:
    for language, pages in book.pages.items():
        resolution = resolved.languages[language]
        if form == "html":
            from etude.render.html.site import SiteContext  # noqa: PLC0415 -- one form may be all that is asked for

            site = SiteContext(book.config, resolution.navigation)
        for parsed in pages:
            facts = resolution.facts.get(parsed.source.name)
            if facts is None:
                continue
            results = run.results.get(parsed.source.path, {})
            shown = encode(facts)
            if form == "html":
                from etude.render.html.address import page_file  # noqa: PLC0415

                target = f"html/{page_file(language, parsed.source.name, book.config.home)}"
                seen = (*parsed.files, book.config.html.image)
                shapes = repr([(p, pictures[p].size) for p in seen if p in pictures])
                offer = offers[language, parsed.source.name]
                key = digest(
                    program,
                    form,
                    parsed.key,
                    shown,
                    site.key(parsed.source.name, listing=parsed.index.contents),
                    shapes,
                    encode(offer),
                    *_digests(results),
                )
                made = encode(results) if results else b""
                yield Task(form, target, key, parsed.key, shown, made, offer=offer)
            else:
                yield from _notebooks(book, parsed, shown, results, pictures, program)


def _notebooks(
    book: Book,
    parsed: Parsed,
    facts: bytes,
    results: Mapping[str, RunResult],
    pictures: Mapping[str, Picture],
    program: str,
) -> Iterable[Task]:
    from etude.render.notebook import notebook_path  # noqa: PLC0415 -- one form may be all that is asked for

    for variant, result in results.items():
        target = f"notebook/{notebook_path(parsed.source, variant)}"
        # Copies of the pictures lie beside the notebook, so that what they hold counts.
        copies = repr([(p, pictures[p].digest) for p in parsed.files if p in pictures])
        config = book.config
        setup = repr((config.html.url, config.execute, config.library, config.variants, config.environments))
        key = digest(
            program, "notebook", parsed.key, facts, setup, copies, variant, *_digests({variant: result})
        )
        yield Task("notebook", target, key, parsed.key, facts, encode({variant: result}), variant)


def _digests(results: Mapping[str, RunResult]) -> Iterable[str]:
    for variant, result in results.items():
        yield f"{variant} {result.gpus:g}"
        for index, cell in result.cells.items():
            yield f"{index} {cell.status} {cell.digest} {cell.packages}"


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


def _pictures(book: Book, watch: Watch) -> dict[str, Picture]:
    """The pictures, and other files, that pages show or offer."""
    from etude.render.images import dimensions  # noqa: PLC0415 -- only with pictures

    found: dict[str, Picture] = {}
    shown = {f for pages in book.pages.values() for p in pages for f in p.files}
    for path in sorted(shown | {book.config.html.image} - {""}):
        try:
            data = watch.read(path)
        except OSError:
            continue  # reported when the page was parsed, or among the files of the site
        found[path] = Picture(digest(data), dimensions(data))
    return found
