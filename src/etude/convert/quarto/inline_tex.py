"""Commands of TeX within a text: references, entries of the index, what is for layout."""

from __future__ import annotations

import re

from etude.convert.quarto import references
from etude.convert.quarto.places import Context

__all__ = ["command"]

_TEX = re.compile(
    r"\\(?P<name>[a-zA-Z]+)\*?(?P<arguments>(?:\[[^\]\n]*\])*(?:\{(?:[^{}\n]|\{[^{}\n]*\})*\})*)"
)
_BOOKDOWN = re.compile(r"\\@ref\((?P<label>[^()\s]+)\)")


def command(text: str, at: int, context: Context, line: int) -> tuple[str, int]:
    """What a backslash begins, as it is written now, and where it ends."""
    account = context.account
    if found := _BOOKDOWN.match(text, at):
        return references.bookdown(found["label"], context, line), found.end()
    if text.startswith("\\ ", at):
        return "&nbsp;", at + 2
    if (found := _TEX.match(text, at)) is None:
        return text[at : at + 2], at + 2
    name, arguments = found["name"], found["arguments"].strip("{}")
    if name in {"ref", "autoref", "cref", "Cref", "eqref"} and arguments:
        return references.reference(arguments, context, line), found.end()
    if name in {"newpage", "pagebreak", "clearpage", "noindent", "bigskip", "medskip", "smallskip"}:
        account.changed("raw TeX", context.path, line, "commands for the page's layout are left out")
        return "", found.end()
    if name == "index" and arguments:
        account.kept("\\index", context.path, line, "{index} before the paragraph")
        context.indexed.append(_entry(found["arguments"]))
        return "", found.end()
    if name in {"LaTeX", "TeX"}:
        account.kept("raw TeX", context.path, line, "text")
        return name, found.end() + 2 * text.startswith("{}", found.end())
    account.changed("raw TeX", context.path, line, "it is text now")
    return "\\" + found[0], found.end()


def _entry(arguments: str) -> str:
    """An entry of the index, in MyST's words: ``a!b`` is below `a`, ``a|see{b}`` leads to `b`."""
    words = arguments[1:-1] if arguments.endswith("}") else arguments.strip("{}")
    if see := re.fullmatch(r"(?P<from>.*?)\|see(?:also)?\{(?P<to>[^{}]*)\}?", words):
        return f"see: {_entry('{' + see['from'] + '}')}; {see['to']}"
    return "; ".join(part.rpartition("@")[2].strip() for part in words.partition("|")[0].split("!"))
