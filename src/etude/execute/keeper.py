"""What one run leaves in the store: results, each with what its step was seen to read.

In: what the kernel answered. Out: what each step gave; new results are stored as each step ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from etude.execute.desk import Desk
from etude.execute.facts import SHADOWED, UNKNOWN
from etude.execute.normalise_output import normalise_outputs, shows_source
from etude.execute.outcome import Done
from etude.execute.plan import Run, Step
from etude.execute.recipe import Component
from etude.execute.record import Record, make, save
from etude.execute.troubles import other_pinned, wrote
from etude.execute.ways import Cursor, Found, Way, scanned
from etude.execute.world import Trouble, World
from etude.model.protocols import Observed, Reply
from etude.model.result import Value

__all__ = ["Keeper"]


class Keeper:
    """Stores what the steps of a run give, unless the run has changed the book or has read what changed."""

    def __init__(self, run: Run, desk: Desk, world: World, trouble: Trouble) -> None:
        """Nothing of the run has been stored by this one."""
        self._run = run
        self._desk = desk
        self._world = world
        self._trouble = trouble
        self._last: tuple[int, Cursor, Way] | None = None
        """The last new way, whose state may become known later."""

    @property
    def stores(self) -> bool:
        """Whether what comes is stored."""
        return not (self._trouble.tainted or self._trouble.outdated)

    def observed(self, step: Step) -> tuple[Component, ...]:
        """What a step read, with answers; that these are of what it read is seen to after they are found."""
        observed = self._desk.observed()
        reads = self._reads(step, observed)
        outdated: Iterable[str] = self._desk.outdated(observed.reads if observed.complete else None)
        if not observed.complete:
            outdated = filter(self._run.may_read, outdated)
        self._trouble.outdated |= any(True for _ in outdated)
        return reads

    def again(
        self, number: int, here: Found, values: Mapping[str, Value], reads: Sequence[Component]
    ) -> Done:
        """A step whose result is stored: it stays, with the values that were missing."""
        before = here.kept.record
        assert before is not None
        known = {**before.values, **values}
        good = {name: value for name, value in known.items() if not value.error}
        record = msgspec.structs.replace(before, values=good)
        step = self._run.steps[number]
        if record != before and self._may_store(step):
            # Expressions may read files, too.
            more = [part for part in reads if part not in here.way.reads]
            way = msgspec.structs.replace(here.way, reads=(*here.way.reads, *more))
            self._store(number, here.before, way, record)
        return Done.of(record, here, values=known, executed=True)

    def differs(self, number: int, here: Found, reads: Sequence[Component]) -> bool:
        """Whether a step found other pinned files than its stored result was made with; that is told.

        What the run computes from here on does not go with that result.
        """
        view, facts = self._run.view, self._world.plan.facts
        before, now = facts.pinned(here.way.reads, view), facts.pinned(reads, view)
        # Which others it asks for depends on where it finds the first, and whether it fetches them.
        gone = [name for name in sorted(before) if before[name] and not now.get(name, True)]
        new = [name for name in sorted(before) if not before[name] and now.get(name, False)]
        if not gone and not new:
            return False
        self._trouble.notes.append(other_pinned(self._run, number, gone, new))
        return True

    def new(
        self,
        number: int,
        cursor: Cursor,
        reply: Reply,
        values: Mapping[str, Value],
        reads: tuple[Component, ...],
    ) -> tuple[Cursor, Done]:
        """A step that went well and whose result is new."""
        step = self._run.steps[number]
        after = cursor.after(step, reads)
        outputs = normalise_outputs(reply.outputs, number + 1, self._desk.replaced)
        record = make(
            "error" if reply.status == "error" else "ok",
            outputs,
            dict(values),
            reply.seconds,
            text=after.text if shows_source(outputs) else "",
            limit=self._world.plan.output_limit,
            cut=reply.truncated,
        )
        way = Way(reads, cursor.result(step, reads), after.state)
        if self._may_store(step):
            self._store(number, cursor, way, record)
            self._last = (number, cursor, way)
        done = Done(record.status, outputs, values, record.seconds, record.cut, executed=True, reads=reads)
        return after, done

    def named(self, number: int, state: str) -> bool:
        """Note the state after the last step that was new; False when that is another one."""
        if self._last is None or self._last[0] != number:
            return False
        _, before, way = self._last
        self._world.lookup.keep(self._run, number, before, msgspec.structs.replace(way, state=state))
        return True

    def _reads(self, step: Step, observed: Observed) -> tuple[Component, ...]:
        """What a step read, with the answers of now."""
        asked = dict.fromkeys(observed.reads)
        # The shell's own packages are there before a cell imports them.
        named = {item.module.partition(".")[0] for item in step.cell.scan.imports if not item.level}
        asked |= dict.fromkeys(("package", name) for name in sorted(named))
        facts = self._world.plan.facts
        answers = facts.answers(asked, self._run.view, self._run.kernel)
        others = ("", SHADOWED, UNKNOWN)
        known = tuple(part for part in answers if part.kind != "package" or part.digest not in others)
        return known if observed.complete else (*known, scanned(step))

    def _may_store(self, step: Step) -> bool:
        if not self._trouble.tainted and (written := self._desk.written()):
            self._trouble.tainted = True
            self._trouble.problems.append(wrote(self._run, step, written))
        return self.stores

    def _store(self, number: int, cursor: Cursor, way: Way, record: Record) -> None:
        # The record first: a way to nothing would be no result.
        save(self._world.store, way.result, record)
        self._world.lookup.keep(self._run, number, cursor, way)
        self._world.made.add(way.result)
