"""The plan: which runs there are, and what their keys depend on."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etude.execute.code import PageCode, page_code
from etude.execute.planner import plan
from etude.model.config import ExecuteConfig
from etude.model.patterns import expand
from etude.model.rules import Rule


def shape(world):
    return [(run.name, run.variant, run.pages) for run in world.plan().runs]


def rules(world):
    return [problem.rule for problem in world.plan().diagnostics]


def test_a_page_without_cells_makes_no_run(world):
    world.page("a")
    assert shape(world) == []


def test_a_book_without_variants_has_one_run_a_page(world):
    world.page("a", "x = 1")
    assert shape(world) == [("a", "", ("zh/a.md",))]


def test_a_page_that_names_no_variant_runs_in_the_first(world):
    world.variants = ("numpy", "torch")
    world.page("a", "x = 1")
    assert shape(world) == [("a", "numpy", ("zh/a.md",))]


def test_a_page_runs_in_the_variants_its_cells_name_in_the_books_order(world):
    world.variants = ("numpy", "torch", "jax")
    world.page("a", world.cell("x", variants=("torch",)), world.cell("y", variants=("numpy",)), "z")
    runs = world.plan().runs
    assert [run.variant for run in runs] == ["numpy", "torch"]
    assert [[step.cell.code for step in run.steps] for run in runs] == [["y", "z"], ["x", "z"]]


def test_front_matter_names_the_variants(world):
    world.variants = ("numpy", "torch")
    world.page("a", "x = 1", variants=("torch", "numpy"))
    assert [run.variant for run in world.plan().runs] == ["numpy", "torch"]


def test_pages_of_two_languages_share_a_run(world):
    world.page("a", "x = 1  # 一")
    world.page("a", "x = 1  # one", language="en", evals=(("x", 1),))
    (run,) = world.plan().runs
    assert run.pages == ("zh/a.md", "en/a.md")
    assert [request.name for request in run.steps[0].requests] == ["show:x"]
    assert run.steps[0].cell.code == "x = 1  # 一"


def test_pages_with_other_code_do_not_share(world):
    world.page("a", "x = 1", "y = 2")
    world.page("a", "x = 1", "y = 3", language="en")
    first, second = world.plan().runs
    assert first.steps[0].key == second.steps[0].key
    assert first.steps[1].key != second.steps[1].key


def test_pages_of_other_names_share_nothing(world):
    world.page("a", "x = 1")
    world.page("b", "x = 1")
    first, second = world.plan().runs
    assert first.steps[0].key != second.steps[0].key


def test_skipped_cells_are_in_no_run(world):
    world.page("a", "x = 1", world.cell("y = 2", tags=("skip-execution",)), "z = 3")
    (run,) = world.plan().runs
    assert [step.cell.code for step in run.steps] == ["x = 1", "z = 3"]
    assert [cell.index for cell in run.parts[0].skipped] == [1]


def test_a_skipped_page_has_no_steps(world):
    world.page("a", "x = 1", skip=True)
    (run,) = world.plan().runs
    assert run.steps == ()


def test_the_kernel_is_the_pages_the_variants_or_the_books(world):
    world.variants = ("numpy",)
    world.page("a", "x")
    world.page("b", "x", kernel="special")
    assert [run.kernel for run in world.plan().runs] == ["python3", "special"]
    world.kernel_of = {"numpy": "other"}
    assert [run.kernel for run in world.plan().runs] == ["other", "special"]


def test_only_takes_the_runs_of_some_pages(world):
    world.page("a", "x = 1")
    world.page("b", "x = 1")
    assert [run.name for run in world.plan().only({"zh/b.md"}).runs] == ["b"]


# ---- keys


def test_a_changed_cell_changes_its_key_and_later_ones_only(world):
    world.page("a", "x = 1", "y = 2", "z = 3")
    before = world.keys()
    world.page("a", "x = 1", "y = 20", "z = 3")
    after = world.keys()
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False, False]


CELLS = st.lists(st.sampled_from(["x = 1", "y = f(x)", "for i in x:\n    y = i", "!ls", "z = '''\n# a\n'''"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(codes=CELLS, comment=st.text("abc 中", max_size=8), blank=st.integers(0, 3))
def test_comments_and_formatting_change_no_key(world, codes, comment, blank):
    world.page("a", *codes)
    before = world.keys() if codes else ()
    world.page("a", *(f"# {comment}\n" + "\n" * blank + code + "\n\n# end" for code in codes))
    assert before == (world.keys() if codes else ())


def set_up_inputs(world):
    world.library_name = "lib"
    world.variants = ("v", "w")
    world.environment = {"HOST": "one", "DATA": "/big"}
    world.execution = ExecuteConfig(inputs=("data/*.csv",), environment=("HOST",))
    world.files.content |= {
        "data/a.csv": b"1",
        "/big/x.bin": b"1",
        "/home/me/c.txt": b"1",
        "helper.py": b"from inner import deep\n",
        "inner/__init__.py": b"",
        "inner/deep.py": b"from . import sibling",
        "inner/sibling.py": b"x = 1",
        "zh/near.py": b"open('near.txt')",
        "zh/near.txt": b"1",
        "zh/table.csv": b"1",
    }
    world.page("one", world.cell("def go():\n    return 1", save="code"))
    world.page(
        "two",
        "import helper, near\nfrom lib.code import go\nopen('table.csv')",
        "go()",
        variants=("v",),
        inputs=("$DATA/*.bin", "~/c.txt"),
        seed=1,
    )


CHANGES = {
    "an input of the book": lambda w: w.files.content.update({"data/a.csv": b"2"}),
    "a new input of the book": lambda w: w.files.content.update({"data/b.csv": b""}),
    "an input that goes": lambda w: w.files.content.pop("data/a.csv"),
    "an input under a variable": lambda w: w.files.content.update({"/big/x.bin": b"2"}),
    "an input at home": lambda w: w.files.content.update({"/home/me/c.txt": b"2"}),
    "a variable": lambda w: w.environment.update(HOST="two"),
    "a variable that goes": lambda w: w.environment.pop("HOST"),
    "a variable that is empty": lambda w: w.environment.update(HOST=""),
    "a local module": lambda w: w.files.content.update({"helper.py": b"import inner.deep\nx = 2"}),
    "a module that a module imports": lambda w: w.files.content.update({"inner/deep.py": b"x = 2"}),
    "a module imported relatively": lambda w: w.files.content.update({"inner/sibling.py": b"x = 2"}),
    "a package's own code": lambda w: w.files.content.update({"inner/__init__.py": b"x = 2"}),
    "a module beside the page": lambda w: w.files.content.update({"zh/near.py": b"x = 2"}),
    "a file that a module names": lambda w: w.files.content.update({"zh/near.txt": b"2"}),
    "a file that a cell names": lambda w: w.files.content.update({"zh/table.csv": b"2"}),
    "a named file that goes": lambda w: w.files.content.pop("zh/table.csv"),
    "saved code of an earlier page": lambda w: w.page("one", w.cell("def go():\n    return 2", save="code")),
    "the seed": lambda w: w.page(
        "two",
        *[cell.code for cell in w.pages[-1].cells],
        variants=("v",),
        inputs=("$DATA/*.bin", "~/c.txt"),
        seed=2,
    ),
    "the kernel": lambda w: w.page(
        "two",
        *[cell.code for cell in w.pages[-1].cells],
        variants=("v",),
        inputs=("$DATA/*.bin", "~/c.txt"),
        seed=1,
        kernel="other",
    ),
    "the variant": lambda w: w.page(
        "two",
        *[cell.code for cell in w.pages[-1].cells],
        variants=("w",),
        inputs=("$DATA/*.bin", "~/c.txt"),
        seed=1,
    ),
    "an option": lambda w: w.page(
        "two",
        w.cell(w.pages[-1].cells[0].code, tags=("raises-exception",)),
        "go()",
        variants=("v",),
        inputs=("$DATA/*.bin", "~/c.txt"),
        seed=1,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_input_changes_the_keys(world, change):
    set_up_inputs(world)
    before = world.plan().runs[-1]
    CHANGES[change](world)
    after = next(run for run in world.plan().runs if run.name == "two")
    for one, other in zip(world.depends(before), world.depends(after), strict=True):
        assert one != other


NO_CHANGES = {
    "a file that nothing names": lambda w: w.files.content.update({"other.csv": b"2"}),
    "a module that nothing imports": lambda w: w.files.content.update({"unused.py": b"2"}),
    "a variable that is not declared": lambda w: w.environment.update(OTHER="two"),
    "a comment in saved code": lambda w: w.page("one", w.cell("# why\ndef go():\n    return 1", save="code")),
    "saved code that is not imported": lambda w: w.page(
        "one", w.cell("def go():\n    return 1", save="code"), w.cell("a = 1", save="other")
    ),
    "a later page": lambda w: w.page("zzz", w.cell("def go():\n    return 3", save="code")),
    "the time-out": lambda w: setattr(
        w, "execution", ExecuteConfig(inputs=("data/*.csv",), environment=("HOST",), timeout=1.0)
    ),
    "an expectation": lambda w: w.page("one", w.cell("def go():\n    return 1", save="code", expect=("1",))),
}


@pytest.mark.parametrize("change", NO_CHANGES)
def test_what_a_run_cannot_read_changes_no_key(world, change):
    set_up_inputs(world)
    before = [world.depends(run) for run in world.plan().runs if run.name == "two"]
    NO_CHANGES[change](world)
    assert before == [world.depends(run) for run in world.plan().runs if run.name == "two"]


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module(name)",
        "from importlib import import_module as load\nload(name)",
        "__import__(name)",
        "%run script.py",
        "!python other.py",
        "import sys\nsys.path.append('x')",
        "exec(text)",
        "import runpy",
        "this is no python",
    ],
)
def test_imports_that_cannot_be_told_depend_on_every_module(world, code):
    world.files.content["tools/a.py"] = b"x = 1"
    world.page("a", code)
    before = world.keys()
    world.files.content["tools/a.py"] = b"x = 2"
    assert before != world.keys()


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module('tools.a')",
        "from tools import *",
        "from tools import a",
        "import tools.a as t",
        "def f():\n    import tools.a",
    ],
)
def test_imports_are_found_in_many_forms(world, code):
    world.files.content |= {"tools/__init__.py": b"", "tools/a.py": b"x = 1", "tools2.py": b"x = 1"}
    world.page("a", code)
    before = world.keys()
    world.files.content["tools2.py"] = b"x = 2"
    assert before == world.keys()
    world.files.content["tools/a.py"] = b"x = 2"
    assert before != world.keys()


def test_code_that_shows_source_depends_on_comments(world):
    world.page("a", "def f(): pass", "import inspect\ninspect.getsource(f)", "x = 1")
    before = world.keys()
    world.page("a", "def f(): pass  # now", "import inspect\ninspect.getsource(f)", "x = 1")
    assert [a == b for a, b in zip(before, world.keys(), strict=True)] == [True, False, False]


def test_evals_change_no_key_and_go_to_the_cell_before(world):
    world.variants = ("v", "w")
    cells = ("x = 1", world.cell("y = 2", variants=("w",)), "z = 3")
    world.page("a", *cells, variants=("v", "w"))
    before = world.keys()
    world.page("a", *cells, variants=("v", "w"), evals=(("x", 2), ("y", 2, ("w",)), ("z", 3), ("q", 0)))
    assert before == world.keys()
    v, w = world.plan().runs
    assert [[r.name for r in step.requests] for step in v.steps] == [["show:x"], ["show:z"]]
    assert [[r.name for r in step.requests] for step in w.steps] == [[], ["show:x", "show:y"], ["show:z"]]
    assert [step for step, _ in v.parts[0].evals] == [0, 1, -1]


def test_an_unreadable_input_is_reported(world):
    class Bad:
        def hashes(self, _pattern):
            return (("a.csv", "unreadable"),)

    world.execution = ExecuteConfig(inputs=("data/a.csv",))
    world.page("a", "x = 1")
    made = plan(world.codes(), world.config, world.files, Bad(), environment={})
    assert [problem.rule for problem in made.diagnostics] == [Rule.INPUT_UNREADABLE]


def test_page_code_survives_storing(world):
    page = world.page("a", "import x\nopen('a/b.csv')", evals=(("x:.2f", 1, ("v",)),), timeout=3.0)
    code = page_code(page)
    assert code == msgspec.json.decode(msgspec.json.encode(code), type=PageCode)


def test_a_module_name_that_is_none_is_reported(world):
    world.library_name = "lib"
    world.page("a", world.cell("x = 1", save="no-name"))
    world.page("a", world.cell("x = 1", save="no-name"), language="en")
    assert rules(world) == [Rule.OPTION_VALUE]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a/*.csv", "a/*.csv"),
        ("~/x", "/home/x"),
        ("$A/x", "/a/x"),
        ("${A}b", "/ab"),
        ("$NO/x", None),
        ("a~b", "a~b"),
    ],
)
def test_expand(pattern, expected):
    assert expected == expand(pattern, {"A": "/a"}, "/home")


@pytest.mark.parametrize(
    ("language", "kernel", "found"),
    [
        ("julia", "", [Rule.CELL_LANGUAGE]),
        ("r", "python3", [Rule.CELL_LANGUAGE]),
        ("ipython3", "", []),
        ("", "", []),
        ("r", "ir", []),
        ("python", "my-environment", []),
    ],
)
def test_a_cell_in_a_language_that_is_not_the_kernels(world, language, kernel, found):
    world.variants = ("numpy", "torch")
    world.page("a", world.cell("x = 1", language=language), kernel=kernel, variants=("numpy", "torch"))
    assert list(dict.fromkeys(rules(world))) == found
    assert found == [problem.rule for problem in world.execute().diagnostics]


def test_paths_in_modules_are_looked_for_beside_the_page_too(world):
    world.files.content["helper.py"] = (
        b"def load():\n    return open('../data/a.txt').read(), open('near.txt')"
    )
    for path in ("data/a.txt", "zh/near.txt", "en/near.txt"):
        world.files.content[path] = b"1"
    for language in ("zh", "en"):
        world.page("a", "import helper", language=language)
    assert [run.pages for run in world.plan().runs] == [("zh/a.md", "en/a.md")]
    before = world.keys()
    world.files.content["data/a.txt"] = b"2"
    assert before != (after := world.keys())
    world.files.content["zh/near.txt"] = b"2"
    assert after != world.keys()
    assert [run.pages for run in world.plan().runs] == [("zh/a.md",), ("en/a.md",)]


def test_files_and_modules_of_values_count(world):
    world.files.content["zh/d.txt"] = b"1"
    world.page("a", world.cell("x = 1", expect=("open('d.txt').read() == 'y'",)))
    before = world.keys()
    world.files.content["zh/d.txt"] = b"2"
    assert before != (after := world.keys())
    world.page("a", "x = 1", evals=(("len(open('d.txt').read()):,", 1),))
    assert after == world.keys()
    world.files.content["zh/d.txt"] = b"3"
    assert after != world.keys()


def test_of_two_modules_with_one_name_both_count(world):
    world.execution = ExecuteConfig(pythonpath=("src", "other"))
    world.files.content |= {"src/utils.py": b"1", "other/utils.py": b"1"}
    world.page("a", "import importlib\nm = 'utils'\nimportlib.import_module(m)")
    keys = [world.keys()]
    for path in ("src/utils.py", "other/utils.py"):
        world.files.content[path] = b"2"
        keys.append(world.keys())
    assert len(set(keys)) == 3


def test_a_meant_exception_shows_each_page_its_own_code(world):
    for language, comment in (("zh", "# 一"), ("en", "# one")):
        cell = world.cell(f"{comment}\n1 / 0", tags=("raises-exception",))
        world.page("a", cell, "y = 1", language=language)
    zh, en = world.plan().runs
    assert zh.steps[0].key != en.steps[0].key
    assert zh.steps[1].key == en.steps[1].key
