"""Where the pages of a book are now, and what their links, pictures and old addresses lead to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, normpath, relpath
from urllib.parse import unquote

from etude.convert.account import Account
from etude.convert.addresses import redirects as lead_on
from etude.convert.converted import Asked
from etude.convert.d2lbook.project import ORIGIN, Project
from etude.model.slug import slug

__all__ = ["Places"]

_LABEL = re.compile(r":(?:eq)?label:`+(?P<label>[^`\n]+)`")
_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")


class Places:
    """The places of one book; pages are named by their files in the project."""

    def __init__(
        self,
        project: Project,
        asked: Asked,
        texts: Mapping[str, str],
        spoken: Sequence[str],
        account: Account,
    ) -> None:
        """`texts` are the pages, `spoken` the languages."""
        self.project, self.asked, self.texts = project, asked, texts
        self.spoken, self.account = tuple(spoken), account
        self.known = frozenset(project.files)
        """Every file of the project."""
        self.named: set[str] = set()
        """Files that code names."""

    @property
    def both(self) -> bool:
        """Whether there are two languages, each with a folder."""
        return len(self.spoken) > 1

    def is_original(self, path: str) -> bool:
        """Whether a page is of the second language."""
        return bool(self.asked.originals) and path.endswith(f"{ORIGIN}.md")

    def name(self, path: str) -> str:
        """The name of a page: its path below the folder of its language, without suffix."""
        name = path.removeprefix(self.project.root).removesuffix(".md")
        return name.removesuffix(ORIGIN) if self.is_original(path) else name

    def path(self, path: str) -> str:
        """The file that a page becomes."""
        folder = f"{self.spoken[1 if self.is_original(path) else 0]}/" if self.both else ""
        return f"{folder}{self.name(path)}.md"

    @staticmethod
    def file(page: str, address: str) -> str:
        """The file that an address on a page names."""
        bare = unquote(address.partition("#")[0])
        return normpath(bare.lstrip("/") if bare.startswith("/") else f"{dirname(page)}/{bare}".lstrip("/"))

    def address(self, page: str, address: str, line: int) -> str:
        """A link or a picture: a page is named by its source, a file by where it lies from the new page."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//|#", address, re.IGNORECASE):
            return address
        file, (_, hash_, place) = self.file(page, address), address.partition("#")
        if file in self.known and file not in self.texts:
            return self._moved(page, address, file)
        source = f"{file.rpartition('.')[0]}.md"
        if file.endswith((".md", ".html", ".ipynb")) and source in self.texts:
            new = relpath(self.path(source), dirname(self.path(page)) or ".")
            if file.endswith(".md") and dirname(self.path(page)) == dirname(page):
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
        new = self.path(page)
        if dirname(new) == dirname(page):
            return address
        return f"/{file}" if self.both else relpath(file, dirname(new) or ".")

    def string(self, page: str, value: str) -> str:
        """A text in code: the path of a file from the page, which may lie elsewhere now."""
        if dirname(self.path(page)) == dirname(page) or not value.startswith(("./", "../")):
            return value
        file = self.file(page, value)
        if file not in self.known:
            return value
        self.named.add(file)
        return relpath(file, dirname(self.path(page)) or ".")

    def redirects(self, made: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
        """Old addresses of pages, and of labels whose places are called otherwise now; labels are by page."""
        if not self.asked.old_base:
            return {}
        pages: dict[str, str] = {}
        for path in made:
            if self.is_original(path):
                continue
            old = f"{path.removeprefix(self.project.root).removesuffix('.md')}.html"
            new = f"{self.spoken[0]}/{self.name(path)}" if self.both else self.name(path)
            pages[old] = new
            for place, label in made[path]:
                fragment = _fragment(place)
                if fragment and fragment != slug(label):
                    pages[f"{old}#{fragment}"] = f"{new}#{slug(label)}"
        found = lead_on(pages, self.asked.old_base, self.asked.new_base, real=self._site())
        # The site has its own front page: places on the old one cannot lead on.
        return {old: new for old, new in found.items() if old.partition("#")[0] in found}

    def _site(self) -> Iterator[str]:
        """Files that the new site has itself, below its root."""
        yield "index.html"
        for path in self.texts:
            yield f"{self.spoken[1 if self.is_original(path) else 0]}/{self.name(path)}.html"


def _fragment(name: str) -> str:
    """The id that Sphinx gives a label, as docutils makes them: plain letters and digits, and hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"^[-0-9]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", plain))
