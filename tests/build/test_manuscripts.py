"""The book as Markdown: read by another reader, and followed link by link."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from etude.build import BuildOptions, BuildReport, build

BOOKS = Path(__file__).parent.parent / "books"

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
authors = ["Ada", "Bo"]
license = "CC-BY-4.0"
languages = ["zh", "en"]
variants = ["numpy", "pytorch"]

[variant.numpy]
title = "NumPy"
[variant.pytorch]
title = "PyTorch"

[[part]]
title = { zh = "起", en = "One" }
chapters = [{ page = "a/one", sections = ["a/two"] }]

[[part]]
title = { zh = "承", en = "Two" }
chapters = ["last"]
"""

ONE = """# One

See [](#sec-two), [the last](../last.md), {ref}`fig-dot`, {eq}`eq-x` and {term}`word`.[^note]

```{note}
A note.
```

```{seealso}
- A list.
```

:::{warning} Mind
> quoted

```{note}
Inside.
```
:::

(eq-x)=
$$x^2$$

```{figure} /img/dot.svg
:label: fig-dot
:width: 40%
A dot.
```

```{code-cell} python
:variant: numpy
print("by numpy")
```

```{code-cell} python
:variant: pytorch
print("by pytorch")
```

[^note]: First.

    Second.
"""

TWO = """(sec-two)=
# Two

## Deep

See [](./one.md) and {numref}`tab`.[^note]

```{table} Words
:label: tab
| a | b |
|---|---|
| $x$ | 1 |
```

```{list-table} Blocks
:header-rows: 1
* - a
  - b
* - - item
    - item
  - words
```

[^note]: Of two.
"""

LAST = """# Last

```{glossary}
word
: What it means.
```

```{solution} ex
Do it.
```

```{exercise}
:label: ex
Do!
```
"""

DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" cx="4" cy="4"/></svg>'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language in ("zh", "en"):
        (root / language / "a").mkdir(parents=True)
        for name, text in {"index": "# Home\n", "a/one": ONE, "a/two": TWO, "last": LAST}.items():
            (root / language / f"{name}.md").write_text(text, "utf-8")
    (root / "img").mkdir()
    (root / "img/dot.svg").write_text(DOT, "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    return root


def make(root: Path, **options: object) -> BuildReport:
    return build(root, BuildOptions(to=("markdown",), jobs=1, policy="off", **options))  # type: ignore[arg-type]


def body(text: str) -> str:
    """A text without its front matter."""
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def tokens(text: str) -> Iterator[Token]:
    """All of a text, nested ones too, as GitHub's dialect is read."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in reader.use(footnote_plugin).parse(body(text)):
        yield token
        yield from token.children or ()


def links(text: str) -> Iterator[str]:
    for token in tokens(text):
        if token.type in ("link_open", "image"):
            yield str(token.attrs.get("href") or token.attrs.get("src"))
        if token.type in ("html_block", "html_inline"):
            yield from re.findall(r'(?:src|href)="([^"]*)"', token.content)


def anchors(text: str) -> list[str]:
    return re.findall(r'<a id="([^"]*)"></a>', text)


def broken(folder: Path) -> list[str]:
    """Links of all files in a folder that lead to nothing."""
    found = []
    for file in folder.rglob("*.md"):
        for link in links(file.read_text("utf-8")):
            path, _, fragment = unquote(link).partition("#")
            if "://" in path or path.startswith("mailto:"):
                continue
            target = (file.parent / path) if path else file
            if not target.is_file() or (fragment and fragment not in anchors(target.read_text("utf-8"))):
                found.append(f"{file.relative_to(folder)}: {link}")
    return found


@pytest.mark.parametrize("name", ["plain", "bilingual", "single"])
def test_every_link_leads_somewhere(tmp_path: Path, name: str) -> None:
    shutil.copytree(
        BOOKS / name, tmp_path / name, ignore=shutil.ignore_patterns("golden", "_build", ".etude")
    )
    make(tmp_path / name)
    folder = tmp_path / name / "_build" / "markdown"
    assert len(list(folder.rglob("*.md"))) > 1
    assert [] == broken(folder)


@pytest.mark.parametrize("name", ["plain", "bilingual"])
def test_no_directive_is_left(tmp_path: Path, name: str) -> None:
    shutil.copytree(
        BOOKS / name, tmp_path / name, ignore=shutil.ignore_patterns("golden", "_build", ".etude")
    )
    make(tmp_path / name)
    for file in (tmp_path / name / "_build" / "markdown").rglob("*.md"):
        text = file.read_text("utf-8")
        names = [one.info for one in tokens(text) if one.type == "fence" and one.info.startswith("{")]
        colons = [one.content for one in tokens(text) if one.type == "inline" and ":::" in one.content]
        assert ([], []) == (names, colons), file
        twice = [one for one in set(anchors(text)) if anchors(text).count(one) > 1]
        assert [] == twice, file


def test_a_page_as_people_read_it(book: Path) -> None:
    assert () == make(book).diagnostics
    text = (book / "_build/markdown/en/a/one.md").read_text("utf-8")
    head, page = text.split("---\n", 2)[1:]
    assert 'title: "One"\nbook: "Book"\nlang: "en"\nauthor: ["Ada", "Bo"]' in head
    assert page.startswith("\n# Chapter 1: One\n\nSee [Two](two.md), [the last](../last.md)")
    assert "[Figure 1.1](#fig-dot), [(1.1)](#eq-x)" in page
    assert "[word](../last.md#term-word).[^1]" in page
    assert "> [!NOTE]\n> A note.\n" in page
    assert "> [!NOTE]\n> **See also**\n>\n> - A list.\n" in page
    assert "> [!WARNING]\n> **Mind**\n>\n> > quoted\n>\n> > **Note**\n> >\n> > Inside.\n" in page
    assert '<a id="eq-x"></a>\n\n$$\nx^2 \\tag{1.1}\n$$' in page
    assert '<img src="../../img/dot.svg" alt="" width="40%">\n\n**Figure 1.1** A dot.' in page
    assert '**NumPy**\n\n```python\nprint("by numpy")\n```\n\n**PyTorch**\n\n' in page
    assert page.endswith("[^1]: First.\n\n    Second.\n")


def test_the_whole_book_in_one_file(book: Path) -> None:
    make(book)
    text = (book / "_build/markdown/en.md").read_text("utf-8")
    level = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
    found = list(tokens(text))
    heads = [(level[a.tag], b.content) for a, b in pairwise(found) if a.type == "heading_open"]
    assert [
        (2, "Home"),
        (1, "Part 1: One"),
        (2, "Chapter 1: One"),
        (3, "1.1 Two"),
        (4, "1.1.1 Deep"),
        (1, "Part 2: Two"),
        (2, "Chapter 2: Last"),
    ] == heads
    assert "See [Two](#a.two), [the last](#last), [Figure 1.1](#a.one:fig-dot)" in text
    assert '<a id="a.two"></a>\n\n### 1.1 Two' in text
    assert {"a.one-1", "a.two-1"} == set(re.findall(r"^\[\^(.*?)\]:", text, re.MULTILINE))
    assert [] == broken(book / "_build/markdown")


def test_one_variant(book: Path) -> None:
    make(book, variants=("pytorch",))
    text = (book / "_build/markdown/en/a/one.md").read_text("utf-8")
    assert 'print("by pytorch")' in text
    assert "numpy" not in text
    assert "**PyTorch**" not in text


def test_an_edit_makes_again_what_it_reaches(book: Path) -> None:
    make(book)
    assert 0 == make(book).written
    page = book / "en" / "last.md"
    page.write_text(page.read_text("utf-8").replace("Do!", "Do it!"), "utf-8")
    assert 2 == make(book).written  # the page, and the book
    page.write_text(page.read_text("utf-8").replace("# Last", "# At last"), "utf-8")
    assert 3 == make(book).written  # the contents on the front page, too
    page.unlink()
    make(book)
    assert not (book / "_build/markdown/en/last.md").exists()
    assert (book / "_build/markdown/zh/last.md").exists()


def test_two_builds_are_the_same(book: Path) -> None:
    make(book)
    make(book, out=book.parent / "again")
    one, two = (book / "_build/markdown", book.parent / "again/markdown")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert [] == [path for path in files if (one / path).read_bytes() != (two / path).read_bytes()]
