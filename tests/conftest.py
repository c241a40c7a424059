"""What all tests share: golden files rewritten on request only; one browser; packages; servers for files."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from PIL import Image, ImageChops, ImageFilter, ImageStat

from etude.adapters.lock import BuildLock
from etude.adapters.user_cache import user_cache
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
    # Fonts that were cut once are kept between runs, but not among the user's own; a build of the user's may
    # have cut some already. Their names say what they were made of, and by which program.
    kept, cache = user_cache() / "fonts", config.rootpath / ".pytest_cache" / "etude"
    os.environ["ETUDE_CACHE"] = str(cache)
    if not hasattr(config, "workerinput") and kept.is_dir() and kept != cache / "fonts":
        shutil.copytree(kept, cache / "fonts", dirs_exist_ok=True)
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are rewritten by a person who reads them, not in CI")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))


SLOWEST = (
    *("integration/test_checkpoints", "differential/test_differential", "browser/test_accessible"),
    *("worker/test_checkpoint", "integration/test_environments", "worker/test_parent"),
    *("integration/test_keras", "book/test_determinism", "browser/test_search", "browser/test_live"),
    *("integration/test_seeds", "browser/test_previews", "browser/test_places", "browser/test_weight"),
    *("integration/test_ray", "integration/test_execution", "integration/test_verify", "worker/test_digest"),
    *("adapters/test_environments", "adapters/test_jupyter", "adapters/test_lean_copies"),
    *("integration/test_killed", "integration/test_bad_input", "worker/test_keras", "live/test_session"),
    *("render/test_browser", "render/test_assets", "integration/test_run", "faults/test_two"),
)
"""Files of tests that take longest, the longest first: what is begun last must not be waited for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    place = {tests / f"{name}.py": number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def difference(one: Image.Image, other: Image.Image, scale: int = 4) -> tuple[float, float]:
    """How far two pictures are apart: on average, of 255; and the share of pixels that are far apart.

    Fonts and their rendering differ between machines, so pictures are compared `scale` times smaller and
    blurred: what counts is where there is ink, how dark, and of which colour.
    """
    little = [
        image.resize((image.width // scale, image.height // scale), Image.Resampling.BOX).filter(
            ImageFilter.GaussianBlur(1.5)
        )
        for image in (one, other)
    ]
    between = ImageChops.difference(*little).convert("L")
    counts = between.histogram()
    return ImageStat.Stat(between).mean[0], sum(counts[64:]) / sum(counts)


@pytest.fixture(scope="session", name="difference")
def _difference() -> Callable[[Image.Image, Image.Image], tuple[float, float]]:
    """Tells how far two pictures are apart."""
    return difference


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Have a folder filled by the first process of this run that asks for it, for all of them."""
    base = tmp_path_factory.getbasetemp()
    top = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"

    def folder(name: str, fill: Callable[[Path], None]) -> Path:
        place = top / name
        with BuildLock(top / f"{name}.lock", wait=600):
            if not place.exists():
                # What is left of a failure is not taken for the whole.
                draft = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=top))
                fill(draft)
                draft.rename(place)
        return place

    return folder


@pytest.fixture(scope="session")
def theme_faces(once: Once) -> dict[str, bytes]:
    """The slices of the theme's faces as WOFF2, by name; cut once and then kept."""

    def cut(folder: Path) -> None:
        with Workers(2) as workers:
            for get in faces("→", workers):
                for name, content in get().items():
                    (folder / name).write_bytes(content)

    return {place.name: place.read_bytes() for place in once("faces", cut).iterdir()}


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHOUT = (
    # What Playwright leaves out, too: a list of ours takes the place of its own.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *(
        "ThirdPartyStoragePartitioning",
        "OptimizationHints",
        "NetworkTimeServiceQuerying",
        "PreconnectToSearch",
    ),
    # Lists below the address bar, which nobody sees here: two pages that each window loads, for half of what
    # opening one of ours costs.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
"""Features of the browser itself that are no part of pages."""
FLAGS = (
    *("--no-sandbox", "--disable-background-networking", "--disable-gpu"),
    f"--disable-features={','.join(WITHOUT)}",
)


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


class Serving:
    """`etude serve` in a process of its own."""

    def __init__(self, root: Path, *options: str) -> None:
        """Serve the book in `root` at a free port; returns when it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "etude", "serve", str(root), "--no-open", "--port", "0", *options],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        assert self.process.stderr is not None
        self.said: list[str] = []
        while not self.said or "serving" not in self.said[-1]:
            self.said.append(self.process.stderr.readline())
            assert self.said[-1], f"it ended before it served: {self.said}"
        found = re.search(r"http://\S+/", self.said[-1])
        assert found is not None
        self.url = found[0]
        # What it says must not fill the pipe.
        self._thread = threading.Thread(target=lambda: self.said.extend(self.process.stderr or ()))
        self._thread.start()

    def close(self) -> str:
        """End it as Ctrl-C does; all that it said."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=60) == 0, self.said
        self._thread.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return "".join(self.said)


@pytest.fixture
def serve() -> Iterator[Callable[..., Serving]]:
    """Serves books; each must end in order and say nothing of a mistake of ours."""
    begun: list[Serving] = []

    def begin(root: Path, *options: str) -> Serving:
        begun.append(Serving(root, *options))
        return begun[-1]

    yield begin
    for one in begun:
        assert "Traceback" not in one.close()


class Packages:
    """Packages that a test makes, and the installers that find these and no others."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "packages"
        self.folder.mkdir()
        self.log, self.go = folder / "slow.log", folder / "slow.go"
        """Where the slow package notes each process that builds it, and what it waits for."""
        self.patch = patch
        for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
            patch.delenv(name)
        links = str(self.folder)
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": links}
        settings |= {"UV_NO_CONFIG": "1", "UV_OFFLINE": "1", "UV_NO_INDEX": "1", "UV_FIND_LINKS": links}
        settings |= {"UV_CACHE_DIR": str(folder / "uv-cache"), "ETUDE_CACHE": str(folder / "cache")}
        fonts = Path(os.environ["ETUDE_CACHE"], "fonts")  # cutting them takes long
        fonts.mkdir(parents=True, exist_ok=True)
        (folder / "cache").mkdir()
        (folder / "cache/fonts").symlink_to(fonts, target_is_directory=True)
        for name, value in settings.items():
            patch.setenv(name, value)
        self.add("demo", "1.0", {"demo.py": "version = '1.0'\n"})
        self.add("demo", "2.0", {"demo.py": "version = '2.0'\n"})
        # The kernel itself is taken from where the tests run: a `.pth` file leads there.
        self.add("ipykernel", "99.0", {"parent.pth": sysconfig.get_paths()["purelib"] + "\n"})

    @property
    def environments(self) -> Path:
        """Where environments are kept."""
        return Path(os.environ["ETUDE_CACHE"], "environments")

    def add(self, name: str, version: str, files: Mapping[str, str], folder: Path | None = None) -> Path:
        """A wheel of some files."""
        info = f"{name}-{version}.dist-info"
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        kind = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        found = {**files, f"{info}/METADATA": about, f"{info}/WHEEL": kind}
        sums = ((path, hashlib.sha256(text.encode()).digest(), len(text)) for path, text in found.items())
        lines = [f"{p},sha256={base64.urlsafe_b64encode(s).decode().rstrip('=')},{n}\n" for p, s, n in sums]
        place = (folder or self.folder) / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(place, "w") as wheel:
            for path, text in {**found, f"{info}/RECORD": "".join([*lines, f"{info}/RECORD,,\n"])}.items():
                wheel.writestr(path, text)
        return place

    def add_slow(self) -> None:
        """A package `slow` that is built where it is installed, and only when the file `go` is there."""
        wheel = self.add("slow", "1.0", {"slow.py": ""}, self.folder.parent)
        backend = f"""
import os, shutil, time, zipfile
def build_wheel(folder, settings=None, metadata=None):
    with open({str(self.log)!r}, "a") as log:
        log.write(f"{{os.getpid()}}\\n")
    while os.path.isdir({str(self.folder)!r}) and not os.path.exists({str(self.go)!r}):
        time.sleep(0.01)
    return os.path.basename(shutil.copy({str(wheel)!r}, folder))
def prepare_metadata_for_build_wheel(folder, settings=None):
    with zipfile.ZipFile({str(wheel)!r}) as wheel:
        wheel.extractall(folder, [name for name in wheel.namelist() if "dist-info" in name])
    return "slow-1.0.dist-info"
"""
        project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        about = "Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n"
        with tarfile.open(self.folder / "slow-1.0.tar.gz", "w:gz") as archive:
            files = {"pyproject.toml": project, "backend.py": backend, "PKG-INFO": about}
            for name, text in files.items():
                info = tarfile.TarInfo(f"slow-1.0/{name}")
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))

    def builders(self) -> list[int]:
        """Processes that have begun to build the slow package."""
        return [int(line) for line in self.log.read_text().split()] if self.log.exists() else []

    def use(self, installer: str) -> None:
        """Let Etude find this installer only; uv may stand beside the Python of the tests."""
        found = os.environ["PATH"].split(os.pathsep)
        without = [folder for folder in found if not shutil.which("uv", path=folder)]
        if installer == "uv":
            own = [str(Path(sys.executable).parent), *found]
            place = shutil.which("uv", path=os.pathsep.join(own))
            if place is None:
                pytest.skip("uv is not installed")
            (self.folder.parent / "bin").mkdir()
            (self.folder.parent / "bin/uv").symlink_to(place)
            without.insert(0, str(self.folder.parent / "bin"))
        self.patch.setenv("PATH", os.pathsep.join(without))

    def nothing(self) -> None:
        """From now on nothing can be installed."""
        self.patch.setenv("PIP_FIND_LINKS", os.devnull)
        self.patch.setenv("UV_FIND_LINKS", str(self.folder.parent / "nowhere"))
        self.patch.setenv("UV_CACHE_DIR", str(self.folder.parent / "empty"))


@pytest.fixture
def packages(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Packages:
    """Packages of the test's own, installed by pip unless it asks for uv."""
    made = Packages(tmp_path_factory.mktemp("packages"), monkeypatch)
    made.use("pip")
    return made


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
