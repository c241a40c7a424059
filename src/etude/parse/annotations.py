"""Marks in listings: ``# (1)`` at the end of a line, explained by the list after the listing."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from etude.model.block import Annotation, CodeBlock, CodeCell, List
from etude.model.rules import Rule
from etude.parse.context import Context
from etude.parse.values import count

_SIGNS = {
    "//": "c c++ cpp cuda c# csharp css dart go java javascript js json5 jsonc kotlin php rust scala scss "
    "swift ts typescript typst zig",
    "--": "ada elm haskell lua plsql sql vhdl",
    "%": "bibtex erlang latex matlab octave prolog tex",
    ";": "asm clojure commonlisp emacs-lisp ini lisp llvm nasm racket scheme",
}
_SIGN = {language: sign for sign, languages in _SIGNS.items() for language in languages.split()}
"""How a comment begins in a language; in all others, with ``#``."""

_NUMBER = re.compile(r"\((\d{1,4})\)")


def split_marks(code: str, language: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The code without its marks, and the marks as pairs of number and line (from 1)."""
    sign = _SIGN.get(language.lower(), "#")
    mark = re.compile(rf"[ \t]*{re.escape(sign)}[ \t]*((?:\(\d{{1,4}}\)[ \t]*)+)\Z")
    marks: list[tuple[int, int]] = []
    lines = code.split("\n")
    for number, line in enumerate(lines, 1):
        at = line.rfind(sign)
        match = mark.match(line, len(line[:at].rstrip(" \t"))) if at >= 0 else None
        if match is not None:
            marks.extend((int(n), number) for n in _NUMBER.findall(match[1]))
            lines[number - 1] = line[: match.start()]
    return ("\n".join(lines) if marks else code), tuple(marks)


def annotate(
    context: Context, listing: CodeBlock | CodeCell, texts: Callable[[], List]
) -> CodeBlock | CodeCell | None:
    """The listing with the list that `texts` makes as its annotations; None when it has no marks."""
    code, marks = split_marks(listing.code, listing.language)
    if not marks:
        return None
    given = texts()
    numbers = [number for number, _ in sorted(marks)]
    wanted = list(range(given.start, given.start + len(given.items)))
    if numbers != wanted:
        message = f"the listing's marks are {_series(numbers)} and the list after it counts {_series(wanted)}"
        if len(numbers) != len(wanted):
            marked, listed = count(len(numbers), "mark"), count(len(wanted), "item")
            message = f"the listing has {marked}, the list after it {listed}"
        hints = ("write one item for each `# (n)` mark, in the order of their numbers",)
        context.report(Rule.ANNOTATION_MISMATCH, message, given.span, hints=hints)
    line_of = dict(sorted(marks))
    noted = tuple(
        Annotation(number, line_of.get(number, 0), item.children)
        for number, item in zip(wanted, given.items, strict=True)
    )
    made = replace(listing, code=code, annotations=noted)
    if isinstance(made, CodeCell):
        context.cells[made.index] = made
    return made


def _series(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8]))
