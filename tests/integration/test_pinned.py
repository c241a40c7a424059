"""A book whose data lies outside: who gets it with its results needs neither the data nor the packages."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

CONFIG = """
[book]
title = "Book"
languages = ["en"]
chapters = ["page"]

[execute]
pinned = ["$SETS/**", "~/sets/**"]
"""

DATA = """
import gzip, hashlib, os, pathlib

def load():
    for folder in filter(None, (os.environ.get("SETS"), "~/sets")):
        try:
            packed = pathlib.Path(folder, "lines.gz").expanduser().read_bytes()
        except OSError:
            continue
        if hashlib.sha256(gzip.decompress(packed)).hexdigest() == "HASH":
            return gzip.decompress(packed).decode().split()
    return ["sample"]
"""

PAGE = """# Page

```{code-cell} python
import toolbox
from data import load
lines = load()
len(lines)
```

```{code-cell} python
:expect: toolbox.longest(lines) == 5
lines[0]
```

There are {eval}`len(lines)` lines.
"""


class Place:
    """A machine: a home folder, and what is installed there."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        # The folder of the user's own packages; environments like that of the tests do not look there.
        version = ".".join(map(str, sys.version_info[:2]))
        self.packages = self.home / f".local/lib/python{version}/site-packages"
        self.packages.mkdir(parents=True)

    def install(self) -> None:
        """Have a package there that no index has."""
        about = self.packages / "toolbox-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toolbox\nVersion: 1.2+here\n\n")
        (about / "RECORD").write_text("toolbox.py,,\ntoolbox-1.2.dist-info/METADATA,,\n")
        (self.packages / "toolbox.py").write_text("def longest(lines): return max(map(len, lines))\n")

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its user."""
        return {"HOME": str(self.home), "PYTHONPATH": os.pathsep.join((str(self.packages), *_python_path()))}


def _python_path() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


@pytest.fixture(scope="module")
def made(tmp_path_factory, make_book):
    """The book as its author records it, with data and package, and that machine."""
    root = tmp_path_factory.mktemp("pinned")
    author = Place(root / "author")
    author.install()
    (author.home / "sets").mkdir()
    lines = b"three\nfour\nfive\n"
    (author.home / "sets/lines.gz").write_bytes(gzip.compress(lines, mtime=1))
    files = {"etude.toml": CONFIG, "index.md": "# Home\n", "page.md": PAGE}
    code = DATA.replace("HASH", hashlib.sha256(lines).hexdigest())
    book = make_book(root / "book", {**files, "data.py": code}, bare=True)
    said = book.alone("build", "--to", "notebook", "--record", **author.environment)
    assert (0, []) == (said.code, said.problems)
    return book, author


@pytest.fixture
def given(made, tmp_path):
    """The book as others get it, and a machine on which there is nothing."""
    return made[0].copy(tmp_path / "book", state=False), Place(tmp_path / "reader")


def recorded(book) -> list[str]:
    """The lines of what is recorded."""
    return book.read("results/page/run.json").splitlines()


def test_it_is_built_without_data_and_packages(made, given):
    book, reader = given
    for policy in ("frozen", "auto"):
        said = book.alone("build", "--to", "notebook", "--execute", policy, **reader.environment)
        assert (0, ["packages-missing"]) == (said.code, said.rules), policy
        (note,) = said.document["diagnostics"]
        assert note["message"].endswith(": toolbox 1.2+here")
        assert "`pip install toolbox==1.2`" in note["hints"][0]
        assert made[0].outputs() == book.outputs()


def test_data_elsewhere_and_packed_by_others_gives_the_same_results(made, given):
    book, reader = given
    reader.install()
    sets = reader.home / "mounted"
    sets.mkdir()
    (sets / "lines.gz").write_bytes(gzip.compress(b"three\nfour\nfive\n", mtime=2))
    said = book.alone("build", "--to", "notebook", "--record", SETS=str(sets), **reader.environment)
    assert (0, []) == (said.code, said.problems)
    assert made[0].outputs("results") == book.outputs("results")
    # What is made anew from there is the same, too.
    shutil.rmtree(book.root / ".etude")
    said = book.alone(
        "build", "--to", "notebook", "--execute", "force", "--record", SETS=str(sets), **reader.environment
    )
    assert (0, []) == (said.code, said.problems)
    assert recorded(made[0]) == recorded(book)


def test_a_cell_that_must_run_says_what_to_install(given):
    book, reader = given
    book.edit("page.md", "lines[0]", "lines[-1]")
    said = book.alone("build", "--to", "notebook", **reader.environment)
    assert 1 == said.code
    (error,) = [one for one in said.document["diagnostics"] if one["rule"] == "cell-error"]
    assert "No module named 'toolbox'" in error["message"]
    assert any("`pip install toolbox==1.2`" in hint for hint in error["hints"])
    # Undone, all is as it was.
    book.edit("page.md", "lines[-1]", "lines[0]")
    assert 0 == book.alone("build", "--to", "notebook", **reader.environment).code


def test_an_edited_page_without_the_data_is_made_anew_as_a_whole(given):
    book, reader = given
    reader.install()
    book.edit("page.md", "lines[0]", "lines[-1]")
    said = book.alone("build", "--to", "notebook", **reader.environment)
    assert ["expectation-failed", "pinned-differ"] == sorted(said.rules)
    notebook = json.loads(next((book.root / "_build").rglob("page*.ipynb")).read_text())
    shown = [
        "".join(out["data"]["text/plain"]) for cell in notebook["cells"] for out in cell.get("outputs", ())
    ]
    assert ["1", "'sample'"] == shown


def test_a_verification_finds_the_data_by_its_variable(given, made):
    book, reader = given
    for old, new in (("import toolbox\n", ""), ("toolbox.longest(lines)", "len(max(lines, key=len))")):
        book.edit("page.md", old, new)
    sets = str(made[1].home / "sets")
    assert 0 == book.alone("build", "--to", "notebook", SETS=sets, **reader.environment).code
    assert (0, []) == ((said := book.alone("verify", SETS=sets, **reader.environment)).code, said.problems)
    said = book.alone("verify", **reader.environment)
    assert (1, {"result-drifted", "expectation-failed", "pinned-differ"}) == (said.code, set(said.rules))
