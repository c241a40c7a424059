"""What `_quarto.yml` says, key by key, while `etude.toml` is written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from etude.convert.account import Account
from etude.convert.quarto.contents import Contents
from etude.convert.quarto.project import Project
from etude.model.protocols import Files

__all__ = ["Draft", "metadata", "page_name"]


def metadata(project: Project) -> Mapping[str, Any]:
    """The table that describes the book or the website."""
    for name in ("book", "website"):
        table = project.data.get(name)
        if isinstance(table, Mapping):
            return table
    return {}


def page_name(source: str) -> str:
    """The name of a page in the contents."""
    return posixpath.splitext(source)[0]


class Draft:
    """A project whose settings are written, and what was used of them."""

    def __init__(
        self,
        files: Files,
        project: Project,
        contents: Contents,
        account: Account,
        unnumbered: frozenset[str] = frozenset(),
    ) -> None:
        """`unnumbered` are sources of pages whose title has no number."""
        self.unnumbered = unnumbered
        self.files, self.project, self.contents, self.account = files, project, contents, account
        self.data, self.about = project.data, metadata(project)
        self.name = "book" if isinstance(project.data.get("book"), Mapping) else "website"
        self.html = self.format("html")
        self.used: set[str] = set()

    def format(self, name: str) -> Mapping[str, Any]:
        """What is said of an output."""
        formats = self.data.get("format")
        found = formats.get(name) if isinstance(formats, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def kept(self, key: str, said: str) -> None:
        """Note a key that has a place now."""
        top = key in self.about
        line = self.project.line(self.name, key) if top else self.project.line(*key.split("."))
        self.account.kept(key, self.project.path, line, said)
        self.used.add(key)

    def text(self, key: str) -> str:
        """A text or a number, in one line; empty when there is none."""
        value = self.about.get(key, self.data.get(key))
        return (
            " ".join(value.split())
            if isinstance(value, str)
            else str(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else ""
        )

    def path(self, value: Any, key: str) -> str:
        """A file of the project; empty, and told, when it is not there."""
        path = str(value).removeprefix("/").removeprefix("./") if isinstance(value, str) else ""
        if path and not self.files.exists(path):
            if not re.match(r"https?://", path):
                self.account.lost(
                    key, self.project.path, self.project.line(self.name, key), f"there is no file `{path}`"
                )
            return ""
        return path
