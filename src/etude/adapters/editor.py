"""Opens an author's editor at a place in a file."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["editor_command", "open_editor"]

_COLON: Final = ("{path}:{line}:{column}",)
_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("code", "code-insiders", "codium", "cursor", "windsurf"), ("-g", *_COLON)),
    **dict.fromkeys(("subl", "zed", "zeditor", "lapce"), _COLON),
    **dict.fromkeys(("idea", "pycharm", "webstorm"), ("--line", "{line}", "{path}")),
    **dict.fromkeys(("gvim", "mvim"), ("+{line}", "{path}")),
    "emacsclient": ("-n", "+{line}:{column}", "{path}"),
    "kate": ("--line", "{line}", "--column", "{column}", "{path}"),
    "gedit": ("+{line}:{column}", "{path}"),
    "notepad++": ("-n{line}", "{path}"),
}
"""Editors with windows of their own, and how they are told a place."""

_PLACE: Final = re.compile(r"\{(?:path|line|column)\}")


def editor_command(asked: str | None, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The words of a command with ``{path}``, ``{line}`` and ``{column}``; empty when there is no editor.

    What was asked for comes first, then what the environment names (``ETUDE_EDITOR``, ``VISUAL``,
    ``EDITOR``), then what is installed. One in a terminal cannot be opened from a browser. Raises
    `ValueError` when what was asked for has a quotation that does not end.
    """
    if asked is not None:
        return _words(asked)
    named = (environment.get(name, "") for name in ("ETUDE_EDITOR", "VISUAL", "EDITOR"))
    for command in (*filter(None, named), *(name for name in _ARGUMENTS if shutil.which(name))):
        with suppress(ValueError):  # nobody asked for that one
            words = _words(command)
            if any("{path}" in word for word in words):
                return words
    return ()


def _words(command: str) -> tuple[str, ...]:
    words = tuple(shlex.split(command, posix=os.name != "nt"))
    if os.name == "nt":  # there the quotation marks stay
        words = tuple(word.strip('"') for word in words)
    if not words or any("{path}" in word for word in words):
        return words
    name = Path(words[0]).stem if os.name == "nt" else Path(words[0]).name
    return (*words, *_ARGUMENTS.get(name, ()))


def open_editor(command: tuple[str, ...], path: Path, line: int, column: int) -> str:
    """Start an editor; why that failed, or nothing."""
    # Not by `format`: what else stands in braces is the author's.
    values = {"{path}": str(path), "{line}": str(line), "{column}": str(column)}
    words = [_PLACE.sub(lambda found: values[found[0]], word) for word in command]
    if words == list(command):
        words.append(str(path))
    # Programs of Windows may be scripts, which are not found by their bare name.
    words[0] = shutil.which(words[0]) or words[0]
    try:
        process = subprocess.Popen(  # noqa: S603 -- the author's own command
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return f"{words[0]}: {error.strerror or error}"
    # Whenever it ends, somebody takes note.
    threading.Thread(target=process.wait, daemon=True).start()
    return ""
