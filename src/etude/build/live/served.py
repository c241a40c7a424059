"""What browsers get of a book that is being written: pages from memory, all else as it was written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from etude.adapters.web import Answer
from etude.build.live.events import Joined, Left, Said
from etude.build.live.session import Live
from etude.build.watch import digest
from etude.render.live import FOLDER, live_file, live_page, problem_page

__all__ = ["Served"]

_HTML = "text/html; charset=utf-8"


class Served:
    """The site of a session, asked by the threads of a server."""

    def __init__(self, live: Live) -> None:
        """Show what `live` has, and tell it of browsers."""
        self._live = live
        self._root = os.path.realpath(live.book.out / "html")

    def answer(self, path: str) -> Answer | None:
        """What is at an address; None when there is nothing."""
        if "\0" in path:
            return None
        if path.startswith(FOLDER):
            found = live_file(path.removeprefix(FOLDER))
            return Answer(*found) if found is not None else None
        book = self._live.book
        if not path and not book.targets:
            return Answer(problem_page(), _HTML)
        target = f"{path}index.html" if not path or path.endswith("/") else path
        html = self._live.html(target)
        if html is not None:
            language = target.partition("/")[0]
            return Answer(live_page(html, target, digest(html), language), _HTML)
        if (drawn := book.picture(target)) is not None:
            import mimetypes  # noqa: PLC0415 -- reads the system's tables

            return Answer(drawn, mimetypes.guess_type(target)[0] or "application/octet-stream")
        place = self._place(target)
        prints = self._live.written.prints
        if place is None and prints is not None and (printed := prints.answer(target)) is not None:
            return printed
        if place is None:
            lost = self._place("404.html") if target.endswith(".html") else None
            return Answer(lost, _HTML, 404) if lost is not None else None
        return Answer(place)

    def _place(self, path: str) -> Path | None:
        """A file of the site on the disk; nothing outside of it, wherever links lead."""
        place = os.path.realpath(os.path.join(self._root, path))
        inside = place.startswith(os.path.join(self._root, ""))
        hidden = any(part.startswith(".") for part in path.split("/"))
        return Path(place) if inside and not hidden and os.path.isfile(place) else None

    def joined(self, client: int) -> None:
        """Nothing yet: the browser says which page it shows."""

    def left(self, client: int) -> None:
        """A browser is gone."""
        self._live.tell(Left(client))

    def said(self, client: int, what: dict[str, Any]) -> None:
        """A browser says something."""
        match what:
            case {"do": "here", "page": str(target), "version": str(version)}:
                self._live.tell(Joined(client, target, version))
            case _:
                self._live.tell(Said(client, what))
