"""Results that pass between people by a place that both can reach."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etude.build import build, status
from etude.build.options import BuildOptions
from etude.cli import main
from etude.model.protocols import KernelError

pytestmark = pytest.mark.kernel

CONFIG = '[book]\ntitle = "Book"\nlanguage_folders = false\nchapters = ["one", "two", "three"]\n'
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300).decode()
FILES = {
    "etude.toml": CONFIG,
    "index.md": "# Home\n",
    "one.md": "# One\n\n```{code-cell} python\nx = 1\nx\n```\n\n```{code-cell} python\nx + 1\n```\n",
    "two.md": f"""# Two

```{{code-cell}} python
from base64 import b64decode
from IPython.display import Image
Image(b64decode("{PICTURE}"), format="png")
```

The answer is {{eval}}`6 * 7`.
""",
    "three.md": "# Three\n\n```{code-cell} python\nprint('three')\n```\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory, make_book):
    """A book whose results are stored."""
    book = make_book(tmp_path_factory.mktemp("shared") / "book", FILES, bare=True)
    assert () == book.build().diagnostics
    return book


@pytest.fixture
def clone(built, tmp_path):
    """The same book on another machine."""
    return built.copy(tmp_path / "clone", state=False)


@pytest.fixture
def no_kernels(monkeypatch):
    """A machine on which nothing can run."""

    def missing(*_: object, **__: object) -> object:
        raise KernelError("there is no kernel")

    monkeypatch.setattr("etude.adapters.kernels.LocalKernels.start", missing)


@pytest.fixture
def say(capsys) -> Callable[..., tuple[int, str, str]]:
    """Run a command; gives exit code, what it printed, and what it told of the work."""

    def run(*args: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, told = capsys.readouterr()
        return int(ended.value.code or 0), out, told

    return run


def stale(book) -> set[str]:
    return {run.page for run in status(book.root, BuildOptions(jobs=1)).runs if run.stale}


@pytest.fixture(params=["path", "s3", "ssh"])
def place(request, tmp_path) -> str:
    match request.param:
        case "path":
            return str(tmp_path / "place")
        case "s3":
            request.getfixturevalue("s3")
            return f"s3://books/{tmp_path.name}"
        case _:
            return f"{request.getfixturevalue('ssh')}/{tmp_path.name}"


def test_there_and_back(built, clone, place, say, no_kernels):
    code, out, _ = say("push", place, "--book", built.root)
    assert (0, True) == (code, out.startswith(f"pushed 3 runs to {place}: 4 objects ("))
    code, out, _ = say("push", place, "--book", built.root)
    assert (0, True) == (code, f"pushed 3 runs to {place}: nothing new" in out)
    assert {"one", "two", "three"} == stale(clone)
    code, out, _ = say("pull", place, "--book", clone.root)
    assert (0, True) == (code, out.startswith(f"pulled 4 results for 3 runs from {place}"))
    report = clone.build(policy="frozen")
    assert () == report.diagnostics
    assert built.outputs() == clone.outputs()
    assert (0, "nothing to pull: all runs are up to date\n") == say("pull", place, "--book", clone.root)[:2]
    # What came from there is what is there.
    assert "nothing new" in say("push", place, "--book", clone.root)[1]


def test_only_what_is_new_is_written(built, clone, tmp_path, say):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    before = {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    say("pull", place, "--book", clone.root)
    clone.edit("one.md", "x + 1", "x + 2")
    code, out, _ = say("push", place, "--book", clone.root)
    assert (0, True) == (code, "pushed 2 runs" in out)
    assert "nothing new" in out
    assert "1 run left out, as not every cell has a result" in out
    clone.build()
    assert "1 object (" in say("push", place, "--book", clone.root)[1]
    after = {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert before.items() < after.items()
    assert 1 == len(after) - len(before)


def test_equal_results_are_shared_once(built, clone, tmp_path, say):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    clone.build()  # runs everything by itself, in other times
    assert "nothing new" in say("push", place, "--book", clone.root)[1]


def test_the_number_of_requests(built, clone, s3, tmp_path, say, no_kernels):
    place = f"s3://books/{tmp_path.name}"
    say("push", place, "--book", built.root)
    clone.edit("etude.toml", "[book]", f'[execute]\nremote = "{place}"\npull = true\n[book]')
    s3.requests.clear()
    report = clone.build(policy="frozen")
    assert ((), 4) == (report.diagnostics, report.pulled)
    assert ["GET"] * (1 + 3 + 1) == s3.requests, "one list, a pack for each run, and a picture"
    s3.requests.clear()
    clone.write({"index.md": "# Home!\n"})
    clone.build()
    assert [] == s3.requests, "nothing is missing"
    clone.edit("one.md", "x + 1", "x + 2")
    report = clone.build(policy="frozen")
    assert ["GET"] == s3.requests
    assert ["result-missing"] == [d.rule for d in report.diagnostics]


# -- damage ---------------------------------------------------------------------------------------


def cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-20])


def empty(place: Path) -> None:
    place.write_bytes(b"")


def change(place: Path) -> None:
    text = gzip.decompress(place.read_bytes()).decode()
    place.write_bytes(
        gzip.compress(text.replace("'three'", "'drei'").replace("three\\n", "drei\\n").encode())
    )


def replace(place: Path) -> None:
    (other,) = (path for path in place.parent.iterdir() if b"'2'" in path.read_bytes() or path != place)
    shutil.copy(other, place)


def pack_of(place: Path, page: str) -> Path:
    (found,) = (
        path
        for path in (place / "runs").iterdir()
        if json.loads(gzip.decompress(path.read_bytes()))["page"] == page
    )
    return found


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "it is cut off, or was changed"),
        (empty, "it is cut off, or was changed"),
        (change, "its result 1 cannot be used: it is not what was recorded"),
    ],
)
def test_a_damaged_pack(built, clone, tmp_path, say, damage, message):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    pack = pack_of(place, "three")
    damage(pack)
    code, out, told = say("pull", place, "--book", clone.root)
    assert (1, True) == (code, "pulled 3 results for 3 runs" in out)
    assert f"error[remote-unreadable]: the shared object `runs/{pack.name}` cannot be used: {message}" in told
    assert "etude push --force" in told
    assert {"three"} == stale(clone)
    assert () == clone.build().diagnostics
    assert built.outputs() == clone.outputs()
    # It is not seen from the names that the object is damaged.
    assert "nothing new" in say("push", place, "--book", clone.root)[1]
    assert "4 objects" in say("push", place, "--book", clone.root, "--force")[1]
    shutil.rmtree(clone.root / ".etude")
    assert 0 == say("pull", place, "--book", clone.root)[0]
    assert set() == stale(clone)


def test_a_pack_by_another_name(built, clone, tmp_path, say):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    one, three = pack_of(place, "one"), pack_of(place, "three")
    shutil.copy(three, one)
    code, _, told = say("pull", place, "--book", clone.root)
    assert (1, True) == (code, f"`runs/{one.name}` cannot be used: it has the name of another" in told)
    assert {"one"} == stale(clone)


@pytest.mark.parametrize(
    ("damage", "message"), [(cut, "is not what was recorded"), (Path.unlink, "is missing")]
)
def test_a_damaged_picture(built, clone, tmp_path, say, damage, message):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    (picture,) = (place / "files").iterdir()
    damage(picture)
    code, _, told = say("pull", place, "--book", clone.root)
    assert (1, True) == (code, f"its result 1 cannot be used: `{picture.name}` {message}" in told)
    assert {"two"} == stale(clone)


def test_a_build_goes_on_beside_damage(built, clone, tmp_path, say):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    cut(pack_of(place, "three"))
    clone.edit("etude.toml", "[book]", f'[execute]\nremote = "{place}"\npull = true\n[book]')
    report = clone.build()
    assert (["remote-unreadable"], 3, 1) == (
        [d.rule for d in report.diagnostics],
        report.pulled,
        report.cells_run,
    )
    assert built.outputs() == clone.outputs()
    assert () == clone.build().diagnostics, "told once: nothing is missing now"


# -- places that cannot be used -------------------------------------------------------------------


def test_a_build_goes_on_without_the_place(built, clone, tmp_path):
    (tmp_path / "place").write_bytes(b"no folder")
    clone.edit("etude.toml", "[book]", '[execute]\nremote = "../place"\npull = true\n[book]')
    report = build(clone.root, BuildOptions(jobs=2))
    assert ["remote-failed"] == [d.rule for d in report.diagnostics]
    assert ("warning", "etude.toml") == (report.diagnostics[0].severity, report.diagnostics[0].place.path)
    assert 4 == report.cells_run
    assert built.outputs() == clone.outputs()


def test_what_is_missing_is_asked_for_again(built, clone, tmp_path, say, no_kernels):
    place = tmp_path / "place"
    clone.edit("etude.toml", "[book]", '[execute]\nremote = "../place"\npull = true\n[book]')
    assert 3 == [d.rule for d in clone.build(policy="frozen").diagnostics].count("result-missing")
    say("push", place, "--book", built.root)
    assert () == clone.build(policy="frozen").diagnostics


def test_nothing_is_pulled_unasked(built, clone, tmp_path, say):
    place = tmp_path / "place"
    say("push", place, "--book", built.root)
    clone.edit("etude.toml", "[book]", '[execute]\nremote = "../place"\n[book]')
    assert 4 == clone.build().cells_run
    clone.edit("etude.toml", "[execute]", "[execute]\npull = true")
    assert (0, 4) == ((report := clone.build(policy="force")).pulled, report.cells_run)


def test_commands_that_cannot_be_carried_out(built, clone, tmp_path, say):
    code, _, told = say("push", "--book", built.root)
    assert (2, True) == (code, "no place is named where results are shared" in told)
    code, _, told = say("pull", clone.root, "--book", built.root)
    assert (2, True) == (code, "is a book, not a place where results are shared" in told)
    code, _, told = say("push", "nowhere://books", "--book", built.root)
    assert (2, True) == (code, "Protocol not known: nowhere" in told)
    code, _, told = say("push", tmp_path / "place", "--book", tmp_path)
    assert (2, True) == (code, "has no `etude.toml`" in told)
    code, out, _ = say("pull", tmp_path / "place", "--book", clone.root, "--format", "json")
    assert (0, []) == (code, json.loads(out)["diagnostics"])


def test_the_place_of_the_book_is_relative_to_it(built, clone, tmp_path, say, monkeypatch):
    say("push", tmp_path / "place", "--book", built.root)
    clone.edit("etude.toml", "[book]", '[execute]\nremote = "../place"\n[book]')
    monkeypatch.chdir(clone.root / "_build") if (clone.root / "_build").is_dir() else monkeypatch.chdir(
        clone.root
    )
    code, out, _ = say("pull")
    assert (0, True) == (code, "pulled 4 results for 3 runs from ../place" in out)
