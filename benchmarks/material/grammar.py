"""Text from rules: `<name>` in a line is replaced by a line of the rule of that name."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rules = Mapping[str, Sequence[str]]

_FOLDER = Path(__file__).parent
_SLOT = re.compile(r"<([a-z_]+)(#\d)?>")


def stream(*names: object) -> random.Random:
    """Random numbers that depend on the names alone, so that every machine writes the same book."""
    return random.Random("/".join(map(str, names)))  # noqa: S311 (texts, not secrets)


def load(name: str) -> dict[str, Any]:
    """One of the tables beside this module."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Grammar:
    """A set of rules."""

    rules: Rules

    def extend(self, *more: Rules) -> Grammar:
        """These rules and others; the later ones win."""
        merged = dict(self.rules)
        for rules in more:
            merged.update(rules)
        return Grammar(merged)

    def expand(self, rule: str, rng: random.Random) -> str:
        """A text of a rule."""
        return self.fill(f"<{rule}>", rng)

    def fill(self, text: str, rng: random.Random) -> str:
        """The text with its slots filled; `<name#1>` is drawn once in it, and lines are not repeated."""
        drawn: dict[str, str] = {}
        used: set[tuple[str, str]] = set()

        def draw(name: str) -> str:
            lines = self.rules[name]
            line = rng.choice(lines)
            for _ in range(3):
                if (name, line) not in used:
                    break
                line = rng.choice(lines)
            used.add((name, line))
            return _SLOT.sub(slot, line)

        def slot(found: re.Match[str]) -> str:
            name, number = found.group(1), found.group(2)
            if number is None:
                return draw(name)
            if found.group() not in drawn:
                drawn[found.group()] = draw(name)
            return drawn[found.group()]

        return _SLOT.sub(slot, text)
