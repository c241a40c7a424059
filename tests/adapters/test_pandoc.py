"""Finding and running pandoc: what is there, what is too old, what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.adapters import pandoc
from etude.adapters.pandoc import PandocError, find_pandoc

SPEAKS = """#!/bin/sh
case "$*" in
  *--version*) echo "pandoc {version}"; exit 0;;
  *fail*) echo "[WARNING] first" >&2; echo "no such form" >&2; exit 22;;
esac
echo "[WARNING] could not" >&2
echo "  convert x" >&2
echo "[INFO] nothing" >&2
echo "[WARNING] other" >&2
cat
"""


def named(monkeypatch: pytest.MonkeyPatch, folder: Path, version: str) -> None:
    program = folder / "pandoc"
    program.write_text(SPEAKS.format(version=version), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("ETUDE_PANDOC", str(program))


def test_output_and_warnings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, "3.9.0.2")
    found = find_pandoc()
    assert "3.9.0.2" == found.version
    made, warnings = found.run(("--to=x",), "字".encode(), tmp_path)
    assert "字" == made.decode()
    assert ("could not convert x", "other") == warnings


def test_a_failure_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, "3.9")
    with pytest.raises(PandocError, match=r"^pandoc failed: no such form$"):
        find_pandoc().run(("--to=fail",), b"", tmp_path)


@pytest.mark.parametrize(("version", "said"), [("2.17.1", "3.0 or newer is needed"), ("x", "is no pandoc")])
def test_what_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, said: str
) -> None:
    named(monkeypatch, tmp_path, version)
    with pytest.raises(PandocError, match=said):
        find_pandoc()


def test_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ETUDE_PANDOC", str(tmp_path / "none"))
    with pytest.raises(PandocError, match="cannot be run"):
        find_pandoc()
    monkeypatch.delenv("ETUDE_PANDOC")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pandoc.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PandocError, match="pandoc is not installed"):
        find_pandoc()
