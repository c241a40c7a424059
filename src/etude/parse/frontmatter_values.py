"""Values of a page's head: authors, old names, pictures, substitutions, commands of formulas."""

from __future__ import annotations

import datetime as dt
from typing import Any

from etude.model.config import Macro
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.addresses import is_external
from etude.parse.context import Context
from etude.parse.short import EXPECTED, is_code
from etude.parse.values import Bad, text, truth

__all__ = [
    "aliases",
    "authors",
    "code",
    "long_forms",
    "macros",
    "numbered",
    "picture",
    "substitutions",
]


def substitutions(context: Context, value: Any, span: Span) -> dict[str, Any]:
    """Names and what they stand for; raises `Bad`."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Bad("expected a table of names and texts")
    found: dict[str, Any] = {}
    for name, given in value.items():
        if isinstance(given, dict | list | dt.date):
            found[str(name)] = given  # for expressions that look into it
            continue
        try:
            words = text(given)
        except Bad as bad:
            words = ""
            context.report(Rule.FRONT_MATTER_VALUE, f"`substitutions.{name}`: {bad}", span)
        found[str(name)] = words
    return found


def long_forms(value: Any) -> dict[str, str]:
    """Long forms by short ones; an empty one takes that of the book away."""
    if value is not None and not isinstance(value, dict):
        raise Bad("expected a table of short forms with their long ones")
    return {str(name): text(long) if long else "" for name, long in (value or {}).items()}


def macros(value: Any) -> dict[str, Macro]:
    r"""Commands of formulas: ``'\R': '\mathbb{R}'``, or a table with ``macro``."""
    found: dict[str, Macro] = {}
    for name, given in (value if isinstance(value, dict) else {}).items():
        body = given.get("macro") if isinstance(given, dict) else given
        if not isinstance(body, str):
            raise Bad(f"expected the LaTeX of `{name}`")
        bare = str(name).removeprefix("\\")
        found[bare] = Macro(bare, body.strip())
    if value is not None and not isinstance(value, dict):
        raise Bad("expected a table of commands and LaTeX")
    return found


def authors(value: Any) -> tuple[str, ...]:
    """Their names; raises `Bad`."""
    if value is None:
        return ()
    return tuple(map(_author, value if isinstance(value, list) else [value]))


def _author(value: Any) -> str:
    name = text(value.get("name")) if isinstance(value, dict) else text(value)
    if not name:
        raise Bad("expected the name of each author, or a table with its `name`")
    return name


def aliases(value: Any) -> tuple[str, ...]:
    """Old names: one, or a list; a suffix of a page's file falls away, as it does in the contents."""
    given = value if isinstance(value, list) else [] if value is None else [value]
    old = [text(one) for one in given]
    if not all(name.strip("/") for name in old):
        raise Bad("expected old names of the page, or addresses that begin with a slash")
    return tuple(dict.fromkeys(old))


def code(value: Any) -> str:
    """The code of a short address; raises `Bad`."""
    given = text(value)
    if not is_code(given):
        raise Bad(f"expected {EXPECTED}")
    return given


def picture(context: Context, value: Any, span: Span) -> str:
    """A file of the book, or an address; empty (and a diagnostic) when the file is not there."""
    address = text(value)
    if not address or is_external(address):
        return address
    path = context.locate(address, span, what="the image")
    return context.use(path) if path is not None else ""


def numbered(value: Any) -> bool | None:
    """Whether the page is numbered; MyST's tables of what is numbered leave it to the contents."""
    return None if isinstance(value, dict) else truth(value)
