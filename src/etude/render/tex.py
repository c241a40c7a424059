"""Stage render: LaTeX as authors write it becomes LaTeX that math-core knows.

One scan makes edits (start, end, new text) over the source, so that an error in what was rewritten
can be told at its place in what was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct

__all__ = ["Rewritten", "rewrite"]


class Rewritten(Struct, frozen=True, gc=False):
    """Rewritten LaTeX, with what is needed to find places of the original."""

    text: str
    starts: tuple[int, ...]
    """Offsets into `text` where a piece begins, ascending; the first is 0."""
    origins: tuple[int, ...]
    """Offset into the original of each piece's beginning."""
    copied: tuple[bool, ...]
    """Whether the piece is the original's own text, character by character."""

    def origin(self, offset: int) -> int:
        """Where a character of `text` came from in the original."""
        i = max(0, bisect_right(self.starts, offset) - 1)
        return self.origins[i] + (offset - self.starts[i] if self.copied[i] else 0)


_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|%[^\n]*\n?|[{}&$]|[^\\%{}&$]+|\\", re.DOTALL)
_ENVIRONMENT = re.compile(r"\s*\{([a-zA-Z]+\*?)\}")
_GROUP = re.compile(r"\s*\{[^{}]*\}")
_OPTION = re.compile(r"\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\]")
_ANGLE = re.compile(r"\s*([<>])")
_OPERATOR = re.compile(
    r"\s*\{\s*(?:\\(?:mathrm|text|textrm|operatorname)\s*\{([^{}\\$]*)\}|\\rm\s+([^{}\\$]*)|([^{}\\$]*))\s*\}"
)
_LARGE = re.compile(r"\s*\{\s*(\\[a-z]+)\s*\}")
"""An operator in braces."""
_SCRIPT = re.compile(r"\s*_")
_NEEDED = re.compile(
    r"\\\\|[&$]|\\[%#_{}]\s|\\[()]|\\left\s*<|\\right\s*>"
    r"|\\(?:begin|[mh]box|substack|label|(?:eq|page|auto|[cC])?ref|tag|nonumber|notag|[rlc]lap|math[rlc]lap|smash|m?strut|href|url|limits"
    r"|mathop|det|colon|dots[bcimo]|hdotsfor|hfill|newcommand|textnormal|tiny|scriptsize|footnotesize|small|normalsize"
    r"|large|Large|LARGE|huge|Huge)(?![a-zA-Z])"
)

# Environments that math-core numbers, or does not know, to what it typesets without a number.
_ENVIRONMENTS = {
    "align": "aligned",
    "align*": "aligned",
    "flalign": "aligned",
    "flalign*": "aligned",
    "alignat": "aligned",
    "alignat*": "aligned",
    "alignedat": "aligned",
    "split": "aligned",
    "eqnarray": "array",
    "eqnarray*": "array",
    "gather": "gathered",
    "gather*": "gathered",
    "multline": "multline*",
    "smallmatrix": "subarray",
}
_COLUMNS = {"eqnarray": "{rcl}", "eqnarray*": "{rcl}", "smallmatrix": "{c}"}
_COUNTED = frozenset(("alignat", "alignat*", "alignedat"))
_DROPPED = frozenset(("equation", "equation*", "displaymath", "math"))
_COMMANDS = {
    "\\mbox": "\\text",
    "\\hbox": "\\text",
    "\\textnormal": "\\text",
    "\\nonumber": "",
    "\\notag": "",
    "\\rlap": "",
    "\\llap": "",
    "\\clap": "",
    "\\mathrlap": "",
    "\\mathllap": "",
    "\\mathclap": "",
    "\\smash": "",
    "\\strut": "",
    "\\mathstrut": "",
    "\\hfill": "\\quad ",
    "\\colon": "\\mathpunct{:}\\,",
    "\\dotsb": "\\cdots ",
    "\\dotsc": "\\ldots ",
    "\\dotsi": "\\cdots ",
    "\\dotsm": "\\cdots ",
    "\\dotso": "\\ldots ",
    "\\url": "\\text",
    "\\tiny": "",
    "\\scriptsize": "",
    "\\footnotesize": "",
    "\\small": "",
    "\\normalsize": "",
    "\\large": "",
    "\\Large": "",
    "\\LARGE": "",
    "\\huge": "",
    "\\Huge": "",
}
_TEXT = frozenset(
    ("\\text", "\\mbox", "\\hbox", "\\textrm", "\\textnormal", "\\textbf", "\\textit", "\\textsf")
)


