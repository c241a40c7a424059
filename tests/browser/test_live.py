"""`etude serve` in a real browser: edits appear, problems come and go, cells run, strangers are refused."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = {
    "en": ("Trees", "Rings tell the age of a tree.", "Bark", "More words.", "1 problem"),
    "zh": ("树", "年轮记着树的年岁。", "树皮", "又一句话。", "1 个问题"),
}
PAGE = """# {0}

{1}

:::{{note}}
:class: dropdown
Folded words.
:::

```{{code-cell}} python
age = 3
print("age", age)
```

{filler}

(bark)=
## {2}

```{{figure}} ../pic.svg
:label: fig-pic
{1}
```
"""
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="{0}" height="{0}"/></svg>'
)


@dataclass
class Served:
    """A book that is served, with a browser on one of its pages."""

    root: Path
    url: str
    page: Any

    def save(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.save(path, text.replace(old, new))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_function("document.querySelector('.etude-live')?.dataset.state !== 'lost'")
        self.page.wait_for_function("document.querySelector('.etude-live .count').textContent !== ''")
        self.page.evaluate("window.mark = 1")

    def until(self, holds: str) -> None:
        self.page.wait_for_function(holds, timeout=60_000)

    def stayed(self) -> bool:
        """Whether the page was never loaded again."""
        return self.page.evaluate("window.mark === 1")


def write(root: Path) -> None:
    filler = "\n\n".join(f"Words {n} of many, so that the page is long.\n\n" * 2 for n in range(20))
    for language, words in TEXT.items():
        folder = root / language
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(f"# {words[0]}\n", "utf-8")
        (folder / "oak.md").write_text(PAGE.format(*words, filler=filler), "utf-8")
        (folder / "elm.md").write_text(f"# Elm\n\n{words[1]} {{numref}}`fig-pic`\n", "utf-8")
    (root / "pic.svg").write_text(SQUARE.format(20))
    (root / "style.css").write_text("h1 { letter-spacing: 1px; }\n")
    (root / "etude.toml").write_text(
        '[book]\ntitle = { en = "Trees", zh = "树" }\nlanguages = ["en", "zh"]\n'
        '[[part]]\nchapters = ["oak", "elm"]\n[html]\ncss = ["style.css"]\n',
        "utf-8",
    )


@pytest.fixture
def served(
    tmp_path: Path, chromium: Any, serve: Callable[..., Any], request: pytest.FixtureRequest
) -> Iterator[Served]:
    root = tmp_path / "book"
    write(root)
    opened = tmp_path / "opened"
    editor = (
        f"{sys.executable} -c \"import sys; open({str(opened)!r}, 'a').write(sys.argv[1])\" {{path}}:{{line}}"
    )
    url = serve(root, "--editor", editor, *getattr(request, "param", ("--execute", "off"))).url
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    yield Served(root, url, context.new_page())
    context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_edit_appears_in_place(served: Served, language: str) -> None:
    _, words, heading, more, _ = TEXT[language]
    path = f"{language}/oak.md"
    served.open(f"{language}/oak.html")
    page = served.page
    page.locator("details.admonition summary").click()
    page.evaluate("scrollTo(0, 600)")
    page.locator(".etude-live input").uncheck()
    was = page.locator("#main .code").first.element_handle()
    written = page.locator("#main .prose > p", has_text=words).element_handle()
    served.edit(path, words, f"{words} {more}")
    served.until(f"document.querySelector('#main .prose').textContent.includes({more!r})")
    assert served.stayed()
    assert page.evaluate("document.querySelector('details.admonition').open")
    assert page.evaluate("scrollY") == 600
    # Blocks that are as they were are the same elements.
    assert page.evaluate("(was) => was.isConnected", was)
    # So is the paragraph: only its words are others, which spares looking at the style of the whole text.
    assert page.evaluate("(was) => was.isConnected && was.textContent", written).strip().endswith(more)
    served.edit(path, f"## {heading}", f"## {heading} {more}")
    served.until(f"document.querySelector('h2').textContent.includes({more!r})")
    assert served.stayed()


def test_an_address_with_a_place_does_not_throw_the_author_back(served: Served) -> None:
    served.open("en/oak.html#bark")
    page = served.page
    page.locator(".etude-live input").uncheck()
    page.evaluate("scrollTo(0, 0)")
    served.edit("en/oak.md", "Rings tell", "The rings tell")
    served.until("document.querySelector('#main .prose').textContent.includes('The rings tell')")
    assert page.evaluate("scrollY") == 0
    assert served.stayed()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_goes_where_the_author_writes(served: Served, language: str) -> None:
    _, _, heading, more, _ = TEXT[language]
    served.open(f"{language}/oak.html")
    served.edit(f"{language}/oak.md", f"## {heading}", f"## {heading}\n\n{more}")
    served.until("document.querySelector('.etude-edited') !== null")
    box = served.page.locator(".etude-edited").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    served.edit(f"{language}/elm.md", "# Elm", "# Elm trees")
    served.page.wait_for_url(f"**/{language}/elm.html")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_problems_come_at_their_place_and_go(served: Served, language: str) -> None:
    words, said = TEXT[language][1], TEXT[language][4]
    path = f"{language}/oak.md"
    served.open(f"{language}/oak.html")
    page = served.page
    served.edit(path, f"{words}\n\n:::", f"{words} {{eq}}`nowhere`\n\n:::")
    served.until("document.querySelector('.etude-problem') !== null")
    assert said == page.locator(".etude-live .count").text_content()
    note = page.locator(".etude-problem")
    assert "reference-broken" in note.text_content()
    assert words in page.evaluate(
        "document.querySelector('.etude-problem').previousElementSibling.textContent"
    )
    note.locator(".where").click()
    opened = served.root.parent / "opened"
    wait_for(lambda: opened.exists() and opened.read_text() == f"{served.root / path}:3")
    served.edit(path, " {eq}`nowhere`", "")
    served.until("document.querySelector('.etude-problem') === null")
    assert served.stayed()


def test_a_click_and_a_key_open_the_editor(served: Served) -> None:
    served.open("en/oak.html")
    page = served.page
    opened = served.root.parent / "opened"
    page.locator("#main h2").click(modifiers=["Alt"])
    line = (served.root / "en/oak.md").read_text().split("## Bark")[0].count("\n") + 1
    wait_for(lambda: opened.exists() and opened.read_text() == f"{served.root}/en/oak.md:{line}")
    opened.unlink()
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("e")
    wait_for(lambda: opened.exists() and "/en/oak.md:" in opened.read_text())


def test_what_breaks_the_book_is_told_and_mended(served: Served) -> None:
    served.open("en/oak.html")
    page = served.page
    config = (served.root / "etude.toml").read_text("utf-8")
    served.save("etude.toml", "[book")
    served.until("document.querySelector('.etude-live .count').dataset.severity === 'error'")
    served.save("etude.toml", config.replace('en = "Trees"', 'en = "Woods"'))
    served.until("document.querySelector('.bar .book').textContent.includes('Woods')")
    served.until("document.querySelector('.etude-live .count').dataset.severity !== 'error'")
    (served.root / "en/oak.md").write_bytes(b"# \xff\xfe broken\n\nStill there.\n")
    served.until("document.querySelector('#main').textContent.includes('Still there.')")
    served.until("document.querySelector('.etude-problem') !== null")
    (served.root / "en/oak.md").unlink()
    served.until("document.querySelector('.etude-gone') !== null")
    served.save("en/oak.md", "# Oak again\n\nBack.\n")
    served.until("document.querySelector('h1')?.textContent.includes('Oak again')")
    assert page.evaluate("document.querySelector('#main').textContent.includes('Back.')")


def test_styles_pictures_and_order_follow(served: Served) -> None:
    served.open("en/oak.html")
    served.save("style.css", "h1 { letter-spacing: 7px; }\n")
    served.until("getComputedStyle(document.querySelector('h1')).letterSpacing === '7px'")
    served.page.locator("figure img").scroll_into_view_if_needed()
    served.save("pic.svg", SQUARE.format(55))
    served.until("document.querySelector('figure img').naturalWidth === 55")
    assert served.stayed()
    config = (served.root / "etude.toml").read_text("utf-8")
    served.save("etude.toml", config.replace('["oak", "elm"]', '["elm", "oak"]'))
    served.until("document.querySelector('#nav li').textContent.includes('Elm')")
    served.save("en/fir.md", "# Fir\n")
    served.save("etude.toml", config.replace('["oak", "elm"]', '["oak", "elm", "fir"]'))
    served.until("document.querySelector('#nav').textContent.includes('Fir')")


def faces_of(page: Any, selector: str) -> set[bool]:
    """Whether what an element shows is in the site's own faces: for each of those that are used."""
    line = page.context.new_cdp_session(page)
    line.send("DOM.enable")
    line.send("CSS.enable")
    root = line.send("DOM.getDocument")["root"]["nodeId"]
    node = line.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found = line.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    line.detach()
    return {font["isCustomFont"] for font in found}


