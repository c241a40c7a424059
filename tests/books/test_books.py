"""Small whole books: built, and compared with golden files that a person has read."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, BuildReport, build
from etude.model.block import BlockNode
from etude.model.diagnostic import Diagnostic
from etude.model.inline import Inline
from etude.model.rules import Rule
from etude.model.span import LineIndex
from etude.parse.config import parse_config
from etude.parse.page import parse_page

BOOKS = Path(__file__).parent
NAMES = sorted(p.parent.name for p in BOOKS.glob("*/etude.toml"))
CLEAN = tuple(name for name in NAMES if name != "broken")

VOID = {"br", "img", "hr", "input", "col", "wbr", "source", "meta", "link", "track"}
FLOW = {
    *("main", "article", "header", "footer", "section", "nav", "aside", "div", "p", "h1", "h2", "h3", "h4"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "blockquote", "pre", "hr", "details"),
    *("summary", "table", "caption", "colgroup", "thead", "tbody", "tr", "th", "td", "iframe", "video"),
}
"""Elements that stand on lines of their own in golden files; what is in a line keeps its spaces."""

_VERSION = re.compile(r'(<span data-from="[0-9]+">[^<]*? )[^ <]+(</span>)')
_TRACE = re.compile(r'(<div class="error">.*?<pre[^>]*>).*?(</pre>)', re.DOTALL)


class Outline(HTMLParser):
    """Writes a page's main part with one block a line; fails where elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.lines: list[str] = []
        self.line = ""
        self.open: list[str] = []
        self.depth = 0

    def flush(self) -> None:
        for piece in self.line.split("\n"):
            if piece.strip():
                self.lines.append("  " * self.depth + piece.rstrip())
        self.line = ""

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        text = self.get_starttag_text() or ""
        if tag in FLOW:
            self.flush()
            self.lines.append("  " * self.depth + text)
            self.depth += tag not in VOID
        else:
            self.line += text
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag: str, _attrs: object) -> None:
        self.line += self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element: {self.lines[-3:]} {self.line}"
        if tag not in FLOW:
            self.line += f"</{tag}>"
            return
        only_text = self.lines[-1].startswith("  " * (self.depth - 1) + f"<{tag}") and "\n" not in self.line
        if only_text:  # a block that holds no other stays on its line
            self.lines[-1] += self.line + f"</{tag}>"
            self.line = ""
        else:
            self.flush()
            self.lines.append("  " * (self.depth - 1) + f"</{tag}>")
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.line += data

    def handle_entityref(self, name: str) -> None:
        self.line += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self.line += f"&#{name};"


def main_of(html: str) -> str:
    """The main part of a page, so that a difference can be read; traces vary with Python and are left out."""
    match = re.search(r"<main\b.*?</main>", html, re.DOTALL)
    assert match is not None, "a page has a main part"
    outline = Outline()
    outline.feed(_VERSION.sub(r"\1…\2", _TRACE.sub(r"\1…\2", match[0])))
    outline.close()
    assert not outline.open
    return "\n".join(outline.lines) + "\n"


def notebook_of(data: str) -> str:
    """A notebook without what differs between versions of Python and kernels."""
    notebook = json.loads(data)
    notebook["metadata"].pop("language_info", None)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                output["traceback"] = []
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
    """What is compared: the main part of every page, every notebook, and the library's modules."""
    found = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        name = path.relative_to(out).as_posix()
        if re.match(r"html/\w+/.*\.html$", name) and not name.startswith("html/_static"):
            found[f"{name}.txt"] = main_of(path.read_text("utf-8"))
        elif name.endswith(".ipynb"):
            found[f"{name}.txt"] = notebook_of(path.read_text("utf-8"))
        elif "/_library/" in name:
            found[f"{name}.txt"] = path.read_text("utf-8")
    return found


@pytest.mark.kernel
@pytest.mark.parametrize("name", NAMES)
def test_book(name: str, tmp_path: Path, update: bool) -> None:
    book = tmp_path / name
    shutil.copytree(BOOKS / name, book, ignore=shutil.ignore_patterns("golden"))
    golden = BOOKS / name / "golden"
    report = build(book, BuildOptions(jobs=2))
    actual = {**outputs_of(book / "_build"), "problems.txt": problem_lines(report)}
    for path, text in actual.items():
        assert str(tmp_path) not in text, f"{path} names a folder of this machine"
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
    for path, text in expected.items():
        assert text == actual[path], path


