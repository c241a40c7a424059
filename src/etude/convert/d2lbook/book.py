"""A whole book: which page becomes which, what is made, what is taken over, what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, normpath, relpath
from urllib.parse import unquote

from etude.convert.account import Account
from etude.convert.addresses import redirects
from etude.convert.converted import Asked, Converted, Copy
from etude.convert.d2lbook.contents import Block, Chapter, contents
from etude.convert.d2lbook.counting import counted
from etude.convert.d2lbook.header import Header, headers
from etude.convert.d2lbook.lines import is_extra
from etude.convert.d2lbook.page import Made, Surroundings, convert_page
from etude.convert.d2lbook.project import CONFIG, ORIGIN, Project
from etude.convert.d2lbook.settings import languages, library, write
from etude.model.protocols import Files
from etude.model.slug import slug

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
_TITLE = re.compile(
    r"\A(?:\s|```.*?^```[^\n]*$)*(?:#[ \t]+(?P<hashed>[^\n]+)|(?P<plain>[^\n#`]+)\n[=]{2,})",
    re.DOTALL | re.MULTILINE,
)


class Book:
    """One conversion."""

    def __init__(self, files: Files, asked: Asked, project: Project) -> None:
        """Read the pages of a project."""
        self.files, self.asked, self.project = files, asked, project
        self.account = Account()
        self.texts = {path: self._text(path) for path in project.pages}
        self.spoken = languages(project, self.texts[project.index], asked.originals)
        self.named: set[str] = set()
        """Files that pages name."""
        self.unnumbered: frozenset[str] = frozenset()
        self.modules: dict[str, str] = {}
        """The module that saved code goes to in a book without tabs, under no name."""

    @property
    def both(self) -> bool:
        """Whether there are two languages, each with a folder."""
        return len(self.spoken) > 1

    def converted(self) -> Converted:
        """The new book."""
        own = {path: text for path, text in self.texts.items() if not self._is_original(path)}
        blocks = (*contents(self.project.index, own, self.account), *self._unlisted(own))
        package, modules = library(self.project, self.account)
        self.unnumbered = self._unnumbered(own, blocks)
        self.modules = {tab: module for tab, module in modules.items() if not tab}
        made = {path: self._page(path, text) for path, text in self.texts.items()}
        self._libraries(blocks, made, modules)
        written = {self._path(path): one.text for path, one in made.items()}
        bibliography, works = self._bibliography()
        copies = tuple(self._copies(bibliography, package))
        taken = {copy.source for copy in copies}
        self._left(taken)
        addresses = self._redirects(made)
        names = {path: self._title(text) for path, text in self.texts.items()}
        index = self.project.index
        titles = {self.spoken[0]: names[index]}
        original = index.replace(".md", f"{ORIGIN}.md")
        if self.both and original in names:
            titles[self.spoken[1]] = names[original]
        folder = any(path.startswith(f"{self._folder(path)}{self.spoken[0]}/") for path in own)
        written["etude.toml"] = write(
            self.project,
            self.account,
            blocks,
            self._name,
            self.spoken,
            titles,
            package=package,
            modules=modules,
            bibliography=bibliography,
            works=works,
            redirects=addresses,
            folders=False if folder and not self.both else None,
            exists=taken.__contains__,
        )
        counts = tuple((self._path(path), path, counted(text)) for path, text in self.texts.items())
        return Converted(tuple(sorted(written.items())), copies, self.account.notes, counts)

    def _text(self, path: str) -> str:
        data = self.files.read(path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.account.lost("page", path, 0, "it is not UTF-8; what cannot be read is replaced by marks")
            text = data.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _is_original(self, path: str) -> bool:
        return bool(self.asked.originals) and path.endswith(f"{ORIGIN}.md")

    def _folder(self, _path: str) -> str:
        return self.project.root

    def _name(self, path: str) -> str:
        """The name of a page: its path below the folder of its language, without suffix."""
        name = path.removeprefix(self.project.root).removesuffix(".md")
        return name.removesuffix(ORIGIN) if self._is_original(path) else name

    def _path(self, path: str) -> str:
        """The file that a page becomes."""
        folder = f"{self.spoken[1 if self._is_original(path) else 0]}/" if self.both else ""
        return f"{folder}{self._name(path)}.md"

    def _page(self, path: str, text: str) -> Made:
        def address(written: str, line: int) -> str:
            return self._address(path, written, line)

        def read(name: str) -> str | None:
            file = normpath(f"{dirname(path)}/{name}".lstrip("/"))
            if not self.files.exists(file):
                return None
            self.named.add(file)
            return self.files.read(file).decode(errors="replace")

        def string(value: str) -> str:
            return self._string(path, value)

        around = Surroundings(
            self.project.tabs,
            self.project.aliases,
            self.modules,
            address,
            read,
            string,
            self.unnumbered,
            home=self._name(path) == "index",
        )
        for pattern in (_LINK, _HTML):
            for found in pattern.finditer(text):
                if (file := self._file(path, found["path"])) in self.files_known:
                    self.named.add(file)
        return convert_page(path, text, self.account, around)

    @property
    def files_known(self) -> frozenset[str]:
        """Every file of the project."""
        return frozenset(self.project.files)

    @staticmethod
    def _file(page: str, address: str) -> str:
        """The file that an address on a page names."""
        bare = unquote(address.partition("#")[0])
        return normpath(bare.lstrip("/") if bare.startswith("/") else f"{dirname(page)}/{bare}".lstrip("/"))

    def _address(self, page: str, address: str, line: int) -> str:
        """A link or a picture: a page is named by its source, a file by where it lies from the new page."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//|#", address, re.IGNORECASE):
            return address
        file, (_, hash_, place) = self._file(page, address), address.partition("#")
        if file in self.files_known and file not in self.texts:
            return self._moved(page, address, file)
        source = f"{file.rpartition('.')[0]}.md"
        if file.endswith((".md", ".html", ".ipynb")) and source in self.texts:
            new = relpath(self._path(source), dirname(self._path(page)) or ".")
            if file.endswith(".md") and dirname(self._path(page)) == dirname(page):
                return address
            self.account.kept("link to a page", page, line, "the page's source")
            labels = [found["label"].strip() for found in _LABEL.finditer(self.texts[source])]
            place = next((slug(one) for one in labels if _fragment(one) == place), place)
            return f"{new}{hash_}{place}"
        if file.endswith((".svg", ".png", ".jpg", ".jpeg", ".gif")):
            self.account.lost("![caption]()", page, line, f"there is no file `{file}`")
        return address

    def _moved(self, page: str, address: str, file: str) -> str:
        """An address from the new page, which may lie deeper."""
        new = self._path(page)
        if dirname(new) == dirname(page):
            return address
        return f"/{file}" if self.both else relpath(file, dirname(new) or ".")

    def _string(self, page: str, value: str) -> str:
        """A text in code: the path of a file from the page, which may lie elsewhere now."""
        if dirname(self._path(page)) == dirname(page) or not value.startswith(("./", "../")):
            return value
        file = self._file(page, value)
        if file not in self.files_known:
            return value
        self.named.add(file)
        return relpath(file, dirname(self._path(page)) or ".")

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
                file = self._file(path, mark["path"].strip())
                if file in self.files_known:
                    found[file] = None
                    works = works or self._name(path)
                else:
                    line = text.count("\n", 0, mark.start()) + 1
                    self.account.lost(":bibliography:", path, line, f"there is no file `{file}`")
        for name in self.project.get("pdf", "bibfile").split():
            if normpath(name) in self.files_known:
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
        wanted = {*self._resources(), *self.named, *bibliography}
        for section, key in (("html", "favicon"), ("html", "html_logo"), ("html", "include_css")):
            wanted |= {normpath(one) for one in self.project.get(section, key).split()}
        for path in sorted(wanted & self.files_known):
            if path in self.texts or path == CONFIG:
                continue
            if package and path.startswith(f"{package}/"):
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

    def _title(self, text: str) -> str:
        found = _TITLE.match(text)
        return ((found["hashed"] or found["plain"]) if found else "").strip()

    def _redirects(self, made: Mapping[str, Made]) -> dict[str, str]:
        """Old addresses of pages, and of labels whose places are called otherwise now."""
        if not self.asked.old_base:
            return {}
        pages: dict[str, str] = {}
        for path in made:
            if self._is_original(path):
                continue
            old = f"{path.removeprefix(self.project.root).removesuffix('.md')}.html"
            new = f"{self.spoken[0]}/{self._name(path)}" if self.both else self._name(path)
            pages[old] = new
            for place, label in made[path].places:
                fragment = _fragment(place)
                if fragment and fragment != slug(label):
                    pages[f"{old}#{fragment}"] = f"{new}#{slug(label)}"
        return redirects(pages, self.asked.old_base, self.asked.new_base, real=self._site())

    def _site(self) -> Iterator[str]:
        """Files that the new site has itself, below its root."""
        yield "index.html"
        for path in self.texts:
            yield self._path(path).removesuffix(".md") + ".html"

    def _libraries(
        self, blocks: tuple[Block, ...], made: dict[str, Made], modules: Mapping[str, str]
    ) -> None:
        """Put what libraries hold beside saved cells into hidden cells of the first page that saves."""
        order = [self.project.index, *_pages(blocks)]
        asked = {
            tab: frozenset().union(*(one.asked.get(tab, frozenset()) for one in made.values()))
            for tab in modules
        }
        wanted: dict[str, list[Header]] = {}
        for one in headers(self.project, self.files, asked, self.account):
            first = next((path for path in order if path in made and one.tab in made[path].saves), None)
            if first is not None:
                wanted.setdefault(first, []).append(one)
        for path, cells in wanted.items():
            for page in (path, f"{path.removesuffix('.md')}{ORIGIN}.md"):
                if page in made:
                    made[page] = _with_headers(made[page], cells, self.modules.get("", ""))

    def _unnumbered(self, own: Mapping[str, str], blocks: Iterable[Block]) -> frozenset[str]:
        """Labels of headings on pages that have no numbers, and of headings that have none."""
        plain = {self.project.index, *_pages(tuple(one for one in blocks if not one.numbered))}
        found: set[str] = set()
        for path, text in own.items():
            for heading in _LABELLED.finditer(text):
                if path in plain or is_extra(heading["title"]):
                    found |= {mark["label"].strip() for mark in _LABEL.finditer(heading["marks"])}
        return frozenset(found)


def _fragment(name: str) -> str:
    """The id that Sphinx gives a label, as docutils makes them: plain letters and digits, and hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"^[-0-9]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", plain))


def _pages(blocks: tuple[Block, ...]) -> Iterator[str]:
    stack = [chapter for block in reversed(blocks) for chapter in reversed(block.chapters)]
    while stack:
        chapter = stack.pop()
        yield chapter.page
        stack += reversed(chapter.sections)


def _with_headers(page: Made, wanted: Iterable[Header], module: str) -> Made:
    """The page with hidden cells before its first cell, and after its last one."""
    lines = page.text.split("\n")
    fences = [number for number, line in enumerate(lines) if re.match(r"`{3,}\{code-cell\}", line)]
    assert fences, "a page that saves has cells"
    before = [line for one in wanted if one.first for line in (*one.cell(module), "")]
    after = [line for one in wanted if not one.first for line in ("", *one.cell(module))]
    text = "\n".join((*lines[: fences[0]], *before, *lines[fences[0] :])).rstrip("\n")
    return Made("\n".join((text, *after)) + "\n", page.places, page.asked, page.saves)
