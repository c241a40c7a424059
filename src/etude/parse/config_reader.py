"""Reading of `etude.toml`: what a kind of value is, and the collecting of problems.

TOML values and their places enter; values of `Config` and diagnostics leave. A value that is wrong
is reported and becomes `UNSET`, so that the default takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from etude.model.diagnostic import Diagnostic, Severity, diagnose
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.config_spelling import did_you_mean
from etude.parse.toml_spans import Found, Path

_SHOWN = 40


class Reader:
    """Collects problems while values are taken out of parsed TOML."""

    def __init__(self, path: str, found: Mapping[Path, Found]) -> None:
        """Read a file at `path` (for diagnostics) whose keys stand where `found` says."""
        self.path, self.found = path, found
        self.diagnostics: list[Diagnostic] = []
        self.languages: tuple[str, ...] | None = ("en",)
        """The book's languages; None when what the file says of them is wrong."""

    def span(self, at: Path, *, key: bool = False) -> Span:
        """Where a value (or its key) stands; for what has no place, what it stands in."""
        while at:
            if at in self.found:
                return self.found[at].key if key else self.found[at].value
            at = at[:-1]
        return NOWHERE

    def report(
        self,
        rule: Rule,
        message: str,
        at: Path,
        *,
        key: bool = False,
        hints: Iterable[str] = (),
        severity: Severity | None = None,
    ) -> Any:
        """Note a problem; gives `UNSET`, the value that a wrong value becomes."""
        span = self.span(at, key=key)
        self.diagnostics.append(diagnose(rule, message, self.path, span, hints=hints, severity=severity))
        return UNSET

    def wrong(self, value: Any, at: Path, kind: Kind, *hints: str) -> Any:
        """Note that a value is not of its kind."""
        place = "an item of " if isinstance(at[-1], int) else ""
        example = f"for example `{at[-1]} = {kind.example}`" if isinstance(at[-1], str) else ""
        return self.report(
            Rule.CONFIG_VALUE,
            f"{place}`{dotted(at)}` is {describe(value)}, not {kind.name}",
            at,
            hints=hints or ((example,) if example else ()),
        )

    def unknown(self, at: Path, known: Iterable[str], *hints: str) -> None:
        """Note a key that is not known, with `hints`, else with the known key that is most like it."""
        name = str(at[-1])
        known = tuple(known)
        where = dotted(at[:-1])
        message = f"unknown key `{name}` in `[{where}]`" if where else f"unknown key `{name}`"
        choice = (f"known keys: {', '.join(known)}",) if known else ()
        chosen = hints or did_you_mean(name, known) or choice
        self.report(Rule.CONFIG_UNKNOWN_KEY, message, at, key=True, hints=chosen)

    def each(self, value: Any, at: Path, kind: Kind, item: Kind) -> Any:
        """A list of values; a value that is no list counts as a list of one. Wrong items are left out."""
        if isinstance(value, dict):
            return self.wrong(value, at, kind)
        if not isinstance(value, list):
            one = item.read(self, value, at)
            return UNSET if one is UNSET else (one,)
        read = (item.read(self, one, (*at, index)) for index, one in enumerate(value))
        return tuple(one for one in read if one is not UNSET)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key accepts: a name for messages and the handbook, an example in TOML, and its reading."""

    name: str
    example: str
    read: Callable[[Reader, Any, Path], Any]
    """Gives the value as `Config` has it, or `UNSET` after a report."""


def dotted(at: Path) -> str:
    """A path as people write it; positions in arrays are left out, the place shows them."""
    return ".".join(part for part in at if isinstance(part, str))


def describe(value: Any) -> str:
    """A value in a message: what it is and, when it is short, what it says."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{value if len(value) <= _SHOWN else value[:_SHOWN] + "…"}"'
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
