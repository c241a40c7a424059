"""Runs that pages of several languages share, and when they must not.

Pages with the same code share one run. It reads files in the folder of the first page; where the
folder of another page has other files by these names, that page needs a run of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from etude.execute.facts import Facts
from etude.execute.plan import Part, Plan, Run
from etude.execute.recipe import Component
from etude.execute.ways import Cursor, Found, Lookup

__all__ = ["apart", "split_runs"]


def apart(run: Run, reads: Iterable[Component], facts: Facts) -> tuple[Run, ...]:
    """The run for the pages that can share it, then runs for those that cannot; `reads` is what it read."""
    if len(run.parts) == 1:
        return (run,)
    asked = tuple(dict.fromkeys(reads))
    groups: list[list[Part]] = [[run.parts[0]]]
    for part in run.parts[1:]:
        group = next((g for g in groups if _alike(g[0], part, asked, run, facts)), None)
        if group is None:
            groups.append([part])
        else:
            group.append(part)
    if len(groups) == 1:
        return (run,)
    return tuple(
        replace(
            run,
            parts=tuple(group),
            languages=", ".join(dict.fromkeys(part.page.language for part in group)),
        )
        for group in groups
    )


def split_runs(plan: Plan, lookup: Lookup) -> tuple[list[Run], list[list[Found]]]:
    """The runs of a plan with what is stored of each; pages that cannot share a run have their own."""
    runs: list[Run] = []
    ways: list[list[Found]] = []
    for run, found in zip(plan.runs, lookup.walk(plan.runs), strict=True):
        reads = (read for item in found for read in item.way.reads)
        first, *others = apart(run, reads, plan.facts)
        runs += (first, *others)
        ways += (found, *(lookup.ahead(other, 0, Cursor.start(other)) for other in others))
    return runs, ways


def _alike(one: Part, other: Part, reads: Iterable[Component], run: Run, facts: Facts) -> bool:
    """Whether two pages find the same where the run looked."""
    first = run.view.folders[0]

    def found(part: Part, read: Component) -> tuple[str, str]:
        answer = facts.answer(read.kind, _seen_from(read.name, first, part), part.view, run.kernel)
        return answer.digest, answer.text

    kinds = ("file", "module", "folder", "library")
    return all(found(one, read) == found(other, read) for read in reads if read.kind in kinds)


def _seen_from(name: str, folder: str, part: Part) -> str:
    """What a name in the first page's folder is in another's."""
    own = part.view.folders[0]
    if not folder or own == folder:
        return name
    if name == folder:
        return own
    return own + name[len(folder) :] if name.startswith(folder + "/") else name