class _Scan:
    """State of one scan; see `rewrite`."""

    __slots__ = ("breaks", "columns", "edits", "groups", "open", "source", "texts")

    def __init__(self, source: str) -> None:
        self.source = source
        self.edits: list[tuple[int, int, str]] = []
        self.groups: list[str] = []
        """Open braces and environments, outermost first: ``{``, ``text``, ``stack`` or a name."""
        self.texts: list[int] = []
        """For each open text: the place of its command in `edits`; negative once it has a group around it."""
        self.breaks = False
        self.columns = False
        self.open = -1
        """End of a ``\\\\`` after which nothing but white space has come yet; -1 for none."""

    def edit(self, start: int, end: int, text: str) -> None:
        self.edits.append((start, end, text))


def rewrite(source: str) -> Rewritten:
    r"""Rewrite what math-core does not know or drops; never fails, whatever the source.

    Handled: line breaks and alignment marks outside of an environment, line breaks at the end of
    one, numbered environments, ``split`` and its like, ``\substack``, formulas within ``\text``,
    ``\label``, ``\ref`` (as LaTeX prints an unknown one), ``\tag``, boxes and laps,
    ``\mathop…\limits``, sizes, spare names of dots.
    """
    if _NEEDED.search(source) is None:
        return Rewritten(source, (0,), (0,), (True,))
    scan = _Scan(source)
    at = 0
    while at < len(source):
        token = _TOKEN.match(source, at)
        assert token is not None
        at = _step(scan, token[0], at, token.end())
    _close_row(scan, len(source))
    if scan.breaks or scan.columns:
        name = "aligned" if scan.columns else "gathered"
        scan.edits.insert(0, (0, 0, f"\\begin{{{name}}}"))
        scan.edit(len(source), len(source), f"\\end{{{name}}}")
    return _apply(source, scan.edits)


def _step(scan: _Scan, word: str, start: int, end: int) -> int:
    """Take one token; answers where the next one starts."""
    if word == "\\\\":
        return _row(scan, start, end)
    if word.isspace() or word[0] == "%":
        return end
    if word in ("}", "\\end"):
        _close_row(scan, start)
    scan.open = -1
    match word:
        case "{":
            scan.groups.append("{")
        case "}":
            if scan.groups and scan.groups[-1] == "text":
                scan.groups.pop()
                if scan.texts.pop() < 0:
                    scan.edit(start, end, "}}")
            elif scan.groups and scan.groups[-1] == "{":
                scan.groups.pop()
            elif scan.groups and scan.groups[-1] == "stack":
                scan.groups.pop()
                scan.edit(start, end, "\\end{subarray}}")
        case "&":
            scan.columns = scan.columns or not scan.groups
        case "$" | "\\(" | "\\)":
            _dollar(scan, start, end)
        case "\\begin" | "\\end":
            return _environment(scan, word, start, end)
        case "\\substack":
            if opened := _opening(scan.source, end):
                scan.groups.append("stack")
                scan.edit(start, opened, "{\\begin{subarray}{c}")
                return opened
        case "\\label":
            if group := _GROUP.match(scan.source, end):
                scan.edit(start, group.end(), "")
                return group.end()
        case "\\ref" | "\\eqref" | "\\pageref" | "\\autoref" | "\\cref" | "\\Cref":
            if group := _GROUP.match(scan.source, end):
                scan.edit(start, group.end(), "\\text{(??)}" if word == "\\eqref" else "\\text{??}")
                return group.end()
        case "\\tag":
            return _tag(scan, start, end)
        case "\\href" | "\\hdotsfor":
            if group := _GROUP.match(scan.source, end):
                scan.edit(start, group.end(), "\\ldots " if word == "\\hdotsfor" else "")
                return group.end()
        case "\\left" | "\\right":
            if angle := _ANGLE.match(scan.source, end):
                scan.edit(angle.start(1), angle.end(), "\\langle " if angle[1] == "<" else "\\rangle ")
                return angle.end()
        case "\\mathop":
            if named := _OPERATOR.match(scan.source, end):
                name = (named[1] or named[2] or named[3] or "").strip()
                scan.edit(start, named.end(), f"\\operatorname*{{{name}}}")
                return named.end()
            if large := _LARGE.match(scan.source, end):
                scan.edit(start, large.end(), large[1] + " ")
                return large.end()
        case "\\det":
            # It has limits, as \max has, which math-core does not know.
            if _SCRIPT.match(scan.source, end):
                scan.edit(start, end, "\\operatorname*{det}")
        case "\\limits":
            # Only big operators take it in math-core; \operatorname* has its limits below anyway.
            if scan.source[:start].rstrip().endswith("}"):
                scan.edit(start, end, "")
        case "\\newcommand":
            scan.edit(start, end, "\\providecommand")
        case "\\%" | "\\&" | "\\#" | "\\_" | "\\$" | "\\{" | "\\}":
            # math-core takes a space after these as the end of their name; within text it is one to see.
            if scan.groups and scan.groups[-1] == "text" and scan.source[end : end + 1].isspace():
                scan.edit(end, end, "{}")
        case _ if word in _COMMANDS or word in _TEXT:
            if word in _TEXT and (opened := _opening(scan.source, end)):
                scan.groups.append("text")
                scan.texts.append(len(scan.edits))
                scan.edit(start, end, _COMMANDS.get(word, word))
                return opened
            scan.edit(start, end, _COMMANDS.get(word, word))
        case _:
            pass
    return end


