"""What git tells of the files of a book."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from etude.adapters import history as asked
from etude.adapters.history import HistoryError, Past, history, places, present
from etude.build.watch import stamp

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(root: Path, *words: str, day: int = 1) -> None:
    when = f"2026-01-{day:02}T12:00:00+08:00"
    names = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", *words], cwd=root, env={**os.environ, **names, **dates}, check=True, capture_output=True
    )


def day(number: int) -> str:
    return f"2026-01-{number:02}T12:00:00+08:00"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book in a folder of a repository, with two commits."""
    root = tmp_path / "repository" / "书"
    root.mkdir(parents=True)
    git(root.parent, "init", "-b", "main")
    (root / "a.md").write_text("# A\n\nOne.\n\nTwo.\n\nThree.\n")
    (root / "中.md").write_text("# 中\n")
    git(root, "add", ".")
    git(root, "commit", "-m", "First", day=1)
    (root / "a.md").write_text("# A\n\nOne.\n\nTwo.\n\nThree.\n\nFour.\n")
    git(root, "commit", "-am", "Of four: more\n\nAnd why.", day=2)
    return root


def test_when_files_came_and_changed(book: Path) -> None:
    assert {"a.md": Past(day(1), day(2), "Of four: more"), "中.md": Past(day(1), day(1), "First")} == history(
        book
    )


def test_a_moved_file_keeps_its_past(book: Path) -> None:
    git(book, "mv", "a.md", "b.md")
    git(book, "commit", "-m", "Moved", day=3)
    assert Past(day(1), day(2), "Of four: more") == history(book)["b.md"]


def test_the_beginning_of_a_shallow_clone_tells_nothing(book: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--depth", "1", f"file://{book.parent}", str(clone))
    assert {} == history(clone / "书")
    assert str(clone / ".git" / "shallow") in places(clone)


def test_outside_of_git_nothing_is_known(tmp_path: Path) -> None:
    assert {} == history(tmp_path)
    assert () == places(tmp_path)


def test_a_commit_shows_in_the_places_that_are_watched(book: Path) -> None:
    before = [stamp(place) for place in places(book)]
    assert before == [stamp(place) for place in places(book)]
    (book / "a.md").write_text("# A\n")
    git(book, "commit", "-am", "Less", day=3)
    assert before != [stamp(place) for place in places(book)]


def test_a_checkout_of_its_own_folder(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(book, "worktree", "add", str(other), "-b", "next")
    assert history(book) == history(other / "书")
    before = [stamp(place) for place in places(other)]
    git(other, "commit", "--allow-empty", "-m", "x", day=4)
    assert before != [stamp(place) for place in places(other)]


@pytest.mark.parametrize("ask", [present, history])
def test_a_git_that_does_not_answer_is_ended(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Path], object]
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    started = tmp_path / "started"
    slow.write_text(f'#!/bin/sh\necho $$ > "{started}"\nexec sleep 600\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent), prepend=os.pathsep)
    # Long enough for a busy machine to have started it, which is all that is asked of it.
    monkeypatch.setattr(asked, "_SECONDS", 2)
    with pytest.raises(HistoryError, match=r"^git took longer than 2 seconds$"):
        ask(book)
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
