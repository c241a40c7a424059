"""API links into other projects."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.model import inline as i
from etude.model.config import Config, InventoryConfig
from etude.model.diagnostic import Place
from etude.model.rules import Rule, Severity
from etude.resolve.inventory import parse_inventory

HEAD = (
    b"# Sphinx inventory version 2\n# Project: Torch\n# Version: 2.1\n# The rest is compressed with zlib.\n"
)


def packed(*lines: str) -> bytes:
    return HEAD + zlib.compress("".join(f"{line}\n" for line in lines).encode())


TORCH = packed(
    "torch.Tensor py:class 1 tensors.html#$ -",
    "torch.Tensor.view py:method 1 generated/view.html#$ -",
    "torch.nn.Module.training py:attribute 1 m.html#$ -",
    "torch.no_grad py:class 1 no_grad.html#$ -",
    "torch.nn py:module 0 nn.html#module-$ -",
    "broken line",
    "broadcasting semantics std:label -1 notes/broadcasting.html#x Broadcasting: how",
)


def link(n, role, target, domain="py"):
    return i.ApiLink(n.span, domain, role, target)


CONFIG = Config(inventories=(InventoryConfig("torch", "https://torch.org/docs"),))


def resolve(book, **options):
    return book.resolve(inventories={"torch": parse_inventory(TORCH)}, config=CONFIG, **options)


def test_parsing():
    inventory = parse_inventory(TORCH)
    assert (inventory.project, inventory.version) == ("Torch", "2.1")
    assert {"torch.Tensor", "torch.no_grad"} == set(inventory.objects["py:class"])
    assert inventory.objects["py:class"]["torch.Tensor"] == ("tensors.html#torch.Tensor", "torch.Tensor")
    label = inventory.objects["std:label"]["broadcasting semantics"]
    assert label == ("notes/broadcasting.html#x", "Broadcasting: how")


@pytest.mark.parametrize(
    "data", [b"", b"# Sphinx inventory version 1\n", HEAD + b"junk", HEAD[:-1], TORCH[:-9]]
)
def test_what_is_no_inventory(data):
    inventory = parse_inventory(data)
    assert inventory is None or inventory.objects


@given(st.binary())
def test_nothing_raises(data):
    assert parse_inventory(data) is None
    parse_inventory(HEAD + data)
    parse_inventory(HEAD + zlib.compress(data))


@pytest.mark.parametrize(
    ("role", "target", "url", "name"),
    [
        ("class", "torch.Tensor", "tensors.html#torch.Tensor", "torch.Tensor"),
        ("class", "~torch.Tensor", "tensors.html#torch.Tensor", "Tensor"),
        ("func", "torch.no_grad", "no_grad.html#torch.no_grad", "torch.no_grad"),
        ("func", "torch.Tensor.view", "generated/view.html#torch.Tensor.view", "torch.Tensor.view"),
        ("obj", "torch.nn", "nn.html#module-torch.nn", "torch.nn"),
        ("mod", "torch:torch.nn", "nn.html#module-torch.nn", "torch.nn"),
        ("attr", "~torch.nn.Module.training", "m.html#torch.nn.Module.training", "training"),
    ],
)
def test_links(book, n, role, target, url, name):
    book.page("a", n.p(link(n, role, target)))
    done = resolve(book)
    assert done.diagnostics == ()
    found = done.facts["a"].links[f"py:{role}:{target}"]
    assert ("", f"https://torch.org/docs/{url}", name) == (found.page, found.url, found.name)


def test_labels_of_other_projects(book, n):
    book.page("a", n.p(link(n, "ref", "broadcasting semantics", "std")))
    found = resolve(book).facts["a"].links["std:ref:broadcasting semantics"]
    assert found.name == "Broadcasting: how"


def test_unknown(book, n):
    node = link(n, "class", "torch.Tensr")
    book.page("a", n.p(node, link(n, "class", "!torch.hidden")))
    done = resolve(book)
    assert done.facts["a"].links == {}
    (problem,) = done.diagnostics
    assert (problem.rule, problem.severity) == (Rule.INVENTORY_UNKNOWN, Severity.WARNING)
    assert Place("en/a.md", node.span) == problem.place
    assert problem.hints[0].startswith("did you mean `torch.Tensor`")


def test_no_warning_without_inventories(book, n):
    book.page("a", n.p(link(n, "class", "torch.Tensor")))
    assert book.resolve().diagnostics == ()
