"""A warm parent: loads what pages import, once, and forks workers that have it all.

Run as ``python FOLDER FD CLOUDPICKLE``: a socket to the builder, and the folder of that package. It never
does anything that a fork would break: it has one thread, computes nothing, opens no event loop and no
ZeroMQ context.
"""

from __future__ import annotations

import importlib.util
import os
import sys


def _package() -> None:
    """Load this folder as the package `_etude`, whatever its name is."""
    folder = os.path.dirname(os.path.abspath(__file__))
    # Not for pages to import from.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != folder]
    spec = importlib.util.spec_from_file_location(
        "_etude",
        os.path.join(folder, "__init__.py"),
        submodule_search_locations=[folder],
    )
    assert spec is not None and spec.loader is not None  # noqa: PT018 -- it is this very folder
    module = importlib.util.module_from_spec(spec)
    sys.modules["_etude"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    _package()
    importlib.import_module("_etude.parent").main(int(sys.argv[1]), sys.argv[2])
