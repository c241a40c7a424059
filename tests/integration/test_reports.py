"""Reports of builds: `etude build --report`."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.kernel

PAGE = (
    "# Page\n\n```{code-cell} python\n# why\nimport json\nprint(1)\n```\n\n"
    "```{code-cell} python\nprint(2)\n```\n"
)


def test_reports_of_builds(new_book, tmp_path):
    book = new_book({"index.md": PAGE, "b.md": PAGE.replace("(2)", "(1 / 0)")})
    told = tmp_path / "deep" / "report.json"

    def runs():
        book.build(report=told)
        document = json.loads(told.read_text("utf-8"))
        assert 1 == document["format"]
        return document, {run["page"]: run for run in document["runs"]}

    document, found = runs()
    assert ("ok", "failed") == (found["index"]["status"], found["b"]["status"])
    assert ["index.md:4", "index.md:10"] == [item["place"] for item in found["index"]["cells"]]
    assert ["import json", "print(2)"] == [item["code"] for item in found["index"]["cells"]]
    assert ["it never ran"] == [reason.partition(": ")[2] for reason in found["index"]["reasons"]]
    assert (1, 2) == (document["errors"], document["machine"]["slots"])
    assert "lean" in {run["backend"] for run in document["runs"]} or not document["parents"]
    assert {"Etude", "Python", "System"} <= document["versions"].keys()
    for run in document["runs"]:
        for one in run["cells"]:
            assert run["start"] <= one["start"]
            assert one["start"] + one["seconds"] <= run["start"] + run["seconds"] + 0.01
    book.edit("b.md", "1 / 0", "3")
    _, found = runs()
    assert ("kept", "ok") == (found["index"]["status"], found["b"]["status"])
    assert ["cell 2: its code changed"] == found["b"]["reasons"]
    _, found = runs()
    assert {"kept"} == {run["status"] for run in found.values()}, "also when nothing changed"
    book.build(report=tmp_path / "report.html", policy="force")
    assert "everything is run anew" in (tmp_path / "report.html").read_text("utf-8")


def test_the_command_writes_where_it_is_told(new_book, tmp_path, monkeypatch):
    book = new_book({"index.md": PAGE})
    monkeypatch.chdir(tmp_path)
    said = book.alone("build", "--report", "told.html")
    assert 0 == said.code
    assert "Time line" in (tmp_path / "told.html").read_text("utf-8")
    assert 0 == book.alone("build", "--report", "told.json").code
    assert [["kept", 2]] == [
        [run["status"], run["cells_kept"]] for run in json.loads((tmp_path / "told.json").read_text())["runs"]
    ]
