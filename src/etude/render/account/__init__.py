"""The report of a build: an `Account` in, one HTML page out, with all that it needs in it."""

from __future__ import annotations

from etude.render.account.page import account_page

__all__ = ["account_page"]
