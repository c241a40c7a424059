"""The page of a verification, made of its report and of where it was made."""

from __future__ import annotations

import platform

import etude
from etude.build.options import VerifyReport
from etude.model.diagnostic import Place
from etude.model.rules import Rule
from etude.model.span import NOWHERE, LineIndex
from etude.render.report import Report, report_page

__all__ = ["verification_page"]

_SHOWN = frozenset({Rule.RESULT_DRIFTED, Rule.RESULT_UNRECORDED})
"""What the runs and their cells show already."""


def verification_page(found: VerifyReport, when: str) -> bytes:
    """One HTML page that needs nothing else; `when` is the time as it is to be shown."""
    indexes: dict[str, LineIndex | None] = {}

    def locate(place: Place) -> str:
        if place.path not in indexes:
            source = found.sources.get(place.path)
            indexes[place.path] = None if source is None else LineIndex(source)
        lines = indexes[place.path]
        if lines is None or place.span == NOWHERE:
            return place.path
        return f"{place.path}:{lines.position(place.span.start).line}"

    options = found.options
    chosen = {
        "all": "",
        "changed": "those in doubt",
        "sample": f"a sample (seed {options.seed})",
    }[options.select]
    facts = (
        ("Made", when),
        ("Machine", f"{platform.system()} {platform.machine()}".strip()),
        ("Etude", etude.__version__),
    )
    return report_page(
        Report(
            found.title,
            found.language,
            found.runs,
            found.planned,
            chosen,
            tuple(one for one in found.diagnostics if one.rule not in _SHOWN),
            facts,
            locate,
            found.languages,
        )
    )
