"""Directives: named blocks with an argument, options and a body, one module a family."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import BlockNode, UnknownDirective
from etude.model.rules import Rule
from etude.parse.context import did_you_mean
from etude.parse.directives import boxes, code, matter, media, tables
from etude.parse.directives.call import Call, Directive, read_options

__all__ = ["DIRECTIVES", "Call", "Directive", "directive"]

DIRECTIVES: dict[str, Directive] = {
    **code.DIRECTIVES,
    **media.DIRECTIVES,
    **tables.DIRECTIVES,
    **boxes.DIRECTIVES,
    **matter.DIRECTIVES,
}
"""Every directive by every name it has."""


def directive(call: Call) -> Sequence[BlockNode]:
    """The nodes of one directive; an unknown one keeps its content and is reported."""
    definition = DIRECTIVES.get(call.name) or DIRECTIVES.get(call.name.lower())
    if definition is None:
        call.report(
            Rule.UNKNOWN_DIRECTIVE,
            f"the directive `{call.name}` is not known",
            did_you_mean(call.name, DIRECTIVES),
        )
        read_unknown(call)
        return (
            UnknownDirective(
                call.span, call.identity(), call.names(), call.name, call.argument, call.blocks()
            ),
        )
    read_options(call, definition)
    if definition.argument == "none" and call.argument:
        call.report(
            Rule.DIRECTIVE_ARGUMENT,
            f"`{call.name}` takes no argument; `{call.argument}` is ignored",
            ("write it in the body, or as an option",),
        )
    if definition.argument == "required" and not call.argument:
        call.report(Rule.DIRECTIVE_ARGUMENT, f"`{call.name}` needs an argument", (definition.summary,))
    if definition.body == "required" and not call.body.text.strip():
        call.report(Rule.DIRECTIVE_BODY, f"`{call.name}` has no content", (definition.summary,))
    return definition.build(call)


def read_unknown(call: Call) -> None:
    """Take the lines that look like options off an unknown directive's body."""
    lines = call.body.lines
    taken = 0
    while taken < len(lines) and lines[taken].lstrip().startswith(":") and ":" in lines[taken].lstrip()[1:]:
        taken += 1
    call.body = call.body.drop(taken)
