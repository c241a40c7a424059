"""The report of an import: what was kept, changed and lost, with places, as Markdown and as data."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from etude.convert.account import Fate, Note

__all__ = ["REPORT", "as_data", "as_markdown", "totals"]

REPORT = "IMPORT.md"
"""File of the new book that holds the report."""

_PLACES = 12
"""Places named for one thing; all of them are in the data."""
_SAID = 12
"""Different things said of one construct; all of them are in the data."""
_ROWS = 60
"""Constructs in the table of what was kept."""

_PAGES = frozenset({".ipynb", ".markdown", ".md", ".myst", ".qmd", ".rmd", ".rst"})

_MARKUP = re.compile(r"<[^<>]*>|[^\s,;]*[][{}<>$#*_\\|][^\s,;]*(?<![.:])")
"""A piece of words that Markdown could take for more than text."""

_ABOUT = """\
*Kept*: it says the same, however it is written now. *Changed*: readers or authors see a difference.
*Lost*: it is not in the new book. Places are files of the old book, with lines.
Long lists are cut short; `etude import … --dry-run --format json` prints all of them.
"""


def totals(notes: Iterable[Note]) -> dict[Fate, int]:
    """How many things had which fate."""
    counted = Counter(note.fate for note in notes)
    return {fate: counted[fate] for fate in Fate}


def as_data(notes: Sequence[Note]) -> dict[str, Any]:
    """The report for machines: the sums, and every note with its place."""
    return {
        "totals": {str(fate): number for fate, number in totals(notes).items()},
        "constructs": [
            {"construct": name, **{str(fate): found[fate] for fate in Fate}} for name, found in _table(notes)
        ],
        "notes": [
            {
                "path": note.path,
                "line": note.line,
                "construct": note.construct,
                "fate": str(note.fate),
                "said": note.said,
            }
            for note in notes
        ],
    }


def as_markdown(notes: Sequence[Note], source: str, kind: str) -> str:
    """The report for people. `source` names the folder, `kind` what was found there (“d2lbook”).

    What was lost comes first, and what pages lost before what settings did. The length depends on how many
    different things were noted, not on how many pages there are.
    """
    sums = totals(notes)
    numbers = f"{sums[Fate.KEPT]:,} things kept, {sums[Fate.CHANGED]:,} changed, {sums[Fate.LOST]:,} lost"
    lines = [f"# What became of {_code(source)}", "", f"Imported as a {kind} project: {numbers}.", "", _ABOUT]
    for fate, title in ((Fate.LOST, "Lost"), (Fate.CHANGED, "Changed")):
        lines += [f"## {title}", "", *_differences([note for note in notes if note.fate is fate])]
    lines += ["## Kept", "", *_kept([note for note in notes if note.fate is Fate.KEPT])]
    return "\n".join(lines)


def _table(notes: Iterable[Note]) -> list[tuple[str, Mapping[Fate, int]]]:
    found: dict[str, Counter[Fate]] = defaultdict(Counter)
    for note in notes:
        found[note.construct][note.fate] += 1
    return sorted(found.items())


def _differences(notes: Sequence[Note]) -> list[str]:
    """A list of what pages lost, and one of what settings and other files did."""
    pages = [note for note in notes if PurePosixPath(note.path).suffix.lower() in _PAGES]
    others = [note for note in notes if PurePosixPath(note.path).suffix.lower() not in _PAGES]
    if not pages or not others:
        return [*(_items(pages or others) or ["Nothing."]), ""]
    heads = ("### In pages", "### In settings and other files")
    return [
        line
        for head, some in zip(heads, (pages, others), strict=True)
        for line in (head, "", *_items(some), "")
    ]


def _items(notes: Sequence[Note]) -> list[str]:
    """One item for each different thing, those of one construct together, what is most frequent first."""
    constructs: dict[str, dict[str, list[Note]]] = defaultdict(lambda: defaultdict(list))
    for note in notes:
        constructs[note.construct][note.said].append(note)
    sums = {name: sum(map(len, said.values())) for name, said in constructs.items()}
    lines: list[str] = []
    for name, said in sorted(constructs.items(), key=lambda item: (-sums[item[0]], item[0])):
        groups = sorted(said.items(), key=lambda item: (-len(item[1]), item[0]))
        lines += [line for words, group in groups[:_SAID] for line in _item(name, words, group)]
        if left := sum(len(group) for _, group in groups[_SAID:]):
            lines.append(f"- {_code(name)}: {left:,} more, each for a reason of its own")
    return lines


def _item(construct: str, said: str, notes: Sequence[Note]) -> list[str]:
    """What was noted, how often, and on a line of its own where."""
    times = f" ({len(notes):,} times)" if len(notes) > 1 else ""
    places = _places([note for note in notes[:_PLACES] if note.path])
    more = f" and {len(notes) - _PLACES:,} more" if len(notes) > _PLACES else ""
    return [f"- {_code(construct)}: {_words(said)}{times}", *([f"  {places}{more}"] if places else [])]


def _places(notes: Sequence[Note]) -> str:
    """Paths with lines; a path that was just named is not named again."""
    before, shown = "", []
    for note in notes:
        path = "" if note.path == before and note.line else note.path
        shown.append(f"`{path}:{note.line}`" if note.line else f"`{path}`")
        before = note.path
    return ", ".join(shown)


def _kept(notes: Sequence[Note]) -> list[str]:
    """A table of what is written otherwise now, and a line that names what is as it was."""
    if not notes:
        return ["Nothing.", ""]
    counted = Counter(note.construct for note in notes)
    written = {note.construct: note.said for note in reversed(notes) if note.said}
    names = sorted(counted, key=lambda name: (-counted[name], name))
    rows = [
        f"| {_cell(_code(name))} | {_cell(_words(written[name]))} | {counted[name]:,} |"
        for name in names
        if name in written
    ]
    lines = ["| There | Here | Times |", "|---|---|--:|", *rows[:_ROWS], ""] if rows else []
    if len(rows) > _ROWS:
        lines += [f"{len(rows) - _ROWS:,} more of which there are few are not listed.", ""]
    same = [f"{_code(name)} ({counted[name]:,})" for name in names if name not in written]
    if same:
        lines += [f"Written as before: {', '.join(same)}.", ""]
    return lines


def _words(text: str) -> str:
    """Words that may quote the book: what looks like markup is shown as it is."""
    return text if "`" in text else _MARKUP.sub(lambda found: _code(found[0]), text)


def _code(text: str) -> str:
    """Code in Markdown, whatever backticks it has."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
