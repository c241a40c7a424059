"""Two results of one cell compared under tolerances; pure. `results` is the way in."""

from __future__ import annotations

from etude.execute.compare.results import compare_results

__all__ = ["compare_results"]
