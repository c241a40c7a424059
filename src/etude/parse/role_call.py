"""One use of a role, and what the functions that make its nodes share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from etude.model.inline import Inline, UnknownRole
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context
from etude.parse.lines import Places

__all__ = ["Make", "Role", "RoleCall", "empty", "inline", "titled"]


class RoleCall(Struct, frozen=True):
    """One use of a role."""

    context: Context
    name: str
    content: str
    span: Span
    places: Places
    """Of `content`."""


Make: TypeAlias = Callable[[RoleCall], Sequence[Inline]]


class Role(Struct, frozen=True):
    """A role: what makes its nodes, and what the handbook says of it."""

    make: Make
    summary: str


def titled(call: RoleCall) -> tuple[str, tuple[Inline, ...]]:
    """Target and own text of ``text <target>``, or the content as the target."""
    content = call.content.rstrip()
    opening = content.rfind("<") if content.endswith(">") else -1
    if opening < 0 or ">" in content[opening:-1]:
        return " ".join(call.content.split()), ()
    words = content[:opening].rstrip()
    return content[opening + 1 : -1].strip(), inline(call, words) if words.strip() else ()


def inline(call: RoleCall, text: str) -> tuple[Inline, ...]:
    """Words of a role as inline nodes."""
    return call.context.parse_inline(text, call.places)


def empty(call: RoleCall, rule: Rule, what: str) -> Sequence[Inline]:
    """Report a role that names nothing; its text stays."""
    call.context.report(rule, f"`{call.name}` names no {what}", call.span)
    return (UnknownRole(call.span, call.name, call.content),)
