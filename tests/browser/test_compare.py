"""Two variants of a listing beside each other."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

ONE = "reading/{}/one.html"


def opened(page):
    """The window, opened from the listing."""
    page.locator("button.compare").click()
    return page.locator("dialog.compared")


def test_lines_and_words_that_differ(tab):
    page = tab.open(ONE.format("en"))
    box = opened(page)
    assert ["plain", "fancy"] == [one.input_value() for one in box.locator("select").all()]
    removed = box.locator("del:not(.none) code").all_inner_texts()
    added = box.locator("ins:not(.none) code").all_inner_texts()
    assert ["# plain", "def double(x):", "    return 2 * x"] == removed
    assert ["# fancy", "def double(x, times=2):", "    return times * x"] == added
    assert "fancy, times=2times" == "".join(box.locator("ins:not(.none) mark").all_inner_texts())


def test_two_others_can_be_chosen_and_copied(tab):
    page = tab.open(ONE.format("zh"))
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    box = opened(page)
    box.locator("select").nth(1).select_option("third")
    right = box.locator("ins:not(.none) code, .lines-of-two > span:nth-child(even) code")
    assert ["def double(x):", "    return x + x"] == right.all_inner_texts()
    box.locator(".heads button").nth(1).click()
    assert "def double(x):\n    return x + x" == page.evaluate("window.copied")
    page.keyboard.press("Escape")
    assert 0 == page.locator("dialog.compared").count()


def test_on_a_phone_one_below_the_other(new_tab):
    page = new_tab(viewport={"width": 390, "height": 844}).open(ONE.format("en"))
    box = opened(page)
    first, second = (box.locator(f"{tag}:not(.none)").first.bounding_box() for tag in ("del", "ins"))
    assert first["x"] == second["x"]
    assert first["y"] < second["y"]
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")


def test_on_a_wide_screen_one_beside_the_other(tab):
    box = opened(tab.open(ONE.format("en")))
    first, second = (box.locator(f"{tag}:not(.none)").first.bounding_box() for tag in ("del", "ins"))
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]
