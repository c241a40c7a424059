"""Calls functions with modules when they are imported first, however that happens."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["AfterImport"]


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls a function with a module just after it is imported for the first time."""

    def __init__(self, hooks: dict[str, Callable[[Any], None]]) -> None:
        """`hooks` by the module's name; each is called once."""
        self.hooks = hooks

    def install(self) -> None:
        """Be asked first at every import; modules that are there already are called with now."""
        self.restored()
        sys.meta_path.insert(0, self)

    def restored(self) -> None:
        """Call with the modules that are there now, which may not have been imported."""
        for name in list(self.hooks):
            if name in sys.modules:
                self._call(self.hooks.pop(name), sys.modules[name])

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """The spec that the other finders give, with a loader that calls the function at its end."""
        hook = self.hooks.pop(name, None)
        if hook is None:
            return None
        # The entry is gone, so this asks the other finders.
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        loader = spec.loader
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            self._call(hook, module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    @staticmethod
    def _call(hook: Callable[[Any], Any], module: Any) -> None:
        # A package of another version must work as it would without us.
        with contextlib.suppress(Exception):
            hook(module)
