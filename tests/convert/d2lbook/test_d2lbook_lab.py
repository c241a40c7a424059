"""A book that trains a model, in two languages and two tabs: imported, run, and made in every form."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, build
from etude.cli.app import main
from etude.convert.converted import Asked
from etude.convert.d2lbook import convert

LAB = Path(__file__).parent / "lab"


def test_what_becomes_of_the_book_is_told():
    notes = convert(DiskFiles(LAB), Asked(originals="en")).notes
    told = {(str(note.fate), note.construct) for note in notes if str(note.fate) != "kept"}
    assert {("lost", "[library] version_file"), ("changed", "(~~…"), ("changed", "d2l.name")} == told


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with pytest.raises(SystemExit) as end:
        main(["import", "d2lbook", str(LAB), str(folder), "--originals", "en"])
    assert not end.value.code
    return folder, build(folder, BuildOptions(to=("html", "notebook", "pdf", "epub"), jobs=2))


def shown(folder: Path, notebook: str) -> list[str]:
    """What the cells of a built notebook show as text, the last thing of each."""
    cells = json.loads((folder / "_build/notebook" / notebook).read_text("utf-8"))["cells"]
    texts = [
        "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
        for cell in cells
        for output in cell.get("outputs", ())
    ]
    return [text.strip() for text in texts if not text.startswith("<Figure")]


@pytest.mark.kernel
@pytest.mark.slow
def test_it_runs_once_for_both_languages_without_problems(lab):
    folder, report = lab
    # Its picture has a caption, and no words for those who do not see it.
    assert {"pdf-not-accessible"} == {str(one.rule) for one in report.diagnostics}
    # Every page in each of its variants: the preface has one, and the languages share them.
    assert 7 == report.runs
    for form in ("pdf", "epub"):
        for language in ("zh", "en"):
            assert (folder / f"_build/{form}/{language}.{form}").stat().st_size > 10_000


@pytest.mark.kernel
@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_later_pages_use_methods_that_earlier_ones_have_added(lab, language):
    folder, _ = lab
    steps = {tab: shown(folder, f"{language}/{tab}/chapter_train/early.ipynb") for tab in ("numpy", "python")}
    assert {"numpy": ["(17, False, False)"], "python": ["(17, False, False)"]} == steps
    lines = shown(folder, f"{language}/numpy/chapter_train/linear.ipynb")
    assert ["((10, 10), (100,), 100)", "w=1.90, b=1.02"] == lines


@pytest.mark.kernel
@pytest.mark.slow
@pytest.mark.parametrize(("tab", "module"), [("numpy", "np"), ("python", "py")])
def test_the_library_of_a_notebook_can_be_imported(lab, tab, module):
    folder, _ = lab
    code = (
        f"from lab import {module} as d2l; m = d2l.Model(2, 1); x, y = d2l.synthetic(9);"
        "print('step' in vars(d2l.Model), hasattr(d2l, 'step'), hasattr(d2l, 'np'), len(x))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=folder / f"_build/notebook/zh/{tab}/_library",
        capture_output=True,
        text=True,
    )
    assert f"True False {tab == 'numpy'} 9\n" == done.stdout
