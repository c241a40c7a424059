"""Directives of other tools that have no meaning here, with what to write instead."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import BlockNode, CodeBlock, Comment
from etude.model.rules import Rule, Severity
from etude.parse.directives.call import Call, skip_options

__all__ = ["foreign"]

_RESTRUCTURED = ("eval-rst", "eval_rst")
_LANGUAGES = (
    *("python", "ipython", "ipython3", "python3", "r", "julia", "bash", "sh", "javascript", "sql"),
    "markdown",
)


def foreign(call: Call) -> Sequence[BlockNode] | None:
    """The nodes of a directive that other tools know, and a diagnostic; None when it is not known at all."""
    name = call.name
    if name in _RESTRUCTURED:
        _report(call, "reStructuredText is not read; it is shown as it is", "write it in Markdown")
        return (CodeBlock(call.span, call.identity(), call.names(), "rst", call.body.text),)
    if name == "contents":
        message = "the contents of a page are always beside it; `contents` prints nothing"
        _report(call, message, "use `tableofcontents` for the contents of the book", Severity.INFO)
        return (Comment(call.span),)
    if name in _LANGUAGES:
        hint = f"write `{{code-cell}} {name}` for code that is run, `{{code-block}} {name}` for other code"
        _report(call, f"the directive `{name}` is not known", hint)
        skip_options(call)
        return (CodeBlock(call.span, call.identity(), call.names(), name, call.body.text),)
    if call.argument in _LANGUAGES:
        # Whatever else it is: its content is code, and would be spoiled as text.
        hint = f"its code is shown; write `{{code-cell}} {call.argument}` for code that is run"
        _report(call, f"the directive `{name}` is not known", hint)
        skip_options(call)
        return (CodeBlock(call.span, call.identity(), call.names(), call.argument, call.body.text),)
    return None


def _report(call: Call, message: str, hint: str, severity: Severity | None = None) -> None:
    call.context.report(Rule.UNKNOWN_DIRECTIVE, message, call.opener, hints=(hint,), severity=severity)
