"""What the website offers to machines: twins, news, old addresses; and what an edit makes of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from etude.build import BuildOptions, BuildReport, build, whole_text
from etude.model.diagnostic import Rule

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["numpy", "pytorch"]
chapters = ["a", "b"]

[html]
url = "https://x.org/b/"
cards = false
"""

PAGE = """---
date: 2026-01-02
---
(ch-{name})=
# Page {name}

See {{numref}}`lst-a` and $x^2$.

```{{code-block}} python
:caption: Code of {name}
:label: lst-{name}
print("{name}")
```
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language in ("zh", "en"):
        (root / language).mkdir(parents=True)
        (root / language / "index.md").write_text("# Home\n", "utf-8")
        for name in "ab":
            (root / language / f"{name}.md").write_text(PAGE.format(name=name), "utf-8")
    (root / "etude.toml").write_text(CONFIG, "utf-8")
    return root


def make(root: Path, **options: object) -> BuildReport:
    return build(root, BuildOptions(to=("html",), jobs=1, **options))  # type: ignore[arg-type]


def site(root: Path, path: str) -> str:
    return (root / "_build" / "html" / path).read_text("utf-8")


def put(root: Path, path: str, text: str) -> None:
    (root / path).write_text(text, "utf-8")


def prepend(root: Path, path: str, front: str) -> None:
    """More front matter."""
    put(root, path, f"---\n{front}\n" + (root / path).read_text("utf-8").removeprefix("---\n"))


def told(report: BuildReport) -> list[tuple[str, str]]:
    return [(d.rule, d.message) for d in report.diagnostics]


# twins


def test_a_twin_has_what_the_page_has(book: Path) -> None:
    assert () == make(book).diagnostics
    text = site(book, "en/b.md")
    assert "> Book · <https://x.org/b/en/b.html>" == text.splitlines()[0]
    assert "# Chapter 2: Page b" in text
    assert "See [Listing 1.1](a.md#lst-a) and $x^2$." in text
    assert '**Listing 2.1** Code of b\n\n```python\nprint("b")\n```' in text
    assert '<link rel="alternate" type="text/markdown" href="b.md"' in site(book, "en/b.html")
    home = site(book, "en/index.md")
    assert "- [1 Page a](a.md)" in home


def test_a_file_of_the_book_stays_where_a_twin_would_lie(book: Path) -> None:
    put(book, "en/b.md", "# B\n\n{download}`the source </en/a.md>`\n")
    make(book)
    assert (book / "en/a.md").read_text("utf-8") == site(book, "en/a.md")
    assert "text/markdown" not in site(book, "en/a.html")


def test_twins_and_the_list_of_them_can_be_left_out(book: Path) -> None:
    make(book)
    put(book, "etude.toml", CONFIG + "markdown = false\n")
    make(book)
    assert [] == [path.name for path in (book / "_build/html").rglob("*.md")]
    assert not (book / "_build/html/llms.txt").exists()
    assert not (book / "_build/html/llms-full.txt").exists()


def test_the_list_for_language_models(book: Path) -> None:
    prepend(book, "en/a.md", "description: Of a.")
    make(book)
    lines = site(book, "llms.txt").splitlines()
    assert "# 书" == lines[0]
    assert "- [1 Page a](https://x.org/b/en/a.md): Of a." in lines
    assert ["## 中文 · 目录", "## English · Contents"] == [line for line in lines if line.startswith("## ")]


def test_all_pages_in_one_text(book: Path) -> None:
    make(book)
    assert "- [llms-full.txt](https://x.org/b/llms-full.txt)" in site(book, "llms.txt").splitlines()
    whole = site(book, "llms-full.txt")
    assert whole.startswith("# 书\n")
    pages = re.split(r"^<!-- https://x.org/b/(.*) -->\n\n", whole, flags=re.MULTILINE)[1:]
    assert [f"{lang}/{page}.md" for lang in ("zh", "en") for page in ("index", "a", "b")] == pages[::2]
    assert [site(book, page).strip() for page in pages[::2]] == [text.strip() for text in pages[1::2]]


def test_the_text_of_all_pages_is_made_again_when_one_has_changed(book: Path) -> None:
    make(book)
    put(book, "zh/b.md", (book / "zh/b.md").read_text("utf-8") + "\nOne more word.\n")
    make(book)
    warm = site(book, "llms-full.txt")
    assert "One more word." in warm
    shutil.rmtree(book / ".etude")
    shutil.rmtree(book / "_build")
    make(book)
    assert warm == site(book, "llms-full.txt")
    (book / "_build/html/llms-full.txt").unlink()
    make(book)
    assert warm == site(book, "llms-full.txt")


def test_only_what_is_needed_is_read_for_the_text_of_all_pages(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(book)
    read: list[str] = []
    whole = whole_text._read
    monkeypatch.setattr(whole_text, "_read", lambda out, twin: (read.append(twin), whole(out, twin))[1])
    put(book, "zh/b.md", (book / "zh/b.md").read_text("utf-8") + "\n% a remark\n")
    make(book)
    assert [] == read
    put(book, "zh/b.md", (book / "zh/b.md").read_text("utf-8") + "\nOne more word.\n")
    make(book)
    assert 6 == len(read)


# notebooks


CELL = """# {name}

