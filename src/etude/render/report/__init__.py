"""Output `report`: what a verification found, as one page that needs nothing else; pure."""

from __future__ import annotations

from etude.render.report.page import Report, report_page

__all__ = ["Report", "report_page"]
