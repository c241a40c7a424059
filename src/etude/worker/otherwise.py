"""Places of modules that are told of elsewhere, or do not count."""

from __future__ import annotations

__all__ = ["OTHERWISE"]

OTHERWISE = frozenset(
    [
        # Told of in `settings`, or a matter of this process alone.
        *(
            "sys",
            "os.environ",
            "os.environb",
            "random._inst",
            "signal",
            "_signal",
            "gc",
            "weakref",
            "_weakrefset",
        ),
        *("tempfile._name_sequence", "threading._active", "threading._main_thread", "threading._limbo"),
        *("threading._dangling", "threading._shutdown_locks", "threading._counter", "logging.root"),
        *("logging._handlers", "logging._handlerList", "logging.Logger.root", "logging.Logger.manager"),
        *(
            "faulthandler",
            "linecache",
            "tokenize",
            "warnings.filters",
            "_warnings.filters",
            "warnings._filters_version",
        ),
        *("subprocess._active", "multiprocessing.process._children", "multiprocessing.process._dangling"),
        "multiprocessing.util._afterfork_registry",
        *("asyncio.events._event_loop_policy", "atexit", "builtins._", "os._inherited", "site", "posix"),
        *("asyncio.tasks._scheduled_tasks", "asyncio.tasks._all_tasks", "asyncio.tasks._current_tasks"),
        *("selectors", "importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport"),
        *("builtins.get_ipython", "builtins.input", "builtins.display", "getpass.getpass", "codeop"),
        *("matplotlib.rcParams", "matplotlib.pyplot.rcParams", "matplotlib._pylab_helpers.Gcf.figs"),
        *("numpy.random.mtrand._rand", "numpy.random._rand", "torch.default_generator"),
        "torch.random.default_generator",
        *("IPython.core.history.HistoryManager.outputs", "comm.create_comm", "IPython.core.magic.magics"),
        # Kept to save time.
        *("inspect.modulesbyfile", "inspect._filesbymodname", "torch.jit._builtins._builtin_table"),
        *("ptyprocess.ptyprocess._EOF", "ptyprocess.ptyprocess._INTR"),
        *("matplotlib_inline.config.InlineBackend._instance",),
        *("matplotlib_inline.config.InlineBackendConfig._instance",),
    ]
)
"""Places that are not looked at."""
