"""Addresses of the website: files of pages, and relative links between them."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

__all__ = ["asset", "depth_prefix", "language_prefix", "link", "page_file", "quoted", "safe"]

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_SAFE_SCHEMES = ("http:", "https:", "mailto:", "tel:", "ftp:", "doi:", "irc:", "xmpp:")
_SAFE_DATA = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/svg+xml")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f\xad\u200b-\u200f\u2028-\u202f\ufeff]")


def page_file(language: str, name: str, home: str) -> str:
    """Where a page is written, relative to the root of the site: ``zh/start/a.html``."""
    return f"{language}/{_stem(name, home)}.html"


def _stem(name: str, home: str) -> str:
    if name == home:
        return "index"
    # Only the home page may be its language's index.
    return "index-page" if name == "index" else name


@lru_cache(maxsize=65536)
def quoted(path: str) -> str:
    """A path of the site as a URL has it."""
    return quote(path, safe="/~!$&'()*+,;=:@-._")


def language_prefix(name: str, home: str) -> str:
    """From a page to the folder of its language: ``""`` or ``../`` once or more."""
    return "../" * _stem(name, home).count("/")


def depth_prefix(name: str, home: str) -> str:
    """From a page to the root of the site."""
    return "../" + language_prefix(name, home)


def link(prefix: str, name: str, home: str, fragment: str = "") -> str:
    """From a page (whose `language_prefix` is `prefix`) to a page of the same language."""
    target = f"{prefix}{quoted(_stem(name, home))}.html"
    # "a:b.html" would be read as a scheme.
    if not prefix and ":" in target.partition("/")[0]:
        target = "./" + target
    return f"{target}#{quote(fragment)}" if fragment else target


def asset(root: str, path: str) -> str:
    """From a page (whose `depth_prefix` is `root`) to a file of the book, or a URL as it is."""
    if _SCHEME.match(path):
        return safe(path, picture=True)
    return root + quoted(path.lstrip("/"))


def safe(url: str, *, picture: bool = False) -> str:
    """A URL as it is; empty when a browser might run it as a script."""
    bare = _INVISIBLE.sub("", url).lower()
    if _SCHEME.match(bare) and not bare.startswith(("//", *_SAFE_SCHEMES, *(_SAFE_DATA if picture else ()))):
        return ""
    return url.strip()
