"""Old addresses of a site that is replaced, as the redirects of the new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

__all__ = ["redirects"]


def redirects(
    pages: Mapping[str, str], old_base: str, new_base: str = "", *, real: Iterable[str] = ()
) -> dict[str, str]:
    """`[html.redirects]` for old pages: the address below the root of the new site, and the page there.

    `pages` has the old pages' paths below `old_base` (``chapter_one/index.html``), and the new pages that
    they are now (``zh/chapter_one/index``); either may end in a place, ``#fragment``. The old site may have
    been published below a folder of the new one's host (`old_base` ``https://example.org/book/``, `new_base`
    ``https://example.org/``): then that folder goes before. What the new site has itself (`real`, files
    below its root) is left out.

    Raises `ValueError` when the old address is not below the new one, so that nothing can lead on from there.
    """
    before = _folder(old_base, new_base or old_base)
    taken = {quote(path) for path in real}
    found = {f"{before}{path}": page for path, page in pages.items()}
    return {old: page for old, page in sorted(found.items()) if quote(unquote(old)) not in taken}


def _folder(old: str, new: str) -> str:
    """The way from the new root to the old one, with a final slash; empty for itself."""
    one, other = urlsplit(old), urlsplit(new)
    below = _path(one.path)
    root = _path(other.path)
    if one.netloc != other.netloc or not below.startswith(root):
        message = f"`{old}` is not below `{new}`, where pages that lead on can be put"
        raise ValueError(message)
    return below[len(root) :]


def _path(path: str) -> str:
    return "/" + f"{path.strip('/')}/".lstrip("/")
