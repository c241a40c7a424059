"""Values that cells give names to, as blocks, in figures and as formulas (MyST-NB's ``glue:``)."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import BlockNode, Figure, Paragraph, Pasted, RunTable
from etude.model.inline import Eval, Inline
from etude.parse import values
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.directives.media import FIGURE

__all__ = ["DIRECTIVES"]


def _source(call: Call) -> tuple[str, str]:
    """Page and name of a value: ``name``, or ``path::name``; the page may be an option, too."""
    page, _, name = call.argument.strip().rpartition("::")
    page = call.option("doc", "") or page
    if page:
        path = call.context.resolve(page, call.span)
        page = call.context.page_name(path) if path is not None else page
    return page, name


def _paste(call: Call) -> Sequence[BlockNode]:
    page, name = _source(call)
    return (Pasted(call.span, call.identity(), call.names(), name, page),) if name else ()


def _figure(call: Call) -> Sequence[BlockNode]:
    page, name = _source(call)
    if not name:
        return ()
    identity, names, blocks = call.identity("figure"), call.names(), call.blocks()
    caption: tuple[Inline, ...] = ()
    if blocks and isinstance(blocks[0], Paragraph):
        caption, blocks = blocks[0].children, blocks[1:]
    elif call.option("caption"):
        caption = call.option_inline("caption")
    return (
        Figure(
            call.span,
            identity,
            names,
            "",
            call.option("alt", ""),
            caption,
            blocks,
            (Pasted(call.span, "", (), name, page),),
            call.option("figwidth") or call.option("width", ""),
            align=call.option("align", ""),
            numbered=bool(caption or names),
            classes=call.option("figclass", ()) + call.option("class", ()),
        ),
    )


def _math(call: Call) -> Sequence[BlockNode]:
    page, name = _source(call)
    labels = call.names()
    numbered = call.flag_option("enumerated", default=bool(labels)) and not call.flag_option("nowrap")
    identity = call.context.identify(labels[-1] if labels else "", "equation") if numbered or labels else ""
    return (Pasted(call.span, identity, labels, name, page, "math", numbered),) if name else ()


def _eval(call: Call) -> Sequence[BlockNode]:
    expression = call.argument.strip()
    node = Eval(call.span, expression, len(call.context.cells))
    return (Paragraph(call.span, call.identity(), call.names(), (node,)),) if expression else ()


def _runs(call: Call) -> Sequence[BlockNode]:
    return (RunTable(call.span, call.identity(), call.names()),)


PASTE: dict[str, Convert] = {**COMMON, "doc": values.text, "format": values.text}
FORMULA: dict[str, Convert] = {
    **COMMON, "doc": values.text, "enumerated": values.truth, "nowrap": values.truth,
}  # fmt: skip
PASTE_FIGURE: dict[str, Convert] = {**FIGURE, "doc": values.text}
_NAME = "write the name that a cell gave the value after it, as in `{glue} name`"
DIRECTIVES: dict[str, Directive] = {
    "glue": Directive(
        _paste, "A value that a cell has named with `glue`.", "required", PASTE, "none", argument_hint=_NAME
    ),
    "glue:figure": Directive(
        _figure, "Such a value with a caption and a number.", "required", PASTE_FIGURE, argument_hint=_NAME
    ),
    "glue:math": Directive(
        _math, "Such a value as a formula.", "required", FORMULA, "none", argument_hint=_NAME
    ),
    "eval": Directive(
        _eval,
        "A value from the kernel, after the cell before it.",
        "required",
        COMMON,
        "none",
        argument_hint="write an expression after it, as in `{eval} mean`",
    ),
    "nb-exec-table": Directive(_runs, "How the runs of pages with code went.", "none", COMMON, "none"),
}
for _alias in ("glue:", "glue:any", "glue:text", "glue:md"):
    DIRECTIVES[_alias] = DIRECTIVES["glue"]
