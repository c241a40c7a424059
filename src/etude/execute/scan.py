"""What a piece of Python names without running it: modules it imports, files it mentions.

In: code. Out: `Scan`. A scan errs towards too much: what cannot be told makes it `dynamic`.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from msgspec import Struct

from etude.execute.tree import PLACEHOLDER, Tree, read_tree

__all__ = ["Import", "Scan", "scan_code"]

_LONGEST_PATH: Final = 240
_QUOTED: Final = re.compile(r"""(["'])((?:(?!\1)[^\n\\])+)\1""")
_LOADERS: Final = frozenset({"import_module", "__import__", "find_spec", "spec_from_file_location"})
_DYNAMIC_MODULES: Final = frozenset({"importlib", "imp", "runpy", "pkgutil", "zipimport"})
_HARMLESS: Final = frozenset({"importlib.metadata", "importlib.resources"})
_RUNS_OTHERS: Final = re.compile(r"%+\s*(?:run|load|loadpy|load_ext|px|autoreload|edit|time|timeit|prun)\b|!")


class Import(Struct, frozen=True, array_like=True, gc=False):
    """One import statement: ``from {level dots}module import names``; without names a plain import."""

    module: str
    level: int = 0
    names: tuple[str, ...] = ()


class Scan(Struct, frozen=True, array_like=True, gc=False):
    """What a piece of code names."""

    imports: tuple[Import, ...] = ()
    paths: tuple[str, ...] = ()
    """Literals that may be paths of files."""
    dynamic: bool = False
    """It may import what is not named."""


def scan_code(code: str, *, python: bool, tree: Tree | None = None) -> Scan:
    """Scan a cell or a module; `tree` spares parsing it again."""
    if not python:
        return Scan(paths=_quoted(code))
    tree = tree or read_tree(code)
    if tree is None:
        return Scan(paths=_quoted(code), dynamic=True)
    imports: list[Import] = []
    paths: list[str] = []
    dynamic = False
    loaders = 0
    for node in tree.nodes():
        match node:
            case ast.Import(names=names):
                imports += [Import(alias.name) for alias in names]
                dynamic |= any(_is_dynamic(alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                imports.append(Import(module or "", level, tuple(alias.name for alias in names)))
                # Importing a loader by name is no use of it: its call is seen below.
                dynamic |= not level and module != "importlib" and _is_dynamic(module or "")
                dynamic |= any(alias.name in _LOADERS and alias.asname for alias in names)
                dynamic |= module == "sys" and any(alias.name in ("path", "*") for alias in names)
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name),
                args=[ast.Constant(value=str(target)), *_],
            ) if (name in _LOADERS and not target.startswith(".")) or name == PLACEHOLDER:
                if name in _LOADERS:
                    imports.append(Import(target))
                    loaders -= 1
                else:
                    dynamic |= _RUNS_OTHERS.match(target) is not None
                    paths += [word.strip("\"'") for word in target.split()]
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _LOADERS:
                # Each use that is no call with a literal remains counted.
                loaders += 1
            case ast.Name(id="exec") | ast.Attribute(value=ast.Name(id="sys"), attr="path"):
                dynamic = True
            case ast.Constant(value=str(text)):
                paths.append(text)
            case _:
                pass
    return Scan(tuple(dict.fromkeys(imports)), _plausible(paths), dynamic or loaders > 0)


def _is_dynamic(module: str) -> bool:
    # `importlib` itself is seen where one of its loaders is called.
    return module.partition(".")[0] in _DYNAMIC_MODULES - {"importlib"} or (
        module.startswith("importlib.") and module not in _HARMLESS and module != "importlib.util"
    )


def _quoted(code: str) -> tuple[str, ...]:
    return _plausible([match[2] for match in _QUOTED.finditer(code)])


def _plausible(texts: list[str]) -> tuple[str, ...]:
    """Those that look like a path of a file: they have a suffix or a folder."""
    return tuple(
        dict.fromkeys(
            text
            for text in texts
            if 2 < len(text) <= _LONGEST_PATH
            and ("." in text or "/" in text)
            and "\n" not in text
            and "\0" not in text
            and "://" not in text
            and not text.startswith("/")
        )
    )
