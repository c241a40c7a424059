"""The environment that all tools and all cells run in: made at the first use, beside the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
VENV = FOLDER / ".venv-execution"
PEERS = FOLDER / "execution-peers.txt"
SOURCES = FOLDER.parent / "src"

TINY = "benchmark_tiny"
"""A package of ours that is installed in several versions."""

_NAMES = ("jupyter-cache", "nbclient", "papermill", "ipykernel", "numpy", "matplotlib", "torch", "keras")
_ASK = f"""import importlib.metadata, json
found = {{}}
for name in {_NAMES!r}:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))"""
_NOT_BORROWED = ("pip", "setuptools", "_distutils_hack", "__pycache__", TINY)


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python with every tool and what the cells import."""

    python: Path
    versions: Mapping[str, str]

    @property
    def torch(self) -> bool:
        """Whether pages can import torch; nothing is downloaded for that."""
        return "torch" in self.versions

    def install(self, folder: Path, number: int) -> None:
        """Install a version of the small package, as a user would: with pip, from a wheel."""
        wheel = _wheel(folder, number)
        options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--force-reinstall")
        _run(self.python, "-m", "pip", "install", *options, wheel)


def prepare() -> Environment:
    """The environment, made anew when what it is made of has changed."""
    python = VENV / "bin" / "python"
    borrowed = Path(sysconfig.get_path("purelib"))
    stamp = VENV / "made-of.json"
    wanted = json.dumps(
        [PEERS.read_text("utf-8"), str(borrowed), sorted(path.name for path in borrowed.glob("*.dist-info"))]
    )
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        print(f"installing the other tools in {VENV} …", file=sys.stderr)
        _make(python, borrowed)
        stamp.write_text(wanted, "utf-8")
    packages(python).joinpath("etude-checkout.pth").write_text(f"{SOURCES}\n", "utf-8")
    asked = subprocess.run([python, "-c", _ASK], check=True, capture_output=True, text=True)
    return Environment(python, json.loads(asked.stdout))


def packages(python: Path) -> Path:
    """Where an environment has its packages."""
    return next((python.parents[1] / "lib").glob("python3*")) / "site-packages"


def _make(python: Path, borrowed: Path) -> None:
    """Install what is not there in the Python that runs this; the rest is linked to, torch above all."""
    shutil.rmtree(VENV, ignore_errors=True)
    _run(Path(sys.executable), "-m", "venv", VENV)
    own = packages(python)
    # While pip works it sees the other packages, but as those of another environment: it leaves them alone.
    seen = own / "borrowed.pth"
    seen.write_text(f"import site; site.addsitedir({os.fspath(borrowed)!r})\n", "utf-8")
    _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", PEERS)
    seen.unlink()
    # Links, so that every package lies below the prefix of the Python that imports it, as installed ones do.
    for entry in borrowed.iterdir():
        ours = own / entry.name
        skipped = entry.suffix == ".pth" or entry.name.partition("-")[0] in _NOT_BORROWED
        if not skipped and not ours.exists() and not _has_other(own, entry.name):
            ours.symlink_to(entry)
    _run(python, "-m", "ipykernel", "install", "--sys-prefix")


def _has_other(own: Path, name: str) -> bool:
    """Whether another version of a distribution was installed."""
    project, dash, _ = name.partition("-")
    return bool(dash) and any(own.glob(f"{project}-*.dist-info"))


def _wheel(folder: Path, number: int) -> Path:
    name = f"{TINY}-{number}.0"
    info = f"{name}.dist-info"
    files = {
        f"{TINY}/__init__.py": f'"""Made by a benchmark."""\n\nRATE = {number}\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {TINY}\nVersion: {number}.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: etude\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)
    return target


def _run(python: Path, *arguments: str | Path) -> None:
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python} {' '.join(map(str, arguments))}\n{done.stderr or done.stdout}")
