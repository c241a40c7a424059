"""Whole executions with real kernels, scratch folders and the store on disk."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time

import pytest

from etude.adapters.disk import DiskFiles
from etude.adapters.disk_inputs import DiskInputs
from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.pool import ThreadPool
from etude.adapters.store import SqliteStore
from etude.execute.planner import plan
from etude.execute.run import execute
from etude.model.result import Failure, Stream
from etude.model.rules import Rule

pytestmark = pytest.mark.kernel

# In a test of its own, a kernel leaves out what child processes print.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}


class Book:
    """A book on disk."""

    def __init__(self, world, root):
        self.world = world
        self.root = root
        self.store = SqliteStore(root / ".etude" / "store")

    def write(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def execute(self, policy="auto", jobs=2):
        for path, data in self.world.files.content.items():
            self.write(path, data.decode())
        files, config = DiskFiles(self.root), self.world.config
        made = plan(
            self.world.codes(), config, files, DiskInputs(self.root, self.store), environment=ENVIRONMENT
        )
        with ScratchDesks(self.root, pythonpath=config.execute.pythonpath) as desks:
            return execute(
                made,
                files=files,
                store=self.store,
                desks=desks,
                pool=ThreadPool(jobs, desks.close),
                clock=time.monotonic,
                policy=policy,
                environment=ENVIRONMENT,
            )


@pytest.fixture
def book(world, tmp_path):
    made = Book(world, tmp_path / "book")
    yield made
    made.store.close()


def texts(done, path="zh/a.md", variant=""):
    """Printed texts and plain results of each cell."""
    return [
        "".join(item.text if isinstance(item, Stream) else item.data["text/plain"] for item in cell.outputs)
        for cell in done.results[path][variant].cells.values()
    ]


PAGE = (
    "import random, os, sys, subprocess\nprint(random.random())",
    "object()",
    "import warnings\nwarnings.warn('careful')",
    "print(os.getcwd(), os.environ['OMP_NUM_THREADS'], hash('a'))",
    "for n in range(3): print(f'\\r{n}', end='')",
    "print('out'); print('err', file=sys.stderr); print('out')",
    "os.system('echo child; echo 子')",
    "_ = subprocess.run([sys.executable, '-c', 'print(\"中文\" * 5000)'])",
    "import tempfile\nprint(tempfile.gettempdir())",
    "from data import where\nwhere()",
)


def test_generators_of_numpy(book):
    pytest.importorskip("numpy")
    book.world.page(
        "a",
        "from numpy.random import default_rng as rng\n[rng(seed=7).integers(100), rng(7).integers(100)]",
        "[rng().integers(10**9) for _ in range(2)]",
    )
    given, first = texts(book.execute())
    assert given.count("np.int64") == 2
    assert len(set(re.findall(r"int64\((\d+)\)", given))) == 1
    assert len(set(re.findall(r"int64\((\d+)\)", first))) == 2, "generators of their own"
    assert [given, first] == texts(book.execute("force"))


def test_two_runs_are_byte_identical(book):
    book.write(
        "data/__init__.py", "import warnings\ndef where():\n    warnings.warn('deep')\n    return __file__\n"
    )
    book.world.page("a", *PAGE, evals=(("random.random()", 1), ("os.getcwd()", 10)))
    first = book.execute()
    assert first.diagnostics == ()
    second = book.execute("force")
    assert [cell.digest for cell in first.results["zh/a.md"][""].cells.values()] == [
        cell.digest for cell in second.results["zh/a.md"][""].cells.values()
    ]
    shown = texts(first)
    assert shown[1] == "<object at 0x…>"
    assert shown[2].startswith("<cell>:2: UserWarning: careful")
    assert shown[3].startswith("zh 1 ")
    assert shown[4] == "2"
    assert shown[5] == "out\nout\nerr\n"
    assert shown[6] == "child\n子\n0"
    assert shown[7] == "中文" * 5000 + "\n"
    assert shown[8] == "/tmp\n"
    assert shown[9].endswith("'data/__init__.py'")
    assert first.results["zh/a.md"][""].cells[9].values["os.getcwd()"].text == "zh"


@pytest.mark.skipif(sys.platform != "linux", reason="there are no warm parents")
def test_all_runs_are_forked_from_one_parent(book):
    # The worker's own parent is its keeper, which the warm parent has forked.
    above = "import os\nprint(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])"
    for name in "abc":
        book.world.page(name, above)
    done = book.execute()
    (parent,) = {text for name in "abc" for text in texts(done, f"zh/{name}.md")}
    assert int(parent) > 1


def test_what_is_stored_needs_no_kernel(book):
    book.world.page("a", "x = 1", "x")
    before = book.execute()
    started = time.process_time()
    after = book.execute()
    assert time.process_time() - started < 0.5
    assert (before.executed, after.executed) == (2, 0)
    assert before.results == after.results


def test_an_error_is_mapped_to_the_page(book):
    book.write("helper.py", "def bad(x):\n    return 1 / x\n")
    book.world.page("a", "import helper\ndef f(x):\n    return helper.bad(x)", "y = 0\nf(y)")
    done = book.execute()
    (problem,) = done.diagnostics
    assert (problem.rule, problem.message) == (Rule.CELL_ERROR, "ZeroDivisionError: division by zero")
    assert problem.place.span.slice(book.world.files.read("zh/a.md").decode()) == "f(y)"
    assert "zh/a.md:9" in problem.trace
    assert "zh/a.md:5, in f(x)" in problem.trace
    assert "File helper.py:2, in bad(x)" in problem.trace
    assert "\x1b" not in problem.trace
    assert str(book.root) not in problem.trace
    failure = done.results["zh/a.md"][""].cells[1].outputs[-1]
    assert isinstance(failure, Failure)
    assert "\x1b" in "".join(failure.traceback)


def test_a_syntax_error(book):
    book.world.page("a", "x = 1\ny = = 2")
    (problem,) = book.execute().diagnostics
    assert problem.rule == Rule.CELL_SYNTAX
    assert problem.place.span.slice(book.world.files.read("zh/a.md").decode()) == "y = = 2"


def test_time_outs_and_deaths_leave_the_others(book):
    book.world.page("a", "print('a')", book.world.cell("while True: pass", timeout=1.0), "x = 1")
    book.world.page("b", "import os\nos._exit(3)", "x = 1")
    book.world.page("c", "input('?')", "x = 1")
    book.world.page("d", "x = 1\nx")
    done = book.execute()
    assert [(p.place.path, p.rule) for p in done.diagnostics] == [
        ("zh/a.md", Rule.CELL_TIMEOUT),
        ("zh/b.md", Rule.KERNEL_DIED),
        ("zh/c.md", Rule.CELL_ERROR),
    ]
    assert "nobody is there to type" in done.diagnostics[2].hints[0]
    assert texts(done, "zh/d.md") == ["1"]


def test_written_files_stay_in_the_scratch_folder(book):
    book.write("zh/data.csv", "1")
    book.world.page(
        "a", "open('new.csv', 'w').write('x')\nopen('data.csv', 'w').write('y')", "open('new.csv').read()"
    )
    done = book.execute()
    assert done.diagnostics == ()
    assert texts(done) == ["1", "'x'"]
    assert (book.root / "zh" / "data.csv").read_text() == "1"
    assert not (book.root / "zh" / "new.csv").exists()
    assert list((book.root / ".etude" / "scratch").iterdir()) == []


def test_writing_into_the_book_is_reported_and_not_stored(book):
    book.world.page("a", "x = 1", f"open({str(book.root / 'zh' / 'new.csv')!r}, 'w').close()", "x = 3")
    (problem,) = book.execute().diagnostics
    assert problem.rule == Rule.WROTE_INTO_BOOK
    assert "`zh/new.csv`" in problem.message
    assert len(book.store.keys("cell")) == 1


def test_the_library_of_earlier_pages(book):
    book.world.library_name = "mybook"
    book.world.page("a", book.world.cell("def double(x):\n    return 2 * x", save="tools"))
    book.world.page(
        "b", "from mybook.tools import double\ndouble(21)", "double.__module__, __import__('mybook').__doc__"
    )
    done = book.execute()
    assert done.diagnostics == ()
    assert texts(done, "zh/b.md")[0] == "42"


def test_values_and_expectations(book):
    cell = book.world.cell(
        "acc = 0.8712\nname = '名'\nn = 1234567", expect=("acc > 0.85", ("acc", "0.9", "0.01"))
    )
    book.world.page("a", cell, evals=(("acc:.1%", 1), ("name", 1), ("n:,", 1), ("acc", 1)))
    done = book.execute()
    (problem,) = done.diagnostics
    assert problem.rule == Rule.EXPECTATION_FAILED
    values = done.results["zh/a.md"][""].cells[0].values
    assert {name: values[name].text for name in ("acc:.1%", "name", "n:,", "acc")} == {
        "acc:.1%": "87.1%",
        "name": "名",
        "n:,": "1,234,567",
        "acc": "0.8712",
    }
    assert values["acc > 0.85"].text == "0.8712"


def test_runs_go_side_by_side(book):
    for name in "abc":
        book.world.page(name, "import time\ntime.sleep(1.5)")
    started = time.perf_counter()
    assert book.execute(jobs=3).executed == 3
    assert time.perf_counter() - started < 4 * 1.5


def test_a_hundred_megabytes_do_not_fill_memory(book):
    book.world.page(
        "a", "line = 'x' * 9_999\nfor _ in range(5_000):\n    print(line)", "print('x' * 50_000_000)"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = book.execute()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert [problem.rule for problem in done.diagnostics] == [Rule.OUTPUT_TOO_LARGE] * 2
    assert all(9_000_000 < len(text) <= 10_000_000 for text in texts(done))


def test_nothing_of_ours_shows_in_a_cells_names(book):
    book.world.page(
        "a", "sorted(n for n in dir() if not n.startswith('_') and n not in ('In', 'Out', 'exit', 'quit'))"
    )
    (shown,) = texts(book.execute())
    assert shown == "['get_ipython', 'open']"


def test_a_missing_kernel(book):
    book.world.page("a", "x <- 1", kernel="no-such-kernel")
    (problem,) = book.execute().diagnostics
    assert problem.rule == Rule.KERNEL_MISSING
    assert "python3" in problem.hints[0]


BUILDER = """
import os, sys, time
from pathlib import Path
from etude.adapters.disk import DiskFiles
from etude.adapters.disk_inputs import DiskInputs
from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.pool import ThreadPool
from etude.adapters.store import SqliteStore
from etude.execute.code import page_code
from etude.execute.planner import plan
from etude.execute.run import execute
from etude.model.block import CodeCell
from etude.model.config import Config
from etude.model.page import FrontMatter, Page
from etude.model.progress import CellFinished
from etude.model.span import Span

