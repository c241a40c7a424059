"""Small books as websites, opened from the disk and from a server, in a real browser."""

from __future__ import annotations

import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etude.build import BuildOptions, build

# The helper beside this file is importable, however pytest is started.
sys.path.insert(0, str(Path(__file__).parent))

import reading

Once = Callable[[str, Callable[[Path], None]], Path]

BOOKS = Path(__file__).parent.parent / "books"
AUDIT, BOXES, CONTRAST = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("audit", "boxes", "contrast")
)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        return


@dataclass(frozen=True, slots=True)
class Site:
    """Built books below one folder, and where a server shows them."""

    root: Path
    url: str
    """With a final slash; the server's root is a folder further up."""

    def pages(self, book: str) -> list[str]:
        """Every page of a book, below the site's root: ``bilingual/zh/saves.html``.

        The one above the languages is left out: it leads on at once.
        """
        folder = self.root / book
        found = (p.relative_to(self.root).as_posix() for p in folder.rglob("*.html"))
        return sorted(path for path in found if path != f"{book}/index.html")

    def address(self, path: str, base: str = "http") -> str:
        """Where to open a page: from a server (``http``) or from the disk (``file``)."""
        plain, mark, rest = path.partition("#" if "#" in path and "?" not in path else "?")
        start = self.url + plain if base == "http" else (self.root / plain).as_uri()
        return start + mark + rest


def publish(top: Path) -> None:
    """Build the books of the site below ``some where/deep``."""
    root = top / "some where" / "deep"
    for name in ("bilingual", "plain"):
        book = top / "source" / name
        shutil.copytree(BOOKS / name, book, ignore=shutil.ignore_patterns("golden"))
        report = build(book, BuildOptions(to=("html",), jobs=2))
        assert () == report.diagnostics
        shutil.copytree(book / "_build" / "html", root / name)
    book = top / "source" / "reading"
    for path, content in reading.files().items():
        (book / path).parent.mkdir(parents=True, exist_ok=True)
        (book / path).write_bytes(content)
    assert () == build(book, BuildOptions(to=("html",), jobs=2)).diagnostics
    shutil.copytree(book / "_build" / "html", root / "reading")


@pytest.fixture(scope="session")
def site(once: Once) -> Iterator[Site]:
    """The books `bilingual`, `plain` and `reading`, built."""
    top = once("site", publish)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(top)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(top / "some where" / "deep", f"http://127.0.0.1:{server.server_port}/some%20where/deep/")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def small(once: Once) -> Path:
    """The folder of a small book's website, which is weighed and photographed; no cell runs in it."""

    def make(folder: Path) -> None:
        shutil.copytree(Path(__file__).parent / "book", folder / "book")
        report = build(folder / "book", BuildOptions(to=("html",), jobs=2))
        assert () == report.diagnostics

    return once("small", make) / "book" / "_build" / "html"


@dataclass(slots=True)
class Tab:
    """A tab of the browser, and everything that went wrong in it."""

    page: Any
    site: Site
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors of scripts, messages and requests."""
        page = self.page
        page.on("console", lambda m: m.type in ("error", "warning") and self.troubles.append(m.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request))  # noqa: PLW0108 -- it is marked
        page.on("response", lambda r: r.status >= 400 and self.troubles.append(f"{r.status}: {r.url}"))
        page.on("request", lambda r: self.requests.append(r.url))

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # going to the next page stops what is under way
            self.troubles.append(f"{request.failure}: {request.url}")

    def open(self, path: str, base: str = "http") -> Any:
        """Open a page of the site."""
        self.page.goto(self.site.address(path, base), wait_until="load")
        self.page.wait_for_selector("html:not(.wait)")
        self.page.mouse.move(1, 1)  # somebody is there
        return self.page

    def settle(self) -> None:
        """Wait until other pages of the site see what this one has remembered: it is sent to them."""
        kept = self.page.evaluate("JSON.stringify(localStorage)")
        other = self.page.context.new_page()
        other.goto(self.page.evaluate("etude.own"))  # shown as text, it remembers nothing itself
        other.wait_for_function("kept => JSON.stringify(localStorage) === kept", arg=kept)
        other.close()

    @property
    def foreign(self) -> list[str]:
        """Requests to other places than the site."""
        own = (self.site.url, self.site.root.as_uri(), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one page."""

    lang: str
    problems: list[str]
    """With its structure, names and labels."""
    faint: dict[str, list[str]]
    """Text that is hard to see, by colour scheme."""
    widths: dict[int, int]
    """Of the page, by width of the window, in CSS pixels."""
    formulas: list[tuple[float, float]]
    pictures: list[int]
    """Natural widths."""
    troubles: list[str]
    foreign: list[str]


WIDTHS = (320, 390, 768, 1100, 1600)

DRAWN_WIDTH = """() => new Promise((done) => {
  // Frames of other sites are told of a new width, and drawn in it, a frame later.
  const said = () => done(document.documentElement.scrollWidth);
  requestAnimationFrame(() => requestAnimationFrame(said));
})"""


def look_at(tab: Tab, path: str) -> Seen:
    """Open a page and note all about it that tests ask for."""
    page = tab.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    tab.open(path)
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    page.mouse.wheel(0, 20_000)
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    problems = page.evaluate(AUDIT)
    formulas, pictures = page.evaluate(BOXES)
    faint = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faint[scheme] = page.evaluate(CONTRAST)
    widths = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        widths[width] = page.evaluate(DRAWN_WIDTH)
    lang = page.evaluate("document.documentElement.lang")
    return Seen(lang, problems, faint, widths, formulas, pictures, list(tab.troubles), list(tab.foreign))


@pytest.fixture(scope="session")
def survey(chromium: Any, site: Site, once: Once) -> dict[str, Seen]:
    """Every page of both books, seen once."""

    def look(folder: Path) -> None:
        context = chromium.new_context(reduced_motion="reduce")
        context.set_default_timeout(10_000)
        context.route(re.compile("^https://"), lambda route: route.fulfill(body="embedded"))
        tab = Tab(context.new_page(), site)
        tab.watch()
        seen = {}
        for path in (*site.pages("bilingual"), *site.pages("plain")):
            tab.troubles.clear()
            tab.requests.clear()
            seen[path] = look_at(tab, path)
        context.close()
        (folder / "seen.json").write_bytes(msgspec.json.encode(seen))

    data = (once("survey", look) / "seen.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, Seen])


@pytest.fixture
def new_tab(chromium: Any, site: Site) -> Iterator[Callable[..., Tab]]:
    """Open a tab that shares nothing with others: options are those of a browser context."""
    contexts = []

    def make(**options: Any) -> Tab:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = Tab(context.new_page(), site)
        tab.watch()
        return tab

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    """A tab on a desktop."""
    return new_tab()
