"""What packages and Python keep for a page beside its names, taken along to another process.

What is missing here shows in the digest of the state, and the cells are run again then.
"""

from __future__ import annotations

import decimal
import gc
import io
import locale
import os
import random
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from typing import Any

from .kept_figures import figures, matplotlib_values, put_figures, put_matplotlib
from .settings import Start

__all__ = ["put_back", "taken"]

_SIMPLE = (bool, int, float, str, type(None), list, tuple, set, frozenset)
"""Kinds of values of settings that digests look at."""


def taken(shell: Any, start: Start) -> dict[str, Any]:
    """All that is known of this process, whose `start` tells how it was at first."""
    out: dict[str, Any] = {
        "random": random.getstate(),
        "environment": start.variables(),
        "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(),
        "collecting": gc.isenabled(),
        "decimal": decimal.getcontext(),
        "folder": os.path.relpath(os.getcwd(), _root()),
        "figures": figures(shell),
        "magics": sorted(getattr(shell.magics_manager, "_loaded_lazy", ())),
        "traits": {
            key: [name for name, value in one._trait_values.items() if isinstance(value, _SIMPLE)]
            for key, one in _configured(shell)
        },
    }
    for name, (take, _) in _PACKAGES.items():
        if name in sys.modules:
            out[name] = take(sys.modules[name])
    # Last, as asking for settings may warn.
    out["filters"] = _filters()
    out["once"] = dict(_once())
    out["registers"] = {
        name: dict(register)
        for name, module in list(sys.modules.items())
        if name != "__main__"
        and hasattr(module, "__dict__")
        and (register := vars(module).get("__warningregistry__"))
    }
    out["version"] = filters_version()
    return out


def put_back(shell: Any, kept: dict[str, Any]) -> None:
    """Make this process what the other one was."""
    for name, value in kept["environment"].items():
        os.environ[name] = value or ""
        if value is None:
            del os.environ[name]
    locale.setlocale(locale.LC_ALL, kept["locale"])
    sys.setrecursionlimit(kept["recursion"])
    os.chdir(os.path.join(_root(), kept["folder"]))
    decimal.setcontext(kept["decimal"])
    _load_magics(shell.magics_manager, kept["magics"])
    for key, one in _configured(shell):
        for name in kept["traits"].get(key, ()):
            # Settings have their values when they are asked for first; they are listed in that order.
            getattr(one, name)
            one._trait_values[name] = one._trait_values.pop(name)
    shown: set[Any] = getattr(sys.modules.get("traitlets.utils.warnings"), "_deprecations_shown", set())
    before = set(shown)
    for name, (_, put) in _PACKAGES.items():
        if name in kept:
            put(sys.modules[name], kept[name])
    put_figures(shell, *kept["figures"])
    shown.intersection_update(before)  # setting these may warn inwardly, and only once
    random.setstate(kept["random"])
    (gc.enable if kept["collecting"] else gc.disable)()
    if _filters() != kept["filters"]:
        filters: Any = warnings.filters
        known = {_name(item[2]): item[2] for item in filters}
        filters[:] = [
            (action, message, known.get(category) or _class(*category), module, line)
            for action, message, category, module, line in kept["filters"]
        ]
        warnings._filters_mutated()  # type: ignore[attr-defined]
    _once().update(kept["once"])
    for name, register in kept["registers"].items():
        vars(sys.modules[name])["__warningregistry__"] = register
    # Registers that were made under other filters are taken for outdated, and warnings come again.
    for _ in range(kept["version"] - filters_version()):
        warnings._filters_mutated()  # type: ignore[attr-defined]
    if filters_version() != kept["version"]:
        raise ValueError("the filters of warnings were changed more often than before")


def _filters() -> list[tuple[Any, ...]]:
    """Filters of warnings; categories by name, as they may be of libraries that the page cannot see yet."""
    filters: Any = warnings.filters
    return [(action, message, _name(kind), module, line) for action, message, kind, module, line in filters]


def _name(kind: type) -> tuple[str, str]:
    return kind.__module__, kind.__qualname__


def _class(module: str, name: str) -> Any:
    current: Any = sys.modules[module]
    for part in name.split("."):
        current = getattr(current, part)
    return current


