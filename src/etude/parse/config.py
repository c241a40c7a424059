"""Configuration: the text of `etude.toml` enters, a usable `Config` and every problem leave."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from etude.model.block import Resources
from etude.model.config import (
    BibliographyConfig,
    Config,
    Entry,
    ExecuteConfig,
    InventoryConfig,
    LaunchConfig,
    LibraryConfig,
    Macro,
    Part,
    Variant,
)
from etude.model.config_forms import EpubConfig, HtmlConfig, PdfConfig, PdfFaces
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.localized import Localized
from etude.model.rules import Rule, Severity
from etude.model.span import LineIndex, Span
from etude.parse.config_keys import KEYS, OPEN, RESERVED, SECTIONS, Key, keys_of
from etude.parse.config_reader import Reader, describe
from etude.parse.config_requirements import environments
from etude.parse.config_spelling import did_you_mean
from etude.parse.config_values import LANGUAGES
from etude.parse.toml_spans import Path, locate

__all__ = ["KEYS", "SECTIONS", "Key", "parse_config"]

_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\s*$")


def parse_config(text: str, path: str = "etude.toml") -> tuple[Config, tuple[Diagnostic, ...]]:
    """Read a configuration; what is wrong in it is reported, all at once, and takes its default.

    Diagnostics are in the order of the file. With a syntax error nothing else is read.
    """
    # A byte order mark is no TOML; a space in its place keeps all offsets.
    text = " " + text[1:] if text.startswith("\ufeff") else text
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Config(), (_syntax_error(text, path, error),)
    except RecursionError:
        return Config(), (diagnose(Rule.CONFIG_SYNTAX, "arrays or tables are nested too deeply", path),)
    found = locate(text)
    reader = Reader(path, found)
    config = _Assembly(reader, tree).config()
    order = sorted(reader.diagnostics, key=lambda one: (one.place.span.start, one.place.span.end))
    return config, tuple(order)


def _syntax_error(text: str, path: str, error: tomllib.TOMLDecodeError) -> Diagnostic:
    message = str(error)
    where = _WHERE.search(message)
    at = len(text.rstrip())
    if where:
        message = message[: where.start()]
        if where[1]:
            # tomllib counts lines as `LineIndex` does: `\r\n` is one end, and columns are characters.
            starts = LineIndex(text).starts
            line = min(int(where[1]), len(starts))
            at = min(starts[line - 1] + int(where[2]) - 1, len(text))
    end = at + 1 if at < len(text) and text[at] not in "\r\n" else at
    said = message[:1].lower() + message[1:]
    return diagnose(Rule.CONFIG_SYNTAX, f"not valid TOML: {said}", path, Span(at, end))


class _Assembly:
    """Takes the tables of one file apart and puts a `Config` together."""

    def __init__(self, reader: Reader, tree: dict[str, Any]) -> None:
        self.reader, self.tree = reader, tree

    def config(self) -> Config:
        """Read every table; those that are not known are reported."""
        for name in self.tree:
            if name not in SECTIONS:
                self.reader.unknown((name,), SECTIONS, *_belongs(name, ""))
        book = self.book()
        chapters = book.pop("chapters", None)
        html = self.section("html", nested="redirects")
        names, tables = book.get("variants", ()), self.variant_tables(book.get("variants", ()))
        execute = self.execute()
        for name in (*OPEN, *RESERVED):
            self.reserved(name)
        return Config(
            **{**book, "variants": tuple(_variant(name, tables.get(name, {})) for name in names)},
            parts=self.parts(chapters),
            execute=execute,
            environments=environments(self.reader, execute, names, tables),
            html=HtmlConfig(**html),
            pdf=self.pdf(),
            epub=EpubConfig(**self.section("epub")),
            redirects=self.redirects(),
            launch=LaunchConfig(**self.section("launch")),
            library=LibraryConfig(**self.section("library")),
            bibliography=BibliographyConfig(**self.section("bibliography")),
            inventories=self.inventories(),
            substitutions=self.substitutions(),
            macros=self.macros(),
            abbreviations=self.abbreviations(),
            trust=html.get("trust", False),
            spans=tuple((".".join(map(str, at)), place.value) for at, place in self.reader.found.items()),
        )

    def book(self) -> dict[str, Any]:
        """``[book]``: the languages first, since titles are checked against them."""
        reader = self.reader
        table = self.table("book")
        if "languages" in table:
            trial = Reader(reader.path, reader.found)
            languages = LANGUAGES.read(trial, table["languages"], ("book", "languages"))
            reader.languages = None if trial.diagnostics else languages
        fields = self.section("book")
        several = len(fields.get("languages", ())) > 1
        if several and fields.get("language_folders") is False:
            message = "a book in several languages needs a folder for each"
            hints = ("remove `language_folders`",)
            del fields["language_folders"]
            reader.report(Rule.CONFIG_VALUE, message, ("book", "language_folders"), hints=hints)
        if fields.get("home") == "":
            del fields["home"]
            reader.report(
                Rule.CONFIG_VALUE, "`book.home` is empty", ("book", "home"), hints=('write `home = "index"`',)
            )
        if table.get("title", "") == "":
            message = "the book has no title" if "book" in self.tree else "there is no `[book]` table"
            hints = ('write `title = "…"` below `[book]`',)
            reader.report(
                Rule.CONFIG_MISSING, message, ("book",), key=True, hints=hints, severity=Severity.WARNING
            )
        return fields

    def execute(self) -> ExecuteConfig:
        """``[execute]`` with its table of resources."""
        fields = self.section("execute", nested="resources")
        if "resources" in self.table("execute"):
            at = ("execute", "resources")
            fields["resources"] = Resources(
                **self.read(self.tree["execute"]["resources"], at, "execute.resources")
            )
        return ExecuteConfig(**fields)

    def pdf(self) -> PdfConfig:
        """``[pdf]`` with its table of faces."""
        fields = self.section("pdf", nested="faces")
        if "faces" in self.table("pdf"):
            faces = self.read(self.tree["pdf"]["faces"], ("pdf", "faces"), "pdf.faces")
            fields["faces"] = PdfFaces(**faces)
        return PdfConfig(**fields)

    def variant_tables(self, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        """What ``[variant.NAME]`` says of the book's variants."""
        tables = self.named("variant")
        for name in tables:
            if name not in names:
                at = ("variant", name)
                message = f"`{name}` is none of the book's variants"
                hints = did_you_mean(name, names) or ("add it to `[book] variants`",)
                self.reader.report(Rule.CONFIG_UNKNOWN_KEY, message, at, key=True, hints=hints)
        return tables

    def inventories(self) -> tuple[InventoryConfig, ...]:
        """Every ``[inventory.NAME]``; one without an address is of no use."""
        tables = self.named("inventory")
        for name in tables:
            table = self.tree["inventory"][name]
            if isinstance(table, dict) and "url" not in table:
                message, hints = f"the inventory `{name}` has no `url`", ('write `url = "https://…"`',)
                self.reader.report(Rule.CONFIG_MISSING, message, ("inventory", name), hints=hints)
        return tuple(InventoryConfig(name, **fields) for name, fields in tables.items() if fields.get("url"))

    def substitutions(self) -> tuple[tuple[str, str], ...]:
        """``[substitutions]``, sorted; numbers are taken as they print."""
        kind = keys_of("substitutions")["NAME"].kind
        pairs = []
        for name, value in self.table("substitutions").items():
            plain = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            text = kind.read(self.reader, plain, ("substitutions", name))
            if text is not UNSET:
                pairs.append((name, text))
        return tuple(sorted(pairs))

    def macros(self) -> tuple[Macro, ...]:
        """``[macros]``, in the order of the file."""
        kind = keys_of("macros")["NAME"].kind
        table = self.read_table(self.tree.get("macros", {}), ("macros",), "[macros]")
        read = (kind.read(self.reader, value, ("macros", name)) for name, value in table)
        return tuple(one for one in read if one is not UNSET)

    def abbreviations(self) -> tuple[tuple[str, str], ...]:
        """``[abbreviations]``, in the order of the file."""
        kind = keys_of("abbreviations")["NAME"].kind
        table = self.read_table(self.tree.get("abbreviations", {}), ("abbreviations",), "[abbreviations]")
        read = ((name, kind.read(self.reader, value, ("abbreviations", name))) for name, value in table)
        return tuple((name, text) for name, text in read if text is not UNSET and name.strip())

    def redirects(self) -> tuple[tuple[str, str], ...]:
        """``[html.redirects]``, in the order of the file."""
        kind = keys_of("html.redirects")["NAME"].kind
        at = ("html", "redirects")
        table = self.table("html").get("redirects", {})
        read = (
            (old, kind.read(self.reader, new, (*at, old)))
            for old, new in self.read_table(table, at, "[html.redirects]")
        )
        return tuple((old, new) for old, new in read if new is not UNSET)

    def parts(self, chapters: tuple[Entry, ...] | None) -> tuple[Part, ...]:
        """Every ``[[part]]``, or the one part that ``[book] chapters`` makes."""
        reader = self.reader
        tables = self.tree.get("part", [])
        if not isinstance(tables, list):
            message = f"`part` is {describe(tables)}, not a list of tables"
            reader.report(Rule.CONFIG_VALUE, message, ("part",), hints=("write `[[part]]` above each part",))
            tables = []
        if chapters is not None and tables:
            message = "the book has `chapters` and parts: only one of them can hold the contents"
            hints = ("move these chapters into a `[[part]]`",)
            reader.report(Rule.CONFIG_VALUE, message, ("book", "chapters"), key=True, hints=hints)
        elif chapters is not None:
            return (Part(Localized(), chapters),)
        parts = []
        for index, table in enumerate(tables):
            at = ("part", index)
            fields = self.read(table, at, "part")
            if isinstance(table, dict) and "chapters" not in table:
                hints = ('write `chapters = ["…"]`',)
                reader.report(Rule.CONFIG_MISSING, "the part has no `chapters`", at, hints=hints)
            parts.append(Part(**{"title": Localized(), "chapters": (), **fields}))
        return tuple(parts)

    def reserved(self, name: str) -> None:
        """A table that is not read yet."""
        for key in self.table(name):
            if name in RESERVED and key not in RESERVED[name]:
                self.reader.unknown((name, key), RESERVED[name])

    def table(self, name: str) -> dict[str, Any]:
        """A table of the top level; empty when it is absent or no table."""
        value = self.tree.get(name, {})
        return value if isinstance(value, dict) else {}

    def section(self, name: str, *, nested: str = "") -> dict[str, Any]:
        """The fields of a table of the top level; `nested` is a table in it that is read by itself."""
        return self.read(self.tree[name], (name,), name, nested=nested) if name in self.tree else {}

    def named(self, name: str) -> dict[str, dict[str, Any]]:
        """The fields of all tables ``[name.NAME]``."""
        tables = self.read_table(self.tree.get(name, {}), (name,), f"[{name}.NAME]")
        return {one: self.read(table, (name, one), f"{name}.NAME") for one, table in tables}

    def read(self, table: Any, at: Path, section: str, *, nested: str = "") -> dict[str, Any]:
        """The fields of a table: what is right in it, by name; the rest is reported."""
        known = keys_of(section)
        fields = {}
        for name, value in self.read_table(table, at, f"[{section}]"):
            if name in known:
                read = known[name].kind.read(self.reader, value, (*at, name))
                if read is not UNSET:
                    fields[name] = read
            elif name != nested:
                self.reader.unknown((*at, name), known, *_belongs(name, section))
        return fields

    def read_table(self, table: Any, at: Path, header: str) -> Iterator[tuple[str, Any]]:
        """The pairs of what should be a table."""
        if isinstance(table, dict):
            yield from table.items()
            return
        message = f"`{at[0] if isinstance(at[-1], int) else at[-1]}` is {describe(table)}, not a table"
        self.reader.report(Rule.CONFIG_VALUE, message, at, hints=(f"write `{header}` on a line of its own",))


def _variant(name: str, fields: dict[str, Any]) -> Variant:
    """A variant; a title for every language is a plain text."""
    kernel, library = fields.get("kernel", ""), fields.get("library", "")
    match fields.get("title"):
        case None:
            return Variant(name, name, kernel, library)
        case Localized(texts=()):
            return Variant(name, "", kernel, library)
        case Localized(texts=(("", title),)):
            return Variant(name, title, kernel, library)
        case title:
            return Variant(name, title, kernel, library)


def _belongs(name: str, section: str) -> tuple[str, ...]:
    """A hint where a key is at home, when it is one of another table."""
    homes = [key.section for key in KEYS if key.name == name and key.section != section]
    return (f"`{name}` belongs in `[{homes[0]}]`",) if homes else ()
