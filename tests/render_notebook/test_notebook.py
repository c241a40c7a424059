"""Notebooks: valid, the same every time, with the document's cells, and runnable as they are."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.adapters.memory import MemoryFiles
from etude.model.block import Annotation, CodeCell, Heading, Paragraph
from etude.model.book import PageFacts, Resolved
from etude.model.config import Config, ExecuteConfig, Variant
from etude.model.config_forms import HtmlConfig
from etude.model.environment import Environment, RequirementFile
from etude.model.inline import Text
from etude.model.page import FrontMatter, Page, PageExecution
from etude.model.result import CellResult, Display, Failure, Result, RunResult, Stream
from etude.model.span import NOWHERE
from etude.parse.page import parse_page
from etude.render.notebook import Along, notebook_files, notebook_path, picture_files, render_notebook

SOURCE = """\
# Title

Before.

```{code-cell} python
:label: lst-first
:tags: [hide-input, mine]
x = 1  # (1)
print(x)
```

1. what it *is*

:::{note}
Inside.

```{code-cell} python
:variant: numpy
import numpy as np
```

```{code-cell} python
:variant: pytorch
import torch
```

After.
:::

## Section

```{code-cell} python
:tags: [remove-cell, scroll-output]
x + 1
```

+++

End {eval}`x`.
"""
CONFIG = Config(
    languages=("en",),
    variants=(Variant("numpy", "NumPy"), Variant("pytorch", "PyTorch", "torch-kernel")),
)


def page_of(source=SOURCE, name="start/a", config=CONFIG):
    path = f"en/{name}.md"
    page = parse_page(source.encode(), path, name, "en", config, MemoryFiles({path: source}))
    assert page.diagnostics == ()
    return page


def made(page, variant="", result=None, config=CONFIG, **more):
    data = render_notebook(page, PageFacts(page.name, "en", **more), variant, result, config)
    notebook = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def sources(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


RESULT = RunResult(
    "start/a",
    "numpy",
    {
        0: CellResult("k0", "ok", (Stream("stdout", "1\nto\u2028o"),), execution_count=1),
        1: CellResult("k1", "ok", execution_count=2),
        3: CellResult(
            "k3",
            "error",
            (
                Display(
                    {"image/png": "aGk=\n", "text/html": "<b>\n</b>", "application/json": {"a": [1]}},
                    {"image/png": {"width": 3}},
                ),
                Result({"text/plain": "2"}, {}, 3),
                Failure("E", "v", ("t1", "t2")),
            ),
            execution_count=3,
        ),
    },
)


def test_cells_split_at_code_and_headings():
    notebook = made(page_of(), "numpy", RESULT, label="Chapter 3")
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds == [
        "code",
        "markdown",
        "code",
        "markdown",
        "code",
        "markdown",
        "markdown",
        "code",
        "markdown",
    ]
    assert sources(notebook, "markdown") == [
        "# Chapter 3: Title\n\nBefore.",
        "1. what it *is*\n\n> **Note**\n>\n> Inside.",
        "> After.",
        "## Section",
        "End `x`.",
    ]


def test_code_cells_are_those_of_the_run_after_the_set_up():
    page = page_of()
    for variant, other in (("numpy", "import numpy as np"), ("pytorch", "import torch")):
        code = sources(made(page, variant), "code")
        assert code[1:] == ["x = 1  # (1)\nprint(x)", other, "x + 1"]


def test_outputs_counts_tags_and_ids():
    notebook = made(page_of(), "numpy", RESULT)
    setup, first, second, third = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert setup.metadata.tags == ["etude-setup"]
    assert (first.id, first.execution_count) == ("lst-first", 1)
    assert first.metadata == {"tags": ["hide-input", "mine"], "jupyter": {"source_hidden": True}}
    assert first.outputs == [{"output_type": "stream", "name": "stdout", "text": "1\nto\u2028o"}]
    assert (second.outputs, second.execution_count, second.metadata) == ([], 2, {})
    assert third.metadata == {
        "tags": ["remove-cell", "scroll-output"],
        "jupyter": {"source_hidden": True, "outputs_hidden": True},
        "scrolled": True,
    }
    display, result, failure = third.outputs
    assert display.data == {"image/png": "aGk=\n", "text/html": "<b>\n</b>", "application/json": {"a": [1]}}
    assert display.metadata == {"image/png": {"width": 3}}
    assert (result.execution_count, result.data) == (3, {"text/plain": "2"})
    assert (failure.ename, failure.traceback) == ("E", ["t1", "t2"])


def test_a_page_without_a_heading_gets_its_title():
    page = page_of("---\ntitle: T\n---\nText.\n")
    assert sources(made(page, label="Chapter 1"), "markdown") == ["# Chapter 1: T\n\nText."]


def test_the_kernel_is_the_page_s_or_the_variant_s_or_the_book_s():
    page = page_of()
    assert made(page, "numpy").metadata.kernelspec == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    assert made(page, "pytorch").metadata.kernelspec.name == "torch-kernel"
    chosen = page_of("---\nkernelspec: {name: mine}\n---\n# T\n")
    assert made(chosen, "pytorch").metadata.kernelspec.name == "mine"


REQUIRES = Environment(
    variant="numpy",
    packages=('a==1; python_version < "3.12"', "numpy>=2"),
    files=(RequirementFile("r.txt", ("b[x]==2",)),),
    python=">=3.11",
)
REQUIRING = msgspec.structs.replace(CONFIG, environments=(REQUIRES,))


def test_what_a_run_requires_is_installed_by_a_cell_of_its_own():
    page = page_of()
    notebook = made(page, "numpy", config=REQUIRING)
    first, setup, *_ = notebook.cells
    assert [["etude-requires"], ["etude-setup"]] == [first.metadata.tags, setup.metadata.tags]
    assert first.source.splitlines() == [
        "# What this notebook was run with. Python >=3.11 is asked for.",
        """%pip install --quiet "a==1; python_version < '3.12'" "b[x]==2" "numpy>=2\"""",
    ]
    requires = ['a==1; python_version < "3.12"', "b[x]==2", "numpy>=2"]
    assert {"requires": requires, "python": ">=3.11"}.items() <= notebook.metadata.etude.items()
    assert "python3" == notebook.metadata.kernelspec.name
    facts = PageFacts(page.name, "en")
    texts = {render_notebook(page, facts, "numpy", RESULT, REQUIRING) for _ in range(2)}
    assert 1 == len(texts)


