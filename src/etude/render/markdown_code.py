"""Listings and formulas as Markdown has them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.model.block import Annotation

__all__ = ["annotated", "displayed"]

_ENVIRONMENTS = {"align": "aligned", "gather": "gathered", "alignat": "alignedat", "eqnarray": "aligned"}
_ENVIRONMENT = re.compile(r"\s*\\begin\{(equation|align|gather|eqnarray)(\*?)\}([\s\S]*)\\end\{\1\2\}\s*")
_COMMENT_MARKS = {
    "//": (
        "c",
        "cpp",
        "csharp",
        "dart",
        "go",
        "java",
        "javascript",
        "js",
        "kotlin",
        "rust",
        "scala",
        "swift",
        "ts",
    ),
    "--": ("haskell", "lua", "sql"),
    "%": ("latex", "matlab", "octave", "tex"),
}
_COMMENTS = {language: mark for mark, languages in _COMMENT_MARKS.items() for language in languages}


def annotated(code: str, annotations: Iterable[Annotation], language: str) -> str:
    """Code with the marks of its annotations at the ends of their lines."""
    lines = code.split("\n")
    mark = _COMMENTS.get(language.lower(), "#")
    for one in annotations:
        if 1 <= one.line <= len(lines):
            lines[one.line - 1] += f"  {mark} ({one.number})"
    return "\n".join(lines)


def displayed(tex: str, number: str) -> str:
    """A displayed formula; environments that set their own numbers become their plain kin.

    `number` is printed beside it; empty for none.
    """
    tex = tex.strip()
    match = _ENVIRONMENT.fullmatch(tex)
    if match:
        name = _ENVIRONMENTS.get(match[1])
        body = match[3].strip()
        tex = f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}" if name else body
    if number and "\\tag" not in tex:
        tex += f" \\tag{{{number}}}"
    # An empty line would end the formula.
    return "\n".join(("$$", *(line for line in tex.split("\n") if line.strip()), "$$"))
