"""A build that is stopped, at whatever point, keeps finished cells; the next one is right."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etude.adapters.disk import MANIFEST

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CELLS = 5

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nchapters = ["one", "two"]\n'


def page(name: str, log: Path) -> str:
    """A page whose cells print another text each time, and note it outside of the book."""
    cells = "\n".join(
        f"""```{{code-cell}} python
import os, time

time.sleep(0.25)
stamp = os.urandom(6).hex()
n = open({str(log)!r}, "a").write("{name}-{number} " + stamp + "\\n")
print("{name}-{number}", stamp)
```
"""
        for number in range(CELLS)
    )
    return f"# {name}\n\n{cells}"


def noted(log: Path) -> list[tuple[str, str]]:
    """Cell and text of each time that a cell ended."""
    if not log.is_file():
        return []
    return [tuple(line.split()) for line in log.read_text("utf-8").splitlines() if len(line.split()) == 2]


def shown(book, name: str) -> dict[str, str]:
    """What a page shows for its cells."""
    return dict(re.findall(r"(\w+-\d) ([0-9a-f]{12})", book.read(f"_build/html/en/{name}.html")))


def kernels(book) -> list[str]:
    """Processes that work in the book's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(book.root) in str((place / "cwd").readlink()):
                found.append(place.name)
        except OSError:
            continue
    return found


@pytest.fixture
def book(new_book, tmp_path):
    log = tmp_path / "log"
    return new_book({"etude.toml": CONFIG, "one.md": page("one", log), "two.md": page("two", log)})


