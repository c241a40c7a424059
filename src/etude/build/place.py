"""Where a book is: the folder that holds its configuration; and what to say of places that take no files."""

from __future__ import annotations

from pathlib import Path

from etude.adapters.disk import DiskFiles
from etude.adapters.lock import LockedError
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.rules import Rule

CONFIG = "etude.toml"


PROJECTS = ("myst.yml", "_toc.yml")
"""Files that say of a folder without `CONFIG` that it holds a book of Jupyter Book or MyST."""
CONFIGS = (CONFIG, *PROJECTS, "_config.yml")
"""Files that a book's configuration may be read from."""


def is_book(folder: Path) -> bool:
    """Whether a folder holds a book."""
    return any((folder / name).is_file() for name in (CONFIG, *PROJECTS))


def require(files: DiskFiles) -> None:
    """Raise `BookError` when the folder holds no book, before anything is written into it."""
    if is_book(files.root):
        return
    if files.root.is_dir():
        message = f"`{files.root}` has no `{CONFIG}`"
    else:
        message = f"there is no folder `{files.root}`"
    hint = "name the folder of a book, or make one with `etude new FOLDER`"
    if files.exists("_config.yml"):
        hint = "a Jupyter Book has a `_toc.yml` beside its `_config.yml`: the contents, and the page in front"
    raise BookError((diagnose(Rule.CONFIG_MISSING, message, "", hints=(hint,)),))


def locked(error: LockedError) -> Diagnostic:
    """What stops a build beside another."""
    hint = "wait for it to end; if none is running, the other is on another machine with this folder"
    return diagnose(Rule.BUILD_LOCKED, str(error), "", hints=(hint,))


def unwritable(path: str, reason: str, other: str = "choose another folder with --out") -> Diagnostic:
    """What stops those who cannot write a file; `other` is what may help beside some space."""
    if ".etude" in Path(path).parts:
        hint = "results are stored in the book's folder `.etude`: see that it has room and can be written"
    else:
        hint = f"free some space, or {other}"
    return diagnose(Rule.WRITE_FAILED, f"cannot write `{path}`: {reason}", "", hints=(hint,))


def unwatchable(reason: str) -> Diagnostic:
    """What stops those who wait for changes."""
    hint = "set the variable WATCHFILES_FORCE_POLLING=1, to look for changes again and again"
    return diagnose(Rule.USAGE, f"the book's files cannot be watched: {reason}", "", hints=(hint,))
