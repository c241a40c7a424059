"""Commands of formulas that a project keeps in files of their own: they go to `[macros]`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.macros import commands, only_commands
from etude.convert.quarto.project import Project, read_text
from etude.model.config import Macro
from etude.model.protocols import Files
from etude.parse.macros import defined

__all__ = ["Commands", "shared_commands"]

_HEADS = ("include-in-header", "include-before-body", "header-includes")
_DEFINES = re.compile(r"\\(?:re)?newcommand|\\def\b|\\DeclareMathOperator|[mM]acros[\"']?\s*:")


class _Asked(Struct, frozen=True):
    """What is put before pages, and where that is said."""

    path: str
    line: int
    value: Any
    folder: str
    """Where paths start."""
    printed: bool = False
    """Whether only print has it."""


class Commands(Struct, frozen=True):
    """What all pages of a project know."""

    macros: Mapping[str, Macro]
    files: frozenset[str]
    """Files that define commands and show nothing, which pages include."""


def shared_commands(
    files: Files,
    project: Project,
    heads: Mapping[str, Mapping[str, Any]],
    includes: Mapping[str, str],
    pages: Mapping[str, str],
    account: Account,
) -> Commands:
    """The commands of files that pages begin with, or include.

    `heads` is the front matter of pages, `includes` are the texts of files that pages include, `pages` those
    of pages when they are one document, whose commands hold in all that follows.
    """
    found: dict[str, Macro] = {}
    # Those of the website go before those of print, which may be there for LaTeX alone.
    for asked in sorted(_asked(project, heads), key=lambda one: one.printed):
        for name, text in _texts(files, asked, account):
            more = commands(text)
            for command in more:
                account.kept("\\newcommand", name, 0, f"`\\{command}` in `[macros]`")
            found = {**more, **found}
    alone = frozenset(path for path, text in includes.items() if only_commands(text))
    for path in sorted(alone):
        account.kept("\\newcommand", path, 0, "`[macros]`; pages need not include it")
        found = {**found, **commands(includes[path])}
    for text in pages.values():
        found = {**defined(text)[1], **found}
    return Commands(found, alone)


def _asked(project: Project, heads: Mapping[str, Mapping[str, Any]]) -> Iterator[_Asked]:
    formats = project.data.get("format")
    tables: list[tuple[tuple[str, ...], Any]] = [((), project.data)]
    tables += [
        (("format", str(name)), table)
        for name, table in (formats.items() if isinstance(formats, Mapping) else ())
    ]
    for above, table in tables:
        for key in _HEADS:
            if isinstance(table, Mapping) and key in table:
                line, printed = project.line(*above, key), bool(above) and above[1] != "html"
                yield _Asked(project.path, line, table[key], "", printed)
    for path, head in heads.items():
        inner = head.get("format")
        html = inner.get("html") if isinstance(inner, Mapping) else None
        for table in (head, html):
            for key in _HEADS:
                if isinstance(table, Mapping) and key in table:
                    yield _Asked(path, 1, table[key], posixpath.dirname(path))


def _texts(files: Files, asked: _Asked, account: Account) -> Iterator[tuple[str, str]]:
    """Texts, with the files that they stand in."""
    for one in asked.value if isinstance(asked.value, list) else [asked.value]:
        given = one.get("file", one.get("text")) if isinstance(one, Mapping) else one
        if not isinstance(given, str):
            continue
        if (isinstance(one, Mapping) and "text" in one) or "\n" in given or _DEFINES.search(given):
            yield asked.path, given
            continue
        root = given.startswith("/")
        path = given[1:] if root else posixpath.normpath(posixpath.join(asked.folder, given))
        text = read_text(files, path, account) if files.exists(path) else None
        if text is not None:
            yield path, text
            continue
        said = f"there is no file `{given}`"
        if path.startswith(".."):
            said = f"`{given}` lies outside of the project: put it inside, say so here, and import again"
        account.lost("include-in-header", asked.path, asked.line, said)
