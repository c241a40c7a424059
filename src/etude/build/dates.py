"""When a book was last changed, for what is dated and yet the same in every build."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from etude.adapters.history import HistoryError, committed, places, present
from etude.build.making import Making
from etude.build.place import CONFIG
from etude.model.diagnostic import diagnose
from etude.model.rules import Rule
from etude.render.epub.volume import UNDATED

__all__ = ["modified"]


def modified(making: Making) -> str:
    """When the book was last changed, in UTC: as the build is told, else git, else its author."""
    book, output = making.book, making.output
    told = output.environment["SOURCE_DATE_EPOCH"] = os.environ.get("SOURCE_DATE_EPOCH")
    if told and told.isdecimal() and len(told) <= 11:
        return _utc(datetime.fromtimestamp(int(told), UTC))
    for place in places(book.root):
        making.watch.note(place)
    try:
        when = committed(book.root) if present(book.root) else ""
    except HistoryError as error:
        message = f"when the book was changed is not known: {error}"
        output.diagnostics += (diagnose(Rule.HISTORY_UNREADABLE, message, CONFIG),)
        when = ""
    for text in (when, book.config.date):
        try:
            return _utc(datetime.fromisoformat(text))
        except ValueError:
            continue
    return UNDATED


def _utc(when: datetime) -> str:
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
