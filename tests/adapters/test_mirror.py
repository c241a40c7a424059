"""Mirrors of books: made, and made again over what a run has left there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etude.adapters import mirror as mirrors
from etude.adapters.mirror import Mirror


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    for path, text in {
        "zh/a.md": "# A\n",
        "zh/data.csv": "1,2\n",
        "en/a.md": "# A\n",
        "helper.py": "x = 1\n",
        "en/b/c.txt": "c",
    }.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


@pytest.fixture
def mirror(book, tmp_path):
    made = Mirror(str(book), str(tmp_path / "mirror"), "zh", str(book / ".etude"))
    made.update()
    return made


def listing(place):
    """Every file of a folder with its content, links with where they lead."""
    found = {}
    for at, _, names in os.walk(place):
        for path in (Path(at, name) for name in names):
            link = path.is_symlink() and str(path.readlink())
            found[str(path.relative_to(place))] = link or path.read_text()
    return found


def fresh(book, tmp_path):
    made = Mirror(str(book), str(tmp_path / "fresh"), "zh", str(book / ".etude"))
    made.update()
    return listing(made.place), made


def test_what_is_in_a_mirror(book, mirror):
    assert listing(mirror.place) == {
        "zh/a.md": "# A\n",
        "zh/data.csv": "1,2\n",
        "en/a.md": str(book / "en/a.md"),
        "helper.py": "x = 1\n",
        "en/b/c.txt": "c",
    }
    assert mirror.folders["zh"] == ("a.md", "data.csv")


def test_what_a_run_did_is_undone(book, mirror, tmp_path):
    place = tmp_path / "mirror"
    (place / "zh/data.csv").write_text("9,9\n")
    (place / "zh/out.txt").write_text("out")
    (place / "zh/__pycache__").mkdir()
    (place / "zh/__pycache__/x.pyc").write_text("")
    (place / "helper.py").unlink()
    (place / "en/b").rename(place / "en/moved")
    (place / "en/a.md").unlink()
    (place / "en/a.md").mkdir()
    mirror.update()
    assert fresh(book, tmp_path)[0] == listing(mirror.place)


def test_what_the_book_became_is_there(book, mirror, tmp_path):
    (book / "zh/data.csv").write_text("3,4\n")
    (book / "zh/new").mkdir()
    (book / "zh/new/n.txt").write_text("n")
    (book / "helper.py").unlink()
    (book / "helper.py").mkdir()
    (book / "helper.py/inside.txt").write_text("i")
    (book / "en/b/c.txt").unlink()
    (book / "en/b").rmdir()
    mirror.update()
    now, other = fresh(book, tmp_path)
    assert now == listing(mirror.place)
    assert (other.files, other.folders, other.links) == (mirror.files, mirror.folders, mirror.links)


def test_a_change_that_keeps_size_and_time_is_seen(book, mirror):
    place = book / "zh/data.csv"
    before = place.stat()
    place.write_text("7,8\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    mirror.update()
    assert listing(mirror.place)["zh/data.csv"] == "7,8\n"


def test_what_stays_the_same_is_not_copied_again(mirror, monkeypatch):
    def never(*_args):
        raise AssertionError

    monkeypatch.setattr(mirrors.shutil, "copyfile", never)
    mirror.update()


def test_large_files_are_links(book, mirror, monkeypatch):
    monkeypatch.setattr(mirrors, "_COPIED", 2)
    mirror.update()
    assert str(book / "zh/data.csv") == listing(mirror.place)["zh/data.csv"]
    assert mirror.links == {str(book / path): path for path in ("zh/a.md", "zh/data.csv", "helper.py")}
