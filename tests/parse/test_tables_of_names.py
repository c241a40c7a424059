"""The tables of directives and roles that the handbook is made from."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from etude.parse.directives import DIRECTIVES
from etude.parse.directives.foreign import foreign
from etude.parse.roles import ROLES
from tests.parse.support import parse

PARSE = Path(__file__).parents[2] / "src" / "etude" / "parse"
CONTRACT = (
    "figure", "image", "math", "code-block", "code", "code-cell", "literalinclude", "include", "list-table",
    "csv-table", "table", "note", "tip", "important", "warning", "caution", "danger", "error", "hint",
    "attention", "seealso", "admonition", "dropdown", "prf:theorem", "proof:lemma", "prf:algorithm",
    "exercise", "solution", "tab-set", "tab-item", "card", "grid", "grid-item", "grid-item-card",
    "glossary", "bibliography", "index", "printindex", "iframe", "video", "epigraph", "pull-quote", "aside",
    "margin", "sidebar", "variant", "raw", "tableofcontents",
)  # fmt: skip


def test_every_promised_directive_is_there() -> None:
    assert set() == set(CONTRACT) - set(DIRECTIVES)
    assert all(name == name.lower() for name in DIRECTIVES)


@pytest.mark.parametrize("name", DIRECTIVES)
def test_a_directive_says_what_it_is_and_takes_nothing_amiss(name: str) -> None:
    summary = DIRECTIVES[name].summary
    assert summary[0].isupper()
    assert summary.endswith(".")
    page = parse(f"```{{{name}}}\n```\n")
    rules = {d.rule.value for d in page.diagnostics}
    assert rules <= {"directive-argument", "directive-body", "unknown-directive"}


def test_roles_say_what_they_are() -> None:
    assert all(role.summary[0].isupper() and role.summary.endswith(".") for role in ROLES.values())


def test_known_names_of_other_tools_are_not_ours() -> None:
    page = parse("```{eval-rst}\n.. x::\n```\n")
    assert ["unknown-directive"] == [d.rule.value for d in page.diagnostics]
    assert foreign.__doc__ is not None
    assert not {"eval-rst", "contents", "python"} & set(DIRECTIVES)


def test_no_import_hides_in_a_function() -> None:
    """Blocks, directives, text and roles contain each other; they meet in `Context` and not in imports.

    Another package, which cannot be part of a circle, may be loaded where it is needed.
    """
    hidden = []
    for path in PARSE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                hidden += [
                    path.name
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                    and not re.match(r"(from|import) (packaging|jinja2)", ast.unparse(node))
                ]
    assert [] == hidden
