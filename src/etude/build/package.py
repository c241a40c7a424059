"""The library as part of a build: one package of all variants, with links to where the book defines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etude.build.making import Making
from etude.build.outputs import stored_page
from etude.execute.library import SavedCode
from etude.model.block import CodeCell
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import Span
from etude.render.html.address import page_file, quoted
from etude.render.package import Needs, Part, package_files
from etude.render.said import said

__all__ = ["FORM", "write_package"]

FORM = "library"


def write_package(making: Making) -> None:
    """Write the package below ``library/``; raises `WriteError` and `PageGoneError`."""
    config, plan = making.book.config, making.run.plan
    if plan is None or not config.library.name or not making.book.pages:
        return
    language = next(one for one in (config.library.language, *making.book.pages) if one in making.book.pages)
    modules: dict[str, tuple[SavedCode, ...]] = {}
    owners: dict[str, str] = {}
    shelf = _Shelf(making)
    for variant in [one.name for one in config.variants] or [""]:
        for module, codes in plan.saved(language, variant).items():
            if not codes:
                continue
            if module not in modules:
                modules[module], owners[module] = codes, variant
            elif [one.code for one in codes] != [one.code for one in modules[module]]:
                new = _new(codes, modules[module])
                told = _differs(module, owners[module], variant, new.path, shelf.cell(new).span)
                making.output.diagnostics += (told,)
    if not modules:
        return
    parts = {module: tuple(map(shelf.part, codes)) for module, codes in modules.items()}
    files = package_files(config, parts, _needs(making, shelf, modules), language)
    for path, data in files.items():
        making.put(f"{FORM}/{path}", data)


def _new(codes: tuple[SavedCode, ...], taken: tuple[SavedCode, ...]) -> SavedCode:
    """The first saved cell that is not among those taken."""
    known = {(one.path, one.cell) for one in taken}
    return next((one for one in codes if (one.path, one.cell) not in known), codes[0])


def _differs(module: str, owner: str, variant: str, path: str, span: Span) -> Diagnostic:
    message = f"the variants `{owner}` and `{variant}` save different code to `{module}`"
    other = "save it to a module of another name: `:save: NAME`, or `library` below `[variant.NAME]`"
    hints = (f"the package has that of `{owner}`", other)
    return diagnose(Rule.LIBRARY_DIFFERS, message, path, span, hints=hints)


def _needs(making: Making, shelf: _Shelf, modules: Mapping[str, tuple[SavedCode, ...]]) -> Needs:
    """The packages that saved cells imported, as they were when these ran."""
    always: set[str] = set()
    beyond: dict[str, set[str]] = {}
    for code in (one for codes in modules.values() for one in codes):
        only = shelf.cell(code).variants
        for variant, result in making.run.results.get(code.path, {}).items():
            if (ran := result.cells.get(code.cell)) is not None:
                found = beyond.setdefault(variant, set()) if only else always
                found.update(_requirements(ran.packages))
    extras = {variant: tuple(sorted(found - always)) for variant, found in beyond.items()}
    return Needs(tuple(sorted(always)), extras)


def _requirements(packages: tuple[str, ...]) -> Iterator[str]:
    for package in packages:
        name, _, version = package.partition(" ")
        public = version.partition("+")[0]
        yield f"{name}>={public}" if public else name


class _Shelf:
    """Finds what a page calls its cells."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._store = str(making.book.root / ".etude" / "store")
        self._pages = {p.source.path: p for pages in making.book.pages.values() for p in pages}
        self._cells: dict[str, dict[int, CodeCell]] = {}
        self._titles = {
            one: {page.name: said(page.title) for page in (found.navigation.home, *found.navigation.walk())}
            for one, found in making.resolved.languages.items()
        }

    def cell(self, code: SavedCode) -> CodeCell:
        """The cell as its page has it."""
        if code.path not in self._cells:
            page = stored_page(self._store, self._pages[code.path].key)
            self._cells[code.path] = {cell.index: cell for cell in page.cells}
        return self._cells[code.path][code.cell]

    def part(self, code: SavedCode) -> Part:
        """A saved cell with its page, its address and its name."""
        source, cell = self._pages[code.path].source, self.cell(code)
        facts = self._making.resolved.languages[source.language].facts[source.name]
        config = self._making.book.config
        address = code.path
        if config.html.url:
            address = f"{config.html.url}{quoted(page_file(source.language, source.name, config.home))}"
            address += f"#{cell.id}" if cell.id else ""
        number = facts.numbers.get(cell.id)
        named = (number.name if number else "", said(cell.caption, facts))
        titled = (facts.label, self._titles[source.language][source.name])
        dot = " " if source.language.startswith("zh") else ". "
        return Part(dot.join(filter(None, titled)), address, dot.join(filter(None, named)), code.code)
