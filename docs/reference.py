"""Writes the reference pages of this handbook from Etude's own tables.

In: the tables of names in `etude` and the sentences of `reference.toml`. Out: `reference/*.md`.
Run `python docs/reference.py` after a change; a test fails when a page is stale.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import click
import msgspec

from etude.adapters.disk import IGNORED as IGNORED_FOLDERS
from etude.cli.app import program as command_line
from etude.model.rules import RULES, Rule
from etude.parse.config_keys import KEYS, OPEN, RESERVED, SECTIONS
from etude.parse.directives import boxes, code, matter, media, tables
from etude.parse.directives.call import Convert, Directive
from etude.parse.frontmatter import EXECUTION_FIELDS, FIELDS
from etude.parse.frontmatter import IGNORED as IGNORED_KEYS
from etude.parse.page import MAX_BYTES
from etude.parse.roles import ROLES

HERE = Path(__file__).parent
FAMILIES: tuple[tuple[str, ModuleType], ...] = (
    ("Code", code),
    ("Pictures and films", media),
    ("Tables", tables),
    ("Boxes", boxes),
    ("Formulas, lists and other matter", matter),
)

EVERYWHERE = ("label", "name")
"""Options that are told once for all directives."""


class Texts(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The sentences of `reference.toml`, by name."""

    option: dict[str, str]
    option_of: dict[str, dict[str, str]]
    unused: dict[str, list[str]]
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
    note = "% Written by `python docs/reference.py`: edit that, not this.\n"
    return {name: f"{note}\n{text.strip()}\n" for name, text in made.items()}


# -- commands -------------------------------------------------------------------------------------


def commands() -> str:
    """All commands with their arguments and options."""
    context = click.Context(command_line, info_name="etude")
    out = [
        "(ref-commands)=\n# Commands",
        "`etude` alone, or with `--help` (`-h`), lists the commands. Each command has a `--help` of its own."
        " Exit codes are in [](#sec-exit-codes).",
        _options(command_line, context),
    ]
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(["etude", name, *command.collect_usage_pieces(inner)])
        out += [
            f"(cmd-{name})=\n## `etude {name}`",
            _paragraphs(command.help or ""),
            f"```console\n$ {usage}\n```",
            _options(command, inner),
        ]
    return "\n\n".join(filter(None, out))


def _paragraphs(text: str) -> str:
    """A help text with its lines joined; the marks of click are removed."""
    clean = inspect.cleandoc(text).replace("\b\n", "")
    return "\n\n".join(" ".join(piece.split()) for piece in re.split(r"\n\s*\n", clean))


def _options(command: click.Command, context: click.Context) -> str:
    rows = [row for parameter in command.get_params(context) if (row := _parameter(parameter, context))]
    return "\n\n".join(_definition(term, text) for term, text in rows)


