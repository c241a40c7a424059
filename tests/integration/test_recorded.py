"""Results that are recorded in the book: a copy is built of them without a kernel."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etude.adapters.disk import RECORDED
from etude.build import status
from etude.build.options import BuildOptions
from etude.cli import main
from etude.model.protocols import KernelError

pytestmark = pytest.mark.kernel

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["plain", "fancy"]
chapters = ["part/first", "second"]
"""

FIRST = """# First

```{code-cell} python
:variant: plain
import base64
from IPython.display import Image
style = "plain"
print(f"one\\ntwo {style}")
```

```{code-cell} python
:variant: fancy
style = "fancy"
```

```{code-cell} python
:expect: len(style) == 5
:variant: plain, fancy
numbers = [len(line) for line in open("../../data/lines.txt")]
numbers
```

It is {eval}`style`, and {eval}`sum(numbers)`.
"""

PICTURE = """
```{{code-cell}} python
:variant: plain
Image(base64.b64decode("{picture}"))
```
"""

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="

SECOND = """# Second

```{code-cell} python
import os
here = sorted(os.listdir(".."))
here
```

```{code-cell} python
:tags: raises-exception
1 / 0
```
"""

FILES = {
    "etude.toml": CONFIG,
    "zh/index.md": "# 书\n",
    "en/index.md": "# Book\n",
    "data/lines.txt": "one\nthree\n",
    **{f"{lang}/part/first.md": FIRST + PICTURE.format(picture=PNG) for lang in ("zh", "en")},
    **{f"{lang}/second.md": SECOND for lang in ("zh", "en")},
}

JSONS = {"part/first/plain.json", "part/first/fancy.json", "second/plain.json"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, make_book):
    """A book that was built and recorded."""
    book = make_book(tmp_path_factory.mktemp("recorded") / "book", FILES, bare=True)
    report = book.build(record=True)
    assert () == report.diagnostics
    assert ("results", 7, 4) == (report.recorded.folder, report.recorded.results, report.recorded.changed)
    return book


@pytest.fixture
def clone(recorded, tmp_path, capsys):
    """What version control gives to others."""
    copy = recorded.copy(tmp_path / "clone", state=False)
    copy.capsys = capsys
    return copy


@pytest.fixture
def no_kernels(monkeypatch):
    """A machine on which nothing can run."""

    def missing(*_: object, **__: object) -> object:
        raise KernelError("there is no kernel")

    monkeypatch.setattr("etude.adapters.packages.find_kernel", missing)
    monkeypatch.setattr("etude.adapters.kernels.LocalKernels.start", missing)


def results(book) -> dict[str, bytes]:
    """The files that are recorded."""
    found = book.outputs("results")
    assert found.pop(RECORDED, b"").startswith(b"Results of the book's cells")
    return found


def stale(book) -> list[str]:
    runs = status(book.root, BuildOptions(jobs=1)).runs
    return [f"{run.page} {run.variant}".strip() for run in runs if run.stale]


def late(book) -> list[str]:
    runs = status(book.root, BuildOptions(jobs=1)).runs
    return [f"{run.page} {run.variant}: {run.behind}" for run in runs if run.behind]


# -- what is recorded -----------------------------------------------------------------------------


def test_names_and_content(recorded):
    files = results(recorded)
    pictures = [name for name in files if name not in JSONS]
    assert JSONS | set(pictures) == set(files)
    assert [True] == [re.fullmatch(r"part/first/[0-9a-f]{32}\.png", name) is not None for name in pictures]
    assert files[pictures[0]].startswith(b"\x89PNG")
    tree = json.loads(files["part/first/plain.json"])
    assert ("part/first", "plain", "zh/part/first.md") == (tree["page"], tree["variant"], tree["path"])
    assert ["one\n", "two plain\n"] == tree["cells"][0]["outputs"][0]["text"]
    assert ["file", "data/lines.txt"] in [part[:2] for part in tree["cells"][1]["reads"]]
    assert str(recorded.root).encode() not in b"".join(files.values())
    assert b"/home/" not in b"".join(files.values())


def test_a_copy_is_built_without_a_kernel(recorded, clone, no_kernels):
    said = clone.command("build", "--execute", "frozen")
    assert (0, []) == (said.code, said.problems)
    assert recorded.outputs() == clone.outputs()
    assert [] == stale(clone)
    assert [] == late(clone)
    assert results(recorded) == results(clone)


def test_nothing_that_was_recorded_is_a_source(recorded):
    (here,) = json.loads(results(recorded)["second/plain.json"])["cells"][0]["outputs"]
    assert "results" not in here["data"]["text/plain"]
    recorded.build()
    assert ["check"] == [name for name, _ in recorded.build().timings], "nothing changed"


def test_recording_again_changes_nothing(clone):
    before = results(clone)
    report = clone.build(record=True)
    assert (0, 0) == (report.recorded.changed, report.cells_run)
    # Everything runs anew, and takes another time.
    report = clone.build(record=True, policy="force")
    assert (0, 7) == (report.recorded.changed, report.cells_run)
    assert before == results(clone)


