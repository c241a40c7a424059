"""Search: what is found, how it is used from the keyboard and on a phone, and what a result leads to."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from etude.build import BuildOptions, build
from etude.render.search.keys import UNSEGMENTED, flat

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

AUDIT, CONTRAST = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("audit", "contrast")
)

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["plain", "fancy"]
chapters = ["one", "two"]
[execute]
policy = "off"
"""
ONE = {
    "zh": r"""
# 优化

学习率决定步长。梯度下降每步沿**负梯**度方向走 $\eta \nabla f$ 那么远。第 3 章讲 GPU 计算，用 𠮷野家作例。

## 学习率的选择

太大则发散。调节*学习*率要看损失；café 与 ＦＰ１６。

$$ \mathbf{w}_{t+1} = \mathbf{w}_t - \eta \mathbf{g}_t $$

:::{dropdown} 证明
藏在里面的话，展开才见。
:::

## 动量

```{code-cell} python
:variant: plain
optimizer_state = PlainLoader(batch_size=3)
```

```{code-cell} python
:variant: fancy
optimizer_state = FancyLoader(batch_size=4)
```
""",
    "en": """
# Optimization

The gradient points uphill; optimizers walk against gradients. Learning rates matter.

## Choosing the learning rate

Too large a rate diverges. Running averages help. It was said that the quick brown fox jumped.
""",
}
TWO = {
    "zh": "# 损失\n\n"
    + "\n\n".join(f"## 第{n}节\n\n共同的话，{'各不相同' * (n % 3 + 1)}，编号{n}。" for n in range(30)),
    "en": "# Losses\n\nCross entropy and the mean squared error. Gradients vanish.",
}


@pytest.fixture(scope="session")
def book(site, tmp_path_factory) -> Path:
    """The book `search` on the site; where its source lies."""
    root = tmp_path_factory.mktemp("search") / "book"
    for language in ("zh", "en"):
        (root / language).mkdir(parents=True)
        (root / language / "index.md").write_text("# 首页\n" if language == "zh" else "# Home\n", "utf-8")
        (root / language / "one.md").write_text(ONE[language], "utf-8")
        (root / language / "two.md").write_text(TWO[language], "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    build(root, BuildOptions(to=("html",), jobs=1))
    shutil.copytree(root / "_build/html", site.root / "search", dirs_exist_ok=True)
    return root


@pytest.fixture
def tab(book, tab) -> Any:
    return tab


def ask(page: Any, query: str, **options: Any) -> Any:
    """What the search finds, as scripts see it."""
    return page.evaluate(
        "async ([query, options]) => (await etude.late('search')).find(query, options)",
        [query, {"limit": 50, **options}],
    )


def places(answer: Any) -> list[str]:
    return [f"{r['page']['address']}#{r['id']}".removesuffix("#") for r in answer["results"]]


def type_in(page: Any, text: str) -> None:
    """Open the search by keyboard, type, and wait for results."""
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search[open] input:focus")
    page.keyboard.type(text)
    page.wait_for_selector("dialog.search [role=option]")


def sections(book: Path) -> dict[str, dict[str, str]]:
    """The flat text of every section, by language and place."""
    found: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
    for script in (book / "_build/html/_static/search").rglob("*.js"):
        content = json.loads(script.read_text("utf-8").partition(",")[2].rstrip(")\n"))
        for address, _, _, _, own in content if isinstance(content, list) else ():
            for place, _, title, pieces in own:
                text = "\n".join(map(flat, (title, *(piece[1:] for piece in pieces))))
                found[address[:2]][f"{address}#{place}".removesuffix("#")] = text
    return found


# what is found


@pytest.mark.parametrize("base", ["http", "file"])
def test_every_chinese_phrase_is_found_where_it_stands_and_nowhere_else(tab, book, base):
    page = tab.open("search/zh/index.html", base)
    texts = sections(book)["zh"]
    chance = random.Random(7)
    runs = sorted({run for text in texts.values() for run in re.findall(f"[{UNSEGMENTED}]+", text)})
    phrases = {chance.choice(runs)[:6] for _ in range(20)} | {
        "学习",
        "的",
        "𠮷",
        "𠮷野家",
        "gpu计算",
        "第3章",
        "损失;cafe",
    }
    for _ in range(150):
        run = chance.choice(runs)
        start = chance.randrange(len(run))
        phrases.add(run[start : start + chance.randint(1, 6)])
    expected = {phrase: sorted(p for p, text in texts.items() if phrase in text) for phrase in phrases}
    found = {phrase: sorted(places(ask(page, phrase, limit=1000))) for phrase in phrases}
    assert expected == found
    assert [] == tab.troubles


def test_texts_are_compared_as_when_the_index_was_made(tab):
    page = tab.open("search/zh/index.html")
    chance = random.Random(3)
    letters = "aB3 _é\u0301ßİΣς學习々ヴか\u3099한글\u00a0\u3000\u00ad\u200b①½ﬁＡ，。\ue000\ue001\n\t𠮷𝐀กิ-"
    texts = ["".join(chance.choices(letters, k=chance.randint(1, 12))) for _ in range(500)]
    seen = page.evaluate(
        "async (texts) => { const match = await etude.late('match'); return texts.map(match.flat); }", texts
    )
    assert {t: flat(t) for t in texts} == dict(zip(texts, seen, strict=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gradient", ["en/one.html", "en/two.html"]),
        ("gradients", ["en/one.html", "en/two.html"]),
        ("gradeint", ["en/one.html", "en/two.html"]),
        ("optimizing", ["en/one.html"]),
        ("optimisation", ["en/one.html"]),
        ("optimzation", ["en/one.html"]),
        ("entr", ["en/two.html"]),
        ("run", ["en/one.html#choosing-the-learning-rate"]),
        ("learning rate", ["en/one.html#choosing-the-learning-rate", "en/one.html"]),
        ('"brown fox"', ["en/one.html#choosing-the-learning-rate"]),
        ('"fox brown"', []),
        ("squared fox", ["en/one.html#choosing-the-learning-rate", "en/two.html"]),
        ("xyzzy", []),
        ("???", []),
        ("", []),
    ],
)
def test_english_is_found_with_other_endings_and_typing_errors(tab, query, expected):
    page = tab.open("search/en/index.html")
    found = places(ask(page, query))
    assert sorted(expected) == sorted(found)
    if query == "learning rate":
        assert expected == found, "what has it in its title comes first"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("fancyloader", "code"),
        ("loader", "code"),
        ("batch_size", "code"),
        ("mathbf", "formula"),
        ("证明", "caption"),
    ],
)
def test_code_formulas_and_captions_are_found(tab, query, kind):
    page = tab.open("search/zh/index.html")
    (result,) = ask(page, query)["results"]
    assert kind == result["context"]["kind"]
    start, end = result["context"]["marks"][0]
    assert query.lower() == result["context"]["text"][start:end].lower()


