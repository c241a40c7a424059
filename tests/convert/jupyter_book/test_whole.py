"""Whole projects: built as they are, imported and built, followed while they are written."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, build
from etude.build.importing import import_book
from etude.build.live.book import LiveBook
from etude.cli.output import find_book
from etude.convert.converted import Asked
from etude.convert.jupyter_book.project import read_project
from etude.model.diagnostic import BookError
from etude.model.rules import Rule, Severity
from etude.model.span import LineIndex

HERE = Path(__file__).parent
BOOKS = ("book1", "book2", "old")
ORIGIN = "https://site.example/old/"


def copy(name, target):
    return Path(shutil.copytree(HERE / name, target / name))


def outputs(root):
    folder = root / "_build"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def shared(path, data):
    """A file without what must differ: a notebook looks for the file that the configuration is in."""
    if not path.endswith(".ipynb"):
        return data
    data = re.sub(rb"_config\.yml|myst\.yml", b"etude.toml", data)
    return re.sub(rb'"id": "[0-9a-f]+"', b"", data, count=1)


def places(report):
    """Severity, rule, and place of each diagnostic."""
    found = []
    for one in report.diagnostics:
        position = LineIndex(report.sources[one.place.path]).position(one.place.span.start)
        found.append((str(one.rule), f"{one.place.path}:{position.line}:{position.column}"))
    return sorted(
        found, key=lambda pair: [int(part) if part.isdecimal() else part for part in pair[1].split(":")]
    )


@pytest.mark.parametrize("name", BOOKS)
def test_golden(name, update):
    written = read_project(DiskFiles(HERE / name)).written.text
    golden = HERE / "expected" / f"{name}.toml"
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(written, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", BOOKS)
def test_imported_is_as_it_is(name, tmp_path):
    asked = BuildOptions(policy="off", jobs=1)
    root = copy(name, tmp_path)
    report = build(root, asked)
    assert [] == [one for one in report.diagnostics if one.severity is not Severity.INFO]
    target = tmp_path / "new"
    import_book("jupyter-book", root, target, Asked())
    report = build(target, asked)
    assert [] == [one for one in report.diagnostics if one.severity is not Severity.INFO]
    before, after = outputs(root), outputs(target)
    assert before.keys() == after.keys()
    for path in before:
        assert (path, shared(path, before[path])) == (path, shared(path, after[path]))


def test_import_in_place(tmp_path):
    root = copy("book1", tmp_path)
    pages = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    import_book("jupyter-book", root, root, Asked())
    assert pages == {path: path.read_bytes() for path in pages}
    text = (root / "etude.toml").read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    assert "# Made of `_config.yml` and `_toc.yml`, which are not read any more." == head
    assert body == (HERE / "expected" / "book1.toml").read_text(encoding="utf-8")
    again = import_book("jupyter-book", root, root, Asked())
    assert 0 == again.written
    report = (root / "IMPORT.md").read_text(encoding="utf-8")
    assert "`html.analytics`: a site asks no third party for anything by itself\n  `_config.yml:" in report


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "book1",
            {
                "old/intro.html": "intro",
                "old/basics/index.html": "basics/index",
                "old/basics/string.html": "basics/string",
                "old/history.html": "history",
            },
        ),
        (
            "book2",
            {
                "old/moon/index.html": "guide/01-moon",
                "old/index/index.html": "guide/index",
                "old/heights/index.html": "data/heights",
            },
        ),
    ],
)
def test_redirects(name, wanted, tmp_path):
    target = tmp_path / "new"
    import_book("jupyter-book", HERE / name, target, Asked(old_base=ORIGIN, new_base="https://site.example/"))
    build(target, BuildOptions(to=("html",), policy="off", jobs=1))
    text = (target / "etude.toml").read_text(encoding="utf-8")
    for old, page in wanted.items():
        assert f'{json.dumps(old)} = "{page}"\n' in text
        assert (target / "_build/html" / old).is_file()


def test_execution_settings(tmp_path):
    root = copy("book1", tmp_path)
    report = build(root, BuildOptions(to=("html",), jobs=1))
    assert [] == [one for one in report.diagnostics if one.severity is not Severity.INFO]
    page = (root / "_build/html/en/basics/string.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in page
    assert "to standard error" not in page.partition('<div class="outputs">')[2]
    slow = (root / "_build/html/en/notebooks/slow.html").read_text(encoding="utf-8")
    assert "as it was stored" in slow
    # With errors not allowed, other keys: the cell runs again, and is a problem.
    config = root / "_config.yml"
    config.write_text(config.read_text().replace("allow_errors: true", "allow_errors: false"))
    page = root / "basics/string.md"
    page.write_text(page.read_text().replace("tags: [raises-exception]", "tags: []"))
    report = build(root, BuildOptions(to=("html",), jobs=1))
    assert [Rule.CELL_ERROR] == [one.rule for one in report.diagnostics if one.severity is Severity.ERROR]


def test_edits_are_seen_and_etude_toml_wins(tmp_path):
    root = copy("old", tmp_path)
    asked = BuildOptions(to=("html",), policy="off", jobs=1)
    build(root, asked)
    assert 0 == build(root, asked).written
    home = root / "_build/html/en/index.html"
    assert "Old lists" in home.read_text(encoding="utf-8")
    config = root / "_config.yml"
    config.write_text(config.read_text().replace("Old lists", "Newer lists"))
    build(root, asked)
    assert "Newer lists" in home.read_text(encoding="utf-8")
    (root / "etude.toml").write_text('[book]\ntitle = "Our own"\nhome = "intro"\nchapters = ["chapters/*"]\n')
    build(root, asked)
    assert "Our own" in home.read_text(encoding="utf-8")


def test_live(tmp_path):
    root = copy("old", tmp_path)
    live = LiveBook(root, BuildOptions())
    try:
        live.load()
        assert () == live.problems()
        toc = root / "_toc.yml"
        toc.write_text(toc.read_text() + "- file: nowhere\n")
        assert live.edit(["_toc.yml"]).whole
        (problem,) = live.problems()
        assert (Rule.TOC_MISSING_FILE, "_toc.yml") == (problem.rule, problem.place.path)
        assert "nowhere" == problem.place.span.slice(toc.read_text())
        (root / "etude.toml").write_text(
            '[book]\ntitle = "Our own"\nhome = "intro"\nchapters = ["chapters/*"]\n'
        )
        assert live.edit(["etude.toml"]).whole
        assert () == live.problems()
        assert b"Our own" in live.html("en/index.html")
    finally:
        live.close()


def test_found_from_a_folder_below(tmp_path, monkeypatch):
    root = copy("book2", tmp_path)
    monkeypatch.chdir(root / "guide")
    assert root == find_book(None)
    assert root == find_book(os.fspath(root / "myst.yml"))


def test_problems_are_told_in_the_authors_files(tmp_path):
    files = {
        "_config.yml": (
            "title: {a: b}\nlogo: ../logo.png\nexecute:\n  execute_notebooks: sometimes\n  timeout: long\n"
            "html: 3\nbibtex_bibfiles: missing.bib\nauthor: Ada\nauthor: Bo\nours: 1\n"
        ),
        "_toc.yml": (
            "format: jb-book\nroot: intro\nchapters:\n- file: intro\n- file: a\n- file: a\n- file: missing\n"
            "- file: old\n- 7\n- glob: no/*\n- {}\n"
        ),
        "intro.md": "# Intro\n\n{cite}`x`\n",
        "a.md": "# A\n",
        "old.rst": "A\n=\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    report = build(tmp_path, BuildOptions(to=("html",), policy="off", jobs=1))
    assert [
        ("config-value", "_config.yml:1:1"),
        ("path-outside", "_config.yml:2:7"),
        ("config-value", "_config.yml:4:22"),
        ("config-value", "_config.yml:5:12"),
        ("config-value", "_config.yml:6:7"),
        ("file-missing", "_config.yml:7:18"),
        ("config-value", "_config.yml:9:1"),
        ("config-unused", "_config.yml:10:7"),
        ("toc-duplicate", "_toc.yml:4:9"),
        ("toc-duplicate", "_toc.yml:6:9"),
        ("toc-missing-file", "_toc.yml:7:9"),
        ("toc-missing-file", "_toc.yml:8:9"),
        ("config-value", "_toc.yml:9:3"),
        ("toc-empty-glob", "_toc.yml:10:9"),
        ("config-value", "_toc.yml:11:3"),
        ("citation-unknown", "intro.md:3:1"),
    ] == places(report)
    said = json.dumps([(one.message, one.hints) for one in report.diagnostics])
    assert "etude.toml" not in said
    assert "[book]" not in said
    assert "book." not in said


def test_a_configuration_without_contents_is_no_book(tmp_path):
    (tmp_path / "_config.yml").write_text("title: a site of Jekyll\n")
    with pytest.raises(BookError) as error:
        build(tmp_path, BuildOptions())
    (problem,) = error.value.diagnostics
    assert Rule.CONFIG_MISSING == problem.rule
    assert "`_toc.yml`" in problem.hints[0]
    assert [] == [path.name for path in tmp_path.iterdir() if path.name != "_config.yml"]


def test_yaml_that_cannot_be_read_stops_the_build(tmp_path):
    root = copy("old", tmp_path)
    (root / "_toc.yml").write_text("- file: [intro\n- b\n")
    with pytest.raises(BookError) as error:
        build(root, BuildOptions())
    (problem,) = error.value.diagnostics
    assert (Rule.CONFIG_SYNTAX, "_toc.yml") == (problem.rule, problem.place.path)
    with pytest.raises(BookError, match=r"`_toc\.yml`: not valid YAML"):
        import_book("jupyter-book", root, tmp_path / "new", Asked())
