"""Which files of a book changed since a moment: told without any clock."""

from __future__ import annotations

import os

import pytest

from etude.adapters import stamps
from etude.adapters.stamps import Stamps


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    for name in ("a.txt", "data/b.txt", ".hidden/c.txt", "_build/d.txt", "env/pyvenv.cfg", "env/e.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("old")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "o.txt").write_text("old")
    (root / "linked").symlink_to(tmp_path / "outside")
    (root / "data" / "round").symlink_to(root)
    return root


@pytest.mark.parametrize("name", ["a.txt", "data/b.txt", "linked/o.txt"])
@pytest.mark.parametrize("when", [1, 4_000_000_000, None])
def test_another_content_of_the_same_size(book, name, when):
    stat = (book / name).stat()
    before = Stamps(str(book))
    assert not before.changed(name)
    (book / name).write_text("new")
    os.utime(book / name, ns=(stat.st_atime_ns, stat.st_mtime_ns) if when is None else (when, when))
    assert before.changed(name)
    assert (name,) == before.among(["a.txt", "data/b.txt", "linked/o.txt"])


def test_what_is_not_of_the_book_is_not_listed(book):
    before = Stamps(str(book))
    assert not any(before.listed_anew(folder) for folder in ("", "data"))
    (book / "env").rename(book / "other")
    assert not before.listed_anew("")
    (book / "d.txt").write_text("")
    assert before.listed_anew("")


def test_files_that_come_and_go(book):
    before = Stamps(str(book))
    (book / "a.txt").unlink()
    for name in ("data/late.txt", "more/late.txt", ".hidden/late.txt", "_build/late.txt", "env/late.txt"):
        (book / name).parent.mkdir(exist_ok=True)
        (book / name).write_text("new")
    found = before.among(
        [
            "a.txt",
            "data/late.txt",
            "more/late.txt",
            ".hidden/late.txt",
            "_build/late.txt",
            "env/late.txt",
            "no",
        ]
    )
    assert ("a.txt", "data/late.txt", "more/late.txt") == found, "what runs do not find does not count"
    assert (True, False) == (before.known("a.txt"), before.known("more/late.txt"))


def test_names_in_folders(book):
    before = Stamps(str(book))
    assert not before.listed_anew("")
    assert not before.listed_anew("data")
    for name in ("nowhere", "env", "data/round", "_build"):
        assert not before.listed_anew(name)
    assert not before.changed("data/round/a.txt")
    (book / "data" / "late.txt").touch()
    (book / "more").mkdir()
    assert before.listed_anew("")
    assert before.listed_anew("data")
    assert before.listed_anew("more")


def test_what_is_behind_a_link_may_be_too_much(book, monkeypatch):
    monkeypatch.setattr(stamps, "_MOST_OUTSIDE", 0)
    before = Stamps(str(book))
    (book / "linked" / "o.txt").write_text("new")
    assert not before.changed("linked/o.txt"), "it is not known"
    assert not before.changed("a.txt")
