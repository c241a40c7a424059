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
from etude.execute.plan import Plan, Run
from etude.model.offer import Offer
from etude.model.result import RunResult

__all__ = ["page_tasks", "result_digests"]


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
    libraries = _Libraries(run.plan)
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
                    *result_digests(results),
                )
                made = encode(results) if results else b""
                yield Task(form, target, key, parsed.key, shown, made, offer=offer)
                yield from _downloads(book, libraries, parsed, shown, results, offer, pictures, program)
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
    libraries: _Libraries,
    parsed: Parsed,
    facts: bytes,
    results: Mapping[str, RunResult],
    offer: Offer,
    pictures: Mapping[str, Picture],
    program: str,
) -> Iterator[Task]:
    """The notebooks that the website offers of a page: each has all in it."""
    for variant, path in offer.notebooks:
        result, library = results[variant], libraries.of(parsed, variant)
        alone = digest("download", _notebook_key(book, parsed, facts, variant, result, pictures, program))
        key = digest(alone, *(part for module in library.items() for part in module))
        made = encode({variant: result})
        yield Task("download", f"html/{path}", key, parsed.key, facts, made, variant, library=library)


class _Libraries:
    """The modules of saved cells, as the runs of a plan find them."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._runs: dict[tuple[str, str], Run] = {}
        for one in plan.runs if plan is not None else ():
            for path in one.pages:
                self._runs.setdefault((path, one.variant), one)

    def of(self, parsed: Parsed, variant: str) -> dict[str, str]:
        """Those of a page's run, when it imports any."""
        run = self._runs.get((parsed.source.path, variant)) if parsed.index.imports else None
        return self._plan.library(run) if self._plan is not None and run is not None else {}


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
        program, "notebook", parsed.key, facts, setup, copies, variant, *result_digests({variant: result})
    )


def result_digests(results: Mapping[str, RunResult]) -> Iterable[str]:
    """What of the results of a page's runs can be seen, as parts of a key."""
    for variant, result in results.items():
        yield f"{variant} {result.gpus:g}"
        if result.table:
            yield f"table {encode(result.table)!r}"
        for name, data in result.others.items():
            yield f"{name} {encode(data)!r}"
        for index, cell in result.cells.items():
            yield f"{index} {cell.status} {cell.digest} {cell.packages}{cell.origin}"
