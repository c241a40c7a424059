"""The planner: which runs there are, the key of every cell, and what is asked after it.

In: the code of all pages, configuration, files, environment. Out: a `Plan`. Nothing runs here.

A key is a chain: it names its cell's normal form and the key of the cell before it. Prose, comments,
formatting and the page's language are in no key, so pages of several languages with the same code have
the same keys and share one run. The page's name is in them: pages do not share results, as each runs in
its own folder. What cells read is not in the keys: it is seen when they run (see `ways`).
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, cast

from etude.execute.check import foreign_cells
from etude.execute.code import CellCode, EvalCode, PageCode
from etude.execute.digest import digest
from etude.execute.environments import wanted
from etude.execute.facts import Facts, Packages
from etude.execute.inputs import Declared
from etude.execute.library import Library
from etude.execute.modules import Inputs, Modules, View
from etude.execute.needs import declared, fixed
from etude.execute.normalise import is_python
from etude.execute.pinned import Pinned
from etude.execute.plan import Part, Plan, Run, Step
from etude.execute.recipe import Component
from etude.execute.requests import Request, expectation_requests, split_format
from etude.execute.scan import Scan, scan_code
from etude.model.config import Config, Worker
from etude.model.diagnostic import Diagnostic, Rule, diagnose
from etude.model.protocols import Files, Store

__all__ = ["FORMAT", "plan"]

FORMAT: Final = "2"
"""Changes when results made before must not be used any more."""


def plan(
    pages: Sequence[PageCode],
    config: Config,
    files: Files,
    inputs: Inputs,
    *,
    environment: Mapping[str, str],
    home: str = "",
    store: Store | None = None,
    packages: Packages | None = None,
) -> Plan:
    """Plan the execution of a book.

    `pages` are those of every language, each language in reading order. `environment` and `home`
    are the user's, as data. `store` keeps scans of modules between builds.
    """
    ordered: dict[str, list[PageCode]] = {language: [] for language in config.languages}
    for page in pages:
        ordered.setdefault(page.language, []).append(page)
    library = Library(
        config.library.name,
        ordered,
        config.library.language or config.languages[0],
        config.library_modules(),
        whole=config.library.whole,
    )
    modules = Modules(files, inputs, library, store)
    planner = _Planner(config, modules, library, Declared(inputs, environment, home))
    places: dict[tuple[object, ...], int] = {}
    runs: list[Run] = []
    for language_pages in ordered.values():
        for position, page in enumerate(language_pages):
            for run in planner.runs_of(page, position):
                # Two languages may name files of their own folders by the same words.
                named = tuple((step.key, step.scanned) for step in run.steps)
                mark = (run.name, run.variant, named)
                if mark in places:
                    runs[places[mark]] = _share(runs[places[mark]], run)
                else:
                    places[mark] = len(runs)
                    runs.append(run)
    return Plan(
        _told_apart(runs),
        (*library.diagnostics, *planner.problems),
        config.execute.output_limit,
        config.execute.timings,
        library,
        modules,
        Facts(inputs, library, packages or _NoPackages(), home, store),
    )


def _share(first: Run, second: Run) -> Run:
    """One run for two pages with the same keys: it asks what either asks."""
    steps = tuple(
        replace(step, requests=tuple(dict.fromkeys((*step.requests, *other.requests))))
        for step, other in zip(first.steps, second.steps, strict=True)
    )
    return replace(first, steps=steps, parts=(*first.parts, *second.parts))


def _told_apart(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs of one page and variant with the languages that they are for."""
    alike = Counter((run.name, run.variant) for run in runs)
    return tuple(
        replace(run, languages=", ".join(dict.fromkeys(part.page.language for part in run.parts)))
        if alike[run.name, run.variant] > 1
        else run
        for run in runs
    )


class _NoPackages:
    """Where nothing is known of what is installed."""

    def version(self, _kernel: str, _name: str) -> None:
        """Nothing."""

    def state(self, _kernel: str) -> str:
        """Nothing."""
        return ""


