"""Branches of tabs within code."""

from __future__ import annotations

import pytest

from etude.convert.d2lbook.branches import choose

CLASS = '''class Die(d2l.Toy):
    """A die."""
    def __init__(self):
        super().__init__()
        if tab.selected('numpy'):
            # its own
            self.text = """
  deep
"""
        if tab.selected(['python', 'jax']):
            self.text = ''

    if tab.selected('numpy') or tab.selected("python"):
        def throw(self):
            """One
            throw.
            """
            return 4

    def last(self):
        if tab.selected('jax'):
            return 1
        elif tab.selected('numpy'):
            return 2
        else:
            return 3'''


def test_each_tab_has_its_own_lines():
    assert (
        choose(CLASS, "numpy")
        == '''class Die(d2l.Toy):
    """A die."""
    def __init__(self):
        super().__init__()
        # its own
        self.text = """
  deep
"""

    def throw(self):
        """One
        throw.
        """
        return 4

    def last(self):
        return 2'''
    )
    assert (
        choose(CLASS, "jax")
        == '''class Die(d2l.Toy):
    """A die."""
    def __init__(self):
        super().__init__()
        self.text = ''

    def last(self):
        return 1'''
    )
    assert choose(CLASS, "python").endswith("    def last(self):\n        return 3")


@pytest.mark.parametrize(
    ("text", "numpy"),
    [
        ("if d2l.USE_NUMPY:\n    a = 1\nif d2l.USE_TORCH:\n    a = 2\na", "a = 1\na"),
        ("if not tab.selected('numpy'):\n    a = 1\nb", "b"),
        ("if tab.selected('torch'): a = 1\nelse: a = 2", "a = 2"),
        ("if tab.selected('numpy') and deep:\n    a = 1", "if tab.selected('numpy') and deep:\n    a = 1"),
        ("def f():\n    if tab.selected('torch'):\n        return 1", "def f():\n    pass"),
        ("if tab.selected('torch'):\n    a = 1", ""),
        ("%matplotlib inline\nif tab.selected('numpy'):\n    !ls\n    a", "%matplotlib inline\n!ls\na"),
    ],
)
def test_a_branch_is_unwrapped_or_left_out(text, numpy):
    assert numpy == choose(text, "numpy")


def test_a_branch_within_a_branch_goes_on_the_block_above_it():
    # One step is taken off for both, as d2lbook does; Python alone would have it in the class.
    text = """class A:
    if tab.selected('numpy', 'jax'):
        def __init__(self):
            self.a = 1
        if tab.selected('jax'):
            self.b = 2
"""
    assert "class A:\n    def __init__(self):\n        self.a = 1\n        self.b = 2\n" == choose(
        text, "jax"
    )
    assert "class A:\n    def __init__(self):\n        self.a = 1\n" == choose(text, "numpy")


def test_what_cannot_be_read_is_not_guessed():
    assert choose("if tab.selected('numpy'):\n  a b c", "numpy") is None
