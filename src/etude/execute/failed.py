"""Runs that failed and would fail again: rounds of a preview do not try them while nothing has changed.

A build does, as whatever was to blame may lie outside what it sees; an author who saves one page after the
other is not to wait for another one each time.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from etude.execute.facts import Facts
from etude.execute.outcome import Done, Outcome
from etude.execute.plan import Run
from etude.execute.ways import Cursor, Found, Lookup
from etude.model.rules import Rule

__all__ = ["Failed"]

_PAGES: Final = (".md", ".ipynb")
_OF_CELLS: Final = frozenset({Rule.CELL_ERROR, Rule.CELL_TIMEOUT, Rule.RUN_TIMEOUT})
_HINT: Final = "it was not run again, as nothing that it reads has changed: save the page to try it once more"


@dataclass(frozen=True, slots=True)
class _Failure:
    outcome: Outcome
    number: int
    """The step that failed."""
    state: str
    """In which it did."""
    installed: str
    """What tells whether packages are others than then: one may have been missing."""


class Failed:
    """What is known of failed runs; for one thread."""

    def __init__(self) -> None:
        """Nothing has failed."""
        self._known: dict[Hashable, _Failure] = {}

    @property
    def pages(self) -> frozenset[str]:
        """Paths of the pages that wait."""
        return frozenset(path for one in self._known.values() for path in one.outcome.run.pages)

    def forget(self, paths: Collection[str]) -> None:
        """Have the runs of these pages tried again; all, when another file is among them.

        Compiled code may ask for a file that is not there, and nobody sees it.
        """
        if not all(path.endswith(_PAGES) for path in paths):
            self._known.clear()
        gone = [name for name, one in self._known.items() if not set(one.outcome.run.pages).isdisjoint(paths)]
        for name in gone:
            del self._known[name]

    def note(self, outcome: Outcome, lookup: Lookup, facts: Facts) -> None:
        """Note how a run went that has been executed."""
        run = outcome.run
        self._known.pop(_name(run), None)
        came_to = [number for number, done in enumerate(outcome.steps) if done.status != "missing"]
        rules = {problem.rule for problem in outcome.problems}
        if outcome.outdated or not came_to or not rules or not rules <= _OF_CELLS:
            return
        number = came_to[-1]
        found = lookup.ahead(run, 0, Cursor.start(run))
        unseen = any(part.kind == "scan" for part in outcome.steps[number].reads)
        if len(found) == number and _stand(found) and not unseen:
            state = _state(run, found)
            self._known[_name(run)] = _Failure(outcome, number, state, facts.installed(run.kernel))

    def again(self, run: Run, found: Sequence[Found], facts: Facts) -> Outcome | None:
        """How a run would go, of which `found` is stored; None when it is to be tried."""
        known = self._known.get(_name(run))
        if (
            known is None
            or known.outcome.run != run
            or len(found) != known.number
            or not _stand(found)
            or _state(run, found) != known.state
            or facts.installed(run.kernel) != known.installed
        ):
            return None
        steps = known.outcome.steps
        if not facts.hold(steps[known.number].reads, run.view, run.kernel, versions=True):
            return None
        problems = (msgspec.structs.replace(one, hints=(*one.hints, _HINT)) for one in known.outcome.problems)
        last = replace(steps[known.number], executed=False)
        before = (Done.of(item.kept.record, item) for item in found)
        return Outcome(run, (*before, last, *steps[known.number + 1 :]), tuple(problems))


def _name(run: Run) -> Hashable:
    return run.name, run.variant, run.languages


def _stand(found: Sequence[Found]) -> bool:
    return all(item.kept.complete for item in found)


def _state(run: Run, found: Sequence[Found]) -> str:
    return found[-1].after.state if found else Cursor.start(run).state
