"""Entries of a bibliography -> what a reader sees of them in the list of works."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from etude.model.inline import Emphasis, Inline, Link, Text
from etude.model.span import NOWHERE
from etude.resolve.bibtex import Entry
from etude.resolve.collate import SortKey, is_han, sort_key
from etude.resolve.latex import to_text, to_url
from etude.resolve.names import Name, parse_names

__all__ = ["Source", "describe", "source_of"]

_KEPT = 8192
"""Works of which what was read is kept: a preview cites the same ones after every edit."""
_LISTED = 10
"""How many names are listed before “et al.”."""
_THESES = {
    "phdthesis": ("Doctoral dissertation", "博士论文"),
    "mastersthesis": ("Master's thesis", "硕士论文"),
    "thesis": ("Thesis", "学位论文"),
}
_YEAR = re.compile(r"\d{4}")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_WEB = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)


class Source:
    """An entry, read: names, year, title and addresses as text."""

    def __init__(self, entry: Entry) -> None:
        """Read `entry`; its fields are turned to text when they are asked for."""
        self.entry = entry
        self.kind = entry.kind

    def text(self, *names: str) -> str:
        """The first of these fields that says something."""
        for name in names:
            if (field := self.entry.fields.get(name)) and (text := to_text(field)):
                return text
        return ""

    @cached_property
    def _people(self) -> tuple[tuple[Name, ...], bool, bool]:
        for role in ("author", "editor", "translator"):
            if field := self.entry.fields.get(role):
                names, others = parse_names(field)
                if names:
                    return names, others, role == "editor"
        if name := self.text("organization", "institution"):
            return (Name(name),), False, False
        return (), False, False

    @property
    def names(self) -> tuple[Name, ...]:
        """Authors, else editors, else the institution that speaks."""
        return self._people[0]

    @property
    def others(self) -> bool:
        """Whether there are more than `names`."""
        return self._people[1]

    @property
    def edited(self) -> bool:
        """Whether `names` are editors."""
        return self._people[2]

    @cached_property
    def year(self) -> str:
        """The year, or what stands for it; empty when there is none."""
        year = self.text("year", "date")
        found = _YEAR.search(year)
        return found[0] if found else year

    @cached_property
    def title(self) -> str:
        """Title and subtitle."""
        title, subtitle = self.text("title"), self.text("subtitle")
        return f"{title}: {subtitle}" if title and subtitle else title or subtitle

    @cached_property
    def chinese(self) -> bool:
        """Whether it is written in Chinese, and listed with Chinese punctuation."""
        language = self.text("langid", "language", "hyphenation").lower()
        if language:
            return language.startswith(("zh", "chinese", "中"))
        return is_han(self.title or "".join(name.short() for name in self.names))

    @cached_property
    def doi(self) -> str:
        """Without what stands before the ``10.``."""
        return _DOI.sub("", to_url(self.entry.fields.get("doi", "")))

    @cached_property
    def url(self) -> str:
        """The address to link to; empty when there is none that the web knows."""
        fields = self.entry.fields
        if self.doi:
            return f"https://doi.org/{self.doi}"
        archive = fields.get("eprinttype", fields.get("archiveprefix", "")).lower()
        if (eprint := to_url(fields.get("eprint", ""))) and archive in ("", "arxiv"):
            return f"https://arxiv.org/abs/{eprint}"
        for name in ("url", "howpublished"):
            url = to_url(fields.get(name, ""))
            if _WEB.match(url):
                return url
        return ""

    @cached_property
    def container(self) -> str:
        """The journal, the proceedings or the book that it is part of."""
        return self.text("journaltitle", "journal", "booktitle", "maintitle")

    @cached_property
    def pages(self) -> str:
        """With a dash between first and last."""
        return re.sub(r"\s*[-–—]+\s*", "–", self.text("pages"))

    @cached_property
    def _order(self) -> tuple[tuple[SortKey, ...], str, SortKey, str]:
        names = tuple(sort_key(f"{name.family} {name.given}") for name in self.names)
        return names or (sort_key(self.title),), self.year, sort_key(self.title), self.entry.key

    def order(self, language: str) -> tuple[bool, tuple[SortKey, ...], str, SortKey, str]:
        """The place in the list: the language's own script first, then by names, year and title."""
        return self.chinese != language.startswith("zh"), *self._order


@lru_cache(maxsize=_KEPT)
def source_of(entry: Entry) -> Source:
    """An entry, read once."""
    return Source(entry)


class _Line:
    """Inlines in the making: sentences with single points between them."""

    def __init__(self, stop: str) -> None:
        self._stop = stop
        self.parts: list[Inline] = []
        self._text = ""

    def add(self, *pieces: str | Inline) -> None:
        """Append pieces as they are; empty ones vanish."""
        for piece in pieces:
            if isinstance(piece, str):
                self._text += piece
            else:
                self._flush()
                self.parts.append(piece)

    def stop(self) -> None:
        """End a sentence, unless it has ended."""
        last = self._text.rstrip() or _last(self.parts)
        self._text = self._text.rstrip()
        if last and last[-1] not in ".?!。?!":
            self._text += self._stop.strip()
        if last and self._stop.endswith(" "):
            self._text += " "

    def _flush(self) -> None:
        if self._text:
            self.parts.append(Text(NOWHERE, self._text))
            self._text = ""

    def done(self) -> tuple[Inline, ...]:
        self._text = self._text.rstrip()
        self._flush()
        return tuple(self.parts)


