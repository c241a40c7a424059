"""What a page of text with ten formulas costs its reader on a first visit: bytes, requests, movement."""

from __future__ import annotations

import re

import pytest

from benchmarks.loading import SLOW_4G, load, served

pytestmark = pytest.mark.browser

LIMIT = 60_000
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
KINDS = ("index", "line", "lesson", "back")


@pytest.fixture(scope="module")
def address(small):
    with served(small) as url:
        yield url


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_of_text_with_formulas_is_light(chromium, small, address, language):
    html = (small / language / "line.html").read_text("utf-8")
    assert 10 <= html.count("<math")
    seen = load(chromium, f"{address}{language}/line.html")
    assert LIMIT > seen.total, seen.sizes
    assert all(url.startswith(address) for url in seen.requests)
    assert len(set(seen.requests)) == len(seen.requests), "nothing is fetched twice"
    assert not [url for url in seen.requests if ".woff2" in url], "all its letters come with its style sheets"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("page", [f"{language}/{kind}" for language in ("en", "zh") for kind in KINDS])
def test_nothing_moves(chromium, address, page, screen):
    seen = load(chromium, f"{address}{page}.html", link=SLOW_4G, viewport=SCREENS[screen])
    assert 0 == seen.shift
    assert 0 < seen.first <= seen.largest


@pytest.mark.parametrize("page", ["en/line", "zh/line"])
def test_nothing_moves_when_fonts_are_late(chromium, small, page):
    with served(small, lambda path: 0.7 if "/fonts/" in path else 0) as url:
        seen = load(chromium, f"{url}{page}.html", viewport=SCREENS["phone"])
    assert 0 == seen.shift
    assert 700 < seen.first, "what is shown first has its fonts"


def test_a_page_whose_fonts_never_come_is_shown(chromium, small, tmp_path):
    context = chromium.new_context()
    page = context.new_page()
    page.route(re.compile("/fonts/"), lambda route: route.abort())
    with served(small) as url:
        page.goto(f"{url}en/line.html")
        page.get_by_text("Suppose that somebody").wait_for(state="visible", timeout=5000)
    context.close()


def test_a_page_whose_script_is_broken_is_shown(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("Object.defineProperty(document, 'fonts', { get() { throw new Error('none'); } })")
    page.goto(f"{address}en/line.html")
    page.get_by_text("Suppose that somebody").wait_for(state="visible", timeout=5000)
    context.close()


WATCH = """
new MutationObserver((_, observer) => {
  if (document.documentElement.classList.contains("wait") || !document.body) return;
  window.atFirst = document.querySelector("button.theme")?.title ?? "";
  observer.disconnect();
}).observe(document, { attributes: true, childList: true, subtree: true });
"""
"""Notes what the script has done to the button by the moment in which the page becomes visible."""


def test_the_first_frame_answers(chromium, address):
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH.replace("|| !document.body", "|| !document.querySelector('footer')"))
    page.goto(f"{address}en/line.html", wait_until="commit")
    page.locator("button.theme").click()
    assert "dark" == page.evaluate("document.documentElement.dataset.theme")
    assert page.evaluate("window.atFirst"), "the script had run before anything was shown"
    context.close()
