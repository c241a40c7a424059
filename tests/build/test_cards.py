"""Which pages get a picture for those who share them, and when it is drawn again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etude.adapters.typefaces import open_face, wide_fonts
from etude.build import BuildOptions, BuildReport, build, cards
from etude.model.card import FontFile
from etude.model.rules import Rule

CONFIG = """
[book]
title = "Book"
authors = ["Ada"]
languages = ["en"]
chapters = ["a", "b"]

[html]
url = "https://x.org/"
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    root.mkdir()
    for name in ("index", "a", "b"):
        (root / f"{name}.md").write_text(f"# Page {name}\n\nWords.\n", "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    return root


def make(root: Path) -> BuildReport:
    return build(root, BuildOptions(to=("html",), jobs=1))


def pictures(root: Path) -> dict[str, bytes]:
    folder = root / "_build/html/_static/cards"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}


def page(root: Path, name: str) -> str:
    return (root / f"_build/html/en/{name}.html").read_text("utf-8")


def test_each_page_has_a_picture(book: Path) -> None:
    assert () == make(book).diagnostics
    assert {"en/index.png", "en/a.png", "en/b.png"} == set(pictures(book))
    assert 'content="https://x.org/_static/cards/en/a.png"' in page(book, "a")


def test_other_words_on_a_page_draw_nothing(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(book)
    before = pictures(book)
    drawn: list[bytes] = []
    real = cards.draw_card
    monkeypatch.setattr(cards, "draw_card", lambda data: drawn.append(data) or real(data))
    (book / "a.md").write_text("# Page a\n\nOther words.\n", "utf-8")
    make(book)
    assert [] == drawn
    (book / "a.md").write_text("# Another page\n", "utf-8")
    make(book)
    assert 1 == len(drawn)
    after = pictures(book)
    assert ["en/a.png"] == [name for name in before if before[name] != after[name]]


def test_a_picture_of_the_authors_own_goes_before(book: Path) -> None:
    (book / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>')
    (book / "a.md").write_text("---\nimage: a.svg\n---\n# Page a\n", "utf-8")
    (book / "b.md").write_text("---\nthumbnail: a.svg\n---\n# Page b\n", "utf-8")
    assert () == make(book).diagnostics
    assert {"en/index.png"} == set(pictures(book))
    assert 'property="og:image" content="https://x.org/a.svg"' in page(book, "a")
    assert 'property="og:image" content="https://x.org/a.svg"' in page(book, "b")
    assert (book / "_build/html/a.svg").is_file()


@pytest.mark.parametrize(
    ("old", "new"), [('url = "https://x.org/"', ""), ("[html]", "[html]\ncards = false")]
)
def test_no_pictures_without_address_or_wish(book: Path, old: str, new: str) -> None:
    make(book)
    (book / "etude.toml").write_text(CONFIG.replace(old, new), "utf-8")
    make(book)
    assert {} == pictures(book)
    assert "og:image" not in page(book, "a")


def test_a_title_that_no_font_has(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "wide_fonts", lambda _: None)
    (book / "a.md").write_text("# 深度\n", "utf-8")
    (problem,) = make(book).diagnostics
    assert Rule.CARD_MISSING is problem.rule
    assert "`深度`" in problem.message
    assert {"en/index.png", "en/b.png"} == set(pictures(book))
    assert "og:image" not in page(book, "a")


def test_without_pillow_nothing_is_drawn(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "find_spec", lambda _: None)
    (problem,) = make(book).diagnostics
    assert Rule.CARD_MISSING is problem.rule
    assert {} == pictures(book)


def test_fonts_of_the_book(book: Path) -> None:
    (book / "no.ttf").write_bytes(b"nothing")
    (book / "etude.toml").write_text(CONFIG + 'card_fonts = ["no.ttf", "none.ttf"]\n', "utf-8")
    assert [Rule.CONFIG_VALUE, Rule.FILE_MISSING] == [one.rule for one in make(book).diagnostics]
    before = pictures(book)
    found = wide_fonts("zh")
    if found is None:
        pytest.skip("needs a Chinese font")
    shutil.copy(found[1].path, book / "own.ttc")
    (book / "etude.toml").write_text(CONFIG + 'card_fonts = ["own.ttc"]\n', "utf-8")
    assert () == make(book).diagnostics
    assert before["en/a.png"] != pictures(book)["en/a.png"]


def test_a_font_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"nothing")
    with pytest.raises(OSError):
        open_face(FontFile(str(tmp_path / "a.ttf")))
