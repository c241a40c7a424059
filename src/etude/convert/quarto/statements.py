"""Theorems and their kin, proofs, exercises and solutions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from etude.convert.quarto.attributes import Attributes
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.lines import Line
from etude.convert.quarto.places import Context

__all__ = ["STATEMENTS", "statement"]

STATEMENTS = {
    "thm": "theorem", "lem": "lemma", "cor": "corollary", "prp": "proposition", "cnj": "conjecture",
    "def": "definition", "exm": "example", "exr": "exercise", "sol": "solution", "rem": "remark",
    "alg": "algorithm", "prf": "proof", "hyp": "hypothesis",
}  # fmt: skip
"""Prefixes of labels, and the names of what they stand before."""

Make = Callable[[str, str, Sequence[str], Sequence[str], int], list[str]]
Convert = Callable[[Sequence[Line]], list[str]]


def statement(
    context: Context,
    given: Attributes,
    line: int,
    colons: int,
    inner: Sequence[Line],
    convert: Convert,
    make: Make,
) -> list[str]:
    """The lines of a statement."""
    account, path = context.account, context.path
    names = set(STATEMENTS.values())
    kind = STATEMENTS.get(given.id.partition("-")[0]) or next(c for c in given.classes if c in names)
    if context.book.bookdown and given.id and given.id.partition("-")[0] not in STATEMENTS:
        prefix = next(short for short, long in STATEMENTS.items() if long == kind)
        given = Attributes(f"{prefix}-{given.id}", given.classes, given.pairs)
    lines = list(inner)
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
    body = convert(lines)
    if kind == "solution":
        return _solution(context, given, line, colons, title, body, make)
    if kind == "exercise":
        account.kept(construct, path, line, "{exercise}")
        context.exercise = given.id
        return make("exercise", title, options, body, colons)
    if kind == "hypothesis":
        account.changed(construct, path, line, "a conjecture")
        kind = "conjecture"
    if not given.id and kind not in {"proof", "remark"}:
        account.kept(construct, path, line, f"{{prf:{kind}}}")
    else:
        account.kept(construct, path, line, f"{{prf:{kind}}}")
    options += [":nonumber:"] if kind == "remark" and not given.id else []
    return make(f"prf:{kind}", title, options, body, colons)


def _solution(
    context: Context, given: Attributes, line: int, colons: int, title: str, body: Sequence[str], make: Make
) -> list[str]:
    """A solution belongs to the exercise of the same name, or to the one before it."""
    account, path = context.account, context.path
    same = f"exr-{given.id[4:]}" if given.id.startswith("sol-") else ""
    exercise = same if same in context.book.labels else context.exercise
    if not exercise:
        account.changed(
            "::: {.solution}", path, line, "a folded box: there is no exercise with a label before it"
        )
        label = [f":label: {given.id}"] if given.id else []
        return make("dropdown", title or "Solution", label, body, colons)
    account.kept("::: {.solution}", path, line, "{solution}, folded")
    options = [f":label: {given.id}"] if given.id else []
    options += [f":title: {title}"] if title else []
    return make("solution", exercise, options, body, colons)
