"""The digest of a page's state: equal for equal states, of whatever process; another for whatever later
cells can tell apart."""

from __future__ import annotations

import json

import pytest

from .conftest import ALL, LINUX
from .pairs import ARRAYS, NET, PYTHON, STEP
from .pairs_settings import SETTINGS
from .states import SAME, TOLD, UNTOLD

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(not LINUX, reason="lean workers need Linux")]

DIFFERENT = PYTHON | ARRAYS | SETTINGS
"""States that later cells can tell apart: their digests differ, or one has none."""


def some(table):
    """Names of a table's cases that are tried."""
    return list(table) if ALL else list(table)[::5]


@pytest.fixture(scope="module")
def digests(lab, once, request):
    """The digests of all states that the tests need which will run, made at once."""
    needed = []
    for item in request.session.items:
        table = TABLES.get(getattr(item, "originalname", ""), {})
        if table:
            found = table[item.callspec.params["name"]]
            needed.append((found,) if isinstance(found, str) else found)
    place = once("digests", lambda folder: (folder / "found").write_text(json.dumps(lab.digests(needed))))
    return json.loads((place / "found").read_text())


def test_cells_of_the_tables_run(digests):
    assert not [code for code, (_, why) in digests.items() if why.startswith("the cell failed")]


@pytest.mark.parametrize("name", some(TOLD))
def test_equal_states_have_one_digest(lab, digests, name):
    first, why = digests[TOLD[name]]
    assert why == ""
    assert first
    if ALL:
        own = lab.digest(TOLD[name])
        assert own[1] == ""
        assert lab.digest(TOLD[name]) == own


def test_equal_states_have_one_digest_in_every_process(lab):
    """Two workers run all cells, one after the other; their digests are compared now and then."""
    kernels = [lab.start(), lab.start()]
    codes = list(TOLD.values())
    try:
        for place in range(0, len(codes), 20):
            some = codes[place : place + 20]
            first, second = (_after(lab, kernel, some) for kernel in kernels)
            assert first == second, some
            assert first[0], some
    finally:
        for kernel in kernels:
            kernel.close()


def _after(lab, kernel, codes):
    lab.run(kernel, *codes)
    copy = kernel.copy(digest=True)
    found = copy.state(), copy.why
    copy.close()
    return found


@pytest.mark.parametrize("name", some(UNTOLD))
def test_what_cannot_be_told_has_no_digest(digests, name):
    found, why = digests[UNTOLD[name]]
    assert found == ""
    assert why


@pytest.mark.parametrize("name", some(DIFFERENT))
def test_different_states_have_other_digests(digests, name):
    first, second = (digests[code][0] for code in DIFFERENT[name])
    assert first != second or first == second == ""


@pytest.mark.parametrize("name", some(SAME))
def test_equal_states_are_reached_in_several_ways(digests, name):
    first, second = (digests[code] for code in SAME[name])
    assert first == second
    assert first[0]


TABLES = {
    test_equal_states_have_one_digest.__name__: TOLD,
    test_what_cannot_be_told_has_no_digest.__name__: UNTOLD,
    test_different_states_have_other_digests.__name__: DIFFERENT,
    test_equal_states_are_reached_in_several_ways.__name__: SAME,
}


COLD = {
    "a patched library": ("import numpy as np", "import numpy as np\nnp.mean = lambda x: 42"),
    "in the cell that loads it first": ("import numpy", "import numpy\nnumpy.linalg.norm = numpy.linalg.det"),
    "a key of a register": (
        "import numpy as np\nnp.etude = {'a': None}",
        "import numpy as np\nnp.etude = {'b': None}",
    ),
    "a variable that a library reads when it is loaded": (
        "import os\nimport torch\nx = 1",
        "import os\nos.environ['PYTORCH_JIT'] = '0'\nimport torch\ndel os.environ['PYTORCH_JIT']\nx = 1",
    ),
}
"""Pairs in processes whose parents have loaded nothing."""


@pytest.mark.parametrize("name", COLD if ALL else list(COLD)[:3])
def test_libraries_that_a_cell_has_loaded_are_looked_at(lab, name):
    (first, why), (second, _) = (lab.digest(code, warm=()) for code in COLD[name])
    assert why == ""
    assert first != second


def test_libraries_that_cells_load_are_the_same_each_time(lab):
    code = "import matplotlib.pyplot as plt\n" + (NET + STEP if ALL else "x = 1")
    first, why = lab.digest(code, warm=())
    assert why == ""
    assert lab.digest(code, warm=()) == (first, "")


HOOKS = {
    "displayhook": ("print", "print(type(sys.displayhook).__name__)\n1 + 1"),
    "excepthook": ("lambda *a: print('mine')", "sys.excepthook(ValueError, ValueError('x'), None)"),
    "set_asyncgen_hooks": ("print", "print(*(h.__name__ for h in sys.get_asyncgen_hooks()))"),
}
"""Hooks of the interpreter that a cell sets, and what a later one finds: the shell puts them back."""


@pytest.mark.parametrize("name", HOOKS)
def test_hooks_that_end_with_their_cell_are_no_state(lab, name):
    hook, look = HOOKS[name]
    change = f"sys.{name}(firstiter={hook})" if name.startswith("set") else f"sys.{name} = {hook}"
    found = []
    for code in ("pass", change):
        kernel = lab.start(warm=())
        lab.run(kernel, f"import sys\n{code}")
        reply = kernel.execute(look, (), 60.0, 4_000_000)
        found.append([getattr(one, "text", None) or getattr(one, "data", None) for one in reply.outputs])
        kernel.close()
    assert found[0] == found[1]
