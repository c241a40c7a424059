"""What people need who listen to pages, or use them without a mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from .axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

AUDIT, CONTRAST, FOCUS, MOVING = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8")
    for name in ("audit", "contrast", "focus", "moving")
)


SPOIL = """() => {
  document.querySelector("main p").style.color = "#aaa";
  document.querySelector("h1").outerHTML = "<h1>a</h1><h1>b</h1><h4>c</h4>";
  document.querySelector("main img").removeAttribute("alt");
  document.querySelector("nav").removeAttribute("aria-label");
  document.querySelector(".tools").insertAdjacentHTML("beforeend", "<button></button><input>");
}"""


def test_the_audit_finds_what_is_wrong(tab):
    page = tab.open("bilingual/en/more/text.html")
    page.evaluate(SPOIL)
    words = ["2 h1", "a nav without a name", "no alt", "no name", "no label", "h1 then h4"]
    assert words == [problem.partition(":")[0] for problem in page.evaluate(AUDIT)]
    (faint,) = page.evaluate(CONTRAST)
    assert "rgb(170, 170, 170)" in faint


def test_structure_names_and_labels(survey):
    assert {} == {path: seen.problems for path, seen in survey.items() if seen.problems}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(survey, scheme):
    assert {} == {path: seen.faint[scheme] for path, seen in survey.items() if seen.faint[scheme]}


def test_languages_are_said(survey, tab):
    for path, seen in survey.items():
        language = path.split("/")[1]
        if language in ("zh", "en"):
            assert language == seen.lang.partition("-")[0], path
    other = tab.open("bilingual/zh/index.html").locator("a.language")
    assert "en" == other.get_attribute("lang") == other.get_attribute("hreflang")


def test_the_focus_can_be_seen(new_tab):
    page = new_tab(reduced_motion="reduce").open("bilingual/en/uses.html")
    seen = []
    for _ in range(23):
        page.keyboard.press("Tab")
        mark = page.evaluate(FOCUS)
        seen.append(mark)
    assert [] == [node for node, drawn, _ in seen if not drawn]
    assert [] == [node for node, _, inside in seen if not inside]
    assert "skip" in seen[0][0], "the first leads past the navigation"


def test_the_first_link_leads_to_the_text(tab):
    page = tab.open("bilingual/en/uses.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "main" == page.evaluate("document.activeElement.id")


def test_movement_is_left_out_when_it_is_not_wanted(new_tab):
    page = new_tab(reduced_motion="reduce").open("bilingual/en/more/text.html")
    moving = page.evaluate(MOVING)
    assert [] == moving
    assert "smooth" != page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")


SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


def press(selector):
    """Bring a page into a state by a click."""
    return lambda page: page.locator(selector).first.click()


def search(page):
    """Look for something that is on several pages."""
    page.keyboard.press("/")
    page.locator("dialog.search input").fill("代码")
    page.locator("dialog.search [role=option]").first.wait_for()


def look_ahead(page):
    """Have a preview opened by keyboard."""
    page.locator("#main a.ref").first.focus()
    page.locator(".preview").wait_for()


def compare(page):
    """Two variants beside each other."""
    page.locator("button.compare").first.click()
    page.locator("dialog.compared ins").first.wait_for()


def enlarge(page):
    """A picture alone."""
    page.locator("#main button.enlarge:not([hidden])").first.click()
    page.locator("dialog.enlarged img").wait_for()


def ask_for_keys(page):
    """The list of keys."""
    page.keyboard.press("?")
    page.locator("dialog.help").wait_for()


STATES = {
    "the contents of a phone": ("phone", press("button.menu")),
    "on this page": ("phone", press(".toc summary")),
    "the search": ("desktop", search),
    "the search on a phone": ("phone", search),
    "a preview": ("desktop", look_ahead),
    "two variants": ("desktop", compare),
    "two variants on a phone": ("phone", compare),
    "a picture alone": ("desktop", enlarge),
    "the list of keys": ("desktop", ask_for_keys),
}
"""What else a page may look like: the screen that this is tried on, and what brings it about."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(new_tab, site, scheme, screen):
    width, height = SCREENS[screen]
    tab = new_tab(color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce")
    tab.page.route("https://**", lambda route: route.fulfill(body="<title>embedded</title>"))
    found = {}
    for path in (*site.pages("bilingual"), *site.pages("plain")):
        found[path] = violations(tab.open(path))
    assert {} == {path: problems for path, problems in found.items() if problems}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_a_state(new_tab, state, scheme):
    screen, bring = STATES[state]
    width, height = SCREENS[screen]
    tab = new_tab(color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce")
    # One has much text, the other references and variants.
    name = "uses" if bring in (look_ahead, compare) else "more/text"
    page = tab.open("reading/zh/index.html" if bring is enlarge else f"bilingual/zh/{name}.html")
    bring(page)
    assert [] == violations(page)


def test_axe_sees_what_is_wrong(tab):
    page = tab.open("bilingual/en/more/text.html")
    page.evaluate(SPOIL)
    assert {"button-name", "color-contrast", "image-alt", "label"} <= {
        v.partition(":")[0] for v in violations(page)
    }


def test_pages_are_heard_in_their_order(tab):
    """The accessibility tree: the bar, the contents, the text from its title on, the way on, the colophon."""
    tree = tab.open("bilingual/en/more/text.html").locator("body").aria_snapshot()
    places = [
        tree.index(word)
        for word in ('link "Skip', "banner:", 'navigation "Contents"', "main:", "heading", "contentinfo:")
    ]
    assert sorted(places) == places
