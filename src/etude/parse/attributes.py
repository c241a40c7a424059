"""Attributes in braces: ``{#name .class key=value}`` after words, links and code, or above a block."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Given", "alone", "read"]

_ATTRIBUTES = re.compile(
    r"""\{[ \t]*((?:[.#][\w:-]+|[A-Za-z][\w-]*=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+))(?:[ \t]+(?:[.#][\w:-]+|"""
    r"""[A-Za-z][\w-]*=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)))*)[ \t]*\}"""
).match
_WORD = re.compile(r"""([.#])([\w:-]+)|([A-Za-z][\w-]*)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))""")


class Given(NamedTuple):
    """What stands between the braces."""

    labels: tuple[str, ...]
    classes: tuple[str, ...]
    values: dict[str, str]
    start: int
    end: int

    def joined(self, other: Given) -> Given:
        """Both, when they stand below each other."""
        return self._replace(
            labels=self.labels + other.labels,
            classes=self.classes + other.classes,
            values={**self.values, **other.values},
        )


def read(text: str, at: int) -> Given | None:
    """The attributes that begin at `at`; None when none do."""
    if not text.startswith("{", at):
        return None
    match = _ATTRIBUTES(text, at)
    if match is None:
        return None
    labels: list[str] = []
    classes: list[str] = []
    values: dict[str, str] = {}
    for word in _WORD.finditer(match[1]):
        if word[1] == "#":
            labels.append(word[2])
        elif word[1]:
            classes.append(word[2])
        else:
            values[word[3]] = word[4] or word[5] or word[6] or ""
    labels += [values[key] for key in ("id", "name") if values.get(key)]
    classes += values.get("class", "").split()
    return Given(tuple(labels), tuple(classes), values, at, match.end())


def alone(line: str) -> Given | None:
    """The attributes that are all of a line; None when they are not."""
    given = read(line, 0)
    return given if given is not None and not line[given.end :].strip(" \t") else None
