"""Whatever is killed at whatever point: nothing stays behind; the next build runs no more than it must."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from etude.adapters.prelude import FOLDER
from etude.worker import guard
from tests.faults.harness import (
    CELLS,
    EDITION,
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

SAMPLE = [("lean", "builder"), ("cold", "kernel"), ("warm", "parent")]
ALL = [(b, v) for b in ("lean", "warm", "cold") for v in ("builder", "kernel", "parent", "guard")]
ALL.remove(("cold", "parent"))  # there is none
KINDS = ALL if ROUNDS > 1 else SAMPLE

OTHER = "2000002"


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(tmp_path, request.param)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("scene", "victim", "number"),
    [(backend, victim, number) for backend, victim in KINDS for number in range(ROUNDS)],
    indirect=["scene"],
)
def test_a_kill(scene, victim, number, reference):
    rng = chooser("kill", scene.worker, victim, number)
    edition = EDITION
    if rng.random() < 0.4:
        assert scene.build().code == 0
        edition = OTHER
        scene.edit(edition)
    before, known = scene.book.outputs(), scene.stored()
    with scene.start("--jobs", "2") as process:
        harm(scene, process, victim, rng)
        if victim == "builder":
            process.communicate()
        else:
            ended = said(process)
            assert (ended.code, bool(ended.rules)) in {(0, False), (1, True)}
    assert until(lambda: not scene.processes()), "no process outlives the build"
    stored = dict(scene.stored() - known)
    if victim == "builder":
        is_whole(scene, before, reference, edition)

    begun = len(scene.events())
    said_next = scene.build("--jobs", "2")
    assert (0, []) == (said_next.code, said_next.problems)
    assert reference == comparable(scene.book.outputs(), edition)
    assert [] == scene.litter()
    shown = scene.shown()
    assert stored == {cell: shown[cell] for cell in stored}, "what was stored stays"
    ran = [name for word, name, _ in scene.events()[begun:] if word == "begin"]
    assert len(ran) == len(set(ran)), "no cell runs twice"
    for page in PAGES:
        if all(f"{page}-{cell}" in stored for cell in range(CELLS)):
            assert not any(name.startswith(page) for name in ran), "a run that was stored is not run again"


def harm(scene: Scene, process: subprocess.Popen[str], victim: str, rng: random.Random) -> None:
    """Kill something of a build after one of its events, or while it writes the site, or when it begins."""
    start = len(scene.events())
    manifest = scene.book.root / "_build" / ".etude-outputs"
    stamp = changed(manifest)
    after = rng.randrange(EVENTS + 5)
    until(
        lambda: (
            process.poll() is not None
            or (len(scene.events()) - start >= min(after, EVENTS) and after <= EVENTS)
            or changed(manifest) != stamp
        )
    )
    time.sleep(rng.choice([0.0, rng.uniform(0, 0.03), rng.uniform(0, 0.3)]))
    until(lambda: process.poll() is not None or bool(victims(scene, process, victim)))
    for pid in victims(scene, process, victim)[:1]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def changed(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def victims(scene: Scene, process: subprocess.Popen[str], victim: str) -> list[int]:
    """Processes of a build that play a part."""
    if victim == "builder":
        return [process.pid]
    found = scene.processes()
    guards = [pid for pid in found if guard.__file__ in command(pid)]
    if victim == "guard":
        return guards
    if victim == "parent":
        return [pid for pid in found if FOLDER in command(pid) and pid not in guards and above(pid) in guards]
    return [pid for pid in {int(pid) for *_, pid in reversed(scene.events())} if pid in found]


def command(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []


def above(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def is_whole(scene: Scene, before: dict[str, bytes], reference: dict[str, bytes], edition: str) -> None:
    """Every file of the site is the old one or the new one, and pages show no picture that is not there."""
    out = scene.book.root / "_build"
    now = {path: data for path, data in scene.book.outputs().items() if not path.endswith(".part")}
    new = comparable(now, edition)
    for path, data in now.items():
        if path != ".etude-outputs":  # it names what is about to be made, too
            assert data == before.get(path) or new[path] == reference[path], f"{path} is torn"
        if path.endswith(".html"):
            for source in re.findall(rb'<img src="([^":]+)"', data):
                assert (out / path).parent.joinpath(source.decode()).is_file(), path
