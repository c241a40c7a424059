"""Documents of pages: those that were parsed now, and stored ones for as long as they are asked for."""

from __future__ import annotations

from typing import Final

from etude.adapters.store import SqliteStore
from etude.build.sources import Fresh, Parsed, decode_page, keep
from etude.model.page import Page

__all__ = ["Documents"]

_KEPT: Final = 64
"""Documents that are kept decoded."""


class Documents:
    """Documents by the record of their page."""

    def __init__(self, store: SqliteStore) -> None:
        """Those that were parsed by others are in `store`."""
        self._store = store
        self._decoded: dict[str, Page] = {}
        """By key, the newest last."""
        self._fresh: dict[str, Fresh] = {}
        """What is not stored yet, by the path of the page."""

    def get(self, parsed: Parsed) -> Page | None:
        """The document of a page; None when it is lost."""
        page = self._decoded.get(parsed.key)
        if page is None:
            fresh = self._fresh.get(parsed.source.path)
            data = fresh.page if fresh is not None else self._store.get("page", parsed.key)
            if data is None:
                return None
            page = decode_page(data)
        self._hold(parsed.key, page)
        return page

    def put(self, fresh: Fresh, page: Page) -> None:
        """Take a document that was parsed now."""
        self._fresh[fresh.parsed.source.path] = fresh
        self._hold(fresh.parsed.key, page)

    def store(self) -> None:
        """Store what is not stored yet; raises `WriteError`."""
        if self._fresh:
            keep(self._store, list(self._fresh.values()))
            self._fresh.clear()

    def forget(self) -> None:
        """All was read anew by others, and is stored."""
        self._fresh.clear()

    def _hold(self, key: str, page: Page) -> None:
        self._decoded.pop(key, None)
        self._decoded[key] = page
        while len(self._decoded) > _KEPT:
            self._decoded.pop(next(iter(self._decoded)))
