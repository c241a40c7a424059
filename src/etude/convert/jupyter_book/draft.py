"""What an `etude.toml` is going to say, gathered from several files, with an account of every value.

A value goes in with the item that it was read from. So the written file has an origin for it, a message that
names the key of `etude.toml` can name the author's own, and the report can tell what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from etude.convert.account import Account
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Placed, Plain, Toml, Written
from etude.model.diagnostic import Diagnostic, Place, diagnose
from etude.model.rules import Rule
from etude.parse.config_keys import keys_of

__all__ = ["Draft", "Handler", "Unit"]

Handler: TypeAlias = "Callable[[Draft, Item], None]"
"""Reads the value of one key."""

_ORDER = (
    *("book", "part", "execute", "html", "pdf", "epub", "launch", "bibliography"),
    *("inventory", "substitutions", "abbreviations", "macros", "html.redirects"),
)
_SHOWN = 40


class Unit:
    """A part of the contents."""

    def __init__(self, title: Plain, chapters: Sequence[Plain], place: Place, *, numbered: bool) -> None:
        """With the entries as `etude.toml` has them; `place` is where it was read."""
        self.title, self.chapters, self.place, self.numbered = title, chapters, place, numbered


class Draft:
    """The tables of an `etude.toml` that is to be."""

    def __init__(self, path: str) -> None:
        """Read from the file at `path`, mainly."""
        self.path = path
        self.account = Account()
        self.problems: list[Diagnostic] = []
        self.names: dict[str, str] = {}
        """Dotted keys of `etude.toml`, and what they are called in the files that were read."""
        self.unread: list[Item] = []
        """Settings that mean nothing here, and that a reader of the book may miss."""
        self.units: list[Unit] = []
        self._tables: dict[str, dict[str, Plain]] = {}
        self._places: dict[str, Place] = {}

    # what comes in

    def put(self, table: str, key: str, value: Plain, item: Item, said: str = "") -> None:
        """Set a key to what an item says; the first that sets it counts."""
        found = self._tables.setdefault(table, {})
        if key in found:
            return
        found[key] = value if isinstance(value, Placed) else Placed(value, item.place)
        self._places.setdefault(table, item.place)
        self.names.setdefault(f"{table}.{key}", item.at)
        self.kept(item, said or f"`{key}` in `[{table}]`")

    def default(self, table: str, key: str, value: Plain, place: Place) -> None:
        """Set a key that no item has set to what the other tool does by itself."""
        self._tables.setdefault(table, {}).setdefault(key, Placed(value, place))
        self._places.setdefault(table, place)

    def has(self, table: str, key: str) -> bool:
        """Whether a key is set."""
        return key in self._tables.get(table, {})

    @property
    def home(self) -> str:
        """The front page; empty when nothing names it."""
        found = self._tables.get("book", {}).get("home", "")
        plain = found.value if isinstance(found, Placed) else found
        return plain if isinstance(plain, str) else ""

    def kept(self, item: Item, said: str = "") -> None:
        """An item means the same here."""
        self.account.kept(item.at, item.place.path, item.line, said)

    def changed(self, item: Item, said: str) -> None:
        """An item means something else here, or is not needed."""
        self.account.changed(item.at, item.place.path, item.line, said)

    def lost(self, item: Item, said: str, among: Item | None = None) -> None:
        """An item means nothing here; a build names it, or what it is `among`."""
        self.account.lost(item.at, item.place.path, item.line, said)
        self.unread.append(among or item)

    # reading of values

    def wrong(self, item: Item, wanted: str) -> None:
        """Report that a value is not what its key takes."""
        message = f"`{item.at}` is {_describe(item)}, not {wanted}"
        self.report(Rule.CONFIG_VALUE, message, item)
        self.account.lost(item.at, item.place.path, item.line, f"it is not {wanted}")

    def report(self, rule: Rule, message: str, item: Item, *hints: str) -> None:
        """Report a problem at an item."""
        self.problems.append(diagnose(rule, message, item.place.path, item.place.span, hints=hints))

    def text(self, item: Item) -> str | None:
        """A text, or a number as it is written; reports anything else."""
        if isinstance(item.value, tuple | dict | bool):
            self.wrong(item, "a text")
            return None
        return item.text

    def truth(self, item: Item) -> bool | None:
        """True or false; reports anything else."""
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        found = item.value if isinstance(item.value, bool) else words.get(item.text.lower())
        if found is None:
            self.wrong(item, "true or false")
        return found

    def number(self, item: Item) -> float | None:
        """A number; reports anything else."""
        if isinstance(item.value, int | float) and not isinstance(item.value, bool):
            return item.value
        self.wrong(item, "a number")
        return None

    def texts(self, item: Item) -> list[Plain]:
        """A list of texts, each with its place; one text is a list of one."""
        if isinstance(item.value, dict):
            self.wrong(item, "a list of texts")
            return []
        return [Placed(word, one.place) for one in item.each() if (word := self.text(one)) is not None]

    def table(self, item: Item, handlers: Mapping[str, Handler], other: Handler) -> None:
        """Read the pairs of a table, each by the handler for its key; reports what is no table."""
        if not isinstance(item.value, dict):
            if item.value is not None:
                self.wrong(item, "a table of keys and values")
            return
        for key, value in item.items():
            if value.value is not None:
                handlers.get(key, other)(self, value)

    # what goes out

    def written(self) -> Written:
        """The text of the `etude.toml`."""
        toml = Toml()
        start = Place(self.path)
        for name in _ORDER:
            if name == "part":
                self._units(toml)
                continue
            for table in sorted(one for one in self._tables if one == name or one.startswith(f"{name}.")):
                if table != name and table in _ORDER:
                    continue
                toml.table(table, self._places.get(table, start))
                for key, value in _in_order(table, self._tables[table]):
                    toml.set(key, value)
                if table == "book" and self._alone:
                    toml.set("chapters", Placed(self.units[0].chapters, self.units[0].place))
        return toml.written()

    @property
    def _alone(self) -> bool:
        """Whether the contents are those of a book without parts."""
        return len(self.units) == 1 and self.units[0].title == "" and self.units[0].numbered

    def _units(self, toml: Toml) -> None:
        for unit in () if self._alone else self.units:
            toml.table("part", unit.place, many=True)
            if unit.title != "":
                toml.set("title", unit.title)
            if not unit.numbered:
                toml.set("numbered", value=False)
            toml.set("chapters", Placed(unit.chapters, unit.place))


def _in_order(table: str, values: Mapping[str, Plain]) -> list[tuple[str, Plain]]:
    """The pairs of a table in the order of the handbook; those that authors name, as they come."""
    known = list(keys_of(table))
    return sorted(values.items(), key=lambda pair: known.index(pair[0]) if pair[0] in known else -1)


def _describe(item: Item) -> str:
    value: Any = item.value
    match value:
        case dict():
            return "a table"
        case tuple():
            return "a list"
        case bool():
            return item.text
        case int() | float():
            return f"the number {value}"
        case _:
            return f'the text "{value if len(value) <= _SHOWN else value[:_SHOWN] + "…"}"'
