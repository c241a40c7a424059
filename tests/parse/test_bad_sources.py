"""Bad sources: the rule, line and column of every problem, in no time, and no text is lost."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest

from etude.model.page import Page
from etude.parse.text import source_text
from tests.parse.support import parse, problems, walk

LAUGHS = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 12))
"""Nine to the power of eleven values in a few lines of YAML."""
MANY = 10_000

CASES: dict[str, tuple[str | bytes, list[tuple[str, int, int]]]] = {
    "not UTF-8": (b"# A\n\nCaf\xe9\n", [("read-encoding", 3, 4)]),
    "not UTF-8, after a mark and Windows line ends": (b"\xef\xbb\xbfa\r\n\xff", [("read-encoding", 2, 1)]),
    "five megabytes": ("words " * 840_000, [("read-too-large", 1, 1)]),
    "nested quotes": ("> " * MANY + "deep\n", [("nesting-too-deep", 1, 121)]),
    "nested quotes over many lines": ((">" * MANY + " a\n") * 2, [("nesting-too-deep", 1, 61)]),
    "nested lists": ("- " * MANY + "deep\n", [("nesting-too-deep", 1, 61)]),
    "a ladder of lists": ("".join("  " * n + "- x\n" for n in range(40)), [("nesting-too-deep", 30, 61)]),
    "nested brackets": ("[" * MANY + "x" + "]" * MANY, []),
    "open brackets": ("[" * MANY, []),
    "nested pictures": ("![" * MANY + "x" + "](https://example.org)" * MANY, []),
    "nested parentheses of an address": ("[a](" + "(" * MANY, []),
    "nested marks": ("*a " * MANY + "b* " * MANY, [("nesting-too-deep", 1, 121)]),
    "marks that never close": ("*_~` " * MANY, []),
    "quotation marks": ("*“" * MANY, []),
    "open roles": ("{kbd}`a" * MANY, []),
    "open tags": ("a <b c='" * MANY, []),
    "open comments": ("a <!-- b " * MANY, []),
    "nested directives": (
        "".join(f"{':' * n}{{note}}\n" for n in range(100, 2, -1)) + "x\n"
        + "".join(f"{':' * n}\n" for n in range(3, 101)),
        [("nesting-too-deep", 61, 1)],
    ),
    "unclosed fences": (
        "````{note}\n```{tip}\nOpen.\n",
        [("unclosed-fence", 1, 1), ("unclosed-fence", 2, 1)],
    ),
    "an unclosed fence in a quote": ("> ```python\n> x\n\ntext\n", [("unclosed-fence", 1, 3)]),
    "an unclosed formula": ("a\n\n  $$\nx^2\n", [("unclosed-fence", 3, 3)]),
    "an unclosed formula in an item": ("- $$\n  x\n\n$$\ny\n$$\n", [("unclosed-fence", 1, 3)]),
    "an unclosed environment": ("\\begin{align}\nx\n", [("unclosed-fence", 1, 1)]),
    "unclosed front matter": ("---\ntitle: A\n", [("front-matter-syntax", 1, 1)]),
    "a bomb of YAML": (f"---\nb0: &b0 [x, x]\n{LAUGHS}---\n", [("front-matter-syntax", 1, 1)]),
    "nested YAML": (f"---\ntitle: {'[' * MANY}\n---\n", [("front-matter-syntax", 2, 8)]),
    "nested YAML lists": (f"---\ntitle:\n {'- ' * MANY}\n---\n", [("front-matter-syntax", 3, 1)]),
    "YAML that holds itself": ("---\na: &a [*a]\n---\n", [("front-matter-syntax", 1, 1)]),
    "much YAML": (f"---\na: {'x' * 300_000}\n---\n", [("front-matter-syntax", 1, 1)]),
    "YAML of other types": ("---\na: !!set {b}\n---\n", [("front-matter-syntax", 1, 1)]),
    "a bomb of substitutions": (
        "---\nsubstitutions:\n" + "".join(f"  s{n}: '{{{{s{n + 1}}}}}{{{{s{n + 1}}}}}'\n" for n in range(30))
        + "  s30: x\n---\n{{s0}}\n",
        [("substitution-unknown", 35, 1)],
    ),
    "a missing picture": ("![x](img/gone.png)\n", [("file-missing", 1, 1)]),
    "a picture outside": ("a ![x](../../x.png)\n", [("path-outside", 1, 3)]),
    "a figure outside": ("- :::{figure} ../../x.png\n  :::\n", [("path-outside", 1, 3)]),
    "an include outside": ("```{include} ../../x.md\n```\n", [("path-outside", 1, 1)]),
    "an absolute include": ("```{include} /etc/passwd\n```\n", [("file-missing", 1, 1)]),
    "an include of itself": ("text\n\n```{include} a.md\n```\n", [("include-loop", 3, 1)]),
    "code outside": ("```{literalinclude} ../../x.py\n```\n", [("path-outside", 1, 1)]),
    "a table outside": ("```{csv-table}\n:file: ../../x.csv\n```\n", [("path-outside", 1, 1)]),
    "a download outside": ("{download}`../../x`\n", [("path-outside", 1, 1)]),
    "a film outside": ("```{video} ../../x.mp4\n```\n", [("path-outside", 1, 1)]),
    "a name that no file can have": (
        "![x](%00) [y](%00.csv)\n", [("file-missing", 1, 1), ("file-missing", 1, 11)]
    ),
    "an option twice": ("```{note}\n:class: a\n:class: b\nx\n```\n", [("option-value", 3, 1)]),
    "an option twice in YAML": (
        "```{note}\n---\nclass: a\nclass: b\n---\nx\n```\n", [("option-value", 4, 1)]
    ),
    "a bomb of line numbers": (
        "```{code-block}\n:emphasize-lines: " + ",".join(["1-10000"] * 1000) + "\nx\n```\n",
        [("option-value", 2, 1)],
    ),
    "scripts": (
        "a\n\n<script>alert(1)</script>\n\nb <b onclick='x'>c</b>\n", [("raw-html", 3, 1), ("raw-html", 5, 3)]
    ),
    "scripts in links": (
        "[x](javascript:alert(1)) ![y](vbscript:x)\n", [("raw-html", 1, 1), ("raw-html", 1, 26)]
    ),
    "nested tags": ("<div>" * MANY + "x" + "</div>" * MANY, []),
    "open elements": ("<div>\n\n" * MANY, []),
    "a directive in itself": ("::::{note}\n:::{note}\nx\n:::\n::::\n", []),
    "nothing": ("", []),
    "zeros": (b"\x00" * 1000, []),
    "empty lines": ("\n" * 100_000, []),
    "one long word": ("a" * 1_000_000, []),
    "indents": ("\t" * MANY + "x", []),
    "many definitions": ("[a]: b\n" * MANY, []),
    "many tables": ("|" * MANY + "\n" + "|-" * MANY + "\n", []),
    "many headings of the same words": ("# a\n" * MANY, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_page(name: str) -> None:
    source, expected = CASES[name]
    data = source.encode() if isinstance(source, str) else source
    started = time.process_time()
    page = parse(data, files={"zh/a.md": ""})
    seconds = time.process_time() - started
    assert expected == problems(page, {"zh/a.md": source_text(data)})
    assert seconds < 1, "bad input takes no longer than good"
    if name in WHOLE:
        assert letters(source_text(data)) <= letters(kept(page))


WHOLE = (
    "nested quotes", "nested quotes over many lines", "nested lists", "a ladder of lists", "nested brackets",
    "nested marks", "quotation marks", "nested directives", "unclosed fences", "an unclosed fence in a quote",
    "an unclosed formula", "an unclosed formula in an item", "an unclosed environment", "open tags",
)  # fmt: skip


def letters(text: str) -> Counter[str]:
    """How often each letter occurs that stands in no name of a directive."""
    return Counter(char for char in text if char in "abdx[O")


def kept(page: Page) -> str:
    """Every text that a page's document still holds."""
    nodes = [node for node, _ in walk(page.blocks)]
    return "".join(getattr(node, name, "") for node in nodes for name in ("value", "code", "tex"))


