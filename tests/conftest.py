"""What all tests share: rewriting of golden files, on request only; one browser; packages to install."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
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
