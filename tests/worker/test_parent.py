"""What a warm parent has done and kept must not be seen in the processes that are forked from it."""

from __future__ import annotations

import ast

import pytest

from .conftest import LINUX

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(not LINUX, reason="lean workers need Linux")]

ALIKE = {
    "draws of random": "import random; [random.random(), random.gauss(0, 1), random.getrandbits(64)]",
    "draws of numpy": "import numpy as np; [*np.random.rand(3).tolist(), np.random.default_rng().normal()]",
    "draws of torch": "import torch; torch.rand(3).tolist()",
    "the hashes of texts": "[hash('etude'), list({'a', 'b', 'c', 'd'})]",
    "the backend of figures": "import matplotlib; matplotlib.get_backend()",
    "settings of figures": "import matplotlib; [(k, repr(v)) for k, v in dict.items(matplotlib.rcParams)]",
    "the environment": "import os; sorted(i for i in os.environ.items() if not i[0].startswith(('ETUDE', 'TMP')))",
    "the folder": "import os; os.getcwd()",
    "the path": "import sys; sys.path",
    "arguments": "import sys; sys.argv",
    "signals": "import signal; [(int(n), repr(signal.getsignal(n)).split(' at ')[0]) for n in signal.valid_signals()]",
    "signals that are blocked": "import signal; sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    "a signal's descriptor": "import signal; signal.set_wakeup_fd(-1)",
    "open files": "import os; sorted(int(n) for n in os.listdir('/proc/self/fd'))[:3]",
    "filters of warnings": "import warnings; [repr(f[:2]) + f[2].__name__ for f in warnings.filters]",
    "filters of one library": "import numpy, warnings; [repr(f[:2]) + f[2].__name__ for f in warnings.filters]",
    "filters of libraries": "import numpy, torch, matplotlib.pyplot, warnings; sorted(repr(f[:2]) + f[2].__name__ for f in warnings.filters)",
    "logging": "import logging; [logging.root.level, [repr(h) for h in logging.root.handlers], logging.root.disabled]",
    "loggers that are heard": "import logging; [n for n in sorted(logging.root.manager.loggerDict) if "
    "logging.getLogger(n).level and n.split('.')[0] in ('matplotlib', 'numpy', 'asyncio')]",
    "the locale": "import locale; locale.setlocale(locale.LC_ALL)",
    "limits": "import resource; [resource.getrlimit(n) for n in range(10)]",
    "the mask of new files": "import os; [os.umask(0o22), os.umask(0o22)]",
    "collection of garbage": "import gc; [gc.isenabled(), gc.get_threshold()]",
    "threads of torch": "import torch; [torch.get_num_threads(), torch.get_num_interop_threads()]",
    "printing of numpy": "import numpy as np; sorted(map(str, np.get_printoptions().items()))",
    "modules of packages": "import sys; sorted({n.split('.')[0] for n in sys.modules} & {'torch', 'numpy', 'matplotlib'})",
    "what has been loaded beside torch": "import sys, torch; sorted({n.split('.')[0] for n in sys.modules} & {'sympy', 'mpmath'})",
    "what a part of torch loads": "import sys, torch, torch._dynamo; sorted(n for n in sys.modules if n.startswith(('sympy', 'mpmath')))",
    "what torch loads when it is used": "import sys, torch; "
    "n = {*sys.modules}; o = torch.optim.Adam([torch.nn.Parameter(torch.ones(1))]); sorted(m.split('.')[0] for m in {*sys.modules} - n if m.startswith(('sympy', 'mpmath')))",
    "parts of torch": "import torch; ['_dynamo' in vars(torch), '_inductor' in vars(torch), torch.manual_seed.__module__]",
    "operators of torch": "import torch; len(torch._C._dispatch_get_all_op_names())",
    "classes that are copied otherwise": "import copyreg; sorted(map(str, copyreg.dispatch_table))",
    "such classes of libraries": "import copyreg, torch, sympy; sorted(map(str, copyreg.dispatch_table))",
    "filters after an optimiser": "import torch, warnings; o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))]); [repr(f[:2]) + f[2].__name__ for f in warnings.filters]",
    "functions at the end": "import atexit, torch; n = atexit._ncallbacks(); o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))]); atexit._ncallbacks() - n",
    "the recursion limit": "import sys; sys.getrecursionlimit()",
    "decimals": "import decimal; repr(decimal.getcontext())",
}  # fmt: skip
"""Expressions, after statements, whose values must not depend on what a parent has loaded."""


def _value(lab, kernel, code):
    before, _, last = code.rpartition("; ")
    return ast.literal_eval(lab.text(kernel, f"{before}\nprint(repr({last}))"))


