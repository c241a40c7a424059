"""`--to library`: what pages save becomes a package that Python imports."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

pytestmark = pytest.mark.kernel

CONFIG = """[book]
title = { zh = "书", en = "Sums" }
languages = ["zh", "en"]
variants = ["plain", "fancy"]
[[part]]
chapters = ["one", "two"]
[html]
url = "https://sums.example/"
[library]
name = "sums"
language = "en"
[variant.fancy]
library = "fancy"
"""
ONE = """# {title}

```{{code-cell}} python
:save: tools
:label: lst-half
:caption: {caption}
import numpy as np

def half(x: float) -> float:
    return float(np.float64(x) / 2)  # {remark}
```

```{{code-cell}} python
:variant: fancy
:save:
import packaging

def third(x: float) -> float:
    return x / 3
```
"""
TWO = """# {title}

```{{code-cell}} python
:save: tools
def quarter(x: float) -> float:
    return half(half(x))
```
"""
PAGE_LINE = ":variant: fancy"
PAGES = {
    "etude.toml": CONFIG,
    "en/index.md": "# Home\n",
    "zh/index.md": "# 首页\n",
    "en/one.md": ONE.format(title="One", caption="Halves", remark="exact"),
    "zh/one.md": ONE.format(title="一", caption="一半", remark="精确"),
    "en/two.md": TWO.format(title="Two"),
    "zh/two.md": TWO.format(title="二"),
}


def test_a_book_s_library_is_a_package(new_book):
    book = new_book(PAGES)
    assert [] == [(d.rule, d.message) for d in book.build(to=("library",)).diagnostics]
    made = sorted(path for path in book.outputs("_build/library"))
    sources = ["__init__.py", "fancy.py", "py.typed", "tools.py"]
    assert ["README.md", "pyproject.toml", *(f"src/sums/{name}" for name in sources)] == made
    tools = book.read("_build/library/src/sums/tools.py")
    assert "# Listing 1.1. Halves\n# https://sums.example/en/one.html#lst-half\nimport numpy" in tools
    assert "# exact" in tools
    project = tomllib.loads(book.read("_build/library/pyproject.toml"))["project"]
    names = [wanted.partition(">=")[0] for wanted in project["dependencies"]]
    extras = [wanted.partition(">=")[0] for wanted in project["optional-dependencies"]["fancy"]]
    assert (["numpy"], ["packaging"]) == (names, extras)
    code = "from sums.tools import quarter\nfrom sums.fancy import third\nprint(quarter(4), third(6))"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=book.root / "_build/library/src",
        check=True,
        capture_output=True,
        text=True,
    )
    assert "1.0 2.0\n" == said.stdout


def test_two_variants_that_save_different_code_to_one_module_are_told(new_book):
    differing = ONE.replace(":variant: fancy\n:save:\n", ":variant: fancy\n:save: tools\n")
    pages = PAGES | {
        "en/one.md": differing.format(title="One", caption="Halves", remark="exact"),
        "zh/one.md": differing.format(title="一", caption="一半", remark="精确"),
    }
    book = new_book(pages)
    told = book.build(to=("library",)).diagnostics
    assert [("library-differs", "en/one.md")] == [(d.rule, d.place.path) for d in told]
    assert PAGE_LINE == book.read("en/one.md")[told[0].place.span.start :].splitlines()[1]
    assert "def third" not in book.read("_build/library/src/sums/tools.py")


def test_nothing_is_written_of_a_book_without_a_library(new_book):
    book = new_book({"one.md": "# One\n\n```{code-cell} python\n:save: tools\nx = 1\n```\n"})
    assert () == book.build(to=("library",)).diagnostics
    assert not (book.root / "_build/library").exists()
