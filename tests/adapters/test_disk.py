"""Files on disk: what is inside, what a glob finds, and writing that is all or nothing."""

from __future__ import annotations

import errno
import os
import re
import stat

import pytest

from etude.adapters import disk
from etude.adapters.disk import DiskFiles, WriteError, glob_pattern, names_in, write_atomic


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    for name in (
        "etude.toml",
        "zh/a.md",
        "zh/b/c.md",
        "zh/b/d.txt",
        ".git/x.md",
        "_build/x.md",
        "node_modules/x.md",
        "env/x.md",
        "env/pyvenv.cfg",
        "kept/.etude-results",
        "kept/x.md",
        "results/y.md",
        "zh/.hidden.md",
    ):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.md").write_text("secret")
    (root / "out.md").symlink_to(tmp_path / "secret" / "s.md")
    (root / "outside").symlink_to(tmp_path / "secret")
    (root / "in.md").symlink_to(root / "zh" / "a.md")
    (root / "zh" / "loop").symlink_to(root / "zh")
    return root


def test_reading(book):
    files = DiskFiles(book)
    assert files.read("zh/a.md") == b"zh/a.md"
    assert files.read("in.md") == b"zh/a.md"
    assert files.read("zh/b/../a.md") == b"zh/a.md"


@pytest.mark.parametrize(
    "path",
    [
        "no.md",
        "out.md",
        "outside/s.md",
        "../secret/s.md",
        "/etc/passwd",
        "zh",
        "a\0b",
        "zh/../../secret/s.md",
    ],
)
def test_what_is_not_there(book, path):
    files = DiskFiles(book)
    assert not files.exists(path)
    with pytest.raises(OSError):
        files.read(path)


def test_inside(book):
    files = DiskFiles(book)
    assert [files.inside(path) for path in ("zh/a.md", "no.md", "out.md", "../secret", "/etc")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.md", ("in.md",)),
        ("zh/*", ("zh/a.md",)),
        ("zh/**", ("zh/a.md", "zh/b/c.md", "zh/b/d.txt")),
        ("**/*.md", ("in.md", "results/y.md", "zh/a.md", "zh/b/c.md")),
        ("kept/*.md", ("kept/x.md",)),
        ("zh/a.md", ("zh/a.md",)),
        ("./zh/?.md", ("zh/a.md",)),
        ("zh/[a-b].md", ("zh/a.md",)),
        ("zh/[!a].md", ()),
        ("../secret/*", ()),
        ("/etc/*", ()),
        ("outside/*", ()),
        ("", ()),
        ("no/*", ()),
    ],
)
def test_glob(book, pattern, found):
    assert found == DiskFiles(book).glob(pattern)


def test_what_a_run_finds_in_a_folder(book):
    found = ("etude.toml", "in.md", "out.md", "outside", "results", "zh")
    assert found == names_in(str(book), "")
    assert "kept" in (names_in(str(book), str(book)) or ()), "folders outside of a book are as they are"
    assert None is names_in(str(book), "no")


@pytest.mark.parametrize(
    "pattern", ["[", "[]", "a[b", "[]a]", "[!]", "[^x]", "[[]", "**", "a**b", "\\", "(x", "[z-a]"]
)
def test_any_pattern_compiles(pattern):
    try:
        glob_pattern(pattern)
    except re.error as error:
        pytest.fail(str(error))


def test_writing(tmp_path):
    place = tmp_path / "new" / "a.txt"
    assert write_atomic(place, b"one")
    assert not write_atomic(place, b"one")
    assert write_atomic(place, b"two")
    assert place.read_bytes() == b"two"
    assert [entry.name for entry in place.parent.iterdir()] == ["a.txt"]


def test_an_equal_file_is_not_touched(tmp_path):
    place = tmp_path / "a.txt"
    write_atomic(place, b"one")
    os.utime(place, (1, 1))
    write_atomic(place, b"one")
    assert place.stat().st_mtime == 1


def test_permissions_are_those_of_other_files(tmp_path):
    other = tmp_path / "other"
    other.write_text("")
    write_atomic(tmp_path / "a", b"")
    assert stat.S_IMODE(other.stat().st_mode) == stat.S_IMODE((tmp_path / "a").stat().st_mode)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "permission is denied"),
    ],
)
def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, number, reason):
    place = tmp_path / "a.txt"
    write_atomic(place, b"old")

    def fail(*_args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk.os, "replace", fail)
    with pytest.raises(WriteError) as caught:
        write_atomic(place, b"new")
    assert (caught.value.path, caught.value.reason) == (place, reason)
    assert place.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_in_the_way(tmp_path):
    (tmp_path / "a").write_text("file")
    with pytest.raises(WriteError):
        write_atomic(tmp_path / "a" / "b", b"")
    (tmp_path / "dir").mkdir()
    with pytest.raises(WriteError):
        write_atomic(tmp_path / "dir", b"")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "dir"]
