"""Environments are made by real installers of packages that the test wrote, once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from etude.adapters.environments import Environments, remove_unused
from etude.adapters.installers import InstallError, _reason
from etude.adapters.interpreters import find_python, interpreter_in
from etude.adapters.jupyter_specs import find_kernel
from etude.model.environment import Environment, RequirementFile

pytestmark = pytest.mark.slow

KERNEL = "ipykernel==99.0"


@pytest.fixture(params=["pip", "uv"])
def installed_by(request, packages):
    """Packages, and each of the installers in turn."""
    packages.use(request.param)
    return packages


@pytest.fixture
def root(tmp_path):
    """The folder of a book."""
    place = tmp_path / "book"
    place.mkdir()
    return place


def asked(*requirements, files=(), python=""):
    return Environment(written=requirements, packages=requirements, files=tuple(files), python=python)


def provide(root, environment, name="one", *, own=True):
    """An environment, and how often something had to be done for it."""
    begun = []
    with Environments(root) as environments:
        return environments.provide(name, environment, own=own, begun=lambda: begun.append(1)), len(begun)


def says(interpreter, code):
    done = subprocess.run([interpreter, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(check, seconds=30):
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert check()


def test_an_environment_has_what_is_required_and_a_kernel(installed_by, root):
    found, begun = provide(root, asked("demo<2"))
    assert ("demo==1.0", KERNEL) == found.packages
    assert "1.0" == says(found.interpreter, "import demo, ipykernel; print(demo.version)")
    assert says(found.interpreter, "import platform; print(platform.python_version())") == found.python
    assert 1 == begun


def test_one_that_is_there_is_used_without_an_installer(packages, root):
    first, _ = provide(root, asked("demo"))
    packages.nothing()
    packages.patch.setenv("PATH", os.devnull)
    packages.patch.setattr("etude.adapters.installers.launch", lambda *_: pytest.fail("something was run"))
    assert (first, 0) == provide(root, asked("demo"))


def test_what_cannot_be_installed_leaves_nothing(installed_by, root):
    with pytest.raises(InstallError) as caught:
        provide(root, asked("demo>=3", "ipykernel"))
    assert "demo>=3" in caught.value.message
    assert not caught.value.message.endswith((".", "unsatisfiable"))
    assert any("demo" in line for line in caught.value.words)
    assert [] == [place for place in installed_by.environments.iterdir() if place.is_dir()]


def test_requirements_that_conflict_are_named(installed_by, root):
    with pytest.raises(InstallError, match=r"(?i)demo==1.0 and demo==2.0"):
        provide(root, asked("demo==1.0", "demo==2.0"))


def test_the_settings_of_the_book_s_user_do_not_lead_elsewhere(installed_by, root, tmp_path):
    installed_by.patch.setenv("PIP_USER", "1")
    installed_by.patch.setenv("PIP_TARGET", str(tmp_path / "target"))
    installed_by.patch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "demo-1.0.dist-info").mkdir()
    (tmp_path / "demo-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    assert ("demo==2.0", KERNEL) == provide(root, asked("demo"))[0].packages
    assert not (tmp_path / "target").exists()


def test_the_book_s_own_modules_are_not_imported(installed_by, root):
    for name in ("random", "types", "venv", "pip", "logging", "ensurepip", "demo"):
        (root / f"{name}.py").write_text("raise SystemExit('not this one')\n")
    assert ("demo==2.0", KERNEL) == provide(root, asked("demo"))[0].packages


def test_an_etude_that_has_no_pip(packages, root):
    packages.patch.setattr("etude.adapters.installers._has_pip", lambda: False)
    found, _ = provide(root, asked("demo<2"))
    assert {"demo==1.0", KERNEL} <= set(found.packages)


def test_a_half_made_environment_is_made_again(packages, root):
    place = packages.environments / "one"
    (place / "bin").mkdir(parents=True)
    (place / "bin/python").write_text("no program")
    (place / "left").write_text("x")
    found, begun = provide(root, asked("demo"))
    assert "2.0" == says(found.interpreter, "import demo; print(demo.version)")
    assert 1 == begun
    assert not (place / "left").exists()


def test_one_whose_python_is_gone_is_made_again(packages, root):
    provide(root, asked("demo"))
    interpreter = interpreter_in(packages.environments / "one")
    interpreter.unlink()
    interpreter.symlink_to("/nowhere/python")
    with Environments(root) as environments:
        assert environments.find("one") is None
    assert 1 == provide(root, asked("demo"))[1]


def test_files_of_requirements_are_the_installer_s(installed_by, root):
    (root / "more requirements.txt").write_text("-c bounds.txt\ndemo\n")
    (root / "bounds.txt").write_text("demo<2\n")
    file = RequirementFile("more requirements.txt", ("demo",))
    assert ("demo==1.0", KERNEL) == provide(root, asked(files=[file]))[0].packages


def test_a_file_with_hashes_needs_none_for_the_kernel(installed_by, root):
    wheel = installed_by.folder / "demo-1.0-py3-none-any.whl"
    installed_by.add("other", "1.0", {"other.py": ""})
    (root / "lock.txt").write_text(
        f"demo==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    )
    locked = RequirementFile("lock.txt", ("demo==1.0",), locked=True)
    found, _ = provide(root, asked("other", "demo", files=[locked]))
    assert ("demo==1.0", KERNEL, "other==1.0") == found.packages, "demo is within the bounds of the lock"


def test_a_pylock_is_installed(installed_by, root):
    wheel = installed_by.folder / "demo-1.0-py3-none-any.whl"
    (root / wheel.name).write_bytes(wheel.read_bytes())
    (root / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "tests"\n[[packages]]\nname = "demo"\nversion = "1.0"\n'
        f'[[packages.wheels]]\npath = "{wheel.name}"\n'
        f'hashes = {{ sha256 = "{hashlib.sha256(wheel.read_bytes()).hexdigest()}" }}\n'
    )
    locked = RequirementFile("pylock.toml", ("demo==1.0",), locked=True)
    assert ("demo==1.0", KERNEL) == provide(root, asked(files=[locked]))[0].packages


def test_a_python_that_is_nowhere(installed_by, root):
    with pytest.raises(InstallError, match=r">=3\.99") as caught:
        provide(root, asked("demo", python=">=3.99"), own=False)
    assert caught.value.python
    assert "uv" in caught.value.hints[0]


def test_a_python_is_found_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, version in (("python3.12", "no"), ("python3.9", "3.9.1"), ("python3", "3.8.2")):
        (tmp_path / name).write_text(f"#!/bin/sh\ntest {version} != no && echo {version}\n")
        (tmp_path / name).chmod(0o755)
    assert str(tmp_path / "python3.9") == find_python(">=3.8"), "one that does not run is passed over"
    assert str(tmp_path / "python3") == find_python("<3.9")
    assert find_python(">=3.10") is None


def test_the_kernel_of_an_environment(packages, root):
    found, _ = provide(root, asked("demo"))
    spec = find_kernel(found.interpreter)
    assert spec.command("c.json")[:3] == [found.interpreter, "-m", "ipykernel_launcher"]
    folder = packages.environments / "one"
    assert spec.environment["VIRTUAL_ENV"] == str(folder)
    assert spec.environment["PATH"].split(os.pathsep)[0] == str(folder / "bin")
    assert {} == find_kernel(os.path.realpath(sys.executable)).environment


# ---- several at once, and the end


def test_two_who_ask_at_once_make_it_once(installed_by, root):
    installed_by.add_slow()
    found = []
    asking = [threading.Thread(target=lambda: found.append(provide(root, asked("slow")))) for _ in range(2)]
    for thread in asking:
        thread.start()
    wait_until(installed_by.builders)
    installed_by.go.touch()
    for thread in asking:
        thread.join()
    assert 1 == len(installed_by.builders())
    (one, _), (other, _) = found
    assert one == other
    assert (KERNEL, "slow==1.0") == one.packages


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_a_build_that_is_stopped_ends_the_installer(installed_by, root):
    installed_by.add_slow()
    failed = []

    def ask():
        try:
            environments.provide("one", asked("slow"), own=True, begun=lambda: None)
        except InstallError as error:
            failed.append(error)

    with Environments(root) as environments:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        wait_until(installed_by.builders)
        environments.close()
        for thread in threads:
            thread.join()
    assert 2 == len(failed), "the one that waited gives up as well"
    wait_until(lambda: not any(map(alive, installed_by.builders())))
    assert not (installed_by.environments / "one").exists()


def test_what_nobody_used_for_long_is_removed(packages, root):
    for name in ("new", "old", "held"):
        provide(root, asked(), name)
    (packages.environments / "half").mkdir()
    (packages.environments / "half.lock").touch()
    long_ago = time.time() - 40 * 86_400
    for name in ("old", "held"):
        os.utime(packages.environments / name / "etude.json", (long_ago, long_ago))
    with Environments(root) as environments:
        environments.provide("held", asked(), own=True, begun=lambda: pytest.fail("it is there"))
        assert 2 == remove_unused(30)
        assert ["held", "new"] == sorted(
            place.name for place in packages.environments.iterdir() if place.is_dir()
        )
        assert 1 == remove_unused(0), "one that is in use stays"
    assert 1 == remove_unused(0)
    assert 0 == remove_unused(0)


def test_a_cache_beside_the_working_folder(packages, root, tmp_path):
    packages.patch.chdir(tmp_path)
    packages.patch.setenv("ETUDE_CACHE", "kept")
    found, _ = provide(root, asked("demo"))
    assert str(tmp_path / "kept/environments/one/bin/python") == found.interpreter
    assert Path(found.interpreter).exists()


def test_a_cache_that_takes_no_files(packages, root):
    packages.environments.parent.joinpath("environments").write_text("a file")
    with pytest.raises(InstallError, match="environments"):
        provide(root, asked("demo"))


REASONS = {
    """
ERROR: Could not find a version that satisfies the requirement a==9 (from versions: 1)
ERROR: No matching distribution found for a==9
""": "No matching distribution found for a==9",
    """
ERROR: Cannot install a==1 and a==2 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/
""": "Cannot install a==1 and a==2 because these package versions have conflicting dependencies",
    """
Using Python 3.11
error: No solution found when resolving dependencies
  cause: Because there is no version of a==9 and you require a==9, we can conclude that x is unsatisfiable.

hint: the network was disabled
""": "Because there is no version of a==9 and you require a==9",
    """
  × No solution found when resolving dependencies:
  ╰─▶ Because a was not found in the package registry and you require a, we can
      conclude that your requirements are unsatisfiable.
""": "Because a was not found in the package registry and you require a",
    "error: File not found: `x.txt`": "File not found: `x.txt`",
    "Traceback\nValueError: x": "ValueError: x",
    "": "",
}


@pytest.mark.parametrize("said", REASONS)
def test_the_reason_is_the_line_that_says_most(said):
    assert REASONS[said] == _reason(said.splitlines())
