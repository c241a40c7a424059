"""Watches what a page loads: modules of libraries are looked at before the page can change them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from .baseline import Baseline

__all__ = ["local_test", "watch_loads"]


def local_test() -> Callable[[str], bool]:
    """Tells of a module's name whether it is of the book, or the page itself."""
    homes = tuple(
        home for name in ("ETUDE_TRACE_ROOT", "ETUDE_LIBRARY") if (home := os.environ.get(name, ""))
    )

    def local(name: str) -> bool:
        if name in ("__main__", "__mp_main__"):  # the latter is another name of it
            return True
        file = getattr(sys.modules.get(name), "__file__", None) or ""
        return bool(homes) and file.startswith(homes)

    return local


def watch_loads(baseline: Baseline, local: Callable[[str], bool]) -> None:
    """Note each module of a library when the import that has loaded it ends.

    Imports within imports of libraries are part of those: only between them does code of the page run.
    """
    bootstrap: Any = sys.modules["_frozen_importlib"]
    original = bootstrap._find_and_load

    def _find_and_load(name: str, import_: Any) -> Any:
        if within():
            return original(name, import_)
        count = len(sys.modules)
        try:
            return original(name, import_)
        finally:
            loaded = sys.modules
            if len(loaded) != count:
                baseline.asked.append(name)
            baseline.note_later(
                [name for name in list(loaded) if not baseline.knows(name, loaded[name]) and not local(name)]
            )

    # Traces of errors leave frames of this name out, as those of the import system.
    code = _find_and_load.__code__.replace(co_filename=original.__code__.co_filename)
    _find_and_load.__code__ = code

    def within() -> bool:
        """Whether a library's import has asked for this one."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code is code:
                return True
            if local(frame.f_globals.get("__name__") or ""):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return False

    bootstrap._find_and_load = _find_and_load
