"""The way back to the screen: QR codes of printed books, and the e-book's list of their pages."""

from __future__ import annotations

import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pypdfium2
import pytest
import zxingcpp
from lxml import html
from printed import SITE, Printed, made

from etude.render.qr import QUIET, qr_code
from etude.render.typst.sheet import MM

DOTS = 200
"""In an inch, of the pictures in which codes are looked for."""
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def codes(book: Printed, page: int) -> list[tuple[str, float]]:
    """What the codes of a page say, from its top, and how many millimetres their dark squares have."""
    with pypdfium2.PdfDocument(book.path) as document:
        picture = document[page].render(scale=DOTS / 72, grayscale=True).to_numpy()
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    found = sorted(found, key=lambda one: one.position.top_left.y)
    return [(one.text, (one.position.top_right.x - one.position.top_left.x) / DOTS * 25.4) for one in found]


@LANGUAGES
def test_codes_lead_to_the_section_beside_which_they_stand(
    site: Path, every: dict[str, Printed], language: str
) -> None:
    book = every[language]
    # What a cell printed is no section.
    wanted = [(title, page) for level, title, page in book.bookmarks() if level in (2, 3) and title != "标题"]
    for page in sorted({page for _, page in wanted}):
        titles = [title for title, number in wanted if number == page]
        found = codes(book, page)
        links = {url for url in book.addresses(page) if url.startswith(f"{SITE}s/")}
        assert links == {url for url, _ in found}
        assert [start(title) for title in titles] == [start(led(site, url, language)) for url, _ in found]
        for url, side in found:
            size = qr_code(url).size
            assert side * (size + 2 * QUIET) / size > 14.7
            assert url.removeprefix("https://") in book.texts[page]


def led(site: Path, url: str, language: str) -> str:
    """The title that a short address says it leads to; there is a heading, and it is a section's."""
    folder = site / "_build" / "html" / url.removeprefix(SITE)
    name = {"zh": "zh-Hans"}.get(language, language)
    (link,) = html.fromstring((folder / "index.html").read_bytes()).xpath(f"//a[@hreflang='{name}']")
    to = urlsplit(link.get("href"))
    page = html.fromstring((folder / unquote(to.path)).resolve().read_bytes())
    (heading,) = page.xpath(f"//h2[@id='{unquote(to.fragment)}']" if to.fragment else "//h1")
    assert heading.text_content().strip()
    return str(link.text)


def start(title: str) -> str:
    """The first words of a title, which are no formula."""
    return "".join(title.split())[:6]


def test_codes_have_text_alternatives(every: dict[str, Printed]) -> None:
    said = [alt for kind, alt in every["zh"].tags() if kind == "/Figure" and alt.startswith("二维码")]
    assert len(said) > 10
    assert all("example.org/book/s/" in alt for alt in said)


def test_a_book_says_what_has_codes(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Home\n")
    (tmp_path / "a.md").write_text("# A\n\n## B\n\n### C\n\nText.\n")
    found = {}
    for qr in ("sections", "pages", "none"):
        settings = f'[book]\ntitle = "T"\nchapters = ["a"]\n[html]\nurl = "{SITE}"\nshort = true\n'
        (tmp_path / "etude.toml").write_text(f'{settings}[pdf]\nqr = "{qr}"\n')
        made(tmp_path)
        book = Printed(tmp_path / "_build" / "pdf" / "en.pdf")
        every = (url for page in range(len(book.texts)) for url in book.addresses(page))
        found[qr] = sum("/s/" in url for url in every)
    assert {"sections": 3, "pages": 2, "none": 0} == found


def test_a_code_that_is_too_wide_for_the_margin_stands_beside_the_title(tmp_path: Path) -> None:
    site = f"https://{'a' * 50}.example.org/a-long-folder/{'b' * 60}/"
    settings = f'[book]\ntitle = "T"\nchapters = ["a"]\n[html]\nurl = "{site}"\nshort = true\n'
    (tmp_path / "etude.toml").write_text(settings)
    (tmp_path / "index.md").write_text("# Home\n")
    (tmp_path / "a.md").write_text("# A\n\nText.\n")
    made(tmp_path)
    book = Printed(tmp_path / "_build" / "pdf" / "en.pdf")
    page = next(page for _, title, page in book.bookmarks() if title.endswith("A"))
    ((url, side),) = codes(book, page)
    assert url.startswith(site)
    assert side > 0.4 * qr_code(url).size - 0.3
    assert all(one.x1 < float(book.reader.pages[page].mediabox.width) - 5 * MM for one in book.pages[page])


@LANGUAGES
def test_the_page_list_of_the_e_book_is_that_of_the_printed_book(
    site: Path, every: dict[str, Printed], language: str
) -> None:
    labels = [label for label in every[language].reader.page_labels if label.isdigit()]
    with zipfile.ZipFile(site / "_build" / "epub" / f"{language}.epub") as book:
        (listed,) = html.fromstring(book.read("EPUB/nav.xhtml")).xpath("//nav[@id='page-list']")
        links = [(link.text, link.get("href")) for link in listed.iter("a")]
        assert labels == [folio for folio, _ in links]
        places = []
        for _, href in links:
            file, _, mark = href.partition("#")
            text = book.read(f"EPUB/{file}").decode()
            assert 1 == text.count(f'id="{mark}"')
            places.append((file, text.index(f'id="{mark}"')))
    order = list(dict.fromkeys(file for file, _ in places))
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1]))
