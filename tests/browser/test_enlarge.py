"""Pictures brought up alone."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

HOME = "reading/{}/index.html"
BUTTONS = "#main button.enlarge:not([hidden])"


def width(page):
    """Of the picture that was brought up."""
    return page.locator("dialog.enlarged img").bounding_box()["width"]


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Enlarge: A wide drawing."), ("zh", "放大图片：一幅宽图。")]
)
def test_a_picture_grows_and_goes(tab, language, name):
    page = tab.open(HOME.format(language))
    button = page.locator(BUTTONS)
    button.wait_for(state="attached")
    assert [name] == [one.get_attribute("aria-label") for one in button.all()]
    before = page.locator("#main img").first.bounding_box()["width"]
    page.locator("#main img").first.click()
    page.locator("dialog.enlarged img").wait_for()
    fit = width(page)
    assert 1.25 * before < fit <= 1280
    page.locator("dialog.enlarged img").click()
    assert 2 * fit < width(page)
    page.locator("dialog.enlarged img").click()
    assert fit == width(page)
    page.keyboard.press("Escape")
    page.locator("dialog.enlarged").wait_for(state="detached")
    assert [] == tab.troubles


def test_by_keyboard(tab):
    page = tab.open(HOME.format("en"), "file")
    button = page.locator(BUTTONS)
    button.wait_for(state="attached")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("dialog.enlarged img").wait_for()
    fit = width(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert fit < width(page)
    page.keyboard.press("Escape")
    page.locator("dialog.enlarged").wait_for(state="detached")
    assert button.evaluate("one => one === document.activeElement")


def test_on_a_phone_it_begins_larger_than_the_window(new_tab):
    page = new_tab(viewport={"width": 390, "height": 844}).open(HOME.format("zh"))
    page.locator(BUTTONS).click()
    page.locator("dialog.enlarged img").wait_for()
    assert 390 < width(page)
    box = page.locator("dialog.enlarged").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")
