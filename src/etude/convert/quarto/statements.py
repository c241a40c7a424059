"""Theorems and their kin, proofs, exercises and solutions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto.attributes import Attributes
from etude.convert.quarto.directives import Div, directive
from etude.convert.quarto.inline import one_line

__all__ = ["STATEMENTS", "statement"]

STATEMENTS = {
    "thm": "theorem", "lem": "lemma", "cor": "corollary", "prp": "proposition", "cnj": "conjecture",
    "def": "definition", "exm": "example", "exr": "exercise", "sol": "solution", "rem": "remark",
    "alg": "algorithm", "prf": "proof", "hyp": "hypothesis",
}  # fmt: skip
"""Prefixes of labels, and the names of what they stand before."""


def statement(box: Div) -> list[str]:
    """The lines of a statement."""
    context, given, line, colons = box.context, box.given, box.line, box.colons
    account, path = context.account, context.path
    names = set(STATEMENTS.values())
    kind = STATEMENTS.get(given.id.partition("-")[0]) or next(c for c in given.classes if c in names)
    if context.book.bookdown and given.id and given.id.partition("-")[0] not in STATEMENTS:
        prefix = next(short for short, long in STATEMENTS.items() if long == kind)
        given = Attributes(f"{prefix}-{given.id}", given.classes, given.pairs)
    lines = list(box.inner)
    while lines and lines[0].blank:
        lines.pop(0)
    title = given.get("name") or given.get("title")
    heading = re.match(r"\s*#{1,6}\s+(.*?)(?:\s+#+)?\s*$", lines[0].text) if lines and not title else None
    if heading is not None:
        title = heading[1]
        lines.pop(0)
    title = one_line(title, context, line)
    options = [f":label: {given.id}"] if given.id else []
    construct = f"::: {{#{given.id.partition('-')[0]}-…}}" if given.id else f"::: {{.{kind}}}"
    body = box.convert(lines)
    if kind == "solution":
        return _solution(box, given, title, body)
    if kind == "exercise":
        account.kept(construct, path, line, "{exercise}")
        context.exercise = given.id
        return directive("exercise", title, options, body, colons)
    if kind == "hypothesis":
        account.changed(construct, path, line, "a conjecture")
        kind = "conjecture"
    account.kept(construct, path, line, f"{{prf:{kind}}}")
    options += [":nonumber:"] if kind == "remark" and not given.id else []
    return directive(f"prf:{kind}", title, options, body, colons)


def _solution(box: Div, given: Attributes, title: str, body: Sequence[str]) -> list[str]:
    """A solution belongs to the exercise of the same name, or to the one before it."""
    context, line, colons = box.context, box.line, box.colons
    account, path = context.account, context.path
    same = f"exr-{given.id[4:]}" if given.id.startswith("sol-") else ""
    exercise = same if same in context.book.labels else context.exercise
    if not exercise:
        account.changed(
            "::: {.solution}", path, line, "a folded box: there is no exercise with a label before it"
        )
        label = [f":label: {given.id}"] if given.id else []
        return directive("dropdown", title or "Solution", label, body, colons)
    account.kept("::: {.solution}", path, line, "{solution}, folded")
    options = [f":label: {given.id}"] if given.id else []
    options += [f":title: {title}"] if title else []
    return directive("solution", exercise, options, body, colons)
