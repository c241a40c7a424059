"""Code that is shown and not run: ```` ```{.python filename="x.py"} ````, and raw blocks."""

from __future__ import annotations

import re

from etude.convert.quarto import attributes
from etude.convert.quarto.cells import Made, annotated
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.places import Context
from etude.convert.quarto.shortcodes import SHORTCODE

__all__ = ["listing"]

_RAW = {"html": "html", "html4": "html", "html5": "html", "latex": "latex", "tex": "latex", "typst": "typst"}


def listing(
    context: Context, line: int, marker: str, info: str, code: tuple[str, ...], *, listed: bool
) -> Made:
    """The lines of a code block whose first line says `info`."""
    account, path = context.account, context.path
    braces = info.find("{")
    given = attributes.read(info, braces) if braces >= 0 else None
    word = info[:braces].strip() if given is not None else info
    if given is not None and given[0].raw:
        return _raw(context, line, marker, given[0].raw, code)
    if escaped := re.match(r"\{(\{[^{}]*\})\}", info):
        return _escaped(context, line, marker, escaped[1], code)
    if given is None and braces >= 0 and "}" in info:
        account.changed("```{…}", path, line, "a listing: what stood between the braces is not understood")
        return Made((f"{marker}text", *code, marker))
    if len(code) == 1 and (one := SHORTCODE.fullmatch(code[0].strip())) and one["name"] == "include":
        return _file(
            context,
            line,
            marker,
            word if given is None or word else next(iter(given[0].classes), ""),
            one["rest"].strip(),
        )
    body, marked = annotated(code, word) if listed else (list(code), False)
    body = [re.sub(r"^(\s*[`~]{3,})\{(\{[^{}]*\})\}", r"\1\2", one) for one in body]
    if marked:
        account.kept("# <1>", path, line, "# (1)")
    if given is None:
        account.kept("```lang", path, line)
        return Made((f"{marker}{info}", *body, marker), (), marked)
    return _with(context, line, marker, word, given[0], body, marked=marked)


def _file(context: Context, line: int, marker: str, language: str, path: str) -> Made:
    """A listing that shows a file."""
    context.account.kept("```{{< include >}}", context.path, line, "{literalinclude}")
    options = [f":language: {language}"] if language else []
    return Made((f"{marker}{{literalinclude}} {context.located(path.strip())}", *options, marker))


def _with(
    context: Context,
    line: int,
    marker: str,
    word: str,
    given: attributes.Attributes,
    body: list[str],
    *,
    marked: bool,
) -> Made:
    """A listing with attributes."""
    account, path = context.account, context.path
    classes = list(given.classes)
    language = word or (
        classes.pop(0) if classes and classes[0] not in {"numberLines", "number-lines", "cell-code"} else ""
    )
    options: list[str] = []
    caption = given.get("lst-cap") or given.get("caption")
    if given.id:
        options.append(f":label: {given.id}")
    if caption:
        options.append(f":caption: {one_line(caption, context, line)}")
        account.kept("lst-cap", path, line, "{code-block} with :caption:")
    numbers = given.get("code-line-numbers")
    if {"numberLines", "number-lines"} & set(classes) or numbers == "true":
        options.append(":linenos:")
    elif re.fullmatch(r"[\d,\s-]+", numbers):
        options.append(f":emphasize-lines: {numbers.replace(' ', '')}")
    if given.get("startFrom").isdecimal():
        options.append(f":lineno-start: {given.get('startFrom')}")
    before: list[str] = []
    if file := given.get("filename"):
        account.kept("filename=", path, line, "its name above the listing")
        before = [f"**`{file}`**", ""]
    account.kept("```{.lang …}", path, line, "{code-block}" if options else "```lang")
    shown = "" if language in {"default", "plaintext", "txt"} else language
    if not options:
        return Made((*before, f"{marker}{shown}", *body, marker), (), marked)
    return Made(
        (*before, f"{marker}{{code-block}} {shown}".rstrip(), *options, *_apart(body), marker), (), marked
    )


def _apart(body: list[str]) -> list[str]:
    return ["", *body] if body and re.match(r":[\w-]+:", body[0]) else body


def _raw(context: Context, line: int, marker: str, form: str, code: tuple[str, ...]) -> Made:
    account, path = context.account, context.path
    construct = f"```{{={form}}}"
    if form in {"markdown", "md"}:
        account.kept(construct, path, line, "Markdown")
        return Made(code)
    if form in _RAW:
        account.kept(construct, path, line, "{raw}")
        return Made((f"{marker}{{raw}} {_RAW[form]}", *code, marker))
    account.changed(construct, path, line, "a comment: there is no such output")
    return Made((f"{marker}{{comment}} {form}", *code, marker))


def _escaped(context: Context, line: int, marker: str, info: str, code: tuple[str, ...]) -> Made:
    """Code that shows how a cell is written."""
    context.account.kept("```{{lang}}", context.path, line, "a listing with the fence of the cell")
    outer = "`" * (len(marker) + 1)
    return Made((f"{outer}markdown", f"{marker}{info}", *code, marker, outer))
