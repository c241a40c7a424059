"""Books whose variants require packages: installed once, then used; what cannot be had is named."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.adapters.store import SqliteStore
from etude.build import BuildOptions
from etude.build.book import load
from etude.build.environments import provided
from etude.build.exchange import push
from etude.build.outputs import stores
from etude.build.planning import make_plan
from etude.build.workers import Workers
from etude.model.progress import EnvironmentFinished, EnvironmentStarted

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CONFIG = """[book]
title = "Book"
languages = ["en"]
variants = ["old", "new"]

[variant.old]
requires = ["demo==1.0"]

[variant.new]
requires = ["demo>=2"]
"""

PAGE = """# Home

```{code-cell} python
import demo
print("demo", demo.version)
```
"""

BOTH = "---\nvariants: [old, new]\n---\n" + PAGE


def shown(book, variant: str = "", page: str = "index") -> list[str]:
    """What the cells of a notebook printed."""
    folder = f"{variant}/" if variant else ""
    notebook = json.loads(book.read(f"_build/notebook/en/{folder}{page}.ipynb"))
    return ["".join(one["text"]).strip() for cell in notebook["cells"] for one in cell.get("outputs", ())]


def summary(said) -> tuple[int, list, int]:
    return said.code, said.problems, said.document["summary"]["cells_run"]


def build(book, *args: str):
    return book.command("build", "--to", "notebook", *args)


@contextmanager
def building(book):
    """A build in a process of its own, which ends at the latest with the test."""
    with book.process("build", "--to", "notebook") as process:
        try:
            yield process
        finally:
            if sys.exc_info()[0] is not None:
                process.kill()


def wait_until(check, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert check()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_variants_that_conflict_live_in_one_book(new_book, packages, installer):
    packages.use(installer)
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    assert (0, [], 2) == summary(book.command("build"))
    assert (["demo 1.0"], ["demo 2.0"]) == (shown(book, "old"), shown(book, "new"))
    assert re.search(r"demo 1\.0.*demo 2\.0", book.read("_build/html/en/index.html"), re.DOTALL)
    first = book.outputs()

    # What is there is used without an installer, and where nothing must run it is not even looked at.
    packages.nothing()
    packages.patch.setenv("PATH", "/nowhere")
    (book.root / "_build/notebook/en/old/index.ipynb").unlink()
    assert (0, [], 0) == summary(book.command("build"))
    assert first == book.outputs()
    book.edit("index.md", '"demo"', '"still"')
    assert (0, [], 2) == summary(build(book))
    assert (["still 1.0"], ["still 2.0"]) == (shown(book, "old"), shown(book, "new"))
    for place in packages.environments.glob("*"):
        place.rename(place.with_name(f"gone-{place.name}"))
    assert (0, [], 0) == summary(book.command("build", "--strict"))


@pytest.mark.parametrize("how", ["recorded", "pulled"])
def test_where_all_results_come_along_nothing_is_installed(new_book, packages, tmp_path, how):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    assert (0, [], 2) == summary(build(book, *(["--record"] if how == "recorded" else [])))
    clone = book.copy(tmp_path / "clone", state=False)
    if how == "pulled":
        settings = f'[execute]\nremote = "{tmp_path / "shared"}"\npull = true\n'
        book.edit("etude.toml", "[variant.old]", settings + "\n[variant.old]")
        clone.write({"etude.toml": book.read("etude.toml")})
        assert 2 == push(book.root).sent.runs
    packages.nothing()
    packages.patch.setenv("ETUDE_CACHE", str(tmp_path / "empty"))
    packages.patch.setenv("PATH", "/nowhere")
    assert (0, [], 0) == summary(build(clone))
    assert (["demo 1.0"], ["demo 2.0"]) == (shown(clone, "old"), shown(clone, "new"))
    assert not packages.environments.exists()


def test_what_is_required_decides_what_runs(new_book, packages):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    build(book)
    book.edit("etude.toml", '"demo==1.0"', '"demo <= 1.5"')
    assert (0, [], 1) == summary(build(book))
    assert ["demo 1.0"] == shown(book, "old")
    book.edit("etude.toml", '"demo <= 1.5"', '"Demo<=1.5"')
    assert (0, [], 0) == summary(build(book))
    book.edit("etude.toml", '"Demo<=1.5"', '"demo"')
    assert (0, [], 1) == summary(build(book))
    assert ["demo 2.0"] == shown(book, "old")


def test_status_says_what_is_not_installed_yet(new_book, packages, capsys):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    packages.nothing()

    def lines():
        from etude.cli import main  # noqa: PLC0415

        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(["status", str(book.root), "--explain"])
        return capsys.readouterr().out.splitlines()

    unmade = "  what it requires is not installed yet: that is done first"
    assert 2 == lines().count(unmade)
    assert not packages.environments.exists()
    packages.patch.setenv("PIP_FIND_LINKS", str(packages.folder))
    build(book, "--variant", "old")
    assert [
        "index (old): up to date, 1 cell",
        "index (new): 1 of 1 cell would run",
        "  cell 1: it never ran",
        unmade,
    ] == lines()


def test_one_that_cannot_be_installed_stops_its_runs_only(new_book, packages):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    assert (0, [], 2) == summary(build(book))
    book.edit("etude.toml", '"demo>=2"', '"ipykernel", "demo>=2", "missing>1"')
    book.edit("index.md", '"demo"', '"more"')
    said = build(book)
    assert (1, [("environment-failed", "etude.toml:10:37")], 1) == summary(said)
    (problem,) = said.document["diagnostics"]
    assert problem["message"].startswith("the environment of new cannot be made: ")
    assert "missing>1" in problem["message"]
    assert ["more 1.0"] == shown(book, "old")
    assert [] == shown(book, "new")
    # It is tried again, and what is stored is shown whatever happens.
    assert 1 == build(book).code
    book.edit("etude.toml", '"ipykernel", "demo>=2", "missing>1"', '"demo>=2"')
    assert (0, [], 1) == summary(build(book))
    assert ["more 2.0"] == shown(book, "new")


def test_results_that_are_stored_need_no_environment(new_book, packages):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH, "more.md": PAGE.replace("demo", "demo  ")})
    book.edit("more.md", "# Home", "---\nvariants: [new]\n---\n# More")
    build(book)
    packages.nothing()
    for place in packages.environments.glob("*"):
        place.rename(place.with_name(f"gone-{place.name}"))
    book.edit("more.md", "print(", "print('now', ")
    said = build(book)
    assert [("environment-failed", "etude.toml:10:13")] == said.problems
    assert (["demo 1.0"], ["demo 2.0"]) == (shown(book, "old"), shown(book, "new"))
    for policy, code in (("frozen", 1), ("off", 0)):
        said = build(book, "--execute", policy)
        assert (code, {"result-missing"} if code else set()) == (said.code, set(said.rules))


def test_strictness_asks_what_is_installed(new_book, packages):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    assert (0, [], 2) == summary(build(book))
    for place in packages.environments.glob("*"):
        place.rename(place.with_name(f"gone-{place.name}"))
    (book.root / "_build/notebook/en/old/index.ipynb").unlink()
    # They are made again, and hold what they held: nothing runs.
    assert (0, [], 0) == summary(build(book, "--execute", "strict"))
    assert 4 == len([place for place in packages.environments.iterdir() if place.is_dir()])


def test_claims_of_what_is_stored_are_judged_all_the_same(new_book, packages):
    claim = PAGE.replace("python\n", "python\n:expect: demo.version == '3.0'\n")
    more = PAGE.replace("# Home", "# More")
    book = new_book({"etude.toml": CONFIG, "index.md": claim, "more.md": more})
    assert ["expectation-failed"] == build(book).rules
    packages.nothing()
    for place in packages.environments.glob("*"):
        place.rename(place.with_name(f"gone-{place.name}"))
    book.edit("more.md", '"demo"', '"more"')
    assert ["expectation-failed", "environment-failed"] == sorted(build(book).rules, reverse=True)


def test_wrong_requirements_let_nothing_run(new_book, packages):
    book = new_book({"etude.toml": CONFIG.replace("demo==1.0", "demo=1.0"), "index.md": BOTH})
    assert (1, [("config-value", "etude.toml:7:13")], 1) == summary(build(book))
    assert ["demo 2.0"] == shown(book, "new")
    book.edit("etude.toml", '"demo=1.0"', '"none.txt"')
    assert (1, [("file-missing", "etude.toml:7:13")], 0) == summary(build(book))


def test_a_file_of_requirements_for_a_book_without_variants(new_book, packages):
    config = '[book]\ntitle = "T"\nlanguages = ["en"]\n[execute]\nrequires = "lists/base.txt"\n'
    files = {"lists/base.txt": "-r more.txt\n", "lists/more.txt": "demo<2\n"}
    own = "---\nkernelspec: {name: python3}\n---\n" + PAGE.replace("demo", "demo ")
    book = new_book({"etude.toml": config, "index.md": PAGE, "own.md": own, **files})
    assert (0, [], 2) == summary(build(book))
    assert (["demo 1.0"], ["demo  1.0"]) == (shown(book), shown(book, page="own"))
    book.edit("lists/more.txt", "demo<2", "# at last\ndemo<2")
    assert (0, [], 0) == summary(build(book))
    book.edit("lists/more.txt", "demo<2", "demo")
    assert (0, [], 2) == summary(build(book))
    assert ["demo 2.0"] == shown(book)
    notebook = json.loads(book.read("_build/notebook/en/index.ipynb"))
    assert ["demo"] == notebook["metadata"]["etude"]["requires"]
    assert notebook["cells"][0]["source"][-1] == '%pip install --quiet "demo"'


def test_programs_that_cells_start_are_those_of_the_environment(new_book, packages):
    page = PAGE.replace('print("demo", demo.version)', '!python -c "import demo; print(demo.version)"')
    book = new_book({"etude.toml": CONFIG, "index.md": page})
    assert (0, [], 1) == summary(build(book))
    assert ["1.0"] == shown(book, "old")


def test_notebooks_are_the_same_every_time(new_book, packages, tmp_path):
    book = new_book({"etude.toml": CONFIG, "index.md": BOTH})
    other = book.copy(tmp_path / "other")
    assert 0 == book.alone("build", "--to", "notebook", PYTHONHASHSEED="1").code
    assert 0 == other.alone("build", "--to", "notebook", PYTHONHASHSEED="2").code
    assert book.outputs() == other.outputs()


def test_every_variant_has_a_python_of_its_own(new_book, packages):
    config = CONFIG.replace('requires = ["demo==1.0"]', 'python = ">=3"') + 'python = ">=3.99"\n'
    book = new_book({"etude.toml": config, "index.md": "---\nvariants: [old, new]\n---\n# Home\n\n" + PYTHON})
    assert (1, [("environment-failed", "etude.toml:11:10")], 1) == summary(build(book))
    (interpreter,) = shown(book, "old")
    assert str(packages.environments) in interpreter


PYTHON = "```{code-cell} python\nimport sys\nprint(sys.executable)\n```\n"


def test_what_was_installed_is_told(new_book, packages):
    config = CONFIG.replace('["old", "new"]', '["old", "new", "same", "plain"]')
    config += '\n[variant.same]\nrequires = ["demo == 1.0"]\n'
    book = new_book({"etude.toml": config, "index.md": BOTH.replace("old, new", "old, new, same, plain")})
    told = []
    options = BuildOptions(jobs=2)
    with SqliteStore(book.root / ".etude/store") as store, stores(), Workers(2) as workers:
        loaded = load(DiskFiles(book.root), store, options, "", workers)
        planned = make_plan(loaded, options, store, workers).plan
        with provided(planned, loaded, store, "auto", 2, told.append) as ready:
            kernels = {run.variant: run.kernel for run in ready.plan.runs}
            found = {variant: one.packages for variant, one in ready.installed.items()}
        with provided(planned, loaded, store, "frozen", 2, told.append) as ready:
            assert kernels == {run.variant: run.kernel for run in ready.plan.runs}, "no run starts elsewhere"
            assert {} == ready.installed
    one, two = ("demo==1.0", "ipykernel==99.0"), ("demo==2.0", "ipykernel==99.0")
    assert {"old": one, "new": two, "same": one} == found
    assert kernels["old"] == kernels["same"] != kernels["new"]
    assert "python3" == kernels["plain"]
    started = [one.variants for one in told if isinstance(one, EnvironmentStarted)]
    assert ["new", "old, same"] == sorted(started)
    ended = {one.variants: (one.status, one.packages) for one in told if isinstance(one, EnvironmentFinished)}
    assert {"old, same": ("ok", 2), "new": ("ok", 2)} == ended


# ---- killed, and side by side


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_build_that_is_stopped_while_it_installs(new_book, packages, how, installer):
    packages.use(installer)
    packages.add_slow()
    book = new_book({"etude.toml": CONFIG.replace('"demo==1.0"', '"slow", "demo"'), "index.md": PAGE})
    with building(book) as process:
        wait_until(packages.builders)
        process.send_signal(how)
        process.communicate()
    assert {signal.SIGKILL: -9, signal.SIGINT: 130}[how] == process.returncode
    wait_until(lambda: not any(map(alive, packages.builders())))
    packages.go.touch()
    assert (0, [], 1) == summary(build(book))
    assert ["demo 2.0"] == shown(book, "old")
    assert 2 == len(packages.builders()), "what was half made was made again"


def test_two_builds_at_once_make_it_once(new_book, packages):
    packages.add_slow()
    config = CONFIG.replace('"demo==1.0"', '"slow", "demo"')
    books = [new_book({"etude.toml": config, "index.md": PAGE}, name) for name in ("one", "two")]
    running = [book.process("build", "--to", "notebook") for book in books]
    wait_until(packages.builders)
    packages.go.touch()
    for book, process in zip(books, running, strict=True):
        process.communicate()
        assert 0 == process.returncode
        assert ["demo 2.0"] == shown(book, "old")
    assert 1 == len(packages.builders())
    assert 1 == len([place for place in packages.environments.iterdir() if place.is_dir()])


# ---- as it is for readers of the handbook


@pytest.mark.skipif("CI" not in os.environ and "ETUDE_NETWORK" not in os.environ, reason="asks the network")
def test_packages_come_from_where_the_user_s_settings_say(new_book, tmp_path, monkeypatch):
    monkeypatch.setenv("ETUDE_CACHE", str(tmp_path / "cache"))
    book = new_book({"etude.toml": CONFIG.replace('"demo==1.0"', '"six==1.16.0"'), "index.md": REAL})
    assert (0, [], 1) == summary(build(book))
    assert ["1.16.0"] == shown(book, "old")


REAL = PAGE.replace("import demo", "import six").replace(
    'print("demo", demo.version)', "print(six.__version__)"
)
