"""A problem that a page has at many places is told once: where it stands first, and where else."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from etude.model.diagnostic import Diagnostic, Place, Related
from etude.model.rules import Rule

__all__ = ["gathered"]

_GATHERED = frozenset({Rule.UNKNOWN_DIRECTIVE, Rule.UNKNOWN_ROLE})
"""Rules of which one message is one cause, wherever it stands in a page."""
_NAMED = 3
"""Other places that are named; of more the number is told."""


def gathered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in their order; what says the same of one file stands at its first place."""
    groups: dict[Diagnostic, list[Diagnostic]] = {}
    for one in diagnostics:
        key = replace(one, place=Place(one.place.path)) if one.rule in _GATHERED else one
        groups.setdefault(key, []).append(one)
    return tuple(_joined(*same) if key.rule in _GATHERED else key for key, same in groups.items())


def _joined(first: Diagnostic, *others: Diagnostic) -> Diagnostic:
    if not others:
        return first
    related = [Related(one.place, "here too") for one in others[:_NAMED]]
    if (more := len(others) - _NAMED) > 0:
        related[-1] = Related(related[-1].place, f"here too, and at {more} more")
    message = f"{first.message} ({len(others) + 1} times in this file)"
    return replace(first, message=message, related=tuple(related))
