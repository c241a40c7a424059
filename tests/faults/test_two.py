"""Several commands on one book at once: each ends rightly, and no cell runs twice needlessly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.harness import (
    CELLS,
    EVENTS,
    PAGES,
    ROUNDS,
    Scene,
    chooser,
    comparable,
    reference,
    said,
    until,
)

__all__ = ["reference"]

pytestmark = [pytest.mark.kernel, pytest.mark.slow]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_builds_at_once(scene, number, reference):
    rng = chooser("two", number)
    after = rng.choice([0, 0, rng.randrange(EVENTS)])
    with ExitStack() as stack:
        first = stack.enter_context(scene.start())
        until(lambda: first.poll() is not None or len(scene.events()) >= after)
        time.sleep(rng.uniform(0, 0.1))
        others = [stack.enter_context(scene.start()) for _ in range(2)]
        ended = [said(process) for process in (first, *others)]
    for one in ended:
        assert (one.code, one.rules) in [(0, []), (2, ["build-locked"])]
    assert any(one.code == 0 for one in ended), "one of them builds"
    assert PAGES == tuple(sorted({name.partition("-")[0] for _, name, _ in scene.events()}))
    assert len(PAGES) * CELLS * 2 == len(scene.events()), "each cell ran once"
    assert reference == comparable(scene.book.outputs())
    assert until(lambda: not scene.processes())
    assert [] == scene.litter()


@pytest.mark.parametrize("name", ["status", "verify"])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_another_command_beside_a_build(scene, name, number, reference):
    rng = chooser(name, number)
    if name == "verify":  # it compares with what is stored: the build has little to do
        assert scene.build().code == 0
        scene.book.write({"one.md": scene.book.read("one.md").replace("Words", "Other words")})
    after = len(scene.events()) + rng.randrange(EVENTS)
    with scene.start() as process, ExitStack() as stack:
        # Beside it again and again: at its beginning, while cells run, while it writes.
        asked = []
        while process.poll() is None or not asked:
            until(lambda: process.poll() is not None or len(scene.events()) >= after, 0.2)
            beside = stack.enter_context(scene.start(name=name))
            asked.append(said(beside))
        assert (0, []) == ((built := said(process)).code, built.rules)
    for one in asked:  # what cells print differs each time
        assert (one.code, bool(one.rules)) in [(0, False), (1, True)]
        assert set(one.rules) <= {"not-recorded", "result-drifted"}
    scene.book.write({"one.md": scene.book.read("one.md").replace("Other words", "Words")})
    assert scene.build().code == 0
    assert reference == comparable(scene.book.outputs())
    assert until(lambda: not scene.processes())
    assert [] == scene.litter()
