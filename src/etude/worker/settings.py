"""What the process and the standard library keep beside the page's own variables, for digests.

Each yields names and values; what is code of the page counts by what it does. `UnknownError` is raised
where something is set that cannot be written down.
"""

from __future__ import annotations

import abc
import atexit
import contextvars
import csv
import decimal
import faulthandler
import gc
import locale
import logging
import os
import random
import resource
import signal
import socket
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from .described import described, named
from .packages import PROBES
from .unknown import UnknownError

__all__ = ["Start", "settings"]

_OF_ONE_RUN = ("TMPDIR", "TEMP", "TMP", "PWD", "OLDPWD", "PYTHONPATH", "IPYTHONDIR", "_", "SHLVL", "ETUDE_")
_OWN = ("_etude", "_etude_cloudpickle")

_ByValue = Callable[[str], bool]


class Start:
    """How the process stood when nothing of the page had run, and what it has set since.

    The variables of the terminal in which somebody builds are no work of the page.
    """

    def __init__(self) -> None:
        """Look at them."""
        self.modules = frozenset(sys.modules)
        self.token: Any = abc.get_cache_token()
        self.exits = atexit._ncallbacks()
        self.environment = variables()
        self._set: dict[str, str | None] = {}
        sys.addaudithook(self._note)
        self.loop: Any = None
        """The event loop that cells find."""

    def _note(self, event: str, arguments: Any) -> None:
        # Also where the value was the same: in another terminal it would not have been.
        if event == "os.putenv":
            self._set[os.fsdecode(arguments[0])] = os.fsdecode(arguments[1])
        elif event == "os.unsetenv":
            self._set[os.fsdecode(arguments[0])] = None

    def variables(self) -> dict[str, str | None]:
        """Variables that were set, with their values; None where one was removed."""
        now = variables()
        names = {name for name in {*now, *self.environment} if now.get(name) != self.environment.get(name)}
        for name, value in self._set.items():
            if not name.startswith(_OF_ONE_RUN):
                if value != now.get(name):
                    raise UnknownError("a variable that `os.environ` does not know of")
                names.add(name)
        return {name: now.get(name) for name in sorted(names)}


def settings(start: Start, used: frozenset[str], by_value: _ByValue) -> Iterator[tuple[str, Any]]:
    """`used` are the top-level names of the packages that the page has loaded."""

    def told(value: Any) -> Any:
        return described(value, by_value)

    yield "random", random.getstate()
    yield "environment", list(start.variables().items())
    yield "process", _process()
    yield "interpreter", list(_interpreter(told))
    yield "path", [path for path in sys.path if os.sep + "scratch" + os.sep not in path]
    yield "imports", [_finder(item, by_value) for item in (*sys.meta_path, *sys.path_hooks)]
    yield "locale", (locale.setlocale(locale.LC_ALL), time.tzname, time.timezone)
    yield "warnings", [_filter(item) for item in warnings.filters]
    yield "decimal", [_decimal(one) for one in (decimal.getcontext(), *_decimal_defaults())]
    yield "logging", list(_loggers(told))
    yield "signals", [(number, told(signal.getsignal(number))) for number in sorted(signal.valid_signals())]
    yield "subclasses", abc.get_cache_token() - start.token
    yield "exits", atexit._ncallbacks() - start.exits
    yield "csv", (csv.field_size_limit(), [(name, _dialect(name)) for name in csv.list_dialects()])
    yield "sockets", socket.getdefaulttimeout()
    yield "variables", list(_context())
    forks = sys.modules.get("multiprocessing.util")
    # By their order: the keys hold numbers of this process alone.
    found = sorted(forks._afterfork_registry.items(), key=lambda item: item[0][0]) if forks else ()
    yield "after forks", [(key[0], told(key[2]), told(value)) for key, value in found]
    for name, probe in PROBES.items():
        if name in used and name in sys.modules:
            yield name, probe(sys.modules[name], told)