def wait_until(check, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert check()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_stopped_while_cells_run(book, tmp_path, how):
    log = tmp_path / "log"
    with book.process("build", "--jobs", "2") as process:
        wait_until(lambda: len(noted(log)) >= 5)
        process.send_signal(how)
        process.communicate()
    assert {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[how] == process.returncode
    scratch = book.root / ".etude" / "scratch"
    assert how == signal.SIGKILL or [] == list(scratch.glob("*"))
    wait_until(lambda: [] == kernels(book), 10)
    first = {}
    for cell, stamp in noted(log):
        first.setdefault(cell, stamp)

    said = book.command("build", "--jobs", "2")
    assert (0, []) == (said.code, said.problems)
    now = {**shown(book, "one"), **shown(book, "two")}
    assert 2 * CELLS == len(now)
    lost = {cell for cell, stamp in first.items() if now[cell] != stamp}
    assert len(lost) <= 2, "of each run, only the cell that was just ending may be lost"
    assert len(first) - len(lost) >= 3
    assert [] == list(scratch.glob("*")), "what the killed build left is removed"
    again = book.command("build")
    assert (0, 0, 0) == (
        again.code,
        again.document["summary"]["cells_run"],
        again.document["summary"]["written"],
    )


def test_a_build_that_is_killed_again_and_again(book, tmp_path):
    for delay in (0.1, 0.35, 0.6, 1.2, 1.9):
        with book.process("build", "--jobs", "2") as process:
            time.sleep(delay)
            process.kill()
            process.communicate()
    seen = set(noted(tmp_path / "log"))
    said = book.command("build", "--jobs", "2")
    assert (0, []) == (said.code, said.problems)
    kept = {**shown(book, "one"), **shown(book, "two")}
    assert 2 * CELLS == len(kept)

    clean = book.copy(tmp_path / "clean", state=False)
    assert 0 == clean.command("build", "--jobs", "2").code
    # What is searched of a page has the stamps that its cells print, and is named by what it holds.
    named = re.compile(r"(?<=/search/)(\w+/)[0-9a-f]{10}(?=\.js$)")
    ours, theirs = book.outputs(), clean.outputs()
    names = [sorted(named.sub(r"\1", path) for path in outputs) for outputs in (ours, theirs)]
    assert names[0] == names[1], "nothing is missing and nothing is left over"
    stamp = re.compile(rb"[0-9a-f]{12}")
    named_so = {path for path in theirs if "/_static/search/" in path or path == MANIFEST}
    for path in theirs.keys() - named_so:
        assert stamp.sub(b"", theirs[path]) == stamp.sub(b"", ours[path]), path
    assert set(kept.items()) <= seen | set(noted(tmp_path / "log"))


LONG = "import time\nn = open({log!r}, 'a').write('begun x\\n')\ntime.sleep(1000)"
# One process stays below the cell, one leaves its session, one loses its parent.
CHILDREN = """import os, subprocess, sys, time
sleep = [sys.executable, "-c", "import os, time; os.chdir({folder!r}); time.sleep(1000)"]
_ = subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    _ = subprocess.Popen(sleep, **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL))
    os._exit(0)
"""


def family(folder: Path) -> list[str]:
    """Processes that work below a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in str((place / "cwd").readlink()):
                found.append(place.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("worker", "how"),
    [
        ("lean", signal.SIGINT),
        ("lean", signal.SIGKILL),
        ("warm", signal.SIGTERM),
        ("cold", signal.SIGINT),
        ("cold", signal.SIGKILL),
    ],
)
def test_no_process_of_a_cell_survives(new_book, tmp_path, worker, how):
    log, folder = tmp_path / "log", tmp_path / "children"
    folder.mkdir()
    code = CHILDREN.format(folder=str(folder)) + LONG.format(log=str(log))
    front = f"---\nexecute: {{worker: {worker}}}\n---\n"
    cells = "".join(f"\n```{{code-cell}} python\n{cell}\n```\n" for cell in ("print('kept')", code))
    pages = {name: f"{front}# {name}\n{cells}" for name in ("one", "two")}
    book = new_book({"etude.toml": CONFIG, **{f"{name}.md": text for name, text in pages.items()}})
    with book.process("build", "--jobs", "2") as process:
        wait_until(lambda: len(noted(log)) == 2 and len(family(folder)) >= 6, 60)
        process.send_signal(how)
        process.communicate()
    assert {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[how] == process.returncode
    wait_until(lambda: [] == family(folder) + family(book.root), 10)
    for name in pages:
        book.edit(f"{name}.md", "time.sleep(1000)\n```", "```")
        book.edit(f"{name}.md", CHILDREN.format(folder=str(folder)), "")
    again = book.command("build", "--jobs", "2")
    assert (0, 4) == (again.code, again.document["summary"]["cells_run"])


def test_a_second_signal_ends_at_once():
    code = """import signal, time
from etude.cli import app
app.listen()
try:
    print("ready", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("clearing", flush=True)
    time.sleep(1000)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"clearing\n"
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
    assert 143 == process.returncode


def test_what_is_ignored_from_the_start_stays_so():
    code = """import os, signal
from etude.cli import app
signal.signal(signal.SIGHUP, signal.SIG_IGN)
app.listen()
os.kill(os.getpid(), signal.SIGHUP)
print("alive")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert (0, b"alive\n") == (done.returncode, done.stdout)


def test_ctrl_c_in_a_terminal_leaves_it_as_it_was(new_book, tmp_path):
    log = tmp_path / "log"
    text = f"# One\n\n```{{code-cell}} python\n{LONG.format(log=str(log))}\n```\n"
    book = new_book({"etude.toml": CONFIG, "one.md": text, "two.md": text})
    terminal, own = pty.openpty()
    take = (
        "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", take, "-m", "etude", "build", str(book.root)],
        stdin=own,
        stdout=own,
        stderr=own,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(own)
    wait_until(lambda: len(noted(log)) == 2, 60)
    os.write(terminal, b"\x03")
    shown = b""
    while True:
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        shown += data
    os.close(terminal)
    assert 130 == process.wait()
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l") >= 0, "the cursor is back"
    assert shown.rstrip().endswith(b"interrupted; the results of finished cells are kept")
    assert b"Traceback" not in shown
    wait_until(lambda: [] == family(book.root), 10)
