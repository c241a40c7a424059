"""A book whose configuration is that of Jupyter Book or MyST: its problems are told in the author's files.

Such a book is read through the text of an `etude.toml` that is made of those files and never written. What is
found at a place of that text is moved to where it was read, and put in the author's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from etude.build.place import CONFIG
from etude.convert.jupyter_book.project import BOOK1, MYST, Project
from etude.model.diagnostic import Diagnostic, Place
from etude.model.span import NOWHERE, Span
from etude.parse.config_keys import SECTIONS

__all__ = ["told"]

_KEY = re.compile(r"`([a-z_]+(?:\.[\w-]+)+)`")
_TABLES = re.compile(r"etude\.toml|`?\[\[?(?:" + "|".join(SECTIONS) + r")\b")
"""What a hint says that is of use only where there is an `etude.toml`."""
_VALUES = re.compile(r"`\w+ = |language's folder")
"""The same, in hints at a place of the configuration itself."""
_WRITTEN = "; `etude import jupyter-book` writes an `etude.toml`, which can say it"
_BIBTEX = {
    BOOK1: "name the book's BibTeX files: `bibtex_bibfiles: […]`",
    MYST: "put its BibTeX file into the book",
}


def told(project: Project, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics of a book, each where its author finds it, once each."""
    return tuple(dict.fromkeys(_told(project, one) for one in diagnostics))


def _told(project: Project, one: Diagnostic) -> Diagnostic:
    here = one.place.path == CONFIG
    hints = tuple(filter(None, (_hint(project, hint, here=here) for hint in one.hints)))
    related = tuple(replace(other, place=_moved(project, other.place)) for other in one.related)
    if not here:
        same = (hints, related) == (one.hints, one.related)
        return one if same else replace(one, hints=hints, related=related)
    message = _KEY.sub(lambda key: f"`{project.names.get(key[1], key[1])}`", one.message)
    return replace(one, message=message, place=_moved(project, one.place), hints=hints, related=related)


def _hint(project: Project, hint: str, *, here: bool) -> str:
    """A hint in the author's words; empty for one that is of no use. `here`: in the configuration."""
    if "BibTeX files in `etude.toml`" in hint:
        return _BIBTEX.get(project.main, _BIBTEX[BOOK1])
    if not here:
        return hint + _WRITTEN if _TABLES.search(hint) else hint
    kept = hint if _TABLES.search(hint) is None else hint.partition(", or ")[0]
    return "" if _TABLES.search(kept) or _VALUES.search(kept) else kept


def _moved(project: Project, place: Place) -> Place:
    """A place of the text that was made, where it was read; that of no value is the main file."""
    if place.path != CONFIG:
        return place
    span = Span(place.span.start, place.span.end)
    found = project.written.origin(span) if span != NOWHERE else None
    return found or Place(project.main)
