"""What is told of packages: that they have other versions than results were made with, or are not there.

Neither makes a result fall under the policy `auto`: a cell whose packages are missing could not run anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from etude.execute.outcome import Outcome
from etude.execute.plan import Plan, Run
from etude.execute.record import ResultStore, load_recipe, recipe_key
from etude.execute.ways import Change
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule

__all__ = ["package_notes", "to_install"]


def package_notes(plan: Plan, outcomes: Iterable[Outcome]) -> Iterator[Diagnostic]:
    """At most one note of each kind for the whole book: an upgrade may concern every page."""
    differ: dict[Change, set[str]] = {}
    gone: dict[str, set[str]] = {}
    for outcome in outcomes:
        changes = {one for done in outcome.steps for one in done.changed}
        named = _imported(plan, outcome.run) if any(not one.now for one in changes) else frozenset()
        for one in changes:
            if one.now:
                differ.setdefault(one, set()).update(outcome.run.pages)
            elif one.name in named:
                gone.setdefault(one.was, set()).update(outcome.run.pages)
    if differ:
        names = [f"{one.was or one.name} is now {one.now}" for one in sorted(differ)]
        yield diagnose(
            Rule.VERSIONS_DIFFER,
            f"results of {_pages(differ)} were made with other versions of packages: {_first(names, '; ')}",
            "",
            hints=("`--execute strict` runs them again, `etude verify --changed` compares",),
        )
    if gone:
        yield diagnose(
            Rule.PACKAGES_MISSING,
            f"results of {_pages(gone)} were made with packages that are not installed here: "
            f"{_first(sorted(gone), ', ')}",
            "",
            hints=(f"the results stand; to run cells: `{_command(gone)}`",),
        )


def to_install(plan: Plan, run: Run, store: ResultStore) -> str:
    """The command that installs what a run imports and is missing, in the versions that runs of the book had.

    Empty when nothing of that is known to be missing, and for a run whose packages Etude installs.
    """
    if run.environment is not None:
        return ""
    named = _imported(plan, run)
    recipes = map(load_recipe, store.get_many("recipe", map(recipe_key, plan.runs)).values())
    steps = (step for recipe in recipes if recipe is not None for step in recipe.steps)
    had = {part.name: part.digest for step in steps for part in step.components if part.kind == "package"}
    gone = {
        version
        for name, version in had.items()
        if name in named and not plan.facts.answer("package", name, run.view, run.kernel).digest
    }
    return _command(gone) if gone else ""


def _imported(plan: Plan, run: Run) -> frozenset[str]:
    """The packages that the run's code imports itself; what these bring along is theirs to install."""
    return frozenset(name.partition(".")[0] for name in plan.outside(run))


def _command(versions: Iterable[str]) -> str:
    """The command for distributions such as ``torch 2.13.0+cpu``, whose local part no index has."""
    pairs = sorted(one.partition("+")[0].replace(" ", "==") for text in versions for one in text.split(", "))
    return " ".join(("pip install", *dict.fromkeys(pairs)))


def _pages(found: Mapping[Change, set[str]] | Mapping[str, set[str]]) -> str:
    count = len(set[str]().union(*found.values()))
    return "a page" if count == 1 else f"{count} pages"


def _first(names: list[str], mark: str) -> str:
    more = f"{mark}and {len(names) - 5} more" if len(names) > 5 else ""
    return mark.join(names[:5]) + more
