"""Where a book is: the folder that holds its configuration."""

from __future__ import annotations

from etude.adapters.disk import DiskFiles
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

CONFIG = "etude.toml"


def require(files: DiskFiles) -> None:
    """Raise `BookError` when the folder holds no book, before anything is written into it."""
    if files.exists(CONFIG):
        return
    if files.root.is_dir():
        message = f"`{files.root}` has no `{CONFIG}`"
    else:
        message = f"there is no folder `{files.root}`"
    hint = "name the folder of a book, or make one with `etude new FOLDER`"
    raise BookError((diagnose(Rule.CONFIG_MISSING, message, "", hints=(hint,)),))
