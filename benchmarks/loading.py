"""What a browser fetches and does to show a page: from its own tracing and its own account of the network."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KINDS = ("page", "style", "script", "font", "image", "other")
_PACKED = (".html", ".css", ".js", ".svg", ".json", ".txt", ".xml")
"""What hosts compress; WOFF2 and pictures are compressed as they are."""
_CATEGORIES = ("loading", "devtools.timeline", "toplevel", "blink.user_timing")
_LONG = 50_000
"""Microseconds from which on a task is long (Long Tasks API)."""
_QUIET = 400
"""Milliseconds without a request after which a page is taken to be at rest."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to the network."""

    latency: float
    """Milliseconds, there and back."""
    speed: float
    """Bytes a second, both ways."""


SLOW_4G = Link(150, 1_638_400 / 8)
"""As Lighthouse throttles (“slow 4G”)."""


@dataclass(frozen=True, slots=True)
class Loading:
    """How a page came to be shown. Times are milliseconds after the request."""

    sizes: dict[str, int]
    """Bytes transferred by kind, with headers."""
    requests: tuple[str, ...]
    first: float
    """First Contentful Paint."""
    largest: float
    """Largest Contentful Paint."""
    shift: float
    """Cumulative Layout Shift of all time, without windows: never less than what others report."""
    blocked: float
    """Total Blocking Time: of every task after the first paint, what is longer than 50 ms."""
    ready: float
    """When the last of the page's scripts had run."""

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.sizes.values())


class _Packing(SimpleHTTPRequestHandler):
    """Serves files as common hosts do: text is compressed, and may be kept."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "files", ""

    def __init__(self, *args: Any, wait: Callable[[str], float], **named: Any) -> None:
        self._wait = wait
        super().__init__(*args, **named)

    def do_GET(self) -> None:
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        time.sleep(self._wait(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        packed = path.suffix in _PACKED
        if packed:
            content = gzip.compress(content, 6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, wait: Callable[[str], float] = lambda _: 0) -> Iterator[str]:
    """The address of a server of a folder; `wait` gives the seconds before each path is answered."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Packing, directory=str(folder), wait=wait))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def load(
    browser: Any, address: str, *, slowdown: int = 1, link: Link | None = None, **options: Any
) -> Loading:
    """Show a page in a new browser context, whose `options` these are, with nothing kept from before."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        asked: dict[str, tuple[str, str]] = {}
        sizes = dict.fromkeys(KINDS, 0)

        def finished(event: dict[str, Any]) -> None:
            if event["requestId"] in asked:
                sizes[_kind(*asked[event["requestId"]])] += int(event["encodedDataLength"])

        def requested(event: dict[str, Any]) -> None:
            url = event["request"]["url"]
            if not url.startswith(("data:", "blob:")):
                asked[event["requestId"]] = (event.get("type", ""), url)

        session.on("Network.requestWillBeSent", requested)
        session.on("Network.loadingFinished", finished)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        if link is not None:
            limits = {
                "latency": link.latency,
                "downloadThroughput": link.speed,
                "uploadThroughput": link.speed,
            }
            session.send("Network.emulateNetworkConditions", {"offline": False, **limits})
        browser.start_tracing(page=page, categories=list(_CATEGORIES))
        page.goto(address, wait_until="networkidle")
        page.evaluate("() => document.fonts.ready.then(() => 0)")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_timeout(_QUIET)
        events = json.loads(browser.stop_tracing())["traceEvents"]
    finally:
        context.close()
    urls = tuple(url for _, url in asked.values())
    return Loading(sizes, urls, **_times(events, address))


def _kind(kind: str, url: str) -> str:
    path = url.partition("?")[0]
    if "/fonts/" in path or re.search(r"\.(woff2?|ttf|otf)$", path):
        return "font"
    known = {"Document": "page", "Stylesheet": "style", "Script": "script", "Font": "font", "Image": "image"}
    return known.get(kind, "image" if path.endswith((".svg", ".png", ".ico")) else "other")


def _times(events: list[dict[str, Any]], address: str) -> dict[str, float]:
    starts = [e for e in events if e["name"] == "navigationStart" and _loads(e, address)]
    begin = starts[-1]
    process, origin = begin["pid"], begin["ts"]
    own = [e for e in events if e["pid"] == process and e.get("ts", 0) >= origin]
    paints = [e for e in own if e["name"] == "firstContentfulPaint"]
    first = paints[0]["ts"]
    largest = [e["ts"] for e in own if e["name"] == "largestContentfulPaint::Candidate"]
    shifts = [e["args"]["data"] for e in own if e["name"] == "LayoutShift"]
    scripts = [e["ts"] + e.get("dur", 0) for e in own if e["name"] == "EvaluateScript"]
    main = paints[0]["tid"]
    tasks = [e for e in own if e["tid"] == main and e["name"].endswith("RunTask") and e["ts"] >= first]
    return {
        "first": (first - origin) / 1000,
        "largest": (max(largest, default=first) - origin) / 1000,
        "shift": sum(data["score"] for data in shifts),
        "blocked": sum(max(0, e.get("dur", 0) - _LONG) for e in tasks) / 1000,
        "ready": (max(scripts, default=first) - origin) / 1000,
    }


def _loads(event: dict[str, Any], address: str) -> bool:
    data = event.get("args", {}).get("data", {})
    return bool(data.get("documentLoaderURL", "").startswith(address.partition("#")[0]))