def test_a_shell_takes_what_is_required_as_it_is(tmp_path):
    code = made(page_of(), "numpy", config=REQUIRING).cells[0].source
    line = code.splitlines()[1].removeprefix("%pip install --quiet ")
    show = tmp_path / "show.py"
    show.write_text("import sys\nprint(*sys.argv[1:], sep='\\n')\n")
    done = subprocess.run(
        f"{sys.executable} {show} {line}", shell=True, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["a==1; python_version < '3.12'", "b[x]==2", "numpy>=2"]


def test_where_nothing_is_required_nothing_is_installed():
    for variant, config in (("pytorch", REQUIRING), ("numpy", CONFIG)):
        notebook = made(page_of(), variant, config=config)
        assert ["etude-setup"] == notebook.cells[0].metadata.tags
        assert {"language", "page", "variant"} == notebook.metadata.etude.keys()
    only = msgspec.structs.replace(REQUIRES, packages=(), files=())
    notebook = made(page_of(), "numpy", config=msgspec.structs.replace(CONFIG, environments=(only,)))
    assert ["etude-setup"] == notebook.cells[0].metadata.tags
    assert ([], ">=3.11") == (notebook.metadata.etude.requires, notebook.metadata.etude.python)


def test_a_page_with_a_kernel_of_its_own_installs_nothing():
    notebook = made(page_of("---\nkernelspec: {name: mine}\n---\n" + SOURCE), "numpy", config=REQUIRING)
    assert ["etude-setup"] == notebook.cells[0].metadata.tags


def test_other_languages_have_no_set_up():
    page = page_of("# T\n\n```{code-cell} r\nx <- 1\n```\n")
    notebook = made(page)
    assert sources(notebook, "code") == ["x <- 1"]
    assert notebook.metadata.language_info == {"name": "r"}


def test_stored_outputs_of_a_notebook_stand_in_for_missing_results():
    stored = [{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}]
    cell = CodeCell(NOWHERE, index=0, code="1", language="python", outputs=json.dumps(stored).encode())
    page = Page("en/a.ipynb", "a", "en", FrontMatter(), (Text(NOWHERE, "T"),), (cell,), (cell,))
    assert made(page).cells[-1].outputs == [{"output_type": "stream", "name": "stdout", "text": "a\nb"}]
    kept = RunResult("a", "", {0: CellResult("k", "ok")})
    assert made(page, "", kept).cells[-1].outputs == []


def test_pages_link_to_the_site_below_their_title():
    config = Config(languages=("en",), html=HtmlConfig(url="https://e.org/b/"))
    page = page_of("# T\n\nText.\n")
    line = "[Read this page on the web](https://e.org/b/en/start/a.html)"
    assert sources(made(page, config=config), "markdown") == [f"# T\n\n{line}\n\nText."]
    data = render_notebook(page, PageFacts("start/a", "en"), "", None, CONFIG, site_url="https://x.org")
    assert "(https://x.org/en/start/a.html)" in data.decode()


def test_paths_of_notebooks_and_their_files():
    source = "# T\n\n![a](/img/x.svg)\n"
    path = "en/start/a.md"
    page = parse_page(
        source.encode(), path, "start/a", "en", CONFIG, MemoryFiles({path: source, "img/x.svg": "<svg/>"})
    )
    assert notebook_path(page, "numpy") == "en/numpy/start/a.ipynb"
    assert notebook_path(page, "") == "en/start/a.ipynb"
    assert notebook_files(page, "numpy") == {"en/numpy/_files/img/x.svg": "img/x.svg"}
    assert sources(made(page, "numpy"), "markdown") == ["# T\n\n![a](../_files/img/x.svg)"]


def test_a_notebook_that_stands_alone_has_all_in_it():
    source = "# T\n\n![a](/img/x.svg)\n\n{download}`/d.csv`\n\n```{code-cell} python\n1\n```\n"
    path = "en/start/a.md"
    files = MemoryFiles({path: source, "img/x.svg": "<svg/>", "d.csv": ""})
    page = parse_page(source.encode(), path, "start/a", "en", CONFIG, files)
    assert ["img/x.svg"] == picture_files(page)
    facts = PageFacts(
        "start/a", "en", references={"download:d.csv": Resolved("", kind="download", url="d.csv")}
    )
    library = {"lib/__init__.py": "", "lib/m.py": 'def f():\n    return "\\t\'“x”"\n'}
    along = Along({"img/x.svg": b"<svg/>"}, library)

    def told(config=CONFIG, along=along):
        data = render_notebook(page, facts, "numpy", None, config, along=along)
        notebook = nbformat.reads(data.decode(), as_version=4)
        nbformat.validate(notebook)
        return notebook

    text = sources(told(), "markdown")[0]
    assert "![a](data:image/svg+xml;base64,PHN2Zy8+)" in text
    assert "](d.csv" not in text
    linked = Config(languages=("en",), html=HtmlConfig(url="https://e.org/b/"))
    assert "](https://e.org/b/d.csv)" in sources(told(linked), "markdown")[0]
    setup, code = told().cells[:2]
    assert (["etude-setup"], ["etude-library"]) == (setup.metadata.tags, code.metadata.tags)
    before = list(sys.path)
    try:
        exec(code.source, {})
        folder = Path(sys.path[-1])
        assert library == {path: (folder / path).read_text("utf-8") for path in library}
        shutil.rmtree(folder)
    finally:
        sys.path[:] = before
    alone = told(along=Along({}, {}))
    assert ["etude-setup"] == [tag for cell in alone.cells for tag in cell.metadata.get("tags", ())]


def test_the_set_up_is_python_and_seeds_what_the_run_imports():
    page = page_of()
    config = Config(execute=ExecuteConfig(seed=7, pythonpath=("src", 'a"b')), repository="https://r.org/x")
    numpy = made(page, "numpy", config=config).cells[0].source
    ast.parse(numpy)
    assert "numpy.random.seed(seed)" in numpy
    assert "torch" not in numpy
    assert '_etude_setup("en/start", ["src", "a\\"b"], seed=7)' in numpy
    assert "# The book's files: https://r.org/x\n" in numpy
    assert "torch.manual_seed(seed)" in made(page, "pytorch").cells[0].source
    front = FrontMatter(execute=PageExecution(seed=3))
    own = Page("a.md", "a", "en", front, (), (), ())
    assert '_etude_setup(".", ["."], seed=3)' in made(own).cells[0].source


words = st.text("ab \n#*_`$", max_size=12)


@st.composite
def pages(draw):
    blocks, cells = [], []
    for _ in range(draw(st.integers(0, 6))):
        match draw(st.sampled_from(["cell", "text", "heading"])):
            case "cell":
                variants = draw(st.sampled_from([(), ("numpy",), ("pytorch",)]))
                tags = tuple(draw(st.lists(st.sampled_from(["hide-input", "x"]), max_size=2, unique=True)))
                labels = tuple(draw(st.lists(st.sampled_from(["a", "b c", "甲"]), max_size=1)))
                cell = CodeCell(
                    NOWHERE,
                    labels=labels,
                    index=len(cells),
                    language="python",
                    code=draw(words),
                    variants=variants,
                    tags=tags,
                )
                cells.append(cell)
                blocks.append(cell)
            case "text":
                blocks.append(Paragraph(NOWHERE, children=(Text(NOWHERE, draw(words)),)))
            case _:
                blocks.append(
                    Heading(NOWHERE, level=draw(st.integers(1, 6)), children=(Text(NOWHERE, draw(words)),))
                )
    return Page("en/a.md", "a", "en", FrontMatter(), (Text(NOWHERE, "T"),), tuple(blocks), tuple(cells))


@settings(deadline=None)
@given(pages(), st.sampled_from(["numpy", "pytorch"]))
def test_notebooks_are_valid_and_hold_the_document_s_cells(page, variant):
    facts = PageFacts("a", "en")
    data = render_notebook(page, facts, variant, None, CONFIG)
    assert data == render_notebook(page, facts, variant, None, CONFIG)
    assert data.endswith(b"}\n")
    notebook = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(notebook)
    expected = [cell.code for cell in page.cells if not cell.variants or variant in cell.variants]
    code = sources(notebook, "code")
    assert expected == (code[1:] if code and code[0].startswith("# This cell") else code)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


def test_the_bytes_are_nbformat_s_own():
    data = render_notebook(page_of(), PageFacts("start/a", "en"), "numpy", RESULT, CONFIG)
    assert data.decode() == nbformat.writes(nbformat.reads(data.decode(), as_version=4)) + "\n"


def test_annotations_stay_in_the_code():
    cell = CodeCell(NOWHERE, language="python", code="a\nb", annotations=(Annotation(1, 2, ()),))
    page = Page("en/a.md", "a", "en", FrontMatter(), (), (cell,), (cell,))
    assert sources(made(page), "code")[1] == "a\nb  # (1)"


@pytest.mark.kernel
def test_plain_jupyter_runs_it(tmp_path):
    pytest.importorskip("nbclient")
    source = (
        "# T\n\n"
        "```{code-cell} python\nimport os, random\nfrom helper import one\nfrom mybook.saved import two\n"
        'print(one + two, open("local.txt").read(), random.random() == R)\n```\n'
    )
    random_first = __import__("random").Random(0).random()
    page = page_of(source.replace("R)", f"{random_first!r})"))
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "x"\n')
    (tmp_path / "helper.py").write_text("one = 1\n")
    (tmp_path / "en/start").mkdir(parents=True)
    (tmp_path / "en/start/local.txt").write_text("beside the page")
    folder = tmp_path / "_build/notebook"
    library = folder / "en/_library/mybook"
    library.mkdir(parents=True)
    (library / "saved.py").write_text("two = 2\n")
    target = folder / notebook_path(page, "")
    target.parent.mkdir(parents=True)
    target.write_bytes(render_notebook(page, PageFacts("start/a", "en"), "", None, CONFIG))
    # The whole of the command line a reader would use, from another folder.
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", str(target)]
    environment = {**os.environ, "JUPYTER_PLATFORM_DIRS": "1"}
    done = subprocess.run(
        command,
        check=False,
        cwd=tmp_path.parent,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(target, as_version=4)
    assert [output.text for output in executed.cells[-1].outputs] == ["3 beside the page True\n"]
