"""Runs that go on from a state that an earlier build has written."""

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from etude.adapters.checkpoints import CheckpointFiles
from etude.adapters.packages import InstalledPackages
from etude.adapters.store import SqliteStore

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="lean workers are of Linux"),
]

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nchapters = ["a"]\n[execute]\ncheckpoint = 0.01\n'
CELLS = (
    "import random\ntotal = []\ndef add(x):\n    total.append(x * factor)\n    return total",
    "import time\nfactor = 2\nadd(random.random())\ntime.sleep(0.02)\nprint('slow')",
    "factor = 10\nprint(add(1), random.random())",
    "print(len(total))",
)


TRAINING = (
    """%matplotlib inline
import numpy as np, torch
from torch import nn
from matplotlib import pyplot as plt
from torch.utils.data import DataLoader, TensorDataset""",
    """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))

    def forward(self, x):
        return self.layers(x)

rng = np.random.default_rng(0)
points = torch.tensor(rng.normal(size=(64, 2)), dtype=torch.float32)
loader = DataLoader(TensorDataset(points, points.prod(1, keepdim=True)), batch_size=16, shuffle=True)
net, losses = Net(), []
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)""",
    """def train(epochs):
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

train(3)
plt.plot(losses)
plt.show()""",
    "train(2)\nprint(losses[-1], rng.normal())\nplt.plot(losses)\nplt.show()",
    "print(net(points)[:2].tolist(), torch.rand(1))",
)
"""A page that trains a net."""


LOOP = """for _ in range({epochs}):
    for x, y in loader:
        optimizer.zero_grad()
        predicted = net(x)
        loss = nn.functional.mse_loss(predicted, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
"""
LOOSE = (
    *TRAINING[:2],
    LOOP.format(epochs=3),
    LOOP.format(epochs=2) + "print(losses[-1], loss, predicted[:2])",
    "print(loss, net(points)[:2].tolist(), torch.rand(1))\nloss.grad_fn.next_functions[0][0].name()",
)
"""A page that trains a net, and leaves lying about what the loop has made."""


def page(*cells):
    return "# Page\n\n" + "\n\n".join(f"```{{code-cell}} python\n{cell}\n```" for cell in cells)


@pytest.fixture
def at_once(monkeypatch):
    """Loading a checkpoint is worth it, however quick the cells were."""
    monkeypatch.setattr("etude.execute.checkpoints._WORTH", 0.0)


@pytest.fixture
def book(new_book, at_once):
    return new_book({"etude.toml": CONFIG, "a.md": page(*CELLS)})


def built(book):
    assert 4 == book.build().cells_run
    assert files(book)


def files(book):
    folder = book.root / ".etude" / "checkpoints"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def like_new(book, tmp_path, version="none"):
    """Whether the book looks as it does when it is built from nothing.

    Results that stand may have been made with a `version` of a package, those of a new book with the same and
    a zero behind it.
    """
    fresh = book.copy(tmp_path / "fresh", state=False)
    assert 4 == fresh.build().cells_run
    made, new = (
        {path: data.replace(f"{version}0".encode(), version.encode()) for path, data in one.outputs().items()}
        for one in (book, fresh)
    )
    return made == new


def test_only_what_comes_later_runs(book, tmp_path):
    built(book)
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 2 == book.build().cells_run
    assert like_new(book, tmp_path)


def begun(book):
    """Where runs went on, as the report of a build tells it."""
    path = book.root / "report.json"
    assert book.command("build", "--report", str(path)).code == 0
    return [run["begun"] for run in json.loads(path.read_text())["runs"] if run["backend"]]


def test_the_report_tells_where_a_run_went_on(book):
    built(book)
    book.edit("a.md", "factor = 10", "factor = 20")
    assert ["went on behind cell 2, from a checkpoint"] == begun(book)
    for path in files(book):
        path.write_bytes(b"damaged")
    book.edit("a.md", "factor = 20", "factor = 30")
    (told,) = begun(book)
    assert told.startswith("could not go on from the checkpoint behind cell 2: ")


@pytest.mark.parametrize(("cells", "loop"), [(TRAINING, "train"), (LOOSE, "range")])
def test_what_was_trained_is_not_trained_again(new_book, at_once, tmp_path, cells, loop):
    book = new_book({"etude.toml": CONFIG, "a.md": page(*cells)})
    report = book.build()
    assert (5, []) == (report.cells_run, [one.rule for one in report.diagnostics])
    book.edit("a.md", f"{loop}(2)", f"{loop}(1)")
    assert 2 == book.build().cells_run
    fresh = book.copy(tmp_path / "fresh", state=False)
    assert 5 == fresh.build().cells_run
    assert book.outputs() == fresh.outputs()


def test_it_does_not_matter_which_pages_run_beside_it(new_book, at_once, tmp_path):
    # The parent of the first build loads what both pages import, that of the second what the one does.
    imports = "import numpy, yaml\n"
    book = new_book(
        {
            "etude.toml": CONFIG.replace('["a"]', '["a", "b"]'),
            "a.md": page(imports + CELLS[0], *CELLS[1:]),
            "b.md": page("import numpy"),
        }
    )
    assert 5 == book.build().cells_run
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 2 == book.build().cells_run
    fresh = book.copy(tmp_path / "fresh", state=False)
    fresh.build()
    assert book.outputs() == fresh.outputs()


