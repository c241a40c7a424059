"""Going on: to another language at the same place, to other pages with the variant, by keys."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

ONE, TWO = "reading/{}/one.html", "reading/{}/two.html"
AT_LINE = """() => {
  const blocks = [...document.querySelectorAll("#main .prose > *")];
  const reached = (box) => box.height && box.top <= innerHeight / 3;
  return blocks.findLastIndex((one) => reached(one.getBoundingClientRect()));
}"""


@pytest.mark.parametrize("base", ["http", "file"])
@pytest.mark.parametrize(("here", "there"), [("en", "zh"), ("zh", "en")])
def test_the_other_language_shows_the_same_block(new_tab, base, here, there):
    tab = new_tab(reduced_motion="reduce")
    page = tab.open(ONE.format(here), base)
    count = page.locator("#main .prose > *").count()
    for block in range(3, count, 3):
        page.locator("#main .prose > *").nth(block).evaluate("one => one.scrollIntoView({block: 'center'})")
        page.evaluate("scrollBy(0, innerHeight / 6)")
        at = page.evaluate(AT_LINE)
        if page.evaluate("scrollY") < 200:
            continue
        page.wait_for_function("etude.places")
        link = page.locator("a.language").bounding_box()
        page.mouse.click(link["x"] + 4, link["y"] + 4)
        page.wait_for_url(f"**/{there}/one.html*")
        page.wait_for_function("document.fonts.status === 'loaded'")
        bottom = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
        assert bottom or at == page.evaluate(AT_LINE)
        assert "~" not in page.url
        page = tab.open(ONE.format(here), base)
    assert [] == tab.troubles


@pytest.mark.parametrize("base", ["http", "file"])
def test_links_carry_the_variant(new_tab, base):
    tab = new_tab()
    page = tab.open(ONE.format("en"), base)
    page.locator(".variants .switch button", has_text="fancy").first.click()
    page.locator("#main a[href*='two.html']").first.evaluate("link => link.click()")
    page.wait_for_url("**/two.html?variant=fancy*")
    page.evaluate("localStorage.clear()")
    page.locator("a.language").click()
    page.wait_for_url("**/zh/two.html?variant=fancy*")
    page.locator("a.previous").click()
    page.wait_for_url("**/zh/one.html?variant=fancy*")
    assert page.locator("#variant-fancy").is_checked()
    page.locator(".variants .switch button", has_text="plain").first.click()
    page.locator("a.next").click()
    page.wait_for_url("**/zh/two.html?variant=plain*")
    assert [] == tab.troubles


def test_the_address_says_what_was_chosen_before(tab):
    tab.open(ONE.format("en") + "?variant=fancy")
    assert tab.open(TWO.format("en")).url.endswith("two.html?variant=fancy")


def test_keys(tab):
    page = tab.open(ONE.format("en"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/two.html*")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/one.html*")
    page.locator("header .switch input").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+Shift+ArrowRight")
    assert "/one.html" in page.url, "a key that belongs to what has the focus does nothing else"
    page.locator("#variant-fancy").blur()
    page.keyboard.press("Shift+?")
    page.wait_for_selector("dialog.help[open]")
    assert "Previous, next page" in page.inner_text("dialog.help")
    page.keyboard.press("ArrowRight")
    page.locator("dialog.help input").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+?")
    assert 0 == page.locator("dialog.help[open]").count()
    assert "/one.html" in page.url
    page.locator("button.keys").click()
    page.wait_for_selector("dialog.help[open]")


def test_an_address_of_a_place_that_is_not_there_does_no_harm(tab):
    page = tab.open(ONE.format("en") + "#~no-such~99~x")
    assert 0 == page.evaluate("scrollY")
    assert [] == tab.troubles
