"""What a reader may look for in the outputs of cells: texts, with what they are. Results in, a bound each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias, assert_never

from etude.model.result import CellResult
from etude.render.ansi import strip
from etude.render.bundle import Failed, Item, Printed, Shown, items
from etude.render.search.html_words import html_words

__all__ = ["MOST", "output_texts"]

MOST = 2_000
"""Characters of one output that are searched: of what is printed without end, the beginning."""

_MARKUP = 16 * MOST
"""Characters of HTML that are looked at for so many words."""

_LABEL = re.compile(r"<(text|title|desc)\b[^>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)

OutputText: TypeAlias = tuple[Literal["text", "formula", "code"], str]


def output_texts(result: CellResult) -> Iterator[OutputText]:
    """The texts that stand below a cell; those of pictures are their alternative texts and labels."""
    for item in items(result.outputs):
        kind, text = _item(item)
        yield kind, text[:MOST]


def _item(item: Item) -> OutputText:
    match item:
        case Printed(text=text):
            return "code", strip(text[: 2 * MOST])
        case Failed(name=name, message=message, traceback=traceback):
            # What went wrong stands at the end of a traceback: it must not be cut off.
            return "code", strip(f"{name}: {message}\n{traceback[: 2 * MOST]}")
        case Shown():
            return _shown(item)
        case _:
            assert_never(item)


def _shown(shown: Shown) -> OutputText:
    match shown.mime:
        case "text/html":
            return "code", html_words(shown.content, _MARKUP)
        case "text/markdown":
            return "text", shown.content
        case "text/latex":
            return "formula", shown.content.strip().strip("$")
        case "text/plain" | "application/json":
            return "code", strip(shown.content[: 2 * MOST])
        case mime:
            labels = _LABEL.findall(shown.content[:_MARKUP]) if mime == "image/svg+xml" else ()
            words = (str(shown.metadata.get("alt") or ""), *(html_words(label) for _, label in labels))
            return "text", " ".join(word for word in words if word)
