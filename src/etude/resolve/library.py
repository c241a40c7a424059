"""The book's library across pages: the cell an import comes from, the pages that use what a cell saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etude.model.book import NavLink, Resolved
from etude.resolve.entries import PageIndex, Saving
from etude.resolve.number import PageNumbers
from etude.resolve.plain import unpack

__all__ = ["Shelves"]


class Shelves:
    """What all pages of one language save, in their order."""

    __slots__ = ("_numbers", "_pages", "_sources", "_users")

    def __init__(
        self, pages: Mapping[str, PageIndex], numbers: Mapping[str, PageNumbers], *, whole: bool = False
    ) -> None:
        """Find for every import of a page the cell that it comes from; `whole` is `LibraryConfig.whole`."""
        self._pages, self._numbers = pages, numbers
        self._sources: dict[str, dict[tuple[str, str], tuple[str, Saving]]] = {}
        self._users: dict[tuple[str, int], list[str]] = {}
        saved: dict[tuple[str, str], tuple[str, tuple[Saving, ...]]] = {}
        if whole:
            for name, index in pages.items():
                saved |= {key: (name, savings) for key, savings in _last(index.savings).items()}
        for name, index in pages.items():
            # A page finds what earlier pages (or all) have saved, of the same name the last.
            found = {key: saved[key] for key in index.imports if key in saved}
            self._sources[name] = {key: (page, savings[0]) for key, (page, savings) in found.items()}
            for page, savings in found.values():
                for saving in savings:
                    users = self._users.setdefault((page, saving.cell), [])
                    if name not in users:
                        users.append(name)
            if not whole:
                saved |= {key: (name, savings) for key, savings in _last(index.savings).items()}

    def sources(self, page: str) -> dict[str, Resolved]:
        """Where what a page imports was saved, by ``module:name``."""
        return {
            f"{module}:{known}": Resolved(where, saving.id, "listing", name=self._name(where, saving.id))
            for (module, known), (where, saving) in self._sources[page].items()
        }

    def _name(self, page: str, block: str) -> str:
        """What the place is called: its own number, else that of its page."""
        numbers = self._numbers[page]
        pairs = zip(self._pages[page].anchors, numbers.anchors, strict=True)
        own = next((number for anchor, number in pairs if number and block and anchor.id == block), None)
        return own.name if own is not None and own.name else numbers.name

    def users(self, page: str) -> dict[int, tuple[NavLink, ...]]:
        """The pages that use what the cells of a page have saved, by the cell's index."""
        return {
            saving.cell: tuple(
                NavLink(user, unpack(self._pages[user].title), self._numbers[user].number) for user in users
            )
            for saving in self._pages[page].savings
            if (users := self._users.get((page, saving.cell)))
        }


def _last(savings: Sequence[Saving]) -> dict[tuple[str, str], tuple[Saving, ...]]:
    """The cells that each name comes from: for each variant the last. Modules come from where they begin."""
    found: dict[tuple[str, str], tuple[Saving, ...]] = {}
    for saving in savings:
        before = found.get((saving.module, ""), ())
        if not _covered(saving, before):
            found[saving.module, ""] = (*before, saving)
    for saving in reversed(savings):
        for name in saving.names:
            later = found.get((saving.module, name), ())
            if not _covered(saving, later):
                found[saving.module, name] = (saving, *later)
    return found


def _covered(saving: Saving, others: Sequence[Saving]) -> bool:
    """Whether every variant that a cell runs in has one of the others."""
    theirs = {variant for other in others for variant in other.variants or ("",)}
    return "" in theirs or theirs.issuperset(saving.variants or ("",))
