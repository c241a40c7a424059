"""Aliases of `config.ini`: `d2l.reshape(x, (2, 3))` becomes the code that each tab has for it.

Only what the tree of the code shows to be the name of `d2l` is replaced, never text that looks like it; all
that is not replaced keeps its layout and its comments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from etude.convert.d2lbook.source import Code, Edit, parse

__all__ = ["Aliases", "apply", "doubtful", "read_aliases", "remaining"]

_MODULE = "d2l"
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


class Aliases(Struct, frozen=True):
    """The aliases of one tab."""

    library: str = ""
    """The module that simple ones are of: `torch`."""
    simple: Mapping[str, str] = {}
    fluent: Mapping[str, str] = {}
    """Function to the method of its first argument."""
    reverse: tuple[tuple[str, str], ...] = ()
    """Patterns and what they become, as `re.sub` has them."""
    args: Mapping[str, tuple[str, str]] = {}
    """Function to its call and to the call that it becomes, both with names for values."""
    definitions: str = ""
    """Python of `alias`: what the library itself defines."""
    guessed: Mapping[str, str] = {}
    """Names that begin like simple ones, and become names of the module in the same way."""
    unknown: frozenset[str] = frozenset()
    """Names that the library does not have."""

    def names(self) -> frozenset[str]:
        """Every name that the library has through them."""
        own = re.findall(r"^(\w+)[ \t]*=", self.definitions, re.MULTILINE)
        return frozenset({*self.simple, *self.fluent, *self.args, *own})


def read_aliases(section: Mapping[str, str]) -> Aliases:
    """A section `[library-TAB]`."""
    args = {}
    for call, becomes in _pairs(section.get("args_alias", ""), split=False):
        name = call.partition("(")[0].strip()
        args[name] = (call, becomes)
    definitions = "\n".join(line.strip() for line in section.get("alias", "").strip().splitlines())
    library = section.get("lib_name", "").strip()
    return Aliases(
        library,
        {a.rstrip("("): b.rstrip("(") for a, b in _pairs(section.get("simple_alias", ""))} if library else {},
        dict(_pairs(section.get("fluent_alias", ""))) if library else {},
        tuple(_pairs(section.get("reverse_alias", ""), split=False)),
        args if library else {},
        definitions,
    )


def _pairs(text: str, *, split: bool = True) -> Iterator[tuple[str, str]]:
    """`a -> b, c` as pairs; a name alone stays itself."""
    for line in text.splitlines():
        for term in line.split(",") if split else (line,):
            before, arrow, after = (part.strip() for part in term.partition("->"))
            if before:
                yield before, after if arrow else before


def apply(text: str, aliases: Aliases) -> str:
    """The code with its aliases replaced; as it is when it cannot be read."""
    if f"{_MODULE}." not in text:
        return text
    # Each step replaces one name, an inner one before those around it.
    for _ in range(text.count(f"{_MODULE}.") + 1):
        code = parse(text)
        if code is None:
            return text
        edit = next(_edits(code, aliases), None)
        if edit is None:
            return text
        text = code.edited((edit,))
    return text


def remaining(text: str, aliases: Aliases) -> frozenset[str]:
    """Names of aliases that the code still asks `d2l` for."""
    return _asked(text, aliases.names())


def doubtful(text: str, aliases: Aliases) -> tuple[str, ...]:
    """What is to be told of names that code takes of `d2l`, and that are neither saved nor aliases."""
    said = {name: f"`{aliases.library}.{new}`, as d2lbook has it" for name, new in aliases.guessed.items()}
    said |= dict.fromkeys(aliases.unknown, "no page saves it, and it is no alias: it fails when it runs")
    return tuple(f"`d2l.{name}`: {said[name]}" for name in sorted(_asked(text, frozenset(said))))


def _asked(text: str, known: frozenset[str]) -> frozenset[str]:
    code = parse(text) if known else None
    if code is None:
        return frozenset()
    return frozenset(
        node.attr for node in ast.walk(code.tree) if isinstance(node, ast.Attribute) and _named(node, known)
    )


def _edits(code: Code, aliases: Aliases) -> Iterator[Edit]:
    plain = {**aliases.simple, **aliases.guessed}
    nodes = [node for node in ast.walk(code.tree) if isinstance(node, ast.Call | ast.Attribute)]
    for node in sorted(nodes, key=lambda one: (code.start(one), -code.end(one)), reverse=True):
        edit = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if _named(node.func, aliases.fluent):
                edit = _fluent(code, node, aliases.fluent[name])
            elif _named(node.func, aliases.args):
                edit = _called(code, node, *aliases.args[name])
        edit = edit or _reversed(code, node, aliases.reverse)
        if edit is None and isinstance(node, ast.Attribute) and _named(node, plain):
            text = f"{aliases.library}.{plain[node.attr]}"
            edit = Edit(code.start(node), code.end(node), text)
        if edit is not None and edit.text != code.text[edit.start : edit.end]:
            yield edit


def _named(node: ast.Attribute, names: Mapping[str, object] | frozenset[str]) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == _MODULE and node.attr in names


def _reversed(
    code: Code, node: ast.Call | ast.Attribute, patterns: tuple[tuple[str, str], ...]
) -> Edit | None:
    """A pattern that the whole text of the node matches."""
    text = code.of(node)
    for pattern, becomes in patterns:
        if not text.startswith(f"{_MODULE}."):
            return None
        try:
            found = re.fullmatch(pattern, text)
            if found is not None:
                return Edit(code.start(node), code.end(node), found.expand(becomes))
        except (re.error, IndexError):
            continue
    return None


def _fluent(code: Code, node: ast.Call, method: str) -> Edit | None:
    """`d2l.f(x, …)` as `x.m(…)`."""
    if not node.args or isinstance(node.args[0], ast.Starred):
        return None
    first = node.args[0]
    before, after = _around(code, node, first)
    subject = code.text[before:after].strip()
    if not _stands_before_dot(subject, first):
        subject = f"({subject})"
    rest = code.text[after : code.end(node)]
    comma = rest.lstrip()
    if comma.startswith(","):
        rest = comma[1:]
        rest = rest if rest.lstrip(" ").startswith(("\n", "#")) else rest.lstrip(" ")
    else:
        rest = comma
    return Edit(code.start(node), code.end(node), f"{subject}.{method}({rest}")


def _around(code: Code, node: ast.Call, first: ast.expr) -> tuple[int, int]:
    """Start and end of the first argument with the parentheses around it that are its own."""
    start, end = code.start(first), code.end(first)
    opened = code.text.index("(", code.end(node.func)) + 1
    while True:
        before = code.text[opened:start].rstrip()
        after = code.text[end : code.end(node)]
        closing = after.lstrip()
        if not before.endswith("(") or not closing.startswith(")"):
            return start, end
        start = opened + len(before) - 1
        end += len(after) - len(closing) + 1


def _stands_before_dot(text: str, node: ast.expr) -> bool:
    """Whether a dot after the text belongs to all of it, on one line or in brackets."""
    try:
        whole = ast.parse(f"{text}.x", mode="eval").body
    except SyntaxError:
        return False
    return isinstance(whole, ast.Attribute) and ast.dump(whole.value) == ast.dump(node)


def _called(code: Code, node: ast.Call, call: str, becomes: str) -> Edit | None:
    """A call with the values of another; names that begin with `a_` are for values by place."""
    try:
        pattern, target = ast.parse(call, mode="eval").body, ast.parse(becomes, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(pattern, ast.Call) or not all(isinstance(one, ast.Name) for one in pattern.args):
        return None
    places = [one.id for one in pattern.args if isinstance(one, ast.Name) and one.id.startswith("a_")]
    named = {one.id for one in pattern.args if isinstance(one, ast.Name)} - set(places)
    named |= {one.arg for one in pattern.keywords if one.arg}
    if len(places) != len(node.args) or any(one.arg not in named for one in node.keywords):
        return None
    if any(isinstance(one, ast.Starred) for one in node.args):
        return None
    values = dict(zip(places, map(code.of, node.args), strict=True))
    values |= {one.arg: code.of(one.value) for one in node.keywords if one.arg}
    form = Code(becomes, ast.Module([ast.Expr(target)], []))
    edits = [
        Edit(form.start(one), form.end(one), values[one.id])
        for one in ast.walk(target)
        if isinstance(one, ast.Name) and one.id in values
    ]
    text = form.edited(edits)
    if isinstance(target, ast.Call):
        # What the call does not give is not handed on.
        asked = {one.id for one in ast.walk(target) if isinstance(one, ast.Name)} & named
        for keyword in target.keywords:
            if isinstance(keyword.value, ast.Name) and keyword.value.id in asked - set(values):
                text = re.sub(rf"(?:,\s*)?{keyword.arg}\s*=\s*{keyword.value.id}\b", "", text)
        text = text.replace("(, ", "(")
    return Edit(code.start(node), code.end(node), text)
