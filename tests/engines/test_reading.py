"""What a reader does with a page, in Firefox and in WebKit, with real keys and a real pointer."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

ONE, TWO = "{}/one.html", "{}/two.html"
FIELD = "dialog.search input"
FOUND = ".found [role=option]"
PREVIEW = ".preview:popover-open"
BASES = pytest.mark.parametrize("base", ["http", "file"])


@BASES
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_is_shown_in_its_faces(reader, language, base):
    page = reader.open(ONE.format(language), base)
    face = {"en": "Etude Serif", "zh": "Etude Serif Han"}[language]
    page.until(
        "[...document.fonts].some((f) => f.family.includes(arguments[0]) && f.status === 'loaded')", face
    )
    assert page.ask("document.querySelector('#main .prose p').getBoundingClientRect().height > 20")
    assert 1280 >= page.ask("document.documentElement.scrollWidth")


HALF = "<mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
FORMULAS = (
    '<p id="try"><math><mover accent="true"><mi>x</mi><mo stretchy="false">¯</mo></mover></math> '
    f'<math id="low">{HALF} <math id="high" display="block">{HALF}</p>'
)


def test_formulas_are_typeset(reader):
    page = reader.open(ONE.format("en"))
    page.ask(
        "document.querySelector('#main .prose').insertAdjacentHTML('beforeend', arguments[0]); return 0",
        FORMULAS,
    )
    over, under = page.ask(
        """const [letter, sign] = document.querySelector("#try mover").children;
        return [sign.getBoundingClientRect().top, letter.getBoundingClientRect().top];"""
    )
    assert 20 > under - over, "the accent lies on its letter"
    low, high = page.ask(
        "['low', 'high'].map((id) => document.querySelector(`#${id} mfrac`).getBoundingClientRect().height)"
    )
    assert low < 0.85 * high, "fractions in a line are small"
    assert (
        page.ask("getComputedStyle(document.querySelector('#try math')).hangingPunctuation ?? 'none'")
        == "none"
    )


def test_full_width_marks_keep_their_width(reader):
    page = reader.open(ONE.format("zh"))
    text, marks = page.ask(
        """const one = document.createElement("span");
        one.style.cssText = "white-space: nowrap; display: inline-block; text-indent: 0";
        document.querySelector("#main .prose p").append(one);
        return ["字字字字", "，字。字"].map((text) => {
          one.textContent = text;
          return one.getBoundingClientRect().width;
        });"""
    )
    assert text == pytest.approx(marks, rel=0.01)


def test_the_colours(reader):
    page = reader.open(ONE.format("en"))
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.ask(ground)
    page.click("button.theme")
    assert "dark" == page.ask("document.documentElement.dataset.theme")
    assert before != page.ask(ground)
    reader.open(TWO.format("en"))
    assert "dark" == page.ask("document.documentElement.dataset.theme")


@BASES
@pytest.mark.parametrize(("language", "query"), [("en", "gradient"), ("zh", "上升的方向")])
def test_search(reader, language, query, base):
    page = reader.open(ONE.format(language), base)
    page.press("Control+k")
    page.until(f"document.activeElement === document.querySelector('{FIELD}')")
    page.write(query)
    page.until(f"document.querySelector('{FOUND} mark')?.textContent === arguments[0]", query)
    page.press("Enter")
    page.until("location.pathname.endsWith('back.html')")
    page.until("CSS.highlights.get('search')?.size")
    assert not page.ask("document.querySelector('dialog[open]')")


def test_code_that_is_found_stays_within_its_result(reader):
    page = reader.open(ONE.format("en"))
    page.press("Control+k")
    page.until(f"document.activeElement === document.querySelector('{FIELD}')")
    page.write("double")
    page.until(f"document.querySelector('{FOUND} > .in-code mark')")
    result, code = page.ask(
        f"""const code = document.querySelector("{FOUND} > .in-code");
        return [code.parentElement, code].map((one) => one.getBoundingClientRect().left);"""
    )
    assert result < code
    page.press("Escape")


def test_variants_and_code(reader):
    page = reader.open(ONE.format("en"))
    shown = "document.querySelector('#main .variants').innerText"
    assert "return 2 * x" in page.ask(shown)
    page.click(".variants .switch button:nth-of-type(2)")
    page.until(f"{shown}.includes('times * x')")
    assert page.ask("location.search").endswith("variant=fancy")
    reader.open(TWO.format("en"))
    assert "fancy" == page.ask("document.querySelector('[name=variant]:checked').value")


def test_code_is_copied(reader):
    page = reader.open(ONE.format("en"))
    session = "#main .prose > .listing:last-of-type"
    page.move(f"{session} pre")
    page.click(f"{session} .copy")
    page.until(f"document.querySelector('{session} .copy').textContent === 'Copied'")
    page.press("Control+k")
    page.until(f"document.activeElement === document.querySelector('{FIELD}')")
    page.press("Control+v")
    page.until(f"document.querySelector('{FIELD}').value === 'print(1)'")
    page.press("Escape")


def test_formulas_are_copied_as_latex(reader):
    page = reader.open(ONE.format("en"))
    page.until("document.querySelector('#eq-one .copy')")
    page.ask(
        """const starts = (text) => text.textContent.startsWith("A formula");
        const text = [...document.querySelectorAll("#main p")].find(starts);
        getSelection().selectAllChildren(text);
        return 0"""
    )
    page.press("Control+c")
    page.press("Control+k")
    page.until(f"document.activeElement === document.querySelector('{FIELD}')")
    page.press("Control+v")
    expected = "A formula in a line, $a + b = c + d + e + f + g + h$, and a letter, $x$. Words after it."
    page.until(f"document.querySelector('{FIELD}').value")
    assert expected == page.ask(f"document.querySelector('{FIELD}').value")
    page.press("Escape")


@BASES
def test_previews(reader, base):
    page = reader.open(ONE.format("en"), base)
    for link, said in {"a.term": "Where it goes up", "a[href$='two.html']": "What the second page"}.items():
        page.move(f"#main p {link}")
        page.until(f"document.querySelector('{PREVIEW}')?.innerText.includes(arguments[0])", said)
        page.press("Escape")
        page.until(f"!document.querySelector('{PREVIEW}')")
        page.move("header.bar .book")


def test_previews_by_keyboard(reader):
    page = reader.open(ONE.format("en"))
    page.ask("document.querySelector('nav.toc summary').focus(); return 0")
    page.press("Tab")
    assert "(1.1)" == page.ask("document.activeElement.textContent")
    page.until(f"document.querySelector('{PREVIEW} math')")
    page.press("p")
    page.until(f"document.activeElement.matches('{PREVIEW}')")
    page.press("Escape")
    page.until(f"!document.querySelector('{PREVIEW}') && document.activeElement.textContent === '(1.1)'")
    page.press("Tab")
    page.until(f"document.querySelector('{PREVIEW}')?.innerText.includes('Figure')")
    page.press("Escape")
    page.until(f"!document.querySelector('{PREVIEW}')")


def test_two_variants_beside_each_other(reader):
    page = reader.open(ONE.format("en"))
    page.click("button.compare")
    page.until("document.querySelector('dialog.compared[open] ins mark')")
    page.press("Escape")
    page.until("!document.querySelector('dialog.compared')")


def test_keys_and_their_help(reader):
    page = reader.open(ONE.format("en"))
    page.press("?")
    page.until("document.querySelector('dialog.help[open]')")
    page.press("Escape")
    page.until("!document.querySelector('dialog[open]') && document.activeElement === document.body")
    page.press("ArrowRight")
    page.until("location.pathname.endsWith('two.html')")


@BASES
def test_the_language_link_keeps_the_place(reader, base):
    page = reader.open(ONE.format("en"), base)
    page.ask("document.querySelector('#named').scrollIntoView(); return 0")
    page.click("a.language")
    page.until("document.documentElement.lang.startsWith('zh') && document.readyState === 'complete'")
    page.until("Math.abs(document.querySelector('#named').getBoundingClientRect().top) < innerHeight")


def test_on_a_phone_the_contents_open_above_the_page(reader):
    page = reader.open(ONE.format("en"))
    page.resize(390, 844)
    assert page.ask("innerWidth >= document.documentElement.scrollWidth")
    page.click(".bar .menu")
    page.until("document.querySelector('.side-nav:popover-open')")
    page.click(".side-nav a[href$='two.html']")
    page.until("location.pathname.endsWith('two.html')")