def test_another_machine_records_the_same(recorded, clone, monkeypatch, tmp_path):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    shutil.rmtree(clone.root / "results")
    clone.build(record=True)

    def timeless(files: dict[str, bytes]) -> dict[str, str]:
        texts = {path: data.decode("latin-1") for path, data in files.items()}
        return {path: re.sub(r'"(hash|seconds)": \S+', "", text) for path, text in texts.items()}

    one, two = timeless(results(recorded)), timeless(results(clone))
    assert one.keys() == two.keys()
    for path, text in one.items():
        assert text.splitlines() == two[path].splitlines(), path


def test_an_edit_changes_one_file(clone):
    before = results(clone)
    for lang in ("zh", "en"):
        clone.edit(f"{lang}/part/first.md", 'print(f"one', 'print(f"three')
    assert ["part/first plain"] == stale(clone)
    report = clone.build(record=True)
    assert (4, 3) == (report.cells_kept, report.cells_run)
    after = results(clone)
    assert {"part/first/plain.json"} == {
        path for path in before | after if before.get(path) != after.get(path)
    }
    old, new = (files["part/first/plain.json"].decode().splitlines() for files in (before, after))
    assert len(old) == len(new)


def test_status_tells_what_is_behind(clone, capsys):
    for lang in ("zh", "en"):
        clone.edit(f"{lang}/second.md", "sorted(os", "list(os")
    assert ["second plain: none of its recorded results counts any more"] == late(clone)
    clone.build()
    assert ["second plain: what is recorded of it is not what is stored"] == late(clone)
    clone.write({"results/part/first/fancy.json": None})
    assert ["part/first fancy: its results are not recorded"] == late(clone)[:1]
    with pytest.raises(SystemExit):
        main(["status", str(clone.root), "--explain"])
    said = capsys.readouterr()
    assert "  its results are not recorded\n" in said.out
    assert "recorded results of 2 runs are behind: `etude build --record` writes them\n" in said.err
    assert 2 == clone.build(record=True).recorded.changed
    assert [] == late(clone)


# -- damage ---------------------------------------------------------------------------------------

Damage = Callable[[Path], object]


def change(old: str, new: str) -> Damage:
    def work(place: Path) -> None:
        text = place.read_text("utf-8")
        assert old in text
        place.write_text(text.replace(old, new), "utf-8")

    return work


def cut(place: Path) -> None:
    text = place.read_text("utf-8")
    place.write_text(text[: text.index('"text/plain"')], "utf-8")


def conflict(place: Path) -> None:
    lines = place.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if '"hash"' in line and line.startswith("   "))
    lines[at : at + 1] = ["<<<<<<< HEAD\n", lines[at], "=======\n", lines[at], ">>>>>>> other\n"]
    place.write_text("".join(lines), "utf-8")


def lose_picture(place: Path) -> None:
    for picture in place.parent.glob("*.png"):
        picture.unlink()


@pytest.mark.parametrize(
    ("damage", "message", "missing"),
    [
        (change("two plain", "two plane"), "its result 1 cannot be used: it is not what was recorded", 3),
        (cut, "its result 2 cannot be used: it is not what was recorded", 2),
        (conflict, "two versions of it were not joined", 3),
        (lose_picture, "its result 3 cannot be used: `{picture}` is missing", 1),
        (change('"etude": 1', '"etude": 9'), "it was written by a newer Etude", 3),
    ],
    ids=["changed", "cut", "conflict", "picture", "newer"],
)
def test_damage_is_told_and_mended(recorded, clone, no_kernels, monkeypatch, damage, message, missing):
    (picture,) = (name for name in results(clone) if name.endswith(".png"))
    damage(clone.root / "results/part/first/plain.json")
    report = clone.build(policy="frozen")
    told = [d for d in report.diagnostics if d.rule == "recorded-unreadable"]
    assert [message.format(picture=picture.rpartition("/")[2])] == [d.message for d in told]
    assert "results/part/first/plain.json" == told[0].place.path
    assert all(d.hints for d in told)
    lost = [d for d in report.diagnostics if d.rule == "result-missing"]
    count = "one result is" if missing == 1 else f"{missing} results are"
    assert {f"{count} not stored, and nothing may run (variant plain)"} == {d.message for d in lost}
    assert ["part/first plain"] == stale(clone)
    again = clone.build(policy="frozen")
    assert told == [d for d in again.diagnostics if d.rule == "recorded-unreadable"], "told each time"
    monkeypatch.undo()
    clone.build(record=True)
    assert [] == [d.rule for d in clone.build().diagnostics]
    assert recorded.outputs() == clone.outputs()


def test_a_place_is_told(clone, no_kernels):
    change("two plain", "two plane")(clone.root / "results/part/first/plain.json")
    said = clone.command("build", "--execute", "frozen")
    places = [place for rule, place in said.problems if rule == "recorded-unreadable"]
    lines = clone.read("results/part/first/plain.json").splitlines()
    first = next(number for number, line in enumerate(lines, 1) if line.startswith('   "hash"'))
    assert [f"results/part/first/plain.json:{first}:4"] == places


