"""What is installed: versions by the names that pages import."""

from __future__ import annotations

import sys

import msgspec
import pytest

from etude.adapters.memory import MemoryStore
from etude.adapters.packages import InstalledPackages


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that is searched for packages."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def install(site, name, version, *, tops="", record=""):
    place = site / f"{name}-{version}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    if tops:
        (place / "top_level.txt").write_text(tops)
    (place / "RECORD").write_text(record)
    return place


def test_versions_by_the_names_that_pages_import(site):
    install(site, "Big-Thing", "1.2", tops="bigthing\n_big\n")
    install(
        site, "other", "3", record="odd/__init__.py,,\nodd/x.py,,\nsingle.py,,\nother-3.dist-info/RECORD,,\n"
    )
    installed = InstalledPackages()
    found = [installed.version("python3", name) for name in ("bigthing", "_big", "odd", "single", "nothing")]
    assert found == ["Big-Thing 1.2", "Big-Thing 1.2", "other 3", "other 3", ""]
    assert installed.version("python3", "python") == f"cpython {'.'.join(map(str, sys.version_info[:3]))}"
    assert (installed.version("python3", "msgspec") or "").startswith("msgspec ")


def test_of_unknown_kernels_nothing_is_known(tmp_path):
    assert InstalledPackages().version("no-such-kernel", "numpy") is None
    assert InstalledPackages().version(str(tmp_path / "bin" / "python"), "numpy") is None


def test_an_upgrade_is_seen(site):
    store = MemoryStore()
    old = install(site, "thing", "1", tops="thing")
    assert InstalledPackages(store).version("python3", "thing") == "thing 1"
    for file in old.iterdir():
        file.unlink()
    old.rmdir()
    install(site, "thing", "2", tops="thing")
    assert InstalledPackages(store).version("python3", "thing") == "thing 2"


def test_what_was_looked_at_is_kept(site):
    store = MemoryStore()
    place = install(site, "thing", "1", tops="thing")
    InstalledPackages(store).version("python3", "thing")
    (place / "top_level.txt").write_bytes(b"renamed")  # the folder itself does not change
    assert InstalledPackages(store).version("python3", "thing") == "thing 1"
    (kept,) = [
        msgspec.msgpack.decode(data) for (kind, _), data in store.content.items() if kind == "packages"
    ]
    assert str(place) in kept


def test_metadata_that_cannot_be_read_do_no_harm(site):
    (site / "broken-1.dist-info").mkdir()
    (site / "empty.egg-info").write_text("")
    assert InstalledPackages().version("python3", "broken") == ""
