"""LaTeX projects and Word documents, as pandoc makes them of whole books."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import docx
import pytest

from etude.adapters.pandoc import PandocError, find_pandoc
from etude.build import BuildOptions, BuildReport, build
from etude.model.diagnostic import Rule

BOOKS = Path(__file__).parent.parent / "books"

try:
    find_pandoc()
except PandocError as error:
    LACKING = str(error)
else:
    LACKING = ""

needs_pandoc = pytest.mark.skipif(bool(LACKING), reason=LACKING or "there is one")

PAGE = """# 一*页*

甲**“乙”**丙，H{sub}`2`O，$x$，100% & {kbd}`Ctrl`。[^n]

(eq)=
$$\\\\begin{align} a &= b \\\\\\\\ c &= d \\\\end{align}$$

```{figure} /img/图.svg
:label: fig
:width: 50%
说明。
```

见{numref}`fig`、{eq}`eq`、[](#sec)。

(sec)=
## 节

```{list-table}
:header-rows: 1
* - 名
  - b
* - - 甲
    - 乙
  - x^2 {c}
```

| a | 长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长 |
|--:|---|
| 1 | $x \\\\| y$ |

```{raw} latex
\\\\relax
```

```{note}
- [x] 做了
- [ ] 没做
```

```python
# 一行很长的注释：一行很长的注释：一行很长的注释：一行很长的注释：一行很长的注释
```

{download}`数据 </data/a.csv>`

[^n]: 注。
""".replace("\\\\", "\\")

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle r="4" cx="4" cy="4"/></svg>'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for path, text in {
        "etude.toml": '[book]\ntitle = "书 & 册"\nsubtitle = "副题"\nauthors = ["甲", "B_c"]\n'
        'languages = ["zh"]\nchapters = ["a"]\n[html]\nurl = "https://x.org/"\n',
        "zh/index.md": "# 前言\n",
        "zh/a.md": PAGE,
        "img/图.svg": DRAWING,
        "data/a.csv": "1,2\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def make(root: Path, *forms: str, **options: object) -> BuildReport:
    return build(root, BuildOptions(to=forms, jobs=1, policy="off", **options))  # type: ignore[arg-type]


def told(report: BuildReport) -> list[Rule]:
    return [one.rule for one in report.diagnostics]


def sound(folder: Path) -> None:
    """A project has what its text names."""
    text = (folder / "text.tex").read_text("utf-8")
    begun = Counter(re.findall(r"\\begin\{(\w+\*?)\}", text))
    assert begun == Counter(re.findall(r"\\end\{(\w+\*?)\}", text))
    labels = set(re.findall(r"\\label\{([^}]*)\}", text))
    assert set() == set(re.findall(r"\\hyperref\[([^]]*)\]", text)) - labels
    shown = re.findall(r"\\includegraphics(?:\[[^]]*\])?\{([^}]*)\}", text)
    assert [] == [path for path in shown if not (folder / path).is_file()]


@needs_pandoc
@pytest.mark.parametrize("name", ["plain", "bilingual"])
def test_every_kind_of_block_is_taken_over(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    shutil.copytree(BOOKS / name, root, ignore=shutil.ignore_patterns("golden", "_build", ".etude"))
    assert not {Rule.PANDOC_FAILED, Rule.PANDOC_WARNING} & set(told(make(root, "tex", "docx")))
    for folder in (root / "_build" / "tex").iterdir():
        sound(folder)
    for document in (root / "_build" / "docx").iterdir():
        text = zipfile.ZipFile(document).read("word/document.xml").decode()
        assert set(re.findall(r'w:anchor="([^"]*)"', text)) <= set(
            re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]*)"', text)
        )


@needs_pandoc
def test_a_latex_project(book: Path) -> None:
    assert () == make(book, "tex").diagnostics
    folder = book / "_build/tex/zh"
    sound(folder)
    main, text = ((folder / name).read_text("utf-8") for name in ("book.tex", "text.tex"))
    assert "{ctexbook}" in main
    assert "\\title{书 \\& 册\\\\[1ex]\\large 副题}" in main
    assert "\\author{甲 \\and B\\_c}" in main
    assert "{第 1 章~一\\emph{页}}" in text
    assert "甲\\textbf{“乙”}丙，H\\textsubscript{2}O，\\(x\\)，100\\% \\& \\texttt{Ctrl}" in text
    assert "\\tag{1.1}" in text
    assert "\\section{1.1~节}\\label{a:sec}" in text
    assert "x\\^{}2 \\{c\\}" in text
    assert "\n\\relax\n" in text
    assert "\\href{data/a.csv}{数据}" in text
    assert (folder / "data/a.csv").is_file()
    assert (folder / "img/图.svg.pdf").read_bytes().startswith(b"%PDF")


@needs_pandoc
@pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not installed")
@pytest.mark.skipif(shutil.which("xelatex") is None, reason="xelatex is not installed")
def test_it_compiles(book: Path) -> None:
    make(book, "tex")
    folder = book / "_build/tex/zh"
    command = ("latexmk", "-interaction=nonstopmode", "-halt-on-error")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout[-3000:]
    log = (folder / "book.log").read_text("utf-8", "replace")
    assert "Missing character" not in log
    assert "undefined references" not in log


@needs_pandoc
def test_a_word_document(book: Path) -> None:
    assert () == make(book, "docx").diagnostics
    document = docx.Document(str(book / "_build/docx/zh.docx"))
    heads = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    chapter = ("Heading 1", "第 1 章\u00a0一页")
    assert [("Heading 1", "前言"), chapter, ("Heading 2", "1.1\u00a0节")] == heads
    assert ["名", "b"] == [cell.text for cell in document.tables[0].rows[0].cells]
    assert ["甲", "乙"] == [p.text for p in document.tables[0].rows[1].cells[0].paragraphs]
    assert 1 == len(document.inline_shapes)
    assert "图 1.1 说明。" in [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert any(p.style.name == "Source Code" for p in document.paragraphs)
    assert "https://x.org/data/a.csv" in [one.target_ref for one in document.part.rels.values()]
    parts = zipfile.ZipFile(book / "_build/docx/zh.docx")
    text = parts.read("word/document.xml").decode()
    assert 3 == text.count("<m:oMath>")
    assert "(1.1)" in text
    assert "宋体" in parts.read("word/theme/theme1.xml").decode()
    assert "书 & 册" == document.core_properties.title


@needs_pandoc
def test_two_builds_are_the_same(book: Path) -> None:
    make(book, "tex", "docx")
    assert 0 == make(book, "tex", "docx").written
    make(book, "tex", "docx", out=book.parent / "again")
    for path in ("docx/zh.docx", "tex/zh/text.tex", "tex/zh/img/图.svg.pdf"):
        assert (book / "_build" / path).read_bytes() == (book.parent / "again" / path).read_bytes()


@needs_pandoc
def test_what_an_edit_reaches(book: Path) -> None:
    make(book, "tex", "docx")
    (book / "img/图.svg").write_text(DRAWING.replace('r="4"', 'r="3"'), "utf-8")
    assert 2 == make(book, "tex", "docx").written
    (book / "zh/a.md").write_text("# 页\n", "utf-8")
    make(book, "tex", "docx")
    assert not (book / "_build/tex/zh/img").exists()


@needs_pandoc
def test_a_picture_that_cannot_be_drawn_is_told(book: Path) -> None:
    (book / "img/图.svg").write_text("<svg", "utf-8")
    report = make(book, "docx")
    assert Rule.PANDOC_WARNING in told(report)
    assert "图.svg" in report.diagnostics[0].message
    assert (book / "_build/docx/zh.docx").is_file()


def test_without_pandoc_the_rest_is_built(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETUDE_PANDOC", str(book / "none"))
    (problem,) = make(book, "markdown", "tex", "docx").diagnostics
    assert Rule.PANDOC_MISSING == problem.rule
    assert "tex and docx" in problem.message
    assert "pypandoc_binary" in problem.hints[0]
    assert (book / "_build/markdown/zh.md").is_file()
    assert not (book / "_build/tex").exists()


def test_one_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypandoc")
    old = tmp_path / "pandoc"
    old.write_text("#!/bin/sh\necho pandoc 2.17.1.1\n", "utf-8")
    old.chmod(0o755)
    monkeypatch.delenv("ETUDE_PANDOC", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert str(old) != find_pandoc().path
    monkeypatch.setenv("ETUDE_PANDOC", str(old))
    with pytest.raises(PandocError, match=r"2\.17\.1\.1; 3\.0 or newer"):
        find_pandoc()
