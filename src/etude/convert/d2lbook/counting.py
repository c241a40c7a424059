"""What a page of d2lbook holds, counted by patterns alone: nothing here knows how it is converted."""

from __future__ import annotations

import re

from etude.convert.census import Counts
from etude.convert.d2lbook.contents import is_toc
from etude.convert.d2lbook.fenced import is_cell, is_dropped
from etude.convert.d2lbook.rest import is_rest
from etude.convert.fences import Fence, pieces

__all__ = ["counted"]

_CODE = re.compile(r"(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=tick)(?!`)", re.DOTALL)
_ROLE = re.compile(r"(?<![\w`\\:]):(?P<name>[\w:.-]+):(?P<tick>`+)(?P<text>[^`\n]+)(?P=tick)")
_GONE = re.compile(r"\[~~.*?~~\]|\(~~.*?~~\)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_FORMULA = re.compile(r"(?<![\\$])\$(?![\s$])(?:\\.|[^$\\\n]|\n(?!\s*\n))+?(?<![\s\\])\$(?!\d)")
_INDENTED = re.compile(r"^((?!\s|[-*+] |\d+[.)] ).*\n(?:[ \t]*\n)+)(?:(?: {4}|\t).*(?:\n|\Z))+", re.MULTILINE)
"""Code that is set off by indentation, after a line that no list goes on from."""
_REFERENCES = ("numref", "eqref", "ref")


def counted(text: str) -> Counts:
    """The numbers of a page's source."""
    cells = listings = 0
    prose: list[str] = []
    for piece in pieces(text):
        if not isinstance(piece, Fence):
            prose.append("\n".join(piece.lines))
        elif is_cell(piece):
            empty = all(not line.strip() or re.match(r"\s*#\s*@|%%tab", line) for line in piece.lines)
            cells += not empty and not is_dropped(piece)
        elif not is_toc(piece) and not is_rest(piece):
            listings += 1
    words = _INDENTED.sub(r"\1", _GONE.sub("", "\n\n".join(prose)))
    displays = len(_DISPLAY.findall(words))
    rest = _DISPLAY.sub(" ", words)
    roles = list(_ROLE.finditer(rest))
    bare = _CODE.sub(" ", _ROLE.sub(" ", rest))
    return Counts(
        headings=len(re.findall(r"^ {0,3}#{1,6}[ \t]+\S", bare, re.MULTILINE))
        + len(re.findall(r"^[^\s#|>\-].*\n=+[ \t]*$", bare, re.MULTILINE)),
        cells=cells,
        listings=listings,
        equations=displays,
        formulas=len(_FORMULA.findall(bare)),
        pictures=len(re.findall(r"!\[[^\]]*\]\(", bare)),
        tables=len(re.findall(r"^\|?[ \t]*:?-{2,}:?[ \t]*\|[-| :\t]*$", bare, re.MULTILINE)),
        references=sum(found["name"] in _REFERENCES for found in roles),
        citations=sum(
            len(found["text"].split(",")) for found in roles if found["name"] in ("cite", "citet", "citep")
        ),
    )
