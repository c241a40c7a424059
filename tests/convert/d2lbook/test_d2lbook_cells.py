"""Cells: tabs, saved code, aliases, hidden cells, and what stands around them."""

from __future__ import annotations

import pytest


def cell(code: str, *options: str) -> str:
    lines = "".join(f"{option}\n" for option in options)
    return f"```{{code-cell}} python\n{lines}{code}\n```\n"


def source(code: str, info: str = "{.python .input}") -> str:
    return f"```{info}\n{code}\n```\n"


@pytest.mark.parametrize("info", ["{.python .input}", "{.input .python}", "{.python .input  n=7}"])
def test_a_cell(made, info):
    assert made(source("1 + 1", info)).page == cell("1 + 1")


def test_a_fence_that_is_no_cell_stays(made):
    for page in (
        "```python\n1\n```\n",
        "```bash\nls\n```\n",
        "```\nx\n```\n",
        "````text\n```{.python .input}\n```\n````\n",
    ):
        assert made(page).page == page


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("#@tab python\nx", cell("x", ":variant: python")),
        ("%%tab python\nx", cell("x", ":variant: python")),
        ("%matplotlib inline\n#@tab python\nx", cell("%matplotlib inline\nx", ":variant: python")),
        ("x", cell("x", ":variant: numpy")),
        ("#@tab all\nx", cell("x")),
        ("%%tab numpy, python   \nx", cell("x")),
        (
            "#@tab all\nd2l.ones(3)",
            cell("np.ones(3)", ":variant: numpy") + "\n" + cell("d2l.ones(3)", ":variant: python"),
        ),
        ("#@tab all\nif tab.selected('python'):\n    x", cell("x", ":variant: python")),
    ],
)
def test_tabs(tabbed, code, expected):
    # Other cells of the page are for the first tab and for the second, so that the page has both.
    page = tabbed(source(code) + "\n" + source("last") + "\n" + source("#@tab python\nmore")).page
    assert page.startswith(expected + "\n" + cell("last", ":variant: numpy"))


def test_a_page_has_the_tabs_that_it_names(tabbed):
    assert tabbed(source("x")).page == cell("x")
    assert tabbed(source("#@tab all\nx")).page == cell("x")
    assert tabbed(source("#@tab python\nx")).page == "---\nvariants: [python]\n---\n\n" + cell("x")
    assert tabbed(source("#@tab all\nx") + "\n:begin_tab:`python`\nwords\n:end_tab:\n").page == (
        "---\nvariants: [numpy, python]\n---\n\n" + cell("x") + "\n:::{variant} python\nwords\n:::\n"
    )


def test_an_unknown_tab_is_told(tabbed):
    result = tabbed(source("#@tab jax\nx"))
    assert ("lost", 1, "`jax` is none of the book's tabs") in result.told("#@tab")
    assert "```python\n#@tab jax\nx\n```\n" == result.page


def test_saved_code(tabbed):
    page = tabbed(source("#@tab all\n#@save\ndef f():\n    return 1\n\nf()")).page
    assert page == cell("def f():\n    return 1", ":save:") + "\n" + cell("f()")


def test_what_cells_set_up_for_d2lbook_is_taken_out(tabbed):
    result = tabbed(
        source("%load_ext d2lbook.tab\ntab.interact_select('numpy')\n# required_libs('tqdm')") + "\n# A\n"
    )
    assert "# A\n" == result.page
    assert ["lost"] == [fate for fate, _, _ in result.told("required_libs")]


@pytest.mark.parametrize(
    ("mark", "tag"),
    [
        ("# Hide code", "remove-input"), ("# Hide outputs", "remove-output"), ("#@hide", "remove-cell"),
        ("#@hide_code", "remove-input"), ("#@hide_output", "remove-output"), ("#@hide_all", "remove-cell"),
    ],
)  # fmt: skip
def test_hidden_cells(made, mark, tag):
    assert made(source(f"{mark}\nx")).page == cell("x", f":tags: [{tag}]")


def test_all_cells_after_one_are_hidden(made):
    page = made(source("#@hide_all\nx") + "\n" + source("y")).page
    assert page == cell("x", ":tags: [remove-cell]") + "\n" + cell("y", ":tags: [remove-cell]")


def test_code_that_holds_a_fence_gets_a_longer_one(made):
    page = made("````{.python .input}\nx = '''\n```\n'''\n````\n").page
    assert page == "````{code-cell} python\nx = '''\n```\n'''\n````\n"


def test_patches_are_saved_as_they_stand(tabbed):
    code = "@d2l.add_to_class(Die)\ndef throw(self):\n    return 4"
    result = tabbed(source(f"#@tab all\n#@save\n{code}"))
    assert result.page == cell(code, ":save:")
    assert ["kept", "changed"] == [fate for fate, _, _ in result.told("@d2l.add_to_class")]


def test_what_stands_above_a_generated_library_is_saved_unseen(tabbed):
    library = "import numpy as np\n\n#####   WARNING   #####\n# made\n"
    result = tabbed(source("#@save\na = 1"), **{"dice/np.py": library})
    assert result.page == cell(
        "import numpy as np", ":variant: numpy", ":save:", ":tags: [remove-cell]"
    ) + "\n" + cell("a = 1", ":variant: numpy", ":save:")


def test_what_a_page_of_one_tab_saves_goes_to_its_library_alone(tabbed):
    result = tabbed(source("#@save\na = 1") + "\n" + source("#@tab all\n#@save\nb = 1"))
    assert result.page == cell("a = 1", ":variant: numpy", ":save:") + "\n" + cell("b = 1", ":save:")


def test_aliases_that_code_still_asks_for_are_saved_unseen(tabbed):
    result = tabbed(source("#@save\na = map(d2l.reshape, b)"))
    assert result.page.endswith(
        cell(
            "reshape = lambda x, *args, **kwargs: x.reshape(*args, **kwargs)",
            ":variant: numpy",
            ":save:",
            ":tags: [remove-cell]",
        )
    )


def test_the_older_ways_to_name_the_library(made):
    one = made(source("#@save\na = 1"), "[library]\nsave_filename = toys/die.py\nsave_mark = @save\n")
    assert one.page == cell("a = 1", ":save: die")
    assert '[library]\nname = "toys"\n' in one.toml
    tabs = "[build]\ntabs = a, b\n[library]\nsave_patterns = toys/x.py, a\n  toys/y.py, b\n"
    assert '[variant.b]\ntitle = "b"\nlibrary = "y"\n' in made(settings=tabs).toml


def test_a_method_without_its_class_is_told(tabbed):
    cells = [
        "#@save\ndef loss(x):\n    return x", "#@save\nclass A: pass",
        "@d2l.add_to_class(A)  #@save\ndef loss(self):\n    return 1",
        "@d2l.add_to_class(d2l.B)  #@save\ndef more(self):\n    return 1",
    ]  # fmt: skip
    result = tabbed("\n".join(map(source, cells)))
    assert [("changed", 18)] == [
        (fate, line) for fate, line, _ in result.told("@d2l.add_to_class") if fate == "changed"
    ]
