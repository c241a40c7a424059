"""Results that leave the store, to be recorded in the book or shared, and that come back into one.

In: what is stored of runs. Out: `Recorded`, one a run; and the other way round. An entry has all that
is needed to find a cell's result again: nothing in it depends on the machine it was made on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from etude.execute.digest import digest
from etude.execute.plan import Run
from etude.execute.recipe import Component, Recipe, StepRecipe
from etude.execute.record import (
    Record,
    ResultStore,
    load_recipe,
    read,
    recipe_bytes,
    recipe_key,
    record_bytes,
)
from etude.execute.ways import Found, Way, beside, recipe_of

__all__ = ["Entry", "Recorded", "Shelf", "adopt", "code_key", "keep_seconds", "taken"]


class Shelf(ResultStore, Protocol):
    """A store that takes many entries at once."""

    def put_many(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep entries, all or none of them."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of one cell."""

    key: str
    """What its way is stored under."""
    way: Way
    record: Record
    about: tuple[Component, ...] = ()
    """What of its recipe is not among what it read."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The results of one run."""

    page: str
    """Name of the page, without language."""
    variant: str
    path: str
    """Of the page that was executed."""
    base: tuple[Component, ...]
    """What all cells depend on."""
    cells: int
    """How many cells the run has; those that are not complete have no entry."""
    entries: tuple[Entry, ...]
    backend: str = ""
    """As in `Recipe`."""

    @property
    def recipe(self) -> Recipe | None:
        """The run's recipe; None when cells are missing."""
        if len(self.entries) != self.cells:
            return None
        steps = (
            StepRecipe(
                (*entry.about, *(part for part in entry.way.reads if part.kind != "scan")),
                status=entry.record.status,
                seconds=round(entry.record.seconds, 3),
            )
            for entry in self.entries
        )
        return Recipe(self.base, tuple(steps), self.backend)


def taken(runs: Sequence[Run], found: Sequence[Sequence[Found]], store: ResultStore) -> tuple[Recorded, ...]:
    """What is stored of runs that have cells, as the look-up found it."""
    recipes = store.get_many("recipe", map(recipe_key, runs))
    out: list[Recorded] = []
    for run, ways in zip(runs, found, strict=True):
        recipe = load_recipe(recipes.get(recipe_key(run)))
        entries = tuple(
            Entry(
                item.before.key(step),
                item.way,
                item.kept.record,
                tuple(part for part in recipe_of(step, item.way.reads) if part not in item.way.reads),
            )
            for step, item in zip(run.steps, ways, strict=False)
            if item.kept.record is not None and item.kept.complete
        )
        if run.steps:
            backend = recipe.backend if recipe else ""
            out.append(
                Recorded(
                    run.name, run.variant, run.page.path, run.base, len(run.steps), entries, backend=backend
                )
            )
    return tuple(out)


def adopt(store: Shelf, recorded: Sequence[Recorded]) -> int:
    """Put results into a store, beside those that it has; returns how many it had not."""
    entries = [entry for run in recorded for entry in run.entries]
    ways = store.get_many("way", (entry.key for entry in entries))
    records = store.get_many("cell", (entry.way.result for entry in entries))
    new_ways: dict[str, bytes] = {}
    new_records: dict[str, bytes] = {}
    count = 0
    for entry in entries:
        result = entry.way.result
        mine = read(new_records.get(result, records.get(result)))
        count += mine is None
        joined = _joined(mine, entry.record)
        if joined is not None:
            new_records[result] = record_bytes(joined)
        way = beside(new_ways.get(entry.key, ways.get(entry.key)), (entry.way,))
        if way is not None:
            new_ways[entry.key] = way
    # The records first: a way to nothing would be no result.
    store.put_many("cell", new_records.items())
    store.put_many("way", new_ways.items())
    recipes = {f"{run.path}|{run.variant}": run.recipe for run in recorded}
    known = store.get_many("recipe", recipes)
    store.put_many(
        "recipe",
        [(key, recipe_bytes(recipe)) for key, recipe in recipes.items() if recipe and key not in known],
    )
    return count


def _joined(mine: Record | None, theirs: Record) -> Record | None:
    """What is to be stored where both are; None when it is what is there. The first result stays."""
    # A result that shows the code is for one text of it, and theirs is for that of the book as it came.
    if mine is None or mine.text != theirs.text:
        return theirs
    if mine.digest != theirs.digest or theirs.values.keys() <= mine.values.keys():
        return None
    return msgspec.structs.replace(mine, values={**theirs.values, **mine.values})


def keep_seconds(new: Recorded, old: Mapping[str, Entry]) -> Recorded:
    """A run with the seconds of old entries (by key) that differ in nothing else."""

    def kept(entry: Entry) -> Entry:
        before = old.get(entry.key)
        if before is None:
            return entry
        same = Entry(
            entry.key,
            entry.way,
            msgspec.structs.replace(entry.record, seconds=before.record.seconds),
            entry.about,
        )
        return same if same == before else entry

    return Recorded(
        new.page,
        new.variant,
        new.path,
        new.base,
        new.cells,
        tuple(map(kept, new.entries)),
        backend=new.backend,
    )


def code_key(run: Run) -> str:
    """A hash of all of a run that is known before it runs: what its results are shared under."""
    return digest("code", *(step.key for step in run.steps))
