"""Structured values of `etude.toml`: authors and the entries of the contents."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from etude.model.config import Author, Entry
from etude.model.localized import Localized
from etude.model.rules import Rule
from etude.parse.config_reader import Kind, Reader, describe
from etude.parse.config_values import FLAG, LOCALIZED, TEXT, URL, book_path, list_of, page_name
from etude.parse.toml_spans import Path

_AUTHOR = {"name": TEXT, "url": URL, "orcid": TEXT, "affiliation": TEXT}
_ENTRY = ("page", "title", "sections", "numbered", "hidden", "url")
_WILD = frozenset("*?[")


def is_glob(pattern: str) -> bool:
    """Whether an entry of the contents is a pattern rather than a page's name."""
    return not _WILD.isdisjoint(pattern)


def _author(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, str):
        return Author(value)
    if not isinstance(value, dict):
        return reader.wrong(value, at, AUTHOR)
    fields = {}
    for key, one in value.items():
        if key not in _AUTHOR:
            reader.unknown((*at, key), _AUTHOR)
            continue
        read = _AUTHOR[key].read(reader, one, (*at, key))
        if read is not UNSET:
            fields[key] = read
    if "name" not in value:
        return reader.report(
            Rule.CONFIG_MISSING, "an author has no `name`", at, hints=('write `name = "…"`',)
        )
    return Author(**fields) if "name" in fields else UNSET


def _entry(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, str):
        pattern = _pattern(reader, value, at)
        return pattern if pattern is UNSET else Entry(pattern, reader.span(at))
    if not isinstance(value, dict):
        return reader.wrong(value, at, ENTRY)
    for key in value:
        if key not in _ENTRY:
            reader.unknown((*at, key), _ENTRY)
    if "url" in value:
        return _link(reader, value, at)
    if "page" not in value:
        hints = ('write `page = "…"`',)
        return reader.report(Rule.CONFIG_MISSING, "an entry of the contents has no `page`", at, hints=hints)
    place = (*at, "page")
    page = value["page"]
    pattern = _pattern(reader, page, place) if isinstance(page, str) else reader.wrong(page, place, TEXT)
    sections: Any = ENTRIES.read(reader, value.get("sections", []), (*at, "sections"))
    numbered: Any = FLAG.read(reader, value["numbered"], (*at, "numbered")) if "numbered" in value else None
    hidden: Any = FLAG.read(reader, value["hidden"], (*at, "hidden")) if "hidden" in value else False
    title: Any = LOCALIZED.read(reader, value["title"], (*at, "title")) if "title" in value else UNSET
    if pattern is UNSET:
        return UNSET
    if is_glob(pattern) and value.get("sections"):
        message = f"the pattern `{pattern}` has sections: only one page can"
        reader.report(Rule.CONFIG_VALUE, message, place, hints=("name the page that the sections belong to",))
        sections = ()
    return Entry(
        pattern,
        reader.span(place),
        () if sections is UNSET else sections,
        None if numbered is UNSET else numbered,
        Localized() if title is UNSET else title,
        hidden=hidden is True,
    )


def _link(reader: Reader, value: dict[str, Any], at: Path) -> Any:
    """An entry that leads out of the book."""
    url: Any = URL.read(reader, value["url"], (*at, "url"))
    title: Any = LOCALIZED.read(reader, value["title"], (*at, "title")) if "title" in value else Localized()
    for key in ("page", "sections", "numbered", "hidden"):
        if key in value:
            hints = ("write an entry of its own",)
            message = f"an address out of the book has no `{key}`"
            reader.report(Rule.CONFIG_VALUE, message, (*at, key), hints=hints)
    if url is UNSET or title is UNSET:
        return UNSET
    return Entry("", reader.span((*at, "url")), title=title, url=url)


def _pattern(reader: Reader, value: str, at: Path) -> Any:
    path = book_path(value)
    if path in {None, "."}:
        what = "is empty" if not value.strip() else "leads out of the language's folder"
        hints = ("entries are paths below the language's folder, such as `start/first`",)
        return reader.report(Rule.PATH_OUTSIDE, f"{describe(value)} in the contents {what}", at, hints=hints)
    return page_name(path or "")


def _entries(reader: Reader, value: Any, at: Path) -> Any:
    if not isinstance(value, list):
        return reader.wrong(value, at, ENTRIES)
    return reader.each(value, at, ENTRIES, ENTRY)


AUTHOR = Kind("a name, or a table with name, url, orcid and affiliation", '"…"', _author)
AUTHORS = list_of(AUTHOR, "a list of authors", '["…"]')
ENTRY = Kind(
    "a page, a pattern, or a table with page, title, sections, numbered and hidden, or url and title",
    '{ page = "start/index", sections = ["start/*"] }',
    _entry,
)
ENTRIES = Kind("a list of pages and patterns", '["start/first", "more/*"]', _entries)
