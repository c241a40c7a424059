"""Labels that several pages of a website have: in Quarto they are of their page, in Etude of the book."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.quarto.labels import found_labels

__all__ = ["Unique", "unique_labels"]


class Unique(Struct, frozen=True):
    """Pages none of which has a label of another."""

    texts: Mapping[str, str]
    renamed: Mapping[tuple[str, str], str]
    """New labels by page and old label."""


def unique_labels(texts: Mapping[str, str], kinds: Collection[str], account: Account) -> Unique:
    """Pages with labels of their own; the first page that has a label keeps it.

    `kinds` are the prefixes of what can be referred to.
    """
    inside = {path: found_labels({path: text})[0] for path, text in texts.items()}
    taken = {label for labels in inside.values() for label in labels}
    seen: set[str] = set()
    made: dict[str, str] = {}
    renamed: dict[tuple[str, str], str] = {}
    for path, text in texts.items():
        own = [label for label in inside[path] if label.partition("-")[0] in kinds and "-" in label]
        for label in own:
            if label in seen:
                new = _free(label, path, taken)
                taken.add(new)
                renamed[path, label] = new
                text, line = _renamed(text, label, new)  # noqa: PLW2901 -- label after label
                said = "the label has the page's name with it: other pages have it too"
                account.changed(f"@{label.partition('-')[0]}-…", path, line, said)
        seen.update(own)
        made[path] = text
    return Unique(made, renamed)


def _free(label: str, path: str, taken: Collection[str]) -> str:
    """A label that no page has, with the page's name in it."""
    stem = posixpath.splitext(path)[0]
    for name in (posixpath.basename(stem), stem):
        new = f"{label}-{re.sub(r'[^A-Za-z0-9_]+', '-', name).strip('-')}"
        if new not in taken:
            return new
    number = 2
    while f"{new}-{number}" in taken:
        number += 1
    return f"{new}-{number}"


def _renamed(text: str, label: str, new: str) -> tuple[str, int]:
    """A text with another label, and the first line that has it; links to other pages stay."""
    first = re.escape(label[0])
    mark = re.compile(
        r"(?P<lead>(?<![\w/.)])#|(?<![\w@])@\{?|\b(?:lst-)?label:[ \t]*(?:\\?[\"'])?"
        r"|\\(?:label|ref|eqref|autoref|cref|Cref)\{|\{\w+[ \t]+)"
        rf"(?P<case>{first}|(?<=@){first.upper()})(?P<rest>{re.escape(label[1:])})(?![\w-]|[.:]\w)"
    )
    found = mark.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    return mark.sub(lambda one: f"{one['lead']}{one['case']}{one['rest']}{new[len(label) :]}", text), line
