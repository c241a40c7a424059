"""The browsers that show pages of a book while it is written: what each shows, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from etude.build.watch import digest

__all__ = ["Browsers", "Line", "Message"]

Message: TypeAlias = Mapping[str, Any]
"""What a page is told, by its ``kind``: see `render/live/live.js`."""


class Line(Protocol):
    """The way to browsers."""

    def send(self, client: int, message: Message) -> None:
        """Send a message to one of them, if it is still there; returns at once."""
        ...


@dataclass(slots=True)
class _Browser:
    target: str
    """File of the site that it shows; empty while there is no book."""
    version: str
    """Digest of the page as it shows it."""


class Browsers:
    """Every open page."""

    def __init__(self, line: Line, html: Callable[[str], bytes | None]) -> None:
        """Reach browsers by `line`; `html` is a page as it is now, or None where there is none."""
        self._line = line
        self._html = html
        self._open: dict[int, _Browser] = {}
        self._dirty: set[str] = set()
        """Files of pages that may be others now."""

    def join(self, client: int, target: str, version: str) -> None:
        """A browser shows a page."""
        self._open[client] = _Browser(target, version)
        self._dirty.add(target)

    def leave(self, client: int) -> None:
        """A browser is gone."""
        self._open.pop(client, None)

    def target(self, client: int) -> str:
        """What a browser shows; empty when it is none of the book's pages."""
        found = self._open.get(client)
        return found.target if found is not None else ""

    def targets(self) -> set[str]:
        """Pages that are open."""
        return {one.target for one in self._open.values()}

    def showing(self, targets: Collection[str]) -> list[int]:
        """Browsers that show one of some pages."""
        return [client for client, one in self._open.items() if one.target in targets]

    def touch(self, targets: Iterable[str] | None = None) -> bool:
        """Pages may be others now, or all; whether any of them is open."""
        found = self.targets() if targets is None else self.targets().intersection(targets)
        self._dirty |= found
        return bool(found)

    def show(self) -> int:
        """Send pages that are others now; to how many browsers."""
        dirty, self._dirty = self._dirty, set()
        sent = 0
        for target in sorted(dirty):
            clients = self.showing((target,))
            html = self._html(target) if clients else None
            version = digest(html) if html is not None else ""
            for client in clients:
                if html is None:
                    self.tell((client,), {"kind": "gone"})
                elif self._open[client].version != version:
                    self.tell((client,), {"kind": "page", "html": html.decode(), "version": version})
                    sent += 1
                self._open[client].version = version
        return sent

    def tell(self, clients: Iterable[int] | None, message: Message) -> None:
        """Send a message to some browsers; to all, if it is None."""
        for client in tuple(self._open) if clients is None else clients:
            self._line.send(client, message)
