"""Lends kernels modules that pages import and that need not be installed to build a book."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from typing import Any

__all__ = ["lend"]

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lent")


class Lender(importlib.abc.MetaPathFinder):
    """Finds a module of the folder `lent` when nobody else has found one of its name."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """The module's spec; None for what is not lent."""
        if name != "myst_nb":
            return None
        return importlib.util.spec_from_file_location(name, os.path.join(_FOLDER, f"{name}.py"))


def lend() -> None:
    """Be asked last at every import, once."""
    if not any(type(finder).__name__ == "Lender" for finder in sys.meta_path):
        sys.meta_path.append(Lender())
