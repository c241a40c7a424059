"""What the head of a page says of running it: `execute`, and the same in the words of MyST-NB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from etude.model.config import Worker
from etude.model.page import PageExecution
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context
from etude.parse.spelling import did_you_mean
from etude.parse.values import (
    Bad,
    names,
    parse_resources,
    seconds,
    size,
    text,
    timings,
    tolerance,
    truth,
    whole,
)

__all__ = ["EXECUTION_FIELDS", "execution", "kernel", "turned_off"]


def execution(context: Context, value: Any, span: Span) -> PageExecution:
    """How the page runs; keys that are not known, and wrong values, are reported at `span`."""
    if not isinstance(value, dict):
        raise Bad("expected a table of keys and values")
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = str(key).replace("-", "_")
        if name in _ELSEWHERE:
            continue
        if name not in _EXECUTION:
            context.report(
                Rule.FRONT_MATTER_UNKNOWN_KEY,
                f"the key `execute.{key}` is not known",
                span,
                hints=did_you_mean(name, _EXECUTION),
            )
            continue
        try:
            found[name] = _EXECUTION[name](item)
        except Bad as bad:
            context.report(Rule.FRONT_MATTER_VALUE, f"`execute.{key}`: {bad}", span)
    return PageExecution(**found)


def turned_off(value: Any) -> bool:
    """Whether MyST-NB is told not to run a page."""
    return isinstance(value, dict) and str(value.get("execution_mode")).lower() in {"off", "false"}


def kernel(value: Any) -> str:
    """The name of a kernel; raises `Bad`."""
    name = value.get("name") if isinstance(value, dict) else value
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise Bad("expected the name of a kernel, or a table with its `name`")
    return text(name)


def _worker(value: Any) -> str:
    if value not in get_args(Worker):
        raise Bad(f"expected one of {', '.join(get_args(Worker))}")
    return str(value)


def _checkpoint(value: Any) -> float | None:
    """Seconds; ``true`` is what the book says, ``false`` never."""
    if str(value).strip().lower() in ("true", "false"):
        return None if truth(value) else 0.0
    return 0.0 if str(value).strip() == "0" else seconds(value)


def _outside(value: Any) -> tuple[str, ...]:
    """Patterns of files that are not the book's; raises `Bad`."""
    found = names(value)
    if not all(pattern.startswith(("/", "~/", "$")) for pattern in found):
        raise Bad("expected patterns of files outside of the book, which begin with `/`, `~/` or `$VAR`")
    return found


_EXECUTION: dict[str, Callable[[Any], Any]] = {
    "timeout": seconds,
    "run_timeout": seconds,
    "inputs": names,
    "pinned": _outside,
    "environment": names,
    "resources": parse_resources,
    "memory_limit": size,
    "checkpoint": _checkpoint,
    "seed": whole,
    "worker": _worker,
    "skip": truth,
    "tolerance": tolerance,
    "timings": timings,
}

_ELSEWHERE = frozenset({"cache", "depends_on"})
"""What MyST says of execution, and Etude finds out."""

EXECUTION_FIELDS = tuple(_EXECUTION)
