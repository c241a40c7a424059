"""Writes the reference pages of this handbook from Etude's own tables.

In: the tables of names in `etude` and the sentences of `reference.toml`. Out: `reference/*.md`.
Run `python docs/reference.py` after a change; a test fails when a page is stale.
"""

# ruff: noqa: INP001 -- a script, no package

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import click
import msgspec

from etude.adapters.disk import IGNORED as IGNORED_FOLDERS
from etude.cli.app import program
from etude.model.rules import RULES, Rule
from etude.parse.config_keys import KEYS, OPEN, RESERVED, SECTIONS
from etude.parse.directives import boxes, code, design, glue, matter, media, sphinx, tables
from etude.parse.directives.call import Convert, Directive
from etude.parse.frontmatter import FIELDS
from etude.parse.frontmatter_execution import EXECUTION_FIELDS
from etude.parse.frontmatter_ignored import IGNORED as IGNORED_KEYS
from etude.parse.page import MAX_BYTES
from etude.parse.roles import ROLES

HERE = Path(__file__).parent
FAMILIES: tuple[tuple[str, ModuleType], ...] = (
    ("Code", code),
    ("Pictures and films", media),
    ("Tables", tables),
    ("Boxes", boxes),
    ("Formulas, lists and other matter", matter),
    ("Buttons, panels and steps", design),
    ("Values that cells name", glue),
    ("Remarks, drawings and films", sphinx),
)
EVERYWHERE = ("label", "name")
"""Options that are told once for all directives."""


