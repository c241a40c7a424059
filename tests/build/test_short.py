"""Short addresses of a whole book: the small pages, the record, and builds of one language."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.build import BuildOptions, BuildReport, build
from etude.build.short_record import record_short
from etude.model.diagnostic import Rule

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
chapters = ["a"]

[html]
url = "https://x.org/b/"
short = true
cards = false
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language, words in {"zh": ("甲", "乙"), "en": ("One", "Two & `<Three>`")}.items():
        (root / language).mkdir(parents=True)
        (root / language / "index.md").write_text("# Home\n", "utf-8")
        (root / language / "a.md").write_text(f"(sec-a)=\n# {words[0]}\n\n## {words[1]}\n", "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    return root


def make(root: Path, **options: object) -> BuildReport:
    return build(root, BuildOptions(to=("html",), jobs=1, **options))  # type: ignore[arg-type]


def pages(root: Path) -> dict[str, str]:
    return {
        place.parent.name: place.read_text("utf-8") for place in (root / "_build/html/s").glob("*/index.html")
    }


def told(report: BuildReport) -> list[tuple[str, str]]:
    return [(d.rule, d.place.path) for d in report.diagnostics]


def test_the_small_pages(book: Path) -> None:
    assert () == make(book).diagnostics
    found = pages(book)
    assert 3 == len(found)
    (section,) = (text for text in found.values() if "乙" in text)
    assert '<a href="../../zh/a.html#%E4%B9%99" hreflang="zh-Hans">1.1 乙</a>' in section
    assert '<a href="../../en/a.html#two-three" hreflang="en">1.1 Two &amp; &lt;Three&gt;</a>' in section
    assert '<meta name="robots" content="noindex">' in section
    assert '<link rel="canonical" href="https://x.org/b/zh/a.html">' in section
    assert "http-equiv" not in section
    assert "/s/" not in (book / "_build/html/sitemap.xml").read_text("utf-8")


def test_only_those_who_ask_have_them(book: Path) -> None:
    make(book)
    (book / "etude.toml").write_text(CONFIG.replace("short = true\n", ""), "utf-8")
    make(book)
    assert not (book / "_build/html/s").exists()


def test_a_build_of_one_language_gives_the_same_codes(book: Path) -> None:
    make(book)
    whole = pages(book)
    make(book, languages=("en",), out=book / "_build")
    assert whole.keys() == pages(book).keys()
    make(book, languages=("en",), out=book.parent / "alone")
    assert whole.keys() == {place.name for place in (book.parent / "alone/html/s").iterdir()}


def test_what_is_recorded_outlives_its_name(book: Path) -> None:
    make(book)
    done = record_short(book)
    assert (3, 3) == (done.added, done.total)
    assert (0, 3) == ((again := record_short(book)).added, again.total)
    (code,) = (code for code, text in pages(book).items() if "乙" in text)
    record = (book / "short.toml").read_text("utf-8")
    assert f'{code} = "a#乙"\n' in record
    for language, name in {"zh": "丙", "en": "Four"}.items():
        page = book / language / "a.md"
        page.write_text(page.read_text("utf-8").rpartition("## ")[0] + f"## {name}\n", "utf-8")
    assert [(Rule.SHORT_BROKEN, "short.toml")] == told(make(book))
    assert "zh/a.html" in pages(book)[code]
    (book / "short.toml").write_text(record.replace("a#乙", "a#丙"), "utf-8")
    assert () == make(book).diagnostics
    assert "#four" in pages(book)[code]
    assert 3 == len(pages(book))


@pytest.mark.parametrize("line", ["AB = 'a'", "ab = 3", "ab = '#'", "ab = ["])
def test_a_record_that_cannot_be_read_is_reported_and_kept(book: Path, line: str) -> None:
    (book / "short.toml").write_text(f"{line}\n", "utf-8")
    assert [(Rule.SHORT_CODE, "short.toml")] == told(make(book))
    assert 0 == record_short(book).added
    assert f"{line}\n" == (book / "short.toml").read_text("utf-8")


def test_a_page_names_its_code(book: Path) -> None:
    page = book / "zh" / "a.md"
    page.write_text("---\nshort: ab-12\n---\n" + page.read_text("utf-8"), "utf-8")
    assert () == make(book).diagnostics
    assert "zh/a.html" in pages(book)["ab-12"]
    page.write_text(page.read_text("utf-8").replace("ab-12", "Ab!"), "utf-8")
    assert [(Rule.FRONT_MATTER_VALUE, "zh/a.md")] == told(make(book))


def test_a_file_of_the_book_keeps_its_place(book: Path) -> None:
    (book / "s").mkdir()
    (book / "s/ab").write_text("data", "utf-8")
    (book / "short.toml").write_text('ab = "a"\n', "utf-8")
    page = book / "en" / "a.md"
    page.write_text(page.read_text("utf-8") + "\n{download}`data </s/ab>`\n", "utf-8")
    report = make(book)
    assert [Rule.SHORT_CODE] == [one.rule for one in report.diagnostics]
    assert "data" == (book / "_build/html/s/ab").read_text("utf-8")
