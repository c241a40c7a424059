"""A whole project: its configuration is written as `etude.toml`, all else is taken over as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.convert.account import Account, Note
from etude.convert.addresses import redirects
from etude.convert.census import Counts
from etude.convert.converted import Asked, Converted, Copy, NotABookError
from etude.convert.jupyter_book.project import BOOK1, MARKS, MYST, TOC, Project, read_project
from etude.model.contents import Toc
from etude.model.protocols import Files
from etude.parse.config import parse_config
from etude.parse.contents import expand, page_path, settle

__all__ = ["convert"]

_LEFT = ("_build/", ".git/", ".etude/", ".ipynb_checkpoints/", "node_modules/")
_OWN = (MYST, BOOK1, TOC, "etude.toml", "IMPORT.md", ".etude-import")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"^[0-9_.-]+")
_YEAR = re.compile(r"[12][0-9]{3}(?![0-9])|[0-9]{5}")


def convert(files: Files, asked: Asked) -> Converted:
    """The book in `files`; raises `NotABookError` when there is none, or its configuration cannot be read."""
    project = read_project(files)
    if project is None:
        raise NotABookError(f"there is neither {' nor '.join(f'`{name}`' for name in MARKS)} in it")
    if project.broken:
        one = next(d for d in project.diagnostics if d.rule.value == "config-syntax")
        raise NotABookError(f"`{one.place.path}`: {one.message}")
    config = settle(parse_config(project.written.text)[0], files)
    tocs, _ = expand(config, files)
    toc = next(iter(tocs.values()), None)
    names = _names(toc)
    account = Account()
    if asked.old_base and toc is not None:
        project = read_project(files, _redirects(project, names, toc.home, asked)) or project
    sources = [path for name in names if (path := page_path(config, files, config.languages[0], name))]
    return Converted(
        files=(("etude.toml", f"{_made_of(project, files)}\n\n{project.written.text}"),),
        copies=tuple(Copy(path, path) for path in _copies(files)),
        notes=tuple(sorted((*_problems(project, account), *project.notes))),
        counts=tuple((path, path, Counts()) for path in sources),
    )


def _made_of(project: Project, files: Files) -> str:
    read = (MYST,) if project.main == MYST else (BOOK1, TOC)
    names = [f"`{name}`" for name in read if files.exists(name)]
    return f"# Made of {' and '.join(names)}, which {'is' if len(names) == 1 else 'are'} not read any more."


def _problems(project: Project, account: Account) -> Iterable[Note]:
    """What was wrong with the configuration; what was not read is noted already."""
    for one in project.diagnostics:
        if one.rule.value != "config-unused":
            account.lost("configuration", one.place.path, 0, one.message)
    return account.notes


def _names(toc: Toc | None) -> list[str]:
    if toc is None:
        return []
    return list(dict.fromkeys((toc.home, *(page.name for page, _, _ in toc.walk()))))


def _copies(files: Files) -> list[str]:
    every = {*files.glob("*"), *files.glob("**/*")}
    return sorted(
        path
        for path in every
        if path not in _OWN and not path.startswith(_LEFT) and not any(f"/{name}" in path for name in _LEFT)
    )


def _redirects(project: Project, names: list[str], home: str, asked: Asked) -> dict[str, str]:
    """The table of old addresses; raises `ValueError` when they are not below the new site's."""
    if project.main == MYST:
        old = _slugs(names, home, folders=project.folders)
    else:
        old = {f"{name}.html": name for name in names}
    return redirects(old, asked.old_base, asked.new_base, real=("index.html",))


def _slugs(names: list[str], home: str, *, folders: bool) -> dict[str, str]:
    """Jupyter Book 2: each page is the index of a folder, which is named as the page's file is.

    With `folders` the folders of the source stand before it.
    """
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name in names:
        folder, _, last = name.rpartition("/")
        slug = "/".join(map(_slug, (*folder.split("/"), last))) if folders and folder else _slug(last)
        count = taken.get(slug, 0)
        taken[slug] = count + 1
        slug = f"{slug}-{count}" if count else slug
        if folders and folder:
            slug = slug.removesuffix("/index")
        if name != home:
            found[f"{slug}/index.html"] = name
    return found


def _slug(name: str) -> str:
    """A file's name as MyST has it in addresses: small letters, without the number before it."""
    bare = name if _YEAR.match(name) else _NUMBER.sub("", name) or name
    return _NOT_SLUG.sub("-", bare.lower().replace("&", "-and-")).strip("-")[:50]
