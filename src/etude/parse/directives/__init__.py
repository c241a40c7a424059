"""Directives: named blocks with an argument, options and a body, one module a family."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import BlockNode, UnknownDirective
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.directives import boxes, code, design, glue, matter, media, sphinx, tables
from etude.parse.directives.call import Call, Directive, read_options, skip_options
from etude.parse.directives.foreign import foreign
from etude.parse.spelling import did_you_mean

__all__ = ["DIRECTIVES", "Call", "Directive", "directive"]

DIRECTIVES: dict[str, Directive] = {
    **code.DIRECTIVES,
    **media.DIRECTIVES,
    **tables.DIRECTIVES,
    **boxes.DIRECTIVES,
    **matter.DIRECTIVES,
    **design.DIRECTIVES,
    **glue.DIRECTIVES,
    **sphinx.DIRECTIVES,
}
"""Every directive by every name it has."""


def directive(call: Call) -> Sequence[BlockNode]:
    """The nodes of one directive; an unknown one keeps its content and is reported."""
    definition = DIRECTIVES.get(call.name)
    if definition is None:
        known = foreign(call)
        if known is not None:
            return known
        call.report(
            Rule.UNKNOWN_DIRECTIVE, f"the directive `{call.name}` is not known", _unknown_hints(call.name)
        )
        skip_options(call)
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
            call.argument_span,
        )
    if definition.argument == "required" and not call.argument:
        call.report(Rule.DIRECTIVE_ARGUMENT, f"`{call.name}` needs an argument", (definition.argument_hint,))
    if definition.body == "required" and call.body.blank:
        call.report(Rule.DIRECTIVE_BODY, f"`{call.name}` has no content", (definition.body_hint,))
    if definition.body == "none" and not call.body.blank:
        call.report(
            Rule.DIRECTIVE_BODY, f"`{call.name}` takes no content; it is ignored", span=_content(call)
        )
    return definition.build(call)


def _content(call: Call) -> Span:
    body = call.body.trimmed()
    return body.span(0, len(body.lines))


def _unknown_hints(name: str) -> tuple[str, ...]:
    if name in boxes.PROOFS:
        return (f"did you mean `prf:{name}`?",)
    return did_you_mean(name, DIRECTIVES)