def test_what_comes_to_the_same_ends_a_run_whichever_pages_run_beside_it(new_book, monkeypatch):
    monkeypatch.setattr("etude.execute.states._SHARE", 1.0)
    cells = ("import numpy, yaml\nfactor = 2", "import time\ntime.sleep(1)", "time.sleep(1)", "print(factor)")
    book = new_book(
        {
            "etude.toml": CONFIG.replace('["a"]', '["a", "b"]').replace("0.01", "0"),
            "a.md": page(*cells),
            "b.md": page("import numpy"),
        }
    )
    assert 5 == book.build().cells_run
    book.edit("a.md", "factor = 2", "factor = 1 + 1")
    # By the second cell at the latest there is a digest: the first may have been too quick for one.
    assert 1 <= book.build().cells_run <= 2


def test_it_does_not_matter_from_which_terminal_it_is_built(book, tmp_path, monkeypatch):
    monkeypatch.setenv("SESSION_OF_A_TERMINAL", "1")
    built(book)
    monkeypatch.setenv("SESSION_OF_A_TERMINAL", "2")
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 2 == book.build().cells_run
    assert like_new(book, tmp_path)


@pytest.mark.parametrize(
    "change", ["os.environ['SHADE'] = '1'", "os.environ.pop('SHADE', 0)", "os.putenv('SHADE', '1')"]
)
def test_what_a_page_sets_stays_set_in_every_terminal(new_book, at_once, tmp_path, monkeypatch, change):
    last = "print(subprocess.run('echo $SHADE', shell=True, capture_output=True).stdout)"
    cells = f"import os, subprocess, time\n{change}; time.sleep(0.02)", "a = 1", last
    book = new_book({"etude.toml": CONFIG, "a.md": page(*cells)})
    monkeypatch.setenv("SHADE", "1")
    assert 3 == book.build().cells_run
    monkeypatch.setenv("SHADE", "2")
    book.edit("a.md", "a = 1", "a = 2")
    book.build()
    fresh = book.copy(tmp_path / "fresh", state=False)
    assert 3 == fresh.build().cells_run
    assert book.outputs() == fresh.outputs()


def test_a_damaged_file_is_not_loaded(book, tmp_path):
    built(book)
    for path in files(book):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 4 == book.build().cells_run
    assert like_new(book, tmp_path)


def test_a_missing_file_is_no_harm(book, tmp_path):
    built(book)
    for path in files(book):
        path.unlink()
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 4 == book.build().cells_run
    assert like_new(book, tmp_path)


@pytest.mark.parametrize(("name", "cells"), [("python", 4), ("yaml", 4), ("numpy", 2)])
def test_with_another_version_of_what_it_has_loaded_all_runs(
    new_book, at_once, tmp_path, monkeypatch, name, cells
):
    book = new_book({"etude.toml": CONFIG, "a.md": page("import yaml\n" + CELLS[0], *CELLS[1:])})
    built(book)
    version = InstalledPackages.version
    changed = {name}
    monkeypatch.setattr(
        InstalledPackages,
        "version",
        lambda self, kernel, name: version(self, kernel, name) + "0" * (name in changed),
    )
    book.edit("a.md", "factor = 10", "factor = 20")
    assert cells == book.build().cells_run
    assert like_new(book, tmp_path, metadata.version("pyyaml"))


def test_a_record_of_another_state_is_seen(book, tmp_path):
    built(book)
    (index,) = (book.root / ".etude" / "store").glob("index-*.sqlite")
    assert index.exists()
    with SqliteStore(index.parent) as store:
        for key in store.keys("checkpoint"):
            data = store.get("checkpoint", key)
            store.put("checkpoint", key, data.replace(b'"digest":"', b'"digest":"0'))
    book.edit("a.md", "factor = 10", "factor = 20")
    assert 4 == book.build().cells_run
    assert like_new(book, tmp_path)


@pytest.mark.parametrize(
    "state",
    [
        "numbers = (n for n in range(3))",
        "import threading\nlock = threading.Lock()",
        "file = open('a.md')",
        "open('made.txt', 'w').write('1')",
        "import sys\nprint('a Warning', file=sys.stderr)",
    ],
)
def test_what_cannot_be_written_is_not(new_book, at_once, state):
    book = new_book({"etude.toml": CONFIG, "a.md": page(f"{state}\nx = 1", "print(x)", "y = x")})
    report = book.build()
    assert (3, []) == (report.cells_run, [one.rule for one in report.diagnostics])
    assert [] == files(book)
    book.edit("a.md", "print(x)", "print(x + 1)")
    assert 3 == book.build().cells_run


@pytest.mark.parametrize("front", ["checkpoint: false", "checkpoint: 1h", "worker: warm"])
def test_a_page_may_have_none(new_book, at_once, front):
    text = f"---\nexecute: {{{front}}}\n---\n" + page(*CELLS)
    book = new_book({"etude.toml": CONFIG, "a.md": text})
    book.build()
    assert [] == files(book)


def test_what_shows_source_is_run_from_the_first_cell_on(book):
    built(book)
    book.edit("a.md", "print(len(total))", "1/0")
    report = book.build()
    assert report.diagnostics[0].trace.startswith("a.md:25")
    assert ["cell-error"] == [one.rule for one in report.diagnostics]


def test_old_ones_go(tmp_path):
    kept = CheckpointFiles(tmp_path / "folder", 10)
    for name in ("a", "b", "c"):
        path = kept.room()
        Path(path).write_bytes(b"12345")
        kept.keep(path, name)
        kept.find("a")
    assert ["a", "c"] == sorted(path.name for path in (tmp_path / "folder").iterdir())
