"""What is not the page's: modules, and what they hold. A page's names may lead there, too.

Such things are not carried to another process, which has its own: a mark says where to find them. What a
library has changed in itself is no such thing: in the other process it is still to be put there.
"""

from __future__ import annotations

import builtins
import functools
import json
import sys
import types
from collections import deque
from collections.abc import Callable
from typing import Any

from .baseline import Baseline
from .changed import Changed
from .refused import RefusedError

__all__ = ["Outside", "finder"]

_SKIPPED = frozenset(
    {int, float, bool, type(None), bytes, complex, str, tuple, frozenset, types.ModuleType, type(Ellipsis)}
)
_NAMED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    property,
    classmethod,
    staticmethod,
)
_DEPTH = 5
_LONGEST = 10_000
_OF_LAST_ERROR = ("last_type", "last_value", "last_traceback", "last_exc")
_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())


class Outside:
    """What is not the page's, in this process."""

    def __init__(self, shell: Any, baseline: Baseline, changed: Changed) -> None:
        """Look at all modules. Raises `RefusedError` when they hold something of the page's."""
        self._changed = changed.keys
        self._others = changed.others
        self._baseline = baseline
        self._marks: dict[int, Any] = {id(shell.user_ns): "n", id(builtins.__dict__): "dbuiltins"}
        modules = [
            (name, module)
            for name, module in list(sys.modules.items())
            if hasattr(module, "__dict__") and name not in ("__main__", "__mp_main__")
        ]
        for name, module in modules:
            self._marks.setdefault(id(module), "m" + name)
            self._marks.setdefault(id(vars(module)), "d" + name)
        self._marks[id(sys.modules["__main__"])] = "m__main__"
        for name, module in modules:
            top = name.partition(".")[0]
            if not top.startswith("_etude"):
                depth = _DEPTH if top in _STANDARD or top in ("IPython", "ipykernel", "traitlets") else 0
                self._walk(name, module, depth)
        self._known = {**changed.replaced, **baseline.known()}

    def mark(self, obj: Any) -> str | None:
        """What tells another process where its own is."""
        found = self._marks.get(id(obj))
        if type(found) is tuple:
            return "p" + json.dumps(found)
        if found is None and id(obj) in self._known:
            return "o" + json.dumps(self._known[id(obj)])
        return found

    def named(self, obj: Any, name: str = "") -> bool:
        """Whether importing a module gives the object under its name, and it is no module of the page."""
        home = getattr(obj, "__module__", None)
        current: Any = sys.modules.get(home) if isinstance(home, str) and home != "__main__" else None
        for part in (name or obj.__qualname__).split("."):
            if part in self._changed.get(id(current), ()):
                return False
            current = getattr(current, part, None)
        return current is obj

    def _is_as_it_was(self, items: list[Any]) -> bool:
        """Whether a list has the items that it had when its module was loaded."""
        return self._baseline.looked_at(items) and id(items) not in self._others

    def _walk(self, module: str, top: Any, depth: int) -> None:
        """Mark what a module holds, and what that holds."""
        out, queue = self._marks, deque[tuple[Any, tuple[Any, ...], int]]()

        def add(value: Any, path: tuple[Any, ...], depth: int) -> None:
            kind = type(value)
            if kind in _SKIPPED or id(value) in out:
                if kind is tuple and depth < _DEPTH:
                    queue.append((value, path, depth))
                return
            owner = value if isinstance(value, (type, *_NAMED[:3])) else kind
            if getattr(owner, "__module__", None) == "__main__":
                if path[-1] in _OF_LAST_ERROR:
                    return
                raise RefusedError(f"the module `{module}` holds something of the page's: `{path[-1]}`")
            if isinstance(value, type):
                if value.__module__ == module and depth < _DEPTH:
                    other = self._changed.get(id(value), ())
                    for name, member in list(vars(value).items()):
                        if name not in other:
                            add(member, (*path, "t", name), depth + 1)
                return
            out[id(value)] = (module, *path)
            if depth < _DEPTH and not isinstance(value, _NAMED):
                queue.append((value, path, depth))

        other = self._changed.get(id(top), ())
        for name, value in list(vars(top).items()):
            if name not in ("__builtins__", "__spec__", "__loader__") and name not in other:
                add(value, ("a", name), depth)
        while queue:
            value, path, at = queue.popleft()
            if type(value) is tuple or (type(value) is list and self._is_as_it_was(value)):
                if len(value) < _LONGEST:
                    for number, item in enumerate(value):
                        add(item, (*path, "i", number), at + 1)
                continue
            other = self._changed.get(id(value), ())
            if isinstance(value, dict) and len(value) < _LONGEST:
                for key, item in list(dict.items(value)):
                    if type(key) is str and key not in other:
                        add(item, (*path, "k", key), at + 1)
            inner = getattr(value, "__dict__", None)
            if type(inner) is dict:
                out.setdefault(id(inner), (module, *path, "a", "__dict__"))
                for key, item in list(inner.items()):
                    if type(key) is str and key not in other:
                        add(item, (*path, "v", key), at + 1)


def finder(shell: Any, baseline: Baseline) -> Callable[[str], Any]:
    """What gives the object that a mark stands for, in this process."""
    places = functools.cache(baseline.places)

    def found(mark: str) -> Any:
        what, text = mark[0], mark[1:]
        if what == "n":
            return shell.user_ns
        if what == "m":
            return sys.modules[text]
        if what == "d":
            return vars(sys.modules[text])
        if what == "o":
            home, place, *key = json.loads(text)
            value, kept = places(home)[place]
            return kept[key[0]] if key else value
        module, *path = json.loads(text)
        current: Any = sys.modules[module]
        for step, name in zip(path[::2], path[1::2], strict=True):
            if step == "a":
                current = getattr(current, name) if name == "__dict__" else vars(current)[name]
            elif step == "k":
                current = dict.__getitem__(current, name)
            elif step == "i":
                current = current[name]
            else:
                current = vars(current)[name]
        return current

    return found
