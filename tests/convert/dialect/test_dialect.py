"""A small whole book with every construct of Jupyter Books: its documents, and what a build shows of it."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, BuildReport, build
from etude.parse.config import parse_config
from etude.parse.page import parse_page
from etude.parse.text import source_text
from tests.spec.tree import Tree

HERE = Path(__file__).parent
BOOK = HERE / "book"
PAGES = sorted(path.stem for path in BOOK.glob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_document(name: str, update: bool) -> None:
    files = DiskFiles(BOOK)
    config, _ = parse_config((BOOK / "etude.toml").read_text("utf-8"), "etude.toml")
    data = (BOOK / f"{name}.md").read_bytes()
    page = parse_page(data, f"{name}.md", name, "en", config, files)
    texts = {path: source_text(files.read(path)) for path in page.sources}
    got = Tree(page, texts).text()
    golden = HERE / "expected" / f"{name}.txt"
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(got, "utf-8")
    assert golden.read_text("utf-8") == got


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    root = tmp_path_factory.mktemp("dialect") / "book"
    shutil.copytree(BOOK, root)
    return root, build(root, BuildOptions(to=("html", "notebook", "epub", "pdf", "markdown"), jobs=1))


def shown(root: Path, name: str) -> str:
    """The words of a page, one space between them."""
    page = (root / "_build" / "html" / "en" / f"{name}.html").read_text("utf-8")
    main = page[page.index("<main") : page.index("</main>")]
    words = " ".join(re.sub(r"<[^>]+>", " ", main).split())
    return re.sub(r" (?=[,.:])", "", words)


@pytest.mark.kernel
def test_builds_without_a_problem(built: tuple[Path, BuildReport]) -> None:
    assert [] == [f"{d.place.path}: {d.rule}: {d.message}" for d in built[1].diagnostics]


@pytest.mark.kernel
def test_named_values_are_shown_everywhere(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    assert "Ada weighs 1234.6 grams, or 1234.5678." in shown(root, "glue")
    assert "Figure 3.1 The cones of the kiln" in shown(root, "glue")
    assert "The potter of Glue is Ada." in shown(root, "other")
    page = (root / "_build" / "html" / "en" / "glue.html").read_text("utf-8")
    assert 3 == page.count("<th>cone</th>"), "as a block, in a figure, and as the figure of a cell"
    notebook = json.loads((root / "_build" / "notebook" / "en" / "glue.ipynb").read_text("utf-8"))
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    assert any("Ada weighs 1234.6 grams" in text for text in texts)
    with zipfile.ZipFile(root / "_build" / "epub" / "en.epub") as book:
        pages = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml"))
    assert "weighs" in pages
    assert "1234.6" in pages


@pytest.mark.kernel
def test_what_is_hidden_or_for_others_is_left_out(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    for name in PAGES:
        text = "" if name == "index" else shown(root, name)
        assert "Nobody sees this." not in text
    assert "Everybody sees this." in shown(root, "other")
    assert "Solution to Exercise 2.1" in shown(root, "boxes")
