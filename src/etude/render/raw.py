"""Raw HTML with the addresses of the files that it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

__all__ = ["with_files"]

_FILE = re.compile(r'(\s(?:src|poster|href)\s*=\s*)"([^"]*)"', re.IGNORECASE)


def with_files(html: str, files: Iterable[str], address: Callable[[str], str]) -> str:
    """Raw HTML as printed: for each of its `files`, the address that an attribute shows."""
    known = {quote(path): path for path in files}
    if not known:
        return html

    def shown(match: re.Match[str]) -> str:
        path = known.get(match[2])
        return match[0] if path is None else f'{match[1]}"{address(path)}"'

    return _FILE.sub(shown, html)