def _parameter(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    """Term and text of an option; None for arguments, which the help text explains, and for `--help`."""
    if isinstance(parameter, click.Option) and not (parameter.hidden or "--help" in parameter.opts):
        metavar = "" if parameter.is_flag or parameter.count else f" `{parameter.make_metavar(context)}`"
        default = parameter.get_default(context) if parameter.show_default else None
        shown = ", ".join(map(str, default)) if isinstance(default, tuple | list) else default
        return (
            _codes((*parameter.opts, *parameter.secondary_opts)) + metavar,
            _sentence(parameter.help or "") + (f" Without it: `{shown}`." if shown else ""),
        )
    return None


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


# -- configuration --------------------------------------------------------------------------------


def configuration() -> str:
    """Every key of `etude.toml`."""
    out = [
        "(ref-configuration)=\n# `etude.toml`",
        "The file is TOML, and stands in the book's folder. Every key may be left out."
        " A key that is not known is an error, and the nearest known key is named."
        " Paths are relative to the book's folder; nothing outside it is read.",
    ]
    sections = dict.fromkeys((*SECTIONS, *(key.section for key in KEYS)))
    for section in sorted(sections, key=lambda name: list(SECTIONS).index(name.partition(".")[0])):
        keys = [key for key in KEYS if key.section == section]
        meaning = SECTIONS.get(section, "")
        if not keys and not meaning or (meaning and any(k.section == f"{section}.NAME" for k in KEYS)):
            continue
        title = f"[[{section}]]" if section == "part" else f"[{section}]"
        out.append(f"## `{title}`")
        out.append(meaning or SECTIONS[section.partition(".")[0]] if "NAME" in section else meaning)
        if section in RESERVED:
            out.append(f"Known keys: {_codes(RESERVED[section])}.")
        elif section in OPEN:
            out.append("Its keys are not checked.")
        if keys:
            rows = [(f"`{key.name}`", key.type, _default(key.default), key.meaning) for key in keys]
            out.append(_table(("Key", "Accepts", "Default", "Meaning"), rows, (3, 4, 3, 7)))
    return "\n\n".join(filter(None, out))


def _default(text: str) -> str:
    return text if text.startswith("(") else f"`{text}`"


# -- front matter ---------------------------------------------------------------------------------


def front_matter() -> str:
    """Every key of a page's front matter."""
    keys = ("Key", "Meaning")
    return "\n\n".join(
        (
            "(ref-front-matter)=\n# Front matter",
            "A page may begin with YAML between two lines of three dashes. Every key may be left out.",
            "```yaml\n---\ntitle: Throwing dice\nvariants: [python, numpy]\n"
            "execute: {timeout: 10m, inputs: [data/*.csv]}\n---\n```",
            _table(keys, [(f"`{k}`", TEXTS.front_matter[k]) for k in FIELDS], (2, 7)),
            "(sec-front-execute)=\n## `execute`",
            _table(keys, [(f"`{k}`", TEXTS.execution[k]) for k in EXECUTION_FIELDS], (2, 7)),
            "## Keys of other tools",
            f"These are left alone, so that pages from other tools build: {_codes(sorted(IGNORED_KEYS))}."
            " Any other key gives the warning `front-matter-unknown-key`.",
        )
    )


# -- directives -----------------------------------------------------------------------------------


def directives() -> str:
    """Every directive with its argument, options and body."""
    out = [
        "(ref-directives)=\n# Directives",
        "A directive is a fence whose first line holds a name in braces, and maybe an argument. Both kinds of"
        " fence work for every directive: three or more backticks, or three or more colons. Options stand at"
        " the head of the body, as `:key: value` lines or as YAML between two lines of three dashes. To put"
        " one directive into another, give the outer one a longer fence. A value that is a *flag* is `true` or"
        " `false`; without a value it is true.",
        "````\n```{figure} /img/curve.svg\n:label: fig-curve\n:alt: A curve that falls.\n"
        "The loss over *time*.\n```\n````",
        f"Nearly every directive takes `label`, a name for references, which is also the block's address on its"
        f" page; `name` is the same. The exceptions are {_codes(sorted(_nameless()))}.",
    ]
    for title, module in FAMILIES:
        out.append(f"## {title}")
        out.extend(_directive(names, entry) for names, entry in _entries(module.DIRECTIVES))
    return "\n\n".join(out)


def _nameless() -> Iterator[str]:
    """Directives that take no label."""
    for _, module in FAMILIES:
        for names, entry in _entries(module.DIRECTIVES):
            missing = set(EVERYWHERE) - set(entry.options)
            if missing or set(EVERYWHERE) <= set(TEXTS.unused.get(names[0], [])):
                yield names[0]


def _entries(table: Mapping[str, Directive]) -> Iterator[tuple[list[str], Directive]]:
    """Directives that take and do the same, with all their names."""
    found: dict[tuple[object, ...], list[str]] = {}
    for name, entry in table.items():
        found.setdefault((entry.build, id(entry.options), entry.argument, entry.body), []).append(name)
    for names in found.values():
        yield names, table[names[0]]


def _directive(names: Sequence[str], entry: Directive) -> str:
    first = names[0]
    label = re.sub(r"\W+", "-", first)
    out = [f"(dir-{label})=\n### `{first}`", entry.summary]
    if first == "note":
        out[1] = "A box of the kind that its name says."
    elif first == "prf:theorem":
        out[1] = "A theorem or one of its kin, with a number. A `proof` has none."
    elif first == "iframe":
        out[1] = "A page within the page (`iframe`), or a film (`video`)."
    elif first == "epigraph":
        out[1] = "A motto (`epigraph`), with its author after a dash, or a sentence set apart (`pull-quote`)."
    elif first == "grid-item":
        out[1] = "One block of a grid."
    if len(names) > 1:
        out.append(f"Also: {_codes(names[1:])}.")
    what = TEXTS.argument.get(first, "")
    if entry.argument != "none":
        out.append(_definition("Argument", f"{entry.argument.capitalize()}{': ' + what if what else ''}."))
    if entry.body != "optional":
        out.append(_definition("Body", {"none": "None.", "required": "Required."}[entry.body]))
    if first == "code-cell":
        out.append("Its options are in [](#sec-cell-options).")
        return "\n\n".join(out)
    return "\n\n".join((*out, *_option_list(first, entry.options)))


def _option_list(name: str, options: Mapping[str, Convert]) -> Iterator[str]:
    """A table of the options that do something here; those that every directive has are told once."""
    unused = TEXTS.unused.get(name, [])
    rows = [
        (
            f"`{option}`",
            TEXTS.type[getattr(convert, "__name__", "")],
            TEXTS.option_of.get(name, {}).get(option) or TEXTS.option[option],
        )
        for option, convert in options.items()
        if option not in (*unused, *EVERYWHERE)
    ]
    if rows:
        yield _table(("Option", "Value", "Meaning"), rows, (4, 3, 9))
    if ignored := [option for option in options if option in unused]:
        yield f"Accepted without effect: {_codes(ignored)}."


# -- roles ----------------------------------------------------------------------------------------


def roles() -> str:
    """Every role with an example and what it gives."""
    groups: dict[int, list[str]] = {}
    for name, entry in ROLES.items():
        groups.setdefault(id(entry), []).append(name)
    rows = []
    for names in groups.values():
        example = TEXTS.role[names[0]]
        rows.append((_codes(names), ROLES[names[0]].summary, f"`` {example} ``", example))
    return "\n\n".join(
        (
            "(ref-roles)=\n# Roles",
            "A role is a name in braces before text between backticks. The examples lead to these:",
            "```{code-cell} python\nvalues = [1, 2, 6]\nmean = sum(values) / len(values)\n```",
            "$$ \\bar x = \\frac{1}{n} \\sum_{i=1}^{n} x_i $$ (eq-mean)",
            "(sec-roles-list)=\n## All roles",
            _table(("Names", "Meaning", "Written", "Shown"), rows, (3, 4, 6, 3), label="tab-roles"),
            "Roles that lead somewhere take words of their own: `` {ref}`words <label>` ``. In the words of a"
            " `numref`, `%s` and `{number}` stand for the number, and `{name}` for the number with its word.",
            "## Links to other projects",
            "Roles with a domain (`py:class`, `py:func`, `c:function`, `std:option` and so on) look names up in"
            " the inventories of `etude.toml`. `~` before a name shows its last part only, and `!` asks for no"
            " link. Without inventories the name is shown as code. See [](#sec-api-links).",
        )
    )


# -- cells ----------------------------------------------------------------------------------------


def cells() -> str:
    """What a code cell takes."""
    entry = code.DIRECTIVES["code-cell"]
    return "\n\n".join(
        (
            "(ref-cells)=\n# Code cells",
            "The argument is the language; without one it is Python. The kernel is the page's, the variant's or"
            " the book's, in this order.",
            "(sec-cell-options)=\n## Options",
            "Every cell can have a `label`, a name for references.",
            *_option_list("code-cell", entry.options),
            "(sec-tags)=\n## Tags",
            "Other tags are allowed. They are kept for the notebook and mean nothing else.",
            "\n\n".join(_definition(f"`{tag}`", TEXTS.tag[tag]) for tag in code.TAGS),
            CELLS.strip(),
        )
    )


CELLS = """
(sec-expectations)=
## Expectations

`:expect:` holds Python, or a YAML list of pieces of Python. Each is checked after the cell.

`expression`
: Must be true.

`expression ≈ value ± tolerance`
: The largest absolute difference may be the tolerance. `~=` may stand for `≈`, and `+/-` for `±`.
  The value and the tolerance are Python too. Lists and arrays are compared item by item. A single value
  is compared with every item.

What does not hold gives the error `expectation-failed`, with what was found.
Changing an expectation does not run the cell again when the values it needs are stored.

## Values in the text

`` {eval}`expression` `` shows a value, as it is after the cell before it. What may stand between the braces of
an f-string may stand there: `` {eval}`share:.1%` ``, `` {eval}`count:,` ``, `` {eval}`name!r` ``.
A text is shown without quotes. A value with a rich display (a figure, a table, a formula) is shown by that.

## Annotations

A comment that holds only a number in parentheses, `# (1)`, at the end of a line is a mark. An ordered list
directly after the cell or listing holds the texts for the marks, in the order of their numbers.
`//`, `--`, `%` and `;` begin such a comment as well.
"""


# -- diagnostics ----------------------------------------------------------------------------------


def diagnostics() -> str:
    """Every rule with what to do about it."""
    out = [
        "(ref-diagnostics)=\n# Diagnostics",
        "Every problem names a rule. The rule's severity says how grave it is; a single problem may be milder"
        " than its rule. [](#ref-how-diagnostics) says how to read and use them.",
    ]
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
        out.append(f"## {title}")
        out.append(_table(("Rule", "Severity", "Meaning", "What to do"), rows, (4, 2, 5, 6)))
    return "\n\n".join(out)


# -- outputs --------------------------------------------------------------------------------------


def outputs() -> str:
    """Files, folders and exit codes."""
    folders = _codes(sorted(IGNORED_FOLDERS))
    return OUTPUTS.strip().replace("IGNORED", folders).replace("LIMIT", f"{MAX_BYTES // 1_000_000} MB")


OUTPUTS = """
(ref-outputs)=
# Files, folders and exit codes

## What a book's folder holds

`etude.toml`
: The configuration; see [](./configuration.md). A folder without it is no book.

`NAME.md`, `NAME.ipynb`
: Pages, of at most LIMIT each: below the folder of their language, `en/start/first.md`, or in the book's folder
  when the book has one language and no folder for it.

`_NAME.md`, `README.md` and the like
: No pages. Names with `_` before them are for pieces that pages include.

`*.bib`, `img/`, `data/`, …
: What you like. A page names files with a path that starts from its own folder, or from the book's folder when
  it begins with a slash: `/img/curve.svg`.

Folders whose name begins with a dot, and IGNORED, are no part of a book.

## What a build writes

A build writes into `_build`, or the folder that `--out` names.

`html/index.html`
: Leads to the first language.

`html/LANGUAGE/index.html`
: The front page.

`html/LANGUAGE/PAGE.html`
: A page.

`html/_static/`
: Style sheet, script, fonts; and the pictures that cells made, named by their content.

`html/404.html`
: What a host shows where there is no page.

`html/sitemap.xml`, `html/robots.txt`
: Written when `[html] url` is set.

`html/…`
: Pictures and other files that pages name, under their path in the book.

`notebook/LANGUAGE/VARIANT/PAGE.ipynb`
: A notebook for each page with cells and each of its variants; without variants there is no folder for them.

`notebook/LANGUAGE/VARIANT/_files/`
: The files that the notebooks show.

`notebook/LANGUAGE/VARIANT/_library/`
: The saved code of the book, which the notebooks import.

`.etude-outputs`
: The names of all files above. A later build removes what it does not make any more, and nothing else.

`.etude/` in the book's folder holds what makes the next build fast: parsed pages, results of cells, fonts. It may
be deleted at any time; what is lost is time, and the results of cells. Neither `_build` nor `.etude` belongs
into version control.

(sec-exit-codes)=
## Exit codes

`0`
: No errors. There may be warnings.

`1`
: The book has problems, and they were told.

`2`
: The command cannot be carried out: an option is wrong, there is no book, another build is running, a file cannot be
  written.

`130`
: Interrupted, by {kbd}`Ctrl+C`. The results of finished cells are kept.

With `--strict`, warnings end in `1` too.
"""


# -- pieces ---------------------------------------------------------------------------------------


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _definition(term: str, text: str) -> str:
    return f"{term}\n: {text or '…'}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], *, label: str = "") -> str:
    """A `list-table`; nothing in it needs to be escaped but what begins a line."""
    out = [":::{list-table}", *([f":label: {label}"] if label else [])]
    out += [":header-rows: 1", f":widths: {' '.join(map(str, widths))}"]
    for row in (head, *rows):
        out += [f"{'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)]
    return "\n".join((*out, ":::"))


def write(folder: Path, put: Callable[[Path, str], object] = lambda path, text: path.write_text(text, "utf-8")) -> None:
    """Write every page into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        put(folder / f"{name}.md", text)


if __name__ == "__main__":
    write(HERE / "reference")
    sys.exit(0)
