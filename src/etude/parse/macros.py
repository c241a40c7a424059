r"""Commands of one's own in formulas: ``\R`` becomes ``\mathbb{R}`` before anything else looks at a formula.

So every output has them: site, print, e-book, search, notebooks. As TeX does it: a command takes one
argument for each ``#n``, a group or the next sign; the first may be optional, in brackets. What is put in
place of a command may have commands. A definition in a formula (``\newcommand``) goes before that of the
book, in the formulas after it, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from etude.model.config import Macro

__all__ = ["MacroError", "defined", "expand"]

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|%[^\n]*", re.DOTALL)
_ARGUMENT = re.compile(r"#([1-9])")
_DEFINES = frozenset({"\\newcommand", "\\renewcommand", "\\providecommand", "\\def", "\\DeclareMathOperator"})
_NAME = re.compile(r"\*?\s*+\{?\s*+\\([A-Za-z]+|[^A-Za-z\s])")
_DEFINITION = re.compile(
    r"\\(?:(?:(?:re)?newcommand|providecommand|def)\*?|DeclareMathOperator(?P<operator>\*?))"
    r"\s*+\{?\s*+\\(?P<name>[A-Za-z]+|[^A-Za-z\s])\s*+\}?"
    r"(?:#[1-9])*\s*+(?:\[\d\])?\s*+(?:\[(?P<optional>[^\]\n]*)\])?\s*+\{"
)
_MOST = 1000
"""Replacements in one formula: one that calls itself never ends."""
_LONGEST = 100_000
"""Characters that a formula may grow to."""


class MacroError(Exception):
    """A command cannot be replaced; the message says why."""


def defined(tex: str) -> tuple[str, dict[str, Macro]]:
    r"""A formula without its definitions (``\newcommand``, ``\def``, ``\DeclareMathOperator``), and these."""
    if "command" not in tex and "\\def" not in tex and "\\Declare" not in tex:
        return tex, {}
    found: dict[str, Macro] = {}
    pieces: list[str] = []
    at = 0
    while one := _DEFINITION.search(tex, at):
        end = _closing(tex, one.end() - 1, "{", "}")
        if end < 0:
            break
        body = tex[one.end() : end]
        if one["operator"] is not None:
            body = f"\\operatorname{one['operator']}{{{body}}}"
        found[one["name"]] = Macro(one["name"], body, one["optional"])
        pieces.append(tex[at : one.start()])
        at = end + 1
    return "".join((*pieces, tex[at:])).strip() if found else tex, found


def expand(tex: str, macros: Mapping[str, Macro]) -> str:
    """A formula without the commands of the book; raises `MacroError`."""
    if not macros or "\\" not in tex:
        return tex
    own: set[str] = set()
    at = count = 0
    while token := _TOKEN.search(tex, at):
        at = token.end()
        if token[0] in _DEFINES:
            if defined := _NAME.match(tex, at):
                own.add(defined[1])
                at = defined.end()
            continue
        macro = macros.get(token[0][1:])
        if macro is None or macro.name in own or token[0].startswith("%"):
            continue
        count += 1
        if count > _MOST or len(tex) > _LONGEST:
            raise MacroError(f"the command `\\{macro.name}` contains itself, or is too long")
        body, end = _filled(macro, tex, at)
        before = tex[: token.start()]
        if before.rstrip().endswith(("^", "_")):
            body = f"{{{body}}}"
        elif re.search(r"\\[A-Za-z]+$", body) and tex[end : end + 1].isalpha():
            body += " "
        tex = f"{before}{body}{tex[end:]}"
        at = token.start()
    return tex


def _filled(macro: Macro, tex: str, at: int) -> tuple[str, int]:
    """The body with its arguments, and where these end."""
    wanted = max((int(number) for number in _ARGUMENT.findall(macro.body)), default=0)
    values: list[str] = []
    if macro.optional is not None:
        wanted = max(wanted, 1)
        value, at = _optional(tex, at)
        values.append(macro.optional if value is None else value)
    while len(values) < wanted:
        value, at = _argument(macro, tex, at)
        values.append(value)
    return _ARGUMENT.sub(lambda one: values[int(one[1]) - 1], macro.body), at


def _optional(tex: str, at: int) -> tuple[str | None, int]:
    start = _after_space(tex, at)
    if not tex.startswith("[", start):
        return None, at
    end = _closing(tex, start, "[", "]")
    return (None, at) if end < 0 else (tex[start + 1 : end], end + 1)


def _argument(macro: Macro, tex: str, at: int) -> tuple[str, int]:
    start = _after_space(tex, at)
    if start >= len(tex):
        raise MacroError(f"the command `\\{macro.name}` has too few arguments")
    if tex[start] == "{":
        end = _closing(tex, start, "{", "}")
        if end < 0:
            raise MacroError(f"an argument of `\\{macro.name}` is not closed")
        return tex[start + 1 : end], end + 1
    token = _TOKEN.match(tex, start)
    end = token.end() if token is not None else start + 1
    return tex[start:end], end


def _after_space(tex: str, at: int) -> int:
    while at < len(tex) and tex[at].isspace():
        at += 1
    return at


def _closing(tex: str, start: int, opening: str, closing: str) -> int:
    """Where a bracket is closed; -1 for nowhere."""
    depth = 0
    at = start
    while at < len(tex):
        sign = tex[at]
        if sign == "\\":
            at += 2
            continue
        depth += sign == opening
        depth -= sign == closing
        if not depth:
            return at
        at += 1
    return -1
