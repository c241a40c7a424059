"""Inline rules of our own: roles, formulas, footnote marks and substitutions."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_ROLE = re.compile(r"\{([A-Za-z][\w.:+-]*)\}(`+)(?!`)")
_FORMULA = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))+?)\$\$", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_SUBSTITUTION = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


def role(state: StateInline, silent: bool) -> bool:
    """``{name}`content` ``: the content ends at a run of as many backticks."""
    if state.src[state.pos] != "{":
        return False
    match = _ROLE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    ticks = match[2]
    start = match.end()
    end = _closing(state.src, ticks, start, state.posMax)
    if end < 0:
        return False
    if not silent:
        token = state.push("role", "", 0)
        token.info = match[1]
        token.content = state.src[start:end]
        token.meta = {"content": start}
    state.pos = end + len(ticks)
    return True


def _closing(src: str, ticks: str, start: int, end: int) -> int:
    """Where the run of exactly these backticks begins; -1 when there is none."""
    at = src.find(ticks, start, end)
    while at >= 0:
        stop = at + len(ticks)
        if src[stop : stop + 1] != "`" and src[at - 1] != "`":
            return at
        while src[stop : stop + 1] == "`":
            stop += 1
        at = src.find(ticks, stop, end)
    return -1


def formula(state: StateInline, silent: bool) -> bool:
    """``$…$`` and, within a paragraph, ``$$…$$``.

    As Pandoc has it: no space inside the marks, no digit after the closing one, so that prices stay prices.
    """
    if state.src[state.pos] != "$":
        return False
    last = state.env.get("last_dollar")
    if last is None or last[0] is not state.src:
        last = (state.src, state.src.rfind("$"))
        state.env["last_dollar"] = last
    if last[1] <= state.pos:
        return False
    match = _DISPLAY.match(state.src, state.pos, state.posMax)
    kind = "formula_display"
    if match is None:
        match = _FORMULA.match(state.src, state.pos, state.posMax)
        kind = "formula"
    if match is None:
        return False
    if not silent:
        token = state.push(kind, "math", 0)
        token.content = match[1]
        token.meta = {"content": match.start(1)}
    state.pos = match.end()
    return True


def footnote_mark(state: StateInline, silent: bool) -> bool:
    """``[^name]``; whether it is defined is known only when the page is whole."""
    if state.src[state.pos] != "[":
        return False
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("footnote_mark", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def substitution(state: StateInline, silent: bool) -> bool:
    """``{{ name }}``."""
    if state.src[state.pos] != "{":
        return False
    match = _SUBSTITUTION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("substitution", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def install(md: MarkdownIt) -> None:
    """Register the rules; roles come before code spans, footnote marks before links."""
    ruler = md.inline.ruler
    ruler.before("backticks", "substitution", substitution)
    ruler.before("backticks", "role", role)
    ruler.before("backticks", "formula", formula)
    ruler.before("link", "footnote_mark", footnote_mark)
