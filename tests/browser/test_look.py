"""How pages look: colours, widths, formulas, pictures; what readers chose stays."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

TEXT = "bilingual/zh/more/text.html"

AT_FIRST = """
new MutationObserver((_, observer) => {
  if (!document.body) return;
  window.atFirst = document.documentElement.dataset.theme ?? "";
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
"""Notes the theme at the moment in which there is something to paint."""


def lightness(page) -> float:
    """Of the page's ground, from 0 to 1."""
    return page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
          if (getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)")
            canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
          return (r + g + b) / 765;
        }"""
    )


def test_colours_follow_the_system(new_tab):
    assert lightness(new_tab(color_scheme="light").open(TEXT)) > 0.9
    assert lightness(new_tab(color_scheme="dark").open(TEXT)) < 0.2


@pytest.mark.parametrize("base", ["http", "file"])
def test_a_chosen_theme_stays_and_does_not_flash(new_tab, base):
    tab = new_tab(color_scheme="light")
    tab.page.add_init_script(AT_FIRST)
    page = tab.open(TEXT, base)
    page.click("button.theme")
    assert lightness(page) < 0.2
    page = tab.open("bilingual/en/uses.html", base)
    assert "dark" == page.evaluate("window.atFirst"), "known before anything is painted"
    assert lightness(page) < 0.2
    for _ in range(2):
        page.click("button.theme")
    assert "" == page.evaluate("document.documentElement.dataset.theme ?? ''")
    page = tab.open(TEXT, base)
    assert lightness(page) > 0.9
    assert [] == tab.troubles


def test_nothing_is_wider_than_the_window(survey):
    wide = {
        (path, width): found
        for path, seen in survey.items()
        for width, found in seen.widths.items()
        if found > width
    }
    assert {} == wide


def test_the_navigation_of_a_phone(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open(TEXT)
    nav, menu = page.locator("#nav"), page.locator("button.menu")
    assert not nav.is_visible()
    menu.tap()
    assert nav.is_visible()
    nav.locator("button").tap()
    assert not nav.is_visible()
    menu.tap()
    page.keyboard.press("Escape")
    assert not nav.is_visible()
    menu.tap()
    nav.locator("a", has_text="存起来").tap()
    page.wait_for_url("**/zh/saves.html")
    assert not page.locator("#nav").is_visible()
    assert [] == tab.troubles


def test_the_navigation_of_a_phone_without_scripts(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = tab.open(TEXT)
    page.click("button.menu")
    assert page.locator("#nav").is_visible()


def test_the_navigation_of_a_desktop(tab):
    page = tab.open(TEXT)
    nav = page.locator("#nav")
    assert nav.is_visible()
    assert not page.locator("button.menu").is_visible()
    assert ["3 中文排版"] == [
        text.replace("\n", " ") for text in nav.locator("[aria-current=page]").all_inner_texts()
    ]


def test_formulas_have_boxes(survey):
    boxes = {path: seen.formulas for path, seen in survey.items() if seen.formulas}
    assert sum(map(len, boxes.values())) > 10
    assert {} == {path: found for path, found in boxes.items() if min(map(min, found)) < 2}


def test_formulas_have_their_font(tab):
    page = tab.open(TEXT)
    families = page.evaluate("getComputedStyle(document.querySelector('math')).fontFamily")
    page.evaluate("document.fonts.ready.then(() => 0)")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert families.split(",")[0].strip("\"' ") in [name.strip("\"' ") for name in loaded]


def test_pictures_are_there(survey):
    assert any(seen.pictures for seen in survey.values())
    assert [] == [path for path, seen in survey.items() if 0 in seen.pictures]


def test_the_language_leads_to_the_same_page_and_place(new_tab):
    tab = new_tab(viewport={"width": 1280, "height": 500}, reduced_motion="reduce")
    page = tab.open("bilingual/zh/uses.html")
    page.click("a.language")
    page.wait_for_url("**/en/uses.html")
    assert "en" == page.locator("html").get_attribute("lang")
    page.click("a.language")
    page.wait_for_url("**/zh/uses.html")
    page = tab.open(TEXT)
    page.evaluate("document.getElementById('tab-wide').scrollIntoView({ behavior: 'instant' })")
    page.wait_for_function("document.getElementById('tab-wide').getBoundingClientRect().top < 200")
    page.locator("a.language").evaluate("link => link.click()")  # a pointer would scroll first
    page.wait_for_url("**/en/more/text.html#*")
    assert page.url.partition("#")[2] in ("tab-wide", "fig-dot")
    assert page.evaluate("scrollY") > 0


def test_the_language_keeps_the_variant(tab):
    page = tab.open("bilingual/zh/uses.html?variant=fancy")
    page.click("a.language")
    page.wait_for_url("**/en/uses.html*")
    assert page.get_by_text("~ fancy 4.0 ~").is_visible()


def test_code_can_be_copied(new_tab):
    tab = new_tab(permissions=["clipboard-read", "clipboard-write"])
    page = tab.open("bilingual/en/saves.html")
    page.locator(".code").first.hover()
    page.locator(".code .copy").first.click()
    code = page.evaluate("navigator.clipboard.readText()")
    assert code.startswith('def mean_of(values: list[float]) -> float:\n    """Mean of some values."""')
    assert code.endswith("return sum(values) / len(values)"), "without the mark of the annotation"


def test_code_is_covered_on_a_phone_only_when_tapped(new_tab):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open("bilingual/en/saves.html")
    block = page.locator(".code").first
    shown = "button => getComputedStyle(button).opacity"
    assert "0" == block.locator(".copy").evaluate(shown)
    block.tap()
    assert "1" == block.locator(".copy").evaluate(shown)


def test_printing_opens_what_is_closed(tab):
    page = tab.open("bilingual/en/more/text.html")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("Left out.").is_visible()
    assert not page.locator("#nav").is_visible()
    assert not page.locator("header.bar").is_visible()


def test_printed_code_is_not_cut_off(new_tab):
    page = new_tab(viewport={"width": 220, "height": 800}).open("bilingual/en/saves.html")
    page.emulate_media(media="print")
    wide = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
    assert page.locator(".code > pre").count()
    assert [] == page.locator(".code > pre").evaluate_all(wide)


def test_pictures_side_by_side_stand_on_one_line(tab):
    page = tab.open("plain/en/media.html")
    page.locator("#fig-left figcaption").evaluate("node => node.append(' word'.repeat(40))")
    bottoms = page.locator(".parts img").evaluate_all(
        "all => all.map((n) => n.getBoundingClientRect().bottom)"
    )
    captions = page.locator(".parts figcaption").evaluate_all(
        "all => all.map((n) => n.getBoundingClientRect().top)"
    )
    assert 2 == len(bottoms) == len(captions)
    assert pytest.approx(bottoms[0], abs=0.5) == bottoms[1]
    assert pytest.approx(captions[0], abs=0.5) == captions[1]


def test_the_text_of_a_box_stands_in_the_column(tab):
    page = tab.open("plain/en/boxes.html")
    left = "node => node.getBoundingClientRect().left"
    column = page.locator(".prose > .tabs").first.evaluate(left)
    assert pytest.approx(column, abs=0.5) == page.locator(".prose > .admonition > p").first.evaluate(left)


def test_lines_of_a_long_title_begin_below_the_first(tab):
    page = tab.open("plain/en/index.html")
    entry = page.locator(".contents li > a:has(> .number)").first
    lines = """node => {
      node.append(" and more".repeat(40));
      const range = document.createRange();
      const starts = new Map();
      for (const text of [...node.childNodes].filter((n) => n.nodeType === 3 && n.nodeValue.trim())) {
        range.selectNodeContents(text);
        for (const box of range.getClientRects())
          starts.set(Math.round(box.top), Math.min(box.left, starts.get(Math.round(box.top)) ?? 9e9));
      }
      return [...starts.values()];
    }"""
    starts = entry.evaluate(lines)
    assert 3 <= len(starts)
    assert 1 > max(starts) - min(starts)
