"""Hashes of inputs: what matches, and that unchanged files are not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etude.adapters import disk_inputs
from etude.adapters.disk_inputs import UNREADABLE, DiskInputs
from etude.adapters.memory import MemoryStore


@pytest.fixture
def book(tmp_path):
    for name in ("data/a.csv", "data/b.csv", "data/deep/c.csv", "data/.cache/d.csv", "x.bin"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
        os.utime(place, (1, 1))
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("data/*.csv", ["a.csv", "b.csv"]),
        ("data/**/*.csv", ["a.csv", "b.csv", "deep/c.csv"]),
        ("data", ["a.csv", "b.csv", "deep/c.csv"]),
        ("x.bin", ["x.bin"]),
        ("no.bin", []),
        ("data/.cache/*", ["d.csv"]),
        ("data/[[]x", []),
        ("*/a.csv", ["data/a.csv"]),
    ],
)
def test_matches(book, pattern, paths):
    assert paths == [path for path, _ in DiskInputs(book).hashes(pattern)]


def test_absolute_patterns(book, tmp_path_factory):
    other = DiskInputs(tmp_path_factory.mktemp("other"))
    assert DiskInputs(book).hashes("data/*.csv") == other.hashes(f"{book}/data/*.csv")


def test_content_counts(book):
    inputs = DiskInputs(book)
    before = inputs.hashes("data/*.csv")
    (book / "data" / "a.csv").write_text("other")
    after = inputs.hashes("data/*.csv")
    assert before[0] != after[0]
    assert before[1] == after[1]


@pytest.fixture
def read(monkeypatch):
    """Names of the files that are read."""
    names = []
    original = disk_inputs._hash

    def spy(place):
        names.append(Path(place).name)
        return original(place)

    monkeypatch.setattr(disk_inputs, "_hash", spy)
    return names


def test_unchanged_files_are_not_read_again(book, read, monkeypatch):
    monkeypatch.setattr(disk_inputs, "_SETTLED", -1)
    store = MemoryStore()
    before = DiskInputs(book, store).hashes("data/*.csv")
    assert sorted(read) == ["a.csv", "b.csv"]
    read.clear()
    assert before == DiskInputs(book, store).hashes("data/*.csv")
    assert read == []
    (book / "data" / "a.csv").write_text("longer than it was")
    assert before != DiskInputs(book, store).hashes("data/*.csv")
    assert read == ["a.csv"]


def test_files_that_changed_just_now_are_read_again(book, read):
    store = MemoryStore()
    DiskInputs(book, store).hashes("x.bin")
    DiskInputs(book, store).hashes("x.bin")
    assert read == ["x.bin", "x.bin"]


def test_a_damaged_memory_is_forgotten(book):
    store = MemoryStore()
    before = DiskInputs(book, store).hashes("x.bin")
    store.put("input", f"{book}/x.bin\n", b"{")
    assert before == DiskInputs(book, store).hashes("x.bin")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_files(book):
    (book / "x.bin").chmod(0)
    assert DiskInputs(book).hashes("x.bin") == (("x.bin", UNREADABLE),)


def test_loops_end(book):
    (book / "data" / "loop").symlink_to(book / "data")
    assert len(DiskInputs(book).hashes("data/**")) == 3
