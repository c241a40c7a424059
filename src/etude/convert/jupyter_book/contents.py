"""Tables of contents: `_toc.yml` in the forms that Jupyter Book has had, and `toc` of `myst.yml`.

Sources: sphinx-external-toc (format `jb-book`, `jb-article`, and its own with `subtrees`), the lists of
Jupyter Book before 0.10, and MyST's `project.toc`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any

from etude.convert.jupyter_book.draft import Draft, Unit
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Placed, Plain
from etude.model.protocols import Files
from etude.model.rules import Rule

__all__ = ["read_toc", "read_tree"]

_SUFFIXES = (".md", ".ipynb")
_OTHERS = (".rst", ".txt", ".tex", ".Rmd", ".py", ".myst")
"""Of sources that the old tool reads, itself or with an extension."""
_BELOW = ("sections", "chapters", "entries", "items", "children")
_GROUPS = ("parts", "subtrees", *_BELOW)
_META = ("format", "root", "defaults", "options", "meta", "numbered", "file", "title", "caption", "header")
_DEEPEST = 99


class _Contents:
    """The working state: where entries are read for, and how deep numbers go."""

    def __init__(self, draft: Draft, files: Files) -> None:
        self.draft, self.files = draft, files

    # entries

    def entries(self, item: Item, depth: int, deepest: int) -> list[Plain]:
        """The entries of a list; those at a `depth` below `deepest` have no numbers."""
        found: list[Plain] = []
        for one in item.each():
            found += self.entry(one, depth, deepest)
        return found

    def entry(self, item: Item, depth: int, deepest: int) -> list[Plain]:
        draft = self.draft
        if isinstance(item.value, str):
            return self.page(item, item, [], depth, deepest)
        if not isinstance(item.value, dict):
            draft.wrong(item, "an entry with `file`, `glob` or `url`")
            return []
        self.options(item)
        below = self.below(item, depth + 1, deepest)
        if (pattern := item.get("glob") or item.get("pattern")) is not None:
            unnumbered, hidden = 0 < deepest == depth - 1, _hidden(item)
            return [*self.pattern(pattern, unnumbered=unnumbered, hidden=hidden), *below]
        if (file := item.get("file")) is not None:
            return self.page(item, file, below, depth, deepest)
        if (url := item.get("url")) is not None:
            return [*self.link(item, url), *below]
        title = item.get("title") or item.get("header") or item.get("part") or item.get("caption")
        if title is not None and (below or item.get("title") is None):
            draft.changed(title, "a title without a page of its own is left out; its pages take its place")
        elif not below:
            draft.report(Rule.CONFIG_VALUE, "an entry of the contents names no page", item, "write `file: …`")
        return below

    def options(self, item: Item) -> None:
        """What an entry says beside its page."""
        known = (*_GROUPS, *_META, "glob", "pattern", "url", "part", "hidden", "expand_sections", "id")
        for key, value in item.items():
            if key == "hidden" and value.value is True:
                self.draft.kept(value, "`hidden` of a page in the contents")
            elif key not in known and value.value is not None:
                self.draft.changed(value, "not needed")

    def below(self, item: Item, depth: int, deepest: int) -> list[Plain]:
        found: list[Plain] = []
        for name in _BELOW:
            if (more := item.get(name)) is not None:
                found += self.entries(more, depth, deepest)
        for tree in self.groups(item):
            for name in _BELOW:
                if (more := tree.get(name)) is not None:
                    found += self.entries(more, depth, deepest)
        return found

    def groups(self, item: Item) -> tuple[Item, ...]:
        for name in ("parts", "subtrees"):
            if (found := item.get(name)) is not None:
                return found.each()
        return ()

    def page(self, item: Item, file: Item, below: list[Plain], depth: int, deepest: int) -> list[Plain]:
        name = self.name(file)
        if not name:
            return below
        title = item.get("title") if item is not file else None
        words = self.draft.text(title) if title is not None else None
        if any(self.exists(f"{name}{suffix}") for suffix in _SUFFIXES):
            self.draft.kept(file)
        else:
            said = f"there is no page `{name}` in the book's folder"
            self.draft.account.lost(file.at, file.place.path, file.line, said)
        placed = Placed(name, file.place)
        unnumbered = 0 < deepest == depth - 1
        hidden = item is not file and _hidden(item)
        if not below and not unnumbered and not words and not hidden:
            return [placed]
        entry: dict[str, Plain] = {"page": placed}
        if title is not None and words:
            entry["title"] = Placed(words, title.place)
            self.draft.kept(title, "`title` of a page in the contents")
        if below:
            entry["sections"] = below
        if unnumbered:
            entry["numbered"] = False
        if hidden:
            entry["hidden"] = True
        return [entry]

    def link(self, item: Item, url: Item) -> list[Plain]:
        """An address out of the book."""
        address = self.draft.text(url)
        if not address:
            return []
        if not address.startswith(("http://", "https://")):
            self.draft.lost(url, "only addresses that begin with http:// or https:// stand in the contents")
            return []
        self.draft.kept(url, "`url` in the contents")
        entry: dict[str, Plain] = {"url": Placed(address, url.place)}
        title = item.get("title")
        if title is not None and (words := self.draft.text(title)):
            entry["title"] = Placed(words, title.place)
        return [entry]

    def pattern(self, item: Item, *, unnumbered: bool, hidden: bool) -> list[Plain]:
        text = self.draft.text(item)
        if not text:
            return []
        self.draft.kept(item)
        placed = Placed(_stem(text), item.place)
        entry: dict[str, Plain] = {"page": placed}
        if unnumbered:
            entry["numbered"] = False
        if hidden:
            entry["hidden"] = True
        return [entry] if len(entry) > 1 else [placed]

    def name(self, item: Item) -> str:
        """The name of a page as the contents have it; empty (and a report) for what is none."""
        text = self.draft.text(item)
        if text is None:
            return ""
        path = posixpath.normpath(text.replace("\\", "/").removeprefix("/") or ".")
        name = _stem(path)
        if any(self.exists(f"{name}{suffix}") for suffix in _SUFFIXES):
            return name
        suffixes = [suffix for suffix in _OTHERS if self.exists(f"{name}{suffix}") or path.endswith(suffix)]
        other = next((one for one in suffixes if self.exists(f"{name}{one}")), "")
        plain = f"{path.removesuffix(suffixes[0])}{suffixes[0]}" if suffixes else ""
        if not other and plain and self.exists(plain):
            other = suffixes[0]
        if other:
            message = f"`{path.removesuffix(other)}{other}` is no Markdown and no notebook, and is left out"
            hint = "convert it: `rst2myst`, `jupytext` or `pandoc` write Markdown"
            self.draft.report(Rule.TOC_MISSING_FILE, message, item, hint)
            self.draft.account.lost(item.at, item.place.path, item.line, message)
            return ""
        return name

    def exists(self, path: str) -> bool:
        try:
            return not path.startswith("../") and self.files.exists(path)
        except (OSError, ValueError):
            return False


def read_toc(draft: Draft, toc: Item, files: Files) -> None:
    """Read a `_toc.yml` into the contents of a draft."""
    contents = _Contents(draft, files)
    if isinstance(toc.value, tuple):
        _read_list(contents, toc.value)
        return
    if not isinstance(toc.value, dict):
        draft.report(Rule.CONFIG_VALUE, "the contents are neither a table nor a list", toc)
        return
    for key, value in toc.items():
        if key not in (*_GROUPS, *_META):
            draft.lost(value, "unknown to Etude")
    root = toc.get("root") or toc.get("file")
    if root is None:
        hints = ("write `root: …`, the page that the book begins with",)
        draft.report(Rule.CONFIG_MISSING, "the contents have no `root`", toc, *hints)
    elif name := contents.name(root):
        draft.put("book", "home", name, root, "`home` in `[book]`")
    style = toc.get("format")
    article = style is not None and style.text == "jb-article"
    options = _merged(toc.get("defaults"), toc.get("options"))
    whole = _depth(draft, options.get("numbered") or toc.get("numbered"), default=0)
    groups = contents.groups(toc)
    for group in groups:
        title = group.get("caption") or group.get("title")
        deepest = _depth(draft, group.get("numbered"), default=whole)
        chapters: list[Plain] = []
        for name in _BELOW:
            if (more := group.get(name)) is not None:
                chapters += contents.entries(more, 1, deepest)
        words = draft.text(title) if title is not None else ""
        if title is not None and words:
            draft.kept(title, "`title` of a `[[part]]`")
        plain = Placed(words, title.place) if title is not None and words else ""
        draft.units.append(Unit(plain, chapters, group.place, numbered=deepest > 0))
    for name in _BELOW:
        if (more := toc.get(name)) is not None:
            deepest = _DEEPEST if article and whole else whole
            entries = contents.entries(more, 1, deepest)
            draft.units.append(Unit("", entries, more.place, numbered=deepest > 0))
    if not draft.units:
        draft.units.append(Unit("", [], toc.place, numbered=False))


def _merged(*tables: Item | None) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for table in tables:
        if table is not None:
            found.update(table.items())
    return found


def _depth(draft: Draft, item: Item | None, *, default: int) -> int:
    """How many levels of the contents have numbers: 0 for none."""
    if item is None or item.value is None:
        return default
    if isinstance(item.value, bool):
        draft.kept(item, "`numbered`")
        return _DEEPEST if item.value else 0
    if isinstance(item.value, int) and item.value >= 0:
        draft.kept(item, "`numbered`")
        return item.value
    draft.wrong(item, "true, false or a number of levels")
    return default


def _read_list(contents: _Contents, items: Iterable[Item]) -> None:
    """The list of Jupyter Book before 0.10: pages and titles of parts in turn, the first page the front."""
    draft = contents.draft
    chapters: list[Plain] = []
    title: Plain = ""
    place: Any = None
    numbered = 0
    first = True

    def close() -> None:
        if chapters:
            draft.units.append(Unit(title, tuple(chapters), place, numbered=numbered > 0))
            chapters.clear()

    for item in items:
        place = place or item.place
        name = item.get("part") or item.get("header")
        file = item if isinstance(item.value, str) else item.get("file")
        if name is not None and file is None:
            close()
            place = item.place
            title = Placed(draft.text(name) or "", name.place)
            draft.kept(name, "`title` of a `[[part]]`")
            numbered = _depth(draft, item.get("numbered"), default=numbered)
            chapters += contents.below(item, 1, numbered)
        elif first and file is not None:
            first = False
            numbered = _depth(draft, item.get("numbered"), default=0)
            if known := contents.name(file):
                draft.put("book", "home", known, file, "`home` in `[book]`")
            chapters += contents.below(item, 1, numbered)
        else:
            chapters += contents.entry(item, 1, numbered or 0)
    close()


def read_tree(draft: Draft, toc: Item, files: Files, *, numbered: bool) -> None:
    """Read MyST's `project.toc`: titles that stand at its top are parts, the first page is the front."""
    contents = _Contents(draft, files)
    deepest = _DEEPEST if numbered else 0
    loose: list[Plain] = []
    place: Any = None

    def close() -> None:
        if loose:
            draft.units.append(Unit("", tuple(loose), place, numbered=numbered))
            loose.clear()

    for item in toc.each():
        file, title = item.get("file"), item.get("title")
        if file is not None and not draft.has("book", "home"):
            if name := contents.name(file):
                draft.put("book", "home", name, file, "`home` in `[book]`")
            if title is not None:
                draft.changed(title, "the front page is called as it calls itself")
            place = place or item.place
            loose += contents.below(item, 1, deepest)
        elif file is None and title is not None and item.get("children") is not None:
            close()
            words = draft.text(title) or ""
            draft.kept(title, "`title` of a `[[part]]`")
            chapters = contents.below(item, 1, deepest)
            draft.units.append(Unit(Placed(words, title.place), chapters, item.place, numbered=numbered))
            place = None
        else:
            place = place or item.place
            loose += contents.entry(item, 1, deepest)
    close()


def _hidden(item: Item) -> bool:
    found = item.get("hidden")
    return found is not None and found.value is True


def _stem(path: str) -> str:
    for suffix in _SUFFIXES:
        if path.endswith(suffix):
            return path.removesuffix(suffix)
    return path
