"""The works that pages cite."""

from __future__ import annotations

import posixpath
import re

from etude.convert.quarto.front import read_front
from etude.convert.quarto.places import Book
from etude.convert.quarto.project import Project
from etude.convert.quarto.references import KINDS
from etude.model.protocols import Files

__all__ = ["list_of_works", "works_of"]


def list_of_works(project: Project, text: str, book: Book) -> str:
    """The list of works at the end of a page that cites some, in a book without one for all."""
    keys = re.findall(
        r"(?<![\w@\\/.])@\{?([A-Za-z]\w*[-\w:]*)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    )
    cites = any(key.partition("-")[0].lower() not in {*KINDS, *book.custom} for key in keys)
    if not cites or not (project.data.get("bibliography") or "bibliography:" in text[:2000]):
        return ""
    title = "参考文献" if str(project.data.get("lang", "")).startswith("zh") else "References"
    return f"## {title} {{-}}\n\n```{{bibliography}}\n:scope: page\n```"


def works_of(files: Files, path: str, text: str) -> list[str]:
    """BibTeX files that a page names."""
    value = read_front(text).data.get("bibliography")
    wanted = value if isinstance(value, list) else [value] if value else []
    found = []
    for one in wanted:
        name = str(one)
        whole = (
            name[1:]
            if name.startswith("/")
            else posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        )
        found += [whole] if files.exists(whole) else []
    return found