def test_several_languages_at_once(tab):
    page = tab.open("search/zh/index.html")
    assert [] == places(ask(page, "entropy"))
    assert ["en/two.html"] == places(ask(page, "entropy", languages=["zh", "en"]))


def test_a_site_that_was_published_anew_is_found_through_its_new_root(tab, site):
    root = site.root / "search/_static/search/en/root.js"
    stale = re.sub(r"[0-9a-f]{10}", "0123456789", root.read_text("utf-8"))
    tab.page.route(
        re.compile(r"/root\.js$"), lambda route: route.fulfill(body=stale, content_type="text/javascript")
    )
    page = tab.open("search/en/index.html")
    assert ["en/two.html"] == places(ask(page, "entropy"))


# the dialog


@pytest.mark.parametrize("base", ["http", "file"])
@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_the_keyboard_opens_chooses_and_goes_there(new_tab, book, base, key):
    tab = new_tab()
    page = tab.open("search/zh/index.html", base)
    page.keyboard.press(key)
    page.wait_for_selector("dialog.search[open] input:focus")
    page.keyboard.type("学习率")
    page.wait_for_function("document.querySelectorAll('dialog.search [role=option]').length === 2")
    chosen = "dialog.search [role=option][aria-selected=true]"
    first = page.get_attribute(chosen, "id")
    assert first == page.get_attribute("dialog.search input", "aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert first != page.get_attribute(chosen, "id")
    page.keyboard.press("ArrowUp")
    assert first == page.get_attribute(chosen, "id")
    assert ["学习率"] == page.locator(f"{chosen} strong mark").all_inner_texts()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"one\.html"))
    page.wait_for_function("CSS.highlights.get('search')?.size > 0")
    marked = page.evaluate("[...CSS.highlights.get('search')].map(String)")
    assert ["学习率", "学习率"] == marked, "in the title, and over the border of an emphasis"
    if base == "http":
        assert "mark=" not in page.url
    page.keyboard.press("Escape")
    assert not page.evaluate("CSS.highlights.has('search')")
    assert [] == tab.troubles
    assert [] == tab.foreign


