"""The book's library as a run sees it: modules made of the cells that earlier pages saved.

In: the pages of every language, in reading order. Out: for a page and a variant, the modules
with their hashes, and their sources when a kernel is to import them.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from etude.execute.code import CellCode, PageCode
from etude.execute.digest import digest
from etude.execute.piecewise import folded
from etude.execute.scan import Scan
from etude.execute.tree import parse_cell
from etude.model.diagnostic import Diagnostic, Rule, diagnose

__all__ = ["Library", "LibraryModule", "SavedCode"]

_MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class LibraryModule:
    """A module as far as it is saved before some page; one object for each such state."""

    name: str
    """Dotted, with the package."""
    normal: str
    """Hash that comments do not change."""
    text: str
    """Hash of the text as it stands."""
    scan: Scan


@dataclass(frozen=True, slots=True)
class SavedCode:
    """A saved cell as it stands in its module."""

    path: str
    """Of its page."""
    cell: int
    """`CellCode.index`."""
    code: str


@dataclass(frozen=True, slots=True)
class _Piece:
    position: int
    path: str
    cell: CellCode


@dataclass(slots=True)
class _Growth:
    """One module of one variant over the pages: what it holds from each position on."""

    pieces: list[_Piece] = field(default_factory=list)
    states: list[tuple[str, str]] = field(default_factory=list)
    known: dict[int, LibraryModule] = field(default_factory=dict)
    """The module by how many pieces it has."""
    texts: dict[int, str] = field(default_factory=dict)


class Library:
    """The saved cells of a book; asked by language, position in the reading order, and variant."""

    def __init__(
        self,
        name: str,
        pages: Mapping[str, Sequence[PageCode]],
        default: str,
        modules: Mapping[str, str] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """Collect the package `name`; where pages of two languages save the same, `default`'s is taken.

        `modules` are `Config.library_modules`, `whole` is `LibraryConfig.whole`.
        """
        self.name = name
        self._whole = whole
        self._own = modules or {}
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._pieces: dict[str, list[_Piece]] = {}
        self._grown: dict[tuple[str, str], dict[str, _Growth]] = {}
        own = {page.name: page for page in pages.get(default, ())}
        problems: list[Diagnostic] = []
        for language, ordered in pages.items():
            pieces = self._pieces.setdefault(language, [])
            for position, page in enumerate(ordered):
                chosen = _same_saved(page, own.get(page.name))
                for cell in chosen.cells:
                    if cell.save is None:
                        continue
                    if all(part.isidentifier() for part in cell.save.split(".")):
                        pieces.append(_Piece(position, chosen.path, cell))
                    elif chosen is page:
                        problems.append(
                            diagnose(
                                Rule.OPTION_VALUE,
                                f"`{cell.save}` is no name for a module",
                                page.path_of(cell.span),
                                cell.span,
                                hints=("use letters, digits and underscores: `:save: sgd`",),
                            )
                        )
        self.diagnostics = tuple(problems)

    def modules(self, language: str, position: int, variant: str) -> Iterator[str]:
        """Names, with the package, of the modules that a page finds."""
        for name, growth in self._growth(language, variant).items():
            if self._count_before(growth, position):
                yield name

    def module(self, name: str, language: str, position: int, variant: str) -> LibraryModule | None:
        """A module as a page finds it; None when nothing of it is saved before."""
        growth = self._growth(language, variant).get(name)
        if growth is None:
            return None
        count = self._count_before(growth, position)
        if not count:
            return None
        if count not in growth.known:
            growth.known[count] = self._merge(name, growth, count)
        return growth.known[count]

    @staticmethod
    def _merge(name: str, growth: _Growth, count: int) -> LibraryModule:
        normal, text = growth.states[count - 1]
        scans = [piece.cell.scan for piece in growth.pieces[:count]]
        merged = Scan(
            tuple(dict.fromkeys(item for scan in scans for item in scan.imports)),
            tuple(dict.fromkeys(path for scan in scans for path in scan.paths)),
            any(scan.dynamic for scan in scans),
        )
        return LibraryModule(name, normal, text, merged)

    def sources(
        self, language: str, position: int, variant: str, wanted: Collection[str] | None = None
    ) -> dict[str, str]:
        """The package's files as a page finds them: path to text, sorted; empty without a name.

        With `wanted` (dotted names) only these modules.
        """
        if not self.name:
            return {}
        files = {f"{self.name}/__init__.py": '"""Code that the pages of the book define."""\n'}
        for name, growth in self._growth(language, variant).items():
            count = self._count_before(growth, position)
            if count and (wanted is None or name in wanted):
                path = name.replace(".", "/")
                if count not in growth.texts:
                    growth.texts[count] = _module_text(growth.pieces[:count])
                files[f"{path}.py"] = growth.texts[count]
                for end in range(len(self.name) + 1, len(path)):
                    if path[end] == "/":
                        files.setdefault(f"{path[:end]}/__init__.py", '"""Part of the book\'s code."""\n')
        return dict(sorted(files.items()))

    def saved(self, language: str, variant: str) -> dict[str, tuple[SavedCode, ...]]:
        """All that a book saves in a variant, by module, dotted, with the package."""
        return {
            name: tuple(
                SavedCode(piece.path, piece.cell.index, code)
                for piece, code in zip(growth.pieces, _codes(growth.pieces), strict=True)
                if code.strip()
            )
            for name, growth in self._growth(language, variant).items()
        }

    def _count_before(self, growth: _Growth, position: int) -> int:
        """How many pieces of a module a page finds."""
        if self._whole:
            return len(growth.pieces)
        return bisect_left(growth.pieces, position, key=lambda piece: piece.position)

    def _growth(self, language: str, variant: str) -> dict[str, _Growth]:
        found = self._grown.get((language, variant))
        if found is None:
            found = self._grown[language, variant] = {}
            for piece in self._pieces.get(language, ()) if self.name else ():
                if piece.cell.variants and variant not in piece.cell.variants:
                    continue
                own = self._own.get(variant, "") if piece.cell.page_module else ""
                growth = found.setdefault(f"{self.name}.{own or piece.cell.save}", _Growth())
                normal, text = growth.states[-1] if growth.states else ("", "")
                growth.pieces.append(piece)
                growth.states.append((digest(normal, piece.cell.normal), digest(text, piece.cell.text)))
        return found


def _same_saved(page: PageCode, default: PageCode | None) -> PageCode:
    """The default language's page when it saves the same code, else the page itself."""
    if default is None:
        return page

    def saved(code: PageCode) -> list[tuple[str | None, tuple[str, ...], str]]:
        return [(cell.save, cell.variants, cell.normal) for cell in code.cells if cell.save is not None]

    return default if saved(page) == saved(default) else page


def _module_text(pieces: Sequence[_Piece]) -> str:
    out: list[str] = []
    page = ""
    for piece, code in zip(pieces, _codes(pieces), strict=True):
        if not code.strip():
            continue
        if piece.path != page:
            page = piece.path
            out.append(f"# page: {page}\n")
        out.append(code + "\n")
    return "\n".join(out)


def _codes(pieces: Sequence[_Piece]) -> list[str]:
    """The codes of a module's cells, each as a module can hold it."""
    return folded([_importable(piece.cell.code).rstrip() for piece in pieces])


def _importable(code: str) -> str:
    """A cell's code with IPython's own lines made comments, as a module cannot hold them."""
    tree = parse_cell(code)
    if tree is None:
        return code
    try:
        ast.parse(code)
    except SyntaxError:
        return _MAGIC.sub(lambda match: f"{match[1]}pass  # {match[0].strip()}", code)
    return code
