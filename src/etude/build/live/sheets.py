"""The style sheets that are cut to the book's formulas, as the site has them on the disk: their versions.

They are written behind, by builds; pages in memory name them by what they hold now.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from etude.build.watch import digest
from etude.render.html.assets import sheet_versions

__all__ = ["Sheets"]


class Sheets:
    """Versions by the path below the root of the site; empty before they were looked at."""

    def __init__(self, site: Path) -> None:
        """Those of the site in a folder."""
        self._site = site
        self.versions: dict[str, str] = {}

    def look(self) -> bool:
        """Look at the files; whether any is another one than before."""
        now: dict[str, str] = {}
        for path in sheet_versions(""):
            with suppress(OSError):
                now[path] = digest((self._site / path).read_bytes())
        before, self.versions = self.versions, now
        return before != now
