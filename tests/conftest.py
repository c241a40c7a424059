"""What all tests share: rewriting of golden files, on request only; one browser; servers for files."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import settings

from etude.build.faces import faces
from etude.build.workers import Workers

# Machines differ and are busy: how long an example takes is no property of the code.
settings.register_profile("etude", deadline=None)
settings.load_profile("etude")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite golden files instead of comparing with them"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Fonts that were cut once are kept between runs, but not among the user's own.
    os.environ["ETUDE_CACHE"] = str(config.rootpath / ".pytest_cache" / "etude")
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are rewritten by a person who reads them, not in CI")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def theme_faces() -> dict[str, bytes]:
    """The faces of the theme as WOFF2, by name; cut once and then kept."""
    with Workers(2) as workers:
        found = {name: get() for name, get in faces("→", workers).items()}
    return {name: content for name, content in found.items() if content is not None}


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-gpu")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's browser; where it is absent tests are skipped, but never in CI."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"none of these is installed: {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- other tests run without it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def require(*packages: str) -> None:
    """Skip a test where a package of the group `test` is absent, but never in CI."""
    absent = [name for name in packages if find_spec(name) is None]
    if absent and os.environ.get("CI"):
        pytest.fail(f"not installed: {', '.join(absent)}")
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")


class S3:
    """A server that speaks S3 and remembers what it was asked."""

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
        from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415

        class Quiet(WSGIRequestHandler):
            def log(self, *_: object) -> None: ...

        self.requests: list[str] = []
        self.app = DomainDispatcherApplication(create_backend_app)
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.requests.append(environ["REQUEST_METHOD"])
        return self.app(environ, start)

    def fill(self, folder: str, names: Iterable[str]) -> None:
        """Put objects into the bucket without asking for each."""
        from moto.core import DEFAULT_ACCOUNT_ID  # noqa: PLC0415
        from moto.s3.models import s3_backends  # noqa: PLC0415

        for name in names:
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("books", f"{folder}/{name}", b"x")

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """A server with the bucket `books`; the environment says where it is and who we are."""
    require("moto", "flask", "flask_cors", "s3fs")
    import s3fs  # noqa: PLC0415 -- other tests run without it

    server = S3()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server.server_port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "ada")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.delenv("AWS_PROFILE", raising=False)
        s3fs.S3FileSystem().mkdir("books")
        yield server
    server.close()


@pytest.fixture(scope="session")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server that speaks SSH lets files be kept."""
    require("asyncssh", "sshfs", "fsspec")
    import asyncssh  # noqa: PLC0415 -- other tests run without it
    import fsspec  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("ssh")

    connections: list[asyncssh.SSHServerConnection] = []

    class Server(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            connections.append(conn)

        def begin_auth(self, _username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("ada", "secret")

    async def serve() -> asyncssh.SSHAcceptor:
        key = asyncssh.generate_private_key("ssh-ed25519")
        files = lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode())  # noqa: E731
        return await asyncssh.create_server(
            Server, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=files
        )

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve(), loop).result()
    login = {"username": "ada", "password": "secret", "known_hosts": None, "port": server.get_port()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(fsspec.config.conf, "ssh", login)
        yield "ssh://127.0.0.1"

    async def stop() -> None:
        server.close()
        for connection in connections:
            connection.abort()
            await connection.wait_closed()
        await server.wait_closed()

    asyncio.run_coroutine_threadsafe(stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
