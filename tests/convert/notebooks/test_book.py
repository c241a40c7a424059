"""A small book of notebooks: what an import makes of it, and that it builds with the outputs it had."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from etude.build import BuildOptions, BuildReport, build
from etude.build.importing import Imported, import_book
from etude.build.ledger import LEDGER
from etude.convert.account import Fate
from etude.convert.converted import Asked
from etude.model.rules import Rule

HERE = Path(__file__).parent
BOOK, EXPECTED = HERE / "book", HERE / "expected"
ASKED = Asked(old_base="https://ada.example/few-points/")


def made(target: Path, **asked: str) -> Imported:
    return import_book("notebooks", BOOK, target, Asked(**asked) if asked else ASKED)


def built(target: Path, policy: str, *forms: str) -> BuildReport:
    return build(target, BuildOptions(to=forms or ("html",), policy=policy, jobs=1))  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != LEDGER)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_new_book(tmp_path: Path, update: bool) -> None:
    made(tmp_path / "new")
    found = files(tmp_path / "new")
    if update:
        shutil.rmtree(EXPECTED, ignore_errors=True)
        shutil.copytree(tmp_path / "new", EXPECTED, ignore=shutil.ignore_patterns(LEDGER))
        return
    expected = files(EXPECTED)
    assert sorted(expected) == sorted(found)
    for path, data in expected.items():
        assert data == found[path], path


def test_it_builds_with_the_outputs_that_it_had(tmp_path: Path) -> None:
    made(tmp_path / "new")
    for policy in ("frozen", "auto"):
        report = built(tmp_path / "new", policy)
        assert (0, 14) == (report.cells_run, report.cells_kept)
        assert [Rule.TOC_UNLISTED] == [one.rule for one in report.diagnostics]  # the broken notebook
    page = (tmp_path / "new/_build/html/en/chapter02_models/01-line.html").read_text("utf-8")
    assert "w = 1.94, b = 1.15" in page
    assert "ZeroDivisionError" in page
    assert 'data-origin="notebook"' in page
    assert "From the notebook that this page was made of." in page


def test_an_edited_cell_has_no_result(tmp_path: Path) -> None:
    made(tmp_path / "new")
    page = tmp_path / "new/chapter02_models/01-line.md"
    page.write_text(page.read_text("utf-8").replace("b = my - w * mx", "b = my - w * mx + 1"), "utf-8")
    missing = [
        one for one in built(tmp_path / "new", "frozen").diagnostics if one.rule is Rule.RESULT_MISSING
    ]
    assert ["3 results are not stored, and nothing may run"] == [one.message for one in missing]


def test_a_changed_file_that_the_code_names_is_seen(tmp_path: Path) -> None:
    made(tmp_path / "new")
    (tmp_path / "new/helper.py").write_text("def points(path):\n    return []\n", "utf-8")
    missing = [
        one for one in built(tmp_path / "new", "frozen").diagnostics if one.rule is Rule.RESULT_MISSING
    ]
    # A cell of `%%html` is no Python, so that any module may be what it reads.
    pages = ["chapter01_data/01-arrays.md", "chapter01_data/02-pictures.md"]
    assert pages == [one.place.path for one in missing]


def test_an_import_of_what_was_imported_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path / "new")
    assert 0 == made(tmp_path / "new").written
    once = (tmp_path / "new/chapter02_models/01-line.md").read_text("utf-8")
    (tmp_path / "again").mkdir()
    (tmp_path / "again/line.md").write_text(once, "utf-8")
    (tmp_path / "again/one.ipynb").write_text('{"nbformat": 4, "cells": []}', "utf-8")
    import_book("notebooks", tmp_path / "again", tmp_path / "twice", Asked())
    links = re.compile(r"\]\([^)]*\)|src=\"[^\"]*\"")
    assert links.sub("", once) == links.sub("", (tmp_path / "twice/line.md").read_text("utf-8"))


def cells(notebook: Path) -> list[tuple[str, str]]:
    """Code, and the words of the Markdown between: without set-up and numbers."""
    found: list[tuple[str, str]] = []
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if any(tag.startswith("etude-") for tag in cell["metadata"].get("tags", ())):
            continue
        if cell["cell_type"] == "code":
            found.append(("code", text.strip()))
        elif cell["cell_type"] == "markdown":
            if found and found[-1][0] == "markdown":
                text = f"{found.pop()[1]}\n\n{text}"
            found.append(("markdown", text))
    shown = [(kind, words(text) if kind == "markdown" else text) for kind, text in found]
    return [one for one in shown if one[1]]


def words(text: str) -> str:
    """A text without numbers of headings and listings, and without marks."""
    text = re.sub(
        r"^(#+)(?:[ ]+(?:Chapter \d+:|第2章|一、|[\d.]+(?= )|-(?= )))*", "", text, flags=re.MULTILINE
    )
    text = re.sub(r"\*\*Listing [\d.]+\*\*|Listing 1\.1:|\*\*Note:?\*\*|Note:|\[!\[.*\)|<a .*</a>", "", text)
    text = re.sub(r"\]\((?:[^()]|\([^()]*\))*\)|<[^>]*>|\\(?:begin|end)\{\w+\}", "", text)
    return re.sub(r"[^\w+/]", "", text)


@pytest.mark.parametrize("form", ["pages", "notebooks"])
@pytest.mark.parametrize(
    "page", ["chapter01_data/01-arrays", "chapter02_models/01-line", "chapter02_models/02-zhixian"]
)
def test_notebooks_come_back(tmp_path: Path, form: str, page: str) -> None:
    made(tmp_path / "new", form=form)
    built(tmp_path / "new", "frozen", "notebook")
    before = cells(BOOK / f"{page}.ipynb")
    if form == "notebooks":
        # Where the text stays as it is, this line is a comment of MyST; the report tells of it.
        before = [(kind, text.replace("matplotlibisnotneededhere", "")) for kind, text in before]
    after = cells(tmp_path / f"new/_build/notebook/en/{page}.ipynb")
    assert before == after


def test_notebooks_stay_as_they_are(tmp_path: Path) -> None:
    made(tmp_path / "new", form="notebooks")
    for path in ("chapter01_data/01-arrays.ipynb", "appendix_a-shell.ipynb"):
        assert (BOOK / path).read_bytes() == (tmp_path / "new" / path).read_bytes()
    old: Any = json.loads((tmp_path / "new/old/format-3.ipynb").read_text("utf-8"))
    assert 4 == old["nbformat"]
    report = built(tmp_path / "new", "frozen")
    assert not {Rule.RESULT_MISSING} & {one.rule for one in report.diagnostics}
    broken = [one.place.path for one in report.diagnostics if one.rule is Rule.REFERENCE_BROKEN]
    assert ["chapter02_models/01-line.ipynb"] == broken  # anchors of HTML are no labels there


def test_what_is_lost_is_told(tmp_path: Path) -> None:
    lost = [(note.construct, note.path) for note in made(tmp_path / "new").notes if note.fate is Fate.LOST]
    assert [("notebook", "old/broken.ipynb")] == lost