@pytest.mark.parametrize("name", NAMES)
def test_goldens_are_there(name: str) -> None:
    problems = BOOKS / name / "golden" / "problems.txt"
    assert problems.is_file(), f"{name}: run with --update, then read what was written"
    if name in CLEAN:
        assert "" == problems.read_text("utf-8")


def kinds_in(value: object) -> set[type]:
    """Types of all nodes below some."""
    if isinstance(value, tuple | list):
        return set().union(*map(kinds_in, value))
    if not hasattr(value, "__struct_fields__"):
        return set()
    return {type(value)}.union(*(kinds_in(getattr(value, field)) for field in value.__struct_fields__))


def test_books_hold_every_kind_of_node() -> None:
    found: set[type] = set()
    for book in (*(BOOKS / name for name in NAMES), BOOKS.parent / "convert" / "dialect" / "book"):
        config, _ = parse_config((book / "etude.toml").read_text("utf-8"))
        files = DiskFiles(book)
        for path in (*files.glob("**/*.md"), *files.glob("**/*.ipynb")):
            if not path.startswith("golden/"):
                page = parse_page(files.read(path), path, path.rpartition(".")[0], "en", config, files)
                found |= kinds_in(page.blocks)
    known = {*get_args(BlockNode), *get_args(Inline)}
    assert set() == {kind.__name__ for kind in known - found}


ELSEWHERE = {
    # Nothing is built then: tested where a build stops.
    Rule.CONFIG_SYNTAX,
    Rule.USAGE,
    Rule.BUILD_LOCKED,
    Rule.WRITE_FAILED,
    Rule.IMPORT_KEPT,
    # Of projects of other tools: tested where these are read.
    Rule.CONFIG_UNUSED,
    Rule.EXECUTOR_UNAVAILABLE,
    # Of e-books: tested where these are made.
    Rule.EPUB_REMOTE,
    Rule.EPUB_PICTURE,
    Rule.EPUB_COVER,
    # Of printed books: likewise.
    Rule.PDF_FAILED,
    Rule.PDF_PICTURE,
    Rule.PDF_NOT_ACCESSIBLE,
    Rule.PICTURE_COARSE,
    Rule.FONT_UNKNOWN,
    Rule.GLYPH_MISSING,
    Rule.FORMULA_SCALED,
    Rule.TABLE_DIVIDED,
    # These need what a folder of sources cannot hold, or take too long.
    Rule.READ_TOO_LARGE,
    Rule.NESTING_TOO_DEEP,
    Rule.READ_FAILED,
    Rule.ENVIRONMENT_FAILED,
    Rule.KERNEL_MISSING,
    Rule.CELL_TIMEOUT,
    Rule.RUN_TIMEOUT,
    Rule.KERNEL_DIED,
    Rule.WORKER_CHANGED,
    Rule.WORKER_LOST,
    Rule.VERSIONS_DIFFER,
    Rule.PACKAGES_MISSING,
    Rule.PINNED_DIFFER,
    Rule.OUTPUT_TOO_LARGE,
    Rule.WROTE_INTO_BOOK,
    Rule.RESULT_MISSING,
    Rule.INPUT_UNREADABLE,
    Rule.STORE_UNREADABLE,
    Rule.RECORDED_FOLDER,
    Rule.REMOTE_FAILED,
    Rule.REMOTE_UNREADABLE,
    Rule.INTERNAL,
    # Only with the site's address, and a git that fails.
    Rule.HISTORY_UNREADABLE,
    # Only with the site's address, and without a font.
    Rule.CARD_MISSING,
    # Only of a book whose library is packed.
    Rule.LIBRARY_DIFFERS,
    # Only without pandoc, or where it fails.
    Rule.PANDOC_MISSING,
    Rule.PANDOC_FAILED,
    Rule.PANDOC_WARNING,
    # Only with short addresses.
    Rule.SHORT_CODE,
    Rule.SHORT_BROKEN,
    Rule.SHORT_UNRECORDED,
    # Only a verification tells these.
    Rule.RESULT_DRIFTED,
    Rule.RESULT_UNRECORDED,
}


def test_the_broken_book_breaks_every_rule() -> None:
    problems = (BOOKS / "broken" / "golden" / "problems.txt").read_text("utf-8")
    shown = set(re.findall(r"^\S+ (?:error|warning|info)\[([\w-]+)\]", problems, re.MULTILINE))
    assert sorted(set(Rule) - ELSEWHERE) == sorted(Rule(name) for name in shown)
