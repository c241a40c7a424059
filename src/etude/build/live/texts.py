"""The sources of pages that are being edited: where they have changed, and in which line an offset lies."""

from __future__ import annotations

from os.path import commonprefix

from etude.adapters.disk import DiskFiles
from etude.model.span import LineIndex
from etude.parse.text import source_text

__all__ = ["Texts"]


class Texts:
    """Texts by the path of the page."""

    def __init__(self, files: DiskFiles) -> None:
        """Those of some files; none is known yet."""
        self._files = files
        self._known: dict[str, str] = {}

    def know(self, path: str) -> None:
        """Remember a page as it is now, unless it is known: edits are seen from then on."""
        if path not in self._known:
            self._known[path] = self._now(path)

    def edited(self, path: str) -> tuple[int, int]:
        """Where a page is other than when this was asked last, and how much longer it is."""
        now = self._now(path)
        before, self._known[path] = self._known.get(path, now), now
        same = len(commonprefix((before, now)))  # noqa: RUF071 -- of texts, not of paths
        return same, len(now) - len(before)

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        found = LineIndex(self._now(path)).position(offset)
        return found.line, found.column

    def _now(self, path: str) -> str:
        try:
            return source_text(self._files.read(path))
        except OSError:
            return ""
