"""What a project says of itself: `_quarto.yml` with its profiles, `_variables.yml`, `_metadata.yml`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from etude.convert.account import Account
from etude.convert.converted import NotABookError
from etude.convert.quarto.bookdown import BOOKDOWN, as_quarto
from etude.model.protocols import Files
from etude.parse import yamls

__all__ = ["Project", "read_project", "read_text"]

_NAMES = ("_quarto.yml", "_quarto.yaml")


class Project(Struct, frozen=True):
    """What a project says of itself."""

    path: str
    data: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]
    """Lines of keys, by the keys on the way to them; items of lists are counted from 0."""
    variables: Mapping[str, Any]
    folders: Mapping[str, Mapping[str, Any]]
    """What `_metadata.yml` says in folders."""

    def line(self, *keys: str) -> int:
        """The line of a key, or of the nearest one around it."""
        while keys:
            if keys in self.lines:
                return self.lines[keys]
            keys = keys[:-1]
        return 0


def read_text(files: Files, path: str, account: Account) -> str | None:
    """The text of a file; what is no UTF-8 is told and replaced."""
    try:
        data = files.read(path)
    except OSError:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        account.lost(
            "UTF-8", path, line, "bytes that are no UTF-8 are replaced by a mark: save the file as UTF-8"
        )
        text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_project(files: Files, account: Account) -> Project:
    """The project in a folder; raises `NotABookError` when there is none."""
    path = next((name for name in _NAMES if files.exists(name)), "")
    if not path and files.exists(BOOKDOWN):
        said, lines = _read(files, BOOKDOWN, account, whole=True)
        return Project(BOOKDOWN, as_quarto(files, said, account), lines, {}, {})
    if not path:
        raise NotABookError(f"there is no `_quarto.yml`, and no `{BOOKDOWN}`")
    data, lines = _read(files, path, account, whole=True)
    for extra in _list(data.get("metadata-files")):
        more, _ = _read(files, str(extra), account)
        data = _merged(more, data)
    profile = data.get("profile")
    chosen = _list(profile.get("default")) if isinstance(profile, Mapping) else []
    for one in chosen:
        more, _ = _read(files, f"_quarto-{one}.yml", account)
        data = _merged(data, more)
    for name in files.glob("_quarto-*.yml"):
        if name[8:-4] not in map(str, chosen):
            account.changed("profile", name, 0, "not read: the default profile is imported")
    variables, _ = _read(files, "_variables.yml", account) if files.exists("_variables.yml") else ({}, {})
    folders = {}
    for name in files.glob("**/_metadata.yml"):
        folders[posixpath.dirname(name)] = _read(files, name, account)[0]
    return Project(path, data, lines, variables, folders)


def _read(
    files: Files, path: str, account: Account, *, whole: bool = False
) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    text = read_text(files, path, account)
    if text is None:
        account.lost(path, path, 0, "the file is not there")
        return {}, {}
    loaded = yamls.load(text)
    if isinstance(loaded, yamls.YamlProblem):
        line = text.count("\n", 0, loaded.offset) + 1 if loaded.offset is not None else 0
        if whole:
            raise NotABookError(f"`{path}` cannot be read, line {line}: {loaded.message}")
        account.lost(path, path, line, f"it cannot be read: {loaded.message}")
        return {}, {}
    if not isinstance(loaded.data, dict):
        return {}, {}
    lines: dict[tuple[str, ...], int] = {}
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        _lines(node, (), lines)
    return {str(key): value for key, value in loaded.data.items()}, lines


def _lines(node: Node, before: tuple[str, ...], found: dict[tuple[str, ...], int]) -> None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                found[*before, str(key.value)] = key.start_mark.line + 1
                _lines(value, (*before, str(key.value)), found)
    elif isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            found[*before, str(number)] = value.start_mark.line + 1
            _lines(value, (*before, str(number)), found)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables; where both have a value, that of the second."""
    found = dict(one)
    for key, value in other.items():
        there = found.get(key)
        found[key] = (
            _merged(there, value) if isinstance(there, Mapping) and isinstance(value, Mapping) else value
        )
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
