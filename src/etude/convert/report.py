"""The report of an import: what was kept, changed and lost, with places, as Markdown and as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etude.convert.account import Fate, Note

__all__ = ["REPORT", "as_data", "as_markdown", "totals"]

REPORT = "IMPORT.md"
"""File of the new book that holds the report."""

_PLACES = 12
"""Places named for one thing; all of them are in the data."""


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
    """The report for people. `source` names the folder, `kind` what was found there (“d2lbook”)."""
    sums = totals(notes)
    summary = (
        f"Imported as a {kind} project: {sums[Fate.KEPT]} things kept, {sums[Fate.CHANGED]} changed, "
        f"{sums[Fate.LOST]} lost. *Kept* means that it says the same, however it is written now."
    )
    lines = [f"# What became of `{source}`", "", summary, ""]
    for fate, title in ((Fate.LOST, "Lost"), (Fate.CHANGED, "Changed")):
        groups = _groups(note for note in notes if note.fate is fate)
        lines += [f"## {title}", ""]
        if not groups:
            lines += ["Nothing.", ""]
        for (construct, said), places in groups.items():
            shown = ", ".join(_place(note) for note in places[:_PLACES])
            more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
            lines.append(f"- {_code(construct)}: {said} ({len(places)}×: {shown}{more})")
        if groups:
            lines.append("")
    lines += [
        "## All constructs",
        "",
        "| construct | kept | changed | lost | is now |",
        "|---|--:|--:|--:|---|",
    ]
    written = {note.construct: note.said for note in reversed(notes) if note.fate is Fate.KEPT and note.said}
    for name, found in _table(notes):
        numbers = " | ".join(str(found[fate]) for fate in Fate)
        lines.append(f"| {_cell(_code(name))} | {numbers} | {_cell(written.get(name, ''))} |")
    return "\n".join(lines) + "\n"


def _table(notes: Iterable[Note]) -> list[tuple[str, Mapping[Fate, int]]]:
    found: dict[str, Counter[Fate]] = defaultdict(Counter)
    for note in notes:
        found[note.construct][note.fate] += 1
    return sorted(found.items())


def _groups(notes: Iterable[Note]) -> dict[tuple[str, str], list[Note]]:
    groups: dict[tuple[str, str], list[Note]] = defaultdict(list)
    for note in notes:
        groups[note.construct, note.said].append(note)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _place(note: Note) -> str:
    return f"`{note.path}:{note.line}`" if note.line else f"`{note.path}`"


def _code(text: str) -> str:
    """Code in Markdown, whatever backticks it has."""
    longest = max((len(run) for run in text.split("`")), default=0) if "`" in text else 0
    fence = "``" if longest else "`"
    return f"{fence} {text} {fence}" if longest else f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