def test_escape_closes_and_the_words_are_kept(tab):
    page = tab.open("search/zh/two.html")
    page.focus(".bar .theme")
    type_in(page, "梯度")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.search", state="hidden")
    assert page.evaluate("document.activeElement.matches('.theme')"), "where the reader was"
    page.click(".bar button.search")
    page.wait_for_selector("dialog.search [role=option]")
    assert "梯度" == page.input_value("dialog.search input")
    page.keyboard.type("动量")
    page.wait_for_selector("dialog.search mark:text-is('动量')")
    assert "动量" == page.input_value("dialog.search input"), "typing replaces the words that were kept"


def test_a_result_of_the_same_page_opens_what_it_lies_in(tab):
    page = tab.open("search/zh/one.html")
    type_in(page, "展开才见")
    page.keyboard.press("Enter")
    page.wait_for_selector("#main details[open]")
    assert page.locator("text=展开才见").first.is_visible()
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search[open]")
    page.keyboard.type("FancyLoader")
    page.wait_for_selector("dialog.search mark:text-is('FancyLoader')")
    page.keyboard.press("Enter")
    page.wait_for_function("CSS.highlights.get('search')?.size > 0")
    assert page.locator("header input[name=variant]:checked + label").inner_text() == "fancy"


def test_languages_are_chosen_and_remembered(tab):
    page = tab.open("search/zh/index.html")
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search[open]")
    page.keyboard.type("entropy")
    page.wait_for_selector("dialog.search .status:text-is('没有找到')")
    page.click("dialog.search [data-scope='*']")
    page.wait_for_selector("dialog.search mark:text-is('entropy')")
    tab.settle()
    page = tab.open("search/en/index.html")
    type_in(page, "梯度下降")
    assert "true" == page.get_attribute("dialog.search [data-scope='*']", "aria-pressed")


def test_a_language_has_its_whole_name(tab):
    page = tab.open("search/zh/index.html")
    page.evaluate("document.querySelector('button.search').dataset.languages += '|vi Tiếng Việt'")
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search[open]")
    assert "Tiếng Việt" == page.inner_text("dialog.search [data-scope=vi]")


def test_more_results_come_when_they_are_wanted(tab):
    page = tab.open("search/zh/index.html")
    type_in(page, "共同的话")
    before = page.locator("dialog.search [role=option]").count()
    assert before < 30
    for _ in range(29):
        page.keyboard.press("ArrowDown")
        page.wait_for_function("!!document.querySelector('[aria-selected=true]')")
    page.wait_for_function("document.querySelectorAll('dialog.search [role=option]').length === 30")
    assert "30 处" == page.inner_text("dialog.search .status")


def test_a_phone_gives_it_the_whole_screen(new_tab, book):
    tab = new_tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open("search/zh/one.html")
    page.tap(".bar button.search")
    page.wait_for_selector("dialog.search[open] input:focus")
    page.keyboard.type("学习率")
    page.wait_for_selector("dialog.search [role=option]")
    box = page.locator("dialog.search").bounding_box()
    assert (0, 0, 390, 844) == (box["x"], box["y"], box["width"], box["height"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_seen_and_has_names(new_tab, book, scheme):
    tab = new_tab(color_scheme=scheme, reduced_motion="reduce")
    page = tab.open("search/zh/one.html")
    type_in(page, "学习率")
    assert [] == page.evaluate(AUDIT)
    assert [] == page.evaluate(CONTRAST)
    unnamed = (
        "nodes => nodes.filter(n => !n.id || n.tabIndex >= 0 || !n.hasAttribute('aria-selected')).length"
    )
    assert 0 == page.locator("dialog.search [role=option]").evaluate_all(unnamed)


def test_typing_a_slash_elsewhere_is_typing(tab):
    page = tab.open("search/zh/one.html")
    page.evaluate("document.querySelector('#main').prepend(document.createElement('textarea'))")
    page.click("#main textarea")
    page.keyboard.type("a/b")
    assert "a/b" == page.input_value("#main textarea")
    assert 0 == page.locator("dialog.search[open]").count()


def test_without_scripts_there_is_no_button(new_tab, book):
    tab = new_tab(java_script_enabled=False)
    page = tab.open("search/zh/one.html")
    assert not page.locator("button.search").is_visible()
