"""What a notebook holds, counted by simple means: without what the import says that it takes away."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.convert.census import Counts
from etude.convert.notebooks.reading import Cell

__all__ = ["count_cells"]

_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INDENTED = re.compile(r"(?:\A|\n[ \t]*\n)(?:(?: {4}|\t).*(?:\n|\Z))+")
_DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]+\)")


def count_cells(cells: Iterable[Cell]) -> Counts:
    """Cells of code, fenced listings, displayed formulas and pictures of Markdown."""
    cells = tuple(cells)
    texts = [_COMMENT.sub("", cell.text) for cell in cells if cell.kind == "markdown"]
    heads = [match[0].partition("\n")[0] for text in texts for match in _FENCED.finditer(text)]
    directives = sum(bool(re.match(r"\s*[`~]+\{", head)) for head in heads)
    bare = [_CODE.sub("", _INDENTED.sub("\n\n", _FENCED.sub("", text))) for text in texts]
    equations = sum(
        len(_DISPLAY.findall(line))
        for text in bare
        for line in re.split(r"\n[ \t]*\n", text)
        if "|" not in line and not re.search(r"^\s*>", line, re.MULTILINE)
    )
    return Counts(
        cells=sum(cell.kind == "code" and bool(cell.text.strip()) for cell in cells)
        + sum("{code-cell}" in head for head in heads),
        listings=len(heads) - directives,
        equations=equations,
        pictures=sum(len(_PICTURE.findall(text)) for text in bare),
    )