def test_a_picture_that_comes_back_counts(clone, no_kernels):
    (picture,) = (name for name in results(clone) if name.endswith(".png"))
    data = (clone.root / "results" / picture).read_bytes()
    clone.write({f"results/{picture}": None})
    assert 1 == clone.command("build", "--execute", "frozen").code
    clone.write({f"results/{picture}": data})
    said = clone.command("build", "--execute", "frozen")
    assert (0, []) == (said.code, said.problems)


def test_a_store_that_was_damaged_is_filled_again(recorded, clone, no_kernels):
    clone.build(policy="frozen")
    for path in (clone.root / ".etude" / "store").glob("index*"):
        path.write_bytes(b"no index" * 200)
    clone.write({"zh/index.md": "# 书!\n"})
    clone.build(policy="frozen")
    clone.write({"zh/index.md": "# 书\n"})
    report = clone.build(policy="frozen")
    assert [] == [d for d in report.diagnostics if d.rule == "result-missing"]
    assert recorded.outputs() == clone.outputs()


# -- what is removed, and what is left alone ------------------------------------------------------


def test_what_no_run_needs_is_removed(clone):
    before = results(clone)
    kept = {
        "results/README.md": "# Not ours\n",
        "results/part/first/notes.json": "{}",
        "results/part/first/photo.png": b"picture",
    }
    clone.write({**kept, "results/part/first/0123456789abcdef0123456789abcdef.png": b"of an old run"})
    clone.edit("etude.toml", '["part/first", "second"]', '["part/first"]')
    for lang in ("zh", "en"):
        clone.write({f"{lang}/second.md": None})
    report = clone.build(record=True)
    assert 2 == report.recorded.changed
    expected = {path: data for path, data in before.items() if not path.startswith("second/")}
    others = {path.removeprefix("results/") for path in kept}
    assert expected == {path: data for path, data in results(clone).items() if path not in others}
    for path, content in kept.items():
        assert (content.encode() if isinstance(content, str) else content) == (clone.root / path).read_bytes()
    assert not (clone.root / "results/second").exists()


def test_nothing_is_removed_beside_errors(clone):
    before = results(clone)
    clone.edit("etude.toml", '"second"]', '"secnd"]')
    report = clone.build(record=True)
    assert "toc-missing-file" in [d.rule for d in report.diagnostics]
    assert before == results(clone)


def test_one_variant_is_recorded_alone(clone):
    before = results(clone)
    for lang in ("zh", "en"):
        clone.edit(
            f"{lang}/part/first.md",
            "```{code-cell} python\n:expect: len(style) == 5",
            "```{code-cell} python",
        )
        clone.edit(f"{lang}/part/first.md", "numbers\n```", "sum(numbers)\n```")
    clone.build(record=True, variants=("fancy",))
    after = results(clone)
    assert {"part/first/fancy.json"} == {
        path for path in before | after if before.get(path) != after.get(path)
    }


def test_one_language_cannot_be_recorded_alone(clone):
    said = clone.command("build", "--record", "--lang", "en")
    assert (2, ["usage"]) == (said.code, said.rules)


def test_a_folder_of_something_else_is_left_alone(new_book):
    book = new_book(
        {
            "etude.toml": '[book]\ntitle = "B"\nlanguage_folders = false\nchapters = ["results/*"]\n',
            "results/one.md": "# One\n\n```{code-cell} python\n1\n```\n",
            "results/0123456789abcdef0123456789abcdef.png": b"an author's",
            "results/data.json": "{}",
        }
    )
    before = book.outputs("results")
    said = book.command("build", "--record")
    assert (1, [("recorded-folder", "etude.toml")]) == (said.code, said.problems)
    (problem,) = said.document["diagnostics"]
    assert "it holds `results/0123456789abcdef0123456789abcdef.png`" in problem["message"]
    assert before == book.outputs("results")
    book.edit("etude.toml", "[book]", '[execute]\nresults = "kept/of cells"\nrecord = true\n[book]')
    said = book.command("build")
    assert (0, []) == (said.code, said.problems)
    assert {RECORDED, "results/one/run.json"} == set(book.outputs("kept/of cells"))
    assert before == book.outputs("results")


def test_a_book_may_always_record(new_book):
    book = new_book(
        {
            "etude.toml": '[book]\ntitle = "B"\nlanguage_folders = false\n[execute]\nrecord = true\n',
            "a.md": "# A\n\n```{code-cell} python\n1\n```\n",
        }
    )
    report = book.build()
    assert (1, 1) == (report.recorded.results, report.recorded.changed)
    assert ["check"] == [name for name, _ in book.build().timings]
    text = book.read("results/a/run.json")
    book.write({"results/a/run.json": None})
    book.build()
    assert text == book.read("results/a/run.json")


def test_a_folder_that_takes_no_files(clone):
    clone.write({"results/part/first/fancy.json": None})
    (clone.root / "results/part/first/fancy.json").mkdir()
    said = clone.command("build", "--record")
    assert (2, ["write-failed"]) == (said.code, said.rules)
    assert "there is a folder of that name" in said.document["diagnostics"][0]["message"]
