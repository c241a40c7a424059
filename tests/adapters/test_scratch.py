"""Scratch folders: mirrors that a run may change, and what tells that it changed the book."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from etude.adapters import desk_folders
from etude.adapters import mirror as mirrors
from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.stamps import Stamps
from etude.model.protocols import KernelError, KernelNeeds

PYTHON = KernelNeeds("python3")


class NoKernels:
    """Notes how kernels are started."""

    def __init__(self):
        self.started = []
        self.error = None
        self.ended = 0

    def start(self, needs, environment, folder, _path):
        if self.error:
            raise self.error
        self.started.append((needs.name, environment, Path(folder)))
        return self

    def close(self):
        self.ended += 1


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    for name, text in {
        "etude.toml": "",
        "zh/a.md": "# A",
        "zh/near.csv": "1",
        "en/a.md": "# A",
        "data/__init__.py": "x = 1",
        "data/big.bin": "b" * 2_000_000,
        ".git/x": "",
        "_build/x": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "o.csv").write_text("o")
    (root / "linked").symlink_to(tmp_path / "outside")
    return root


@pytest.fixture
def kernels():
    return NoKernels()


@pytest.fixture
def desk(book, kernels):
    made = ScratchDesks(book, kernels=kernels).open(
        PYTHON, "zh", {"lib/__init__.py": "", "lib/sub/m.py": "y = 2"}, {"PYTHONPATH": "/more", "A": "b"}
    )
    yield made
    made.close()


def mirror(kernels):
    return kernels.started[0][2].parent


def test_the_mirror_holds_the_book(desk, kernels):
    root = mirror(kernels)
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*")) == [
        "data",
        "data/__init__.py",
        "data/big.bin",
        "en",
        "en/a.md",
        "etude.toml",
        "linked",
        "zh",
        "zh/a.md",
        "zh/near.csv",
    ]
    assert (root / "linked" / "o.csv").read_text() == "o"


def test_environments_and_recorded_results_are_no_part_of_it(book, kernels):
    for path in ("env/pyvenv.cfg", "env/x.py", "zh/kept/.etude-results", "zh/kept/a.json"):
        (book / path).parent.mkdir(parents=True, exist_ok=True)
        (book / path).write_text("")
    with closing(ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {})):
        found = {path.name for path in mirror(kernels).rglob("*")}
    assert {"env", "kept"}.isdisjoint(found)
    assert {"zh", "data"} <= found


def test_small_files_are_copies_and_large_ones_links(desk, kernels, book):
    root = mirror(kernels)
    assert [
        path.is_symlink() for path in (root / "zh/near.csv", root / "zh/a.md", root / "data/big.bin")
    ] == [
        False,
        False,
        True,
    ]
    (root / "zh/near.csv").write_text("changed")
    (root / "zh/new.csv").write_text("new")
    assert (book / "zh/near.csv").read_text() == "1"
    assert desk.written() == ()


def test_the_kernel_gets_folder_and_path(desk, kernels):
    name, environment, folder = kernels.started[0]
    assert (name, folder.name, environment["A"], environment["PWD"]) == ("python3", "zh", "b", str(folder))
    library, own, more = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(library) / "lib/sub/m.py").read_text() == "y = 2"
    assert (own, more) == (str(folder.parent), "/more")
    assert Path(environment["TMPDIR"]).is_dir()


def test_closing_removes_everything(desk, kernels, book):
    desk.close()
    assert kernels.ended == 1
    assert not mirror(kernels).exists()
    assert not Path(kernels.started[0][1]["TMPDIR"]).exists()
    assert list((book / ".etude" / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda book, _: (book / "zh/near.csv").write_text("22"), ("zh/near.csv",)),
        (
            lambda book, _: (book / "zh/sub").mkdir() or (book / "zh/sub/n.csv").write_text("2"),
            ("zh/sub/n.csv",),
        ),
        (lambda book, _: (book / "zh/near.csv").unlink(), ("zh/near.csv",)),
        (lambda _, root: (root / "data/big.bin").write_text("gone"), ("data/big.bin",)),
        (lambda book, _: (book / "zh/a.md").write_text("an author edits"), ()),
        (lambda book, _: (book / "zh/.a.md.swp").write_text("an editor's"), ()),
        (lambda book, _: (book / "en/a.md").write_text("elsewhere"), ()),
    ],
)
def test_changes_of_the_book_are_seen(desk, kernels, book, write, expected):
    write(book, mirror(kernels))
    assert desk.written() == expected


def test_its_paths_are_replaced(desk, kernels):
    root = str(mirror(kernels))
    text = f"{root}/zh/x {root} {kernels.started[0][1]['TMPDIR']}/y"
    for old, new in desk.replaced:
        text = text.replace(old, new)
    assert text == "zh/x . /tmp/y"


def test_a_page_at_the_root(book, kernels):
    made = ScratchDesks(book, kernels=kernels, pythonpath=("data", "../outside")).open(PYTHON, "", {}, {})
    _, environment, folder = kernels.started[0]
    assert (folder / "etude.toml").exists()
    assert [Path(part).name for part in environment["PYTHONPATH"].split(os.pathsep)] == ["library", "data"]
    made.close()


def test_folders_of_modules_that_the_user_names_are_where_the_build_was_started(book, kernels, monkeypatch):
    monkeypatch.chdir(book / "zh")
    made = ScratchDesks(book, kernels=kernels).open(PYTHON, "", {}, {"PYTHONPATH": "mine:../yours::/its"})
    users = kernels.started[0][1]["PYTHONPATH"].split(os.pathsep)[-3:]
    assert [str(book / "zh" / "mine"), str(book / "yours"), "/its"] == users
    made.close()


def test_a_kernel_that_fails_leaves_no_folder(book, kernels):
    kernels.error = KernelError("no")
    with pytest.raises(KernelError):
        ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {})
    assert list((book / ".etude" / "scratch").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_kernel_error(book, kernels, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mirrors.shutil, "copyfile", full)
    with pytest.raises(KernelError, match="its folder cannot be made: No space left on device"):
        ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {})
    assert list((book / ".etude" / "scratch").iterdir()) == []


def test_the_folder_that_tells_of_the_others_goes_last(book, kernels, monkeypatch):
    desk = ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {})
    gone, remove = [], shutil.rmtree

    def removing(place, **more):
        gone.append(str(place))
        remove(place, **more)

    monkeypatch.setattr(desk_folders.shutil, "rmtree", removing)
    desk.close()
    assert len(gone) == 2
    assert gone[1].startswith(str(book / ".etude" / "scratch"))


def test_what_killed_builds_left_is_removed(book, kernels):
    scratch = book / ".etude" / "scratch"
    old, mine, begun, forgotten = (scratch / name for name in ("old", "mine", "begun", "forgotten"))
    for place, owner in ((old, 999999999), (mine, os.getppid()), (begun, None), (forgotten, None)):
        place.mkdir(parents=True)
        if owner is not None:
            (place / "owner").write_text(f"{owner}\n/nowhere")
    os.utime(forgotten, (1, 1))
    ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {}).close()
    # Who has just made one may not have signed it yet.
    assert sorted(scratch.iterdir()) == [begun, mine]


def test_a_run_has_the_same_paths_each_time(book, kernels):
    needs = KernelNeeds("python3", run="zh/a.md|")
    for _ in range(2):
        ScratchDesks(book, kernels=kernels).open(needs, "zh", {}, {}).close()
    first, second = kernels.started
    assert first[2] == second[2]
    assert first[1]["TMPDIR"] == second[1]["TMPDIR"]
    # At the same time they are apart.
    desks = [ScratchDesks(book, kernels=kernels).open(needs, "zh", {}, {}) for _ in range(2)]
    assert kernels.started[2][2] != kernels.started[3][2]
    for made in desks:
        made.close()


def test_what_killed_builds_left_elsewhere_is_removed_and_nothing_else(book, kernels, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, others, outside = (
        tmp_path / "etude-abc",
        tmp_path / "etude-20240101-book",
        tmp_path / "x" / "etude-a",
    )
    scratch = book / ".etude" / "scratch"
    for number, place in enumerate((left, outside)):
        place.mkdir(parents=True)
        desk = scratch / f"99999999{number}-abc"
        desk.mkdir(parents=True)
        (desk / "owner").write_text(f"99999999{number}\n{place}")
    others.mkdir()
    (scratch / "odd").mkdir()
    (scratch / "odd" / "owner").write_text("99999999999999999999\n/tmp/etude-")
    ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {}).close()
    assert not left.exists()
    assert others.is_dir()
    assert outside.is_dir()
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_left_out(book, kernels):
    (book / "secret.key").write_text("x")
    (book / "secret.key").chmod(0)
    ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {}).close()


def test_files_that_changed_since_the_plan_are_known(book, kernels):
    before = Stamps(str(book))
    (book / "data" / "late.csv").write_text("1")
    (book / "zh" / "a.md").write_text("# Other")
    with ScratchDesks(book, kernels=kernels, before=before) as desks:
        made = desks.open(PYTHON, "zh", {}, {})
        assert ("data/late.csv",) == made.outdated(None), "a page's cells are in the plan"
        made.close()


def test_what_the_build_itself_prints_is_no_cells_doing(book, kernels):
    kept = os.dup(1)
    try:
        with (book / "zh" / "build.log").open("wb") as log:
            os.dup2(log.fileno(), 1)
            made = ScratchDesks(book, kernels=kernels).open(PYTHON, "zh", {}, {})
            log.write(b"a line")
            log.flush()
            assert () == made.written()
            made.close()
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def test_what_a_run_wrote_is_the_same_in_a_copy_of_the_book(book, tmp_path, kernels):
    shutil.copytree(book, tmp_path / "copy", symlinks=True)

    def written(root: Path, name: str, text: str) -> str | None:
        with closing(ScratchDesks(root, kernels=kernels).open(PYTHON, "zh", {}, {})) as made:
            _, variables, folder = kernels.started[-1]
            for place in (folder, Path(variables["TMPDIR"])):
                (place / name).write_text(text)
            made.observed()
            return made.files()

    first = written(book, "new.csv", "1")
    assert first is not None
    assert first == written(tmp_path / "copy", "new.csv", "1")
    assert first != written(tmp_path / "copy", "new.csv", "2")
    assert first != written(tmp_path / "copy", "other.csv", "1")
