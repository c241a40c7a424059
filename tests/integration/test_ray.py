"""Books whose runs are executed on a Ray cluster: a head and two worker nodes on this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from etude.adapters.store import SqliteStore

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CONFIG = """[book]
title = "Book"
languages = ["en"]
chapters = ["a", "b", "c", "d"]

[execute]
environment = ["GREETING"]

[execute.resources]
cpus = 2
"""

QUICK = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 300,
    "health_check_failure_threshold": 3,
}
"""So that a head soon sees that a node is gone."""

OBJECTS = 80 * 2**20


def note(log: Path, what: str) -> str:
    """Code that notes something outside of the book, with the number of the process."""
    return f'_ = open({str(log)!r}, "a").write(f"{what} {{os.getpid()}}\\n")'


def until(condition: str) -> str:
    """Code that waits for something outside of the book."""
    return f"while not ({condition}):\n    time.sleep(0.02)"


def page(name: str, log: Path, second: str = "", front: str = "") -> str:
    """A page of three cells, each of which notes that it ended."""
    cells = [
        f'import os, time, helper\nopen("{log}.{name}", "w").close()\n{note(log, f"{name}-begun")}',
        f'{second}\nprint(open("data/numbers.csv").read(), len(open("data/large.bin", "rb").read()))',
        'total = helper.answer() + 1\nprint(total, *map(os.environ.get, ["OMP_NUM_THREADS", "GREETING"]))',
    ]
    noted = (f"{code}\n{note(log, f'{name}-{number}')}" for number, code in enumerate(cells))
    return f"{front}# {name}\n\n" + "\n".join(f"```{{code-cell}} python\n{code}\n```\n" for code in noted)


def lines(log: Path) -> list[tuple[str, int]]:
    """What was noted, with the processes."""
    if not log.is_file():
        return []
    return [(what, int(pid)) for what, pid in (line.split() for line in log.read_text("utf-8").splitlines())]


def names(log: Path) -> list[str]:
    return [what for what, _ in lines(log)]


def wait_until(check, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert check()


def stored(book) -> int:
    """How many cells have come to an end for the build, too."""
    folder = book.root / ".etude" / "store"
    return len(SqliteStore(folder).keys("way")) if folder.is_dir() else 0


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def desks() -> list[int]:
    """Actors of builds that are at work."""
    every = psutil.process_iter(["cmdline"])
    actors = [one.pid for one in every if "ray::RemoteDesk" in " ".join(one.info["cmdline"] or ())]
    return [pid for pid in actors if not gone(pid)]


@contextmanager
def building(book, executor: str, *args: str, **environment: str):
    """A build at work in a process of its own, which does not outlive the test."""
    with book.process("build", "--executor", executor, *args, **environment) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


class Nodes:
    """A cluster of nodes with two processors each; its head has none."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster  # noqa: PLC0415 -- slow to load

        head = {
            "num_cpus": 0,
            "include_dashboard": False,
            "object_store_memory": OBJECTS,
            "_system_config": QUICK,
        }
        self._cluster = Cluster(initialize_head=True, head_node_args=head)
        self.nodes = [self._node(), self._node()]
        self._cluster.wait_for_nodes()
        self.name = f"ray:{self._cluster.address}"

    def _node(self):
        return self._cluster.add_node(wait=False, num_cpus=2, object_store_memory=OBJECTS)

    def kill(self, number: int) -> None:
        """End a node with all that is on it, as a power cut would."""
        (raylet,) = self.nodes[number].all_processes["raylet"]
        node = psutil.Process(raylet.process.pid)
        for process in (node, *node.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def restore(self, number: int) -> None:
        """Put a new node in the place of one that was killed."""
        self._cluster.remove_node(self.nodes[number], allow_graceful=False)
        self.nodes[number] = self._node()
        self._cluster.wait_for_nodes()

    def close(self) -> None:
        self._cluster.shutdown()


@pytest.fixture(scope="module")
def nodes():
    before = dict(os.environ)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    made = Nodes()
    yield made
    made.close()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def go(tmp_path):
    return tmp_path / "go"


def write(new_book, log: Path, *, waiting: dict[str, str], pages: str = "abcd"):
    """A book; the second cells of some pages wait for something."""
    return new_book(
        {
            "etude.toml": CONFIG.replace('"a", "b", "c", "d"', ", ".join(f'"{name}"' for name in pages)),
            "helper.py": "def answer():\n    return 41\n",
            "data/numbers.csv": "3,4,5\n",
            "data/large.bin": bytes(1_500_000),
            **{f"{name}.md": page(name, log, waiting.get(name, "")) for name in pages},
        }
    )


def shown(book) -> dict[str, bytes]:
    """What readers see."""
    return {path: data for path, data in book.outputs().items() if path.endswith((".html", ".ipynb"))}


def test_a_cluster_gives_what_this_machine_gives(nodes, new_book, log, tmp_path):
    # Two runs must be at work at once before any goes on, and there is room for two.
    marks = [f"{log}.{name}" for name in "abcd"]
    together = until(f"sum(map(os.path.exists, {marks})) >= 2")
    book = write(new_book, log, waiting=dict.fromkeys("abcd", together))
    local = book.copy(tmp_path / "local")
    said = book.alone("build", "--executor", nodes.name, "--jobs", "4", GREETING="hello")
    assert (0, []) == (said.code, said.problems)
    cells = [f"{name}-{number}" for name in "abcd" for number in range(3)]
    assert sorted([*cells, *(f"{name}-begun" for name in "abcd")]) == sorted(names(log))
    at_work = most = 0
    for what in names(log):
        at_work += what.endswith("begun") - what.endswith("-2")
        most = max(most, at_work)
    assert 2 == most

    assert 0 == local.alone("build", "--jobs", "2", GREETING="hello").code
    assert shown(local) == shown(book)
    assert "42 2 hello" in book.read("_build/html/en/a.html")

    # Only what changed runs again; what was seen to be read on the nodes is asked of the book here.
    log.unlink()
    book.edit("c.md", "total = ", "total = 1 + ")
    assert 0 == book.alone("build", "--executor", nodes.name, GREETING="hello").code
    assert ["c-begun", "c-0", "c-1", "c-2"] == names(log)
    book.write({"data/numbers.csv": "6,7\n"})
    said = book.alone("build", "--executor", nodes.name, "--execute", "frozen", GREETING="hello")
    assert (1, ["result-missing"] * 4) == (said.code, said.rules)
    assert [] == desks()


def test_what_no_node_has_is_an_error_at_once(nodes, new_book, log):
    book = write(new_book, log, waiting={}, pages="ab")
    book.write({"a.md": page("a", log, front="---\nexecute:\n  resources: {gpus: 1}\n---\n")})
    said = book.alone("build", "--executor", nodes.name)
    assert (1, ["resources-missing"]) == (said.code, said.rules)
    assert "no machine of the cluster has" in said.document["diagnostics"][0]["message"]
    assert ["b-begun", "b-0", "b-1", "b-2"] == names(log)


def test_a_node_is_killed_while_runs_are_on_it(nodes, new_book, log, go, tmp_path):
    wait = until(f"os.path.exists({str(go)!r})")
    book = write(new_book, log, waiting={"c": wait, "d": wait})
    with building(book, nodes.name, "--jobs", "2") as process:
        wait_until(lambda: {"a-2", "b-2", "c-0", "d-0"} <= set(names(log)))
        at_work = {what[0]: pid for what, pid in lines(log) if what in ("c-0", "d-0")}
        nodes.kill(0)
        wait_until(lambda: any(gone(pid) for pid in at_work.values()))
        (lost,) = [name for name, pid in at_work.items() if gone(pid)]
        go.touch()
        out, _ = process.communicate(timeout=120)
    nodes.restore(0)
    assert (0, []) == (process.returncode, json.loads(out)["diagnostics"])
    # The run that was lost began again, and went to its end; all others ran once.
    once = [f"{name}-{what}" for name in "abcd" for what in ("begun", 0, 1, 2)]
    assert sorted([*once, f"{lost}-begun", f"{lost}-0"]) == sorted(names(log))
    local = book.copy(tmp_path / "local", state=False)
    assert 0 == local.alone("build").code
    assert shown(local) == shown(book)
    assert [] == desks()


def test_ctrl_c_ends_the_actors(nodes, new_book, log, go):
    wait = until(f"os.path.exists({str(go)!r})")
    book = write(new_book, log, waiting={"a": wait, "b": wait}, pages="ab")
    with building(book, nodes.name) as process:
        wait_until(lambda: {"a-0", "b-0"} <= set(names(log)) and stored(book) >= 2)
        assert 2 == len(desks())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert 130 == process.returncode
    wait_until(lambda: all(gone(pid) for _, pid in lines(log)) and not desks(), 20)
    # What had ended is kept.
    assert 2 == book.alone("build", "--execute", "off").document["summary"]["cells_kept"]


def test_ctrl_c_ends_a_cluster_of_our_own(new_book, log, go):
    book = write(new_book, log, waiting={"a": until(f"os.path.exists({str(go)!r})")}, pages="a")
    with building(book, "ray", RAY_ADDRESS="") as process:
        wait_until(lambda: "a-0" in names(log))
        started = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        assert any("raylet" in psutil.Process(pid).name() for pid in started)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert 130 == process.returncode
    wait_until(lambda: all(gone(pid) for pid in (*started, *(pid for _, pid in lines(log)))), 20)


@pytest.mark.parametrize("kind", ["ray:127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_nobody_answers(new_book, log, kind):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and listens not
        book = write(new_book, log, waiting={}, pages="a")
        said = book.alone("build", "--executor", kind.format(taken.getsockname()[1]))
    assert (2, ["executor-unavailable"]) == (said.code, said.rules)
    assert "answers at" in said.document["diagnostics"][0]["message"]


def test_ray_is_not_installed(new_book, log, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    book = write(new_book, log, waiting={}, pages="a")
    said = book.command("build", "--executor", "ray")
    assert (2, ["executor-unavailable"]) == (said.code, said.rules)
    assert "pip install" in said.document["diagnostics"][0]["hints"][0]
    assert [] == names(log)
