"""What environments are called, and that what is required is in the keys of cells."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from etude.execute.environments import Machine, environment_name, fits, wanted
from etude.execute.explain import explain
from etude.model.environment import Environment, RequirementFile

MACHINE = Machine("cpython-312", "3.12.4", "linux-x86_64")
NUMPY = Environment(packages=("numpy>=2",), files=(RequirementFile("r.txt", ("a",), "12"),))


def name(environment=NUMPY, machine=MACHINE, root="/book"):
    return environment_name(environment, machine, root)


CHANGES = {
    "another version": {"packages": ("numpy>=3",)},
    "one more": {"packages": ("numpy>=2", "torch")},
    "nothing": {"packages": ()},
    "a file that changed": {"files": (RequirementFile("r.txt", ("a",), "13"),)},
    "no file": {"files": ()},
    "another Python": {"python": ">=3.11"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_asked_for_counts(change):
    other = replace(NUMPY, **CHANGES[change])
    assert wanted(other) != wanted(NUMPY)
    assert name(other) != name()


@pytest.mark.parametrize(
    "same",
    [
        {"variant": "x"},
        {"key": "y.requires"},
        {"written": ("z",)},
        {"files": (RequirementFile("s", (), "12"),)},
    ],
)
def test_who_asks_and_how_does_not(same):
    other = replace(NUMPY, **same)
    assert wanted(other) == wanted(NUMPY)
    assert name(other) == name()


def test_what_is_required_and_what_is_in_files_are_kept_apart():
    one = Environment(packages=("a", "b"))
    other = Environment(packages=("a",), files=(RequirementFile("x", (), "b"),))
    assert wanted(one) != wanted(other)


def test_machines_have_environments_of_their_own():
    names = {
        name(),
        name(machine=replace(MACHINE, tag="cpython-313", version="3.13.0")),
        name(machine=replace(MACHINE, platform="macosx-14-arm64")),
    }
    assert 3 == len(names)
    assert name() == name(machine=replace(MACHINE, version="3.12.9")), "a minor version is made once"


def test_a_python_that_is_looked_for_is_of_no_machine_s_own():
    asks = replace(NUMPY, python="==3.14.*")
    assert name(asks) == name(asks, replace(MACHINE, tag="cpython-313", version="3.13.0"))
    assert name(asks) != name(asks, replace(MACHINE, tag="cpython-314", version="3.14.0"))


def test_a_book_s_own_files_are_not_those_of_another():
    local = replace(NUMPY, files=(RequirementFile("r.txt", ("a",), "12", local=True),))
    assert name(local) != name(local, root="/other")
    assert name() == name(root="/other")
    assert wanted(local) == wanted(NUMPY), "where the book lies is in no key of a cell"


@pytest.mark.parametrize(
    ("python", "version", "answer"),
    [
        ("", "3.11.2", True),
        (">=3.11", "3.11.2", True),
        (">=3.12", "3.11.2", False),
        ("==3.12.*", "3.12.7", True),
        (">=3.14", "3.15.0rc1", True),
    ],
)
def test_the_python_that_fits(python, version, answer):
    assert answer == fits(Environment(python=python), version)


# ---- in a plan


def test_without_requirements_keys_have_no_environment(world):
    world.page("a", "x = 1")
    (run,) = world.plan().runs
    assert run.environment is None
    assert "environment" not in {part.kind for part in run.base}


def test_what_is_required_is_in_every_key_of_its_variant_only(world):
    world.variants = ("numpy", "torch")
    world.page("a", "x = 1", "y = 2", variants=("numpy", "torch"))
    before = [world.keys(0), world.keys(1)]
    world.environments = (replace(NUMPY, variant="torch"),)
    after = [world.keys(0), world.keys(1)]
    assert before[0] == after[0]
    assert set(before[1]).isdisjoint(after[1])
    assert [None, "torch"] == [run.environment and run.environment.variant for run in world.plan().runs]
    world.environments = (replace(NUMPY, variant="torch", packages=("numpy>=3",)),)
    assert set(after[1]).isdisjoint(world.keys(1))


def test_a_page_with_another_kernel_has_no_environment(world):
    world.environments = (NUMPY,)
    world.page("a", "x = 1", kernel="ir")
    world.page("b", "x = 1", kernel="python3")
    assert [("ir", None), ("python3", NUMPY)] == [(run.kernel, run.environment) for run in world.plan().runs]


def test_a_change_is_explained(world):
    world.page("a", "x = 1")
    world.environments = (NUMPY,)
    world.execute()
    for environments in ((replace(NUMPY, python=">=3.12"),), ()):
        world.environments = environments
        (found,) = explain(world.plan(), world.store)
        assert ("what is required to be installed changed",) == found.reasons
        world.execute()
        (found,) = explain(world.plan(), world.store)
        assert found.fresh
