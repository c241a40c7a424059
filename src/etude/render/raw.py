"""Raw HTML with the addresses of the files that it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote

__all__ = ["with_files"]


def with_files(html: str, files: Iterable[str], address: Callable[[str], str]) -> str:
    """Raw HTML as printed: for each of its `files`, the address that an attribute shows."""
    for path in files:
        html = html.replace(f'"{quote(path)}"', f'"{address(path)}"')
    return html
