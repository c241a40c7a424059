"""When the files of a book were added and changed, as the git repository that it lies in tells."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

__all__ = ["HistoryError", "Past", "committed", "history", "places", "present"]

_COMMITS: Final = 2000
"""How far back is looked; what happened before is not known."""
_SECONDS: Final = 20
_MARK: Final = "\x01"


class HistoryError(Exception):
    """Git did not answer; the message says why."""


class Past(Struct, frozen=True):
    """What is known of one file."""

    added: str = ""
    """When it came into the repository: ISO 8601, with the offset of who committed it."""
    changed: str = ""
    """When its content was last changed."""
    said: str = ""
    """The first line of what was said of that change."""


def places(root: Path) -> tuple[str, ...]:
    """The files that change when the history does, by absolute path; none outside a git repository."""
    folder = _git_folder(root)
    if folder is None:
        return ()
    common = folder / (_line(folder / "commondir") or ".")
    reference = _line(folder / "HEAD").removeprefix("ref: ")
    files = [folder / "HEAD", common / "packed-refs", common / "shallow", common / "reftable" / "tables.list"]
    if reference.startswith("refs/"):
        files.append(common / reference)
    return tuple(os.path.normpath(file) for file in files)


def present(root: Path) -> str:
    """What `history` depends on: the commit, where the clone begins and the folder; empty without a commit.

    Raises `HistoryError`.
    """
    folder = _git_folder(root)
    git = shutil.which("git")
    if folder is None or git is None:
        return ""
    lines = _ask(root, git, "rev-parse", "--verify", "--quiet", "HEAD", "--show-prefix")
    return f"{lines}{sorted(_begins(folder))}" if lines else ""


def history(root: Path) -> dict[str, Past]:
    """The past of each file below a folder, by its path there; raises `HistoryError`.

    Empty outside of a repository, and where there is no git.
    """
    folder = _git_folder(root)
    git = shutil.which("git")
    if folder is None or git is None:
        return {}
    log = _ask(
        *(root, git, "-c", "core.quotePath=false", "-c", "log.showSignature=false", "log", f"-n{_COMMITS}"),
        *("--no-merges", "--name-status", "--find-renames", "--no-ext-diff", "--no-color", "--relative"),
        *(f"--format={_MARK}%H%x1f%cI%x1f%s", "--", "."),
    )
    return _read(log, _begins(folder))


def _begins(folder: Path) -> frozenset[str]:
    """What a shallow clone begins with: its files seem to be added there, and are not."""
    common = folder / (_line(folder / "commondir") or ".")
    return frozenset(_text(common / "shallow").split())


def _ask(root: Path, git: str, *words: str) -> str:
    """What git prints; nothing where there is no commit yet. Raises `HistoryError`."""
    # A hook that builds must not make git look elsewhere.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 -- the user's own git, with no words of the book's
            (git, *words), cwd=root, env=environment, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise HistoryError(f"git took longer than {_SECONDS} seconds") from error
    except OSError as error:
        raise HistoryError(f"git cannot be run: {error.strerror or error}") from error
    if done.returncode == 1 and not done.stderr:
        return ""
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise HistoryError(said[0] if said else f"git ended with {done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def committed(root: Path) -> str:
    """When anything in a folder was last committed, in ISO 8601; empty where git does not tell.

    Raises `HistoryError`.
    """
    git = shutil.which("git")
    if _git_folder(root) is None or git is None:
        return ""
    return _ask(root, git, "-c", "log.showSignature=false", "log", "-1", "--format=%cI", "--", ".").strip()


def _read(log: str, begins: frozenset[str]) -> dict[str, Past]:
    """Commits, the newest first."""
    found: dict[str, Past] = {}
    now: dict[str, str] = {}
    """What a file is called today, by earlier names."""
    for commit in log.split(_MARK)[1:]:
        head, *lines = commit.splitlines()
        name, date, said = head.split("\x1f", 2)
        if name in begins:
            continue
        for state, path, before in _changes(lines):
            today = now.get(path, path)
            past = found.get(today, Past())
            if state[0] == "R":
                now[before] = today
            if not past.changed and state not in ("D", "R100"):
                past = Past(past.added, date, said)
            if state == "A" and not past.added:
                past = Past(date, past.changed, past.said)
            found[today] = past
    return {path: past for path, past in found.items() if past != Past()}


def _changes(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """What happened, the file's name after it, and that before it."""
    for line in lines:
        state, *names = line.split("\t")
        if state and names:
            yield state, names[-1], names[0]


def _git_folder(root: Path) -> Path | None:
    """Where git keeps what it knows of the checkout that a folder is in."""
    for folder in (root, *root.parents):
        place = folder / ".git"
        if place.is_dir():
            return place
        if place.is_file():
            return folder / _line(place).removeprefix("gitdir: ")
    return None


def _line(path: Path) -> str:
    return _text(path).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
