"""Pictures and tables of d2lbook with their captions: figures and tables of MyST."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from etude.convert.account import Account
from etude.convert.d2lbook.lines import MARK, begins
from etude.convert.d2lbook.roles import Roles
from etude.convert.d2lbook.written import Written

__all__ = ["Figures"]

_CAPTION = re.compile(r"(?:Table)?:[ \t]*(?P<text>(?![A-Za-z][\w:.-]*:`)\S.*)")
_IMAGE = re.compile(
    r"[ \t]*!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
    r"\((?P<source>[^()\s]+(?:\([^()]*\)[^()\s]*)*)(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?\)[ \t]*"
)
_LINES = 12
"""Lines that a caption may take."""


class Figures:
    """Converts those of one page; how many lines were taken is the answer, none when it is something else."""

    def __init__(
        self, out: Written, roles: Roles, account: Account, address: Callable[[str, int], str]
    ) -> None:
        """What is made is written to `out`; `address` is that of `Roles`."""
        self.out, self.roles, self.account, self.address = out, roles, account, address
        self.path = out.path

    def image(self, lines: Sequence[str], at: int, number: int) -> int:
        """A picture that is a paragraph: a figure with its caption."""
        if not lines[at].lstrip().startswith("!["):
            return 0
        end = at + 1
        found = None
        while end <= len(lines) and end - at <= _LINES:
            found = _IMAGE.fullmatch("\n".join(lines[at:end]))
            if found or (end < len(lines) and not lines[end].strip()):
                break
            end += 1
        if found is None:
            return 0
        after = lines[end] if end < len(lines) else ""
        if after.strip() and not begins(after) and not after.lstrip().startswith("!["):
            return 0
        source = self.address(found["source"], number)
        caption = found["alt"].strip()
        if not caption:
            sized = any(m for m in map(MARK.fullmatch, lines[end : end + 4]) if m)
            if not sized:
                self.account.kept("![]()", self.path, number)
                self.out.put(lines[at].replace(found["source"], source))
                return end - at
        self.account.kept("![caption]()", self.path, number, "`{figure}`")
        body = self.roles.rewrite(caption, number).split("\n") if caption else []
        options = [] if caption else [":numbered: false"]
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        written = (f"```{{figure}} {source}", *options, *(one.strip() for one in body), "```")
        self.out.aim([f"{indent}{one}" for one in written], inside=True)
        return end - at

    def table(self, lines: Sequence[str], at: int, number: int) -> int:
        """A table of bars, with the caption that stands before or after it."""
        start = at
        caption = _CAPTION.fullmatch(lines[at])
        words = ""
        marks: list[re.Match[str]] = []
        if caption is not None:
            start = at + 1
            while start < len(lines) and lines[start].strip() and not begins(lines[start]):
                start += 1
            words = " ".join(line.strip() for line in (caption["text"], *lines[at + 1 : start]))
            # The label may stand below the caption, before the table.
            while start < len(lines) and (not lines[start].strip() or MARK.fullmatch(lines[start])):
                marks += filter(None, [MARK.fullmatch(lines[start])])
                start += 1
        if start >= len(lines) or not lines[start].startswith("|"):
            return 0
        end = start
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        below = end
        if not words:
            after = end
            while after < len(lines) and not lines[after].strip():
                after += 1
            later = _CAPTION.fullmatch(lines[after]) if after < len(lines) else None
            if later is not None and not (after + 1 < len(lines) and lines[after + 1].startswith("|")):
                words, below = later["text"].strip(), after + 1
        labelled = _next_label(lines, below)
        rows = [self.roles.rewrite(line, number + start - at + i) for i, line in enumerate(lines[start:end])]
        if not words and not labelled:
            self.out.put(*rows)
            return end - at
        if words:
            self.account.kept(":table caption", self.path, number, "`{table}` with a caption")
        head = f"```{{table}} {self.roles.rewrite(words, number)}".rstrip()
        self.out.aim([head, "", *rows, "```"], inside=True)
        for mark in marks:
            self.out.mark(mark["name"], mark["value"].strip(), number, 0)
        return below - at


def _next_label(lines: Sequence[str], at: int) -> bool:
    """Whether the next line that is not blank is a label."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    mark = MARK.fullmatch(lines[at]) if at < len(lines) else None
    return mark is not None and mark["name"] == "label"
