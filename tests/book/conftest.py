"""What the tests of the data layer share: a web site, and a machine without a network."""

import functools
import gzip
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.toys import CONTENTS, Handler, Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site that holds the toy data set."""
    site = Site("")
    handler = functools.partial(Handler, site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.address = f"http://127.0.0.1:{server.server_port}/d"
        for name, contents in CONTENTS.items():
            site.files[f"/d/{name}.gz"] = gzip.compress(contents)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def dead_address() -> str:
    """The address of a server that is down."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no tools on the path, no proxy: nothing real is used."""
    monkeypatch.setenv("ETUDE_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv("ETUDE_OFFLINE", raising=False)
    monkeypatch.delenv("ETUDE_DATA_URL", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    return tmp_path / "cache" / "toy"
