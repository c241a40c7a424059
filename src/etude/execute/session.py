"""One run at a desk: its cells from the first on, as long as something of it is not stored.

In: a run, a desk. Out: what each step gave. Results that are stored already stay as they are; new ones
are stored as each cell ends, with what the cell was seen to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from etude.execute.checkpoints import Checkpoints, Saver
from etude.execute.desk import Desk
from etude.execute.installed import to_install
from etude.execute.keeper import Keeper
from etude.execute.normalise_output import normalise_outputs, normalise_value, shows_source
from etude.execute.outcome import Done
from etude.execute.plan import Run, Step
from etude.execute.requests import Request, python_of
from etude.execute.snapshots import Begin, Snapshot
from etude.execute.states import States
from etude.execute.troubles import stopped
from etude.execute.ways import Cursor, Found
from etude.execute.world import ElsewhereError, OtherTextError, Trouble, World
from etude.model.progress import CellFinished
from etude.model.protocols import Reply
from etude.model.result import CellStatus, Output, Value

__all__ = ["Session", "last_needed"]


def last_needed(run: Run, number: int, found: Sequence[Found]) -> int | None:
    """The last step that must run, when `found` is what is stored from step `number` on."""
    if number + len(found) < len(run.steps):
        return number + len(found)
    return max((number + n for n, item in enumerate(found) if not item.kept.complete), default=None)


class Session:
    """Drives one kernel."""

    def __init__(
        self,
        run: Run,
        desk: Desk,
        world: World,
        trouble: Trouble,
        times: Sequence[float] = (),
        *,
        keeps: bool = False,
        begin: Begin | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        """Nothing has run at the desk, but for where it goes on with `begin`.

        `times` are the seconds that steps took when they ran before; `keeps`: copies of the kernel are kept;
        `checkpoints`: where states are written.
        """
        self.run = run
        self.desk = desk
        self.world = world
        self.trouble = trouble
        self.numbers: dict[int, int] = dict(begin.snapshot.numbers) if begin else {}
        """Steps by the kernel's numbers of cells."""
        self.saver = Saver(run, checkpoints)
        self.states = States(run, desk, world.clock, times, keeps=keeps, saver=self.saver)
        self.begin = begin
        self.snapshots: list[Snapshot] = []
        """Copies that are to be kept, the newest last."""
        self.path: dict[str, tuple[int, str]] = {}
        """Where the run came along."""
        self.spent = 0.0
        """Seconds that its cells took, from the first on."""
        self.keeper = Keeper(run, desk, world, trouble)

    def cells(self) -> list[Done]:
        """Execute steps until all is stored, or one fails; raises `ElsewhereError`."""
        run, world = self.run, self.world
        cursor = Cursor.start(run)
        found = world.lookup.ahead(run, 0, cursor) if self.begin is None else list(self.begin.found)
        started = world.clock()
        out: list[Done] = []
        if self.begin is not None:
            first = self.begin.number + 1
            out = [self._passed(number, item) for number, item in enumerate(found[:first])]
            cursor, found = found[first - 1].after, found[first:]
        self.desk.observed()  # what the kernel did to start is nobody's
        for number, step in enumerate(run.steps[len(out) :], len(out)):
            if last_needed(run, number, found) is None or not self._wanted(step):
                break
            here = found[0] if found else None
            remaining = run.run_timeout - (world.clock() - started)
            missing = here.kept.missing if here else step.requests
            self._follow(number, step, again=here is not None)
            reply, values = self._ask(step, missing, max(0.0, min(step.timeout, remaining)))
            if reply.elsewhere:
                raise ElsewhereError(step, reply.elsewhere)
            if self.begin is not None and not self.begin.exact and _shows_source(reply):
                raise OtherTextError
            if reply.execution_count is not None:
                self.numbers[reply.execution_count] = number
            reads = self.keeper.observed(step)
            if here is not None and self.keeper.differs(number, here, reads):
                rest = [item for item in step.requests if item not in missing]
                values |= self._values(rest, max(0.0, min(step.timeout, remaining)))
                here, found = None, []
            self.saver.passed(reply.seconds, reply.outputs)
            if here is not None:
                cursor, found = here.after, found[1:]
                done = self.keeper.again(number, here, values, reads)
                self.states.read(here.way.reads)
                self._keep(number, cursor, reply.seconds, new=False)
            elif _went_well(step, reply):
                cursor = self._settled(cursor)
                cursor, done = self.keeper.new(number, cursor, reply, values, reads)
                self.states.read(reads)
                found = []
                if self.keeper.stores:
                    self._keep(number, cursor, reply.seconds)
                    found = world.lookup.ahead(run, number + 1, cursor)
                    # Without that, the digest may come while the next cell runs, which is new then.
                    if found or self.states.hopeful(number):
                        cursor = self._settled(cursor)
                        found = world.lookup.ahead(run, number + 1, cursor)
            else:
                outputs = normalise_outputs(reply.outputs, number + 1, self.desk.replaced)
                status, cut = _status(reply), reply.truncated
                done = Done(status, outputs, values, reply.seconds, cut, executed=True, reads=reads)
            out.append(done)
            if world.audience is not None:
                world.audience.gives(run, step, done)
            world.progress(
                CellFinished(
                    run.name, run.variant, step.cell.index, reply.seconds, _status(reply), run.languages
                )
            )
            if not _went_well(step, reply):
                self._stopped(number, reply, late=remaining < step.timeout)
                found = []
                break
        self._settled(cursor)
        return [*out, *(self._passed(len(out) + n, item) for n, item in enumerate(found))]

    def _passed(self, number: int, item: Found) -> Done:
        """A step that need not run."""
        self.path[item.after.state] = (number, item.after.text)
        self.states.read(item.way.reads)
        if item.kept.record is not None:
            self.saver.seen(item.kept.record.outputs)
            self.spent += item.kept.record.seconds
        return Done.of(item.kept.record, item)

    def _keep(self, number: int, cursor: Cursor, seconds: float, *, new: bool = True) -> None:
        """Have a copy made after a step; keep it, if it is one to be kept."""
        self.spent += seconds
        self.path[cursor.state] = (number, cursor.text)
        taken = None
        if self.keeper.stores:
            taken = self.states.take(number, seconds, new=new, state=cursor.state, numbers=self.numbers)
        if taken is not None:
            copy, left = taken
            text = cursor.text if self.begin is None or self.begin.exact else ""
            states = frozenset((cursor.state,))
            self.snapshots.append(Snapshot(number, states, text, copy, left, dict(self.numbers), self.spent))

    def _wanted(self, step: Step) -> bool:
        """Whether who follows the run has it go on."""
        return self.world.audience is None or self.world.audience.wants(self.run, step)

    def _follow(self, number: int, step: Step, *, again: bool) -> None:
        """Tell who follows the run that a cell begins, and of its outputs from then on."""
        audience = self.world.audience
        if audience is None:
            return
        audience.asks(self.run, step, again=again)

        def told(outputs: tuple[Output, ...]) -> None:
            audience.prints(self.run, step, normalise_outputs(outputs, number + 1, self.desk.replaced))

        self.desk.kernel.listen(None if again else told)

    def _ask(self, step: Step, missing: Sequence[Request], timeout: float) -> tuple[Reply, dict[str, Value]]:
        """Execute one cell and ask for its missing values."""
        limit = self.world.plan.output_limit
        asked = self._asked(missing)
        reply = self.desk.kernel.execute(step.cell.code, asked, timeout, limit)
        out = self._normal(reply.values)
        if asked and reply.status == "error" and step.cell.raises:
            out = self._values(missing, timeout)
        if not self.run.python and _went_well(step, reply):
            error = "TypeError: values can be asked of Python kernels only"
            out |= {item.name: Value(error=error) for item in missing}
        return reply, out

    def _values(self, missing: Sequence[Request], timeout: float) -> dict[str, Value]:
        """Values that were not asked for with the cell before."""
        asked = self._asked(missing)
        limit = self.world.plan.output_limit
        return self._normal(self.desk.kernel.execute("", asked, timeout, limit).values) if asked else {}

    def _asked(self, requests: Sequence[Request]) -> list[tuple[str, str]]:
        return [(item.name, python_of(item)) for item in requests] if self.run.python else []

    def _normal(self, values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: normalise_value(value, self.desk.replaced) for name, value in values.items()}

    def _settled(self, cursor: Cursor) -> Cursor:
        """Where the run stands, once the digest of its state is there, if it was taken."""
        pending = self.states.pending
        state = self.states.settle()
        if not state or pending is None or not self.keeper.named(pending, state):
            return cursor
        number = pending
        self.path[state] = (number, cursor.text)
        if self.snapshots and self.snapshots[-1].number == number:
            self.snapshots[-1] = replace(self.snapshots[-1], states=self.snapshots[-1].states | {state})
        return Cursor(state, cursor.text)

    def finish(self) -> None:
        """Nothing more is to run: wait for states that are being written."""
        self.saver.finish(good=self.keeper.stores)

    def _stopped(self, number: int, reply: Reply, *, late: bool) -> None:
        outputs = normalise_outputs(reply.outputs, number + 1, self.desk.replaced)
        world, run = self.world, self.run

        def install() -> str:
            return to_install(world.plan, run, world.store)

        found = stopped(run, number, reply, outputs, self.numbers, world.lines, late=late, install=install)
        self.trouble.problems.append(found)


def _went_well(step: Step, reply: Reply) -> bool:
    return reply.status == "ok" or (reply.status == "error" and step.cell.raises)


def _shows_source(reply: Reply) -> bool:
    return reply.status == "error" or shows_source(reply.outputs)


def _status(reply: Reply) -> CellStatus:
    match reply.status:
        case "ok" | "error" | "timeout" | "dead" as status:
            return status
        case _:
            return "dead"
