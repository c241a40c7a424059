"""What one takes along: code, formulas, addresses; and how outputs were made."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

ONE = "reading/{}/one.html"
CATCH = "navigator.clipboard.writeText = async (text) => { window.copied = text; }"
COPY = """() => {
  const data = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("#main").dispatchEvent(event);
  return [data.getData("text/plain"), data.getData("text/html").includes("<math")];
}"""
SELECT = """([from, to]) => {
  const range = document.createRange();
  const walk = (text) => {
    const found = document.createTreeWalker(document.querySelector("#main .prose"), NodeFilter.SHOW_TEXT);
    while (found.nextNode()) if (found.currentNode.data.includes(text)) return found.currentNode;
  };
  range.setStart(walk(from), walk(from).data.indexOf(from));
  range.setEnd(walk(to), walk(to).data.indexOf(to) + to.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_a_formula_is_copied_as_latex(tab):
    page = tab.open(ONE.format("en"))
    page.evaluate(CATCH)
    block = page.locator("#eq-one")
    block.hover()
    block.locator(".copy").click()
    assert "E = m c^2" == page.evaluate("window.copied")
    block.locator(".copy").focus()
    page.keyboard.press("Enter")
    assert page.locator("#eq-one .copy").inner_text() in ("Copied", "LaTeX")


def test_a_selection_is_copied_with_the_sources_of_its_formulas(tab):
    page = tab.open(ONE.format("en"))
    page.wait_for_selector("#eq-one .copy", state="attached")
    page.evaluate(SELECT, ["A formula in", "Words after"])
    expected = "A formula in a line, $a + b = c + d + e + f + g + h$, and a letter, $x$. Words after"
    assert [expected, True] == page.evaluate(COPY)
    page.locator("#main .prose > p math[data-tex='']").first.locator("mi").first.evaluate(
        "letter => getSelection().selectAllChildren(letter)"
    )
    assert "a + b = c + d + e + f + g + h" == page.evaluate(COPY)[0]


def test_code_without_its_prompts(tab):
    page = tab.open(ONE.format("en"))
    page.evaluate(CATCH)
    block = page.locator(".code").last
    block.hover()
    block.locator(".copy").click()
    assert "print(1)" == page.evaluate("window.copied")


@pytest.mark.parametrize("link", ["#fig-one a.label", "#eq-one a.number", "h2 a.anchor", "#named a.anchor"])
def test_a_block_gives_its_address(tab, link):
    page = tab.open(ONE.format("en"))
    page.evaluate(CATCH)
    page.wait_for_selector("#named .anchor", state="attached")
    place = page.locator(f"#main {link}").first
    place.evaluate("link => link.click()")
    page.wait_for_function("window.copied")
    assert page.url == page.evaluate("window.copied")
    assert page.url.endswith(place.get_attribute("href"))
    page.locator(".chip:popover-open").wait_for()


@pytest.mark.parametrize("block", [".glossary dt", ".bibliography li"])
def test_terms_and_works_give_their_address_too(tab, block):
    page = tab.open("reading/zh/back.html")
    anchor = page.locator(f"#main {block} > .anchor")
    anchor.focus()
    assert anchor.evaluate("link => link.hash === '#' + encodeURIComponent(link.parentElement.id)")
    assert "此处的链接" == anchor.get_attribute("aria-label")


def test_the_address_of_a_variant_says_which(tab):
    page = tab.open(ONE.format("en") + "?variant=fancy")
    page.evaluate(CATCH)
    page.locator("#main .variant:visible a.label").first.click()
    page.wait_for_function("window.copied")
    assert "one.html?variant=fancy#lst-one" in page.evaluate("window.copied")


def test_how_an_output_was_made(tab):
    page = tab.open(ONE.format("en"))
    page.wait_for_selector(".origin", state="attached")
    told = []
    for number in (0, 1):
        button = page.locator("#main .outputs:visible .origin").nth(number)
        button.focus()
        page.keyboard.press("Enter")
        told.append(page.inner_text(".slip:popover-open").lower().split("\n"))
        page.keyboard.press("Escape")
        assert 0 == page.locator(".slip:popover-open").count()
    assert ["how this output was made", "plain"] == told[0], "what Python brings has no version of its own"
    assert ["how this output was made", "plain"] == told[1][:2]
    assert told[1][2].startswith("ipython ")
    page.locator(".origins summary").click()
    assert "ipython" in page.inner_text(".origins dl").lower()
