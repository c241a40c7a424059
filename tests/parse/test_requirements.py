"""Files of requirements: what of them counts, and what is wrong with those that are named."""

from __future__ import annotations

import pytest

from etude.adapters.memory import MemoryFiles
from etude.model.rules import Rule
from etude.model.span import LineIndex
from etude.parse.config import parse_config
from etude.parse.requirements import settle

HEAD = '[book]\ntitle = "T"\n[execute]\n'


def settled(written, files):
    """The environment of a book, and what is wrong: column, rule, message."""
    text = f"{HEAD}requires = {written}\n"
    config, found = parse_config(text)
    assert [one for one in found if one.rule is not Rule.PATH_OUTSIDE] == []
    config, more = settle(config, MemoryFiles(files))
    (environment,) = config.environments
    columns = [LineIndex(text).position(one.place.span.start).column for one in more]
    assert {"etude.toml"} >= {one.place.path for one in more}
    told = [(column, one.rule, one.message) for column, one in zip(columns, more, strict=True)]
    return environment, told


def one_file(text, **others):
    files = {"r.txt": text, **{name.replace("_", "."): other for name, other in others.items()}}
    environment, told = settled("'r.txt'", files)
    assert told == []
    (file,) = environment.files
    return file


def test_requirements_are_sorted_and_counted_once():
    environment, told = settled("['torch==2.1', 'numpy>=2', 'NumPy >= 2', 'r.txt']", {"r.txt": "a\n"})
    assert told == []
    assert environment.packages == ("numpy>=2", "torch==2.1")
    assert environment.requirements == ("a", "numpy>=2", "torch==2.1")
    assert not environment.broken


def test_the_lines_of_a_file():
    file = one_file(
        "# what we need\n--index-url https://example.org/simple\nNumPy >= 2  # arrays\n\n"
        'a[B]==1 ; python_version < "3.12"\nb==1 \\\n    --hash=sha256:12\n./local.whl\nhttps://x.org/y.whl\n'
        "c @ https://x.org/c.whl\n",
    )
    assert file.requirements == (
        "numpy>=2",
        'a[b]==1; python_version < "3.12"',
        "b==1",
        "c @ https://x.org/c.whl",
    )
    assert file.locked
    assert file.local


def test_files_that_a_file_names():
    text = "-r more/b.txt\n-c bounds.txt\n"
    files = {
        "r.txt": text,
        "more/b.txt": "b\n-r c.txt\n",
        "more/c.txt": "c\n-r b.txt\n",
        "bounds.txt": "d<2\n",
    }
    environment, told = settled("'r.txt'", files)
    assert told == []
    assert environment.requirements == ("b", "c")
    for path, content in files.items():
        changed, _ = settled("'r.txt'", {**files, path: content + "e==1\n"})
        assert changed.files[0].digest != environment.files[0].digest, path


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a\nb>=2\n", True),
        ("# note\na   # why\n\n\nb>=2", True),
        ("a\r\nb>=2\r\n", True),
        ("a\nb>=3\n", False),
        ("a\n--pre\nb>=2\n", False),
        ("a\n-c no://where\nb>=2\n", False),
        ("a\nb>=2#egg\n", False),
    ],
)
def test_comments_and_layout_do_not_count(text, same):
    assert same == (one_file(text).digest == one_file("a\nb>=2\n").digest)


def test_constraints_are_no_requirements():
    required = one_file("-r bounds.txt\n", bounds_txt="a\n")
    constrained = one_file("-c bounds.txt\n", bounds_txt="a\n")
    assert (("a",), ()) == (required.requirements, constrained.requirements)
    assert required.digest != constrained.digest


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("-e .", True),
        ("../x", True),
        ("x @ file:wheels/x.whl", True),
        ("wheels/x.whl", True),
        ("--find-links wheels", True),
        ("-f wheels", True),
        ("--find-links=https://example.org", False),
        ("-f /opt/wheels", False),
        ("x @ https://example.org/x.whl", False),
        ("x==1", False),
    ],
)
def test_what_lies_in_the_book_is_of_this_book_only(line, local):
    assert local == one_file(f"a\n{line}\n").local


LOCK = """
lock-version = "1.0"
created-by = "x"
[[packages]]
name = "Demo"
version = "1.0"
marker = "sys_platform == 'linux'"
wheels = [{ url = "https://example.org/d.whl", hashes = { sha256 = "1" } }]
"""


