"""What runs ask of the machine, what they get, and what happens when they take more."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from etude.execute.needs import declared, needs_of
from etude.execute.recipe import Recipe
from etude.execute.record import load_recipe
from etude.execute.schedule import Machine, Needs, Part
from etude.execute.surroundings import kernel_environment
from etude.model.block import Resources
from etude.model.config import ExecuteConfig
from etude.model.page import PageExecution
from etude.model.progress import KernelStarted, MemoryUsed, RunFinished, RunStarted
from etude.model.protocols import LostError, Reply, Usage
from etude.model.rules import Rule

GB = 10**9
DEAD = Reply("dead", (), {}, 0.5)


class FakeWatch:
    """Gives each kernel the next of some usages."""

    def __init__(self, *usages):
        self.usages = list(usages)
        self.asked = []

    @contextmanager
    def over(self, _kernel, limit, kept, told):
        self.asked.append((limit, kept))
        usage = self.usages.pop(0) if self.usages else Usage()
        told(usage.memory)
        yield lambda: usage


def recipe_of(world, name="zh/a.md|"):
    return load_recipe(world.store.get("recipe", name))


# ---- what is asked


@pytest.mark.parametrize(
    ("cells", "page", "book", "asked"),
    [
        ((), None, {}, Resources()),
        ((), None, {"cpus": 2.0, "gpus": 0.0}, Resources(2.0, None, 0.0)),
        ((), Resources(memory=GB), {"cpus": 2.0}, Resources(2.0, GB, None)),
        ((), Resources(cpus=1.0), {"cpus": 2.0}, Resources(1.0, None, None)),
        ((Resources(gpus=1.0), None), Resources(gpus=0.0), {}, Resources(gpus=1.0)),
        ((Resources(2.0), Resources(3.0, GB)), Resources(1.0, 2 * GB), {}, Resources(3.0, 2 * GB)),
    ],
)
def test_what_a_run_asks_is_what_its_page_and_cells_say_else_the_book(world, cells, page, book, asked):
    world.page("a", *(world.cell("1", resources=item) for item in cells))
    codes = world.codes()[0].cells
    config = ExecuteConfig(resources=Resources(**book))
    assert asked == declared(codes, PageExecution(resources=page), config)


@pytest.mark.parametrize(
    ("resources", "recipe", "limit", "needs"),
    [
        (Resources(), None, 0, Needs(2.0)),
        (Resources(3.0, GB, 0.5), Recipe((), (), "", 5 * GB, 7.0), 0, Needs(3.0, GB, 0.5)),
        (Resources(), Recipe((), (), "", 10 * GB), 0, Needs(2.0, 11 * GB)),
        (Resources(), Recipe((), (), "", 10 * GB), 2 * GB, Needs(2.0, 2 * GB)),
        (Resources(memory=0), Recipe((), (), "", 10 * GB), 0, Needs(2.0, 0)),
        (Resources(), Recipe((), (), "", 0, 2.4), 0, Needs(2.0)),
        (Resources(), Recipe((), (), "", 0, 3.9), 0, Needs(3.9)),
        (Resources(), Recipe((), (), "", 0, 0.1), 0, Needs(0.1)),
    ],
)
def test_what_is_kept_for_a_run(resources, recipe, limit, needs):
    assert needs == needs_of(resources, recipe, share=2.0, limit=limit)


def test_what_a_run_took_is_remembered(world):
    world.watch = FakeWatch(Usage(2 * GB, 3 * GB, 9.0))

    def slow(_kernel):
        world.now += 4.0
        return Reply("ok", (), {}, 4.0)

    world.script["slow()"] = slow
    world.page("a", "slow()")
    world.execute()
    kept = recipe_of(world)
    assert (3 * GB, 2.25) == (kept.memory, kept.cpus)
    world.execute()
    assert kept == recipe_of(world), "nothing ran: it stays"
    world.watch = FakeWatch(Usage(GB, GB, 1.0))
    world.script["slow()"] = Reply("ok", (), {}, 0.1)
    world.execute("force")
    kept = recipe_of(world)
    assert (GB, 2.25) == (kept.memory, kept.cpus), "it was too short to tell of processors"
    world.page("a", "slow()", "x = 1")
    world.watch = FakeWatch(Usage(GB // 2, GB // 2))
    world.execute()
    assert GB // 2 == recipe_of(world).memory


def test_what_only_a_part_of_a_run_took_is_not_all_that_it_takes(world):
    world.watch = FakeWatch(Usage(peak=3 * GB))
    world.page("a", "x = 1", "y = 2")
    world.execute()
    world.watch = FakeWatch(Usage(peak=GB))
    world.page("a", "x = 1", "y = 2", evals=(("x", 1),))
    world.execute()
    assert ["x = 1"] == world.ran
    assert 3 * GB == recipe_of(world).memory


def test_what_is_known_of_a_run_is_kept_free_for_it(world):
    world.watch = FakeWatch(Usage(peak=GB))
    world.page("a", "x = 1", memory_limit=7)
    world.page("b", "x = 2", resources=Resources(memory=5))
    world.execute()
    assert {(7, 0), (0, 5)} == set(world.watch.asked)


# ---- what they get


def test_threads_are_the_share_or_as_many_as_processors_are_declared(world):
    world.threads = 3
    world.page("a", "x = 1")
    world.page("b", "x = 1", resources=Resources(cpus=2.5))
    world.page("c", "x = 1", resources=Resources(cpus=0.5))
    world.machine = Machine(slots=3, cpus=1.0)
    world.execute()
    threads = {environment["OMP_NUM_THREADS"] for _, _, _, environment in world.opened}
    assert {"3", "2", "1"} == threads
    assert {("a", 3), ("b", 2), ("c", 1)} == {
        (event.page, event.threads) for event in world.events if isinstance(event, RunStarted)
    }


def test_a_run_sees_the_gpus_that_it_asked_for(world):
    world.environment = {"CUDA_VISIBLE_DEVICES": "4,GPU-9,6"}
    world.machine = Machine(slots=4, cpus=4.0, gpus=("4", "GPU-9", "6"))
    for name, gpus in {"two": 2.0, "none": 0.0, "unsaid": None, "half": 0.5}.items():
        world.page(name, "x = 1", resources=Resources(gpus=gpus))
    world.execute()
    seen = {event.page: event.gpus for event in world.events if isinstance(event, RunStarted)}
    variable = [environment["CUDA_VISIBLE_DEVICES"] for _, _, _, environment in world.opened]
    assert {"two": ("4", "GPU-9"), "none": (), "unsaid": (), "half": ("4",)} == seen
    assert ["4", "4,GPU-9", "", "4,GPU-9,6"] == sorted(variable, key=["4", "4,GPU-9", "", "4,GPU-9,6"].index)


def test_half_a_gpu_is_not_filled_at_once():
    given = kernel_environment({}, threads=1, gpus=("0",), share=0.5)
    assert ("0.45", "true") == (given["XLA_PYTHON_CLIENT_MEM_FRACTION"], given["TF_FORCE_GPU_ALLOW_GROWTH"])
    own = kernel_environment({"XLA_PYTHON_CLIENT_MEM_FRACTION": ".2"}, threads=1, gpus=("0",), share=0.5)
    assert ".2" == own["XLA_PYTHON_CLIENT_MEM_FRACTION"]
    for whole in (
        kernel_environment({}, threads=1, gpus=("0",), share=1.0),
        kernel_environment({}, threads=1, gpus=(), share=0.0),
        kernel_environment({}, threads=1),
    ):
        assert "XLA_PYTHON_CLIENT_MEM_FRACTION" not in whole
    assert "CUDA_VISIBLE_DEVICES" not in whole


@pytest.mark.parametrize("changed", [Resources(cpus=2.0), Resources(gpus=0.0), Resources(cpus=1.0, memory=5)])
def test_declared_threads_and_gpus_are_part_of_what_results_depend_on(world, changed):
    world.page("a", "x = 1", resources=Resources(memory=1))
    world.execute()
    before = world.keys()
    world.page("a", "x = 1", resources=changed)
    assert before != world.keys()
    world.execute()
    assert ["x = 1"] == world.ran


def test_memory_and_limits_change_no_result(world):
    world.page("a", "x = 1", resources=Resources(2.0))
    world.execute()
    world.page("a", "x = 1", resources=Resources(2.9, GB), memory_limit=5 * GB)
    world.threads = 7
    world.execute()
    assert [] == world.ran


# ---- what cannot be had


@pytest.mark.parametrize(
    ("resources", "what", "there"),
    [
        (Resources(gpus=1.0), "a GPU", "no GPU"),
        (Resources(gpus=1.5), "2 GPUs", "no GPU"),
        (Resources(memory=9 * GB), "9 GB of memory", "8 GB of memory"),
    ],
)
def test_what_the_machine_does_not_have_is_told_and_does_not_wait(world, resources, what, there):
    world.machine = Machine(slots=2, cpus=2.0, memory=4 * GB, total=8 * GB)
    world.page("a", "x = 1", "y = 1", resources=resources)
    world.page("b", "x = 1", resources=Resources(cpus=64, memory=7 * GB))
    done = world.execute()
    (problem,) = done.diagnostics
    assert (Rule.RESOURCES_MISSING, "zh/a.md") == (problem.rule, problem.place.path)
    assert f"the run asks for {what}, which this machine does not have" == problem.message
    assert there in problem.trace
    assert 1 == done.executed
    assert ["missing", "missing"] == [c.status for c in done.results["zh/a.md"][""].cells.values()]


def test_what_is_stored_asks_for_nothing(world):
    world.machine = Machine(gpus=("0",))
    world.page("a", "x = 1", resources=Resources(gpus=1.0))
    world.execute()
    world.machine = None
    assert () == world.execute().diagnostics
    assert Rule.RESULT_MISSING not in [problem.rule for problem in world.execute("frozen").diagnostics]
    (problem,) = world.execute("force").diagnostics
    assert Rule.RESOURCES_MISSING == problem.rule


# ---- what takes too much


def test_a_run_that_was_ended_for_its_memory_is_told_at_its_cell(world):
    world.watch = FakeWatch(Usage(3 * GB, 4 * GB, 1.0, 5, "limit"))
    world.page("a", "x = 1", "big()", "y = 1", memory_limit=2 * GB)
    world.script["big()"] = DEAD
    done = world.execute()
    (problem,) = done.diagnostics
    assert Rule.MEMORY_LIMIT == problem.rule
    assert "the run took more memory than its limit of 2 GB" == problem.message
    assert "it had 3 GB in 5 processes when it was ended" == problem.trace
    start = world.files.content["zh/a.md"].decode().index("```{code-cell}\nbig")
    assert start <= problem.place.span.start <= start + 15
    assert 4 * GB == recipe_of(world).memory


def test_a_run_that_took_all_the_machine_has(world):
    world.watch = FakeWatch(Usage(3 * GB, 4 * GB, 1.0, 1, "machine"))
    world.page("a", "big()")
    world.script["big()"] = DEAD
    (problem,) = world.execute().diagnostics
    assert "the run took all the memory that the machine can spare" == problem.message
    assert "it had 3 GB when it was ended" == problem.trace


def test_a_kernel_that_died_by_itself_is_told_as_before(world):
    world.watch = FakeWatch(Usage(3 * GB, 4 * GB))
    world.page("a", "big()")
    world.script["big()"] = DEAD
    assert [Rule.KERNEL_DIED] == [problem.rule for problem in world.execute().diagnostics]


def test_a_run_that_was_ended_too_late_is_done(world):
    world.watch = FakeWatch(Usage(ended="limit"))
    world.page("a", "x = 1")
    assert () == world.execute().diagnostics


def test_a_run_that_had_to_make_room_runs_once_more_alone(world):
    tries = []

    def big(kernel):
        tries.append(kernel)
        return DEAD if len(tries) == 1 else Reply("ok", (), {}, 0.5)

    world.machine = Machine(slots=2, cpus=2.0)
    world.watch = FakeWatch(Usage(GB, 2 * GB, ended="crowded"))
    world.script["big()"] = big
    world.page("a", "x = 1", "big()", "y = 1")
    world.page("b", "z = 1")
    done = world.execute()
    assert () == done.diagnostics
    assert 2 == len(tries)
    ended = [(event.page, event.status) for event in world.events if isinstance(event, RunFinished)]
    assert [("a", "again"), ("a", "ok"), ("b", "ok")] == ended
    assert {"ok"} == {cell.status for cell in done.results["zh/a.md"][""].cells.values()}


def test_runs_that_make_room_for_each_other_all_end(world):
    world.watch = FakeWatch(
        Usage(GB, GB, ended="crowded"), Usage(GB, GB, ended="crowded"), Usage(ended="machine")
    )
    world.script["big()"] = DEAD
    world.page("a", "big()")
    (problem,) = world.execute().diagnostics
    assert Rule.MEMORY_LIMIT == problem.rule


# ---- what is told


def test_kernels_and_memory_are_told(world):
    world.watch = FakeWatch(Usage(GB, 2 * GB, 3.0))
    world.page("a", "x = 1")
    world.execute()
    assert KernelStarted("a", "", "lean", 0.0) in world.events
    assert MemoryUsed("a", "", GB) in world.events
    assert RunFinished("a", "", "ok", 0.0, 1, 0, "", 2 * GB, 3.0) in world.events


# ---- clusters


CLUSTER = Machine(
    slots=3,
    cpus=12,
    memory=24 * GB,
    gpus=("0", "1"),
    total=24 * GB,
    parts=(Part(4, 2, 8 * GB), Part(8, 0, 16 * GB)),
)


@pytest.mark.parametrize(
    ("resources", "what"),
    [
        (Resources(gpus=3.0), "3 GPUs"),
        (Resources(memory=17 * GB), "17 GB of memory"),
        (Resources(gpus=1.0, memory=9 * GB), "9 GB of memory beside a GPU"),
    ],
)
def test_what_no_machine_of_a_cluster_has_is_told(world, resources, what):
    world.machine = CLUSTER
    world.page("a", "x = 1", resources=resources)
    world.page("b", "x = 1", resources=Resources(gpus=2.0, memory=8 * GB))
    (problem,) = world.execute().diagnostics
    assert (Rule.RESOURCES_MISSING, "zh/a.md") == (problem.rule, problem.place.path)
    assert f"the run asks for {what}, which no machine of the cluster has" == problem.message
    assert "1 machine with 4 processors, 8 GB of memory, 2 GPUs" in problem.trace


@pytest.mark.parametrize(
    ("parts", "slots", "share"),
    [
        ((4, 4), 2, 4),
        ((4, 4), 3, 2),
        ((8, 8), 3, 4),
        ((0, 6), 4, 1.5),
        ((16,), 3, 16 / 3),
        ((2, 1), 9, 1 / 3),
    ],
)
def test_each_run_has_its_share_on_one_machine(parts, slots, share):
    machine = Machine(slots, sum(parts), parts=tuple(Part(cpus) for cpus in parts))
    assert share == machine.share


# ---- machines that are lost


class Losing:
    """A cell during which the machine is lost, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, _kernel):
        self.left -= 1
        if self.left >= 0:
            raise LostError(f"node {self.left} is gone")
        return Reply("ok", (), {}, 0.5)