def _row(scan: _Scan, start: int, end: int) -> int:
    """A line break: one outside of every group asks for an environment around all."""
    _close_row(scan, start)
    if scan.source.startswith("*", end):
        end += 1
    if option := _OPTION.match(scan.source, end):
        end = option.end()
    if not scan.groups:
        scan.breaks = True
    scan.open = len(scan.edits)
    scan.edit(start, end, "\\\\ ")
    return end


def _close_row(scan: _Scan, at: int) -> None:
    """Take back a line break that ends an environment or the formula: it would make an empty row."""
    if scan.open < 0:
        return
    start, end, _ = scan.edits[scan.open]
    if not scan.source[end:at].strip() or scan.source[end:at].lstrip().startswith("%"):
        scan.edits[scan.open] = (start, end, "")
    scan.open = -1


def _dollar(scan: _Scan, start: int, end: int) -> None:
    """A formula within text: the text ends before it and begins again after it, all in one group."""
    if scan.groups and scan.groups[-1] == "text":
        scan.groups[-1] = "formula"
        if (first := scan.texts[-1]) >= 0:
            at, to, text = scan.edits[first]
            scan.edits[first] = (at, to, "{" + text)
            scan.texts[-1] = ~first
        scan.edit(start, end, "}{")
    elif scan.groups and scan.groups[-1] == "formula":
        scan.groups[-1] = "text"
        scan.edit(start, end, "}\\text{")


def _environment(scan: _Scan, word: str, start: int, end: int) -> int:
    named = _ENVIRONMENT.match(scan.source, end)
    if named is None:
        return end
    name, end = named[1], named.end()
    if word == "\\begin":
        scan.groups.append(name)
    elif name in scan.groups:
        del scan.groups[len(scan.groups) - 1 - scan.groups[::-1].index(name) :]
    if name in _DROPPED:
        # Its body stands for itself: breaks within it count as outside of every group.
        if word == "\\begin":
            scan.groups.pop()
        scan.edit(start, end, "")
    elif name in _ENVIRONMENTS:
        if word == "\\begin" and name in _COUNTED and (group := _GROUP.match(scan.source, end)):
            end = group.end()
        columns = _COLUMNS.get(name, "") if word == "\\begin" else ""
        scan.edit(start, end, f"{word}{{{_ENVIRONMENTS[name]}}}{columns}")
    elif word == "\\begin" and name in ("array", "subarray") and (group := _GROUP.match(scan.source, end)):
        return group.end()
    return end


def _tag(scan: _Scan, start: int, end: int) -> int:
    star = scan.source.startswith("*", end)
    group = _GROUP.match(scan.source, end + star)
    if group is None:
        return end
    text = group[0].strip()[1:-1]
    scan.edit(start, group.end(), f"\\qquad\\text{{{text if star else f'({text})'}}}")
    return group.end()


def _opening(source: str, at: int) -> int:
    """The offset after a brace that opens at `at`, white space aside; 0 when there is none."""
    while at < len(source) and source[at].isspace():
        at += 1
    return at + 1 if source.startswith("{", at) else 0


def _apply(source: str, edits: list[tuple[int, int, str]]) -> Rewritten:
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    copied: list[bool] = []
    at = size = 0

    def add(text: str, origin: int, own: bool) -> None:
        nonlocal size
        if text:
            parts.append(text)
            starts.append(size)
            origins.append(origin)
            copied.append(own)
            size += len(text)

    for start, end, text in edits:
        add(source[at:start], at, own=True)
        add(text, start, own=False)
        at = end
    add(source[at:], at, own=True)
    if not parts:
        return Rewritten("", (0,), (0,), (True,))
    return Rewritten("".join(parts), tuple(starts), tuple(origins), tuple(copied))
