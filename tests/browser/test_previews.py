"""Previews: by pointer, keyboard and touch, of this page and of others, from a server and from the disk."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

ONE, TWO, BACK = (f"reading/{{}}/{name}.html" for name in ("one", "two", "back"))
SHOWN = ".preview:popover-open"


def ask(page, selector: str) -> str:
    """Rest on a link and read what is shown."""
    page.mouse.move(2, 2)
    page.keyboard.press("Escape")
    link = page.locator(f"#main {selector}").first
    link.scroll_into_view_if_needed()
    link.hover()
    page.wait_for_selector(SHOWN)
    return str(page.inner_text(SHOWN))


@pytest.mark.parametrize("base", ["http", "file"])
@pytest.mark.parametrize(
    ("language", "title", "term"), [("en", "Two", "Where it goes up"), ("zh", "二", "上升的方向")]
)
def test_all_that_is_referred_to_can_be_looked_at(new_tab, base, language, title, term):
    tab = new_tab(reduced_motion="reduce")
    for selector, expected in {
        "a[href='#eq-one']": r"\(1\.1\)",
        "a[href='#fig-one']": r"(Figure|图) 1\.1",
        "a.term": term,
        "a[href*='ref-gauss']": "Theoria motus",
        ".fn a": "(A note with|注里有)",
        "a.api": r"other\.Thing\n\n*(class|类) · Other 4\.2\n\n*docs\.example\.org",
        "a[href*='two.html']": rf"2 {title}",
    }.items():
        page = tab.open(ONE.format(language), base)
        assert re.search(expected, ask(page, selector)), selector
        assert [] == tab.foreign
        assert [] == tab.troubles


def test_it_never_hides_its_link_and_stays_on_the_screen(new_tab):
    for width, height in ((1280, 900), (390, 500)):
        page = new_tab(viewport={"width": width, "height": height}, reduced_motion="reduce").open(
            ONE.format("en")
        )
        page.evaluate("document.fonts.ready.then(() => 0)")
        for selector in ("a[href='#fig-one']", "a.term", "a.api"):
            ask(page, selector)
            box = page.locator(SHOWN).bounding_box()
            link = page.locator(f"#main {selector}").first.bounding_box()
            assert 0 <= box["x"]
            assert box["x"] + box["width"] <= width
            assert 0 <= box["y"]
            assert box["y"] + box["height"] <= height
            assert box["y"] >= link["y"] + link["height"] or box["y"] + box["height"] <= link["y"]


def test_one_can_go_into_it_and_out_again(tab):
    page = tab.open(ONE.format("en"))
    ask(page, "a.term")
    page.locator(SHOWN).hover()
    page.wait_for_timeout(500)
    assert page.locator(SHOWN).is_visible()
    page.mouse.move(5, 880)
    page.wait_for_selector(SHOWN, state="detached")
    ask(page, "a.term")
    page.keyboard.press("Escape")
    assert 0 == page.locator(SHOWN).count()
    ask(page, "a.term")
    page.mouse.wheel(0, 300)
    page.wait_for_selector(SHOWN, state="detached")


def test_addresses_in_it_are_those_of_the_page_it_comes_from(tab):
    page = tab.open(TWO.format("en"))
    ask(page, "a[href*='#lst-one']")
    assert page.locator(f"{SHOWN} a.label").get_attribute("href").endswith("/one.html#lst-one")
    assert 0 == page.locator(f"{SHOWN} [id]").count()
    page.goto(page.url)
    ask(page, "a[href*='#eq-one']")
    assert "One" in page.inner_text(f"{SHOWN} .way")


@pytest.mark.parametrize("base", ["http", "file"])
def test_it_shows_the_chosen_variant(new_tab, base):
    page = new_tab().open(TWO.format("en") + "?variant=fancy", base)
    text = ask(page, "a[href*='#lst-one']")
    assert "# fancy" in text
    assert "# plain" not in text


def test_by_keyboard(tab):
    page = tab.open(ONE.format("en"))
    page.keyboard.press("Tab")
    link = page.locator("#main a.term")
    link.focus()
    page.wait_for_selector(SHOWN)
    assert "_preview" == link.get_attribute("aria-describedby")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.matches('.preview')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.preview') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('a.term')")
    assert 0 == page.locator(SHOWN).count()
    assert link.get_attribute("aria-describedby") is None


def test_by_touch_the_second_tap_follows(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open(ONE.format("zh"))
    link = page.locator("#main a.term").first
    link.tap()
    page.wait_for_selector(SHOWN)
    assert page.url.endswith("one.html")
    page.locator(f"{SHOWN} button").tap()
    assert 0 == page.locator(SHOWN).count()
    link.tap()
    page.wait_for_selector(SHOWN)
    link.tap()
    page.wait_for_url("**/back.html*")


def test_by_touch_a_screen_reader_goes_into_it_and_back(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open(ONE.format("en"))
    link = page.locator("#main a.term").first
    link.tap()
    page.wait_for_selector(SHOWN)
    page.wait_for_function("document.activeElement.matches('.preview')")
    assert "true" == link.get_attribute("aria-expanded")
    assert page.get_attribute(SHOWN, "aria-label")
    page.locator(f"{SHOWN} button").tap()
    page.wait_for_function("document.activeElement.matches('a.term')")
    assert link.get_attribute("aria-expanded") is None
    assert 0 == page.locator(SHOWN).count()


def test_by_touch_the_preview_has_the_way_there(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open(ONE.format("en"))
    page.locator("#main a.term").first.tap()
    page.locator(f"{SHOWN} .way a").tap()
    page.wait_for_url("**/back.html*")
    assert [] == tab.troubles


def test_the_mark_of_an_annotation(tab):
    page = tab.open(ONE.format("en"))
    assert "The line that counts." in ask(page, "a.mark")


def test_an_import_leads_to_the_listing_that_it_comes_from(tab):
    page = tab.open(TWO.format("en"))
    source = page.locator("a.source", has_text="double").first
    assert source.get_attribute("href") == "one.html#lst-one"
    assert "def double" in ask(page, "a.source:text-is('double')")
    page = tab.open(ONE.format("en"))
    assert page.locator(".saved .used a").first.get_attribute("href") == "two.html"
