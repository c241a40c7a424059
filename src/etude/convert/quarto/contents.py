"""The contents of a project, in reading order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.quarto.places import SOURCES
from etude.convert.quarto.project import Project
from etude.model.protocols import Files

__all__ = ["Contents", "Part", "read_contents"]


class Part(Struct, frozen=True):
    """A part; one without a title holds what stands for itself."""

    title: str
    chapters: tuple[Any, ...]
    """Sources, or tables with `page` and `sections`."""
    numbered: bool = True


class Contents(Struct, frozen=True):
    """All pages of a project."""

    home: str
    """Source of the front page; empty when there is none."""
    parts: tuple[Part, ...]
    pages: tuple[str, ...]
    """Sources in reading order, the front page among them."""


class _Reader:
    def __init__(self, files: Files, project: Project, account: Account) -> None:
        self.files, self.project, self.account = files, project, account
        self.pages: list[str] = []

    def source(self, name: Any, line: int) -> str:
        """The file that an entry names; empty, and told, when there is none."""
        text = str(name).split("#")[0].removeprefix("/").removeprefix("./")
        if re.match(r"[a-z]+://", str(name)):
            self.account.lost(
                "link in the contents", self.project.path, line, "contents hold pages of the book only"
            )
            return ""
        stem = posixpath.splitext(text)[0]
        for one in (text, *(stem + suffix for suffix in SOURCES)):
            if one.endswith(SOURCES) and self.files.exists(one):
                if one in self.pages:
                    return ""
                self.pages.append(one)
                return one
        self.account.lost("chapter", self.project.path, line, f"there is no file `{text}`")
        return ""

    def parts(self, entries: Any, keys: tuple[str, ...], *, numbered: bool, title: str = "") -> list[Part]:
        """The parts of a list; what stands between them is in parts without a title."""
        found: list[Part] = []
        loose: list[Any] = []
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            here = (*keys, str(number))
            line = self.project.line(*here)
            inner = _inner(entry)
            if inner is None:
                loose += self.chapters(entry, here)
                continue
            if loose:
                found.append(Part(title, tuple(loose), numbered))
                loose = []
            name, children = inner
            words, first = self.named(name, line)
            chapters = ([first] if first else []) + [
                chapter
                for at, child in enumerate(children)
                for chapter in self.chapters(child, (*here, "chapters", str(at)))
            ]
            if chapters or words:
                found.append(Part(words, tuple(chapters), numbered))
        if loose:
            found.append(Part(title, tuple(loose), numbered))
        return found

    def named(self, name: Any, line: int) -> tuple[str, str]:
        """The title of a part, and the page that it is, if it is one."""
        text = str(name or "")
        if not text.endswith(SOURCES):
            return text, ""
        self.account.changed(
            "part: file", self.project.path, line, "its first page; the part has the page's title"
        )
        source = self.source(text, line)
        return (_title(self.files, source) if source else posixpath.splitext(text)[0]), source

    def chapters(self, entry: Any, keys: tuple[str, ...]) -> list[Any]:
        line = self.project.line(*keys)
        if isinstance(entry, str):
            if "*" in entry:
                return [
                    one
                    for path in self.files.glob(entry.removeprefix("/"))
                    if path.endswith(SOURCES)
                    and not posixpath.basename(path).startswith("_")
                    and (one := self.source(path, line))
                ]
            if entry in {"auto", "---"} or re.fullmatch(r"-{3,}", entry):
                return []
            one = self.source(entry, line)
            return [one] if one else []
        if not isinstance(entry, Mapping):
            return []
        inner = _inner(entry)
        if inner is not None:
            name, children = inner
            file = entry.get("href") or entry.get("file") or (name if str(name).endswith(SOURCES) else None)
            below = [
                c
                for at, child in enumerate(children)
                for c in self.chapters(child, (*keys, "contents", str(at)))
            ]
            first = self.source(file, line) if file else ""
            if first:
                return [{"page": first, "sections": below}]
            if name:
                self.account.changed(
                    "section", self.project.path, line, "its pages stand for themselves, without its title"
                )
            return below
        file = entry.get("href") or entry.get("file") or entry.get("chapter")
        if file is None:
            return []
        one = self.source(file, line)
        return [one] if one else []


def _inner(entry: Any) -> tuple[Any, list[Any]] | None:
    """The title of an entry that holds others, and these."""
    if not isinstance(entry, Mapping):
        return None
    children = next((entry[key] for key in ("chapters", "contents", "menu") if key in entry), None)
    if children is None and not ("part" in entry or "section" in entry):
        return None
    many = children if isinstance(children, list) else [] if children is None else [children]
    return entry.get("part") or entry.get("section") or entry.get("title") or entry.get("text"), many


def _title(files: Files, path: str) -> str:
    text = files.read(path).decode("utf-8", errors="replace")
    found = re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", text, re.MULTILINE)
    found = found or re.search(r"^#\s+(.+?)(?:\s*\{[^{}]*\})?\s*$", text, re.MULTILINE)
    return found[1] if found else posixpath.splitext(posixpath.basename(path))[0]


def read_contents(files: Files, project: Project, account: Account) -> Contents:
    """The contents of a book, a website, or a folder of documents."""
    data, reader = project.data, _Reader(files, project, account)
    kind = data.get("project")
    kind = kind.get("type", "default") if isinstance(kind, Mapping) else "default"
    table = (
        data.get(str(kind))
        if isinstance(data.get(str(kind)), Mapping)
        else data.get("book") or data.get("website") or {}
    )
    table = table if isinstance(table, Mapping) else {}
    name = "book" if kind == "book" else "website"
    home = next((f"index{suffix}" for suffix in SOURCES if files.exists(f"index{suffix}")), "")
    if home:
        reader.pages.append(home)
    parts: list[Part] = []
    if "chapters" in table:
        parts += reader.parts(table["chapters"], (name, "chapters"), numbered=True)
    elif "sidebar" in table:
        bars = table["sidebar"] if isinstance(table["sidebar"], list) else [table["sidebar"]]
        for number, bar in enumerate(bars):
            if isinstance(bar, Mapping) and "contents" in bar:
                title = str(bar.get("title") or "") if len(bars) > 1 else ""
                parts += reader.parts(
                    bar["contents"], (name, "sidebar", str(number)), numbered=True, title=title
                )
    if "appendices" in table:
        account.changed(
            "appendices", project.path, project.line(name, "appendices"), "a part without numbers"
        )
        chinese = str(data.get("lang", "")).startswith("zh")
        for part in reader.parts(table["appendices"], (name, "appendices"), numbered=False):
            parts.append(
                Part(part.title or ("附录" if chinese else "Appendices"), part.chapters, numbered=False)
            )
    if kind != "book":
        rest = _rest(files, project, reader.pages)
        for path in rest:
            reader.pages.append(path)
        if rest:
            account.kept("pages that no sidebar names", project.path, 0, "they stand last in the contents")
            parts.append(Part("", tuple(rest)))
    if not home and parts:
        # The front page is the first that is no page with sections.
        first = next((one for part in parts for one in part.chapters if isinstance(one, str)), "")
        home = first
        parts = [
            Part(part.title, tuple(one for one in part.chapters if one != first), part.numbered)
            for part in parts
        ]
    return Contents(home, tuple(parts), tuple(dict.fromkeys(reader.pages)))


def _rest(files: Files, project: Project, known: Sequence[str]) -> list[str]:
    """Pages of a website that its sidebar does not name."""
    kind = project.data.get("project")
    render = kind.get("render") if isinstance(kind, Mapping) else None
    patterns = (
        [str(one) for one in render]
        if isinstance(render, list)
        else ["**/*.qmd", "**/*.ipynb", "**/*.md", "**/*.Rmd"]
    )
    found: dict[str, None] = {}
    for pattern in patterns:
        for path in files.glob(pattern.removeprefix("!")) if not pattern.startswith("!") else ():
            found[path] = None
    for pattern in patterns:
        if pattern.startswith("!"):
            for path in files.glob(pattern[1:]):
                found.pop(path, None)
    plain = "README", "LICENSE", "CHANGELOG", "CONTRIBUTING"
    return [
        path
        for path in found
        if path.endswith(SOURCES)
        and path not in known
        and not any(part.startswith(("_", ".")) for part in path.split("/"))
        and posixpath.splitext(posixpath.basename(path))[0] not in plain
    ]
