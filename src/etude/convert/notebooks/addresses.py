"""What links and pictures of a page lead to in the new book."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from etude.convert.account import Account
from etude.convert.notebooks.anchors import Places
from etude.convert.notebooks.draft import Draft
from etude.convert.notebooks.pictures import Pictures
from etude.convert.notebooks.reading import Cell

__all__ = ["Addresses"]

_OUTER = re.compile(r"[A-Za-z][\w+.-]*:|//")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif)(?:\?.*)?\Z", re.IGNORECASE)
_HOST = re.compile(
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|io|edu|gov|dev|ai|cn|de|uk|fr)(?:/|\Z)", re.IGNORECASE
)
_PATH = "/~!$&'*+,;=:@-._"


class Addresses:
    """Resolves the addresses of one page."""

    def __init__(
        self,
        draft: Draft,
        pages: Mapping[str, Draft],
        places: Mapping[str, Places],
        files: frozenset[str],
        pictures: Pictures,
        account: Account,
    ) -> None:
        """`pages` by source path, `places` by source path, `files` are all of the old book."""
        self.draft = draft
        self.pages = pages
        self.places = places
        self.files = files
        self.pictures = pictures
        self.account = account
        self.folder = posixpath.dirname(draft.source)

    def of(self, cell: Cell, address: str, row: int) -> str:
        """What an address in a cell is now; notes what it was."""
        line = cell.at(row)
        if address.startswith("#"):
            return self._own(address, line)
        if address.startswith("attachment:"):
            return self._attached(cell, address, line)
        if address.startswith("data:image/"):
            return self._inlined(address, line)
        if _OUTER.match(address):
            if _IMAGE.search(address):
                self.account.kept("picture on the web", self.draft.source, line, "where it is, on the web")
            return address
        return self._inside(address, line)

    def picture(self, bundle: Mapping[str, Any]) -> str:
        """The address of a picture that an output holds; empty when it holds none."""
        path = self.pictures.attached(self.draft.name, "output", bundle)
        return self._relative(path) if path else ""

    def _own(self, address: str, line: int) -> str:
        now = self.places[self.draft.source].now(address[1:]) if len(address) > 1 else ""
        source = self.draft.source
        if now is None:
            self.account.lost("[…](#…)", source, line, f"`{address}` names nothing on the page")
            return address
        if not now:
            self.account.kept("[…](#…)", source, line, "a link to the page")
            return posixpath.basename(quote(self.draft.path, safe=_PATH))
        self.account.kept("[…](#…)", source, line, "a link to the heading or label")
        return (
            f"#{now}"
            if now == unquote(address[1:])
            else f"#{quote(now, safe='')}"
            if " " in now
            else f"#{now}"
        )

    def _attached(self, cell: Cell, address: str, line: int) -> str:
        name = unquote(address[len("attachment:") :])
        bundle = cell.attachments.get(name) or cell.attachments.get(address[len("attachment:") :])
        path = self.pictures.attached(self.draft.name, name, bundle) if bundle else None
        if path is None:
            self.account.lost("attachment", self.draft.source, line, "the notebook does not hold it")
            return address
        self.account.kept("attachment", self.draft.source, line, "a file in `img/`")
        return self._relative(path)

    def _inlined(self, address: str, line: int) -> str:
        path = self.pictures.inlined(self.draft.name, address)
        if path is None:
            self.account.lost("picture in the text", self.draft.source, line, "its data cannot be read")
            return address
        self.account.kept("picture in the text", self.draft.source, line, "a file in `img/`")
        return self._relative(path)

    def _inside(self, address: str, line: int) -> str:
        """A path in the book, with what stands behind it."""
        path, mark, fragment = address.partition("#")
        wanted = unquote(path.partition("?")[0])
        source = self.draft.source
        if not wanted:
            return address
        target = posixpath.normpath(posixpath.join(self.folder, wanted)) if wanted[0] != "/" else wanted[1:]
        found = self._page(target)
        if found is not None:
            new = self._relative(found.path)
            if mark and fragment:
                now = self.places[found.source].now(fragment)
                if now is None:
                    said = "the page has no such place; the link leads to the page"
                    self.account.changed("link to a place", source, line, said)
                new += f"#{now}" if now else ""
            self.account.kept("link to a notebook", source, line, "a link to the page")
            return new
        if target in self.files:
            same = posixpath.dirname(self.draft.path) == self.folder and wanted[0] != "/"
            construct = "picture" if _IMAGE.search(wanted) else "link to a file"
            self.account.kept(construct, source, line)
            return address if same else self._relative(target)
        if (guess := self._meant(wanted)) is not None:
            said = f"`{_short(wanted)}` is not there; the link leads to the only page of that name"
            self.account.changed("link to a notebook", source, line, said)
            now = self.places[guess.source].now(fragment) if fragment else ""
            return self._relative(guess.path) + (f"#{now}" if now else "")
        if _HOST.match(wanted):
            self.account.changed("address without https://", source, line, "an address on the web")
            return f"https://{address}"
        what = "picture" if _IMAGE.search(wanted) else "link to a file"
        self.account.lost(what, source, line, f"`{_short(wanted)}` is not in the folder")
        return address

    def _page(self, target: str) -> Draft | None:
        names = [target]
        if target.endswith((".html", ".htm")):
            stem = posixpath.splitext(target)[0]
            names += [f"{stem}.ipynb", f"{stem}.md"]
        elif not posixpath.splitext(target)[1]:
            names += [f"{target}.ipynb", f"{target}.md"]
            names += [
                posixpath.join(target, name)
                for name in ("index.ipynb", "index.md", "README.ipynb", "README.md", "readme.md")
            ]
        return next((self.pages[name] for name in names if name in self.pages), None)

    def _meant(self, wanted: str) -> Draft | None:
        """The only page of the name that a path ends with, when nothing is at the path."""
        name = posixpath.basename(wanted)
        if not name.endswith((".ipynb", ".html")):
            return None
        stem = posixpath.splitext(name)[0].casefold()
        found = [
            page
            for source, page in self.pages.items()
            if posixpath.splitext(posixpath.basename(source))[0].casefold() == stem
        ]
        return found[0] if len(found) == 1 and stem not in ("index", "readme") else None

    def _relative(self, path: str) -> str:
        start = posixpath.dirname(self.draft.path) or "."
        return quote(posixpath.relpath(path, start), safe=_PATH + "()")


def _short(path: str) -> str:
    return path if len(path) < 80 else f"{path[:79]}…"
