"""Classes written piece by piece, in the library."""

from __future__ import annotations

import pytest

from etude.execute.piecewise import folded

DIE = 'class Die:\n    """A die."""\n\n    def throw(self):\n        return 4'


@pytest.mark.parametrize(
    "added",
    [
        "@add_to_class(Die)\ndef last(self):\n    return 1",
        "@d2l.add_to_class(d2l.Die)  # 加上\ndef last(self):\n    return 1",
        "\n@d2l.add_to_class(\n    Die,\n)\ndef last(self):\n    return 1\n",
    ],
)
def test_a_method_goes_into_its_class(added):
    first, second = folded([DIE, added])
    assert f"{DIE}\n\n    def last(self):\n        return 1" == first
    assert "" == second.strip()


def test_what_stands_around_a_method_stays():
    added = "x = 1\n\n@add_to_class(Die)\n@property\ndef last(self):\n    return x\n\ny = 2"
    assert [f"{DIE}\n\n    @property\n    def last(self):\n        return x", "x = 1\n\ny = 2"] == folded(
        [DIE, added]
    )


def test_methods_stand_in_their_order_and_in_the_last_class_of_the_name():
    one = "@add_to_class(A)\ndef one(self): pass\n\n@add_to_class(A)\nasync def two(self): pass"
    made = folded(["class A:\n  x = 1", "class A:\n  x = 2\n\n# then\ny = 1", one])
    assert [
        "class A:\n  x = 1",
        "class A:\n  x = 2\n\n  def one(self): pass\n\n  async def two(self): pass\n\n# then\ny = 1",
        "",
    ] == made


def test_a_class_of_the_same_cell_grows():
    assert ["class A:\n    x = 1\n\n    def one(self): pass\ny = 2"] == folded(
        ["class A:\n    x = 1\n@add_to_class(A)\ndef one(self): pass\ny = 2"]
    )


def test_a_method_takes_the_place_of_an_older_one():
    added = "@add_to_class(A)\ndef one(self):\n    return 1"
    two = "\n\n    def two(self): pass"
    older = "class A:\n    def one(self):\n        raise NotImplementedError"
    new = "def one(self):\n        return 1"
    assert f"class A:\n    {new}{two}" == folded([older + two, added])[0]
    assert f"{older}\n    uno = one\n\n    {new}" == folded([f"{older}\n    uno = one", added])[0]


def test_texts_of_a_method_stay_as_they_are():
    added = (
        '@add_to_class(A)\ndef one(self):\n    """Say.\n\n    More.\n    """\n    return f"""\nleft {1}\n"""'
    )
    assert (
        "class A:\n    x = 1\n\n"
        '    def one(self):\n        """Say.\n\n        More.\n        """\n'
        '        return f"""\nleft {1}\n"""'
    ) == folded(["class A:\n    x = 1", added])[0]


@pytest.mark.parametrize(
    "texts",
    [
        ["@add_to_class(Die)\ndef last(self): pass", DIE],
        [DIE, "@add_to_class(Other)\ndef last(self): pass"],
        [DIE, "@add_to_class(Die, 1)\ndef last(self): pass"],
        [DIE, "@other(Die)\ndef add_to_class(self): pass"],
        [DIE, "add_to_class(Die)(print)"],
        [DIE, "@add_to_class(Die)\ndef last(self) pass"],
        ["class A: pass", "@add_to_class(A)\ndef last(self): pass"],
        ["class A(", "@add_to_class(A)\ndef last(self): pass"],
    ],
)
def test_other_code_stays(texts):
    assert texts == folded(texts)
