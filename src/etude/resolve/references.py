"""References of a page -> where they lead and what they say, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from etude.model.book import Resolved
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule, Severity
from etude.resolve.entries import PageIndex, ReferenceUse
from etude.resolve.nearest import did_you_mean
from etude.resolve.targets import PAGE, Target, Targets
from etude.resolve.terms import Terms

__all__ = ["References"]

_OFFERED = 3
"""How many names a hint offers at most."""
_UNNUMBERED = {
    "cell": "give the cell a caption, and no tag that removes it: then it is a numbered listing",
    "listing": "give the listing a caption, or refer to it with `{ref}`",
    "table": "give the table a caption, or refer to it with `{ref}`",
    "term": "refer to a term with `{term}`",
}
"""How to mend a `numref` to a kind of thing without a number."""


class References:
    """Answers references; what is wrong with them gathers in `problems`."""

    __slots__ = ("_known", "_targets", "_terms", "problems")

    def __init__(self, targets: Targets, terms: Terms) -> None:
        """Look targets up in `targets` and `terms`."""
        self._targets = targets
        self._terms = terms
        self._known: dict[tuple[str, str, bool], tuple[str, Resolved]] = {}
        """Answers without a problem that are the same on every page."""
        self.problems: list[Diagnostic] = []

    def answer(self, index: PageIndex, use: ReferenceUse) -> tuple[str, Resolved] | None:
        """The key and the value for the page's facts; None when there is nothing to answer with."""
        known = self._known.get((use.kind, use.target, use.bare))
        if known is not None:
            return known
        count = len(self.problems)
        resolved = self._answer(index, use)
        if resolved is None:
            return None
        kind = "ref" if use.kind == "exercise" else use.kind
        answer = f"{kind}:{use.target}", resolved
        if use.kind != "any" and len(self.problems) == count:
            self._known[use.kind, use.target, use.bare] = answer
        return answer

    def _answer(self, index: PageIndex, use: ReferenceUse) -> Resolved | None:
        text, targets = use.target, self._targets
        match use.kind:
            case "download":
                return Resolved("", "", "download", "", text.rpartition("/")[2], url=text)
            case "term":
                found = self._terms.find(text)
                if found is None:
                    hints = did_you_mean(self._terms.nearest(text))
                    self._report(index, use, Rule.TERM_UNKNOWN, f"the term “{text}” is in no glossary", hints)
                return found
            case "doc":
                target = targets.page(text)
                if target is None and "#" in text:
                    target = targets.any(text, index.name)
                if target is None:
                    self._no_page(index, use)
                    return None
                return targets.resolved(target)
            case "any":
                target = targets.any(text, index.name)
                if target is None and text.startswith("/"):
                    self._no_page(index, use)
                    return None
            case "ref" | "numref" | "eq" | "exercise" | "source":
                target = targets.label(text)
            case _:
                assert_never(use.kind)
        if target is None:
            hints = self._hints(index, use)
            self._report(index, use, Rule.REFERENCE_BROKEN, f"there is no label `{text}`", hints)
            return None
        self._check(index, use, target)
        return None if use.kind == "source" else self._said(use, target)

    def _no_page(self, index: PageIndex, use: ReferenceUse) -> None:
        """Report a page that does not exist."""
        name = use.target.removeprefix("/")
        hints = did_you_mean(self._targets.nearest_page(name))
        self._report(index, use, Rule.REFERENCE_BROKEN, f"there is no page `{name}`", hints)

    def _said(self, use: ReferenceUse, target: Target) -> Resolved:
        """The answer; the name of an equation is its bare number where an equation is meant."""
        resolved = self._targets.resolved(target)
        if use.kind == "eq" and resolved.kind == "equation" and resolved.number:
            return Resolved(
                resolved.page, resolved.id, resolved.kind, resolved.number, f"({resolved.number})"
            )
        return resolved

    def _check(self, index: PageIndex, use: ReferenceUse, target: Target) -> None:
        """Report a target that a reference of this kind cannot mean."""
        kind, text, found = self._targets.kind(target), use.target, self._targets.resolved(target)
        match use.kind:
            case "eq" if kind != "equation":
                hint = f"refer to it with `{{numref}}` or `{{ref}}`: {{ref}}`{text}`"
                self._report(index, use, Rule.REFERENCE_KIND, f"`{text}` is no equation", (hint,))
            case "exercise" if kind != "exercise":
                self._report(index, use, Rule.REFERENCE_KIND, f"`{text}` is no exercise")
            case "source" if kind not in ("cell", "listing"):
                self._report(index, use, Rule.REFERENCE_KIND, f"`{text}` is no code cell")
            case "source" if target[0] != index.name:
                hint = "a figure shows the output of a cell on its own page"
                message = f"the cell `{text}` stands on another page, `{target[0]}`"
                self._report(index, use, Rule.REFERENCE_KIND, message, (hint,))
            case "numref" if not found.number:
                hint = _UNNUMBERED.get(kind, f"refer to it with `{{ref}}`: {{ref}}`{text}`")
                self._report(index, use, Rule.REFERENCE_KIND, f"`{text}` has no number", (hint,))
            case "ref" | "any" if (
                use.bare
                and kind != "solution"
                and not (found := self._targets.resolved(target)).title
                and not found.number
            ):
                own = f"[words](#{text})" if use.kind == "any" else f"{{ref}}`words <{text}>`"
                hint = f"give the reference words of its own: {own}"
                message = f"`{text}` has neither title nor number"
                self._report(index, use, Rule.REFERENCE_KIND, message, (hint,), Severity.WARNING)
            case _:
                pass

    def _hints(self, index: PageIndex, use: ReferenceUse) -> tuple[str, ...]:
        """What may help where a label is unknown."""
        targets, text = self._targets, use.target.removeprefix("#")
        if use.kind != "any":
            hints = did_you_mean(targets.nearest(text))
            if targets.page(text) is not None:
                hints += (f"there is a page of this name; refer to it with {{doc}}`{text}`",)
            return hints
        name, mark, fragment = text.partition("#")
        if mark and (elsewhere := targets.label(fragment)) is not None:
            return (f"`{fragment}` stands on the page `{elsewhere[0]}`",)
        page = targets.page(name) if mark else (index.name, PAGE)
        text = fragment if mark and page is not None else text
        near = targets.nearest(text)
        if page is not None:
            near = tuple(dict.fromkeys((*near, *targets.nearest_heading(page[0], text))))[:_OFFERED]
        if hints := did_you_mean(near or targets.nearest_page(text)):
            return hints
        return ("if this is an address, write one that begins with `https:`",) if ":" in text else ()

    def _report(
        self,
        index: PageIndex,
        use: ReferenceUse,
        rule: Rule,
        message: str,
        hints: Iterable[str] = (),
        severity: Severity | None = None,
    ) -> None:
        """One diagnostic for each place of the reference."""
        hints = tuple(hints)
        self.problems.extend(
            diagnose(rule, message, index.source(span), span, hints=hints, severity=severity)
            for span in use.spans
        )