class _Planner:
    """Makes the runs of one page after the other."""

    def __init__(self, config: Config, modules: Modules, library: Library, declared: Declared) -> None:
        self.config = config
        self.modules = modules
        self.library = library
        self.declared = declared
        self.problems: list[Diagnostic] = []

    def runs_of(self, page: PageCode, position: int) -> list[Run]:
        """A page's runs, one for each variant; a page without cells has none."""
        if not page.cells and not page.evals:
            return []
        variants = self._variants(page)
        settings, execute = page.execute, self.config.execute
        inputs, unreadable = self.declared.files((*execute.inputs, *settings.inputs))
        if page.cells:
            self.problems += [
                diagnose(Rule.INPUT_UNREADABLE, f"the input `{path}` cannot be read", page.path)
                for path in unreadable
            ]
        shared = (*inputs, *self.declared.variables((*execute.environment, *settings.environment)))
        pinned = self.declared.pinned((*execute.pinned, *settings.pinned))
        return [self._run(page, position, variant, shared, pinned) for variant in variants]

    def _run(
        self, page: PageCode, position: int, variant: str, shared: tuple[Component, ...], pinned: Pinned
    ) -> Run:
        config, settings = self.config.execute, page.execute
        kernel, environment = self.config.kernel(variant, page.kernel)
        seed = config.seed if settings.seed is None else settings.seed
        ours = [cell for cell in page.cells if not cell.variants or variant in cell.variants]
        cells = [] if settings.skip else [cell for cell in ours if not cell.skip]
        resources = declared(cells, settings, config)
        base = (
            Component("format", "", FORMAT),
            Component("page", "", page.name),
            Component("kernel", "", kernel),
            *((Component("environment", "", wanted(environment)),) if environment else ()),
            Component("variant", "", variant),
            Component("seed", "", str(seed)),
            *fixed(resources),
            *shared,
        )
        self.problems += foreign_cells(page, cells, kernel)
        asked, evals = _ask(page, variant, cells)
        view = View(self._folders(page), page.language, position, variant, pinned)
        chain = text = digest(*(item for part in base for item in (part.kind, part.name, part.digest)))
        steps: list[Step] = []
        for cell, requests in zip(cells, asked, strict=True):
            python = is_python(cell.language, kernel)
            components = _own(cell, python=python)
            text = digest(text, cell.text)
            shown = Component("code", "as it stands", text)
            if python and cell.shows_source:
                components = (*components, shown)
            own = digest(*(item for part in components for item in (part.kind, part.name, part.digest)))
            # A meant traceback shows the code, but what later cells give does not depend on it.
            traced = python and cell.raises and not cell.shows_source
            if traced:
                components = (*components, shown)
            chain = digest(chain, own)
            timeout = next(t for t in (cell.timeout, settings.timeout, config.timeout) if t is not None)
            steps.append(
                Step(
                    key=digest(chain, text) if traced else chain,
                    own=own,
                    shown=text if traced else "",
                    cell=cell,
                    timeout=timeout,
                    requests=requests,
                    components=components,
                    scanned=self._scanned(cell, requests, view, python=python),
                )
            )
        return Run(
            name=page.name,
            variant=variant,
            kernel=kernel,
            seed=seed,
            run_timeout=config.run_timeout if settings.run_timeout is None else settings.run_timeout,
            python=any(is_python(cell.language, kernel) for cell in cells) or is_python("", kernel),
            base=base,
            steps=tuple(steps),
            parts=(
                Part(
                    page,
                    tuple(cell.index for cell in cells),
                    evals,
                    tuple(cell for cell in ours if cell.skip or settings.skip),
                    view,
                ),
            ),
            worker=cast("Worker", settings.worker or config.worker),
            resources=resources,
            memory_limit=config.memory_limit if settings.memory_limit is None else settings.memory_limit,
            checkpoint=config.checkpoint if settings.checkpoint is None else settings.checkpoint,
            environment=environment,
        )

    def _scanned(
        self, cell: CellCode, requests: Sequence[Request], view: View, *, python: bool
    ) -> tuple[Component, ...]:
        scan = cell.scan if python else Scan(paths=cell.scan.paths)
        needed = dict.fromkeys(self.modules.components(scan, view))
        for request in sorted(requests) if python else ():
            needed.update(dict.fromkeys(self.modules.components(_scan(request.expression), view)))
        return tuple(needed)

    def _folders(self, page: PageCode) -> tuple[str, ...]:
        own = posixpath.dirname(page.path)
        others = (posixpath.normpath(folder) for folder in self.config.execute.pythonpath)
        return tuple(dict.fromkeys((own, *("" if folder == "." else folder for folder in others))))

    def _variants(self, page: PageCode) -> tuple[str, ...]:
        known = [variant.name for variant in self.config.variants]
        named = set(page.variants) or {name for cell in page.cells for name in cell.variants}
        return tuple(name for name in known if name in named) or (known[0] if known else "",)


def _own(cell: CellCode, *, python: bool) -> tuple[Component, ...]:
    return (
        Component("code", "", cell.normal if python else cell.text, cell.names),
        *((Component("option", "raises-exception", "1"),) if cell.raises else ()),
    )


@lru_cache(maxsize=4096)
def _scan(expression: str) -> Scan:
    return scan_code(split_format(expression)[0], python=True)


def _ask(
    page: PageCode, variant: str, cells: Sequence[CellCode]
) -> tuple[list[tuple[Request, ...]], tuple[tuple[int, EvalCode], ...]]:
    """What is asked after each cell, and after which cell each `eval` of the page is asked.

    In the order of the page, a cell's own expectations first: an expression may change what it looks at.
    """
    asked = [dict.fromkeys(r for claim in cell.expect for r in expectation_requests(claim)) for cell in cells]
    evals: list[tuple[int, EvalCode]] = []
    for item in page.evals:
        if item.variants is not None and variant not in item.variants:
            continue
        step = sum(cell.index < item.after for cell in cells) - 1
        evals.append((step, item))
        if step >= 0:
            asked[step][Request("show", item.expression)] = None
    return [tuple(requests) for requests in asked], tuple(evals)
