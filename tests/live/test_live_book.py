"""The book in memory: after any edit its pages and problems are those of a build."""

from __future__ import annotations

import os
import random
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etude.build import BuildOptions, build
from etude.build.live.book import LiveBook

if TYPE_CHECKING:
    from conftest import Manuscript

EDITS = int(os.environ.get("ETUDE_EDITS", "25"))
SEED = int(os.environ.get("ETUDE_SEED", "0"))
SITE = BuildOptions(to=("html",), policy="off", jobs=1)


def written(root: Path) -> dict[str, bytes]:
    """The pages of the site on the disk."""
    site = root / "_build" / "html"
    pages = (p for language in ("en", "zh") for p in (site / language).rglob("*.html"))
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in pages}


def test_pages_are_those_of_a_build_after_any_edit(tmp_path: Path, manuscript: Manuscript, bare: Any) -> None:
    chance = random.Random(SEED)
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    for number in range(EDITS):
        what = f"edit {number} (seed {SEED}): {manuscript.edit(chance)}"
        live.edit(manuscript.write(tmp_path))
        report = build(tmp_path, SITE)
        expected = written(tmp_path)
        pages = {target: live.html(target) for target in live.targets}
        assert {k: bare(v) for k, v in expected.items() if k in pages} == {
            target: bare(page) for target, page in pages.items() if page is not None
        }, what
        # A language without a front page gets one that no source stands for.
        assert {p for p in expected if not p.endswith("/index.html")} <= pages.keys(), what
        live.refresh()
        assert set(report.diagnostics) == set(live.problems()), what
    live.close()


def test_an_edit_of_prose_parses_one_page_and_resolves_nothing(
    tmp_path: Path, manuscript: Manuscript, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = import_module("etude.build.live.book")
    parsed: list[str] = []
    resolved: list[object] = []
    parse, resolve = book.parse_source, book.resolve_languages
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    monkeypatch.setattr(book, "parse_source", lambda s, *rest: (parsed.append(s.path), parse(s, *rest))[1])
    monkeypatch.setattr(book, "resolve_languages", lambda *a: (resolved.append(a), resolve(*a))[1])
    manuscript.files["en/apple.md"] += "\nMore words.\n"
    edit = live.edit(manuscript.write(tmp_path))
    assert (["en/apple.md"], []) == (parsed, resolved)
    assert ("en/apple.md",) == edit.changed
    assert not edit.whole
    page = live.html("en/apple.html")
    assert page is not None
    assert b"More words." in page
    live.close()


def test_a_configuration_that_cannot_be_read_leaves_the_book_as_it_was(
    tmp_path: Path, manuscript: Manuscript
) -> None:
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    before = live.html("en/apple.html")
    good = manuscript.files["etude.toml"]
    manuscript.files["etude.toml"] = "[book\n"
    assert live.edit(manuscript.write(tmp_path)).problems
    assert before == live.html("en/apple.html")
    # Pages are shown all the same, and the problem stays until it is mended.
    manuscript.files["en/apple.md"] += "\nMeanwhile.\n"
    edit = live.edit(manuscript.write(tmp_path))
    assert edit.problems
    assert ("en/apple.md",) == edit.changed
    assert b"Meanwhile." in (live.html("en/apple.html") or b"")
    manuscript.files["etude.toml"] = good.replace("Trees", "Woods")
    assert live.edit(manuscript.write(tmp_path)).whole
    after = live.html("en/apple.html")
    assert after is not None
    assert b"Woods" in after
    live.close()


def test_where_a_source_was_edited(tmp_path: Path, manuscript: Manuscript) -> None:
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    live.html("en/apple.html")
    source = manuscript.files["en/apple.md"]
    at = source.index("## Rings")
    manuscript.files["en/apple.md"] = f"{source[:at]}Before the rings.\n\n{source[at:]}"
    live.edit(manuscript.write(tmp_path))
    assert (at, len("Before the rings.\n\n")) == live.edited("en/apple.md")
    line = source[:at].count("\n") + 1
    assert (line, 1) == live.position("en/apple.md", at)
    live.close()


@pytest.mark.kernel
def test_only_code_makes_results_stale(tmp_path: Path) -> None:
    root = tmp_path
    (root / "en").mkdir()
    (root / "etude.toml").write_text('[book]\ntitle = "T"\nlanguages = ["en"]\n[[part]]\nchapters = ["a"]\n')
    cells = ["a = 1", "b = 2", "print(a + b)"]
    page = "# A\n\n" + "\n\n".join(f"```{{code-cell}} python\n{code}\n```" for code in cells)
    source = root / "en" / "a.md"
    source.write_text(page)
    build(root, BuildOptions(to=("html",), jobs=1))
    live = LiveBook(root, BuildOptions())
    live.load()

    def stale(text: str) -> int | None:
        source.write_text(text)
        live.edit(("en/a.md",))
        return live.first_stale("en/a.md")

    assert stale(page.replace("# A", "# A\n\nWords.")) is None
    assert stale(page.replace("b = 2", "b = 2  # two")) is None
    assert stale(page.replace("b = 2", "b = 3")) == 1
    shown = live.html("en/a.html")
    assert shown is not None
    assert b">3</pre>" in shown, "what it gave is shown until it has run again"
    assert stale(page.replace("b = 2\n```", "b = 2\n```\n\n{eval}`a`")) == 1  # the second is as it was again
    assert stale(page.replace("b = 2\n```", "b = 2\n```\n\n{eval}`b`")) == 3
    assert live.lacks("en/a.md", 7)
    assert not live.lacks("en/a.md", 2)
    live.close()


def test_what_several_pages_include_is_resolved_once(
    tmp_path: Path, manuscript: Manuscript, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = import_module("etude.build.live.book")
    resolved: list[object] = []
    resolve = book.resolve_languages
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    monkeypatch.setattr(book, "resolve_languages", lambda *a: (resolved.append(a[1]), resolve(*a))[1])
    manuscript.files["en/part.txt"] = "(shared)=\n## A heading for all\n"
    edit = live.edit(manuscript.write(tmp_path))
    assert 4 == len(edit.changed)
    assert [{"en"}] == resolved
    live.close()


def test_a_picture_that_a_page_shows_anew_has_its_size(tmp_path: Path, manuscript: Manuscript) -> None:
    manuscript.files["en/index.md"] = "# Home\n"
    manuscript.files["new.svg"] = manuscript.files["pic.svg"].replace('"20"', '"44"')
    manuscript.write(tmp_path)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    manuscript.files["en/index.md"] = "# Home\n\n![A square.](../new.svg)\n"
    live.edit(manuscript.write(tmp_path))
    assert b'width="44" height="44"' in (live.html("en/index.html") or b"")
    live.close()


def test_what_others_show_of_a_page_follows_its_edits(tmp_path: Path, manuscript: Manuscript) -> None:
    manuscript.write(tmp_path)
    build(tmp_path, SITE)
    live = LiveBook(tmp_path, BuildOptions())
    live.load()
    live.html("en/apple.html")
    script = "_static/blocks/en/apple.js"
    assert live.picture(script) is not None
    manuscript.files["en/apple.md"] = manuscript.files["en/apple.md"].replace("## Rings", "## Years")
    live.edit(manuscript.write(tmp_path))
    # Nobody has the page open: the file on the disk is the newer one, as soon as it is written.
    assert live.picture(script) is None
    live.close()
