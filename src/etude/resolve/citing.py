"""Citations in the built-in author–year style: (LeCun et al., 1998), （LeCun 等，1998）."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from etude.model.book import Work
from etude.model.inline import Inline, Reference, Text
from etude.model.span import NOWHERE
from etude.resolve._letters import letters
from etude.resolve.bibtex import Entry
from etude.resolve.collate import is_han
from etude.resolve.entries import CitationUse
from etude.resolve.works import Source, describe, source_of

__all__ = ["AuthorYear", "cite_link", "join_words", "work_id"]


def work_id(key: str) -> str:
    """The id of a work in the list of works."""
    return f"ref-{key}"


def cite_link(key: str, children: tuple[Inline, ...]) -> Reference:
    """Words that lead to a work in the list of works."""
    return Reference(NOWHERE, "any", f"cite:{key}", children)


def join_words(*parts: str) -> str:
    """Words with a space between them, but for none between two Chinese characters or at punctuation."""
    text = ""
    for part in parts:
        if text and part and not _tight(text[-1], part[0]):
            text += " "
        text += part
    return text


def _tight(left: str, right: str) -> bool:
    if left.isspace() or right in ",.;:)]，。；：）":
        return True
    return (is_han(left) or left in "，。；：（") and (is_han(right) or right in "（《“")


class AuthorYear:
    """Cites and lists works; years get letters where names and year alone would not tell."""

    def __init__(self, entries: Mapping[str, Entry], keys: Iterable[str], language: str) -> None:
        """Serve the works `keys`, all that are cited in the book; each must be in `entries`."""
        self._chinese = language.startswith("zh")
        self._language = language
        self._sources = {key: source_of(entries[key]) for key in keys}
        order = {key: source.order(language) for key, source in self._sources.items()}
        self._order = sorted(self._sources, key=order.__getitem__)
        self._labels = {key: self._label(source) for key, source in self._sources.items()}
        self._years: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        """The letters of works that have one."""
        alike: dict[tuple[str, str], list[str]] = {}
        for key in self._order:
            alike.setdefault((self._labels[key].casefold(), self._sources[key].year), []).append(key)
        for (_, year), group in alike.items():
            undated = "无日期" if self._chinese else "n.d."
            for i, key in enumerate(group):
                letter = letters(i + 1) if len(group) > 1 else ""
                if letter:
                    self.letters[key] = letter
                dash = "-" if letter and not year else ""
                self._years[key] = (year or undated) + dash + letter

    def _label(self, source: Source) -> str:
        """The names in a citation: one, two, or the first with “et al.”."""
        names = [name.short() for name in source.names]
        if not names:
            title = source.title or source.entry.key
            return f"《{title}》" if source.chinese else title
        if len(names) > 2 or source.others:
            return join_words(names[0], "等" if self._chinese else "et al.")
        if len(names) == 2:
            return join_words(names[0], "和" if self._chinese else "and", names[1])
        return names[0]

    def cluster(self, use: CitationUse) -> tuple[Inline, ...]:
        """A citation; each work is a link to its entry, unknown keys are shown as they are."""
        match use.kind:
            case "p" | "alp":
                return self._p(use, alone=use.kind == "alp")
            case "t":
                return self._t(use)
            case "year":
                return self._bare(use, self._years)
            case "author":
                return self._bare(use, self._labels)
            case "title":
                return self._bare(use, {key: source.title or key for key, source in self._sources.items()})
            case "empty":
                return ()
            case _:
                assert_never(use.kind)

    def _p(self, use: CitationUse, *, alone: bool) -> tuple[Inline, ...]:
        before, after = ("", "") if alone else ("（", "）") if self._chinese else ("(", ")")
        comma, semicolon = ("，", "；") if self._chinese else (", ", "; ")
        line = _Words(before)
        line.add(self._prefix(use.prefix))
        for i, group in enumerate(self._groups(use.keys)):
            line.add(semicolon if i else "")
            if group[0] not in self._sources:
                line.add(f"{group[0]}?")
                continue
            for j, key in enumerate(group):
                line.add(comma if j else "")
                said = self._years[key] if j else self._labels[key] + comma + self._years[key]
                line.link(key, said)
        line.add(self._suffix(use.suffix))
        line.add(after)
        return line.done()

    def _t(self, use: CitationUse) -> tuple[Inline, ...]:
        comma, semicolon = ("，", "；") if self._chinese else (", ", "; ")
        before, after = ("（", "）") if self._chinese else (" (", ")")
        line = _Words(self._prefix(use.prefix))
        groups = self._groups(use.keys)
        for i, group in enumerate(groups):
            line.add(semicolon if i else "")
            suffix = self._suffix(use.suffix) if i == len(groups) - 1 else ""
            if group[0] not in self._sources:
                line.add(f"{group[0]}?{suffix}")
            elif len(group) == 1 and not suffix:
                line.link(group[0], self._labels[group[0]] + before + self._years[group[0]] + after)
            else:
                line.add(self._labels[group[0]] + before)
                for j, key in enumerate(group):
                    line.add(comma if j else "")
                    line.link(key, self._years[key])
                line.add(suffix + after)
        return line.done()

    def _bare(self, use: CitationUse, said: Mapping[str, str]) -> tuple[Inline, ...]:
        line = _Words(self._prefix(use.prefix))
        for i, key in enumerate(use.keys):
            line.add(("；" if self._chinese else "; ") if i else "")
            if key in said:
                line.link(key, said[key])
            else:
                line.add(f"{key}?")
        line.add(self._suffix(use.suffix))
        return line.done()

    def _groups(self, keys: tuple[str, ...]) -> list[list[str]]:
        """Keys in their order; neighbours by the same people stand together."""
        groups: list[list[str]] = []
        for key in keys:
            label = self._labels.get(key)
            if groups and label is not None and self._labels.get(groups[-1][-1]) == label:
                groups[-1].append(key)
            else:
                groups.append([key])
        return groups

    def _prefix(self, prefix: str) -> str:
        prefix = prefix.strip()
        return f"{prefix} " if prefix and not (self._chinese and is_han(prefix[-1])) else prefix

    def _suffix(self, suffix: str) -> str:
        suffix = suffix.strip()
        if not suffix or suffix[0] in ",.;:，。；：":
            return suffix
        return ("，" if self._chinese else ", ") + suffix

    def works(self, keys: Iterable[str]) -> tuple[Work, ...]:
        """The entries of these works, sorted."""
        wanted = set(keys)
        return tuple(
            Work(key, work_id(key), describe(self._sources[key], self._years[key]))
            for key in self._order
            if key in wanted
        )


class _Words:
    """Inlines in the making: text, and links to works."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[Inline] = []

    def add(self, text: str) -> None:
        self._text += text

    def link(self, key: str, said: str) -> None:
        self._flush()
        self._parts.append(cite_link(key, (Text(NOWHERE, said),)))

    def _flush(self) -> None:
        if self._text:
            self._parts.append(Text(NOWHERE, self._text))
            self._text = ""

    def done(self) -> tuple[Inline, ...]:
        self._flush()
        return tuple(self._parts)
