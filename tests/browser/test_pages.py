"""Every page opens from the disk and from a server, asks nobody else, and leads only where something is."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

FOREIGN = "https://example.org/embed"
"""What a page of the plain book embeds."""


def test_pages_from_a_server_open_without_trouble(survey):
    assert {} == {path: seen.troubles for path, seen in survey.items() if seen.troubles}
    foreign = {path: seen.foreign for path, seen in survey.items() if seen.foreign}
    assert {"plain/en/media.html": [FOREIGN]} == foreign, "only what a page embeds is asked elsewhere"


def test_pages_from_the_disk_open_without_trouble(tab, site):
    tab.page.route(re.compile("^https://"), lambda route: route.fulfill(body="embedded"))
    for path in (*site.pages("bilingual"), *site.pages("plain")):
        tab.open(path, "file")
    assert [] == tab.troubles
    assert [FOREIGN] == tab.foreign


def test_one_can_read_from_the_front_page_to_the_end(tab, site):
    tab.open("bilingual/index.html")
    tab.page.wait_for_url("**/zh/index.html")
    seen = ["bilingual/zh/index.html"]
    follow = tab.page.locator(".start a").first
    while follow.count():
        with tab.page.expect_navigation(wait_until="load"):
            follow.click()
        seen.append(unquote(tab.page.url.partition("/deep/")[2]))
        follow = tab.page.locator("a.next")
    assert sorted(seen) == [path for path in site.pages("bilingual") if "/zh/" in path]
    assert len(seen) == len(set(seen))
    assert [] == tab.troubles


class Links(HTMLParser):
    """Addresses and ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "poster", "data") and value is not None:
                self.addresses.append(value)


def links_of(path: Path) -> Links:
    links = Links()
    links.feed(path.read_text("utf-8"))
    links.close()
    return links


@pytest.mark.parametrize("book", ["bilingual", "plain"])
def test_links_lead_somewhere(site, book):
    root = site.root / book
    pages = [*site.pages(book), f"{book}/index.html"]
    known = {root / path.partition("/")[2]: links_of(site.root / path) for path in pages}
    broken = []
    checked = Counter()
    for page, links in known.items():
        assert 'rel="icon"' in page.read_text("utf-8"), "without one, browsers ask the root of the server"
        assert [] == [name for name, count in Counter(links.ids).items() if count > 1], page
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                checked["outside"] += 1
                continue
            target = Path(page.parent, unquote(parts.path)).resolve() if parts.path else page
            here = target.is_file() and target.is_relative_to(root)
            if not here or (parts.fragment and unquote(parts.fragment) not in known[target].ids):
                broken.append((page.name, address))
            checked["fragment" if parts.fragment else "file"] += 1
    assert [] == broken
    assert checked["file"] > 100
    assert checked["fragment"] > 10


def test_a_page_that_is_not_there(tab, site):
    tab.open("bilingual/404.html")
    assert [] == tab.troubles
    assert 1 == tab.page.locator("h1").count()


def test_links_have_fragments_that_scroll(tab):
    tab.open("bilingual/zh/more/text.html#eq-taylor")
    top = tab.page.locator("#eq-taylor").bounding_box()["y"]
    assert 0 <= top < 900
    tab.open("bilingual/en/uses.html")
    tab.page.click('a[href="saves.html#lst-mean"]')
    tab.page.wait_for_url("**/saves.html#lst-mean")
    assert tab.page.locator("#lst-mean").is_visible()


def test_closed_things_open_for_a_link(tab):
    page = tab.open("bilingual/en/more/text.html#solution-1")
    assert page.locator("#solution-1").get_attribute("open") is not None
