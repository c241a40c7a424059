"""Citations in a style of the Citation Style Language.

What citeproc-py gives has private markers instead of markup; it is read back into inlines here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etude.model.book import Work
from etude.model.inline import Emphasis, Inline, Link, Strong, Subscript, Superscript, Text
from etude.model.span import NOWHERE
from etude.resolve._citeproc import CITE, CLOSE, END, MARKS, OPEN, WORDS, StyleError, render
from etude.resolve.bibtex import Entry
from etude.resolve.citing import AuthorYear, cite_link, work_id
from etude.resolve.entries import CitationUse
from etude.resolve.names import Name, parse_names
from etude.resolve.works import Source, source_of

__all__ = ["CslStyle", "StyleError"]

_KINDS = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "manual": "book",
    "mastersthesis": "thesis",
    "online": "webpage",
    "patent": "patent",
    "periodical": "article-journal",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "www": "webpage",
}
"""Types of BibTeX and BibLaTeX as CSL has them; all others are ``article``."""

_FIELDS = {
    "container-title": ("journaltitle", "journal", "booktitle"),
    "collection-title": ("series",),
    "publisher": ("publisher", "school", "institution", "organization"),
    "publisher-place": ("location", "address"),
    "volume": ("volume",),
    "edition": ("edition",),
    "note": ("note",),
    "abstract": ("abstract",),
    "ISBN": ("isbn",),
    "ISSN": ("issn",),
    "chapter-number": ("chapter",),
    "number-of-pages": ("pagetotal",),
    "genre": ("type",),
}

_PRIVATE = re.compile("[\ue000-\ue013]")
_TOKEN = re.compile(
    f"{OPEN}(?P<mark>[{MARKS}])|{CITE}(?P<cite>[0-9]+){WORDS}|(?P<end>[{CLOSE}{END}])"
    "|(?P<url>https?://[^\\s\ue000-\ue013]*[^\\s\ue000-\ue013.,;:)\\]>])"
)
_LETTERS = re.compile(r"disambiguate-add-year-suffix\s*=\s*[\"']true[\"']")


class CslStyle:
    """Cites and lists works as a CSL style says.

    What such styles do not know (``cite:t``, ``cite:author``, ``cite:year``) is made of the built-in
    style's names and years, and of the style's own numbers.
    """

    def __init__(self, style: str, entries: Mapping[str, Entry], keys: Sequence[str], language: str) -> None:
        """Serve the works `keys`; raises `StyleError` when the style cannot be used.

        Numeric styles count the works in the order of `keys`, unless they sort them.
        """
        self._chinese = language.startswith("zh")
        self._plain = AuthorYear(entries, keys, language)
        self._keys = keys
        self._positions = {key: i for i, key in enumerate(keys)}
        letters = self._plain.letters if _LETTERS.search(style) else {}
        items = [_csl(source_of(entries[key]), i, letters.get(key, "")) for i, key in enumerate(keys)]
        self._rendered = render(style, language, msgspec.json.encode(items))
        self._ranks = {position: rank for rank, position in enumerate(self._rendered.cites)}

    def cluster(self, use: CitationUse) -> tuple[Inline, ...]:
        """A citation; each work is a link to its entry, unknown keys are shown as they are."""
        if use.kind in ("author", "year", "title", "empty") or (
            use.kind == "t" and not self._rendered.numeric
        ):
            return self._plain.cluster(use)
        text = self._joined(use.keys)
        unknown = [f"{key}?" for key in use.keys if key not in self._positions]
        text = "; ".join([text, *unknown] if text else unknown)
        prefix, suffix = use.prefix.strip(), use.suffix.strip()
        prefix = f"{prefix} " if prefix else ""
        if suffix and suffix[0] not in ",.;:，。；：":
            suffix = ("，" if self._chinese else ", ") + suffix
        before, after = self._rendered.before, suffix + self._rendered.after
        if use.kind == "p":
            return self._inlines(before + prefix + text + after)
        if use.kind == "alp":
            return self._inlines(prefix + text + suffix)
        names = CitationUse("author", tuple(k for k in use.keys if k in self._positions), prefix, "", ())
        space = "" if before.startswith(OPEN) else " "
        return (*self._plain.cluster(names), *self._inlines(space + before + text + after))

    def _joined(self, keys: tuple[str, ...]) -> str:
        """What the style says for works cited together, without what encloses it."""
        found = [position for key in keys if (position := self._positions.get(key)) in self._ranks]
        style = self._rendered
        if style.sorts or style.collapses:
            found.sort(key=self._ranks.__getitem__)
        if not style.collapses:
            return style.between.join(style.cites[position] for position in found)
        runs: list[list[int]] = []
        for position in found:
            if runs and style.numbers[position] == style.numbers[runs[-1][-1]] + 1:
                runs[-1].append(position)
            else:
                runs.append([position])
        return style.between.join(
            f"{style.cites[run[0]]}–{style.cites[run[-1]]}"
            if len(run) > 2
            else style.between.join(style.cites[position] for position in run)
            for run in runs
        )

    def works(self, keys: Iterable[str]) -> tuple[Work, ...]:
        """The entries of these works, sorted as the style says."""
        wanted = set(keys)
        if not self._rendered.works:
            return self._plain.works(wanted)
        return tuple(
            Work(self._keys[position], work_id(self._keys[position]), self._inlines(text))
            for position, text in self._rendered.works
            if self._keys[position] in wanted
        )

    def _inlines(self, text: str) -> tuple[Inline, ...]:
        """What citeproc gave, without markers."""
        stack: list[tuple[str, list[Inline]]] = [("", [])]
        at = 0

        def words(end: int) -> None:
            if bare := _PRIVATE.sub("", text[at:end]):
                stack[-1][1].append(Text(NOWHERE, bare))

        for token in _TOKEN.finditer(text):
            words(token.start())
            at = token.end()
            if url := token["url"]:
                stack[-1][1].append(Link(NOWHERE, (Text(NOWHERE, url),), url))
            elif token["end"]:
                if len(stack) > 1:
                    kind, inner = stack.pop()
                    stack[-1][1].extend(self._close(kind, tuple(inner)))
            else:
                stack.append((token["mark"] or token["cite"], []))
        words(len(text))
        while len(stack) > 1:  # a style that cut a marker off
            _, inner = stack.pop()
            stack[-1][1].extend(inner)
        return tuple(stack[0][1])

    def _close(self, kind: str, inner: tuple[Inline, ...]) -> tuple[Inline, ...]:
        match kind:
            case "":
                return inner
            case "\ue010":
                return (Emphasis(NOWHERE, inner),)
            case "\ue011":
                return (Strong(NOWHERE, inner),)
            case "\ue012":
                return (Superscript(NOWHERE, inner),)
            case "\ue013":
                return (Subscript(NOWHERE, inner),)
            case _:
                return (cite_link(self._keys[int(kind)], inner),)


def _csl(source: Source, number: int, letter: str) -> dict[str, Any]:
    """An entry as CSL's JSON has it (schema of CSL-JSON 1.0.2); `number` makes its id."""
    fields = {name: source.text(*names) for name, names in _FIELDS.items()}
    fields |= {
        "title": source.title,
        "page": source.pages,
        "DOI": source.doi,
        "URL": "" if source.doi else source.url,
        "issue" if source.container else "number": source.text("number", "issue"),
        "year-suffix": letter,
    }
    data: dict[str, Any] = {name: _PRIVATE.sub("", text) for name, text in fields.items() if text}
    data |= {"id": f"k{number}", "type": _KINDS.get(source.kind, "article")}
    data["language"] = "zh" if source.chinese else "en"
    for role in ("author", "editor", "translator"):
        if names := parse_names(source.entry.fields.get(role, ""))[0]:
            data[role] = [_csl_name(name) for name in names]
    if source.year.isdigit():
        data["issued"] = {"date-parts": [[int(source.year)]]}
    elif source.year:
        data["issued"] = {"literal": source.year}
    return data


def _csl_name(name: Name) -> dict[str, str]:
    if name.han or not name.given:
        return {"literal": name.short()}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: text for part, text in parts.items() if text}
