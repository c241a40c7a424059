"""The handbook: complete, fresh, without a broken link; and what its tutorial says really works."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import click
import pytest

from etude.build import BuildOptions, BuildReport, build
from etude.cli.app import program
from etude.model.diagnostic import Rule
from etude.model.rules import RULES
from etude.parse.config import parse_config
from etude.parse.config_keys import KEYS, RESERVED, SECTIONS
from etude.parse.directives import DIRECTIVES
from etude.parse.directives.code import TAGS
from etude.parse.frontmatter import FIELDS
from etude.parse.frontmatter_execution import EXECUTION_FIELDS
from etude.parse.page import parse_page
from etude.parse.roles import ROLES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial" / "first-book.md"
STEP = re.compile(
    r"^(`{3,})\{code-block\} \w+\n:caption: `([^`]+)`(, at the end)?\n(.*?)^\1$", re.DOTALL | re.MULTILINE
)


PIECE = re.compile(r"^(`{3,})myst\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
READMES = ["README.md", "README.zh.md"]
PAGES = [*READMES, *sorted(path.relative_to(ROOT).as_posix() for path in DOCS.glob("*/*.md"))]


def reference() -> ModuleType:
    """The script that writes the reference."""
    spec = importlib.util.spec_from_file_location("handbook_reference", DOCS / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text("utf-8")


def undocumented(names: list[str], text: str) -> list[str]:
    """Names that stand nowhere in a text as code."""
    return [name for name in names if f"`{name}`" not in text]


def commands() -> dict[str, click.Command]:
    context = click.Context(program, **program.context_settings)
    found = {name: program.get_command(context, name) for name in program.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def problems(report: BuildReport) -> list[str]:
    return [f"{d.place.path}: {d.rule}: {d.message}" for d in report.diagnostics]


# -- the reference is complete and fresh ----------------------------------------------------------


def test_pages_are_fresh() -> None:
    made = reference().pages()
    there = {path.stem: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md")}
    assert sorted(made) == sorted(there)
    stale = [name for name in made if made[name] != there[name]]
    assert [] == stale, "run `python docs/reference.py`"


def test_writing_the_reference_leaves_the_program_as_it_is() -> None:
    list(reference().commands())
    with program.make_context("etude", [], resilient_parsing=True) as context:
        told = program.get_help_option(context)
    assert told is not None
    assert told.opts == ["-h", "--help"]


def test_commands_and_options() -> None:
    text = page("commands")
    for name, command in commands().items():
        start = text.index(f"(cmd-{name})=")
        section = text[start : text.find("\n(cmd-", start + 1) % (len(text) + 1)]
        names = [opt for item in command.params if isinstance(item, click.Option) for opt in item.opts]
        assert [] == undocumented(names, section), name
        assert f"$ etude {name}" in section


def test_configuration() -> None:
    text = page("configuration")
    assert [] == undocumented([key.name for key in KEYS], text)
    missing = [key.path for key in KEYS if key.meaning not in text]
    assert [] == missing
    assert [] == [name for name in SECTIONS if f"`[{name}" not in text and f"`[[{name}" not in text]
    assert [] == undocumented([key for keys in RESERVED.values() for key in keys], text)


def test_front_matter() -> None:
    assert [] == undocumented([*FIELDS, *EXECUTION_FIELDS], page("front-matter"))


def test_directives() -> None:
    text = page("directives")
    assert [] == undocumented(list(DIRECTIVES), text)
    for name, entry in DIRECTIVES.items():
        options = [option for option in entry.options if option not in ("label", "name")]
        where = page("cells") if name == "code-cell" else text
        assert [] == undocumented(options, where), name


def test_options_without_effect_are_told_as_such() -> None:
    """What a builder never asks for does nothing; what it asks for does something."""
    folder = ROOT / "src" / "etude" / "parse" / "directives"
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    asked = set(re.findall(r"""option(?:_inline)?\(\s*f?["']([\w-]+)["']""", code))
    asked |= set(re.findall(r"""["']([\w-]+)["'] in call\.options""", code))
    asked |= {"label", "name", "start-at", "start-after", "end-at", "end-before"}  # asked for in a loop
    told = reference().TEXTS
    unused = {option for options in told.unused.values() for option in options}
    every = {option for entry in DIRECTIVES.values() for option in entry.options}
    assert set() == every - asked - unused
    assert set() == set(told.option) - asked


def test_roles() -> None:
    assert [] == undocumented(list(ROLES), page("roles"))


def test_cells() -> None:
    assert [] == undocumented(list(TAGS), page("cells"))


def test_rules() -> None:
    text = page("diagnostics")
    assert [] == undocumented([rule.value for rule in Rule], text)
    assert [] == [rule.value for rule in Rule if RULES[rule].description not in text]


# -- what the texts show is there -----------------------------------------------------------------


def shown(text: str) -> list[str]:
    """Every call of `etude` that a text shows in a listing or as code."""
    calls = re.findall(r"^(?:\$ |- run: )?(?:[\w/.]*bin/)?(etude [a-z].*)$", text, re.MULTILINE)
    return calls + re.findall(r"`(etude [a-z][^`]*)`", text)


def wrong(call: str) -> str:
    """What is wrong with a call; empty when there is such a command with such options."""
    words = call.partition("  #")[0].split()
    command = commands().get(words[1])
    if command is None:
        return f"no command {words[1]}"
    known = {opt for item in command.params if isinstance(item, click.Option) for opt in item.opts}
    return ", ".join(word for word in words[2:] if word.startswith("-") and word not in known)


@pytest.mark.parametrize("name", PAGES)
def test_calls_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert [] == [f"{call}: {what}" for call in shown(text) if (what := wrong(call))]


@pytest.mark.parametrize("name", READMES)
def test_readme(name: str) -> None:
    """It shows calls, and what it links to is there."""
    text = (ROOT / name).read_text("utf-8")
    assert shown(text)
    links = re.findall(r"\]\((?!\w+:)([^)#\s]+)", text)
    assert links
    assert [] == [link for link in links if not (ROOT / link).exists()]


def toml_pieces() -> list[tuple[str, str]]:
    found = []
    for path in sorted(DOCS.glob("*/*.md")):
        pieces = re.findall(r"^( *)```toml\n(.*?)^ *```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        found += [
            (path.relative_to(DOCS).as_posix(), re.sub(f"^{i}", "", t, flags=re.MULTILINE)) for i, t in pieces
        ]
    return found


def test_configuration_pieces_are_valid() -> None:
    """Shown pieces of `etude.toml` have known keys and right values; they need not be whole."""
    pieces = toml_pieces()
    assert pieces
    bad = [
        f"{name}: {d.message}"
        for name, text in pieces
        for d in parse_config(text)[1]
        if d.rule is not Rule.CONFIG_MISSING and "none of the book's" not in d.message
    ]
    assert [] == bad


class AnyFiles:
    """A book in which every file is there and empty."""

    def read(self, _path: str) -> bytes:
        return b""

    def exists(self, _path: str) -> bool:
        return True

    def inside(self, _path: str) -> bool:
        return True

    def glob(self, _pattern: str) -> tuple[str, ...]:
        return ()


def test_pieces_of_pages_are_valid() -> None:
    """Shown pieces of pages parse without a complaint."""
    config, _ = parse_config((DOCS / "etude.toml").read_text("utf-8"))
    bad = []
    for path in sorted(DOCS.glob("*/*.md")):
        for _, text in PIECE.findall(path.read_text("utf-8")):
            parsed = parse_page(text.encode(), "en/a.md", "a", "en", config, AnyFiles())
            bad += [f"{path.name}: {d.message}" for d in parsed.diagnostics]
    assert [] == bad


# -- the handbook and the tutorial's book build ---------------------------------------------------


@pytest.mark.kernel
def test_handbook_builds(tmp_path: Path) -> None:
    book = tmp_path / "docs"
    shutil.copytree(DOCS, book, ignore=shutil.ignore_patterns("_build", ".etude", "__pycache__"))
    report = build(book, BuildOptions())
    assert [] == problems(report)
    assert report.runs > 0


def play(book: Path, upto: int | None = None) -> None:
    """Write the files of the tutorial, step by step."""
    steps = list(STEP.finditer(TUTORIAL.read_text("utf-8")))
    for step in steps[:upto]:
        _, path, appended, text = step.groups()
        place = book / path
        place.parent.mkdir(parents=True, exist_ok=True)
        before = place.read_text("utf-8") if appended else ""
        place.write_text(before + text, "utf-8")


@pytest.mark.kernel
def test_tutorial_works(tmp_path: Path) -> None:
    steps = list(STEP.finditer(TUTORIAL.read_text("utf-8")))
    claim = next(i for i, step in enumerate(steps) if ":expect:" in step[4])
    play(tmp_path, claim + 1)
    report = build(tmp_path, BuildOptions(jobs=1))
    assert [] == problems(report)
    assert (2, 1, 2) == (report.pages, report.runs, report.cells_run)

    page = tmp_path / "en" / "dice.md"
    page.write_text(page.read_text("utf-8").replace("≈ 3.5", "≈ 4.5"), "utf-8")
    report = build(tmp_path, BuildOptions(jobs=1))
    assert [Rule.EXPECTATION_FAILED] == [d.rule for d in report.diagnostics]
    assert report.diagnostics[0].message in TUTORIAL.read_text("utf-8")
    assert 0 == report.cells_run

    shutil.rmtree(tmp_path / "en")
    play(tmp_path)
    report = build(tmp_path, BuildOptions(jobs=1))
    assert [] == problems(report)
    # Two languages share the runs of two variants.
    assert (6, 2) == (report.pages, report.runs)
    assert (tmp_path / "_build" / "notebook" / "zh" / "numpy" / "dice.ipynb").is_file()
    english = (tmp_path / "_build" / "html" / "en" / "dice.html").read_text("utf-8")
    assert "Figure\N{NO-BREAK SPACE}1.1" in english


def test_tutorial_shows_what_it_runs() -> None:
    """The cells that the tutorial runs are those that it tells to write, in order."""
    text = TUTORIAL.read_text("utf-8")
    written = "".join(step[4] for step in STEP.finditer(text) if step[2] == "en/dice.md")
    rest = STEP.sub("", text)
    cell = re.compile(r"^```\{code-cell\}.*?^```$", re.DOTALL | re.MULTILINE)
    assert cell.findall(written) == cell.findall(rest)
