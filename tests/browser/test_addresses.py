"""Old addresses lead on with all that was asked for; the page for lost ones speaks the reader's language."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from etude.build import BuildOptions, build

pytestmark = pytest.mark.browser

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["numpy", "pytorch"]
repository = "https://github.com/a/b"
chapters = ["a"]

[execute]
policy = "off"

[launch]
colab = true

[html]
url = "http://127.0.0.1/b/"
cards = false
short = true

[html.redirects]
"old.html" = "en/a"
"to/place.html" = "en/a#part"
"places.html" = "en/a"
"places.html#the-part" = "en/a#part"
"places.html#中文" = "zh/a"
"""

PAGE = """---
variants: [numpy, pytorch]
---
# Page

(former)=
(part)=
## Part

```{code-cell} python
x = 1
```
"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a site below ``/b/``, with its page for lost ones."""

    def log_message(self, *_: object) -> None:
        return

    def translate_path(self, path: str) -> str:
        # Some hosts show the page of a folder without a slash behind its name.
        return super().translate_path(path.removeprefix("/b").replace("/s/bare", "/s/bare/index.html"))

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        data = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("book")
    for language in ("zh", "en"):
        (root / language).mkdir()
        (root / language / "index.md").write_text("# Home\n", "utf-8")
        (root / language / "a.md").write_text(PAGE, "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    (root / "short.toml").write_text('part = "#part"\nbare = "#part"\n', "utf-8")
    build(root, BuildOptions(to=("html",), jobs=1))
    handler = partial(Handler, directory=str(root / "_build" / "html"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/b/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with chromium.new_context(locale="en-GB") as context:
        yield context.new_page()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old.html", "en/a.html"),
        ("old.html?variant=pytorch#former", "en/a.html?variant=pytorch#former"),
        ("to/place.html", "en/a.html#part"),
        ("to/place.html#former", "en/a.html#former"),
        ("places.html#the-part", "en/a.html#part"),
        ("places.html?q=1#%E4%B8%AD%E6%96%87", "zh/a.html?q=1"),
        ("places.html#constructor", "en/a.html#constructor"),
    ],
)
def test_an_old_address_leads_on(page: Any, url: str, old: str, new: str) -> None:
    page.goto(url + old)
    page.wait_for_url(url + new)
    assert "Page" in page.inner_text("h1")


def test_an_old_address_leads_on_without_scripts(chromium: Any, url: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{url}to/place.html")
        page.wait_for_url(f"{url}en/a.html#part")
        assert "Page" in page.inner_text("h1")


def test_a_section_answers_to_its_old_label(page: Any, url: str) -> None:
    page.goto(f"{url}en/a.html#former")
    assert page.evaluate("document.querySelector(':target').closest('h2').id") == "part"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("zh/x/y/none.html", "没有这一页"),
        ("en/none", "There is no such page"),
        ("none", "There is no such page"),
    ],
)
def test_the_page_for_lost_ones(page: Any, url: str, asked: str, words: str) -> None:
    page.goto(url + asked)
    assert [words] == [one.inner_text() for one in page.locator("h1").all() if one.is_visible()]
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).display") != "block"
    page.locator("article .contents a").first.click()
    page.wait_for_url("**/a.html")
    assert "Page" in page.inner_text("h1")


def test_links_to_notebooks_follow_the_variant(page: Any, url: str) -> None:
    page.goto(f"{url}en/a.html")
    links = page.locator(".launch a")
    assert [True, False] == [one.is_visible() for one in links.all()]
    page.goto(f"{url}en/a.html?variant=pytorch")
    assert [False, True] == [one.is_visible() for one in links.all()]
    assert "/en/pytorch/a.ipynb" in links.nth(1).get_attribute("href")


@pytest.mark.parametrize("short", ["s/part", "s/part/", "s/part/index.html", "s/bare"])
def test_a_short_address_leads_to_the_readers_language(chromium: Any, url: str, short: str) -> None:
    for locale, language in (("en-GB", "en"), ("zh-TW", "zh"), ("fr", "zh")):
        with chromium.new_context(locale=locale) as context:
            page = context.new_page()
            page.goto(url + short)
            page.wait_for_url(f"{url}{language}/a.html#part")


def test_a_short_address_knows_the_language_that_was_chosen(page: Any, url: str) -> None:
    page.goto(f"{url}en/a.html")
    page.locator("a.language").click()
    page.wait_for_url("**/zh/a.html*")
    page.goto(f"{url}s/part?variant=pytorch")
    page.wait_for_url(f"{url}zh/a.html?variant=pytorch#part")


def test_a_short_address_offers_languages_without_scripts(chromium: Any, url: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{url}s/part")
        assert ["1.1 Part 中文", "1.1 Part English"] == page.locator("p").all_inner_texts()
        page.locator("a").last.click()
        page.wait_for_url(f"{url}en/a.html#part")
