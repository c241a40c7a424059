"""The labels of a project, found first: what a reference leads to decides how it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from etude.convert.quarto import attributes
from etude.convert.quarto.places import Label

__all__ = ["found_labels"]

_BRACES = re.compile(r"\{[^{}\n]*#[\w][^{}\n]*\}")
_OPTION = re.compile(r"^[ \t]*(?:#|//|%%|--)\|[ \t]*(?:label|lst-label):[ \t]*[\"']?([\w.:-]+)", re.MULTILINE)
_KNITR = re.compile(r"^[ \t]*```+\{\w+[ \t]+([\w.-]+)\s*(?:,|\})", re.MULTILINE)


def found_labels(texts: Mapping[str, str]) -> tuple[dict[str, Label], frozenset[str]]:
    """Labels by name, and the names of cells that occur more than once."""
    found: dict[str, Label] = {}
    names: Counter[str] = Counter()
    for path, text in texts.items():
        # In a notebook quotation marks stand behind a backslash.
        plain = text.replace('\\"', '"').replace("\\n", "\n") if path.endswith(".ipynb") else text
        whole = not re.search(r"^number-sections:\s*false", plain[:2000], re.MULTILINE)
        for braces in _BRACES.finditer(plain):
            got = attributes.read(braces[0])
            if got is None or not got[0].id:
                continue
            line = plain[plain.rfind("\n", 0, braces.start()) + 1 : braces.start()]
            heading = line.startswith("#")
            found.setdefault(
                got[0].id, Label(path, not heading or ("unnumbered" not in got[0].classes and whole))
            )
        for one in (*_OPTION.finditer(plain), *_KNITR.finditer(plain)):
            names[one[1]] += 1
            found.setdefault(one[1], Label(path))
    return found, frozenset(name for name, count in names.items() if count > 1)
