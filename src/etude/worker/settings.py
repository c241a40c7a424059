"""What packages keep beside the page's own variables, and later cells may depend on.

For packages that are known, what they let one set. Of others, everything that their modules hold;
those with compiled parts that are not known may hide more than can be seen, and then there is no digest.
"""

from __future__ import annotations

import contextvars
import decimal
import gc
import importlib.machinery
import locale
import logging
import os
import random
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from .pickling import UnknownError

__all__ = ["KNOWN", "settings", "strangers"]

KNOWN = frozenset(
    [
        "numpy",
        "scipy",
        "pandas",
        "matplotlib",
        "matplotlib_inline",
        "mpl_toolkits",
        "PIL",
        "torch",
        "functorch",
        "torchgen",
        "keras",
        "sklearn",
        "seaborn",
        "tqdm",
        "IPython",
        "ipykernel",
        "jupyter_client",
        "jupyter_core",
        "traitlets",
        "zmq",
        "tornado",
        "psutil",
        "debugpy",
        "comm",
        "jedi",
        "parso",
        "prompt_toolkit",
        "pygments",
        "pexpect",
        "ptyprocess",
        "decorator",
        "stack_data",
        "executing",
        "asttokens",
        "pure_eval",
        "wcwidth",
        "contourpy",
        "kiwisolver",
        "cycler",
        "pyparsing",
        "dateutil",
        "pytz",
        "tzdata",
        "six",
        "packaging",
        "fontTools",
        "sympy",
        "mpmath",
        "networkx",
        "jinja2",
        "markupsafe",
        "yaml",
        "_yaml",
        "charset_normalizer",
        "requests",
        "urllib3",
        "idna",
        "certifi",
        "h5py",
        "optree",
        "ml_dtypes",
        "namex",
        "absl",
        "rich",
        "markdown_it",
        "mdurl",
        "joblib",
        "threadpoolctl",
        "filelock",
        "fsspec",
        "typing_extensions",
        "msgspec",
        "regex",
        "lxml",
        "bs4",
        "soupsieve",
        "_cffi_backend",
        "cffi",
        "pycparser",
        "setuptools",
        "pkg_resources",
        "distutils",
        "_distutils_hack",
        "cloudpickle",
        "nest_asyncio",
        "platformdirs",
        "statsmodels",
        "patsy",
        "pyarrow",
        "_etude",
        "_etude_cloudpickle",
    ]
)
"""Packages whose settings are asked for here, or that have none that outputs depend on."""

_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())
_OF_ONE_RUN = ("TMPDIR", "TEMP", "TMP", "PWD", "OLDPWD", "PYTHONPATH", "IPYTHONDIR", "_", "SHLVL", "ETUDE_")


def settings(shell: Any, used: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Names and values; `used` are the top-level names of the packages that the page has loaded.

    Raises `UnknownError` when something cannot be told.
    """
    yield "random", random.getstate()
    yield "environment", sorted(item for item in os.environ.items() if not item[0].startswith(_OF_ONE_RUN))
    yield "path", [path for path in sys.path if os.sep + "scratch" + os.sep not in path]
    yield "locale", locale.setlocale(locale.LC_ALL)
    yield "limits", (sys.getrecursionlimit(), gc.isenabled(), sys.flags.optimize)
    yield "warnings", [_filter(item) for item in warnings.filters]
    yield "decimal", repr(decimal.getcontext())
    yield "logging", _loggers()
    yield "signals", [_named(signal.getsignal(number)) for number in (signal.SIGALRM, signal.SIGTERM)]
    yield "hooks", [_named(hook) for hook in (sys.displayhook, sys.excepthook, sys.unraisablehook)]
    yield "variables", _context()
    yield "shell", _shell(shell)
    for name, probe in _PROBES.items():
        if name in used and name in sys.modules:
            yield name, probe(sys.modules[name])


def strangers(used: frozenset[str], by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """What the modules of packages hold that are not known; raises `UnknownError` for compiled ones."""
    for name in sorted(sys.modules):
        module = sys.modules[name]
        top = name.partition(".")[0]
        if (
            top not in used
            or top in KNOWN
            or top in _STANDARD
            or by_value(name)
            or not isinstance(module, types.ModuleType)
        ):
            continue
        loader = getattr(getattr(module, "__spec__", None), "loader", None)
        if isinstance(loader, importlib.machinery.ExtensionFileLoader):
            raise UnknownError(f"the package `{top}` has compiled parts")
        if loader is not None:
            yield name, _content(vars(module))


def _content(names: dict[str, Any], depth: int = 0) -> list[Any]:
    out: list[Any] = []
    for name, value in names.items():
        if not name.startswith("__") or name == "__warningregistry__":
            out.append((name, _simple(value, depth)))
    return out


def _simple(value: Any, depth: int) -> Any:
    """A value of a module as far as it can change; code is named only."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return value
    if isinstance(value, type):
        return ("class", value.__qualname__, _content(dict(vars(value)), depth + 1) if depth < 1 else None)
    if callable(value) or isinstance(value, (types.ModuleType, property, classmethod, staticmethod)):
        return ("code", type(value).__name__, _named(value))
    if depth > 4:
        raise UnknownError("a package with deep state")
    if isinstance(value, dict):
        return ("dict", [(_simple(key, depth + 1), _simple(item, depth + 1)) for key, item in value.items()])
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return (type(value).__name__, [_simple(item, depth + 1) for item in items])
    inner = getattr(value, "__dict__", None)
    if isinstance(inner, dict):
        return (type(value).__name__, _content(inner, depth + 1))
    return ("thing", type(value).__name__)


def _filter(item: Any) -> tuple[Any, ...]:
    action, message, category, module, line = item
    return (
        action,
        getattr(message, "pattern", message),
        category.__name__,
        getattr(module, "pattern", module),
        line,
    )


def _named(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}"


def _loggers() -> list[Any]:
    loggers = [
        logging.getLogger(),
        *(logging.getLogger(name) for name in sorted(logging.root.manager.loggerDict)),
    ]
    return [
        (
            one.name,
            one.level,
            one.propagate,
            one.disabled,
            [(type(h).__name__, h.level) for h in one.handlers],
        )
        for one in loggers
    ]


def _context() -> list[Any]:
    out: list[Any] = []
    for variable, value in contextvars.copy_context().items():
        if variable.name != "parent_header":
            out.append((variable.name, repr(value) if not isinstance(value, (dict, list)) else value))
    return sorted(out, key=lambda pair: pair[0])


def _shell(shell: Any) -> list[Any]:
    out: list[Any] = []
    formatter = shell.display_formatter
    out.append(list(formatter.active_types))
    for kind, one in sorted(formatter.formatters.items()):
        printers = [(f"{k.__module__}.{k.__qualname__}", _printer(f)) for k, f in one.type_printers.items()]
        deferred = [(repr(k), _printer(f)) for k, f in one.deferred_printers.items()]
        values = {key: repr(value) for key, value in one._trait_values.items() if _is_setting(value)}
        out.append((kind, printers, deferred, values, one.enabled))
    inline = sys.modules.get("matplotlib_inline.config")
    if inline is not None and inline.InlineBackend.initialized():
        one = inline.InlineBackend.instance()
        out.append({key: repr(value) for key, value in one._trait_values.items() if _is_setting(value)})
    out.append(
        {
            key: repr(value)
            for key, value in shell._trait_values.items()
            if _is_setting(value) and not key.endswith(("_dir", "_file"))
        }
    )
    out.append(
        [_named(call) for name in sorted(shell.events.callbacks) for call in shell.events.callbacks[name]]
    )
    out.append(sorted(name for kind in shell.magics_manager.magics.values() for name in kind))
    out.append([type(one).__name__ for one in shell.ast_transformers])
    out.append(list(shell.input_transformers_post) and [_named(one) for one in shell.input_transformers_post])
    return out


def _printer(function: Any) -> Any:
    cells = getattr(function, "__closure__", None) or ()
    inner = getattr(function, "func", None)
    return (
        _named(inner or function),
        [repr(cell.cell_contents) for cell in cells if _is_setting(cell.cell_contents)],
        repr(getattr(function, "keywords", None)),
    )


def _is_setting(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str, type(None))) or (
        isinstance(value, (list, tuple, set, frozenset))
        and all(isinstance(item, (bool, int, float, str)) for item in value)
    )