def test_new_symbols_get_the_face_of_formulas(served: Served) -> None:
    served.open("en/oak.html")
    served.edit("en/oak.md", TEXT["en"][1], f"{TEXT['en'][1]} $x$")
    served.until("document.querySelector('.prose mi') !== null")
    wait_for(lambda: faces_of(served.page, ".prose mi") == {True})
    sheets = "[...document.querySelectorAll('link[rel=stylesheet]')].map((one) => new URL(one.href).pathname)"
    before = served.page.evaluate(sheets)
    served.edit("en/oak.md", "$x$", r"$x \circledast y$")
    served.until("document.querySelector('.prose mo') !== null")
    wait_for(lambda: faces_of(served.page, ".prose mo") == {True})
    served.until(f"new Set({sheets}).size === {sheets}.length")
    assert set(before) <= set(served.page.evaluate(sheets))
    assert served.stayed()


@pytest.mark.kernel
@pytest.mark.parametrize("served", [()], indirect=True)
def test_cells_run_while_one_writes(served: Served) -> None:
    served.open("en/oak.html")
    page = served.page
    served.until("document.querySelector('.cell .outputs')?.textContent.includes('age 3')")
    slow = "import time\nfor age in range(3):\n    print('ring', age, flush=True)\n    time.sleep(0.4)\n"
    served.edit("en/oak.md", 'age = 3\nprint("age", age)', slow)
    served.until("document.querySelector('.cell').dataset.state === 'running'")
    served.until("document.querySelector('.cell .outputs').textContent.includes('ring 0')")
    assert "ring 2" not in page.locator(".cell .outputs").text_content()
    served.until("document.querySelector('.cell .outputs').textContent.includes('ring 2')")
    served.until("document.querySelector('.cell').dataset.state === ''")
    served.edit("en/oak.md", "0.4", "600")
    served.until("document.querySelector('.cell').dataset.state === 'running'")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("i")
    served.until("document.querySelector('.cell .outputs').textContent.includes('KeyboardInterrupt')")
    served.until("document.querySelector('.etude-problem') !== null")
    served.edit("en/oak.md", "600", "0")
    served.until("document.querySelector('.etude-problem') === null")
    served.until("document.querySelector('.cell .outputs').textContent.includes('ring 2')")
    assert served.stayed()