```{{code-cell}} python
:tags: [skip-execution]
:variant: numpy
1
```

```{{code-cell}} python
:tags: [skip-execution]
:variant: pytorch
2
```

![](/dot.svg)
"""


def offered(root: Path, path: str) -> list[str]:
    """The notebooks that a page leads to: all are there."""
    found = re.findall(r'<a href="([^"]+)" download', site(root, path))
    folder = (root / "_build/html" / path).parent
    assert sorted(found) == sorted(p.name for p in folder.glob("*.ipynb"))
    return found


def test_pages_that_were_run_have_notebooks_beside_them(book: Path) -> None:
    put(book, "en/a.md", CELL.format(name="A"))
    put(book, "dot.svg", "<svg/>")
    make(book)
    assert [] == offered(book, "zh/a.html"), "a page without cells"
    assert ["a.numpy.ipynb", "a.pytorch.ipynb"] == offered(book, "en/a.html")
    one = json.loads(site(book, "en/a.numpy.ipynb"))
    assert "numpy" == one["metadata"]["etude"]["variant"]
    assert "data:image/svg+xml;base64,PHN2Zy8+" in json.dumps(one)
    put(book, "dot.svg", "<svg />")
    make(book)
    assert "PHN2Zy8+" not in site(book, "en/a.numpy.ipynb")
    warm = site(book, "en/a.numpy.ipynb")
    shutil.rmtree(book / ".etude")
    shutil.rmtree(book / "_build")
    make(book)
    assert warm == site(book, "en/a.numpy.ipynb")
    put(book, "etude.toml", CONFIG + "\n[launch]\ndownload = false\n")
    make(book)
    assert [] == offered(book, "en/a.html")


def test_a_file_of_the_book_goes_before_the_notebook(book: Path) -> None:
    put(book, "en/a.md", CELL.format(name="A") + "\n{download}`a.numpy.ipynb`\n")
    put(book, "en/a.numpy.ipynb", "{}")
    make(book)
    assert "{}" == site(book, "en/a.numpy.ipynb")
    assert re.findall(r'<a href="([^"]+)" download>Download', site(book, "en/a.html")) == []
    assert "a.pytorch.ipynb" in site(book, "en/a.html")


# news


def feed(root: Path, language: str = "en") -> list[dict[str, str]]:
    tree = ET.fromstring(site(root, f"{language}/feed.xml"))
    assert "rss" == tree.tag
    assert tree.findtext("channel/title")
    return [{node.tag: node.text or "" for node in item} for item in tree.iter("item")]


def test_news_by_what_authors_say(book: Path) -> None:
    prepend(book, "en/b.md", "updated: 2026-02-03\ndescription: Of b.")
    make(book)
    first, second = feed(book)
    assert ("Chapter 2 Page b", "Changed: Of b.") == (first["title"], first["description"])
    assert "Tue, 03 Feb 2026 00:00:00 +0000" == first["pubDate"]
    assert ("https://x.org/b/en/a.html", "New") == (second["link"], second["description"])
    assert '<link rel="alternate" type="application/rss+xml" href="../en/feed.xml"' in site(book, "en/a.html")
    assert "<lastmod>2026-02-03</lastmod>" in site(book, "sitemap.xml")


def test_without_dates_there_is_no_feed(book: Path) -> None:
    for language in ("zh", "en"):
        for name in "ab":
            put(book, f"{language}/{name}.md", "# Page\n")
    make(book)
    assert [] == list((book / "_build/html").rglob("feed.xml"))
    assert "rss" not in site(book, "en/a.html")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_commit_is_news(book: Path) -> None:
    def git(*words: str, day: int) -> None:
        when = f"2026-03-{day:02}T08:00:00+08:00"
        who = {f"GIT_{one}_{what}": "x" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(
            ["git", *words], cwd=book, env={**os.environ, **who, **dates}, check=True, capture_output=True
        )

    git("init", "-b", "main", day=1)
    put(book, ".gitignore", "_build\n.etude\n")
    git("add", ".", day=1)
    git("commit", "-m", "All", day=1)
    make(book)
    assert 0 == make(book).written
    put(book, "en/b.md", "# B\n\nOther words.\n")
    make(book)
    git("commit", "-am", "Other words & fewer", day=2)
    report = make(book)
    assert report.written > 0
    first = feed(book)[0]
    assert ("Chapter 2 B", "Changed: Other words & fewer") == (first["title"], first["description"])
    assert "Mon, 02 Mar 2026 08:00:00 +0800" == first["pubDate"]
    assert '"dateModified":"2026-03-02T08:00:00+08:00"' in site(book, "en/b.html")
    assert 0 == make(book).written


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_is_asked_once_per_commit_and_again_when_it_failed(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tools, calls = shutil.which("git"), tmp_path / "tools", tmp_path / "calls"
    who = {f"GIT_{one}_{what}": "x" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def git(*words: str, day: int = 1) -> None:
        dates = {"GIT_COMMITTER_DATE": f"2026-03-{day:02}T08:00:00+08:00", "GIT_CONFIG_GLOBAL": os.devnull}
        environment = {**os.environ, **who, **dates}
        subprocess.run([str(real), *words], cwd=book, env=environment, check=True, capture_output=True)

    def stand_in(script: str) -> None:
        (tools / "git").write_text(f"#!/bin/sh\n{script}\n")
        (tools / "git").chmod(0o755)

    tools.mkdir()
    git("init", "-b", "main")
    put(book, ".gitignore", "_build\n.etude\n")
    git("add", ".")
    git("commit", "-m", "All")
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    stand_in("echo fatal: detected dubious ownership >&2; exit 128")
    said = (
        Rule.HISTORY_UNREADABLE,
        "when pages were changed is not known: fatal: detected dubious ownership",
    )
    assert [said] == told(make(book))
    stand_in(f'echo "$@" >> {calls}; exec {real} "$@"')
    assert [] == told(make(book)), "a failure is not kept"
    put(book, "en/b.md", "# B\n\nOther words.\n")
    make(book)
    assert 1 == calls.read_text().count(" log ")
    git("commit", "-am", "Other words", day=2)
    make(book)
    assert 2 == calls.read_text().count(" log ")
    assert "Changed: Other words" in [item["description"] for item in feed(book)]


# old addresses


def test_old_addresses_lead_on(book: Path) -> None:
    prepend(book, "en/b.md", "aliases: [start/old, /gone/, old.html]")
    put(
        book, "etude.toml", CONFIG + '[html.redirects]\n"en/x.html" = "a#lst-a"\n"y" = "https://y.org/?q=1"\n'
    )
    assert () == make(book).diagnostics
    old = site(book, "en/start/old.html")
    assert '<meta http-equiv="refresh" content="0; url=../b.html">' in old
    assert '<link rel="canonical" href="https://x.org/b/en/b.html">' in old
    assert "url=../en/b.html" in site(book, "gone/index.html")
    assert "url=b.html" in site(book, "en/old.html")
    assert "url=a.html#lst-a" in site(book, "en/x.html")
    assert "url=https://y.org/?q=1" in site(book, "y.html")


def test_old_addresses_are_compared_as_disks_without_case_do(book: Path) -> None:
    prepend(book, "en/b.md", "aliases: [B, A/x, one, ONE, /en/B.html/c]")
    put(book, "etude.toml", CONFIG + '[html.redirects]\n"_Static/Etude.css/" = "a"\n')
    conflicts = [message for rule, message in told(make(book)) if rule is Rule.REDIRECT_CONFLICT]
    assert [
        "`_Static/Etude.css/` is a file of the site: nothing can lead on from it",
        "`B` is a page of the book: nothing can lead on from it",
        "`ONE` leads to two places: `en/b` and `en/b`",
        "`/en/B.html/c` is a file of the site: nothing can lead on from it",
    ] == conflicts
    assert "Code of b" in site(book, "en/b.html")


def test_old_addresses_that_lead_nowhere_or_are_taken(book: Path) -> None:
    prepend(book, "en/b.md", "aliases: [a, one, ../up]")
    prepend(book, "zh/b.md", "aliases: [/en/one]")
    put(
        book,
        "etude.toml",
        CONFIG
        + '[html.redirects]\n"z" = "none"\n"index.html" = "a"\n"_static/etude.css/" = "a"\n"w" = "fr/a"\n',
    )
    report = make(book)
    assert [
        (Rule.REDIRECT_BROKEN, "`z` leads to `none`, which is no page of the book"),
        (Rule.REDIRECT_CONFLICT, "`index.html` is a file of the site: nothing can lead on from it"),
        (
            Rule.REDIRECT_CONFLICT,
            "`_static/etude.css/` is a file of the site: nothing can lead on from it",
        ),
        (Rule.REDIRECT_BROKEN, "`w` leads to `fr/a`, which is no page of the book"),
        (Rule.REDIRECT_CONFLICT, "`one` leads to two places: `en/b` and `zh/b`"),
    ] == [pair for pair in told(report) if "`a`" not in pair[1] and "up" not in pair[1]]
    assert (Rule.REDIRECT_CONFLICT, "`a` is a page of the book: nothing can lead on from it") in told(report)
    assert (Rule.REDIRECT_CONFLICT, "`../up` is no address of a page of the site") in told(report)
    place = next(d.place for d in report.diagnostics if "`z`" in d.message)
    assert '"none"' == (book / "etude.toml").read_text("utf-8")[place.span.start : place.span.end]
    assert "Page a" in site(book, "en/a.html")


def test_places_on_old_pages(book: Path) -> None:
    ways = '"x.html#p" = "zh/a#lst-a"\n"X" = "en/a"\n"y.html#p" = "en/a"\n"x#p" = "en/b"\n"x#q" = "none"\n'
    put(book, "etude.toml", CONFIG + "[html.redirects]\n" + ways)
    report = make(book)
    assert [
        (Rule.REDIRECT_CONFLICT, "`y.html#p` is a place on a page that leads nowhere"),
        (Rule.REDIRECT_CONFLICT, "`x#p` leads to two places"),
        (Rule.REDIRECT_BROKEN, "`x#q` leads to `none`, which is no page of the book"),
    ] == told(report)
    assert 'new Map([["p",["zh/a.html","#lst-a"]]])' in site(book, "X.html")


def test_redirects_to_a_language_that_is_not_built_now(book: Path) -> None:
    put(book, "etude.toml", CONFIG + '[html.redirects]\n"x" = "zh/a"\n')
    assert () == make(book, languages=("en",)).diagnostics


def test_an_alias_that_is_gone_leads_no_longer(book: Path) -> None:
    prepend(book, "en/b.md", "aliases: old")
    make(book)
    put(book, "en/b.md", PAGE.format(name="b"))
    make(book)
    assert not (book / "_build/html/en/old.html").exists()


def test_the_page_for_lost_ones_speaks_all_languages(book: Path) -> None:
    make(book)
    text = site(book, "404.html")
    assert ["zh", "en"] == re.findall(r'<article[^>]* data-language="(\w+)"', text)
    assert 'href="/b/en/a.html"' in text


def test_the_picture_of_the_book_is_copied(book: Path) -> None:
    (book / "cover.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>')
    put(book, "etude.toml", CONFIG + 'image = "cover.svg"\n')
    assert () == make(book).diagnostics
    page = site(book, "en/a.html")
    assert 'property="og:image" content="https://x.org/b/cover.svg"' in page
    assert 'property="og:image:width" content="12"' in page
    assert (book / "_build/html/cover.svg").is_file()
