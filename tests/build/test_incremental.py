"""A build does again what an edit reaches, and its outputs are those of a build from nothing."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etude.adapters.disk import MANIFEST, DiskFiles
from etude.build import BuildOptions, BuildReport, build
from etude.model.diagnostic import BookError, Rule

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]

[[part]]
title = { zh = "一", en = "One" }
chapters = ["a", "b", "c"]
"""

PAGE = """(ch-{name})=
# Page {name}

Words about $x_{name}$.

```{{code-block}} python
:caption: Code of {name}
:label: lst-{name}
print("{name}")
```

See {{numref}}`lst-a`.
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language in ("zh", "en"):
        folder = root / language
        folder.mkdir(parents=True)
        (folder / "index.md").write_text("# Home\n", "utf-8")
        for name in "abc":
            (folder / f"{name}.md").write_text(PAGE.format(name=name), "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    return root


def make(root: Path, **options: object) -> BuildReport:
    return build(root, BuildOptions(to=("html",), jobs=1, **options))  # type: ignore[arg-type]


def outputs(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    return sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))


def test_clean_book_has_no_problems(book: Path) -> None:
    report = make(book)
    assert () == report.diagnostics
    assert 8 == report.pages
    assert (book / "_build/html/zh/a.html").is_file()
    assert (book / "_build/html/index.html").is_file()


def test_second_build_writes_nothing(book: Path) -> None:
    make(book)
    before = outputs(book / "_build")
    report = make(book)
    assert 0 == report.written
    assert [("check")] == [name for name, _ in report.timings]
    assert before == outputs(book / "_build")


def test_touched_file_writes_nothing(book: Path) -> None:
    make(book)
    page = book / "en/a.md"
    os.utime(page, ns=(time.time_ns(), time.time_ns() + 5_000_000_000))
    assert 0 == make(book).written


def test_paragraph_edit_writes_one_page(book: Path) -> None:
    make(book)
    before = outputs(book / "_build")
    edit(book / "en/b.md", "Words about", "Other words about")
    report = make(book)
    after = changed(before, outputs(book / "_build"))
    own = [path for path in after if path != MANIFEST and "/_static/search/" not in path]
    # The page, its twin, alone and among all, and its first paragraph as other pages show it.
    assert ["html/_static/blocks/en/b.js", "html/en/b.html", "html/en/b.md", "html/llms-full.txt"] == own
    found = [path for path in after if path.startswith("html/_static/search/en/")]
    assert len(after) == len([*own, *found, MANIFEST]), "the other language's index is as it was"
    assert report.written == sum((book / "_build" / path).exists() for path in [*own, *found])


def test_new_listing_renumbers_where_it_shows(book: Path) -> None:
    make(book)
    before = outputs(book / "_build")
    edit(book / "en/a.md", "Words", "```{code-block} python\n:caption: New\nx\n```\n\nWords")
    make(book)
    html = [p for p in changed(before, outputs(book / "_build")) if p.endswith(".html")]
    assert ["html/en/a.html", "html/en/b.html", "html/en/c.html"] == html
    assert "1.2" in (book / "_build/html/en/c.html").read_text("utf-8")


def test_warm_build_equals_cold_build(book: Path) -> None:
    make(book)
    edit(book / "en/a.md", "# Page a", "# Another title")
    edit(book / "zh/c.md", "lst-a", "lst-b")
    (book / "en/c.md").unlink()
    (book / "zh/d.md").write_text("# D\n", "utf-8")
    edit(book / "etude.toml", '"c"]', '"c", "d"]')
    make(book)
    warm = outputs(book / "_build")
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    make(book)
    assert [] == changed(warm, outputs(book / "_build"))


def test_contents_in_a_page_follow_sections_of_other_chapters(book: Path) -> None:
    edit(book / "etude.toml", '"b", "c"]', '"b", { page = "c", sections = ["d"] }]')
    for language in ("zh", "en"):
        (book / language / "d.md").write_text("# Section\n", "utf-8")
    edit(book / "en/a.md", "Words", "```{tableofcontents}\n:depth: 3\n```\n\nWords")
    make(book)
    edit(book / "en/d.md", "# Section", "# Renamed")
    make(book)
    assert all("Renamed" in (book / f"_build/html/en/a{end}").read_text("utf-8") for end in (".html", ".md"))
    warm = outputs(book / "_build")
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    make(book)
    assert [] == changed(warm, outputs(book / "_build"))


def test_a_new_letter_of_formulas_is_asked_for_by_pages_that_show_its_slice(book: Path) -> None:
    edit(book / "en/b.md", "Words", "Words $\\mathfrak{A}$")
    make(book)
    before = outputs(book / "_build")
    edit(book / "en/a.md", "Words", "Words $\\mathfrak{B}$")
    make(book)
    after = outputs(book / "_build")
    assert before["html/_static/fonts/math-script.css"] != after["html/_static/fonts/math-script.css"]
    pages = [path for path in changed(before, after) if path.endswith(".html")]
    assert ["html/en/a.html", "html/en/b.html"] == pages
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    make(book)
    assert [] == changed(after, outputs(book / "_build"))


def test_two_builds_are_byte_identical(book: Path, tmp_path: Path) -> None:
    make(book)
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(book, copy, ignore=shutil.ignore_patterns("_build", ".etude"))
    build(copy, BuildOptions(to=("html",), jobs=2))
    assert [] == changed(outputs(book / "_build"), outputs(copy / "_build"))


def test_workers_give_the_same_bytes(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(book)
    alone = outputs(book / "_build")
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    monkeypatch.setattr("etude.build.workers.ENOUGH", 1)
    build(book, BuildOptions(to=("html",), jobs=2))
    assert [] == changed(alone, outputs(book / "_build"))


def test_lost_output_is_made_again(book: Path) -> None:
    make(book)
    before = outputs(book / "_build")
    (book / "_build/html/en/a.html").unlink()
    (book / "_build/html/zh/b.html").write_text("spoiled", "utf-8")
    make(book)
    assert before == outputs(book / "_build")


def test_output_of_a_page_that_is_gone_is_removed(book: Path) -> None:
    make(book)
    stranger = book / "_build/html/mine.txt"
    stranger.write_text("not Etude's", "utf-8")
    for language in ("zh", "en"):
        (book / language / "c.md").unlink()
    edit(book / "etude.toml", ', "c"]', "]")
    make(book)
    assert not (book / "_build/html/en/c.html").exists()
    assert stranger.exists()


def test_missing_picture_that_appears_is_noticed(book: Path) -> None:
    edit(book / "en/a.md", "Words", "![A dot.](dot.svg)\n\nWords")
    assert [Rule.FILE_MISSING] == [d.rule for d in make(book).diagnostics]
    assert [Rule.FILE_MISSING] == [d.rule for d in make(book).diagnostics]
    (book / "en/dot.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "utf-8"
    )
    assert [] == [d.rule for d in make(book).diagnostics]
    assert (book / "_build/html/en/dot.svg").is_file()


def test_one_language(book: Path) -> None:
    make(book, languages=("en",))
    assert (book / "_build/html/en/a.html").is_file()
    assert not (book / "_build/html/zh/a.html").exists()
    make(book)
    assert (book / "_build/html/zh/a.html").is_file()


@pytest.mark.parametrize(("option", "value"), [("languages", ("fr",)), ("variants", ("jax",))])
def test_unknown_names_are_usage_errors(book: Path, option: str, value: tuple[str, ...]) -> None:
    with pytest.raises(BookError) as caught:
        make(book, **{option: value})
    assert [Rule.USAGE] == [d.rule for d in caught.value.diagnostics]


def test_no_book(tmp_path: Path) -> None:
    with pytest.raises(BookError) as caught:
        make(tmp_path)
    assert [Rule.CONFIG_MISSING] == [d.rule for d in caught.value.diagnostics]


def test_output_folder_that_cannot_be_written(book: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be", "utf-8")
    with pytest.raises(BookError) as caught:
        make(book, out=blocked)
    assert [Rule.WRITE_FAILED] == [d.rule for d in caught.value.diagnostics]
    assert () == make(book).diagnostics


def test_full_disk_keeps_what_there_was(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(book)
    before = outputs(book / "_build/html/en")
    edit(book / "en/a.md", "Words", "More words")
    real = os.replace

    def full(source: str, target: str | Path, **kwargs: object) -> None:
        if "_build" in str(target):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(BookError) as caught:
        make(book)
    assert [Rule.WRITE_FAILED] == [d.rule for d in caught.value.diagnostics]
    assert "disk is full" in caught.value.diagnostics[0].message
    assert before == outputs(book / "_build/html/en")
    monkeypatch.undo()
    make(book)
    assert b"More words" in (book / "_build/html/en/a.html").read_bytes()


def test_two_builds_at_once(book: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from etude.adapters.lock import BuildLock
with BuildLock(Path({str(book)!r}) / ".etude" / "lock"):
    print("held", flush=True)
    time.sleep(30)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert "held\n" == holder.stdout.readline()
        with pytest.raises(BookError) as caught:
            make(book)
        assert [Rule.BUILD_LOCKED] == [d.rule for d in caught.value.diagnostics]
        holder.kill()
        holder.wait()
    assert () == make(book).diagnostics


@pytest.mark.slow
def test_killed_build_leaves_a_state_from_which_the_next_is_right(book: Path, tmp_path: Path) -> None:
    make(book)
    expected = outputs(book / "_build")
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    script = (
        "from pathlib import Path; from etude.build import build, BuildOptions;"
        f"build(Path({str(book)!r}), BuildOptions(to=('html',), jobs=1))"
    )
    for step in range(6):
        process = subprocess.Popen([sys.executable, "-c", script])
        time.sleep(0.15 + 0.12 * step)
        process.kill()
        process.wait()
    assert () == make(book).diagnostics
    after = {k: v for k, v in outputs(book / "_build").items() if not k.endswith(".part")}
    assert expected == after


@pytest.mark.parametrize(
    ("path", "old", "new", "output"),
    [
        ("img/p.svg", "teal", "navy", "html/img/p.svg"),
        ("own.css", "red", "blue", "html/own.css"),
        ("works.bib", "2020", "2021", "html/zh/a.html"),
    ],
)
def test_file_that_is_no_page_is_read_again(book: Path, path: str, old: str, new: str, output: str) -> None:
    (book / "img").mkdir()
    (book / "img/p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><g fill="teal"/></svg>', "utf-8")
    (book / "own.css").write_text("a { color: red }", "utf-8")
    (book / "works.bib").write_text("@book{k, author={A, B}, title={T}, year=2020}", "utf-8")
    more = '\n[html]\ncss = ["own.css"]\n[bibliography]\nfiles = ["works.bib"]\n'
    (book / "etude.toml").write_text(CONFIG + more, "utf-8")
    edit(book / "zh/a.md", "Words", "![p](../img/p.svg) {cite}`k` Words")
    make(book)
    edit(book / path, old, new)
    make(book)
    text = (book / "_build" / output).read_text("utf-8")
    assert new in text
    assert old not in text


def test_picture_beside_a_notebook_follows_its_source(book: Path) -> None:
    (book / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><g fill="teal"/></svg>', "utf-8")
    edit(book / "zh/a.md", "Words", "![p](../p.svg)\n\n```{code-cell} python\n1 + 1\n```\n\nWords")
    options = BuildOptions(to=("notebook",), jobs=1, policy="off")
    build(book, options)
    edit(book / "p.svg", "teal", "navy")
    build(book, options)
    assert "navy" in (book / "_build/notebook/zh/_files/p.svg").read_text("utf-8")


def test_file_that_the_configuration_names_must_be_there(book: Path) -> None:
    (book / "etude.toml").write_text(CONFIG + '\n[html]\nlogo = "no.svg"\n', "utf-8")
    assert [(Rule.FILE_MISSING, "the file `no.svg` does not exist")] == [
        (d.rule, d.message) for d in make(book).diagnostics
    ]


def test_file_that_could_not_be_read_is_tried_again(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (book / "works.bib").write_text("", "utf-8")
    (book / "etude.toml").write_text(CONFIG + '\n[bibliography]\nfiles = ["works.bib"]\n', "utf-8")
    read = DiskFiles.read

    def refuse(files: DiskFiles, path: str) -> bytes:
        if path == "works.bib":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return read(files, path)

    with monkeypatch.context() as patch:
        patch.setattr(DiskFiles, "read", refuse)
        assert [Rule.READ_FAILED] == [d.rule for d in make(book).diagnostics]
    assert () == make(book).diagnostics


@pytest.mark.parametrize("place", ["no", "a"])
def test_page_of_the_works_must_list_them(book: Path, place: str) -> None:
    (book / "etude.toml").write_text(CONFIG + f'\n[bibliography]\npage = "{place}"\n', "utf-8")
    (found,) = make(book).diagnostics
    assert Rule.CONFIG_VALUE == found.rule
    assert f"`{place}`" in found.message


def test_site_leads_to_no_language_that_is_not_built(book: Path) -> None:
    make(book, languages=("en",))
    pages = {p: data.decode() for p, data in outputs(book / "_build/html").items() if p.endswith(".html")}
    assert {"404.html", "index.html", "en/index.html", "en/a.html", "en/b.html", "en/c.html"} == pages.keys()
    assert not [name for name, text in pages.items() if "zh/" in text]
    make(book)
    assert "zh/a.html" in (book / "_build/html/en/a.html").read_text("utf-8")
