"""E-books in the engines of two readers, in a real browser: they open and turn, in light and dark."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opened import HERE, Epub

ENGINES = ("foliate", "epubjs")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (HERE / "node_modules").is_dir(),
        reason="the engines of readers are installed by `npm ci` in tests/epub",
    ),
]

CONTRAST = """() => {
  const page = reader.page(), view = page.defaultView
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const read = (colour, under) => {
    canvas.fillStyle = `rgb(${under})`
    canvas.fillRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const light = rgb => {
    const [r, g, b] = rgb.map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    return .2126 * r + .7152 * g + .0722 * b
  }
  const paper = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]
  const ground = node => node
    ? read(view.getComputedStyle(node).backgroundColor, ground(node.parentElement)) : paper
  const found = []
  const words = 'p, h1, h2, li, td, .line, .line span, a, figcaption, .mark, pre'
  for (const node of page.querySelectorAll(words)) {
    if (!node.textContent.trim() && !node.matches('.mark')) continue
    const under = ground(node), ink = read(view.getComputedStyle(node).color, under)
    const [a, b] = [light(ink), light(under)].sort((a, b) => b - a)
    const ratio = (a + .05) / (b + .05)
    const said = node.textContent.slice(0, 20)
    if (ratio < 4.5) found.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${said}`)
  }
  return [...new Set(found)]
}"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, every: dict[str, Epub], textbook: dict[str, Epub]
) -> Iterator[str]:
    """The address of a folder with the engines and some books."""
    folder = tmp_path_factory.mktemp("shelf")
    for name in ENGINES:
        shutil.copy(HERE / f"{name}.html", folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    for kind, books in (("every", every), ("textbook", textbook)):
        for name, book in books.items():
            shutil.copy(book.path, folder / f"{kind}-{name}.epub")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


Open = Callable[..., Any]


@pytest.fixture
def read(chromium: Any, shelf: str) -> Iterator[Open]:
    """Open a book in an engine; fails where the engine or the browser has complained."""
    contexts: list[Any] = []
    said: list[str] = []

    def start(engine: str, book: str, width: int = 412, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 760}, color_scheme=scheme)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda m: said.append(m.text) if m.type == "error" or "errors:" in m.text else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(f"{shelf}/{engine}.html?book={book}.epub")
        tab.wait_for_function("window.ready", timeout=30_000)
        return tab

    yield start
    for context in contexts:
        context.close()
    assert [] == said


def go(tab: Any, target: str) -> None:
    """Show a page of the book."""
    tab.evaluate("target => reader.goTo(target)", target)
    tab.wait_for_function("reader.page()?.querySelector('section, nav') !== null")


def address(engine: str, name: str) -> str:
    """How an engine is told a page."""
    return f"EPUB/{name}" if engine == "foliate" else name


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("book", ["every-zh", "every-en", "textbook-zh"])
def test_opens_and_turns(read: Open, engine: str, book: str) -> None:
    tab = read(engine, book)
    assert tab.evaluate("reader.page().querySelector('.cover img').naturalWidth") > 0
    seen = {tab.evaluate("reader.place()")}
    for _ in range(5):
        tab.evaluate("reader.next()")
        tab.wait_for_function("before => !before.includes(reader.place())", arg=[*seen])
        seen.add(tab.evaluate("reader.place()"))
    assert tab.evaluate("reader.toc().length") > 2


@pytest.mark.parametrize("engine", ENGINES)
def test_formulas_and_chinese_are_laid_out(read: Open, engine: str) -> None:
    tab = read(engine, "every-zh")
    go(tab, address(engine, "text/blocks.xhtml"))
    sizes = tab.evaluate(
        """() => [...reader.page().querySelectorAll('math')].map(m => {
            const box = m.getBoundingClientRect()
            return [Math.round(box.width), Math.round(box.height)]
        })"""
    )
    assert len(sizes) > 12
    assert all(width > 3 and height > 5 for width, height in sizes)
    # A fraction is as high as two lines: the formula is typeset, not run together.
    assert max(height for _, height in sizes) > 50
    page = "reader.page()"
    assert "各种块与" in tab.evaluate(f"{page}.querySelector('h1').textContent")
    style = tab.evaluate(
        f"(() => {{ const s = getComputedStyle({page}.querySelector('section.page > p'));"
        " return [s.textIndent !== '0px', s.textAlign, s.lineBreak] })()"
    )
    assert [True, "justify", "strict"] == style
    assert "dot" in tab.evaluate(f"getComputedStyle({page}.querySelector('em')).textEmphasisStyle")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_in_light_and_dark(read: Open, engine: str, scheme: str) -> None:
    tab = read(engine, "every-zh", scheme=scheme)
    for name in ("text/blocks.xhtml", "text/code.xhtml", "nav.xhtml", "imprint.xhtml"):
        go(tab, address(engine, name))
        assert (name, []) == (name, tab.evaluate(CONTRAST))


@pytest.mark.parametrize("width", [320, 412, 1100])
def test_nothing_is_wider_than_the_page(read: Open, width: int) -> None:
    tab = read("foliate", "every-zh", width=width)
    for name in ("text/blocks.xhtml", "text/code.xhtml", "text/works.xhtml"):
        go(tab, address("foliate", name))
        wide = tab.evaluate(
            """() => {
            const page = reader.page(), column = page.querySelector('section').getClientRects()[0].width
            return [...page.querySelectorAll('pre, img, table, p, figure, math')]
                .filter(node => Math.max(...[...node.getClientRects()].map(r => r.width)) > column + 1)
                .map(node => `${node.tagName} ${node.textContent.slice(0, 30)}`)
        }"""
        )
        assert (name, []) == (name, wide)


def test_lines_of_code_hang_below_their_own_indentation(read: Open) -> None:
    tab = read("foliate", "every-zh", width=320)
    go(tab, address("foliate", "text/code.xhtml"))
    first, second = tab.evaluate(
        """() => {
        const lines = [...reader.page().querySelectorAll('.line')]
        const line = lines.find(l => l.textContent.includes('很长很长'))
        const range = reader.page().createRange()
        range.selectNodeContents(line.querySelector('span'))
        const rows = [...range.getClientRects()].filter(r => r.width > 1).map(r => r.left)
        return [Math.min(...rows.slice(0, 1)), rows.at(-1)]
    }"""
    )
    assert second > first
