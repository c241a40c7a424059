"""Stage render: the book's library as a package that pip installs.

Saved cells enter, by module; files leave, by their path in the project. What is laid out is the form of the
Python Packaging Authority: a `pyproject.toml` and the package below `src`, marked as typed (PEP 561).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from etude.model.config import Config

__all__ = ["Needs", "Part", "package_files"]

_VERSION = re.compile(r"v?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")
_WIDTH = 88

_WORDS = {
    "zh": {
        "package": "《{title}》的代码",
        "from": "出自《{title}》：",
        "readme": "书中标为保存的单元格，合成一个Python包。",
        "install": "安装",
    },
    "en": {
        "package": "Code of {title}",
        "from": "From {title}:",
        "readme": "The cells that the book saves, as a Python package.",
        "install": "Install it",
    },
}


@dataclass(frozen=True, slots=True)
class Part:
    """A saved cell on its way into a module."""

    page: str
    """Title of its page, with its number."""
    address: str
    """Of the cell on the site, or the page's path in the book."""
    name: str
    """What the cell is called, ``Listing 3.2``, with its caption; may be empty."""
    code: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What the package needs to be installed, as requirements."""

    always: tuple[str, ...]
    variants: Mapping[str, tuple[str, ...]]
    """What each variant needs beyond that."""


def package_files(
    config: Config, modules: Mapping[str, Sequence[Part]], needs: Needs, language: str
) -> dict[str, bytes]:
    """The files of the project; `modules` are dotted, with the package's name."""
    words = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    title = " ".join(config.title.get(language).split())
    name = config.library.name
    head = f'"""{_quoted(words["package"].format(title=title))}"""\n'
    files = {f"src/{name}/__init__.py": head, f"src/{name}/py.typed": ""}
    for module, parts in modules.items():
        path = module.replace(".", "/")
        files[f"src/{path}.py"] = _module(parts, words["from"].format(title=title))
        for end in (at for at in range(len(name) + 1, len(path)) if path[at] == "/"):
            files.setdefault(f"src/{path[:end]}/__init__.py", head)
    files["pyproject.toml"] = _project(config, needs, title, words["package"])
    files["README.md"] = _readme(config, modules, title, words)
    return {path: text.encode() for path, text in sorted(files.items())}


def _module(parts: Sequence[Part], origin: str) -> str:
    """The text of a module: where it comes from, then its cells, each below its name."""
    pages = dict.fromkeys((part.page, part.address.partition("#")[0]) for part in parts)
    lines = [f"- {page}\n  {address}" for page, address in pages]
    chunks = [f'"""{_quoted(origin)}\n\n{_quoted(chr(10).join(lines))}\n"""']
    for part in parts:
        code = part.code.strip("\n")
        said = "".join(f"# {line}\n" for line in (part.name, part.address) if line)
        chunks.append(said + code)
    return "\n\n\n".join(chunks) + "\n"


def _quoted(text: str) -> str:
    """A text as it can stand between triple quotes."""
    shown = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f"{shown} " if shown.endswith('"') else shown


def _project(config: Config, needs: Needs, title: str, said: str) -> str:
    version = config.version if _VERSION.fullmatch(config.version) else "0"
    lines = [
        "[build-system]",
        'requires = ["hatchling"]',
        'build-backend = "hatchling.build"',
        "",
        "[project]",
        f"name = {_text(config.library.name.replace('_', '-'))}",
        f"version = {_text(version)}",
        f"description = {_text(said.format(title=title))}",
        'readme = "README.md"',
        'requires-python = ">=3.11"',
    ]
    if config.license:
        lines.append(f"license = {{ text = {_text(config.license)} }}")
    if config.authors:
        names = ", ".join(f"{{ name = {_text(author.name)} }}" for author in config.authors)
        lines.append(f"authors = [{names}]")
    lines.append(f"dependencies = {_list(needs.always)}")
    if config.html.url:
        lines += ["", "[project.urls]", f"Homepage = {_text(config.html.url)}"]
    extras = {variant: wanted for variant, wanted in needs.variants.items() if wanted}
    if extras:
        lines += ["", "[project.optional-dependencies]"]
        lines += [f"{_text(variant)} = {_list(wanted)}" for variant, wanted in extras.items()]
    lines += ["", "[tool.hatch.build.targets.wheel]", f"packages = {_list((f'src/{config.library.name}',))}"]
    return "\n".join(lines) + "\n"


def _readme(config: Config, modules: Iterable[str], title: str, words: Mapping[str, str]) -> str:
    listed = "".join(f"- `{module}`\n" for module in modules)
    install = f"{words['install']}:\n\n```console\n$ pip install .\n```\n"
    url = f"\n<{config.html.url}>\n" if config.html.url else ""
    return f"# {words['package'].format(title=title)}\n\n{words['readme']}\n{url}\n{listed}\n{install}"


def _text(text: str) -> str:
    """A text of TOML: a basic string is written as JSON writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: Sequence[str]) -> str:
    short = f"[{', '.join(map(_text, items))}]"
    return short if len(short) <= _WIDTH else "[\n" + "".join(f"    {_text(item)},\n" for item in items) + "]"
