"""The library: what a page can import of what earlier pages saved."""

from __future__ import annotations

import pytest


@pytest.fixture
def book(world):
    world.library_name = "lib"
    world.variants = ("numpy", "torch")
    world.page(
        "one", world.cell("a = 1  # 一", save="tools"), world.cell("n = 1", save="tools", variants=("numpy",))
    )
    world.page(
        "two",
        world.cell("b = 2", save="tools"),
        world.cell("c = 3", save="sub.deep"),
        "from lib.tools import a",
    )
    world.page("three", "import lib.tools\nfrom lib.sub import deep", variants=("numpy", "torch"))
    return world


def sources(world, name, variant, language="zh"):
    made = world.plan()
    run = next(r for r in made.runs if (r.name, r.variant) == (name, variant) and r.page.language == language)
    return made.library(run)


def test_a_page_sees_what_earlier_pages_saved_for_its_variant(book):
    assert sources(book, "three", "numpy") == {
        "lib/__init__.py": '"""Code that the pages of the book define."""\n',
        "lib/sub/__init__.py": '"""Part of the book\'s code."""\n',
        "lib/sub/deep.py": "# page: zh/two.md\n\nc = 3\n",
        "lib/tools.py": "# page: zh/one.md\n\na = 1  # 一\n\nn = 1\n\n# page: zh/two.md\n\nb = 2\n",
    }


def test_code_of_other_variants_is_left_out(book):
    assert "n = 1" not in sources(book, "three", "torch")["lib/tools.py"]


def test_a_page_does_not_see_its_own_cells(book):
    assert "b = 2" not in sources(book, "two", "numpy")["lib/tools.py"]
    assert {"lib/__init__.py"} == sources(book, "one", "numpy").keys()


def test_every_saved_module_is_there_to_be_found(book):
    book.page("three", "x = 1")
    assert sources(book, "three", "numpy").keys() >= {"lib/tools.py", "lib/sub/deep.py"}


def test_without_a_name_there_is_no_library(book):
    book.library_name = ""
    assert sources(book, "three", "numpy") == {}


def test_the_default_languages_page_is_taken_when_only_comments_differ(book):
    book.page(
        "one",
        book.cell("a = 1  # one", save="tools"),
        book.cell("n = 1", save="tools", variants=("numpy",)),
        language="en",
    )
    book.page("three", "import lib.tools  # other\nx = 1", language="en")
    assert "# 一" in sources(book, "three", "numpy", "en")["lib/tools.py"]


def test_other_code_of_a_language_is_its_own(book):
    book.page("one", book.cell("a = 100", save="tools"), language="en")
    book.page("three", "import lib.tools", language="en")
    assert "a = 100" in sources(book, "three", "numpy", "en")["lib/tools.py"]


def test_lines_of_ipython_are_made_comments(world):
    world.library_name = "lib"
    world.page("one", world.cell("%matplotlib inline\nif 1:\n    !ls\nx = 1", save="m"))
    world.page("two", "import lib.m")
    text = sources(world, "two", "")["lib/m.py"]
    compile(text, "m.py", "exec")
    assert "x = 1" in text


def test_a_change_of_a_library_module_that_another_imports_counts(world):
    world.library_name = "lib"
    world.page("one", world.cell("a = 1", save="base"))
    world.page("two", world.cell("from lib.base import a", save="top"))
    world.page("three", "from lib import top")
    before = world.keys(2)
    world.page("one", world.cell("a = 2", save="base"))
    assert before != world.keys(2)


def test_saved_code_goes_to_the_module_of_its_variant(world):
    world.library_name, world.variants, world.module_of = "lib", ("numpy", "torch"), {"torch": "pt"}
    world.page("one", world.cell("a = 1", save="one", page_module=True), variants=("numpy", "torch"))
    world.page("two", world.cell("b = 1", save="own"), variants=("numpy", "torch"))
    world.page("three", "import lib.one, lib.pt, lib.own", variants=("numpy", "torch"))
    assert {"lib/__init__.py", "lib/one.py", "lib/own.py"} == sources(world, "three", "numpy").keys()
    assert {"lib/__init__.py", "lib/pt.py", "lib/own.py"} == sources(world, "three", "torch").keys()


def test_a_whole_library_holds_what_the_page_and_later_ones_save(book):
    book.library_whole = True
    everywhere = sources(book, "three", "numpy")
    assert everywhere == sources(book, "one", "numpy") == sources(book, "two", "numpy")
    assert "b = 2" in everywhere["lib/tools.py"]


def test_a_change_of_what_a_later_page_saves_runs_those_that_import_it(world):
    world.library_name, world.library_whole = "lib", True
    world.page("one", "from lib.later import a")
    world.page("two", world.cell("a = 1", save="later"))
    before = world.keys(0)
    world.page("two", world.cell("a = 2", save="later"))
    assert before != world.keys(0)
