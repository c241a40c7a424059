"""Names within an e-book: of its files, in characters that every reader and store takes, and of elements."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["PAGES", "element_id", "file_name", "page_file"]

PAGES = "text"
"""The folder of the pages."""

_PLAIN = re.compile(r"[^a-z0-9.\-/]")
_NAME = re.compile(
    "[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u2c00-\u2fef\u3001-\ud7ff]"
    "[-.\\w\u00b7]*"
)
_NO_NAME = re.compile(r"[^-.\w]")


def _escaped(character: re.Match[str]) -> str:
    return "__" if character[0] == "_" else f"_{ord(character[0]):x}_"


@lru_cache(maxsize=65536)
def page_file(name: str) -> str:
    """The file of a page in the folder of pages; no two pages have the same, in small letters either."""
    return _PLAIN.sub(_escaped, name).replace(".", "_2e_").replace("/", ".") + ".xhtml"


@lru_cache(maxsize=65536)
def file_name(path: str, suffix: str) -> str:
    """The file that a file of the book is in the e-book; `suffix` says what is in it."""
    name = "/".join(part.strip(".") or "_2e_" for part in _PLAIN.sub(_escaped, path.lstrip("/")).split("/"))
    known = name.rpartition(".")[2]
    same = known == suffix or {known, suffix} == {"jpg", "jpeg"}
    return f"files/{name}" if same else f"files/{name}.{suffix}"


@lru_cache(maxsize=65536)
def element_id(block: str) -> str:
    """An id as XML takes it: a name without colons."""
    if _NAME.fullmatch(block):
        return block
    return "_" + _NO_NAME.sub(_escaped, block)
