"""Paragraphs and items of lists, whose marks may be ones that only pandoc knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto.inline import convert
from etude.convert.quarto.lines import Line
from etude.convert.quarto.places import Context

__all__ = ["ITEM", "NUMBERED", "paragraph"]

ITEM = re.compile(
    r"[ \t]*(?:[-*+]|\d+[.)]|#\.|(?:[a-zA-Z]|[ivxIVX]{2,4})[.)]"
    r"|\((?:\d+|[a-zA-Z]|[ivxIVX]+)\)|\(@[\w-]*\))(?:[ \t]+|$)"
)
NUMBERED = re.compile(r"\s*1[.)]\s")
_FANCY = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<hash>#\.)|\((?P<both>\d+|[a-zA-Z]|[ivxIVX]+)\)"
    r"|(?P<letter>[a-zA-Z]|[ivxIVX]{2,4})(?P<mark>[.)])|\(@(?P<name>[\w-]*)\))(?P<gap>[ \t]+)(?=\S)"
)
_TAGS = (
    "address|article|aside|blockquote|center|details|div|dl|dt|dd|fieldset|figcaption|figure|footer|header|hr|li|main"
    "|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_HTML = re.compile(rf"\s*</?(?:{_TAGS})\b[^<>]*>(?:.*</?[\w]+[^<>]*>)?\s*", re.IGNORECASE)


def paragraph(context: Context, block: Sequence[Line], *, starts: bool) -> list[str]:
    """A paragraph or an item; `starts` tells that a list may begin or go on here."""
    first = block[0]
    text = "\n".join(line.text for line in block)
    if _HTML.fullmatch(first.text):
        return _after_html(context, block)
    if starts:
        text = _marked(context, text, first.number)
    indent = first.indent
    if item := ITEM.match(text):
        indent = " " * len(item[0])
    elif len(block) > 1:
        indent = block[1].indent
    return convert(text, context, first.number, indent=indent).split("\n")


def _after_html(context: Context, block: Sequence[Line]) -> list[str]:
    """Markdown below tags is Markdown for pandoc; here it needs an empty line before it."""
    end = 0
    while end < len(block) and block[end].text.lstrip().startswith("<"):
        end += 1
    tags = convert("\n".join(line.text for line in block[:end]), context, block[0].number).split("\n")
    rest = block[end:]
    if not rest:
        return tags
    text = "\n".join(line.text for line in rest)
    return [*tags, "", *convert(text, context, rest[0].number, indent=rest[0].indent).split("\n")]


def _marked(context: Context, text: str, line: int) -> str:
    """The text with a mark that CommonMark knows."""
    found = _FANCY.match(text)
    if found is None:
        return text
    account, path = context.account, context.path
    if found["hash"]:
        mark = "1."
        account.kept("#.", path, line, "1.")
    elif found["name"] is not None:
        context.example += 1
        mark = f"{context.example}."
        account.kept("(@)", path, line, "numbers")
    elif len(found["letter"] or "") == 1 and found["mark"] == "." and found["letter"].isupper():
        # An initial, for which pandoc wants two blanks.
        return text
    else:
        # Another mark begins another list.
        mark = f"{_order(found['both'] or found['letter'])}{found['mark'] or ')'}"
        account.changed("a) and (i)", path, line, "numbers")
    return f"{found['indent']}{mark}{found['gap']}{text[found.end() :]}"


_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def _order(mark: str) -> int:
    if mark.isdecimal():
        return int(mark[:6])
    letter = ord(mark[0].lower()) - 96 if len(mark) == 1 else 1
    return _ROMAN.get(mark.lower(), letter)
