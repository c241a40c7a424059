"""The search for a data set: its places and their order, against a local server."""

import gzip
import lzma
import stat
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from data import _files, _http, _resolver
from data.__main__ import table
from data._files import DataWarning
from data._tools import Unavailable

from tests.book.toys import CONTENTS, TOY, Site, fill, pack, sha256

pytestmark = pytest.mark.usefixtures("cache")


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


# --- the packed sample -----------------------------------------------------


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_data_page_lists_every_set(language):
    page = (Path(__file__).parents[2] / "book" / language / "appendix" / "data.md").read_text("utf-8")
    assert table(language) in page
