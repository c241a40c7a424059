"""What a source holds, counted by simple means: at least so much must be in the new page."""

from __future__ import annotations

import re

from etude.convert.census import Counts
from etude.convert.fences import Fence, pieces, segments
from etude.convert.quarto.cells import LANGUAGES
from etude.convert.quarto.references import KINDS
from etude.parse.macros import defined

__all__ = ["counts"]

_KEY = re.compile(r"(?<![\w@\\/.])@\{?([A-Za-z][\w:.#$%&+?<>~/-]*)")
_FORMULA = re.compile(r"\$\$(?P<tex>.+?)\$\$", re.DOTALL)
_HIDDEN = re.compile(r"^:::.*content-(?:hidden|visible).*?^:::\s*$", re.MULTILINE | re.DOTALL)


def counts(text: str, language: str, custom: frozenset[str], *, cites: bool) -> Counts:
    """The counts of a page whose cells are in a language; `custom` are further kinds of references.

    `cites` tells whether there is a bibliography.
    """
    examples = set(re.findall(r"^[ \t]*\(@([\w-]+)\)", text, re.MULTILINE))
    # Code by indentation holds no marks.
    text = re.sub(r"(?<=\n\n)(?: {4}|\t)[^\s].*\n(?:(?: {4}|\t).*\n)*(?=\n)", "", text)
    text = _without_comments(_HIDDEN.sub("", text))
    text = re.sub(r"\A---\n.*?\n(?:---|\.\.\.)\n", "", text, flags=re.DOTALL)
    cells = listings = equations = pictures = citations = references = 0
    for piece in pieces(text):
        if isinstance(piece, Fence):
            name = re.match(r"\{(\w+)", piece.info)
            cells += bool(name and LANGUAGES.get(name[1]) == language)
            listings += not piece.info.startswith("{") and "{" not in piece.info
            continue
        for kind, part in segments("\n".join(piece.lines)):
            if kind != "text":
                continue
            pictures += len(re.findall(r"!\[[^\]]*\]\((?!\S*(?:\.mp4|\.webm|youtu|vimeo))", part))
            for key in _KEY.findall(part):
                if key in examples:
                    continue
                if key.partition("-")[0].lower() in {*KINDS, *custom} and "-" in key:
                    references += 1
                else:
                    citations += cites
        text = _FORMULA.sub(_shown, "\n".join(piece.lines))
        equations += len(re.findall(r"^\s*\$\$", text, re.MULTILINE)) // 2
    return Counts(
        cells=cells,
        listings=listings,
        equations=equations,
        pictures=pictures,
        references=references,
        citations=citations,
    )


def _without_comments(text: str) -> str:
    """A text without its comments; one that is not closed is none."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join((*kept, text[at:]))


def _shown(formula: re.Match[str]) -> str:
    """A formula; nothing for one that only defines commands."""
    rest, found = defined(formula["tex"])
    return "" if found and not rest.strip() else formula[0]
