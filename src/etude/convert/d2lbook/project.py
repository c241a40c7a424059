"""The project as `config.ini` has it: its settings with their lines, its pages and tabs."""

from __future__ import annotations

import configparser
import fnmatch
import re
from collections.abc import Mapping, Sequence
from posixpath import normpath

from msgspec import Struct

from etude.convert.converted import NotABookError
from etude.convert.d2lbook.aliases import Aliases, read_aliases
from etude.model.protocols import Files

__all__ = ["CONFIG", "ORIGIN", "Project", "read_project"]

CONFIG = "config.ini"
ORIGIN = "_origin"
"""End of the names of pages that were translated."""

_DEFAULTS = {
    ("build", "index"): "index",
    ("build", "notebooks"): "**/*.md",
    ("build", "source_dir"): ".",
    ("build", "output_dir"): "_build",
}
_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_KEY = re.compile(r"(?P<key>[^\s=:#;\[][^=:]*?)\s*[=:]")


class Project(Struct, frozen=True):
    """A project of d2lbook."""

    settings: Mapping[tuple[str, str], str]
    """By section and key, as far as `config.ini` says something."""
    lines: Mapping[tuple[str, str], int]
    files: tuple[str, ...]
    """Every file of the project but those that it builds, relative to its root."""
    pages: tuple[str, ...]
    """Markdown files that are pages, in alphabetical order."""
    tabs: tuple[str, ...]
    aliases: Mapping[str, Aliases]
    modules: Mapping[str, str]
    """Tab to the file of the library that it saves to."""

    def get(self, section: str, key: str) -> str:
        """What a setting is; empty when nothing is said."""
        return self.settings.get((section, key), _DEFAULTS.get((section, key), "")).strip()

    @property
    def index(self) -> str:
        """The root page's file."""
        return normpath(
            f"{self.get('build', 'source_dir')}/{self.get('build', 'index').removesuffix('.md')}.md"
        )

    @property
    def root(self) -> str:
        """The folder that pages lie in, with a final slash; empty for that of the project."""
        folder = normpath(self.get("build", "source_dir"))
        return "" if folder == "." else f"{folder}/"


def read_project(files: Files, *, originals: bool) -> Project:
    """Read it; raises `NotABookError` when there is none, or `config.ini` cannot be read."""
    if not files.exists(CONFIG):
        raise NotABookError(f"there is no `{CONFIG}`")
    data = files.read(CONFIG)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotABookError(f"`{CONFIG}` is not UTF-8 (line {line}); save it as UTF-8 first") from error
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text, CONFIG)
    except configparser.Error as error:
        raise NotABookError(f"`{CONFIG}` cannot be read: {' '.join(str(error).split())}") from error
    settings = {
        (section, key): (value or "").replace("%%", "%")
        for section in parser.sections()
        for key, value in parser.items(section)
    }
    project = Project(settings, _lines(text), (), (), _tabs(settings), {}, {})
    if not files.exists(project.index):
        raise NotABookError(f"there is no `{project.index}`, which `{CONFIG}` makes the root page")
    output = normpath(project.get("build", "output_dir"))
    inside = tuple(
        path
        for path in files.glob("**")
        if not path.startswith(f"{output}/") and not path.startswith("_build/") and files.exists(path)
    )
    sections = {
        tab: {key: value for (name, key), value in settings.items() if name == f"library-{tab}"}
        for tab in project.tabs
    }
    return Project(
        settings,
        project.lines,
        inside,
        _pages(project, inside, originals=originals),
        project.tabs,
        {tab: read_aliases(section) for tab, section in sections.items() if section},
        _modules(project, sections),
    )


def _modules(project: Project, sections: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Tab to file, as each of the ways says that there were to say it; without tabs under no name."""
    found = {tab: section["lib_file"].strip() for tab, section in sections.items() if section.get("lib_file")}
    for line in project.get("library", "save_patterns").splitlines():
        path, _, tab = (part.strip() for part in line.partition(","))
        if path and tab.lower() in project.tabs:
            found.setdefault(tab.lower(), path)
    if not project.tabs and (path := project.get("library", "save_filename")):
        found[""] = path
    return found


def _tabs(settings: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    names = settings.get(("build", "tabs"), "").lower().split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _pages(project: Project, files: Sequence[str], *, originals: bool) -> tuple[str, ...]:
    root = project.root
    markdown = [path for path in files if path.endswith(".md") and path.startswith(root)]
    notebooks = _matching(project.get("build", "notebooks"), root, markdown)
    out = _matching(project.get("build", "exclusions"), root, markdown)
    out |= _matching(project.get("build", "non-notebooks"), root, markdown)
    taken = notebooks - out | {project.index}
    if originals:
        # They are the other language, whether or not they are left out of this one.
        taken |= {one for one in markdown if _is_origin(one) and one.replace(f"{ORIGIN}.md", ".md") in taken}
    else:
        taken -= {one for one in taken if _is_origin(one) and one.replace(f"{ORIGIN}.md", ".md") in taken}
    return tuple(sorted(taken))


def _is_origin(path: str) -> bool:
    return path.endswith(f"{ORIGIN}.md")


def _matching(patterns: str, root: str, paths: Sequence[str]) -> set[str]:
    """The paths that one of the patterns matches, as Python's `glob` reads them."""
    found: set[str] = set()
    for pattern in patterns.split():
        whole = normpath(f"{root}{pattern}")
        expression = re.compile(_expression(whole))
        found |= {path for path in paths if expression.fullmatch(path) or path.startswith(f"{whole}/")}
    return found


def _expression(pattern: str) -> str:
    """A pattern as a regular expression: `**/` is any number of folders, `*` stays within one."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", pattern)
    known = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        known.get(piece)
        or (
            fnmatch.translate(piece).removeprefix("(?s:").removesuffix(r")\Z")
            if piece[:1] == "["
            else re.escape(piece)
        )
        for piece in pieces
    )


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each key, from 1; of a section under its name and an empty key."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _SECTION.match(line):
            section = header["name"]
            found.setdefault((section, ""), number)
        elif key := _KEY.match(line):
            found.setdefault((section, key["key"].lower()), number)
    return found
