"""One thing at a time: what a cell becomes, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from etude.convert.account import Fate
from etude.convert.converted import Asked, Converted, NotABookError
from etude.convert.notebooks import convert


class Held:
    """Files in memory."""

    root = "/somewhere/my-notes"

    def __init__(self, held: Mapping[str, str | bytes]) -> None:
        self.held = {path: data.encode() if isinstance(data, str) else data for path, data in held.items()}

    def read(self, path: str) -> bytes:
        return self.held[path]

    def exists(self, path: str) -> bool:
        return path in self.held

    def inside(self, path: str) -> bool:
        return not path.startswith("../")

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.held if path.startswith(pattern.removesuffix("**"))))


def notebook(*cells: Mapping[str, Any] | str, kernel: str = "python3", language: str = "python") -> str:
    made = [
        {"cell_type": "markdown", "metadata": {}, "source": one} if isinstance(one, str) else one
        for one in cells
    ]
    spec = {"kernelspec": {"name": kernel, "display_name": kernel}, "language_info": {"name": language}}
    return json.dumps({"cells": made, "metadata": spec, "nbformat": 4, "nbformat_minor": 4})


def code(
    source: str, *outputs: Mapping[str, Any], count: int | None = None, **metadata: Any
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def made(*cells: Mapping[str, Any] | str, **held: str) -> tuple[str, Converted]:
    """The page that a notebook becomes, and the book around it."""
    book = convert(
        Held({"a.ipynb": notebook(*cells), "b.ipynb": notebook("# B\n\n## Some heading"), **held}), Asked()
    )
    return dict(book.files)["a.md"].removesuffix("\n"), book


def told(book: Converted, path: str = "a.ipynb") -> dict[str, Fate]:
    return {note.construct: note.fate for note in book.notes if note.path == path}


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("# A\n\nplain  \ntext", "# A\n\nplain  \ntext"),
        ("A\n===\n\nB\n---", "# A\n\n## B"),
        ("<h1 align=center>A</h1>\n\ntext", "# A\n\ntext"),
        ("# A\n\n### B\n\n#### C\n\n### D", "# A\n\n## B\n\n### C\n\n## D"),
        ("# A\n\n# B\n\n## C", "# A\n\n## B\n\n### C"),
        ("# A\n\n##B", "# A\n\n## B"),
        ("# 1. A\n\n## 1.1 B\n\n## 1.2 C", "# A\n\n## B\n\n## C"),
        ("# A\n\n## 1.5 times as fast", "# A\n\n## 1.5 times as fast"),
        ("# 第3章 张量", "# 张量"),
        ("# A\n\ntext\n\n# A", "# A\n\ntext"),
        ("## B\n\n## C", "# A\n\n## B\n\n## C"),
        ("# A\n\n```\n# no heading\n```", "# A\n\n```\n# no heading\n```"),
        ("# A\n\n    # no heading\n    [x](b.ipynb)", "# A\n\n    # no heading\n    [x](b.ipynb)"),
        ("# A\n\n$ x + y $ and $z$", "# A\n\n$x + y$ and $z$"),
        ("# A\n\n\\\\(x\\\\) and \\\\[y\\\\]", "# A\n\n$x$ and\n$$y$$"),
        ("# A\n\nso $$x$$, and $$y$$ (2)", "# A\n\nso\n$$x$$\n, and\n$$y \\tag{2}$$"),
        ("# A\n\n- so $$x$$ is", "# A\n\n- so\n  $$x$$\n  is"),
        ("# A\n\n| a |\n|---|\n| $$x$$ |", "# A\n\n| a |\n|---|\n| $$x$$ |"),
        ("# A\n\n$$\nx\n$$\n$$", "# A\n\n$$\nx\n$$\n\\$\\$"),
        ("# A\n\n`$$` is code", "# A\n\n`$$` is code"),
        ("# A\n\n\\begin{cases}\nx\n\\end{cases}", "# A\n\n$$\n\\begin{cases}\nx\n\\end{cases}\n$$"),
        ("# A\n\n\\begin{align}\nx\n\n\\end{align}", "# A\n\n\\begin{align}\nx\n\\end{align}"),
        (
            "# A\n\n[to b](b.ipynb) [there](b.ipynb#Some-heading)",
            "# A\n\n[to b](b.md) [there](b.md#some-heading)",
        ),
        ("# A\n\n[b](b.html)", "# A\n\n[b](b.md)"),
        ('# A\n\n<a href="b.ipynb">b</a>', "# A\n\n[b](b.md)"),
        ("# A\n\n[up](#A)\n\n## B c\n\n[x](#B-c)", "# A\n\n[up](a.md)\n\n## B c\n\n[x](#b-c)"),
        ('# A\n\n<a id="p"></a>\n## P\n\n[x](#p)', "# A\n\n(p)=\n## P\n\n[x](#p)"),
        ('# A\n\n## P <a class="anchor" id="p q"></a>\n\n[x](#p%20q)', "# A\n\n(p-q)=\n## P\n\n[x](#p-q)"),
        ("# A\n\nsee https://x.org/a_b.", "# A\n\nsee <https://x.org/a_b>."),
        (
            "# A\n\n`https://x.org` [https://x.org](https://x.org)",
            "# A\n\n`https://x.org` [https://x.org](https://x.org)",
        ),
        ("# A\n\n% no comment\n+++\n(x)=", "# A\n\n\\% no comment\n\\+++\n\\(x)="),
        ("# A\n\n{x}`x` and {{ y }}", "# A\n\n\\{x}`x` and \\{\\{ y }}"),
        ("# A\n\n```{r}\nx <- 1\n```", "# A\n\n```r\nx <- 1\n```"),
        ("# A\n\n```python\nx = 1", "# A\n\n```python\nx = 1\n```"),
        ("# A\n\n<!-- open", "# A\n\n<!-- open\n-->"),
        (
            '# A\n\n<div class="alert alert-danger"><b>Danger:</b> <i>hot</i>\n\n- x\n</div>',
            "# A\n\n:::{danger}\n*hot*\n\n- x\n:::",
        ),
        (
            "# A\n\n<details>\n<summary>S</summary>\n\n<div class='alert alert-info'>n</div>\n\n</details>",
            "# A\n\n::::{dropdown} S\n:::{note}\nn\n:::\n::::",
        ),
        ("# A\n\n<center>\n\nx\n\n</center>", "# A\n\nx"),
        ('# A\n\n<font color="red">x</font> `<font>`', "# A\n\nx `<font>`"),
        ("# A\n\n[TOC]\n\nx", "# A\n\n\n\nx"),
        ("---\n\n# A", "# A\n\n***"),
    ],
)
def test_text(text: str, page: str) -> None:
    if page.startswith("# A\n\n***"):
        page = "***\n\n# A"
    assert page == made(text)[0]


@pytest.mark.parametrize(
    ("cells", "page"),
    [
        (
            ("# A", "**Cap `x` *y***", code("1")),
            "# A\n\n```{code-cell} python\n:caption: Cap `x` *y*\n1\n```",
        ),
        (("# A\n\nt\n\n__C__", code("1")), "# A\n\nt\n\n```{code-cell} python\n:caption: C\n1\n```"),
        (("# A", "**Listing 2-1: C**", code("1")), "# A\n\n```{code-cell} python\n:caption: C\n1\n```"),
        (("# A", "**C**", "t", code("1")), "# A\n\n**C**\n\nt\n\n```{code-cell} python\n1\n```"),
        (("# A", "**Exercise 1.**", code("1")), "# A\n\n**Exercise 1.**\n\n```{code-cell} python\n1\n```"),
        (("# A", "**a** and **b**", code("1")), "# A\n\n**a** and **b**\n\n```{code-cell} python\n1\n```"),
        (("# A", code("\n\n1\n\n")), "# A\n\n```{code-cell} python\n1\n```"),
        (("# A", code("")), "# A"),
        (("# A", code(":x: 1")), "# A\n\n```{code-cell} python\n\n:x: 1\n```"),
        (
            ("# A", code(":x: 1", tags=["a"])),
            "# A\n\n```{code-cell} python\n:tags: [a]\n\n:x: 1\n```",
        ),
        (("# A", code("  1", tags=["a"])), "# A\n\n```{code-cell} python\n:tags: [a]\n\n  1\n```"),
        (("# A", code("'''\n```\n'''")), "# A\n\n````{code-cell} python\n'''\n```\n'''\n````"),
        (
            ("# A", code("1", tags=["a", "hide-input"])),
            "# A\n\n```{code-cell} python\n:tags: [a, hide-input]\n1\n```",
        ),
        (("# A", "- a", "- b"), "# A\n\n- a\n\n+++\n\n- b"),
        (("# A", "- a", "b"), "# A\n\n- a\n\nb"),
        (
            ("# A", {"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": "<hr>"}),
            "# A\n\n```{raw} html\n<hr>\n```",
        ),
    ],
)
def test_cells(cells: tuple[Any, ...], page: str) -> None:
    assert page == made(*cells)[0]


@pytest.mark.parametrize(
    ("metadata", "tag"),
    [
        ({"jupyter": {"source_hidden": True}}, "hide-input"),
        ({"jupyter": {"outputs_hidden": True}}, "hide-output"),
        ({"hide_input": True}, "hide-input"),
        ({"cellView": "form"}, "hide-input"),
        ({"collapsed": True}, "hide-output"),
        ({"scrolled": True}, "scroll-output"),
    ],
)
def test_metadata_are_tags(metadata: dict[str, Any], tag: str) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "x"}
    page, _ = made("# A", code("1", printed, count=1, **metadata))
    assert f":tags: [{tag}]" in page
    collapsed, _ = made("# A", code("1", collapsed=True))
    assert ":tags:" not in collapsed  # Jupyter wrote it everywhere once


def test_an_exception_and_an_installation_are_told() -> None:
    failed = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    page, book = made("# A", code("%pip install x\n# and\n!conda install y"), code("1/0", failed, count=1))
    assert ":tags: [skip-execution]\n%pip" in page
    assert ":tags: [raises-exception]\n1/0" in page
    found = told(book)
    assert (Fate.CHANGED, Fate.CHANGED) == (found["!pip install"], found["output with an exception"])


def test_outputs_of_cells_that_never_run_are_part_of_the_page() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]}
    shown = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo="}}
    page, book = made("# A", code("1", printed, shown, count=1, tags=["skip-execution"]))
    (path,) = [path for path, _ in book.pictures]
    assert page.endswith(f"1\n```\n\n```text\na\nb\n```\n\n![]({path})")


def test_a_picture_that_is_not_there_is_lost() -> None:
    _, book = made("# A\n\n![x](no.png)\n\n![y](attachment:no.png)")
    found = told(book)
    assert (Fate.LOST, Fate.LOST) == (found["picture"], found["attachment"])


def test_contents_are_proposed() -> None:
    pages = ("10-ten", "2-two", "preface", "appendix", "part2/x", "part10/README", "part10/y", "part10/z")
    held = {f"{name}.ipynb": notebook(f"# {name.rpartition('/')[2].capitalize()}") for name in pages}
    book = convert(Held({**held, "README.md": "# The book\n"}), Asked())
    config = dict(book.files)["etude.toml"]
    assert 'title = "The book"' in config
    places = [
        config.index(f'"{name}"')
        for name in ("preface", "2-two", "10-ten", "part2/x", "part10/index", "appendix")
    ]
    assert sorted(places) == places
    assert '{ page = "part10/index", numbered = false }' in config


def test_old_addresses_lead_on() -> None:
    held = {"sub/a b.ipynb": notebook("# A"), "index.ipynb": notebook("# I")}
    book = convert(Held(held), Asked(old_base="https://x.org/n/", new_base="https://x.org/"))
    config = dict(book.files)["etude.toml"]
    assert '"n/sub/a b.html" = "en/sub/a b"' in config
    assert '"n/index.html" = "en/index"' in config


def test_the_language_and_the_kernel() -> None:
    held = {"a.ipynb": notebook("# 甲\n\n本节讲张量。", kernel="ir", language="R")}
    config = dict(convert(Held(held), Asked()).files)["etude.toml"]
    assert 'languages = ["zh"]' in config
    assert 'kernel = "ir"' in config
    assert 'title = "My notes"' in config


def test_an_environment_is_a_list_of_requirements() -> None:
    listed = "dependencies: [python=3.11, numpy=2.1, pytorch, cmake, {pip: [etude-x>=1]}]\n"
    held = {"a.ipynb": notebook("# A"), "environment.yml": listed}
    book = convert(Held(held), Asked())
    config = dict(book.files)["etude.toml"]
    assert 'requires = ["numpy==2.1.*", "torch", "etude-x>=1"]\npython = "==3.11.*"' in config
    assert any("`cmake` is left out" in note.said for note in book.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"nbformat": 5, "cells": []}',
        b'{"nbformat": true, "cells": []}',
        b'{"nbformat": 4, "cells": {}}',
        b'{"nbformat": 3, "worksheets": 1}',
        b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_notebook_is_taken_over_as_a_file(data: bytes) -> None:
    book = convert(Held({"a.ipynb": notebook("# A"), "bad.ipynb": data}), Asked())
    assert ["bad.ipynb"] == [note.path for note in book.notes if note.fate is Fate.LOST]
    assert ["bad.ipynb"] == [copy.path for copy in book.copies]


@pytest.mark.parametrize(
    "cell",
    [
        None,
        {},
        {"cell_type": "markdown"},
        {"cell_type": "code", "source": 1, "outputs": 2, "metadata": []},
        {"cell_type": "markdown", "source": ["# A", None, 3], "attachments": {"x": 1}},
        {"cell_type": "code", "source": "1", "metadata": {"tags": "a", "jupyter": 1, "slideshow": []}},
        {
            "cell_type": "code",
            "source": "1",
            "outputs": [1, {"output_type": "stream"}],
            "execution_count": "x",
        },
    ],
)
def test_odd_cells_do_no_harm(cell: Any) -> None:
    data = json.dumps({"nbformat": 4, "cells": [cell], "metadata": {"authors": [1], "title": 2}})
    book = convert(Held({"a.ipynb": data}), Asked())
    assert "a.md" in dict(book.files)


def test_a_folder_without_notebooks_is_no_book() -> None:
    with pytest.raises(NotABookError, match="there is no file"):
        convert(Held({"a.md": "# A"}), Asked())