@pytest.mark.kernel
def test_a_cell_runs_when_it_is_asked_for(served: Served) -> None:
    served.open("en/oak.html")
    assert served.page.locator(".cell .outputs").count() == 0
    served.page.locator(".cell").hover()
    served.page.locator(".etude-run").click()
    served.until("document.querySelector('.cell .outputs')?.textContent.includes('age 3')")
    served.edit("en/oak.md", "age = 3", "age = 4")
    served.until("document.querySelector('.cell').dataset.state === 'stale'")
    assert "age 3" in served.page.locator(".cell .outputs").text_content()
    served.page.keyboard.press("Shift+R")
    served.until("document.querySelector('.cell .outputs').textContent.includes('age 4')")
    served.page.locator(".etude-live .pause").click()
    served.edit("en/oak.md", "age = 4", "age = 5")
    served.until("document.querySelector('.cell .outputs').textContent.includes('age 5')")


def test_strangers_are_refused(served: Served) -> None:
    port = int(served.url.rstrip("/").rpartition(":")[2])
    own = f"127.0.0.1:{port}"

    def status(path: str, host: str = own, **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": host, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    line = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    assert status("/en/oak.html") == 200
    assert status("/en/oak.html", f"localhost:{port}") == 200
    assert status("/en/oak.html", "evil.example") == 403
    assert status("/en/oak.html", f"evil.example:{port}") == 403
    assert status("/en/oak.html", Origin="http://evil.example") == 403
    assert status("/en/oak.html", Origin=f"https://{own}") == 403
    assert status("/_etude/line", Origin=f"http://{own}", **line) == 101
    assert status("/_etude/line", Origin="http://evil.example", **line) == 403
    assert status("/_etude/line", Origin="null", **line) == 403
    assert status("/_etude/line", **line) == 403
    # Scripts of other sites' pages come without an origin; links from them are followed.
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert status("/_static/search/en/root.js", **foreign, **{"Sec-Fetch-Dest": "script"}) == 403
    assert status("/en/oak.html", **foreign, **{"Sec-Fetch-Dest": "iframe"}) == 403
    assert status("/en/oak.html", **foreign, **{"Sec-Fetch-Dest": "document"}) == 200
    (served.root / "secret.txt").write_text("secret")
    (served.root / "_build/html/out").symlink_to(served.root)
    for path in ("/../secret.txt", "/secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/oak.md",
                 "/.etude-outputs", "/../.etude-outputs", "/out/secret.txt", "/etude.toml", "//etc/passwd",
                 "/_etude/../secret.txt", "/_etude/__init__.py", "/en/%00"):  # fmt: skip
        assert status(path) == 404, path
    assert status("/") == 200


def wait_for(holds: Any, seconds: float = 30.0) -> None:
    """Wait until something holds outside of the browser."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("served", [("--execute", "off", "--to", "pdf")], indirect=True)
def test_a_page_with_a_printed_book_has_the_newest(served: Served) -> None:
    served.open("pdf/en")
    served.until("fetch('/pdf/en.pdf').then((found) => found.ok)")
    served.page.evaluate("window.before = document.querySelector('iframe').src")
    served.edit("en/oak.md", TEXT["en"][1], TEXT["en"][3])
    served.until("document.querySelector('iframe').src !== window.before")
    shown = served.page.request.get(served.page.evaluate("document.querySelector('iframe').src"))
    assert "application/pdf" == shown.headers["content-type"]
    assert served.stayed()


@pytest.fixture
def served_as_it_is(tmp_path: Path, chromium: Any, serve: Callable[..., Any]) -> Iterator[Served]:
    """A project of Jupyter Book, which has no `etude.toml`."""
    root = tmp_path / "book"
    root.mkdir()
    (root / "_config.yml").write_text("title: Trees\nparse:\n  myst_substitutions:\n    tree: oak\n")
    (root / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n- file: oak\n")
    (root / "intro.md").write_text("# About trees\n")
    (root / "oak.md").write_text("# Oak\n\nOf the {{ tree }}.\n")
    (root / "elm.md").write_text("# Elm\n\nOf the elm.\n")
    url = serve(root, "--execute", "off").url
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    yield Served(root, url, context.new_page())
    context.close()


def test_a_jupyter_book_is_served_as_it_is(served_as_it_is: Served) -> None:
    served = served_as_it_is
    served.open("en/oak.html")
    assert "Of the oak." in served.page.locator("#main").text_content()
    served.edit("oak.md", "Of the", "All about the")
    served.until("document.querySelector('#main').textContent.includes('All about the oak.')")
    assert served.stayed()
    served.edit("_toc.yml", "- file: oak\n", "- file: oak\n- file: elm\n")
    served.until("[...document.querySelectorAll('ul.tree a')].some((a) => a.textContent === 'Elm')")
    served.edit("_config.yml", "tree: oak", "tree: old oak")
    served.until("document.querySelector('#main').textContent.includes('All about the old oak.')")
    served.edit("_config.yml", "title: Trees", "title: Tall trees")
    served.until("document.title.includes('Tall trees')")
    served.open("en/elm.html")
    assert "Of the elm." in served.page.locator("#main").text_content()
