"""The libraries of a book: what its pages save, and what the libraries hold beside that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence

from etude.convert.account import Account
from etude.convert.d2lbook.header import Header, headers
from etude.convert.d2lbook.page import Made
from etude.convert.d2lbook.project import ORIGIN, Project
from etude.convert.fences import Fence, pieces
from etude.model.protocols import Files

__all__ = ["shelve"]


def shelve(
    project: Project,
    files: Files,
    order: Sequence[str],
    made: MutableMapping[str, Made],
    modules: Mapping[str, str],
    account: Account,
) -> None:
    """Put what libraries hold beside saved cells into hidden cells of the first page that saves.

    `order` are the pages in reading order, `made` all of them, which are changed; `modules` has the module of
    each tab.
    """
    _tell_homeless(order, made, account)
    asked = {
        tab: frozenset().union(*(one.asked.get(tab, frozenset()) for one in made.values())) for tab in modules
    }
    wanted: dict[str, list[Header]] = {}
    for one in headers(project, files, asked, account):
        saving = (
            path for path in order if path in made and one.tab in {each.tab for each in made[path].saves}
        )
        if first := next(saving, ""):
            wanted.setdefault(first, []).append(one)
    for path, cells in wanted.items():
        for page in (path, f"{path.removesuffix('.md')}{ORIGIN}.md"):
            if page in made:
                made[page] = _with_headers(made[page], cells, modules.get("", ""))


def _saves(page: Made, tab: str) -> bool:
    return any(one.tab == tab for one in page.saves)


def _tell_homeless(order: Iterable[str], made: Mapping[str, Made], account: Account) -> None:
    """Tell of saved methods whose class is saved nowhere before them."""
    known: set[tuple[str, str]] = set()
    told: set[tuple[str, int]] = set()
    for path in order:
        for one in made[path].saves if path in made else ():
            known.add((one.tab, one.name))
            if one.owner and (one.tab, one.owner) not in known and (path, one.line) not in told:
                told.add((path, one.line))
                said = f"`{one.owner}` is not saved before it: the library holds it as a function"
                account.changed("@d2l.add_to_class", path, one.line, said)


def _with_headers(page: Made, wanted: Iterable[Header], module: str) -> Made:
    """The page with hidden cells before its first cell, and after its last one."""
    lines = page.text.split("\n")
    first = next(
        piece.line - 1
        for piece in pieces(page.text)
        if isinstance(piece, Fence) and piece.info.startswith("{code-cell}")
    )
    before = [line for one in wanted if one.first for line in (*one.cell(module), "")]
    after = [line for one in wanted if not one.first for line in ("", *one.cell(module))]
    text = "\n".join((*lines[:first], *before, *lines[first:])).rstrip("\n")
    return Made("\n".join((text, *after)) + "\n", page.places, page.asked, page.saves)