class Texts(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The sentences of `reference.toml`, by name."""

    prose: dict[str, str]
    option: dict[str, str]
    option_of: dict[str, dict[str, str]]
    unused: dict[str, list[str]]
    summary: dict[str, str]
    note: dict[str, str]
    argument: dict[str, str]
    type: dict[str, str]
    tag: dict[str, str]
    front_matter: dict[str, str]
    execution: dict[str, str]
    role: dict[str, str]
    group: dict[str, str]
    remedy: dict[str, str]


TEXTS = msgspec.toml.decode((HERE / "reference.toml").read_bytes(), type=Texts)


def pages() -> dict[str, str]:
    """Every reference page: name below `reference/` to text."""
    made = {
        "commands": commands(),
        "configuration": configuration(),
        "front-matter": front_matter(),
        "directives": directives(),
        "roles": roles(),
        "cells": cells(),
        "diagnostics": diagnostics(),
        "outputs": outputs(),
    }
    note = "% Written by `python docs/reference.py`: edit that, not this."
    return {name: "\n\n".join((note, *filter(None, pieces))) + "\n" for name, pieces in made.items()}


def prose(name: str) -> str:
    """A text of several lines."""
    return TEXTS.prose[name].strip()


# -- commands -------------------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """All commands with their options."""
    # With the program's settings: the first context that asks decides for good how help is called.
    context = click.Context(program, info_name="etude", **program.context_settings)
    yield prose("commands")
    yield from _options(program, context)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(("etude", name, *command.collect_usage_pieces(inner)))
        yield f"(cmd-{name})=\n## `etude {name}`"
        yield _paragraphs(command.help or "")
        yield f"```console\n$ {usage}\n```"
        yield from _options(command, inner)


def _paragraphs(text: str) -> str:
    """A help text with its lines joined."""
    clean = inspect.cleandoc(text).replace("\b\n", "")
    return "\n\n".join(" ".join(piece.split()) for piece in re.split(r"\n\s*\n", clean))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """A definition for each option; arguments are explained by the help text."""
    for option in command.get_params(context):
        if not isinstance(option, click.Option) or option.hidden or "--help" in option.opts:
            continue
        metavar = "" if option.is_flag or option.count else f" `{option.make_metavar(context)}`"
        default = option.get_default(context) if option.show_default else None
        shown = ", ".join(map(str, default)) if isinstance(default, tuple | list) else default
        text = (option.help or "").strip()
        text += "" if text.endswith((".", "!", "?")) else "."
        rest = f" Without it: `{shown}`." if shown else ""
        yield f"{_codes((*option.opts, *option.secondary_opts))}{metavar}\n: {text}{rest}"


# -- configuration --------------------------------------------------------------------------------


def configuration() -> Iterator[str]:
    """Every key of `etude.toml`, table by table."""
    yield prose("configuration")
    order = list(SECTIONS)
    named = {key.section for key in KEYS if key.section.endswith(".NAME")}
    sections = {*(name for name in SECTIONS if f"{name}.NAME" not in named), *(key.section for key in KEYS)}
    for section in sorted(sections, key=lambda name: (order.index(name.partition(".")[0]), name)):
        yield f"## `[[{section}]]`" if section == "part" else f"## `[{section}]`"
        yield SECTIONS.get(section) or (SECTIONS[section.partition(".")[0]] if section in named else "")
        if section in RESERVED:
            yield f"Known keys: {_codes(RESERVED[section])}."
        elif section in OPEN:
            yield "Its keys are not checked."
        if rows := [
            (f"`{key.name}`", key.type, _default(key.default), key.meaning)
            for key in KEYS
            if key.section == section
        ]:
            yield _table(("Key", "Accepts", "Default", "Meaning"), rows, (3, 4, 3, 7))
        yield TEXTS.note.get(section, "")


def _default(text: str) -> str:
    return text if text.startswith("(") else f"`{text}`"


# -- front matter ---------------------------------------------------------------------------------


def front_matter() -> Iterator[str]:
    """Every key of a page's front matter."""
    head, widths = ("Key", "Meaning"), (2, 7)
    yield prose("front-matter")
    yield _table(head, [(f"`{name}`", TEXTS.front_matter[name]) for name in FIELDS], widths)
    yield "(sec-front-execute)=\n## `execute`"
    yield _table(head, [(f"`{name}`", TEXTS.execution[name]) for name in EXECUTION_FIELDS], widths)
    yield "## Keys of other tools"
    yield f"These are left alone, so that pages of other tools build: {_codes(sorted(IGNORED_KEYS))}."
    yield "Any other key gives the warning `front-matter-unknown-key`."


# -- directives -----------------------------------------------------------------------------------


def directives() -> Iterator[str]:
    """Every directive with its argument, options and body."""
    yield prose("directives")
    yield f"The exceptions are {_codes(sorted(_nameless()))}."
    for title, module in FAMILIES:
        yield f"## {title}"
        for names, entry in _entries(module.DIRECTIVES):
            yield from _directive(names, entry)


def _nameless() -> Iterator[str]:
    """Directives that take no label."""
    for _, module in FAMILIES:
        for names, entry in _entries(module.DIRECTIVES):
            unused = TEXTS.unused.get(names[0], [])
            if any(option not in entry.options or option in unused for option in EVERYWHERE):
                yield names[0]


def _entries(table: Mapping[str, Directive]) -> Iterator[tuple[list[str], Directive]]:
    """Directives that take and do the same, with all their names."""
    found: dict[tuple[object, ...], list[str]] = {}
    for name, entry in table.items():
        found.setdefault((entry.build, id(entry.options), entry.argument, entry.body), []).append(name)
    for names in found.values():
        yield names, table[names[0]]


def _directive(names: Sequence[str], entry: Directive) -> Iterator[str]:
    first = names[0]
    label = re.sub(r"\W+", "-", first)
    yield f"(dir-{label})=\n### `{first}`"
    yield TEXTS.summary.get(first) or entry.summary
    if len(names) > 1:
        yield f"Also: {_codes(names[1:])}."
    if entry.argument != "none":
        what = TEXTS.argument.get(first)
        yield f"Argument\n: {entry.argument.capitalize()}{f': {what}' if what else ''}."
    if entry.body != "optional":
        yield f"Body\n: {entry.body.capitalize()}."
    if entry.metadata:
        yield "What Jupyter keeps with a cell is accepted, and left to it: `slideshow`, any key of YAML."
    if first == "code-cell":
        yield "Its options are in [](#sec-cell-options)."
    else:
        yield from _option_table(first, entry.options)


def _option_table(name: str, options: Mapping[str, Convert]) -> Iterator[str]:
    """The options that do something here, and the names of those that do not."""
    unused = TEXTS.unused.get(name, [])
    if rows := [
        (
            f"`{option}`",
            TEXTS.type[getattr(convert, "__name__", "")],
            TEXTS.option_of.get(name, {}).get(option) or TEXTS.option[option],
        )
        for option, convert in options.items()
        if option not in (*unused, *EVERYWHERE)
    ]:
        yield _table(("Option", "Value", "Meaning"), rows, (4, 3, 9))
    if ignored := [option for option in options if option in unused]:
        yield f"Accepted without effect: {_codes(ignored)}."


# -- roles and cells ------------------------------------------------------------------------------


def roles() -> Iterator[str]:
    """Every role with an example and what it gives."""
    groups: dict[int, list[str]] = {}
    for name, entry in ROLES.items():
        groups.setdefault(id(entry), []).append(name)
    rows = [
        (_codes(names), ROLES[names[0]].summary, f"`` {TEXTS.role[names[0]]} ``", TEXTS.role[names[0]])
        for names in groups.values()
    ]
    yield prose("roles")
    yield _table(("Names", "Meaning", "Written", "Shown"), rows, (3, 4, 6, 3), label="tab-roles")
    yield prose("roles-after")


def cells() -> Iterator[str]:
    """What a code cell takes."""
    yield prose("cells")
    yield from _option_table("code-cell", code.DIRECTIVES["code-cell"].options)
    yield prose("tags")
    yield from (f"`{tag}`\n: {TEXTS.tag[tag]}" for tag in code.TAGS)
    yield prose("cells-after")


# -- diagnostics and outputs ----------------------------------------------------------------------


def diagnostics() -> Iterator[str]:
    """Every rule with what to do about it."""
    yield prose("diagnostics")
    groups: dict[str, list[Rule]] = {}
    title = ""
    for rule in Rule:
        title = TEXTS.group.get(rule.value, title)
        groups.setdefault(title, []).append(rule)
    for title, rules in groups.items():
        rows = [
            (f"`{rule.value}`", RULES[rule].severity.value, RULES[rule].description, TEXTS.remedy[rule.value])
            for rule in rules
        ]
        yield f"## {title}"
        yield _table(("Rule", "Severity", "Meaning", "What to do"), rows, (4, 2, 5, 6))


def outputs() -> Iterator[str]:
    """Files, folders and exit codes."""
    text = prose("outputs").replace("IGNORED", _codes(sorted(IGNORED_FOLDERS)))
    yield text.replace("LIMIT", f"{MAX_BYTES // 1_000_000} MB")


# -- pieces ---------------------------------------------------------------------------------------


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], *, label: str = ""
) -> str:
    """A `list-table`; nothing in it needs to be escaped but what begins a line."""
    out = [":::{list-table}", *([f":label: {label}"] if label else [])]
    out += [":header-rows: 1", f":widths: {' '.join(map(str, widths))}"]
    for row in (head, *rows):
        out += [f"{'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)]
    return "\n".join((*out, ":::"))


def write(folder: Path) -> None:
    """Write every page into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        (folder / f"{name}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    write(HERE / "reference")
