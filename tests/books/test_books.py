"""Small whole books: built, and compared with golden files that a person has read."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from etude.build import BuildOptions, BuildReport, build
from etude.model.diagnostic import Diagnostic
from etude.model.span import LineIndex

BOOKS = Path(__file__).parent
NAMES = sorted(p.parent.name for p in BOOKS.glob("*/etude.toml"))
VOID = ("br", "img", "hr", "input", "col", "wbr", "source", "meta", "link", "mspace")


def main_of(html: str) -> str:
    """The main part of a page, one tag or text a line, so that a difference can be read."""
    match = re.search(r"<main\b.*?</main>", html, re.DOTALL)
    assert match is not None, "a page has a main part"
    lines, depth = [], 0
    for piece in re.findall(r"<[^>]+>|[^<]+", match[0]):
        if piece.startswith("</"):
            depth -= 1
        if piece.strip():
            lines.append("  " * max(depth, 0) + piece.strip())
        name = re.match(r"<([A-Za-z][\w-]*)", piece)
        if name and name[1] not in VOID and not piece.endswith("/>"):
            depth += 1
    return "\n".join(lines) + "\n"


def notebook_of(data: str) -> str:
    """A notebook without what differs between versions of Python and kernels."""
    notebook = json.loads(data)
    notebook["metadata"].pop("language_info", None)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def problem_lines(report: BuildReport) -> str:
    """Diagnostics, one a line, sorted."""

    def line(d: Diagnostic) -> tuple[str, int, int, str]:
        text = report.sources.get(d.place.path, "")
        at = LineIndex(text).position(d.place.span.start)
        hints = "".join(f"\n    {hint}" for hint in d.hints)
        return d.place.path, at.line, at.column, f"{d.severity.value}[{d.rule.value}] {d.message}{hints}"

    return "".join(f"{p}:{r}:{c}: {text}\n" for p, r, c, text in sorted(map(line, report.diagnostics)))


def outputs_of(out: Path) -> dict[str, str]:
    """What is compared: the main part of every page, and every notebook."""
    found = {}
    for path in sorted(out.rglob("*.html")):
        name = path.relative_to(out).as_posix()
        if re.match(r"html/\w+/", name) and not name.startswith("html/_static"):
            found[f"{name}.txt"] = main_of(path.read_text("utf-8"))
    for path in sorted(out.rglob("*.ipynb")):
        found[path.relative_to(out).as_posix()] = notebook_of(path.read_text("utf-8"))
    return found


@pytest.mark.kernel
@pytest.mark.parametrize("name", NAMES)
def test_book(name: str, tmp_path: Path, update: bool) -> None:
    book = tmp_path / name
    shutil.copytree(BOOKS / name, book, ignore=shutil.ignore_patterns("golden"))
    golden = BOOKS / name / "golden"
    report = build(book, BuildOptions(jobs=1))
    actual = {**outputs_of(book / "_build"), "problems.txt": problem_lines(report)}
    if update:
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in actual.items():
            place = golden / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        return
    expected = {
        path.relative_to(golden).as_posix(): path.read_text("utf-8")
        for path in golden.rglob("*")
        if path.is_file()
    }
    assert sorted(expected) == sorted(actual)
    for path in expected:
        assert expected[path] == actual[path], path


def test_books_have_goldens() -> None:
    assert NAMES
    for name in NAMES:
        assert (BOOKS / name / "golden" / "problems.txt").is_file(), f"{name}: run with --update, then read it"
