"""A whole book: which page becomes which, what is made, what is taken over, what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, normpath

from etude.convert.account import Account
from etude.convert.converted import Asked, Converted, Copy
from etude.convert.d2lbook.aliases import Aliases
from etude.convert.d2lbook.contents import Block, Chapter, contents, pages_of
from etude.convert.d2lbook.counting import counted
from etude.convert.d2lbook.lines import is_extra
from etude.convert.d2lbook.names import settled
from etude.convert.d2lbook.page import Made, Surroundings, convert_page
from etude.convert.d2lbook.places import Places
from etude.convert.d2lbook.project import CONFIG, ORIGIN, Project
from etude.convert.d2lbook.settings import languages, library, write
from etude.convert.d2lbook.shelf import shelve
from etude.convert.fences import Prose, pieces
from etude.model.protocols import Files

__all__ = ["Book"]

_LINK = re.compile(r"\]\((?P<path>[^()\s]+)")
_HTML = re.compile(r"(?:src|href)=[\"'](?P<path>[^\"']+)[\"']")
_BIBLIOGRAPHY = re.compile(r"^[ \t]*:bibliography:`+(?P<path>[^`\n]+)`", re.MULTILINE)
_LABELLED = re.compile(
    r"^(?:#{1,6}[ \t]+(?P<title>[^\n]*)|[^\n]+\n[=-]{2,}[ \t]*)\n"
    r"(?P<marks>(?:\s*:label:`+[^`\n]+`+[ \t]*\n?)+)",
    re.MULTILINE,
)
_LABEL = re.compile(r":label:`+(?P<label>[^`\n]+)`")
_TITLE = re.compile(r"^(?:#[ \t]+(?P<hashed>[^\n]+)|(?P<plain>[^\n#]+)\n={2,}[ \t]*$)", re.MULTILINE)


class Book:
    """One conversion."""

    def __init__(self, files: Files, asked: Asked, project: Project) -> None:
        """Read the pages of a project."""
        self.files, self.asked, self.project = files, asked, project
        self.account = Account()
        self.texts = {path: self._text(path) for path in project.pages}
        self.spoken = languages(project, self.texts[project.index], asked.originals)
        self.places = Places(project, asked, self.texts, self.spoken, self.account)
        self.named: set[str] = set()
        """Files that pages name."""
        self.unnumbered: frozenset[str] = frozenset()
        self.aliases: Mapping[str, Aliases] = {}
        self.modules: dict[str, str] = {}
        """The module that saved code goes to in a book without tabs, under no name."""

    def converted(self) -> Converted:
        """The new book."""
        own = {path: text for path, text in self.texts.items() if not self.places.is_original(path)}
        blocks = (*contents(self.project.index, own, self.account), *self._unlisted(own))
        package, modules = library(self.project, self.account)
        self.unnumbered = self._unnumbered(own, blocks)
        self.modules = {tab: module for tab, module in modules.items() if not tab}
        self.aliases = settled(self.project, self.files, self.texts.values())
        made = {path: self._page(path, text) for path, text in self.texts.items()}
        order = (self.project.index, *pages_of(blocks))
        shelve(self.project, self.files, order, made, modules, self.account)
        written = {self.places.path(path): one.text for path, one in made.items()}
        bibliography, works = self._bibliography()
        copies = tuple(self._copies(bibliography, package))
        taken = {copy.source for copy in copies}
        self._left(taken)
        addresses = self.places.redirects({path: one.places for path, one in made.items()})
        names = {path: self._title(text) for path, text in self.texts.items()}
        index = self.project.index
        titles = {self.spoken[0]: names[index]}
        original = index.replace(".md", f"{ORIGIN}.md")
        if self.places.both and original in names:
            titles[self.spoken[1]] = names[original]
        folder = any(path.startswith(f"{self.project.root}{self.spoken[0]}/") for path in own)
        written["etude.toml"] = write(
            self.project,
            self.account,
            blocks,
            self.places.name,
            self.spoken,
            titles,
            package=package,
            modules=modules,
            bibliography=bibliography,
            works=works,
            redirects=addresses,
            folders=False if folder and not self.places.both else None,
            exists=taken.__contains__,
        )
        counts = tuple((self.places.path(path), path, counted(text)) for path, text in self.texts.items())
        return Converted(tuple(sorted(written.items())), copies, self.account.notes, counts)

    def _text(self, path: str) -> str:
        data = self.files.read(path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.account.lost("page", path, 0, "it is not UTF-8; what cannot be read is replaced by marks")
            text = data.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _page(self, path: str, text: str) -> Made:
        def address(written: str, line: int) -> str:
            return self.places.address(path, written, line)

        def read(name: str) -> str | None:
            file = normpath(f"{dirname(path)}/{name}".lstrip("/"))
            if not self.files.exists(file):
                return None
            self.named.add(file)
            return self.files.read(file).decode(errors="replace")

        def string(value: str) -> str:
            return self.places.string(path, value)

        around = Surroundings(
            self.project.tabs,
            self.aliases,
            self.modules,
            address,
            read,
            string,
            self.unnumbered,
            home=self.places.name(path) == "index",
        )
        for pattern in (_LINK, _HTML):
            for found in pattern.finditer(text):
                if (file := self.places.file(path, found["path"])) in self.places.known:
                    self.named.add(file)
        return convert_page(path, text, self.account, around)

    def _unlisted(self, own: Mapping[str, str]) -> Iterator[Block]:
        """Pages that no contents name stand at the end."""
        quiet = Account()
        listed = {self.project.index}
        stack = [c for block in contents(self.project.index, own, quiet) for c in block.chapters]
        while stack:
            chapter = stack.pop()
            listed.add(chapter.page)
            stack += chapter.sections
        left = sorted(own.keys() - listed)
        for path in left:
            said = "in no `toc`: at the end of the contents, without a number"
            self.account.changed("page", path, 0, said)
        if left:
            yield Block(tuple(Chapter(path) for path in left), numbered=False)

    def _bibliography(self) -> tuple[tuple[str, ...], str]:
        """The BibTeX files, and the page that lists the works."""
        found: dict[str, None] = {}
        works = ""
        for path, text in self.texts.items():
            for mark in _BIBLIOGRAPHY.finditer(text):
                file = self.places.file(path, mark["path"].strip())
                if file in self.places.known:
                    found[file] = None
                    works = works or self.places.name(path)
                else:
                    line = text.count("\n", 0, mark.start()) + 1
                    self.account.lost(":bibliography:", path, line, f"there is no file `{file}`")
        for name in self.project.get("pdf", "bibfile").split():
            if normpath(name) in self.places.known:
                found[normpath(name)] = None
        if not found:
            found = {one: None for one in self._resources() if one.endswith(".bib")}
        return tuple(found), works

    def _resources(self) -> tuple[str, ...]:
        """The files that `[build] resources` names, by themselves or by their folder."""
        root = self.project.root
        named = [normpath(f"{root}{one}") for one in self.project.get("build", "resources").split()]
        return tuple(
            path
            for path in self.project.files
            if any(path == one or path.startswith(f"{one}/") for one in named)
        )

    def _copies(self, bibliography: tuple[str, ...], package: str) -> Iterator[Copy]:
        wanted = {*self._resources(), *self.named, *self.places.named, *bibliography}
        for section, key in (("html", "favicon"), ("html", "html_logo"), ("html", "include_css")):
            wanted |= {normpath(one) for one in self.project.get(section, key).split()}
        for path in sorted(wanted & self.places.known):
            if path in self.texts or path == CONFIG:
                continue
            if package and path.startswith(f"{package.replace('.', '/')}/"):
                said = "not taken over: the library is made of the cells that are saved"
                self.account.changed("library file", path, 0, said)
                continue
            yield Copy(path, path)

    def _left(self, taken: set[str]) -> None:
        """Tell of the files that are not in the new book."""
        package = {dirname(path) for path in self.project.modules.values()}
        for path in self.project.files:
            if path in taken or path in self.texts or path == CONFIG or dirname(path) in package - {""}:
                continue
            if path.endswith(f"{ORIGIN}.md"):
                self.account.lost(
                    "_origin.md", path, 0, "use `--originals` to take it over as the other language"
                )
            elif path.endswith(".md"):
                self.account.lost("file", path, 0, "left out by `config.ini`: no page of the book")
            else:
                self.account.lost("file", path, 0, "named by no page nor `resources`: not taken over")

    @staticmethod
    def _title(text: str) -> str:
        """The first title of a page."""
        for piece in pieces(text):
            if isinstance(piece, Prose) and (found := _TITLE.search("\n".join(piece.lines))):
                return (found["hashed"] or found["plain"]).strip()
        return ""

    def _unnumbered(self, own: Mapping[str, str], blocks: Iterable[Block]) -> frozenset[str]:
        """Labels of headings on pages that have no numbers, and of headings that have none."""
        plain = {self.project.index, *pages_of(tuple(one for one in blocks if not one.numbered))}
        found: set[str] = set()
        for path, text in own.items():
            for heading in _LABELLED.finditer(text):
                if path in plain or is_extra(heading["title"]):
                    found |= {mark["label"].strip() for mark in _LABEL.finditer(heading["marks"])}
        return frozenset(found)
