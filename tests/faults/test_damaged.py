"""Damage to what a build keeps for the next one: it is noticed, told once at most, and never shown."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.harness import ROUNDS, Scene, chooser, comparable, reference

__all__ = ["reference"]

pytestmark = [pytest.mark.kernel, pytest.mark.slow]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A book that was built, and a copy of what was kept."""
    folder = tmp_path_factory.mktemp("damaged")
    made = Scene(folder)
    assert made.build().code == 0
    shutil.copytree(made.book.root, folder / "good", symlinks=True)
    yield made
    made.close()


def good(scene: Scene) -> Path:
    return scene.book.root.parent / "good"


def restore(scene: Scene) -> None:
    shutil.rmtree(scene.book.root)
    shutil.copytree(good(scene), scene.book.root, symlinks=True)


def emptied(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return b""


def halved(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes, rng: random.Random, other: bytes) -> bytes:
    at = rng.randrange(len(data)) if data else 0
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :] if data else b"x"


def garbage(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return rng.randbytes(len(data) or 100)


def anothers(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return other


HARMS: tuple[Callable[[bytes, random.Random, bytes], bytes], ...] = (
    emptied,
    halved,
    flipped,
    garbage,
    anothers,
)


def check(scene: Scene, reference: dict[str, bytes]) -> list[str]:
    """The next build is right; what it says."""
    said = scene.build()
    assert said.code == 0
    assert set(said.rules) <= {"store-unreadable"}
    assert reference == comparable(scene.book.outputs())
    assert len(scene.shown()) == 8
    if said.rules:
        # At the second time there is nothing to tell, and the outputs stay.
        again = scene.build()
        assert (0, [], 0) == (again.code, again.rules, again.document["summary"]["cells_run"])
        assert reference == comparable(scene.book.outputs())
    return said.rules


def lose_outputs(scene: Scene, rng: random.Random) -> None:
    """Sometimes the outputs are gone, too, so that all must come from what is kept."""
    if rng.random() < 0.7:
        shutil.rmtree(scene.book.root / "_build")


@pytest.mark.parametrize("harm", HARMS if ROUNDS > 1 else (flipped, anothers))
def test_a_file_that_is_kept(built, harm, reference):
    names = sorted(
        path.relative_to(good(built)).as_posix()
        for path in (good(built) / ".etude").rglob("*")
        if path.is_file()
    )
    rng = chooser("damage", harm.__name__)
    for name in rng.sample(names, min(len(names), ROUNDS)):
        restore(built)
        path = built.book.root / name
        other = good(built) / rng.choice([one for one in names if one != name])
        path.write_bytes(harm(path.read_bytes(), rng, other.read_bytes()))
        lose_outputs(built, rng)
        check(built, reference)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_byte_of_the_index(built, number, reference):
    rng = chooser("index", number)
    restore(built)
    index = built.book.root / ".etude/store"
    (path,) = index.glob("index-*.sqlite")
    data = path.read_bytes()
    for _ in range(rng.choice([1, 1, 3, 30])):
        data = flipped(data, rng, b"")
    path.write_bytes(data)
    lose_outputs(built, rng)
    check(built, reference)


KINDS = ("cell", "way", "page", "parsed", "code", "recipe")


@pytest.mark.parametrize("kind", KINDS if ROUNDS > 1 else KINDS[:1])
def test_entries_that_changed_places(built, kind, reference):
    """As when a byte of the index leads to another row: each value is whole, but another's."""
    restore(built)
    (path,) = built.book.root.glob(".etude/store/index-*.sqlite")
    with sqlite3.connect(path) as base:
        rows = base.execute(
            "SELECT key, value, sum FROM entry WHERE kind = ? ORDER BY key", (kind,)
        ).fetchall()
        assert rows
        for (key, _, _), (_, value, total) in zip(rows, [*rows[1:], rows[0]], strict=True):
            base.execute(
                "UPDATE entry SET value = ?, sum = ? WHERE kind = ? AND key = ?", (value, total, kind, key)
            )
    base.close()
    shutil.rmtree(built.book.root / "_build")
    check(built, reference)
