"""What the book says of all its cells, seen in what runs and what pages show."""

import json

import pytest

from etude.build import BuildOptions, build
from etude.model.rules import Rule

HEAD = '[book]\ntitle = "x"\nlanguages = ["en"]\nchapters = ["a"]\n[execute]\n'
CELL = "```{code-cell} python\nimport sys\nprint('told', file=sys.stderr)\nprint('said')\n```\n"
ERROR = "```{code-cell} python\n1 / 0\n```\n\n```{code-cell} python\nprint('after')\n```\n"


def notebook(*outputs):
    return json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# A"},
                *(
                    {
                        "cell_type": "code",
                        "id": f"c{number}",
                        "metadata": {},
                        "execution_count": None,
                        "source": f"print('run {number}')",
                        "outputs": [{"output_type": "stream", "name": "stdout", "text": one}] if one else [],
                    }
                    for number, one in enumerate(outputs)
                ),
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.fixture
def book(tmp_path):
    """Builds a book with one page, and gives what was run, the rules of problems, and the page."""

    def make(execute, **files):
        (tmp_path / "etude.toml").write_text(HEAD + execute)
        (tmp_path / "index.md").write_text("# Front\n")
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        done = build(tmp_path, BuildOptions(to=("html",), jobs=1))
        page = (tmp_path / "_build/html/en/a.html").read_text(encoding="utf-8")
        return done.cells_run, [one.rule for one in done.diagnostics], page.partition("<main")[2]

    return make


def test_excluded_pages_do_not_run(book):
    ran, rules, page = book('exclude = ["a.ipynb"]\n', a_ipynb=notebook("as stored\n", ""))
    assert (0, []) == (ran, rules)
    assert "as stored" in page
    ran, rules, page = book('exclude = ["b*"]\n')
    assert (2, []) == (ran, rules)
    assert "run 0" in page


def test_a_notebook_with_all_outputs_need_not_run(book):
    ran, _, page = book('stored = "keep"\n', a_ipynb=notebook("as stored\n", "this too\n"))
    assert (0, True) == (ran, "as stored" in page)
    ran, _, page = book('stored = "keep"\n', a_ipynb=notebook("as stored\n", ""))
    assert (2, False) == (ran, "as stored" in page)


def test_stored_outputs_of_markdown_are_none(book):
    ran, _, page = book('stored = "keep"\n', a_md=CELL)
    assert (1, True) == (ran, "said" in page)


def test_errors_may_be_allowed(book):
    ran, rules, page = book("allow_errors = true\n", a_md=ERROR)
    assert (2, []) == (ran, rules)
    assert "ZeroDivisionError" in page
    assert "after" in page.rpartition('<div class="outputs')[2]
    _, rules, _ = book("")
    assert [Rule.CELL_ERROR] == rules


def test_standard_error_may_be_removed_without_a_run(book):
    ran, _, page = book("", a_md=CELL)
    assert (1, True) == (ran, 'class="stderr"' in page)
    ran, _, page = book('stderr = "remove"\n')
    assert (0, False) == (ran, 'class="stderr"' in page)
    assert "said" in page


def test_standard_error_of_one_cell(book):
    _, _, page = book("", a_md=CELL.replace("python\n", "python\n:tags: [remove-stderr]\n", 1))
    assert 'class="stderr"' not in page
