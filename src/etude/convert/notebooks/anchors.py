"""Places of pages that links name: headings as Jupyter calls them, and anchors written in HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from etude.convert.notebooks.headings import Settled, plain
from etude.model.slug import github_slug

__all__ = ["ANCHOR", "Places", "anchor_names"]

ANCHOR = re.compile(
    r"""<(?:a|span|div)\s+(?:(?!href\b|id\b|name\b)[\w-]+\s*=\s*(?:"[^"]*"|'[^']*')\s+)*(?:id|name)\s*=\s*"""
    r"""(?:"([^"<>]+)"|'([^'<>]+)'|([^\s"'<>]+))(?:\s+(?!href\b)[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*"""
    r"""(?:/>|>\s*</(?:a|span|div)>)""",
    re.IGNORECASE,
)
"""An anchor that shows nothing."""


def anchor_names(texts: Iterable[str]) -> list[str]:
    """The names of anchors in texts, in order."""
    return [match[1] or match[2] or match[3] for text in texts for match in ANCHOR.finditer(text)]


class Places:
    """Where links into one page lead now."""

    def __init__(self, settled: Iterable[Settled], labels: Mapping[str, str]) -> None:
        """`labels`: anchors of the page with the labels that they are now."""
        self.labels = dict(labels)
        self.headings: dict[str, str] = {}
        seen: dict[str, int] = {}
        for one in settled:
            new = ""
            if one.level > 1:
                new = github_slug(plain(one.text))
                count = seen[new] = seen.get(new, -1) + 1
                new = f"{new}-{count}" if count else new
            for old in (_jupyter(one.was.text), github_slug(plain(one.was.text))):
                self.headings.setdefault(old.casefold(), new)

    def now(self, fragment: str) -> str | None:
        """The fragment that leads there now, empty for the page itself; None when nothing is known there."""
        words = unquote(fragment)
        if words in self.labels:
            return self.labels[words]
        found = self.headings.get(_jupyter(words).casefold())
        return self.headings.get(github_slug(words)) if found is None else found


def _jupyter(text: str) -> str:
    """A heading as JupyterLab and nbconvert name it: words with ``-`` between them."""
    return re.sub(r"\s+", "-", plain(text))