def filters_version() -> int:
    """How often filters of warnings were changed, as registers note it."""
    register: dict[Any, Any] = {}
    with redirect_stderr(io.StringIO()):
        # What shows it looks for the line of a file by that name, unless the name has these brackets: that
        # would count as read by the page.
        warnings.warn_explicit("", UserWarning, "<etude>", 1, "etude", register)
    return int(register["version"])


def _once() -> dict[Any, Any]:
    """Warnings that were shown and are to be shown once."""
    return vars(warnings)["onceregistry"]  # type: ignore[no-any-return]


def _root() -> str:
    return os.environ.get("ETUDE_TRACE_ROOT") or os.sep


def _configured(shell: Any) -> list[tuple[str, Any]]:
    """The shell and what shows values for it."""
    return [("", shell), *sorted(shell.display_formatter.formatters.items())]


def _load_magics(manager: Any, loaded: list[str]) -> None:
    """Load magics that the shell has loaded when one of them was used first."""
    if loaded:
        for name, kind, spec in manager._lazy_declarations():
            if spec in loaded and ":" in spec:
                manager.load_lazy(name, kind)


def _numpy(numpy: Any) -> dict[str, Any]:
    out = {"print": numpy.get_printoptions(), "errors": numpy.geterr(), "call": numpy.geterrcall()}
    if "numpy.random" in sys.modules:
        out["state"] = numpy.random.get_state(legacy=False)
        out["made"] = len(getattr(numpy.random.default_rng, "made", ()))
    return out


def _put_numpy(numpy: Any, kept: dict[str, Any]) -> None:
    # Setting what is set already would leave traces in the context.
    if numpy.get_printoptions() != kept["print"]:
        numpy.set_printoptions(**kept["print"])
    if numpy.geterr() != kept["errors"]:
        numpy.seterr(**kept["errors"])
    if kept["call"] is not numpy.geterrcall():
        numpy.seterrcall(kept["call"])
    if "state" in kept:
        numpy.random.set_state(kept["state"])
        numpy.random.default_rng.made[:] = [0] * kept["made"]


def _torch(torch: Any) -> dict[str, Any]:
    return {
        "state": torch.get_rng_state().numpy().tobytes(),
        "grad": torch.is_grad_enabled(),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "strict": torch.are_deterministic_algorithms_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        "precision": torch.get_float32_matmul_precision(),
        "print": dict(vars(torch._tensor_str.PRINT_OPTS)),
    }


def _put_torch(torch: Any, kept: dict[str, Any]) -> None:
    torch.set_default_dtype(kept["dtype"])
    if torch.get_num_threads() != kept["threads"]:
        torch.set_num_threads(kept["threads"])
    if torch.are_deterministic_algorithms_enabled() != kept["strict"]:
        torch.use_deterministic_algorithms(kept["strict"])
    if torch.is_anomaly_enabled() != kept["anomaly"]:
        torch.autograd.set_detect_anomaly(kept["anomaly"])
    if torch.get_float32_matmul_precision() != kept["precision"]:
        torch.set_float32_matmul_precision(kept["precision"])
    vars(torch._tensor_str.PRINT_OPTS).update(kept["print"])
    torch.set_grad_enabled(kept["grad"])
    torch.set_rng_state(torch.frombuffer(bytearray(kept["state"]), dtype=torch.uint8))


def _pandas(pandas: Any) -> dict[str, Any]:
    config = pandas._config.config
    return {key: config.get_option(key) for key in config._registered_options if "deprecated" not in key}


def _put_pandas(pandas: Any, kept: dict[str, Any]) -> None:
    for key, value in kept.items():
        if repr(pandas._config.config.get_option(key)) != repr(value):
            pandas.set_option(key, value)


def _sklearn(sklearn: Any) -> dict[str, Any]:
    return dict(sklearn.get_config())


def _put_sklearn(sklearn: Any, kept: dict[str, Any]) -> None:
    sklearn.set_config(**kept)


_PACKAGES: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], None]]] = {
    "numpy": (_numpy, _put_numpy),
    "torch": (_torch, _put_torch),
    "matplotlib": (matplotlib_values, put_matplotlib),
    "pandas": (_pandas, _put_pandas),
    "sklearn": (_sklearn, _put_sklearn),
}
