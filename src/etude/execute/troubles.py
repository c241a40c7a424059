"""What to say when a run stops, or could not begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from etude.execute.failure import SourceLines, failure_diagnostic
from etude.execute.plan import Run, Step
from etude.execute.schedule import Machine, Part
from etude.model.amounts import memory
from etude.model.diagnostic import Diagnostic, Rule, diagnose
from etude.model.protocols import Backend, KernelError, Reply, Usage
from etude.model.result import Failure, Output

__all__ = [
    "elsewhere",
    "lost",
    "no_kernel",
    "no_resources",
    "other_pinned",
    "stopped",
    "took_too_much",
    "wrote",
]


def stopped(
    run: Run,
    number: int,
    reply: Reply,
    outputs: Sequence[Output],
    numbers: Mapping[int, int],
    lines: SourceLines,
    *,
    late: bool,
    install: Callable[[], str],
) -> Diagnostic:
    """Why a step ended the run; `late`: the run's time was over, not the cell's.

    `install` is as in `failure_diagnostic`.
    """
    cell = run.steps[number].cell
    path = run.page.path_of(cell.span)
    match reply.status:
        case "timeout" if late:
            message = f"the run took longer than {run.run_timeout:g} s"
            hint = "set `run_timeout` under `execute` in the page's front matter"
            return diagnose(Rule.RUN_TIMEOUT, message, path, cell.span, hints=(hint,))
        case "timeout":
            message = f"the cell ran longer than {run.steps[number].timeout:g} s"
            hint = "give the cell more time with `:timeout:`, in seconds"
            return diagnose(Rule.CELL_TIMEOUT, message, path, cell.span, hints=(hint,))
        case "dead":
            message = "the kernel died while the cell ran"
            hint = "it may have run out of memory, or a library crashed"
            return diagnose(Rule.KERNEL_DIED, message, path, cell.span, hints=(hint,))
        case _:
            failure = next((item for item in reversed(outputs) if isinstance(item, Failure)), None)
            return failure_diagnostic(run, number, failure, numbers, lines, install)


def no_kernel(run: Run, error: KernelError) -> Diagnostic:
    """The run could not begin."""
    message, *hints = (str(item) for item in error.args or ("",))
    cell = run.steps[0].cell
    return diagnose(
        Rule.KERNEL_MISSING,
        f"the kernel `{run.kernel}` cannot be used: {message}",
        run.page.path_of(cell.span),
        cell.span,
        hints=hints,
    )


def no_resources(run: Run, what: str, machine: Machine) -> Diagnostic:
    """The run can never begin on this machine."""
    cell = run.steps[0].cell
    if machine.parts:
        return diagnose(
            Rule.RESOURCES_MISSING,
            f"the run asks for {what}, which no machine of the cluster has",
            run.page.path_of(cell.span),
            cell.span,
            hints=("add a machine that has, or ask for less with `resources`",),
            trace="the cluster has " + "; ".join(_parts(machine.parts)),
        )
    gpus = f"{len(machine.gpus)} GPUs" if len(machine.gpus) > 1 else "a GPU" if machine.gpus else "no GPU"
    return diagnose(
        Rule.RESOURCES_MISSING,
        f"the run asks for {what}, which this machine does not have",
        run.page.path_of(cell.span),
        cell.span,
        hints=("run it on a machine that has, or ask for less with `resources`",),
        trace=f"this machine has {machine.cpus:g} processors, {memory(machine.total)} of memory, {gpus}",
    )


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    """What the machines of a cluster have, each kind once."""
    for part, count in Counter(parts).most_common():
        gpus = f", {part.gpus} GPUs" if part.gpus > 1 else ", a GPU" if part.gpus else ""
        size = f", {memory(part.memory)} of memory" if part.memory else ""
        cpus = "1 processor" if part.cpus == 1 else f"{part.cpus:g} processors"
        yield f"{count} × ({cpus}{size}{gpus})" if count > 1 else f"1 machine with {cpus}{size}{gpus}"


def lost(run: Run, losses: Sequence[str]) -> Diagnostic:
    """The machines that the run was on were lost, one after the other."""
    cell = run.steps[0].cell
    return diagnose(
        Rule.WORKER_LOST,
        f"the run was lost with its worker {len(losses)} times",
        run.page.path_of(cell.span),
        cell.span,
        hints=(
            "look whether it takes all the memory of a node: then ask for more with `resources`",
            "results of cells that ended are kept: build again to go on",
        ),
        trace="\n".join(losses),
    )


def took_too_much(died: Diagnostic, run: Run, usage: Usage) -> Diagnostic:
    """The kernel died because it was ended for the memory that it took."""
    if usage.ended == "limit":
        message = f"the run took more memory than its limit of {memory(run.memory_limit)}"
        hint = "allow more with `memory_limit` under `execute` in the page's front matter, or keep less"
    else:
        message = "the run took all the memory that the machine can spare"
        hint = "keep less, or run it on a machine with more memory"
    processes = f" in {usage.processes} processes" if usage.processes > 1 else ""
    return diagnose(
        Rule.MEMORY_LIMIT,
        message,
        died.place.path,
        died.place.span,
        hints=(hint,),
        trace=f"it had {memory(usage.memory)}{processes} when it was ended",
    )


def other_pinned(run: Run, number: int, gone: Sequence[str], new: Sequence[str]) -> Diagnostic:
    """A step found other pinned files than its stored result was made with: `gone`, or `new` ones."""
    cell = run.steps[number].cell
    what = [f"{_some(gone)} not there"] if gone else []
    what += [f"{_some(new)} there now"] if new else []
    return diagnose(
        Rule.PINNED_DIFFER,
        f"this ran with other files than the stored results were made with: {', and '.join(what)}",
        run.page.path_of(cell.span),
        cell.span,
        hints=("what is shown from here on is new: for the stored results, undo what made the page run",),
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return (
        f"{shown} and {len(names) - 3} more are"
        if len(names) > 3
        else f"{shown} {'is' if len(names) == 1 else 'are'}"
    )


def elsewhere(run: Run, step: Step, what: str, backend: Backend | None) -> Diagnostic:
    """The run goes on in another kind of kernel, if there is one."""
    path, span = run.page.path_of(step.cell.span), step.cell.span
    if backend is None:
        message = f"the cell asks for {what}, which no kernel of this machine has"
        return diagnose(Rule.KERNEL_MISSING, message, path, span)
    return diagnose(
        Rule.WORKER_CHANGED,
        f"the cell asks for {what}, so the page runs in a kernel of the kind `{backend}`",
        path,
        span,
        hints=(f"`worker: {backend}` under `execute` in the page's front matter saves the first try",),
    )


def wrote(run: Run, step: Step, written: Sequence[str]) -> Diagnostic:
    """The book changed while the run ran."""
    names = ", ".join(f"`{path}`" for path in written[:5]) + (" …" if len(written) > 5 else "")
    return diagnose(
        Rule.WROTE_INTO_BOOK,
        f"the book's own files changed while the cell ran: {names}",
        run.page.path_of(step.cell.span),
        step.cell.span,
        hints=(
            "if it was the cell, let it write to a relative path: a run works in a copy of the book",
            "if you saved the file yourself, build again",
        ),
    )
