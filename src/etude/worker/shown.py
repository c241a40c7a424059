"""How the shell shows values and runs cells, as far as a page can set it, for digests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from traitlets import Bool, Enum, Float, Integer, List, ObjectName, Unicode

from .described import described, named

__all__ = ["shell_settings"]

_PLAIN = (Bool, Integer, Float, Unicode, Enum, List, ObjectName)
_OF_ITS_OWN = ("_dir", "_file", "execution_count", "_pid", "parent")


def shell_settings(shell: Any, by_value: Callable[[str], bool]) -> Iterator[Any]:
    """Everything about a shell that `display`, magics or hooks may have set."""

    def told(value: Any) -> Any:
        """The page's own code by what it does, a library's by its name."""
        homes = (getattr(value, "__module__", ""), type(value).__module__)
        own = any(isinstance(home, str) and by_value(home) for home in homes)
        return described(value, by_value) if own else named(value)

    formatter = shell.display_formatter
    yield list(formatter.active_types)
    for kind, one in sorted(formatter.formatters.items()):
        printers = [(named(key), _printer(value, told)) for key, value in one.type_printers.items()]
        deferred = [(repr(key), _printer(value, told)) for key, value in one.deferred_printers.items()]
        single = [(str(key), _printer(value, told)) for key, value in one.singleton_printers.items()]
        yield kind, printers, deferred, len(single), _traits(one), one.enabled
    yield _printer(formatter.ipython_display_formatter, told), formatter.ipython_display_formatter.enabled
    inline = sys.modules.get("matplotlib_inline.config")
    if inline is not None and inline.InlineBackend.initialized():
        one = inline.InlineBackend.instance()
        yield _traits(one), described([one.rc, one.print_figure_kwargs], by_value)
    yield _traits(shell)
    yield [
        (name, [told(call) for call in shell.events.callbacks[name]])
        for name in sorted(shell.events.callbacks)
    ]
    for kind, magics in shell.magics_manager.magics.items():
        yield kind, [(name, _magic(magics[name], told)) for name in sorted(magics)]
    yield sorted(shell.extension_manager.loaded), told(shell.CustomTB) if shell.custom_exceptions else ""
    yield [_named_or_told(one, told) for one in shell.ast_transformers]
    yield [told(one) for one in shell.input_transformers_post]
    manager = shell.input_transformer_manager
    yield [told(one) for one in (*manager.cleanup_transforms, *manager.line_transforms)]
    yield shell.compile.flags, [named(call) for call in getattr(shell, "_post_execute", ())]
    yield (
        shell.InteractiveTB.mode,
        sorted(shell.alias_manager.aliases),
        shell.InteractiveTB.__class__.__name__,
    )
    yield {
        name: told(value) for name, value in type(shell).__dict__.items() if name == "ast_node_interactivity"
    }


def _named_or_told(one: Any, told: Callable[[Any], Any]) -> Any:
    return named(one), told(one), told(type(one))


def _magic(magic: Any, told: Callable[[Any], Any]) -> Any:
    """A magic; those of the shell are loaded when they are used first."""
    if type(magic).__name__ == "MagicAlias":
        return magic.magic_name, magic.magic_kind, getattr(magic, "magic_params", None)
    home = getattr(magic, "__module__", None) or type(magic).__module__
    return "" if home.partition(".")[0] in ("IPython", "ipykernel") else told(magic)


def _traits(one: Any) -> list[tuple[str, str]]:
    """What can be set about a thing of the shell, but for places and numbers of its own."""
    out = []
    for name, trait in sorted(one.traits().items()):
        # Values of others are made when they are asked for first: these must not depend on who asked.
        if isinstance(trait, _PLAIN) or name in one._trait_values:
            value = getattr(one, name)
            if _is_setting(value) and not name.endswith(_OF_ITS_OWN):
                out.append((name, repr(value)))
    return out


def _printer(function: Any, told: Callable[[Any], Any]) -> Any:
    cells = getattr(function, "__closure__", None) or ()
    values = []
    for cell in cells:
        try:
            values.append(cell.cell_contents)
        except ValueError:
            continue  # not yet filled
    inner = getattr(function, "func", None)
    return (
        told(inner or function),
        [repr(value) for value in values if _is_setting(value)],
        repr(getattr(function, "keywords", None)),
    )


def _is_setting(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str, type(None))) or (
        isinstance(value, (list, tuple, set, frozenset))
        and all(isinstance(item, (bool, int, float, str)) for item in value)
    )
