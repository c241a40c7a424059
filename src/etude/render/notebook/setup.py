"""The set-up cells: a notebook gets the packages of its run, and the book's modules and files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from string import Template

from etude.model.config import Config
from etude.model.environment import Environment
from etude.model.page import Page

__all__ = ["library_code", "requires_code", "setup_code"]

_SETUP = Template("""\
# This cell makes the notebook run as it did in the book: it looks for the book's files in the folders
# above, and for the code that earlier pages saved. Without them it only sets the seed.$where


def _etude_setup(folder, pythonpath, seed):
    import os
    import random
    import sys
    from pathlib import Path

    here = Path.cwd()
    places = (here, *here.parents)
    library = next((place / "_library" for place in places if (place / "_library").is_dir()), None)
    book = next((place for place in places if (place / $file).is_file()), None)
    if library:
        sys.path.insert(0, str(library))
    if book:
        sys.path[:0] = [str(book / name) for name in (folder, *pythonpath)]
        if (book / folder).is_dir():
            os.chdir(book / folder)
    random.seed(seed)
$seeds

_etude_setup($folder, $pythonpath, seed=$seed)
del _etude_setup""")

_SEEDS = (
    ("numpy", ("    import numpy", "    numpy.random.seed(seed)")),
    ("torch", ("    import torch", "    torch.manual_seed(seed)")),
    ("tensorflow", ("    import tensorflow", "    tensorflow.random.set_seed(seed)")),
)


def requires_code(environment: Environment) -> str:
    """Python for the cell before that: what the run required is installed for who runs the notebook."""
    # The line goes through a shell, of one system or another: only double quotes are signs to all of them.
    named = " ".join(f'"{one.replace(chr(34), chr(39))}"' for one in environment.requirements)
    python = f" Python {environment.python} is asked for." if environment.python else ""
    return f"# What this notebook was run with.{python}\n%pip install --quiet {named}"


_LIBRARY = Template("""\
# Code that earlier pages of the book saved, for this notebook on its own.


def _etude_library(modules):
    import sys
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp(prefix="etude-"))
    for path, source in modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(source, encoding="utf-8")
    sys.path.append(str(folder))


_etude_library(
    {
$modules
    }
)
del _etude_library""")


def library_code(modules: Mapping[str, str]) -> str:
    """Python for the cell after the set-up, which brings the library along: paths with their sources.

    A library that the set-up has found, or that is installed, goes before it.
    """
    return _LIBRARY.substitute(modules="\n".join(_module(path, text) for path, text in modules.items()))


def _module(path: str, text: str) -> str:
    lines = "\n".join(f"            {line!r}" for line in text.splitlines(keepends=True) or [""])
    return f"        {_quoted(path)}: (\n{lines}\n        ),"


def setup_code(page: Page, variant: str, config: Config) -> str:
    """Python for the first cell: paths, working folder and seeds, as the page's run has them.

    It looks for the book above the notebook's folder: the library of saved code in ``_library``,
    everything else beside the configuration.
    """
    code = "\n".join(cell.code for cell in page.cells if not cell.variants or variant in cell.variants)
    seeds = [line for name, lines in _SEEDS if _imports(code, name) for line in lines]
    seed = config.execute.seed if page.front.execute.seed is None else page.front.execute.seed
    return _SETUP.substitute(
        where=f"\n# The book's files: {config.repository}" if config.repository else "",
        file=_quoted(config.file),
        seeds="\n".join((*seeds, "")) if seeds else "",
        folder=_quoted(posixpath.dirname(page.path) or "."),
        pythonpath="[" + ", ".join(map(_quoted, config.execute.pythonpath)) + "]",
        seed=seed,
    )


def _imports(code: str, name: str) -> bool:
    return re.search(rf"^\s*(?:import|from)\s+{name}\b", code, re.MULTILINE) is not None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