def _in_all(lab, code):
    """Values in a process whose parent is warm, and in one whose parent has loaded nothing."""
    for warm in (None, ()):
        kernel = lab.start() if warm is None else lab.start(warm=warm)
        try:
            yield _value(lab, kernel, code)
        finally:
            kernel.close()


@pytest.mark.parametrize("name", ALIKE)
def test_a_page_finds_what_it_would_in_a_process_of_its_own(lab, name):
    warm, cold = _in_all(lab, ALIKE[name])
    assert warm == cold


OPTIMISED = """
import atexit, copyreg, logging, random, sys, warnings, numpy as np, torch
optimiser = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))])
"""
AFTER = {
    "draws": "[random.random(), *np.random.rand(3).tolist(), *torch.rand(3).tolist()]",
    "filters of warnings": "sorted(repr(f[:2]) + f[2].__name__ for f in warnings.filters)",
    "functions at the end": "atexit._ncallbacks()",
    "modules": "sorted(n for n in sys.modules if n.startswith(('torch', 'sympy', 'numpy')))",
    "functions that were replaced": "[torch.manual_seed.__module__, torch.manual_seed.__wrapped__.__name__]",
    "classes that are copied otherwise": "sorted(map(str, copyreg.dispatch_table))",
    "loggers": "[(n, logging.getLogger(n).level) for n in sorted(logging.root.manager.loggerDict) if n.startswith('torch')]",
    "operators": "len(torch._C._dispatch_get_all_op_names())",
    "the recursion limit": "sys.getrecursionlimit()",
    "settings of torch": "[torch.is_grad_enabled(), str(torch.get_default_dtype()), torch.get_num_threads()]",
}  # fmt: skip
"""Values once an optimiser has been made, which must not depend on when what it needs was loaded."""


def test_what_optimisers_load_may_be_there_before(lab):
    values = []
    for warm in (("sympy", "torch", "torch._dynamo"), ()):
        kernel = lab.start(warm=warm)
        try:
            code = "\n".join(f"    {name!r}: {code}," for name, code in AFTER.items())
            lab.text(kernel, OPTIMISED)
            values.append(ast.literal_eval(lab.text(kernel, f"print({{\n{code}\n}})")))
        finally:
            kernel.close()
    assert values[0].keys() == AFTER.keys()
    assert values[0] == values[1]


@pytest.fixture
def two(lab):
    """Two workers of one parent."""
    kernels = [lab.start(), lab.start()]
    yield kernels
    for kernel in kernels:
        kernel.close()


OWN = {
    "its process": "import os; os.getpid()",
    "names of temporary files": "import tempfile; [tempfile.mktemp() for _ in range(3)]",
    "unique names": "import uuid; str(uuid.uuid4())",
    "secrets": "import secrets; secrets.token_hex(8)",
    "generators that are seeded by the system": "import random; random.Random().random()",
}
"""What two pages must not share."""


@pytest.mark.parametrize("name", OWN)
def test_workers_of_one_parent_do_not_share(lab, two, name):
    first, second = (_value(lab, kernel, OWN[name]) for kernel in two)
    assert first != second


PIDS = {
    "the shell's names of cells": "import os, sys; str(os.getpid()) in sys._getframe().f_code.co_filename",
    "multiprocessing": "import multiprocessing as m, os; m.current_process().pid == os.getpid()",
    "the main thread": "import threading, os; threading.main_thread().native_id == os.getpid()",
    "this is the main thread": "import threading; threading.current_thread() is threading.main_thread()",
    "logging": "import logging, os; logging.makeLogRecord({}).process in (None, os.getpid()) and "
    "logging.LogRecord('', 0, '', 0, '', (), None).process == os.getpid()",
    "its own group": "import os; os.getpgid(0) == os.getsid(0) == os.getpid()",
}
"""Whether numbers that are noted when modules are loaded are those of the worker."""


@pytest.mark.parametrize("name", PIDS)
def test_numbers_of_processes_are_the_workers_own(lab, two, name):
    assert _value(lab, two[0], PIDS[name]) is True


def test_another_seed_gives_other_draws(lab):
    code = "import random, numpy, torch; [random.random(), numpy.random.rand(), torch.rand(1).item()]"
    found = []
    for seed in (0, 1, 1):
        kernel = lab.start(seed=seed)
        found.append(_value(lab, kernel, code))
        kernel.close()
    assert found[1] == found[2]
    assert not set(found[0]) & set(found[1])