def test_the_nearest_file_is_named() -> None:
    page = parse("![x](img/curv.svg)\n", files={"zh/img/curve.svg": "", "zh/img/other.svg": ""})
    assert ("did you mean `img/curve.svg`?",) == page.diagnostics[0].hints


def test_a_loop_of_includes() -> None:
    files = {
        "zh/b.md": "B\n\n~~~{include} c.md\n~~~\n",
        "zh/c.md": "C\n\n~~~{include} b.md\n~~~\n",
    }
    page = parse("```{include} b.md\n```\n", files=files)
    assert [("include-loop", 3, 1)] == problems(page, files)
    assert "zh/c.md" == page.diagnostics[0].place.path
    assert ("the way is zh/a.md → zh/b.md → zh/c.md → zh/b.md",) == page.diagnostics[0].hints


def test_includes_that_multiply() -> None:
    files = {f"zh/i{n}.md": f"~~~{{include}} i{n + 1}.md\n~~~\n" * 2 for n in range(12)} | {
        "zh/i12.md": "x\n"
    }
    page = parse("```{include} i0.md\n```\n", files=files)
    assert {"include-loop"} == {d.rule.value for d in page.diagnostics}
    assert "the page includes files more than 500 times" == page.diagnostics[0].message


NOTEBOOKS: dict[str, tuple[str, tuple[int, int]]] = {
    "version 3": (json.dumps({"worksheets": [], "nbformat": 3}), (1, 1)),
    "version 5": (json.dumps({"cells": [], "nbformat": 5}), (1, 1)),
    "no version": (json.dumps({"cells": []}), (1, 1)),
    "a truth for a version": (json.dumps({"cells": [], "nbformat": True}), (1, 1)),
    "no JSON": ('{"cells": [\n  oops', (2, 3)),
    "JSON that ends too early": ('{"cells": [', (1, 11)),
    "nested JSON": ("[" * 100_000, (1, 1)),
    "a list": ("[]", (1, 1)),
    "no cells": ('{"nbformat": 4}', (1, 1)),
    "a number for a cell": ('{"nbformat": 4, "cells": [3]}', (1, 1)),
    "an unknown kind of cell": ('{"nbformat": 4,\n "cells": [{"cell_type": "x", "source": "y"}]}', (2, 42)),
    "a huge number": ('{"nbformat": ' + "4" * 5000 + "}", (1, 1)),
    "nothing": ("", (1, 1)),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_bad_notebook(name: str) -> None:
    source, (line, column) = NOTEBOOKS[name]
    page = parse(source, path="zh/a.ipynb")
    assert [("notebook-invalid", line, column)] == problems(page, {"zh/a.ipynb": source})
    assert () == page.blocks


def test_a_notebook_may_be_larger_than_a_page() -> None:
    cell = {"cell_type": "code", "source": "x", "outputs": [{"data": {"image/png": "A" * 5_000_000}}]}
    page = parse(json.dumps({"nbformat": 4, "cells": [cell]}), path="zh/a.ipynb")
    assert () == page.diagnostics
    assert 5_000_000 < len(page.cells[0].outputs)
