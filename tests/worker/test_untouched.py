"""What memory tells of containers: every change is seen, whatever makes it."""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections import defaultdict

import pytest

from etude.worker.described import inner_dict
from etude.worker.untouched import Marks

pytestmark = pytest.mark.skipif(
    sys.implementation.name != "cpython" or sys.version_info >= (3, 13), reason="compared there"
)


class Plain:
    """Has names."""

    def __init__(self):
        self.x = [1]


class Slotted:
    """Has slots alone."""

    __slots__ = ("x", "y")

    def __init__(self):
        self.x = 1


class Number(enum.IntEnum):
    """Has names behind a number."""

    ONE = 1


def module():
    made = types.ModuleType("made")
    made.x = 1
    return made


CHANGES = {
    "an item": (lambda: [1, 2], lambda v: v.__setitem__(0, "a")),
    "an equal item": (lambda: [1, 2], lambda v: v.__setitem__(0, 1.0)),
    "one more": (lambda: [1, 2], lambda v: v.append(3)),
    "the first": (list, lambda v: v.append(3)),
    "order": (lambda: [1, 2], lambda v: v.reverse()),
    "none": (lambda: [1, 2], lambda v: v.clear()),
    "a member": (lambda: {1, 2}, lambda v: v.add("a")),
    "another member": (lambda: {1, 2}, lambda v: (v.remove(1), v.add(9))),
    "no member": (lambda: {1}, lambda v: v.discard(1)),
    "many members": (lambda: set(range(100)), lambda v: v.update(range(1000))),
    "a value": (lambda: {"a": 1}, lambda v: v.__setitem__("a", 2)),
    "a key": (lambda: {"a": 1}, lambda v: v.update(b=1)),
    "no key": (lambda: {"a": 1}, lambda v: v.pop("a")),
    "a default": (lambda: defaultdict(list), lambda v: v["a"]),
    "a name": (Plain, lambda v: setattr(v, "x", 2)),
    "a new name": (Plain, lambda v: setattr(v, "y", 2)),
    "all names": (Plain, lambda v: setattr(v, "__dict__", {"x": v.x})),
    "a slot": (Slotted, lambda v: setattr(v, "x", 2)),
    "a new slot": (Slotted, lambda v: setattr(v, "y", 2)),
    "a slot that is gone": (Slotted, lambda v: delattr(v, "x")),
    "a global": (module, lambda v: setattr(v, "x", 2)),
    "a name of a class": (lambda: type("A", (), {"x": 1}), lambda v: setattr(v, "x", 2)),
    "a name of a number": (lambda: Number.ONE, lambda v: setattr(v, "note", 2)),
    "arguments": (lambda: functools.partial(int), lambda v: v.__setstate__((str, (), {}, {}))),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_seen(name):
    make, change = CHANGES[name]
    value, marks = make(), Marks()
    kept = value.copy() if isinstance(value, (dict, list, set)) else dict(inner_dict(value) or {})
    assert marks.mark(value, inner_dict(value))
    assert marks.untouched()
    change(value)
    assert not marks.untouched()
    del kept
