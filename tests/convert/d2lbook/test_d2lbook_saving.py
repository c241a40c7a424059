"""What `#@save` saves, in whole statements."""

from __future__ import annotations

import pytest

from etude.convert.d2lbook.saving import split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x = 1", [("x = 1", False)]),
        ("#@save\nimport a\nimport b\n\nx()", [("import a\nimport b", True), ("x()", False)]),
        ("def f():  #@save\n    '''D.'''\n\n    return 1\n\nf()", [
            ("def f():\n    '''D.'''\n\n    return 1", True), ("f()", False),
        ]),
        ("x = 1\n\n#@save\n@wrap\nclass A:\n    b = 2\n# then\ny = 2", [
            ("x = 1", False), ("@wrap\nclass A:\n    b = 2", True), ("# then\ny = 2", False),
        ]),
        ("d['a'] = (  #@save\n    1,\n)", [("d['a'] = (\n    1,\n)", True)]),
        ("def f(a,  #@save\n      b):\n    return a", [("def f(a,\n      b):\n    return a", True)]),
        ("# @save\ndef f():\n    '''\nleft\n'''\n    a", [("def f():\n    '''\nleft\n'''\n    a", True)]),
        ("%matplotlib inline\n#@save\nimport a", [("%matplotlib inline", False), ("import a", True)]),
        ("#@save\n!ls 'unclosed", [("!ls 'unclosed", True)]),
    ],
)  # fmt: skip
def test_cells_are_split_into_what_is_saved_and_what_is_not(text, parts):
    assert parts == [(part.text, part.saved) for part in split(text)]
