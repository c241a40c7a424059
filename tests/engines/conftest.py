"""A small book as a website, in the engines of the browsers that aren't Chromium."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from etude.build import BuildOptions, build

# The helper beside this file and the book of the browser's tests are importable, however pytest is started.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "browser"))

import driving
import reading

WATCH = b"""<head><script>
window.troubles = [];
addEventListener("error", (event) => troubles.push(event.message || event.target.outerHTML), true);
addEventListener("unhandledrejection", (event) => troubles.push(String(event.reason)));
</script>"""
"""Notes what goes wrong in a page, from its beginning."""

WANTED = ("firefox",) if os.environ.get("CI") else ()
"""Engines without which the tests fail rather than being skipped."""


class WatchedHandler(SimpleHTTPRequestHandler):
    """Serves files, pages with a script that watches them, and says nothing."""

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        found = Path(self.translate_path(self.path))
        if found.suffix != ".html" or not found.is_file():
            super().do_GET()
            return
        content = found.read_bytes().replace(b"<head>", WATCH, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@dataclass(frozen=True, slots=True)
class Site:
    """A built book, and where a server shows it."""

    root: Path
    url: str

    def address(self, path: str, base: str = "http") -> str:
        """Where to open a page: from a server (``http``) or from the disk (``file``)."""
        return self.url + path if base == "http" else f"{self.root.as_uri()}/{path}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The book `reading`, built."""
    book = tmp_path_factory.mktemp("engines") / "reading"
    for path, content in reading.files().items():
        (book / path).parent.mkdir(parents=True, exist_ok=True)
        (book / path).write_bytes(content)
    assert () == build(book, BuildOptions(to=("html",), jobs=2)).diagnostics
    root = book / "_build" / "html"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(WatchedHandler, directory=str(root)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(root, f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session", params=sorted(driving.ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[driving.Browser]:
    """One of the browsers; where it is absent its tests are skipped."""
    try:
        browser = driving.ENGINES[request.param]()
    except driving.RefusedError as why:
        if request.param in WANTED:
            pytest.fail(str(why))
        pytest.skip(str(why))
    yield browser
    browser.close()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at a browser, with the site before them."""

    browser: driving.Browser
    site: Site

    def open(self, path: str, base: str = "http") -> driving.Browser:
        """Go to a page of the site."""
        self.browser.open(self.site.address(path, base))
        self.browser.move("#main h1")
        return self.browser


@pytest.fixture
def reader(engine: driving.Browser, site: Site) -> Iterator[Reader]:
    """A reader on a desktop who has not been here before; nothing may have gone wrong before their eyes."""
    engine.resize(1280, 900)
    engine.open(site.address("en/index.html"))
    engine.ask("localStorage.clear(); sessionStorage.clear(); return 0")
    engine.move("header.bar .book")
    yield Reader(engine, site)
    troubles: Any = engine.ask("window.troubles ?? []")
    assert [] == troubles
