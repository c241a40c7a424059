"""Problems as values: a rule, a severity, a place and hints; printed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from etude.model.rules import RULES, Rule, Severity
from etude.model.span import NOWHERE, Span

__all__ = ["BookError", "Diagnostic", "Place", "Related", "Rule", "Severity", "diagnose", "worst"]


class Place(Struct, frozen=True, gc=False, order=True):
    """A span in a file of the book."""

    path: str
    """Relative to the book's root, with forward slashes; empty for the book as a whole."""
    span: Span = NOWHERE


class Related(Struct, frozen=True, gc=False):
    """A second place that explains a problem (the other definition of a label)."""

    place: Place
    message: str


class Diagnostic(Struct, frozen=True, gc=False):
    """One problem with everything a reader of it needs."""

    rule: Rule
    severity: Severity
    message: str
    place: Place
    hints: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    trace: str = ""
    """Text shown below the message as it stands: a traceback in source lines."""


def diagnose(
    rule: Rule,
    message: str,
    path: str,
    span: Span = NOWHERE,
    *,
    hints: Iterable[str] = (),
    related: Iterable[Related] = (),
    severity: Severity | None = None,
    trace: str = "",
) -> Diagnostic:
    """Build a diagnostic; without `severity` the rule's own is taken."""
    return Diagnostic(
        rule,
        severity or RULES[rule].severity,
        message,
        Place(path, span),
        tuple(hints),
        tuple(related),
        trace,
    )


def worst(diagnostics: Iterable[Diagnostic]) -> Severity | None:
    """The gravest severity present; None when there is no diagnostic."""
    return max((d.severity for d in diagnostics), key=list(Severity).index, default=None)


class BookError(Exception):
    """Stops a build, once, at the edge, with all that was found until then."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Carry `diagnostics`; there is at least one error among them."""
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))
