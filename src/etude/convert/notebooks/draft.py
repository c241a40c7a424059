"""What is known of a page before it is written: its cells, headings, anchors, and what its links lead to."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from msgspec.structs import replace

from etude.convert.account import Account
from etude.convert.notebooks.anchors import Places, anchor_names
from etude.convert.notebooks.badges import badges, repository, without_badges
from etude.convert.notebooks.headings import Settled, find, plain, settle
from etude.convert.notebooks.names import readable
from etude.convert.notebooks.reading import Cell, Notebook
from etude.model.slug import slug

__all__ = ["Draft", "Launch", "label_anchors", "make_draft", "title_words"]

_CONTENTS = re.compile(r"[ \t]*(?:\[\[?_?toc_?\]\]?|\{:toc\}|\[\[toc\]\])[ \t]*", re.IGNORECASE)
_EXTENSION = re.compile(r"class=[\"'](?:toc|tocSkip)[\"']|id=[\"']toc[\"']", re.IGNORECASE)
_LINKS = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+\[[^\]]*\]\(#[^)]*\)[ \t]*")


@dataclass(slots=True)
class Launch:
    """Where badges say that a book's notebooks run."""

    colab: bool = False
    binder: bool = False
    repository: str = ""
    branch: str = ""


@dataclass(slots=True)
class Draft:
    """A page."""

    source: str
    """Path of the file that it comes from."""
    path: str
    """Its path in the new book."""
    notebook: Notebook
    cells: tuple[Cell, ...] = ()
    """The cells that show something; Markdown without badges and contents."""
    title: str = ""
    """With its marks."""
    titled: bool = True
    """Whether a heading says the title."""
    settled: tuple[Settled, ...] = ()
    anchors: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    """Anchors with the labels that they are now."""
    front: str = ""
    """YAML that stood at its head."""

    @property
    def name(self) -> str:
        """The page's name."""
        return posixpath.splitext(self.path)[0]

    @property
    def places(self) -> Places:
        """Where links into it lead now."""
        return Places(self.settled, self.labels)


def make_draft(
    source: str, path: str, notebook: Notebook, account: Account, launch: Launch, *, numbered: bool
) -> Draft:
    """Look at a page before it is written; notes what is taken away from it."""
    cells: list[Cell] = []
    for cell in notebook.cells:
        kept = _cleaned(cell, source, account, launch) if cell.kind == "markdown" else cell
        if kept.text.strip():
            cells.append(kept)
    draft = Draft(source, path, notebook)
    if cells:
        cells[0] = _head(cells[0], draft)
    draft.cells = tuple(cell for cell in cells if cell.text.strip())
    headings = [
        heading
        for number, cell in enumerate(draft.cells)
        if cell.kind == "markdown"
        for heading in find(number, cell.text)
    ]
    first = next((n for n, cell in enumerate(draft.cells) if cell.kind != "raw"), 0)
    folder = posixpath.dirname(source)
    stem = readable(folder if folder and posixpath.basename(draft.name) == "index" else source)
    name = folder if posixpath.basename(draft.name) == "index" else source
    draft.title, draft.settled = settle(
        headings, first=first, name=posixpath.basename(name), numbered=numbered
    )
    draft.titled = bool(draft.title)
    if not draft.titled:
        given = notebook.metadata.get("title")
        draft.title = given if isinstance(given, str) and given.strip() else stem
    draft.anchors = tuple(anchor_names(cell.text for cell in draft.cells if cell.kind == "markdown"))
    return draft


def _cleaned(cell: Cell, source: str, account: Account, launch: Launch) -> Cell:
    text = cell.text
    for address, row in badges(text):
        place = "Binder" if "binder" in address else "Colab" if "colab" in address else "badge"
        launch.binder |= place == "Binder"
        launch.colab |= place == "Colab"
        if (found := repository(address)) is not None and not launch.repository:
            launch.repository, launch.branch = found.address, found.branch
        said = "taken away; `[launch]` makes such links" if place != "badge" else "taken away"
        account.changed(f"{place} badge", source, cell.at(row), said)
    text = without_badges(text)
    if _EXTENSION.search(text) and "contents" in text.lower():
        account.changed("contents of an extension", source, cell.at(1), "taken away; pages show their own")
        return _with(cell, "")
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _CONTENTS.fullmatch(line):
            account.changed("[TOC]", source, cell.at(number + 1), "taken away; pages show their own contents")
            lines[number] = ""
    own = [number for number, line in enumerate(lines) if _LINKS.fullmatch(line)]
    if len(own) > 2:
        account.kept(
            "contents by hand", source, cell.at(own[0] + 1), "a list; pages show their own contents, too"
        )
    return _with(cell, "\n".join(lines))


def _with(cell: Cell, text: str) -> Cell:
    return cell if text == cell.text else replace(cell, text=text)


def _head(cell: Cell, draft: Draft) -> Cell:
    """Take YAML at the head of a first cell off it."""
    match = re.match(
        r"---[ \t]*\n((?:[\w-]+:.*\n|[ \t]+\S.*\n|-[ \t].*\n|#.*\n)+)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", cell.text
    )
    if match is None or cell.kind == "code":
        return cell
    draft.front = match[1]
    return _with(cell, cell.text[match.end() :])


def label_anchors(drafts: list[Draft]) -> None:
    """Give each anchor a label that only it has in the book."""
    pages: dict[str, int] = {}
    for draft in drafts:
        for name in dict.fromkeys(draft.anchors):
            pages[name.casefold()] = pages.get(name.casefold(), 0) + 1
    taken: set[str] = set()
    for draft in drafts:
        for name in dict.fromkeys(draft.anchors):
            label = name if re.fullmatch(r"[\w][\w:.-]*", name) else slug(name)
            if pages[name.casefold()] > 1 or not label or label.isdecimal() or label in taken:
                label = "-".join(filter(None, (slug(draft.name.replace("/", "-")), slug(name) or "place")))
            number, stem = 1, label
            while label in taken:
                number += 1
                label = f"{stem}-{number}"
            taken.add(label)
            draft.labels[name] = label


def title_words(draft: Draft) -> str:
    """The title without marks."""
    return plain(draft.title)
