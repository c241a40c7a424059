r"""What formulas say to the book rather than to the typesetter: ``\label`` and ``\ref``.

The lines of a displayed formula enter; its LaTeX without labels and the labels of its block leave.
"""

from __future__ import annotations

import re

from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.parse.context import Context
from etude.parse.lines import Lines
from etude.parse.macros import MacroError, defined, expand

__all__ = ["displayed", "inline"]

_MARK = re.compile(
    r"\\(?:(?P<label>label)|(?P<reference>(?:eq|page|auto|[cC])?ref))"
    r"[ \t]*\{[ \t]*(?P<name>[^{}\n]*?)[ \t]*\}"
    r"|(?P<comment>%.*)|\\."
)
_ROLE = re.compile(r"\{(?P<name>[a-z][\w:-]*)\}`[^`\n]+`", re.IGNORECASE)


def displayed(context: Context, lines: Lines, labels: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    r"""The LaTeX and the labels of a block; `labels` are those that stand outside of it.

    The first ``\label`` names the block too. It stands before `labels`, whose last is the block's id.
    """
    kept: list[str] = []
    own = ""
    for line, offset in zip(lines.lines, lines.offsets, strict=True):
        pieces, at = [], 0
        for match in _MARK.finditer(line):
            span = Span(offset + match.start(), offset + match.end(), lines.source)
            name = match["name"]
            if match["reference"] is not None:
                _refer(context, match, span)
            elif match["label"] is not None:
                pieces.append(line[at : match.start()].rstrip(" \t"))
                at = match.end()
                if not own and name:
                    own = name
                elif name and name not in (own, *labels):
                    _spare(context, name, own, span)
        rest = "".join((*pieces, line[at:]))
        if rest.strip() or not at:
            kept.append(rest)
    tex = _noted(context, "\n".join(kept).strip(), lines, display=True)
    return tex, ((own, *labels) if own and own not in labels else labels)


def inline(context: Context, tex: str, span: Span) -> str:
    """Note a formula within a line, and give its LaTeX; what it cannot hold is reported at `span`."""
    tex = _noted(context, tex, span, display=False)
    if "ref" not in tex and "label" not in tex:
        return tex
    for match in _MARK.finditer(tex):
        if match["reference"] is not None:
            _refer(context, match, span)
            return tex
        if match["label"] is not None:
            message = f"the label `{match['name']}` is not used: a formula within a line has no number"
            hints = ("write the formula between two `$$` on lines of their own",)
            context.report(Rule.LABEL_UNUSED, message, span, hints=hints)
            return tex
    return tex


def _noted(context: Context, tex: str, where: Span | Lines, *, display: bool) -> str:
    """Note a formula, without commands that the book, the page, or a formula before this one has defined."""
    tex, own = defined(tex)
    if own:
        context.macros.update(own)
        if not tex:
            return ""
    try:
        tex = expand(tex, context.macros)
    except MacroError as error:
        span = where if isinstance(where, Span) else where.span(0, len(where.lines))
        context.report(Rule.MATH_SYNTAX, str(error), span)
    else:
        context.formula(tex, display=display)
    role = _ROLE.search(tex) if "`" in tex else None
    if role is not None:
        span = where if isinstance(where, Span) else where.span(0, len(where.lines))
        message = f"a formula cannot hold a role: `{role[0]}` would be set as letters"
        hints = ("end the formula before it, and go on after it",)
        context.report(Rule.MATH_SYNTAX, message, span, hints=hints)
    return tex


def _refer(context: Context, match: re.Match[str], span: Span) -> None:
    written, name = match[0].partition("{")[0].rstrip(), match["name"]
    context.report(
        Rule.MATH_SYNTAX,
        f"a formula cannot refer to another: `{written}` has no place in it",
        span,
        hints=(f"write {{eq}}`{name}` in the text, outside of the formula",),
    )


def _spare(context: Context, name: str, own: str, span: Span) -> None:
    context.report(
        Rule.LABEL_UNUSED,
        f"the label `{name}` is not used: the formula has one number, which `{own}` names",
        span,
        hints=(f"refer to `{own}`, or make a block of its own of each formula that needs a number",),
        severity=Severity.WARNING,
    )
