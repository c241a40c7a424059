"""How figures are drawn and shown, for checkpoints: settings of matplotlib and of the shell."""

from __future__ import annotations

import copy
import functools
import sys
from typing import Any

__all__ = ["figures", "matplotlib_values", "put_figures", "put_matplotlib", "put_values"]


def matplotlib_values(matplotlib: Any) -> dict[str, Any]:
    """Settings of matplotlib."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return {
        "values": copy.deepcopy(dict(dict.items(matplotlib.rcParams))),
        "drawn": getattr(pyplot, "_backend_mod", None) is not None,
        "backend": dict.get(matplotlib.rcParamsDefault, "backend"),
    }


def put_matplotlib(matplotlib: Any, kept: dict[str, Any]) -> None:
    """Have matplotlib draw in the same way; its values come later."""
    if kept["drawn"]:
        # Loads what draws, and prepares the shell for it.
        pyplot = sys.modules["matplotlib.pyplot"]
        pyplot._get_backend_mod()
        if dict.get(matplotlib.rcParamsDefault, "backend") != kept["backend"]:
            pyplot.switch_backend(kept["backend"])


def put_values(kept: dict[str, Any]) -> None:
    """Settings of matplotlib that are still others when libraries have what they have changed."""
    matplotlib: Any = sys.modules.get("matplotlib")
    values = kept["matplotlib"]["values"] if "matplotlib" in kept else {}
    for name, value in values.items():
        if repr(dict.get(matplotlib.rcParams, name)) != repr(value):
            dict.__setitem__(matplotlib.rcParams, name, value)


def figures(shell: Any) -> tuple[Any, ...]:
    """How the shell shows figures."""
    return _inline(), _printers(shell)


def put_figures(shell: Any, inline: tuple[Any, ...], printers: dict[str, Any]) -> None:
    """Have the shell show figures so."""
    if inline:
        _put_inline(shell, *inline)
    _put_printers(shell, printers)


def _inline() -> tuple[Any, ...]:
    """How figures are shown: what was asked for, and what holds."""
    config = sys.modules.get("matplotlib_inline.config")
    if config is None or not config.InlineBackend.initialized():
        return ()
    one = config.InlineBackend.instance()
    names = ("figure_formats", "figure_format", "close_figures", "rc", "print_figure_kwargs")
    values = {name: one._trait_values[name] for name in names if name in one._trait_values}
    # Copies: what is the same object as a library's would be taken for the other process's own.
    return copy.deepcopy((dict(one.config.get("InlineBackend", {})), values))


def _put_inline(shell: Any, asked: dict[str, Any], values: dict[str, Any]) -> None:
    one = sys.modules["matplotlib_inline.config"].InlineBackend.instance(parent=shell)
    if dict(one.config.get("InlineBackend", {})) != asked:
        one.update_config(type(one.config)({"InlineBackend": asked}))
    for name, value in values.items():
        if getattr(one, name) != value:
            setattr(one, name, value)


def _printers(shell: Any) -> dict[str, Any]:
    """What shows figures, by the type of what it makes; others are not taken along."""
    kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    found = {key: one.type_printers.get(kind) for key, one in shell.display_formatter.formatters.items()}
    return {key: value for key, value in found.items() if type(value) is functools.partial}


def _put_printers(shell: Any, kept: dict[str, Any]) -> None:
    now = _printers(shell)
    kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    for key, one in shell.display_formatter.formatters.items():
        if repr(now.get(key)) != repr(kept.get(key)):
            if key in kept:
                one.type_printers[kind] = kept[key]
            else:
                del one.type_printers[kind]
