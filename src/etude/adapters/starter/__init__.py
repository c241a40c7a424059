"""The book that `etude new` makes: small, complete, and free of anything that needs installing.

Its pages lie beside this module, in a folder for each language that they are written in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

__all__ = ["LANGUAGES", "TakenError", "starter_files", "write_starter"]

LANGUAGES = ("zh", "en")
"""Languages that the pages are written in; for others those of the last one are taken."""

_TITLES = {"zh": "我的第一本书", "en": "My first book"}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PAGES = ("index.md", "first.md", "references.md")
_SHARED = ("references.bib",)
_CONFIG = """\
[book]
title = {title}
authors = []
languages = [{languages}]
# Pages in reading order, below the folder of each language.
chapters = ["first", {{ page = "references", numbered = false }}]

[bibliography]
files = ["references.bib"]
"""
_IGNORED = "_build/\n.etude/\n__pycache__/\n"


class TakenError(Exception):
    """Files of the new book are there already; the message names them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Name the files that are in the way."""
        self.paths = tuple(paths)
        more = f", and {len(self.paths) - 1} more files of the new book" if len(self.paths) > 1 else ""
        super().__init__(f"there is already `{self.paths[0].as_posix()}`{more}")


def starter_files(languages: Sequence[str], title: str = "") -> dict[str, str]:
    """Texts of the starter book by path. Raises `ValueError` for a language that is no language tag."""
    languages = tuple(dict.fromkeys(languages))
    for language in languages:
        if not _TAG.fullmatch(language):
            raise ValueError(f"`{language}` is no language tag, such as zh or en")
    sources = {language: _source(language) for language in languages}
    titles = {language: title or _TITLES[source] for language, source in sources.items()}
    if title or len(languages) == 1:
        named = _quoted(next(iter(titles.values())))
    else:
        named = "{ " + ", ".join(f"{language} = {_quoted(text)}" for language, text in titles.items()) + " }"
    files = {
        "etude.toml": _CONFIG.format(title=named, languages=", ".join(map(_quoted, languages))),
        ".gitignore": _IGNORED,
    }
    package = resources.files(__name__)
    files.update((name, (package / name).read_text(encoding="utf-8")) for name in _SHARED)
    for language, source in sources.items():
        for name in _PAGES:
            files[f"{language}/{name}"] = (package / source / name).read_text(encoding="utf-8")
    return files


def write_starter(folder: Path, languages: Sequence[str], title: str = "") -> tuple[Path, ...]:
    """Write the starter book; its files, in order.

    Nothing is written when one of them exists: `TakenError` says which. Raises `ValueError` as
    `starter_files`, and `OSError` when the folder cannot be written.
    """
    files = {folder / path: text for path, text in starter_files(languages, title).items()}
    taken = [path for path in files if path.exists() or path.is_symlink()]
    if taken:
        raise TakenError(taken)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        # "x" keeps the promise even when another process writes at the same time.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return tuple(files)


def _source(language: str) -> str:
    """The language whose pages are taken."""
    main = language.partition("-")[0].lower()
    return main if main in LANGUAGES else LANGUAGES[-1]


def _quoted(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
