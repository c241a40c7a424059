"""The output files that are made of one page each: what goes into them, and a key of all of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.outputs import Task, encode
from etude.build.pictures import Picture
from etude.build.resolution import Resolved
from etude.build.sources import Parsed
from etude.build.watch import digest
from etude.model.offer import Offer
from etude.model.result import RunResult

__all__ = ["page_tasks"]


def page_tasks(
    form: str,
    book: Book,
    run: Executed,
    resolved: Resolved,
    pictures: Mapping[str, Picture],
    program: str,
    offers: Mapping[tuple[str, str], Offer],
) -> Iterable[Task]:
    """Those of a form; `offers` are what the website offers, by language and name of the page."""
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
                yield from _downloads(book, run, parsed, shown, offer, pictures, program)
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
    """The notebooks of a page, with what they show beside them."""
    from etude.render.notebook import notebook_path  # noqa: PLC0415 -- one form may be all that is asked for

    for variant, result in results.items():
        target = f"notebook/{notebook_path(parsed.source, variant)}"
        key = _notebook_key(book, parsed, facts, variant, result, pictures, program)
        yield Task("notebook", target, key, parsed.key, facts, encode({variant: result}), variant)


def _downloads(
    book: Book,
    run: Executed,
    parsed: Parsed,
    facts: bytes,
    offer: Offer,
    pictures: Mapping[str, Picture],
    program: str,
) -> Iterator[Task]:
    """The notebooks that the website offers of a page: each has all in it."""
    for variant, path in offer.notebooks:
        result = run.results[parsed.source.path][variant]
        library = _library(run, parsed, variant)
        alone = digest("download", _notebook_key(book, parsed, facts, variant, result, pictures, program))
        key = digest(alone, *(part for module in library.items() for part in module))
        made = encode({variant: result})
        yield Task("download", f"html/{path}", key, parsed.key, facts, made, variant, library=library)


def _library(run: Executed, parsed: Parsed, variant: str) -> dict[str, str]:
    """The modules of saved cells as the page's run finds them, when it imports any."""
    if run.plan is None or not parsed.index.imports:
        return {}
    mine = (r for r in run.plan.runs if r.variant == variant and parsed.source.path in r.pages)
    return next((run.plan.library(one) for one in mine), {})


def _notebook_key(
    book: Book,
    parsed: Parsed,
    facts: bytes,
    variant: str,
    result: RunResult,
    pictures: Mapping[str, Picture],
    program: str,
) -> str:
    # Copies of the pictures lie beside the notebook, or in it, so that what they hold counts.
    copies = repr([(p, pictures[p].digest) for p in parsed.files if p in pictures])
    config = book.config
    setup = repr((config.html.url, config.execute, config.library, config.variants, config.environments))
    return digest(
        program, "notebook", parsed.key, facts, setup, copies, variant, *_digests({variant: result})
    )


def _digests(results: Mapping[str, RunResult]) -> Iterable[str]:
    for variant, result in results.items():
        yield f"{variant} {result.gpus:g}"
        for index, cell in result.cells.items():
            yield f"{index} {cell.status} {cell.digest} {cell.packages}"
