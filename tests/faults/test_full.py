"""A disk that is full, at whatever point: it is said, nothing is torn, and the next build is right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import full
from tests.faults.harness import ROUNDS, Scene, chooser, comparable, reference

__all__ = ["reference"]

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

SEPARATE = ["unshare", "--user", "--map-root-user", "--mount"]
MOST = 10_000


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


def tried(scene: Scene, numbers: list[int], *args: str, under: list[str] | None = None) -> Iterator[Any]:
    """First and second build for each number."""
    command = [*(under or []), sys.executable, full.__file__, str(scene.book.root)]
    done = subprocess.run(
        [*command, ",".join(map(str, numbers)), *args],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **scene.environment},
    )
    assert (0, len(numbers)) == (done.returncode, done.stdout.count("\n")), done.stderr
    return map(json.loads, done.stdout.splitlines())


def check(found: Any, reference: dict[str, bytes]) -> None:
    first, second = found["first"], found["second"]
    about = f"{found['number']}: {first['said']} {first['errors']}"
    assert "Traceback" not in about
    assert [] == first["litter"] == second["litter"], about
    assert [] == first["damaged"] == second["damaged"], about
    outputs = {p: text.encode("latin-1") for p, text in first["outputs"].items()}
    new = comparable(outputs)
    if first["code"] == 0:
        assert reference == new, about
    else:
        assert first["code"] in (1, 2), about
        assert json.loads(first["said"])["diagnostics"], about
    if first["code"] == 2:
        for path in outputs.keys() - {".etude-outputs"}:
            assert reference[path] == new[path], f"{path} is torn: {about}"
    assert (0, []) == (second["code"], json.loads(second["said"])["diagnostics"]), second["said"]
    assert reference == comparable({p: text.encode("latin-1") for p, text in second["outputs"].items()})


def test_no_room_for_the_nth_write(scene, reference):
    (whole,) = tried(scene, [MOST + 1])
    check(whole, reference)
    count = whole["first"]["count"]
    assert 40 < count < MOST
    rng = chooser("full")
    chosen = rng.sample(range(1, count + 1), min(count, 2 if ROUNDS == 1 else 10 * ROUNDS))
    for found in tried(scene, sorted(chosen)):
        check(found, reference)


def test_a_small_disk(scene, reference):
    allowed = subprocess.run([*SEPARATE, "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("no disk can be mounted here")
    rng = chooser("small disk")
    for found in tried(scene, [rng.randrange(40, 1800, 4) for _ in range(ROUNDS)], "tmpfs", under=SEPARATE):
        check(found, reference)
