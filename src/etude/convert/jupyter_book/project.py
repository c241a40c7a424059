"""A project of Jupyter Book or MyST as the text of an `etude.toml`.

The files that hold its configuration enter; the text, where each of its values was read, and what became of
every setting leave.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from etude.convert.account import Note
from etude.convert.jupyter_book.book1 import read_config
from etude.convert.jupyter_book.contents import read_toc
from etude.convert.jupyter_book.draft import Draft, Unit
from etude.convert.jupyter_book.myst import read_myst
from etude.convert.jupyter_book.tree import Item, read
from etude.convert.toml import Written
from etude.model.diagnostic import Diagnostic, Place, diagnose
from etude.model.protocols import Files
from etude.model.rules import Rule, Severity
from etude.parse.text import check_encoding, source_text

__all__ = ["BOOK1", "MARKS", "MYST", "TOC", "Project", "read_project"]

MYST, BOOK1, TOC = "myst.yml", "_config.yml", "_toc.yml"
MARKS = (MYST, TOC)
"""A folder with one of these holds a project; `_config.yml` alone is as likely that of another tool."""

_NAMELESS = "My Jupyter Book"
_HEADING = re.compile(
    r"\A---\n(?:.*\n)*?title:[ \t]*(?P<title>[^\n{>|]+)\n|^# (?P<heading>[^\n{`]+)$", re.MULTILINE
)
_NAMED = 8
"""Settings that one message names."""
_DEEPEST = 10
"""Files that extend each other."""


class Project(Struct, frozen=True):
    """What was read of a project."""

    written: Written
    main: str
    """The file that stands for the project's configuration: its places are those of no value."""
    names: Mapping[str, str]
    """Dotted keys of `etude.toml`, and what they are called in the files that were read."""
    notes: tuple[Note, ...]
    diagnostics: tuple[Diagnostic, ...]
    folders: bool = False
    """Whether addresses of MyST's site have the folders of the source."""
    broken: bool = False
    """Whether a file could not be read: there is no book then."""


def read_project(files: Files, redirects: Mapping[str, str] | None = None) -> Project | None:
    """The project in a folder; None when there is none. Raises `OSError` for a file that cannot be read.

    `redirects` go to what the project itself says of old addresses.
    """
    there = {name for name in (MYST, BOOK1, TOC) if files.exists(name)}
    if there.isdisjoint(MARKS):
        return None
    reader = _Reader(files)
    main = MYST if MYST in there else BOOK1 if BOOK1 in there else TOC
    items = {name: reader.read(name) for name in (MYST, BOOK1, TOC) if name in there}
    draft = Draft(main)
    toc, config, myst = items.get(TOC), items.get(BOOK1), items.get(MYST)
    if myst is not None:
        myst = reader.extended(myst)
        own = myst.get("project", "toc") is not None
        read_myst(draft, myst, files, toc=toc is not None and not own)
        if own:
            toc = None
    elif config is not None:
        read_config(draft, config, files)
    if toc is not None:
        read_toc(draft, toc, files)
    elif not draft.units:
        draft.units.append(Unit("", ["**"], Place(main), numbered=False))
    if not draft.has("book", "title"):
        draft.default("book", "title", _called(draft, files), Place(main))
    for old, page in (redirects or {}).items():
        draft.default("html.redirects", old, page, Place(main))
    # Pages of a project in one language lie where they are.
    draft.default("book", "language_folders", value=False, place=Place(main))
    if draft.unread:
        draft.problems.append(_unread(draft))
    return Project(
        draft.written(),
        main,
        draft.names,
        draft.account.notes,
        tuple(reader.problems) if reader.broken else (*reader.problems, *draft.problems),
        myst is not None and _folders(myst),
        reader.broken,
    )


class _Reader:
    """Reads files, once each."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.problems: list[Diagnostic] = []
        self.broken = False
        self.extending: set[str] = set()
        """Files that were named by `extends`: each is read once, whoever names it."""

    def read(self, path: str) -> Item | None:
        data = self.files.read(path)
        item, problems = read(source_text(data), path)
        self.problems += (*check_encoding(data, path), *problems)
        self.broken = self.broken or any(one.rule is Rule.CONFIG_SYNTAX for one in problems)
        return item

    def extended(self, item: Item, depth: int = 0) -> Item:
        """A `myst.yml` with what those that it extends say of `project` and `site`; its own words win."""
        for one in self.named(item, depth):
            below = self.extended(one, depth + 1)
            item = _over(item, below)
        return item

    def named(self, item: Item, depth: int) -> Iterator[Item]:
        extends = item.get("extends")
        for one in extends.each() if extends is not None else ():
            path = posixpath.normpath(posixpath.join(posixpath.dirname(item.place.path), one.text))
            if path in self.extending:
                continue
            self.extending.add(path)
            if "://" in one.text or depth > _DEEPEST:
                message = f"`{one.text}` is not fetched: what it says of the project is not known"
                hint = "put a copy of it into the book, and name that"
                self.problems.append(
                    diagnose(
                        Rule.FILE_MISSING,
                        message,
                        one.place.path,
                        one.place.span,
                        hints=(hint,),
                        severity=Severity.WARNING,
                    )
                )
                continue
            if path.startswith("../") or not self.files.exists(path):
                message = f"the file `{one.text}` does not exist"
                self.problems.append(diagnose(Rule.FILE_MISSING, message, one.place.path, one.place.span))
                continue
            if (found := self.read(path)) is not None:
                yield found


def _over(upper: Item, lower: Item) -> Item:
    """A table over another: tables are joined, anything else is replaced."""
    if not isinstance(upper.value, dict) or not isinstance(lower.value, dict):
        return upper
    joined = dict(lower.value)
    for key, value in upper.items():
        joined[key] = _over(value, joined[key]) if key in joined else value
    return replace(upper, value=joined)


def _called(draft: Draft, files: Files) -> str:
    """A project without a title is called as its front page is; Jupyter Book has a name for others, too."""
    home = draft.home or "index"
    if files.exists(f"{home}.md"):
        found = _HEADING.search(source_text(files.read(f"{home}.md")))
        if found is not None:
            return (found["title"] or found["heading"]).strip().strip("'\"") or _NAMELESS
    return _NAMELESS


def _folders(myst: Item) -> bool:
    found = (myst.get("site", "options", "folders"), myst.get("project", "options", "folders"))
    return any(one is not None and one.value is True for one in found)


def _unread(draft: Draft) -> Diagnostic:
    names = list(dict.fromkeys(f"`{item.at}`" for item in draft.unread if item.at))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    one = len(names) == 1
    listed = ", ".join(names[:_NAMED]) + more
    message = f"{listed} {'has' if one else 'have'} no effect here"
    place = draft.unread[0].place
    hint = "`etude import jupyter-book --dry-run` tells of each setting what becomes of it"
    return diagnose(Rule.CONFIG_UNUSED, message, place.path, place.span, hints=(hint,))