def tell(event):
    if isinstance(event, CellFinished):
        print("finished", flush=True)

root = Path(sys.argv[1])
codes = ("x = 1", "import time; time.sleep(100)")
cells = tuple(CodeCell(Span(0, 1), index=n, language="python", code=code) for n, code in enumerate(codes))
page = Page("a.md", "a", "en", FrontMatter(), (), cells, cells)
files, store = DiskFiles(root), SqliteStore(root / ".etude" / "store")
made = plan([page_code(page)], Config(), files, DiskInputs(root, store), environment=os.environ)
with ScratchDesks(root) as desks:
    execute(
        made, files=files, store=store, desks=desks, pool=ThreadPool(2, desks.close), clock=time.monotonic,
        policy="auto", environment=os.environ, progress=tell,
    )
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_build_keeps_what_finished(book, number):
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(book.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert builder.stdout.readline() == "finished\n"
    time.sleep(0.3)
    builder.send_signal(number)
    _, errors = builder.communicate(timeout=20)
    assert ("KeyboardInterrupt" in errors) == (number == signal.SIGINT)
    assert len(book.store.keys("cell")) == 1
    # Stopped by hand it cleans up; killed, the next build does.
    book.world.page("b", "x = 1")
    book.execute()
    assert list((book.root / ".etude" / "scratch").iterdir()) == []