def _last(parts: list[Inline]) -> str:
    """The words at the end of a line."""
    match parts[-1:]:
        case [Text(value=value)] | [Emphasis(children=(Text(value=value),))]:
            return value
        case [Link()]:
            return "."
    return ""


@lru_cache(maxsize=_KEPT)
def describe(source: Source, year: str) -> tuple[Inline, ...]:
    """The entry for the list of works; `year` has its letter, if it needs one."""
    return _chinese(source, year) if source.chinese else _western(source, year)


def _emphasis(text: str) -> Inline | str:
    return Emphasis(NOWHERE, (Text(NOWHERE, text),)) if text else ""


def _link(source: Source) -> tuple[Inline, ...]:
    url = source.url
    return (Link(NOWHERE, (Text(NOWHERE, url),), url),) if url else ()


def _listed(names: tuple[Name, ...], *, others: bool) -> tuple[list[str], bool]:
    """The names to list, and whether there are more."""
    if len(names) > _LISTED:
        return [name.inverted() for name in names[: _LISTED - 1]], True
    return [name.inverted() for name in names], others


def _people(names: list[str], *, more: bool) -> str:
    if more:
        return ", ".join([*names, "et al."])
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}, & {names[-1]}"


def _western(source: Source, year: str) -> tuple[Inline, ...]:
    """``LeCun, Y., & Hinton, G. (2015). Title. *Journal*, 521(7553), 436–444. https://…``."""
    line = _Line(". ")
    names, more = _listed(source.names, others=source.others)
    people = _people(names, more=more)
    edited = f" ({'Eds.' if len(names) > 1 else 'Ed.'})" if source.edited else ""
    date = f" ({year})" if people or edited else f"({year})"
    title = source.title or source.entry.key
    container, kind = source.container, source.kind
    if not people:
        line.add(*([title] if container else [_emphasis(title)]), " ")
        date = date.strip()
    line.add(people, edited, date)
    line.stop()
    if people:
        line.add(title if container else _emphasis(title))
    notes = [
        f"{edition} ed." if (edition := source.text("edition")) else "",
        source.text("type") or _THESES[kind][0] if kind in _THESES else "",
        f"No. {number}" if (number := source.text("number")) and not container else "",
    ]
    line.add(_enclosed(notes, " (", ", ", ")"))
    line.stop()
    if container and "booktitle" in source.entry.fields:
        editors: tuple[str, ...] = ()
        if not source.edited and (field := source.entry.fields.get("editor")):
            editors = tuple(name.short() for name in parse_names(field)[0])
        by = f"{_enumerate(editors)} ({'Eds.' if len(editors) > 1 else 'Ed.'}), " if editors else ""
        line.add("In ", by, _emphasis(container))
        volume = f"Vol. {source.text('volume')}" if source.text("volume") else ""
        pages = f"{'pp.' if '–' in source.pages else 'p.'} {source.pages}" if source.pages else ""
        line.add(_enclosed([volume, pages], " (", ", ", ")"))
        line.stop()
    elif container:
        issue = source.text("number", "issue")
        volume = source.text("volume") + (f"({issue})" if issue else "")
        line.add(_emphasis(container), _enclosed([volume, source.pages], ", ", ", ", ""))
        line.stop()
    if house := _house(source):
        line.add(house)
        line.stop()
    line.add(*_link(source))
    return line.done()


def _chinese(source: Source, year: str) -> tuple[Inline, ...]:
    """``周志华（2016）。《机器学习》。清华大学出版社。``."""
    line = _Line("。")
    names, more = _listed(source.names, others=source.others)
    people = "，".join(names) + ("，等" if more and names else "")
    title = source.title or source.entry.key
    container, kind = source.container, source.kind
    shown = title if container else f"《{title}》"
    line.add(people or shown, " 编" if source.edited and people else "", f"（{year}）")
    line.stop()
    if people:
        line.add(shown)
    notes = [
        _edition(source.text("edition")),
        source.text("type") or _THESES[kind][1] if kind in _THESES else "",
    ]
    line.add(_enclosed(notes, "（", "，", "）"))
    line.stop()
    if container and "booktitle" in source.entry.fields:
        pages = f"第 {source.pages} 页" if source.pages else ""
        line.add("载", f"《{container}》", _enclosed([pages], "，", "，", ""))
        line.stop()
    elif container:
        issue = source.text("number", "issue")
        volume = source.text("volume") + (f"（{issue}）" if issue else "")
        line.add(f"《{container}》", _enclosed([volume, source.pages], "，", "，", ""))
        line.stop()
    if house := _house(source):
        line.add(house)
        line.stop()
    line.add(*_link(source))
    return line.done()


def _house(source: Source) -> str:
    """Who published it, unless it is listed under that name."""
    house = source.text("school", "institution", "publisher", "organization")
    return "" if house in [name.family for name in source.names] else house


def _edition(edition: str) -> str:
    return f"第 {edition} 版" if edition.isdigit() else edition


def _enclosed(parts: Iterable[str], before: str, between: str, after: str) -> str:
    """Parts that are not empty, joined and enclosed; empty when all are."""
    text = between.join(part for part in parts if part)
    return f"{before}{text}{after}" if text else ""


def _enumerate(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"
