"""How blocks begin: patterns for what stands after a line's indent."""

from __future__ import annotations

import re

PLAIN = re.compile(r" {0,3}[^\s#>*+\-=_`~:<(\[$\\%|0-9]").match
"""Begins a line that can be nothing but text."""

HEADING = re.compile(r"(#{1,6})(?=[ \t]|\Z)[ \t]*").match
HEADING_END = re.compile(r"(?:(?<=[ \t])|\A)#+[ \t]*\Z").search
UNDERLINE = re.compile(r"(=+|-+)[ \t]*\Z").match
RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z").match
BULLET = re.compile(r"([*+-])(?=[ \t]|\Z)").match
NUMBER = re.compile(r"([0-9]{1,9})([.)])(?=[ \t]|\Z)").match
FENCE = re.compile(r"(`{3,})([^`]*)\Z|(~{3,}|:{3,})(.*)\Z", re.DOTALL).match
TICKED = re.compile(r"(`{3,})([ \t]*\{[\w:.+-]+\}(?:(?!\1).)*)\Z", re.DOTALL).match
"""A directive whose argument holds code: CommonMark would read the line as inline code."""
TARGET = re.compile(r"\(([^()\n]+)\)=[ \t]*\Z").match
BREAK = re.compile(r"\+{3,}(?!\+)(.*)\Z", re.DOTALL).match
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:").match
DEFINITION = re.compile(r":[ \t]+(?=\S)").match

_BLOCK = re.compile(r"^[ ]{0,3}(?:```|~~~|:::|[-*+] |\d+[.)] |#{1,6} |>|\|)", re.MULTILINE)


def is_block(text: str) -> bool:
    """Whether a text holds what only stands between paragraphs: lists, directives, tables."""
    return _BLOCK.search(text) is not None


NESTS = re.compile(r">|(?:[*+-]|[0-9]{1,9}[.)])[ \t]").match

_LABEL = r"[ \t]*+(?:\(([^()$\n]+)\)[ \t]*+)?"
MATH_LINE = re.compile(rf"\$\$(?!\$)((?:(?!\$\$).)+)\$\${_LABEL}\Z", re.DOTALL).match
MATH_END = re.compile(rf"\$\${_LABEL}\Z").search
ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|multline|gather|align|alignat|flalign|eqnarray|[pbBvV]?matrix)\*?)\}"
).match


def environment_end(mark: str, text: str) -> re.Match[str] | None:
    r"""Where a line ends an environment with ``\end{…}``, which is `mark`; its first group is a label."""
    return re.search(rf"{re.escape(mark)}{_LABEL}\Z", text) if mark in text else None


_TAG = r"[A-Za-z][A-Za-z0-9-]*"
_ATTRIBUTE = r"""[ \t\n]+[A-Za-z_:][\w.:-]*(?:[ \t\n]*=[ \t\n]*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
OPEN_TAG = rf"<{_TAG}(?:{_ATTRIBUTE})*+[ \t\n]*/?>"
CLOSE_TAG = rf"</{_TAG}[ \t\n]*>"

_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl"
    "|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link"
    "|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th"
    "|thead|title|tr|track|ul"
)
_HTML = (
    (re.compile(r"<(?:script|pre|style|textarea)(?=[\s>]|\Z)", re.IGNORECASE).match,
     re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE).search),
    (re.compile(r"<!--").match, re.compile(r"-->").search),
    (re.compile(r"<\?").match, re.compile(r"\?>").search),
    (re.compile(r"<![A-Za-z]").match, re.compile(r">").search),
    (re.compile(r"<!\[CDATA\[").match, re.compile(r"\]\]>").search),
    (re.compile(rf"</?(?:{_BLOCK_TAGS})(?=[ \t]|/?>|\Z)", re.IGNORECASE).match, None),
    (re.compile(rf"(?:{OPEN_TAG}|{CLOSE_TAG})[ \t]*\Z").match, None),
)  # fmt: skip


def html_kind(text: str) -> int:
    """Which of CommonMark's seven kinds of HTML block begins with this line; 0 for none."""
    return next((kind for kind, (begins, _) in enumerate(_HTML, 1) if begins(text)), 0)


def html_ends(kind: int, text: str) -> bool:
    """Whether a line of an HTML block is its last; kinds 6 and 7 end at an empty line instead."""
    ends = _HTML[kind - 1][1]
    return ends is not None and ends(text) is not None