def test_another_hash_seed_has_a_parent_of_its_own(lab):
    found = []
    for seed in ("0", "7"):
        kernel = lab.start(PYTHONHASHSEED=seed)
        found.append(_value(lab, kernel, "import os; [os.environ['PYTHONHASHSEED'], hash('etude')]"))
        kernel.close()
    assert [seed for seed, _ in found] == ["0", "7"]
    assert found[0][1] != found[1][1]


def test_variables_that_packages_read_are_known_when_these_are_loaded(lab):
    kernel = lab.start(PYTORCH_JIT="0")
    assert _value(lab, kernel, "import torch; torch.jit._state._enabled.enabled") is False
    kernel.close()


PARENT = """
import os
def parent(pid):
    with open(f'/proc/{pid}/status') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('PPid'))
warm = parent(os.getppid())
"""
"""The worker's parent is its keeper, and the warm parent is above that."""


def test_a_warm_parent_has_one_thread(lab, two):
    lab.run(two[0], PARENT)
    assert _value(lab, two[0], "import os; len(os.listdir(f'/proc/{warm}/task'))") == 1


def test_a_warm_parent_has_neither_loop_nor_context_nor_history(lab, two):
    lab.run(two[0], PARENT)
    found = _value(
        lab,
        two[0],
        "import os; [os.readlink(f'/proc/{warm}/fd/{n}') for n in os.listdir(f'/proc/{warm}/fd')]",
    )
    assert not [name for name in found if name.startswith("anon_inode:[event") or name.endswith(".sqlite")]
    # To the builder, and to the worker that waits.
    assert len([name for name in found if name.startswith("socket:")]) == 2


def test_a_worker_has_nothing_open_of_its_parent(lab, two):
    lab.run(two[0], PARENT)
    links = "[os.readlink(f'/proc/{p}/fd/{n}') for n in os.listdir(f'/proc/{p}/fd') if n > '2' and os.path.exists(f'/proc/{p}/fd/{n}')]"
    mine = "{l for p in ['self'] for l in " + links + "}"
    theirs = "{l for p in [warm] for l in " + links + "}"
    assert not _value(
        lab, two[0], f"import os; {{l for l in {mine} & {theirs} if l.startswith(('socket', 'pipe'))}}"
    )


def test_pools_of_threads_work_in_a_worker(lab, two):
    code = """
import numpy, os, torch
a = numpy.ones((700, 700)); b = a @ a
t = torch.ones(700, 700, requires_grad=True); (t @ t).sum().backward()
c = numpy.linalg.svd(a[:50, :50])[1]
"""
    lab.run(two[0], code)
    assert _value(lab, two[0], "import numpy; [b[0, 0].item(), t.grad[0, 0].item(), round(c[0].item(), 6)]") == [
        700.0, 1400.0, 50.0,
    ]  # fmt: skip


def test_processes_that_a_page_starts_work(lab, two):
    code = """
import torch, multiprocessing
from torch.utils.data import DataLoader
loaded = [x.tolist() for x in DataLoader(torch.arange(4.), batch_size=2, num_workers=2)]
with multiprocessing.get_context('fork').Pool(2) as pool:
    found = pool.map(abs, [-1, 2])
"""
    lab.run(two[0], code)
    assert _value(lab, two[0], "import torch; [loaded, found]") == [[[0.0, 1.0], [2.0, 3.0]], [1, 2]]


def test_figures_are_pictures(lab, two):
    outputs = lab.run(two[0], "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in getattr(output, "data", {}) for output in outputs)


def test_cells_may_await(lab, two):
    assert lab.text(two[0], "import asyncio\nprint(await asyncio.sleep(0, 'woken'))") == "woken\n"


def test_what_a_page_changes_is_not_seen_by_the_next(lab):
    change = """
import os, sys, random, warnings, logging, signal, locale, gc, numpy, torch, matplotlib
os.environ['X'] = '1'; os.chdir('/'); os.umask(0o77); sys.path.append('/x'); sys.setrecursionlimit(5000)
warnings.simplefilter('ignore'); logging.disable(50); logging.basicConfig(); gc.disable()
signal.signal(signal.SIGUSR1, signal.SIG_IGN); numpy.set_printoptions(precision=1); numpy.mean = None
torch.set_default_dtype(torch.float64); torch.set_num_threads(1); matplotlib.rcParams['axes.grid'] = True
random.seed(5); numpy.random.seed(5); torch.manual_seed(5)
"""
    look = "import numpy, torch, matplotlib, random"
    before, _ = lab.digest(look)
    kernel = lab.start()
    lab.run(kernel, change)
    kernel.close()
    assert before
    assert lab.digest(look) == (before, "")
