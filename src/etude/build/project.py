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

__all__ = ["told"]

_KEY = re.compile(r"`([a-z_]+(?:\.[\w-]+)+)`")
_FOREIGN = re.compile(r"`?etude\.toml`?|\[\[?[a-z]+(?:\.[\w-]+)?\]\]?|`\w+ = |language's folder")
"""What a hint says that is of use only where there is an `etude.toml`."""
_BIBTEX = {
    BOOK1: "name the book's BibTeX files: `bibtex_bibfiles: […]`",
    MYST: "put its BibTeX file into the book",
}


def told(project: Project, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics of a book, each where its author finds it, once each."""
    return tuple(dict.fromkeys(_told(project, one) for one in diagnostics))


def _told(project: Project, one: Diagnostic) -> Diagnostic:
    here = one.place.path == CONFIG
    hints = tuple(hint for hint in one.hints if _FOREIGN.search(hint) is None)
    if "BibTeX files in `etude.toml`" in " ".join(one.hints):
        hints = (_BIBTEX.get(project.main, _BIBTEX[BOOK1]),)
    related = tuple(replace(other, place=_moved(project, other.place)) for other in one.related)
    if not here:
        same = (hints, related) == (one.hints, one.related)
        return one if same else replace(one, hints=hints, related=related)
    message = _KEY.sub(lambda key: f"`{project.names.get(key[1], key[1])}`", one.message)
    return replace(one, message=message, place=_moved(project, one.place), hints=hints, related=related)


def _moved(project: Project, place: Place) -> Place:
    """A place of the text that was made, where it was read; that of no value is the main file."""
    if place.path != CONFIG:
        return place
    span = Span(place.span.start, place.span.end)
    found = project.written.origin(span) if span != NOWHERE else None
    return found or Place(project.main)
