"""Waiting for changes of files."""

from __future__ import annotations

import os
import threading

import pytest

from etude.adapters import watching as module
from etude.adapters.watching import WatchError, Watching


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "book"
    (root / "en").mkdir(parents=True)
    (root / "en/a.md").write_text("a")
    return root


def until(watching, wanted):
    """All that was told until a file was."""
    found = set()
    while wanted not in found:
        found |= watching.wait()
    return found


def test_changes_are_told_by_their_path_in_the_book(root):
    with Watching(root) as watching:
        (root / "en/a.md").write_text("longer")
        assert {"en/a.md"} == until(watching, "en/a.md")
        (root / "top.md").write_text("a")
        assert {"top.md"} == until(watching, "top.md")
        (root / "en/a.md").unlink()
        assert {"en/a.md"} == until(watching, "en/a.md")


def test_polling_where_the_system_tells_nothing(root, monkeypatch):
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "20")
    with Watching(root) as watching:
        # Polling sees whole seconds only.
        os.utime(root / "en/a.md", (2_000_000_000, 2_000_000_000))
        assert {"en/a.md"} == until(watching, "en/a.md")


def test_what_is_written_on_the_side_is_not_told(root):
    for folder in (".etude", "_build", ".git", "en/__pycache__", "site"):
        (root / folder).mkdir()
    (root / "site/.etude-outputs").touch()
    with Watching(root) as watching:
        for path in (
            ".etude/x", "_build/x", ".git/x", "en/__pycache__/x.pyc", "site/index.html", ".a.md.swp", "a.md~",
            "en/.#a.md", "en/4913", "en/#a.md#", "en/.x.part",
        ):  # fmt: skip
            (root / path).write_text("x")
        (root / "en/last.md").write_text("x")
        assert {"en/last.md"} == until(watching, "en/last.md")


def test_a_new_folder_is_watched_with_all_that_is_in_it(root):
    with Watching(root) as watching:
        (root / "new/deep").mkdir(parents=True)
        (root / "new/deep/a.md").write_text("a")
        until(watching, "new/deep/a.md")
        (root / "new/deep/a.md").write_text("longer")
        until(watching, "new/deep/a.md")
        (root / "en/sub").mkdir()
        (root / "en/sub/b.md").write_text("a")
        assert "en/sub" in until(watching, "en/sub")


def test_folders_outside(root, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "x.csv").write_text("1")
    with Watching(root) as watching:
        watching.follow({str(data), str(root / "en"), str(tmp_path / "missing")})
        (data / "x.csv").write_text("22")
        assert {str(data / "x.csv")} == until(watching, str(data / "x.csv"))
        watching.follow(())
        (data / "x.csv").write_text("333")
        (root / "en/a.md").write_text("longer")
        assert {"en/a.md"} == until(watching, "en/a.md")


def test_changes_are_kept_while_nobody_waits_and_threads_end(root):
    before = threading.active_count()
    with Watching(root) as watching:
        (root / "en/a.md").write_text("longer")
        (root / "b.md").write_text("b")
        found = set()
        while not {"b.md", "en/a.md"} <= found:
            found |= watching.wait()
    assert before == threading.active_count()


def test_a_system_that_does_not_let_us(root, monkeypatch):
    def refuse(*_paths, **_how):
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(module, "watch", refuse)
    with Watching(root) as watching, pytest.raises(WatchError, match="limit reached"):
        watching.wait()
