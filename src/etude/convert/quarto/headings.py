"""Headings: their attributes stay as they are written where Etude knows them."""

from __future__ import annotations

import re

from etude.convert.quarto import attributes
from etude.convert.quarto.inline import convert
from etude.convert.quarto.lines import Line
from etude.convert.quarto.places import Context

__all__ = ["HEADING", "heading"]

HEADING = re.compile(r"(?P<marks>#{1,6})(?P<gap>[ \t]+)(?P<words>.*?)(?P<close>[ \t]+#+)?[ \t]*")
_PART = re.compile(r"#\s+\((?:PART|APPENDIX)\\?\*?\).*")


def heading(context: Context, line: Line) -> list[str] | None:
    """The lines of a heading; None for another line."""
    found = HEADING.fullmatch(line.text)
    if found is None:
        return None
    account, path, number = context.account, context.path, line.number
    if _PART.fullmatch(line.text):
        if context.book.bookdown:
            account.kept("# (PART)", path, number, "[[part]]")
        else:
            account.changed("# (PART)", path, number, "write a [[part]] in etude.toml")
        return []
    words, given = attributes.at_end(found["words"])
    text = convert(words, context, number, cell=True)
    if given is None:
        return [line.text if text == words else f"{found['marks']}{found['gap']}{text}"]
    owner = context.book.labels.get(given.id)
    if (owner is not None and owner.path != context.path) or (given.id and path in context.book.shared):
        # Labels are those of the whole book; on its page this name still is an address.
        account.changed("# … {#sec-…}", path, number, "a place on its page: another page has the label")
        plain = f"{found['marks']}{found['gap']}{text}"
        unnumbered = " {.unnumbered}" if "unnumbered" in given.classes else ""
        return [f'<a id="{given.id}"></a>', "", plain + unnumbered]
    others = [name for name in given.classes if name != "unnumbered"]
    if given.id:
        account.kept("# … {#sec-…}", path, number)
    if "unnumbered" in given.classes:
        account.kept("# … {.unnumbered}", path, number)
    if not others and not given.pairs and text == words:
        return [line.text]
    if others or given.pairs:
        account.changed("# … {.class}", path, number, "classes of headings are left out")
    marks = [f"#{given.id}"] if given.id else []
    marks += [".unnumbered"] if "unnumbered" in given.classes else []
    return [f"{found['marks']}{found['gap']}{text}" + (f" {{{' '.join(marks)}}}" if marks else "")]
