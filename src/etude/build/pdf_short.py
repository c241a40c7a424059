"""Short addresses that a printed book shows, and that its record does not keep yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etude.build.making import Making
from etude.build.pdf_parts import Edition, printed_addresses
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.short import RECORD

__all__ = ["unrecorded_codes"]


def unrecorded_codes(making: Making, editions: Sequence[Edition]) -> Iterator[Diagnostic]:
    """One diagnostic for all of them: on paper they cannot be mended when a heading gets another label."""
    fresh = {code for code, _ in making.short.unrecorded}
    if not fresh:
        return
    shown = {
        url.rpartition("/")[2]
        for edition in editions
        for addresses in printed_addresses(making, edition).values()
        for url in addresses.values()
    }
    count = len(fresh & shown)
    if count:
        one = count == 1
        yield diagnose(
            Rule.SHORT_UNRECORDED,
            f"{count} short address{' is' if one else 'es are'} printed that `{RECORD}` does not keep yet",
            RECORD if making.book.files.exists(RECORD) else "",
            hints=(f"run `etude short` before the book goes to the printer, and commit `{RECORD}`",),
        )