# ---- packages


def _numpy(numpy: Any) -> Any:
    state = numpy.random.get_state(legacy=False)
    made = getattr(numpy.random.default_rng, "made", ())
    return (
        state["bit_generator"],
        state["has_gauss"],
        state["gauss"],
        dict(state["state"]),
        len(made),
        sorted((key, repr(value)) for key, value in numpy.get_printoptions().items()),
        sorted(numpy.geterr().items()),
        _named(numpy.geterrcall()),
    )


def _torch(torch: Any) -> Any:
    out: list[Any] = [
        torch.get_rng_state().numpy().tobytes(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        str(torch.get_default_dtype()),
        str(torch.get_default_device()) if hasattr(torch, "get_default_device") else "",
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
        torch.is_anomaly_enabled(),
        torch.get_float32_matmul_precision(),
        torch.backends.cudnn.enabled,
        torch.backends.cudnn.benchmark,
        torch.backends.cudnn.deterministic,
        torch.backends.mkldnn.enabled if hasattr(torch.backends.mkldnn, "enabled") else "",
        torch.is_autocast_enabled(),
        sorted((key, repr(value)) for key, value in vars(torch._tensor_str.PRINT_OPTS).items()),
    ]
    if torch.cuda.is_initialized():
        raise UnknownError("a GPU in use")
    return out


def _matplotlib(matplotlib: Any) -> Any:
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    figures = sorted(helpers.Gcf.figs) if helpers else []
    if figures:
        raise UnknownError("a figure that is still being drawn")
    return sorted((key, repr(value)) for key, value in dict.items(matplotlib.rcParams))


def _pandas(pandas: Any) -> Any:
    config = pandas._config.config
    return [(key, repr(config.get_option(key))) for key in sorted(config._registered_options)]


def _sklearn(sklearn: Any) -> Any:
    return sorted((key, repr(value)) for key, value in sklearn.get_config().items())


def _pil(_pil: Any) -> Any:
    image = sys.modules.get("PIL.Image")
    return (image.MAX_IMAGE_PIXELS,) if image else ()


def _keras(_keras: Any) -> Any:
    state = sys.modules["keras.src.backend.common.global_state"]
    config = sys.modules["keras.src.backend.config"]
    simple = {key: value for key, value in vars(config).items() if key.startswith("_") and _is_setting(value)}
    kept = dict(vars(state.GLOBAL_STATE_TRACKER))
    return (
        simple,
        sorted((key, value) for key, value in kept.items()),
        vars(state).get("GLOBAL_SETTINGS_TRACKER"),
    )


def _tqdm(tqdm: Any) -> Any:
    return (tqdm.tqdm.monitor_interval,)


_PROBES: dict[str, Callable[[Any], Any]] = {
    "numpy": _numpy,
    "torch": _torch,
    "matplotlib": _matplotlib,
    "pandas": _pandas,
    "sklearn": _sklearn,
    "PIL": _pil,
    "keras": _keras,
    "tqdm": _tqdm,
}
