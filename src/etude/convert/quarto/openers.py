"""What blocks begin with, and what paragraphs end at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.fences import opening
from etude.convert.quarto import attributes
from etude.convert.quarto.headings import HEADING
from etude.convert.quarto.items import ITEM
from etude.convert.quarto.layout import CLOSE, OPEN
from etude.convert.quarto.lines import Line
from etude.convert.quarto.places import Context

__all__ = ["indexed", "interrupts", "is_directive", "is_name", "opened"]

_MYST = re.compile(r"[ \t]*(?P<colons>:{3,})[ \t]*\{[\w:-]+\}.*")


def opened(context: Context, line: Line, what: str) -> attributes.Attributes:
    """What stands behind the colons of a div: a class, or attributes in braces."""
    if not what.startswith("{"):
        return attributes.Attributes(classes=(what,))
    got = attributes.read(what)
    if got is not None:
        return got[0]
    context.account.changed(
        "::: {…}", context.path, line.number, "what stands between the braces is not understood"
    )
    return attributes.Attributes()


def is_directive(text: str) -> bool:
    """Whether a line opens a directive in MyST's own words."""
    if not _MYST.fullmatch(text):
        return False
    found = OPEN.fullmatch(text)
    return found is None or (found["what"].startswith("{") and attributes.read(found["what"]) is None)


def is_name(language: str) -> bool:
    """Names of directives, which are languages of no engine."""
    return "-" in language or language in {
        "note", "figure", "table", "include", "margin", "image", "math", "raw", "bibliography", "video",
        "iframe", "tip", "warning",
    }  # fmt: skip


def interrupts(text: str, *, listed: bool) -> bool:
    """Whether a line ends the paragraph before it; `listed` tells that this may belong to a list."""
    if opening(text) or CLOSE.fullmatch(text) or OPEN.fullmatch(text) or text.lstrip().startswith("$$"):
        return True
    return (
        bool(ITEM.match(text) and listed)
        or bool(HEADING.fullmatch(text))
        or bool(re.match(r"\s*\{\{< (?:include|video)\b[^{}]*>\}\}\s*$", text))
    )


def indexed(context: Context, block: Sequence[Line], made: list[str], *, listed: bool) -> list[str]:
    """A paragraph with the entries of the index that it has."""
    entries = context.indexed
    if not entries:
        return made
    indent = block[0].indent
    lead = [indent + one for one in ("```{index}", *entries, "```")]
    entries.clear()
    # Within a list the entries stand below, so that its mark stays where it is.
    return [*made, "", *(block[-1].indent + one.strip() for one in lead)] if listed else [*lead, *made]