def variables() -> dict[str, str]:
    """The environment, without what is of one run."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OF_ONE_RUN)}


def _process() -> list[Any]:
    with open("/proc/self/status") as file:
        mask = next((line for line in file if line.startswith("Umask")), "")
    limits = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    return [
        mask,
        [resource.getrlimit(getattr(resource, name)) for name in limits],
        os.getpriority(os.PRIO_PROCESS, 0),
        sorted(os.sched_getaffinity(0)),
        # Whether very small numbers are taken for zero.
        sys.float_info.min / 4 == 0.0,
    ]


def _interpreter(told: Callable[[Any], Any]) -> Iterator[Any]:
    yield sys.argv, sys.getrecursionlimit(), sys.flags.optimize, sys.getswitchinterval()
    yield gc.get_threshold(), gc.get_debug(), sys.dont_write_bytecode
    yield getattr(sys, "get_int_max_str_digits", int)(), faulthandler.is_enabled(), tracemalloc.is_tracing()
    for name in (
        "displayhook",
        "excepthook",
        "unraisablehook",
        "breakpointhook",
        "ps1",
        "ps2",
        "tracebacklimit",
    ):
        yield name, told(getattr(sys, name, None))
    yield [told(hook) for hook in sys.get_asyncgen_hooks()]
    if sys.gettrace() is not None or sys.getprofile() is not None:
        raise UnknownError("a function that traces")
    for name in ("stdout", "stderr", "stdin"):
        stream = getattr(sys, name)
        yield stream if stream is not getattr(sys, f"__{name}__") and name != "stdin" else name
    error = getattr(sys, "last_value", None)
    trace, places = getattr(sys, "last_traceback", None), []
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_name, trace.tb_lasti))
        trace = trace.tb_next
    yield named(type(error)), str(error), places


def _finder(finder: Any, by_value: _ByValue) -> Any:
    kind = finder if isinstance(finder, type) else type(finder)
    if kind.__module__.partition(".")[0] in _OWN:
        return ""
    return described(finder, by_value) if by_value(getattr(finder, "__module__", "") or "") else named(finder)


def _filter(item: Any) -> tuple[Any, ...]:
    action, message, category, module, line = item
    patterns = [(getattr(one, "pattern", one), getattr(one, "flags", 0)) for one in (message, module)]
    return (action, patterns, category.__name__, line)


def _decimal(context: Any) -> str:
    return repr(context)


def _decimal_defaults() -> tuple[Any, ...]:
    return decimal.DefaultContext, decimal.BasicContext, decimal.ExtendedContext


def _dialect(name: str) -> list[Any]:
    dialect = csv.get_dialect(name)
    names = ("delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting")
    return [getattr(dialect, key) for key in (*names, "skipinitialspace", "strict")]


def _loggers(told: Callable[[Any], Any]) -> Iterator[Any]:
    yield logging.root.manager.disable, [(key, str(value)) for key, value in logging._levelToName.items()]
    yield None if logging.lastResort is None else logging.lastResort.level
    loggers = [logging.getLogger(name) for name in sorted(logging.root.manager.loggerDict)]
    for one in (logging.getLogger(), *loggers):
        if one.level or one.handlers or one.filters or not one.propagate or one.disabled:
            handlers = [_handler(handler, told) for handler in one.handlers]
            yield one.name, one.level, one.propagate, one.disabled, handlers, told(one.filters)


def _handler(handler: logging.Handler, told: Callable[[Any], Any]) -> Any:
    form = handler.formatter
    shape = form and (named(form), getattr(form, "_fmt", None), form.datefmt)
    stream = getattr(handler, "stream", None)
    target = next((name for name in ("stdout", "stderr") if stream is getattr(sys, name)), named(stream))
    if type(handler).__module__ == "__main__":
        raise UnknownError("a handler of the page's own for what is logged")
    return named(handler), handler.level, shape, told(handler.filters), target


def _context() -> Iterator[Any]:
    for variable, value in contextvars.copy_context().items():
        if variable.name not in ("parent_header", "decimal_context"):
            yield variable, value
