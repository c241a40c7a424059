r"""Commands of one's own in formulas, ``\newcommand{\E}[1]{…}``: found, and written out where they are used.

A formula of Etude stands for itself: what another one defines is not known in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

__all__ = ["Macro", "defined", "expanded"]

_BEGIN = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?\s*+(?:\{\s*+\\(?P<new>[a-zA-Z]+)\s*+\}|\\(?P<bare>[a-zA-Z]+))"
    r"\s*+(?:\[(?P<count>\d)\])?\s*+(?:\[(?P<default>[^\[\]]*)\])?"
    r"|def\s*+\\(?P<def>[a-zA-Z]+)\s*+(?P<parameters>(?:#\d)*)"
    r"|DeclareMathOperator(?P<star>\*?)\s*+\{?\s*+\\(?P<operator>[a-zA-Z]+)\s*+\}?)\s*+(?=\{)"
)
_COMMAND = re.compile(r"\\(?P<name>[a-zA-Z]+)|\\.", re.DOTALL)
_LONGEST = 20_000
"""Characters that a formula may grow to; a definition that names itself would never end."""
_DEEPEST = 20


class Macro(Struct, frozen=True):
    """What a command stands for."""

    body: str
    """With ``#1`` for the first argument."""
    arguments: int = 0
    default: str | None = None
    """Of the first argument, which then stands in square brackets."""


def defined(text: str) -> tuple[dict[str, Macro], str]:
    """The commands that a text defines, and the text without their definitions."""
    found: dict[str, Macro] = {}
    kept: list[str] = []
    at = 0
    while begin := _BEGIN.search(text, at):
        end = _group(text, begin.end())
        if end is None:
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        body = text[begin.end() + 1 : end - 1]
        if begin["operator"]:
            found[begin["operator"]] = Macro(f"\\operatorname{begin['star']}{{{body}}}")
        elif begin["def"]:
            found[begin["def"]] = Macro(body, begin["parameters"].count("#"))
        else:
            found[begin["new"] or begin["bare"]] = Macro(body, int(begin["count"] or 0), begin["default"])
        kept.append(text[at : begin.start()])
        at = end
    return found, "".join(kept) + text[at:]


def expanded(tex: str, macros: Mapping[str, Macro]) -> str:
    """A formula with its commands written out; as it is, when there are none or they have no end."""
    text = tex
    for _ in range(_DEEPEST):
        new = _once(text, macros)
        if new == text:
            return text
        if len(new) > _LONGEST:
            return tex
        text = new
    return tex


def _once(text: str, macros: Mapping[str, Macro]) -> str:
    out: list[str] = []
    at = 0
    for found in _COMMAND.finditer(text):
        macro = macros.get(found["name"] or "")
        if macro is None or found.start() < at:
            continue
        read = _arguments(text, found.end(), macro)
        if read is None:
            continue
        values, end = read
        body = _filled(macro.body, values)
        out.append(text[at : found.start()])
        # A name that ends with the body must not run into what follows.
        apart = " " if re.search(r"\\[a-zA-Z]+\Z", body) and text[end : end + 1].isalpha() else ""
        script = text[: found.start()].rstrip()[-1:] in {"_", "^"}
        single = len(body) < 2 or re.fullmatch(r"\\[a-zA-Z]+", body)
        out.append(f"{{{body}}}" if script and not single else body + apart)
        at = end
    return "".join(out) + text[at:]


def _filled(body: str, values: Sequence[str]) -> str:
    """A body with values for its parameters; those that it has no value for stay."""
    return re.sub(
        r"#([1-9])", lambda mark: values[int(mark[1]) - 1] if int(mark[1]) <= len(values) else mark[0], body
    )


def _arguments(text: str, at: int, macro: Macro) -> tuple[list[str], int] | None:
    """What stands behind a command for its parameters; None when it is too little."""
    values: list[str] = []
    if macro.arguments and macro.default is not None:
        given = re.compile(r"\s*\[([^\[\]]*)\]").match(text, at)
        values.append(given[1] if given else macro.default)
        at = given.end() if given else at
    while len(values) < macro.arguments:
        start = at + len(text[at:]) - len(text[at:].lstrip())
        if start >= len(text):
            return None
        if text[start] == "{":
            end = _group(text, start)
            if end is None:
                return None
            values.append(text[start + 1 : end - 1])
        else:
            command = _COMMAND.match(text, start)
            end = command.end() if command else start + 1
            values.append(text[start:end])
        at = end
    if not macro.arguments and text[at : at + 2] == "{}":
        at += 2
    return values, at


def _group(text: str, at: int) -> int | None:
    """The offset after the braces that open at an offset."""
    depth = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if not depth:
            return at
    return None
