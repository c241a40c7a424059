"""Variants: chosen once, remembered everywhere, and usable without a script."""

from __future__ import annotations

import pytest

from etude.build import BuildOptions, build

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

USES = "bilingual/{}/uses.html"


def shown(page) -> list[str]:
    """The variants of which something can be seen, on top of each other in the page."""
    found = page.locator("#main [data-variant]").evaluate_all(
        "nodes => nodes.filter(n => n.getClientRects().length).map(n => n.dataset.variant)"
    )
    return sorted(set(found))


@pytest.mark.parametrize("base", ["http", "file"])
def test_the_first_is_shown_and_another_is_remembered(tab, base):
    page = tab.open(USES.format("zh"), base)
    assert ["plain"] == shown(page)
    assert "Plain" == page.locator("header input[name=variant]:checked + label").inner_text()
    page.locator(".variants .switch button", has_text="Fancy").click()
    assert ["fancy"] == shown(page)
    tab.settle()
    page = tab.open(USES.format("en"), base)
    assert ["fancy"] == shown(page)
    assert "Fancy" == page.locator("header input[name=variant]:checked + label").inner_text()
    assert [] == tab.troubles


def test_the_bar_switches_as_well(tab):
    page = tab.open(USES.format("en"))
    page.locator("header .switch label", has_text="Fancy").click()
    assert ["fancy"] == shown(page)
    assert "variant=fancy" in page.url, "the address can be handed on"


@pytest.mark.parametrize("base", ["http", "file"])
def test_an_address_chooses(new_tab, base):
    tab = new_tab()
    page = tab.open(USES.format("en") + "?variant=fancy", base)
    assert ["fancy"] == shown(page)
    page = tab.open(USES.format("zh") + "?variant=plain", base)
    assert ["plain"] == shown(page)
    page = tab.open(USES.format("zh") + "?variant=none%20such", base)
    assert 1 == len(shown(page))
    assert [] == tab.troubles


def test_an_address_that_chooses_is_remembered_on_the_next_page(tab):
    tab.open(USES.format("en") + "?variant=fancy")
    tab.settle()
    page = tab.open(USES.format("zh"))
    assert ["fancy"] == shown(page)


def test_the_keyboard_switches(tab):
    page = tab.open(USES.format("en"))
    label = page.locator(".variants .switch button", has_text="Fancy")
    label.focus()
    page.keyboard.press("Enter")
    assert ["fancy"] == shown(page)
    assert "true" == label.get_attribute("aria-pressed")
    page.locator("header input[name=variant]:checked").focus()
    page.keyboard.press("ArrowLeft")
    assert ["plain"] == shown(page)


def test_what_one_looks_at_stays_in_place(tab):
    page = tab.open(USES.format("en"))
    label = page.locator(".variants .switch button", has_text="Fancy")
    label.scroll_into_view_if_needed()
    before = label.bounding_box()["y"]
    label.click()
    assert before == pytest.approx(label.bounding_box()["y"], abs=1)


@pytest.mark.parametrize("base", ["http", "file"])
def test_without_scripts(new_tab, base):
    tab = new_tab(java_script_enabled=False)
    page = tab.open(USES.format("en"), base)
    text = page.locator("#main")
    assert "plain 4.0" in text.inner_text()
    assert "fancy 4.0" not in text.inner_text()
    for place in (".variants .switch", "header .switch"):
        page.locator(f"{place} label", has_text="Fancy").first.click()
        assert "fancy 4.0" in text.inner_text(), place
        assert "plain 4.0" not in text.inner_text(), place
        page.locator(f"{place} label", has_text="Plain").first.click()
        assert "plain 4.0" in text.inner_text(), place


def test_tabs_go_together_and_are_remembered(tab):
    page = tab.open("bilingual/en/more/text.html")
    assert page.get_by_text("First.").is_visible()
    page.locator(".tabs label", has_text="B").click()
    assert page.get_by_text("Second.").is_visible()
    assert not page.get_by_text("First.").is_visible()
    tab.settle()
    page = tab.open("bilingual/zh/more/text.html")
    assert page.get_by_text("第二。").is_visible()


def test_tabs_without_scripts(new_tab):
    page = new_tab(java_script_enabled=False).open("bilingual/en/more/text.html")
    page.locator(".tabs label", has_text="B").click()
    assert page.get_by_text("Second.").is_visible()


TWINS = """# Twins

{numref}`lst-two`, {ref}`sec-fancy`.

## Other

```{code-cell} python
:label: lst-two
:caption: Two
:variant: plain
print("plain")
```

Between the two.

```{code-cell} python
:label: lst-two
:caption: Two
:variant: fancy
print("fancy")
```

```{code-cell} python
:label: lst-two-1
:caption: One more
:variant: fancy
print("one more")
```

:::{variant} fancy
(sec-fancy)=
## Fancy only

Words.
:::
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """The address of a page in whose variants listings share a label."""
    book = tmp_path_factory.mktemp("twins")
    settings = '[book]\ntitle = "Twins"\nlanguages = ["en"]\nvariants = ["plain", "fancy"]\n'
    book.joinpath("etude.toml").write_text(settings, "utf-8")
    book.joinpath("en").mkdir()
    book.joinpath("en", "index.md").write_text("# Home\n", "utf-8")
    book.joinpath("en", "twins.md").write_text(TWINS, "utf-8")
    assert () == build(book, BuildOptions(to=("html",), jobs=2)).diagnostics
    return book.joinpath("_build", "html", "en", "twins.html").as_uri()


def on_top(page, name: str) -> bool:
    """Whether what was printed so stands below the bar, where an address leads to."""
    page.wait_for_timeout(100)
    top = page.locator(".cell:has(pre)", has_text=name).first.bounding_box()["y"]
    return 0 < top < 200


@pytest.mark.parametrize(("variant", "other"), [("plain", "fancy"), ("fancy", "plain")])
def test_a_shared_label_leads_to_the_twin_of_the_chosen_variant(new_tab, twins, variant, other):
    page = new_tab(viewport={"width": 1280, "height": 300}, reduced_motion="reduce").page
    page.goto(f"{twins}?variant={variant}")
    link = page.locator("#main a.ref[href='#lst-two']")
    for time in ("first", "again"):
        page.evaluate("scrollTo(0, 0)")
        link.evaluate("link => link.click()")
        assert [variant] == shown(page), time
        assert on_top(page, f'print("{variant}")'), time
    page.goto("about:blank")
    page.goto(f"{twins}?variant={other}#lst-two")
    assert [other] == shown(page)
    assert on_top(page, f'print("{other}")')


def test_a_label_without_a_twin_switches(new_tab, twins):
    page = new_tab(reduced_motion="reduce").page
    page.goto(f"{twins}?variant=plain")
    page.locator("#main a.ref[href='#sec-fancy']").evaluate("link => link.click()")
    page.wait_for_timeout(100)
    assert ["fancy"] == shown(page)