def test_a_pylock():
    environment, told = settled("'pylock.docs.toml'", {"pylock.docs.toml": LOCK})
    assert told == []
    (file,) = environment.files
    assert (True, False) == (file.locked, file.local)
    assert file.requirements == ('demo==1.0; sys_platform == "linux"',)
    (other,) = settled("'pylock.toml'", {"pylock.toml": LOCK.replace("https://example.org", ".")})[0].files
    assert other.digest != file.digest
    (here,) = settled("'pylock.toml'", {"pylock.toml": LOCK.replace("url", "path")})[0].files
    assert here.local


GROUPS = """
[project]
name = "x"
[dependency-groups]
base = ["NumPy>=2"]
docs = [{ include-group = "base" }, "Sphinx"]
loop = ["a", { include-group = "loop" }]
bad = ["a=1"]
worse = [3]
"""


def test_a_group_of_a_project():
    environment, told = settled("['pyproject.toml:docs', 'x']", {"pyproject.toml": GROUPS})
    assert told == []
    assert (("numpy>=2", "sphinx", "x"), ()) == (environment.packages, environment.files)
    # What else the file says is no matter.
    other, _ = settled("['pyproject.toml:docs', 'x']", {"pyproject.toml": GROUPS.replace('"a"', '"b"')})
    assert other == environment


@pytest.mark.parametrize(
    ("written", "files", "column", "rule", "message"),
    [
        ("['a', 'r.txt']", {}, 18, Rule.FILE_MISSING, "the file of requirements `r.txt` does not exist"),
        ("'r.txt'", {}, 12, Rule.FILE_MISSING, "`r.txt` does not exist"),
        (
            "'r.txt'",
            {"r.txt": "-r ../b.txt"},
            12,
            Rule.PATH_OUTSIDE,
            "`r.txt` names `../b.txt`, which is not",
        ),
        ("'r.txt'", {"r.txt": "-r b.txt"}, 12, Rule.FILE_MISSING, "`b.txt` does not exist"),
        ("'r.txt:docs'", {"r.txt": "a"}, 12, Rule.CONFIG_VALUE, "`r.txt` has no groups"),
        (
            "'p.toml'",
            {"p.toml": GROUPS},
            12,
            Rule.CONFIG_VALUE,
            "is named without a group: write `p.toml:GROUP`",
        ),
        ("'p.toml:no'", {"p.toml": GROUPS}, 12, Rule.CONFIG_VALUE, "`p.toml` has no group `no`"),
        (
            "'p.toml:loop'",
            {"p.toml": GROUPS},
            12,
            Rule.CONFIG_VALUE,
            "the group `loop` of `p.toml` cannot be",
        ),
        (
            "'p.toml:bad'",
            {"p.toml": GROUPS},
            12,
            Rule.CONFIG_VALUE,
            "`a=1` in the group `bad` of `p.toml` is no",
        ),
        (
            "'p.toml:worse'",
            {"p.toml": GROUPS},
            12,
            Rule.CONFIG_VALUE,
            "the group `worse` of `p.toml` cannot be",
        ),
        ("'pylock.toml'", {"pylock.toml": "x ="}, 12, Rule.CONFIG_VALUE, "`pylock.toml` is not valid TOML"),
    ],
)
def test_files_that_cannot_be_used(written, files, column, rule, message):
    environment, ((at, found, said),) = settled(written, files)
    assert (column, rule) == (at, found)
    assert message in said
    assert environment.broken


def test_the_groups_there_are_is_the_hint():
    config, _ = parse_config(HEAD + "requires = 'p.toml:no'")
    _, (problem,) = settle(config, MemoryFiles({"p.toml": GROUPS}))
    assert problem.hints == ("its groups: base, docs, loop, bad, worse",)


def test_what_was_wrong_in_the_configuration_breaks_it_too():
    environment, told = settled("['a', '../x.txt']", {})
    assert (("a",), True, []) == (environment.packages, environment.broken, told)


def test_a_file_for_several_variants_is_reported_once():
    text = '[book]\ntitle = "T"\nvariants = ["a", "b"]\n[execute]\nrequires = ["no.txt"]\n'
    config, problems = settle(parse_config(text)[0], MemoryFiles())
    assert 1 == len(problems)
    assert all(one.broken for one in config.environments)
