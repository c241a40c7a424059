"""Names that code takes of `d2l`, and that neither a page saves nor an alias defines.

d2lbook replaces aliases by searching text: with an alias `zeros`, `d2l.zeros_like` became `np.zeros_like`.
Books rely on that, so such a name is taken for the framework's; others, which fail when they run, are told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from etude.convert.d2lbook.aliases import Aliases
from etude.convert.d2lbook.fenced import ALL, TAB_MARK, is_cell, tabs_of
from etude.convert.d2lbook.header import own_part
from etude.convert.d2lbook.project import Project
from etude.convert.d2lbook.saving import is_saved, split
from etude.convert.d2lbook.source import parse
from etude.convert.fences import Fence, pieces
from etude.model.protocols import Files

__all__ = ["settled"]

_USED = re.compile(r"\bd2l\.(?P<name>[A-Za-z]\w*)")
_EVERYTHING = "*"


def settled(project: Project, files: Files, texts: Iterable[str]) -> dict[str, Aliases]:
    """The aliases of each tab with what is known of the other names that the pages in `texts` use."""
    used: set[str] = set()
    bound: dict[str, set[str]] = {tab: set() for tab in project.tabs}
    for text in texts:
        for piece in pieces(text):
            if isinstance(piece, Fence) and is_cell(piece):
                code = "\n".join(line for line in piece.body if not TAB_MARK.fullmatch(line)).strip("\n")
                used |= {found["name"] for found in _USED.finditer(code)}
                for tab in _tabs(piece, project.tabs) if is_saved(code) else ():
                    bound[tab] |= {name for part in split(code) if part.saved for name in _bound(part.text)}
    for tab in project.tabs:
        bound[tab] |= set(_bound(own_part(project, files, tab)))
    return {tab: _with(one, used, bound[tab], tab in project.modules) for tab, one in project.aliases.items()}


def _tabs(cell: Fence, tabs: Sequence[str]) -> Sequence[str]:
    named = tabs_of(cell)
    return tabs[:1] if named is None else tabs if ALL in named else [tab for tab in tabs if tab in named]


def _with(aliases: Aliases, used: set[str], bound: set[str], saves: bool) -> Aliases:
    if _EVERYTHING in bound:
        return aliases
    left = used - bound - aliases.names()
    guessed = {name: new for name in sorted(left) if (new := _guess(name, aliases.simple))}
    # A book whose library is not made of its pages gets it from elsewhere.
    return replace(aliases, guessed=guessed, unknown=frozenset(left - guessed.keys() if saves else ()))


def _guess(name: str, simple: Mapping[str, str]) -> str:
    """What d2lbook made of a name that begins like an alias, the longest one; empty when that is no name."""
    alias = max((one for one in simple if name.startswith(one)), key=len, default="")
    rest = name[len(alias) :]
    return f"{simple[alias]}{rest}" if alias and (rest.startswith("_") or simple[alias] == alias) else ""


def _bound(text: str) -> Iterator[str]:
    """The names that code gives to a module, also in the branches of tabs."""
    code = parse(text)
    stack: list[ast.stmt] = list(code.tree.body) if code is not None else []
    while stack:
        match stack.pop():
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (one.asname or one.name.partition(".")[0] for one in names)
            case ast.If(body=body, orelse=other) | ast.Try(body=body, orelse=other):
                stack += (*body, *other)
            case ast.Assign() | ast.AnnAssign() | ast.With() | ast.For() as node:
                yield from (
                    one.id
                    for one in ast.walk(node)
                    if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
                )
            case _:
                pass
