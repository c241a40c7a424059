"""Bad sources: each is a problem at its place, ends with its exit code, and costs nothing that was good."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from etude.adapters.store import SqliteStore
from etude.build import BuildOptions, status

GOOD = "# Good\n\nWords, $x^2$ and {doc}`good`.\n"
NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

LAUGHS = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 12))
"""Nine to the power of eleven values in a few lines of YAML."""

CASES: dict[str, tuple[str | bytes, list[tuple[str, str]]]] = {
    "not UTF-8": (b"# Caf\xe9\n", [("read-encoding", "a.md:1:6")]),
    "UTF-16": ("# Words\n".encode("utf-16"), [("read-encoding", "a.md:1:1")]),
    "five megabytes": ("# A\n\n" + "words " * 833_400, [("read-too-large", "a.md:1:1")]),
    "nested quotes": ("# A\n\n" + ">" * 10_000 + " deep\n", [("nesting-too-deep", "a.md:3:61")]),
    "nested lists": ("# A\n\n" + "- " * 10_000 + "deep\n", [("nesting-too-deep", "a.md:3:61")]),
    "list in list": (
        "".join("  " * depth + "- x\n" for depth in range(40)),
        [("nesting-too-deep", "a.md:30:61")],
    ),
    "nested brackets": (
        "# A\n\n" + "[" * 10_000 + "x" + "](y.md)" * 10_000 + "\n",
        [("reference-broken", "a.md:3:10000")],
    ),
    "open brackets": ("# A\n\n" + "[" * 10_000 + "\n", []),
    "open pictures": ("# A\n\n" + "![" * 10_000 + "\n", []),
    "nested stress": (
        "# A\n\n" + "*a " * 10_000 + "b* " * 10_000 + "\n",
        [("nesting-too-deep", "a.md:3:121")],
    ),
    "many marks": ("# A\n\n" + "*_~`$" * 4_000 + "\n", []),
    "open code": ("# A\n\n" + "".join("`" * n + " " for n in range(1, 600)) + "\n", []),
    "nested tags": ("# A\n\n" + "<div>" * 10_000 + "x" + "</div>" * 10_000 + "\n", []),
    "nested braces": ("# A\n\n$" + "{" * 10_000 + "x" + "}" * 10_000 + "$\n", [("math-syntax", "a.md:3:1")]),
    "nested fractions": (
        "# A\n\n$$\n" + r"\frac{1}{" * 5_000 + "x" + "}" * 5_000 + "\n$$\n",
        [("math-syntax", "a.md:3:1")],
    ),
    "brackets in a formula": ("# A\n\n$" + "[" * 60 + "$\n", [("math-syntax", "a.md:3:1")]),
    "unclosed fences": (
        "# A\n\n````{note}\n```{tip}\nOpen.\n",
        [("unclosed-fence", "a.md:3:1"), ("unclosed-fence", "a.md:4:1")],
    ),
    "an unclosed formula": ("# A\n\n$$\nx^2\n\nWords.\n", [("unclosed-fence", "a.md:3:1")]),
    "unclosed front matter": ("---\ntitle: A\n\n# A\n", [("front-matter-syntax", "a.md:1:1")]),
    "a bomb": (f"---\nb0: &b0 [x, x]\n{LAUGHS}---\n\n# A\n", [("front-matter-syntax", "a.md:1:1")]),
    "nested YAML": (f"---\ntitle: {'[' * 10_000}\n---\n\n# A\n", [("front-matter-syntax", "a.md:2:8")]),
    "a formula": ("# A\n\nWords $\\frac{1$ more.\n", [("math-syntax", "a.md:3:7")]),
    "a picture that is missing": ("# A\n\n![x](gone.png)\n", [("file-missing", "a.md:3:1")]),
    "a picture outside": ("# A\n\n![x](../outside.png)\n", [("path-outside", "a.md:3:1")]),
    "a picture behind a link": ("# A\n\n![x](link.png)\n", [("path-outside", "a.md:3:1")]),
    "an include outside": ("# A\n\n```{include} ../outside.md\n```\n", [("path-outside", "a.md:3:1")]),
    "an absolute include": ("# A\n\n```{include} /etc/passwd\n```\n", [("file-missing", "a.md:3:1")]),
    "code outside": ("# A\n\n```{literalinclude} ../../x.py\n```\n", [("path-outside", "a.md:3:1")]),
    "a download outside": ("# A\n\n{download}`../outside.png`\n", [("path-outside", "a.md:3:1")]),
    "an include of itself": ("# A\n\n```{include} a.md\n```\n", [("include-loop", "a.md:3:1")]),
    "a loop of includes": ("# A\n\n```{include} _one.md\n```\n", [("include-loop", "_two.md:1:1")]),
    "nothing": ("", []),
    "zeros": (b"\0" * 1000, []),
}


def prose_of(page: bytes) -> str:
    """What an author wrote, without the navigation around it."""
    return page.decode().partition('<div class="prose">')[2].partition('<nav class="pager"')[0]


@pytest.mark.parametrize("name", CASES)
def test_a_bad_page(new_book, name):
    content, expected = CASES[name]
    loop = {"_one.md": "```{include} _two.md\n```\n", "_two.md": "```{include} _one.md\n```\n"}
    book = new_book({"good.md": GOOD, "a.md": "# A\n\nWords.\n", **loop})
    (book.root / "link.png").symlink_to("/etc/hostname")
    assert [] == book.command("build").problems
    before = book.outputs()

    book.write({"a.md": content})
    spent = sum(os.times()[:4])
    said = book.command("build")
    # Of the processors, whatever else the machine does.
    assert sum(os.times()[:4]) - spent < 10, "bad input takes no longer than good"
    assert (1 if expected else 0, expected) == (said.code, said.problems)
    good = "html/en/good.html"
    assert prose_of(before[good]) == prose_of(book.outputs()[good]) != ""
    assert (book.root / "_build/html/en/a.html").is_file()
    again = book.command("build")
    assert (said.code, said.problems) == (again.code, again.problems)

    book.write({"a.md": "# A\n\nWords.\n"})
    assert [] == book.command("build").problems
    assert before == book.outputs()


NOTEBOOKS: dict[str, tuple[str | bytes, str]] = {
    "an old version": (json.dumps({**NOTEBOOK, "nbformat": 3}), "a.ipynb:1:1"),
    "a later version": (json.dumps({**NOTEBOOK, "nbformat": 5}), "a.ipynb:1:1"),
    "no JSON": ('{"cells": [\n  oops', "a.ipynb:2:3"),
    "nested JSON": ("[" * 100_000, "a.ipynb:1:1"),
    "a list": ("[]", "a.ipynb:1:1"),
    "no cells": ('{"nbformat": 4, "metadata": {}}', "a.ipynb:1:1"),
    "a cell of an unknown kind": (
        json.dumps({**NOTEBOOK, "cells": [{"cell_type": "heading"}]}),
        "a.ipynb:1:1",
    ),
    "a cell that is a number": (json.dumps({**NOTEBOOK, "cells": [3]}), "a.ipynb:1:1"),
    "nothing": ("", "a.ipynb:1:1"),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_bad_notebook(new_book, name):
    content, place = NOTEBOOKS[name]
    book = new_book({"good.md": GOOD, "a.ipynb": content})
    said = book.command("build")
    assert (1, [("notebook-invalid", place)]) == (said.code, said.problems)
    assert (book.root / "_build/html/en/good.html").is_file()


CONTENTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a page twice": ('chapters = ["good", "a", "good"]', [("toc-duplicate", "etude.toml:4:26")]),
    "a page without a file": ('chapters = ["good", "gone", "a"]', [("toc-missing-file", "etude.toml:4:21")]),
    "a page outside": ('chapters = ["good", "../a", "a"]', [("path-outside", "etude.toml:4:21")]),
    "a number": ('chapters = ["good", 3, "a"]', [("config-value", "etude.toml:4:21")]),
    "a page within itself": (
        'chapters = ["a", { page = "good", sections = ["good"] }]',
        [("toc-duplicate", "etude.toml:4:47")],
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_bad_contents(new_book, name):
    line, expected = CONTENTS[name]
    config = f'[book]\ntitle = "Book"\nlanguages = ["en"]\n{line}\n'
    book = new_book({"etude.toml": config, "good.md": GOOD, "a.md": "# A\n"})
    said = book.command("build")
    assert (1, expected) == (said.code, said.problems)
    for page in ("index", "good", "a"):
        assert (book.root / f"_build/html/en/{page}.html").is_file()


STOPS: dict[str, tuple[str | bytes | None, str, int, list[tuple[str, str]]]] = {
    "no TOML": ('[book]\ntitle = "Book\n', "", 1, [("config-syntax", "etude.toml:2:14")]),
    "nested TOML": ("[book]\ntitle = " + "[" * 50_000, "", 1, [("config-syntax", "etude.toml")]),
    "no file": (None, "", 2, [("config-missing", "")]),
}


@pytest.mark.parametrize("name", STOPS)
def test_a_configuration_that_stops_a_build(new_book, name):
    content, _, code, expected = STOPS[name]
    book = new_book({"a.md": "# A\n"})
    assert 0 == book.command("build").code
    before = book.outputs()
    book.write({"etude.toml": content})
    said = book.command("build")
    assert (code, expected) == (said.code, said.problems)
    assert before == book.outputs()


def test_other_files_that_are_not_utf_8(new_book):
    config = '[book]\ntitle = "Caf\udce9"\nlanguages = ["en"]\n[bibliography]\nfiles = ["works.bib"]\n'
    book = new_book(
        {"etude.toml": config.encode(errors="surrogateescape"), "works.bib": b"@misc{a, title={\xe9}}\n"}
    )
    said = book.command("build")
    assert [("read-encoding", "etude.toml:2:13"), ("read-encoding", "works.bib:1:17")] == said.problems
    assert 1 == said.code


def test_marks_of_editors_and_systems_do_no_harm(new_book):
    plain = new_book({"a.md": "# A\n\nOne\ntwo.\n\n```python\nx\n```\n"}, "plain")
    odd = new_book(
        {
            "etude.toml": '\ufeff[book]\r\ntitle = "Book"\r\nlanguages = ["en"]\r\n',
            "index.md": "\ufeff# Home\r\n",
            "a.md": "\ufeff# A\r\n\r\nOne\r\ntwo.\r\n\r\n```python\r\nx\r\n```\r\n",
        },
        "odd",
    )
    for book in (plain, odd):
        assert [] == book.command("build").problems
    assert plain.outputs() == odd.outputs()


def test_a_folder_called_as_a_page(new_book):
    book = new_book({"a.md": "# A\n"})
    (book.root / "folder.md").mkdir()
    (book.root / "broken.md").symlink_to("nowhere.md")
    assert (0, []) == (book.command("build").code, book.command("build").problems)


HTML = """# A

