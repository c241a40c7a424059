"""Code within a text: shown, evaluated, or raw."""

from __future__ import annotations

import re

from etude.convert.quarto import attributes
from etude.convert.quarto.brackets import CODE
from etude.convert.quarto.places import Context

__all__ = ["celled", "code"]


def code(text: str, at: int, context: Context, line: int, *, row: bool) -> tuple[str, int]:
    """What a backtick begins, as it is written now, and where it ends; `row` tells of a row of a table."""
    found = CODE.match(text, at)
    if found is None:
        run = re.compile("`+").match(text, at)
        return (run[0], run.end()) if run else ("`", at + 1)
    shown, end = found["code"], found.end()
    got = attributes.read(text, end)
    evaluated = re.fullmatch(r"\{(\w+)\}\s+(.*)", shown, re.DOTALL)
    if evaluated is None and context.book.rules:
        evaluated = re.fullmatch(r"(r)\s+(.*)", shown, re.DOTALL)
    if evaluated is not None:
        return _evaluated(context, line, evaluated[1], evaluated[2].strip(), found["tick"]), end
    if escaped := re.fullmatch(r"\{(\{\w+\})\}(.*)", shown, re.DOTALL):
        return f"{found['tick']}{escaped[1]}{escaped[2]}{found['tick']}", end
    if got is None or text[end : end + 1] != "{":
        return celled(found[0], row=row), end
    given, after = got
    if given.raw:
        return _raw(context, line, given.raw, shown), after
    context.account.kept("`code`{.lang}", context.path, line, "code")
    return found[0], after


def celled(text: str, *, row: bool) -> str:
    """Code or a formula: in a row of a table their bars need a backslash."""
    return re.sub(r"(?<!\\)\|", r"\\|", text) if row else text


def _evaluated(context: Context, line: int, language: str, expression: str, tick: str) -> str:
    same = language in {context.language, context.book.kernel} or {language, context.language} <= {"r", "R"}
    if not same:
        context.account.lost("`{lang} x`", context.path, line, "a page runs one language; it is code now")
        return f"{tick}{expression}{tick}"
    context.account.kept("`{lang} x`", context.path, line, "{eval}")
    return f"{{eval}}{tick}{expression}{tick}"


def _raw(context: Context, line: int, form: str, content: str) -> str:
    if form.startswith("html"):
        context.account.kept("`raw`{=html}", context.path, line, "raw HTML")
        return content
    context.account.lost("`raw`{=format}", context.path, line, f"there is no raw {form} within a line")
    return ""
