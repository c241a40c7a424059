"""What a cluster is asked for, and how a book comes to its nodes; no cluster is needed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from etude.adapters.ray_actor import variables_of
from etude.adapters.ray_book import altered, made_whole, packed
from etude.adapters.ray_nodes import Asked, Node, asked, endpoint, nodes_of
from etude.model.protocols import KernelNeeds

GB = 10**9
SMALL = Node("small", 4.0, 8 * GB, 0)
LARGE = Node("large", 16.0, 64 * GB, 2)


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        (KernelNeeds(cpus=2, memory=GB), Asked(2, GB, 0)),
        (KernelNeeds(cpus=2, memory=GB, gpus=0.5), Asked(2, GB, 0.5)),
        (KernelNeeds(cpus=99, memory=GB), Asked(16, GB, 0)),
        (KernelNeeds(cpus=2, memory=99 * GB), Asked(2, 64 * GB, 0)),
        (KernelNeeds(gpus=3), None),
    ],
)
def test_what_is_asked_for_is_on_one_node(needs, found):
    assert found == asked(needs, (SMALL, LARGE))


def test_nodes_that_are_gone_or_have_nothing_do_not_count():
    told = [
        {"NodeManagerHostname": "a", "Alive": True, "Resources": {"CPU": 2.0, "memory": 5.0, "GPU": 1.0}},
        {"NodeManagerHostname": "b", "Alive": False, "Resources": {"CPU": 2.0}},
        {"NodeManagerHostname": "head", "Alive": True, "Resources": {"memory": 5.0}},
    ]
    assert (Node("a", 2.0, 5, 1),) == nodes_of(told)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("ray://head:10001", ("head", 10001)),
        ("ray://[::1]:10001", ("::1", 10001)),
        ("head:6379", ("head", 6379)),
        ("auto", None),
        ("local", None),
    ],
)
def test_where_a_cluster_is(address, place):
    assert place == endpoint(address)


def test_kernels_see_nothing_of_ray():
    node = {
        "PATH": "/bin",
        "RAY_JOB_ID": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": "/s/runtime_resources/py/a:/mine",
        "CUDA_VISIBLE_DEVICES": "3",
    }
    sent = {"PYTHONHASHSEED": "0"}
    own = {"PATH": "/bin", "PYTHONPATH": "/mine", "PYTHONHASHSEED": "0"}
    assert {**own, "CUDA_VISIBLE_DEVICES": "3"} == variables_of(node, sent, gpus=True)
    assert {**own, "CUDA_VISIBLE_DEVICES": ""} == variables_of(node, sent, gpus=False)


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    for name in ("data/x.csv", "run.sh", "a.md", ".git/config", "_build/a.html", ".etude/lock"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "empty").mkdir()
    (root / "run.sh").chmod(0o755)
    (tmp_path / "elsewhere").mkdir()
    (root / "far").symlink_to(tmp_path / "elsewhere")
    os.utime(root / "data/x.csv", ns=(10**18, 10**18))
    return root


def sent(book: Path, tmp_path: Path) -> Path:
    """A copy as a node gets it: contents alone."""
    packed(str(book), str(tmp_path / "packed"))
    node = tmp_path / "node"
    shutil.copytree(tmp_path / "packed", node, copy_function=shutil.copyfile)
    (node / "empty").rmdir()
    return node


def test_a_copy_on_a_node_is_as_the_book(book, tmp_path):
    node = sent(book, tmp_path)
    made_whole(str(node))
    seen = {
        path.relative_to(node).as_posix() for path in node.rglob("*") if not path.name.startswith(".etude")
    }
    assert {"data", "data/x.csv", "run.sh", "a.md", "empty", "far"} == seen
    assert 10**18 == (node / "data/x.csv").stat().st_mtime_ns
    assert 0o555 == (node / "run.sh").stat().st_mode & 0o777
    assert tmp_path / "elsewhere" == (node / "far").readlink()
    assert () == altered(str(node))


def test_a_cell_that_writes_through_a_link_is_found_out(book, tmp_path):
    node = sent(book, tmp_path)
    made_whole(str(node))
    (node / "data/x.csv").chmod(0o644)
    (node / "data/x.csv").write_text("another")
    made_whole(str(node))
    (node / "a.md").unlink()
    assert ("a.md", "data/x.csv") == altered(str(node))