<script>alert(1)</script>

<div onclick="alert(1)"><p style="position:fixed">Kept.</p></div>

<iframe src="https://example.org/"></iframe>

Words <a href="javascript:alert(1)">link</a>, <img src="https://e.org/x.png" onerror="alert(1)">,
<svg onload="alert(1)"></svg>.

[markdown](javascript:alert(1)) and ![picture](javascript:alert(1)) and <javascript:alert(1)>.

```{raw} html
<form action="https://example.org/"><input name="a"></form><b onmouseover="alert(1)">bold</b>
```

<style>body { display: none }</style>
"""


def main_of(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_raw_html_is_sanitised(new_book):
    book = new_book({"a.md": HTML})
    said = book.command("build")
    assert 0 == said.code, "what was removed is told, and is no error"
    assert {"raw-html"} == set(said.rules)
    lines = [one["start"]["line"] for one in said.document["diagnostics"]]
    assert [3, 5, 7, 9, 9, 10, 12, 12, 14, 18] == lines
    page = main_of(book.read("_build/html/en/a.html"))
    assert "Kept." in page
    assert "<b>bold</b>" in page
    for mark in (
        r"<script",
        r"\son\w+=",
        r"href=\"javascript:",
        r"src=\"javascript:",
        "<iframe",
        "<form",
        "<style",
    ):
        assert re.search(mark, page, re.IGNORECASE) is None, mark
    assert 1 == book.command("build", "--strict").code


def test_raw_html_of_a_trusted_book_is_kept(new_book):
    config = '[book]\ntitle = "Book"\nlanguages = ["en"]\n\n[html]\ntrust = true\n'
    book = new_book({"a.md": HTML})
    book.command("build")
    book.write({"etude.toml": config})
    said = book.command("build")
    assert (0, []) == (said.code, [rule for rule in said.rules if rule == "raw-html"])
    page = main_of(book.read("_build/html/en/a.html"))
    for mark in ("<script>alert(1)</script>", 'onclick="alert(1)"', "<iframe", "<form", "<style"):
        assert mark in page, mark


def test_names_and_titles_are_text(new_book):
    name, other = "a &\"'%41#?", "b %41"
    book = new_book(
        {
            "etude.toml": '[book]\ntitle = "<i>Book</i> & \\"more\\""\nlanguages = ["en"]\n',
            f"{name}.md": '# The <script> & `<b>` "title"\n\n(l)=\n## Here\n\n![<b>"](p%20q.svg)\n',
            "p q.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
            f"{other}.md": "# Other\n",
            "z.md": f"# Z\n\n{{ref}}`l` and [](#l) and {{doc}}`{other}`.\n",
        }
    )
    said = book.command("build")
    # The script, and the tag without a partner.
    assert (0, ["raw-html", "raw-html"]) == (said.code, said.rules)
    page = book.read(f"_build/html/en/{name}.html")
    assert "<i>Book</i>" not in page
    assert "&lt;i&gt;Book&lt;/i&gt;" in page
    assert 'src="../p%20q.svg"' in page
    link = re.search(r'href="([^"]*)#l"', book.read("_build/html/en/z.html"))
    assert link is not None
    assert "a%20&%22'%2541%23%3F.html" == unescape(link[1])
    assert 'href="b%20%2541.html"' in book.read("_build/html/en/z.html")


def test_a_command_without_a_book(tmp_path: Path, new_book):
    book = new_book({})
    book.root = tmp_path / "nowhere"
    said = book.command("build")
    assert (2, [("config-missing", "")]) == (said.code, said.problems)


def test_a_file_where_the_outputs_should_be(new_book):
    book = new_book({"a.md": "# A\n", "_build": "a file"})
    said = book.command("build")
    assert (2, ["write-failed"]) == (said.code, said.rules)
    assert "a file" == book.read("_build")
    book.write({"_build": None})
    assert (0, []) == (book.command("build").code, book.command("build").problems)


def test_a_file_where_the_state_should_be(new_book):
    book = new_book({"a.md": "# A\n", ".etude": "a file"})
    said = book.command("build")
    assert (2, ["write-failed"]) == (said.code, said.rules)
    assert "a file" == book.read(".etude")


@pytest.mark.parametrize("harm", ["cut", "garbled", "gone"])
def test_a_state_that_is_damaged(new_book, harm):
    book = new_book({"good.md": GOOD, "b.md": "# B\n"})
    assert 0 == book.alone("build").code
    before = book.outputs()
    for place in sorted((book.root / ".etude").rglob("*")):
        if place.is_file() and place.name != "lock":
            data = place.read_bytes()
            if harm == "gone":
                place.unlink()
            else:
                place.write_bytes(data[: len(data) // 2] if harm == "cut" else b"\xff" * len(data))
    book.edit("b.md", "# B", "# C")
    assert 0 == book.alone("build").code
    assert "<h1" in book.read("_build/html/en/b.html")
    book.edit("b.md", "# C", "# B")
    assert 0 == book.alone("build").code
    assert before == book.outputs()


@pytest.mark.parametrize("kind", ["page", "parsed", "code", "cell", "recipe"])
def test_stored_entries_that_are_gone(new_book, kind):
    book = new_book({"good.md": GOOD, "b.md": "# B\n\n```python\nx\n```\n"})
    assert 0 == book.command("build").code
    with SqliteStore(book.root / ".etude" / "store") as store:
        store.prune(kind, ())
    book.edit("etude.toml", '"Book"', '"Another"')
    assert () == status(book.root, BuildOptions(jobs=1)).diagnostics
    said = book.command("build")
    assert (0, []) == (said.code, said.problems)
    assert "Another" in book.read("_build/html/en/b.html")


def test_a_stored_page_that_is_damaged(new_book):
    book = new_book({"good.md": GOOD})
    assert 0 == book.command("build").code
    with closing(sqlite3.connect(next((book.root / ".etude" / "store").glob("*.sqlite")))) as base, base:
        assert base.execute("UPDATE entry SET value = x'00' WHERE kind = 'page'").rowcount
    book.edit("etude.toml", '"Book"', '"Another"')
    said = book.command("build")
    assert (0, []) == (said.code, said.problems)
    assert "Another" in book.read("_build/html/en/good.html")


def test_outputs_below_a_folder_of_pages(new_book):
    book = new_book({"part/good.md": GOOD, "part/cell.md": "# Cell\n\n```{code-cell}\nprint(1)\n```\n"})
    out = book.root / "part"
    before = book.command("build", "--out", str(out)).document["summary"]["pages"]
    made = sorted(out.rglob("*.ipynb"))
    assert ["html", "notebook"] == [path.relative_to(out).parts[0] for path in made]
    book.edit("part/good.md", "Words", "Other words")
    said = book.command("build", "--out", str(out))
    assert (0, [], before) == (said.code, said.problems, said.document["summary"]["pages"])
    assert made == sorted(out.rglob("*.ipynb"))


def test_a_list_of_a_pages_own_works_is_not_the_books(new_book):
    config = '[book]\ntitle = "B"\nlanguages = ["en"]\n\n[bibliography]\nfiles = ["w.bib"]\npage = "a"\n'
    page = "# A\n\n{cite}`k`\n\n```{bibliography}\n:filter: docname in docnames\n```\n"
    work = "@book{k, title={T}, author={A B}, year={2000}}\n"
    said = new_book({"etude.toml": config, "a.md": page, "w.bib": work}).command("build")
    assert ["config-value"] == said.rules
    (problem,) = said.document["diagnostics"]
    assert "that page's own" in problem["message"]
    assert ":filter:" in problem["hints"][0]
