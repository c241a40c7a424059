"""Files that pages include."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping

from etude.convert.account import Account
from etude.convert.macros import only_commands
from etude.convert.quarto.project import read_text
from etude.convert.quarto.shortcodes import SHORTCODE, arguments
from etude.model.protocols import Files

__all__ = ["included_files"]

_PAGES = (".qmd", ".md", ".Rmd")


def included_files(
    files: Files, texts: Mapping[str, str], account: Account
) -> tuple[dict[str, tuple[str, str]], frozenset[str]]:
    """Files that pages include, and that these include, with the folder that paths in them start from.

    Those that are included more than once are named again.
    """
    found: dict[str, tuple[str, str]] = {}
    often: Counter[str] = Counter()
    waiting = [(path, text, posixpath.dirname(path)) for path, text in texts.items()]
    while waiting:
        _path, text, base = waiting.pop(0)
        for one in SHORTCODE.finditer(text):
            plain, _ = arguments(one["rest"])
            if one["name"] != "include" or not plain or one["escape"]:
                continue
            target = (
                plain[0][1:]
                if plain[0].startswith("/")
                else posixpath.normpath(posixpath.join(base, plain[0]))
            )
            often[target] += 1
            if target in found or target in texts or not target.endswith((*_PAGES, ".tex", ".html")):
                continue
            inner = read_text(files, target, account) if files.exists(target) else None
            if inner is not None and (target.endswith(_PAGES) or only_commands(inner)):
                found[target] = (inner, base)
                waiting.append((target, inner, base))
    return found, frozenset(path for path, times in often.items() if times > 1)
