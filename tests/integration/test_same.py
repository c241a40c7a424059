"""The same book gives the same bytes, and its notebooks run without Etude."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

SOURCE = Path(__file__).parent.parent / "books" / "bilingual"


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory, make_book):
    """The bilingual book, built by two workers."""
    root = tmp_path_factory.mktemp("bilingual") / "book"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("golden"))
    book = make_book(root, {}, bare=True)
    said = book.alone("build", "--jobs", "2", PYTHONHASHSEED="1", LC_ALL="C")
    assert (0, []) == (said.code, said.problems)
    return book


def test_cold_builds_are_byte_identical(bilingual, tmp_path):
    other = bilingual.copy(tmp_path / "some where" / "else", state=False)
    said = other.alone("build", "--jobs", "1", PYTHONHASHSEED="2", LC_ALL="C.UTF-8", TZ="Asia/Shanghai")
    assert (0, []) == (said.code, said.problems)
    one, two = bilingual.outputs(), other.outputs()
    assert one.keys() == two.keys()
    assert {f"{form}/{language}" for form in ("html", "notebook") for language in ("zh", "en")} <= {
        "/".join(path.split("/")[:2]) for path in one
    }
    for path, data in one.items():
        assert data == two[path], path


def stored(notebook: dict) -> list:
    """What the cells of a notebook gave, without the cell that sets it up."""
    return [
        [
            {k: v for k, v in output.items() if k not in ("execution_count", "traceback")}
            for output in cell["outputs"]
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "etude-setup" not in cell["metadata"].get("tags", ())
    ]


def execute(notebook: Path, out: Path) -> dict:
    """Run a notebook as `jupyter execute` does, from the place where it is."""
    command = [
        sys.executable,
        "-c",
        "from nbclient.cli import main; main()",
        notebook.name,
        f"--output={out}",
    ]
    for _ in range(3):
        done = subprocess.run(command, cwd=notebook.parent, capture_output=True, text=True, check=False)
        # Jupyter chooses ports before they are bound: beside other kernels one may be taken by then.
        if "Kernel died before replying" not in done.stderr:
            break
    assert 0 == done.returncode, done.stderr
    return json.loads(out.read_text("utf-8"))


@pytest.mark.parametrize("path", ["zh/fancy/uses.ipynb", "en/plain/shown.ipynb"])
def test_notebooks_run_where_they_are(bilingual, tmp_path, path):
    notebook = bilingual.root / "_build" / "notebook" / path
    before = json.loads(notebook.read_text("utf-8"))
    assert any(stored(before)), "the notebook has outputs"
    assert stored(before) == stored(execute(notebook, tmp_path / "out.ipynb"))


def test_a_notebook_runs_with_only_its_library(bilingual, tmp_path):
    folder = tmp_path / "handed" / "out"
    shutil.copytree(bilingual.root / "_build" / "notebook" / "en" / "plain", folder)
    notebook = json.loads((folder / "saves.ipynb").read_text("utf-8"))
    code = "from small.numbers import mean_of\nmean_of([1, 2])"
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": code,
    }
    notebook["cells"] = [*notebook["cells"], cell]
    (folder / "new.ipynb").write_text(json.dumps(notebook), "utf-8")
    done = execute(folder / "new.ipynb", tmp_path / "new.ipynb")
    *before, last = stored(done)
    assert [outputs for outputs in stored(notebook) if outputs] == [outputs for outputs in before if outputs]
    assert ["1.5"] == ["".join(output["data"]["text/plain"]) for output in last]