def test_a_run_that_is_lost_begins_again_elsewhere(world):
    world.page("a", "x = 1", "lose()", "y = 1")
    world.page("b", "z = 1")
    world.script["lose()"] = Losing(3)
    done = world.execute()
    assert () == done.diagnostics
    assert ["x = 1"] * 4 == [code for code in world.ran if code == "x = 1"]
    assert 1 == world.ran.count("z = 1")
    assert all(kernel.closed for kernel in world.kernels)
    assert {"ok"} == {cell.status for cell in done.results["zh/a.md"][""].cells.values()}


def test_a_run_that_is_lost_too_often_is_an_error(world):
    world.page("a", "x = 1", "lose()", "y = 1")
    world.script["lose()"] = Losing(9)
    done = world.execute()
    (problem,) = done.diagnostics
    assert Rule.WORKER_LOST == problem.rule
    assert "the run was lost with its worker 4 times" == problem.message
    assert "node 8 is gone\nnode 7 is gone\nnode 6 is gone\nnode 5 is gone" == problem.trace
    # What had ended before is kept.
    cells = done.results["zh/a.md"][""].cells.values()
    assert ["ok", "missing", "missing"] == [cell.status for cell in cells]


def test_a_machine_that_is_lost_while_a_desk_is_made(world, monkeypatch):
    opened = world.open
    losses = [LostError("gone"), LostError("gone")]

    def open_later(*asked):
        if losses:
            raise losses.pop()
        return opened(*asked)

    monkeypatch.setattr(world, "open", open_later)
    world.page("a", "x = 1")
    assert () == world.execute().diagnostics
    assert ["x = 1"] == world.ran


def test_desks_hear_what_is_kept_for_a_run(world, monkeypatch):
    heard = []
    opened = world.open
    monkeypatch.setattr(world, "open", lambda needs, *more: heard.append(needs) or opened(needs, *more))
    world.machine = CLUSTER
    world.page("a", "x = 1", resources=Resources(cpus=3, memory=GB, gpus=0.5))
    world.execute()
    assert [(3, GB, 0.5)] == [(needs.cpus, needs.memory, needs.gpus) for needs in heard]
