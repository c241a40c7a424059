"""The design system: a dozen properties re-brand a book; readers' own settings hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

HERE = Path(__file__).parent
COLOURS = (HERE / "colours.js").read_text("utf-8")
HANDBOOK = HERE.parents[1] / "docs" / "how-to" / "design.md"
PAGES = ("plain/en/boxes.html", "plain/en/media.html", "bilingual/zh/uses.html", "bilingual/en/index.html")
EVERYWHERE = {"0,0,0", "255,255,255"}
"""Shadows, and plates behind pictures made for white paper."""

SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }
"""
"""What readers may ask for (WCAG 2.2, 1.4.12)."""
CUT_OFF = """() => [...document.querySelectorAll("#main *, header.bar *")].filter((n) => {
  const style = getComputedStyle(n);
  return n.clientHeight && n.scrollHeight > n.clientHeight + 2 && style.overflowY === "hidden"
    && !n.matches(".scroll, .hidden, .hidden *");
}).map((n) => n.outerHTML.slice(0, 100))"""


def brand() -> str:
    """The example of the handbook."""
    found = re.search(r"```css\n(:root \{.*?\n\})\n```", HANDBOOK.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert 12 == found[1].count("--") - found[1].count("var(--")
    return found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dozen_properties_leave_no_old_colour(new_tab, scheme):
    tab = new_tab(color_scheme=scheme)
    for path in PAGES:
        page = tab.open(path)
        old = set(page.evaluate(COLOURS))
        page.add_style_tag(content=brand())
        new = set(page.evaluate(COLOURS))
        assert 5 < len(old)
        assert set() == old & new - EVERYWHERE, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_example_of_the_handbook_has_contrast(new_tab, scheme):
    tab = new_tab(color_scheme=scheme)
    for path in PAGES:
        page = tab.open(path)
        page.add_style_tag(content=brand())
        assert [] == page.evaluate((HERE / "contrast.js").read_text("utf-8")), path


@pytest.mark.parametrize("path", ["plain/en/boxes.html", "bilingual/zh/uses.html"])
def test_wider_spacing_cuts_nothing_off(new_tab, path):
    page = new_tab(viewport={"width": 390, "height": 844}).open(path)
    page.add_style_tag(content=SPACED)
    assert [] == page.evaluate(CUT_OFF)
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")


def test_with_forced_colours_a_choice_is_seen(new_tab):
    page = new_tab(forced_colors="active").open("plain/en/boxes.html")
    chosen = page.locator(".tabs > :checked + label").first
    assert "solid" == chosen.evaluate("node => getComputedStyle(node).outlineStyle")


def test_figures_are_old_style_in_english_text_only(new_tab):
    tab = new_tab()
    figures = "node => getComputedStyle(node).fontVariantNumeric"
    page = tab.open("plain/en/one.html")
    assert "oldstyle-nums" == page.locator(".prose > p").first.evaluate(figures)
    assert "lining-nums tabular-nums" == page.locator(".prose table").first.evaluate(figures)
    page = tab.open("bilingual/zh/uses.html")
    assert "normal" == page.locator(".prose > p").first.evaluate(figures)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_terminals_have_contrast(new_tab, scheme):
    page = new_tab(color_scheme=scheme).open("plain/en/one.html")
    levels = ("00", "87", "ff")
    cube = [f"#{r}{g}{b}" for r in levels for g in levels for b in levels]
    marks = "".join(f'<span class="fg" style="--fg:{colour}">{colour}</span> ' for colour in cube)
    page.locator(".prose").evaluate("(node, marks) => node.insertAdjacentHTML('beforeend', marks)", marks)
    assert 27 == page.locator("span.fg").count()
    assert [] == page.evaluate((HERE / "contrast.js").read_text("utf-8"))
