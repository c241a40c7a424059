"""The tools that are measured: how each is called, where it puts its pages, and how it is made to forget."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv-jb1"


class Tool(Protocol):
    """A program that makes a website of a book."""

    name: str
    folder: str
    """The name of its version of the generated book."""

    def prepare(self) -> str:
        """Install it if needed; its version."""

    def accepts(self, book: Path) -> bool:
        """Whether it can build the book in this folder."""

    def command(self, book: Path, out: Path) -> Sequence[str | Path]:
        """What builds a book."""

    def site(self, out: Path) -> Path:
        """Where the pages are then."""

    def reset(self, book: Path, out: Path) -> None:
        """Remove all that earlier builds left."""


class EtudeTool:
    """Etude, as installed for the Python that runs this."""

    name = "Etude"
    folder = "etude"

    def __init__(self, options: Sequence[str] = ()) -> None:
        self.options = tuple(options)

    def prepare(self) -> str:
        """Install it if needed; its version."""
        return version("etude")

    def accepts(self, book: Path) -> bool:
        """Whether it can build the book in this folder."""
        return (book / "etude.toml").exists()

    def command(self, book: Path, out: Path) -> Sequence[str | Path]:
        """What builds a book."""
        fixed = ("--to", "html", "--execute", "off", "--out", out)
        return (sys.executable, "-m", "etude", "build", book, *fixed, *self.options)

    def site(self, out: Path) -> Path:
        """Where the pages are then."""
        return out / "html"

    def reset(self, book: Path, out: Path) -> None:
        """Remove all that earlier builds left."""
        shutil.rmtree(book / ".etude", ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)


class JupyterBookTool:
    """Jupyter Book 1 in an environment of its own, which is made at the first use."""

    name = "Jupyter Book 1"
    folder = "jupyter-book"

    def prepare(self) -> str:
        """Install it if needed; its version."""
        program = VENV / "bin" / "jupyter-book"
        if not program.exists():
            print(f"installing Jupyter Book 1 in {VENV} …", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
            pip: list[str | Path] = [
                VENV / "bin" / "python",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]
            subprocess.run([*pip, "--requirement", HERE / "jupyter-book-1.txt"], check=True)
        lines = subprocess.run(
            [program, "--version"], check=True, capture_output=True, text=True
        ).stdout.split("\n")
        return lines[0].rpartition(":")[2].strip()

    def accepts(self, book: Path) -> bool:
        """Whether it can build the book in this folder."""
        return (book / "_toc.yml").exists()

    def command(self, book: Path, out: Path) -> Sequence[str | Path]:
        """What builds a book."""
        return (VENV / "bin" / "jupyter-book", "build", "--quiet", book, "--path-output", out)

    def site(self, out: Path) -> Path:
        """Where the pages are then."""
        return out / "_build" / "html"

    def reset(self, book: Path, out: Path) -> None:
        """Remove all that earlier builds left."""
        shutil.rmtree(book / "_build", ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
