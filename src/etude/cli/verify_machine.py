"""What `etude verify --format json` adds to the document of diagnostics. Pure.

The reference page of the format is in the handbook, beside how to verify.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from etude.cli.report import Texts
from etude.cli.report_machine import place_of
from etude.execute.drift_words import excerpt
from etude.model.drift import CellDrift, Difference, RunVerdict

if TYPE_CHECKING:
    from etude.build import VerifyReport

__all__ = ["verification"]


def verification(found: VerifyReport, texts: Texts) -> dict[str, Any]:
    """The field ``verification``."""
    options = found.options
    return {
        "verification": {
            "select": options.select,
            "seed": options.seed if options.select == "sample" else None,
            "runs_planned": found.planned,
            "runs_verified": len(found.runs),
            "cells_compared": sum(run.cells for run in found.runs),
            "seconds": found.seconds,
            "runs": [_run(run, texts) for run in found.runs],
        }
    }


def _run(run: RunVerdict, texts: Texts) -> dict[str, Any]:
    return {
        "page": run.page,
        "variant": run.variant,
        "languages": run.languages,
        "paths": list(run.paths),
        "state": run.state,
        "cells_compared": run.cells,
        "seconds": run.seconds,
        "recorded_seconds": run.recorded_seconds,
        "cells": [_cell(drift, texts) for drift in run.drift],
    }


def _cell(drift: CellDrift, texts: Texts) -> dict[str, Any]:
    return {
        "cell": drift.index + 1,
        **place_of(drift.place, texts),
        "recorded_status": drift.recorded,
        "status": drift.now,
        "largest_relative": _number(drift.relative),
        "differences": [_difference(one) for one in drift.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": "value" if one.value else one.kind,
        "subject": one.subject,
        "output": None if one.output is None else one.output + 1,
        "detail": one.detail,
        "relative": _number(one.relative),
        "distance": one.distance,
        "region": list(one.region) if one.region else None,
        "lines": [{"recorded": old, "now": new} for old, new in excerpt(one)],
    }


def _number(value: float | None) -> float | str | None:
    """A number as JSON can have it."""
    return value if value is None or math.isfinite(value) else "infinite"
