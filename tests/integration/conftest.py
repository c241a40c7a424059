"""Whole books that a test writes, and the command line as a person uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etude.build import BuildOptions, BuildReport, build
from etude.cli import main

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\n'

Content = str | bytes | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said in JSON, and how it ended."""

    code: int
    document: dict[str, Any]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Rule and place of each problem: ``("file-missing", "a.md:3:1")``."""
        found = []
        for one in self.document["diagnostics"]:
            start = one["start"]
            place = f"{one['path']}:{start['line']}:{start['column']}" if start else one["path"]
            found.append((one["rule"], place))
        return found

    @property
    def rules(self) -> list[str]:
        """Rules of the problems."""
        return [one["rule"] for one in self.document["diagnostics"]]


class Book:
    """A book in a folder of its own."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str] | None) -> None:
        self.root = root
        self.capsys = capsys

    def write(self, files: Mapping[str, Content]) -> None:
        """Write files; None removes one."""
        for path, content in files.items():
            place = self.root / path
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        """A text file of the book, or of its outputs."""
        return (self.root / path).read_text("utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that is there."""
        text = self.read(path)
        assert old in text
        self.write({path: text.replace(old, new)})

    def build(self, **options: Any) -> BuildReport:
        """Build as a program does."""
        return build(self.root, BuildOptions(**{"jobs": 2, **options}))

    def command(self, name: str, *args: str) -> Said:
        """Run a command of the program on the book."""
        assert self.capsys is not None
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([name, str(self.root), "--format", "json", *args])
        out, _ = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), json.loads(out) if out else {"diagnostics": []})

    def process(self, name: str, *args: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a command of the program in a process of its own."""
        command = [sys.executable, "-m", "etude", name, str(self.root), "--format", "json", *args]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
        )

    def alone(self, name: str, *args: str, **environment: str) -> Said:
        """Run a command of the program in a process of its own."""
        with self.process(name, *args, **environment) as process:
            out, _ = process.communicate()
        return Said(process.returncode, json.loads(out))

    def outputs(self, folder: str = "_build") -> dict[str, bytes]:
        """Every output by its path."""
        out = self.root / folder
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}

    def copy(self, to: Path, *, state: bool = True) -> Book:
        """The same book in another folder, with or without what builds made."""
        left = () if state else ("_build", ".etude")
        shutil.copytree(self.root, to, ignore=shutil.ignore_patterns(*left))
        return Book(to, self.capsys)


def write_book(root: Path, files: Mapping[str, Content], capsys: Any = None, *, bare: bool = False) -> Book:
    """Make a book of some files; unless it is `bare`, it has an `etude.toml` and a front page anyway."""
    book = Book(root, capsys)
    book.write(files if bare else {"etude.toml": CONFIG, "index.md": "# Home\n", **files})
    return book


@pytest.fixture(scope="session")
def make_book() -> Callable[..., Book]:
    """Make a book in a folder."""
    return write_book


@pytest.fixture
def new_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Book]:
    """Make a book in a folder of the test's own."""
    return lambda files, name="book": write_book(tmp_path / name, files, capsys)
