"""The index of the site's search: made of what changed, the same whoever makes it, bounded, and swept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etude.build import BuildOptions, BuildReport, build

PAGES = 40


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language, word in (("zh", "学习率"), ("en", "learning rate")):
        folder = root / language
        folder.mkdir(parents=True)
        (folder / "index.md").write_text("# Home\n", "utf-8")
        for n in range(PAGES):
            text = f"# Page {n}\n\n{word} {n}\n\n## More {n}\n\n" + f"{word} of w{n}x{n * n}\n\n" * 40
            (folder / f"p{n:02}.md").write_text(text, "utf-8")
    settings = '[book]\ntitle = "B"\nlanguages = ["zh", "en"]\nchapters = ["p*"]\n'
    (root / "etude.toml").write_text(settings, "utf-8")
    return root


def make(root: Path, jobs: int = 1) -> BuildReport:
    return build(root, BuildOptions(to=("html",), jobs=jobs))


def outputs(root: Path) -> dict[str, bytes]:
    out = root / "_build"
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def index(root: Path, language: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (root / "_build/html/_static/search" / language).iterdir()}


def edit(root: Path) -> None:
    page = root / "zh/p07.md"
    page.write_text(page.read_text("utf-8").replace("学习率 7\n", "卷积核 7\n"), "utf-8")


def test_scripts_are_bounded_and_all_are_named_by_the_root(book: Path) -> None:
    make(book)
    for language in ("zh", "en"):
        files = index(book, language)
        root = files.pop("root.js").decode()
        assert all(name.removesuffix(".js") in root for name in files)
        assert len(files) > 4
        assert all(len(data) < 33_000 for data in files.values())


def test_workers_and_edits_give_the_same_bytes(book: Path) -> None:
    make(book, jobs=2)
    edit(book)
    make(book, jobs=2)
    warm = outputs(book)
    shutil.rmtree(book / "_build")
    shutil.rmtree(book / ".etude")
    make(book)
    assert warm == outputs(book)


def test_an_edit_reaches_few_scripts(book: Path) -> None:
    make(book)
    before = outputs(book)
    edit(book)
    make(book)
    after = outputs(book)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    texts = {p for p in changed & after.keys() if "/_static/search/" in p and "卷积核".encode() in after[p]}
    assert 1 == len(texts), "one script of text"
    assert not any("/search/en/" in path for path in changed), "nothing of the other language"
    assert ["html/zh/p07.html"] == [p for p in changed if p.endswith(".html")], "no other page"
    assert "卷积".encode() in b"".join(index(book, "zh").values())


def test_an_edit_of_no_words_leaves_the_index(book: Path) -> None:
    make(book)
    before = index(book, "zh")
    page = book / "zh/p07.md"
    page.write_text(page.read_text("utf-8").replace("## More", "% a remark\n\n## More"), "utf-8")
    make(book)
    assert before == index(book, "zh")


def test_old_scripts_are_removed(book: Path) -> None:
    make(book)
    before = index(book, "zh")
    edit(book)
    make(book)
    after = index(book, "zh")
    root = after["root.js"].decode()
    assert before.keys() - after.keys()
    assert all(name.removesuffix(".js") in root for name in after if name != "root.js")


@pytest.mark.parametrize("harm", ["removed", "damaged"])
def test_what_was_kept_and_is_lost_is_made_again(book: Path, harm: str) -> None:
    make(book)
    before = index(book, "zh")
    for place in (book / ".etude/search").iterdir():
        if harm == "removed":
            place.unlink()
        else:
            place.write_bytes(place.read_bytes()[:-9])
    (book / "_build/html/_static/search/zh/root.js").unlink()
    edit(book)
    make(book)
    page = book / "zh/p07.md"
    page.write_text(page.read_text("utf-8").replace("卷积核", "学习率"), "utf-8")
    make(book)
    assert before == index(book, "zh")


def test_kept_parts_do_not_heap_up(book: Path) -> None:
    make(book)
    count = len(list((book / ".etude/search").iterdir()))
    edit(book)
    make(book)
    assert count == len(list((book / ".etude/search").iterdir()))


def test_a_site_without_search(book: Path) -> None:
    make(book)
    settings = book / "etude.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[html]\nsearch = false\n", "utf-8")
    make(book)
    assert not (book / "_build/html/_static/search").exists()
    assert 'class="search"' not in (book / "_build/html/zh/p01.html").read_text("utf-8")
