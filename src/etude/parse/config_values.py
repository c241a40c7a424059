"""Kinds of values of `etude.toml`: what they accept and how it becomes a value of `Config`."""

from __future__ import annotations

import datetime as dt
import keyword
import math
import posixpath
import re
import sys
from typing import Any

from msgspec import UNSET

from etude.model.config import Macro
from etude.model.localized import Localized
from etude.model.rules import Rule
from etude.parse.config_reader import Kind, Reader, dotted
from etude.parse.config_spelling import did_you_mean
from etude.parse.tolerances import read_tolerance
from etude.parse.toml_spans import Path

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[\w][\w.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OUTSIDE = re.compile(r"(?:/|~/|\$\w|\$\{\w+\}).*", re.DOTALL)
_COMMAND = re.compile(r"[A-Za-z]+|[^A-Za-z\s\\]")
_URL = re.compile(r"https?://[^\s/]+\S*")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
MYBINDER = "https://mybinder.org"
_BYTES = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?\s*", re.IGNORECASE)


def byte_count(text: str) -> int | None:
    """Bytes of a size such as ``2GB``, ``512 MiB`` or ``1000``; None when it is none."""
    match = _BYTES.fullmatch(text)
    if match is None:
        return None
    step = 1024 if match[3] else 1000
    power = " KMGT".index(match[2].upper() or " ")
    return round(float(match[1]) * float(step**power))


def book_path(text: str) -> str | None:
    """A path below the book's root, without a leading slash; None when it leads out of it."""
    if not text.strip() or "\\" in text or text.startswith("~") or re.match(r"[A-Za-z]:", text):
        return None
    path = posixpath.normpath(text.lstrip("/") or ".")
    return None if path == ".." or path.startswith("../") else path


def _text(reader: Reader, value: Any, at: Path) -> Any:
    return value if isinstance(value, str) else reader.wrong(value, at, TEXT)


def _flag(reader: Reader, value: Any, at: Path) -> Any:
    return value if isinstance(value, bool) else reader.wrong(value, at, FLAG)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _seconds(reader: Reader, value: Any, at: Path) -> Any:
    return float(value) if _is_number(value) and value > 0 else reader.wrong(value, at, SECONDS)


def _amount(reader: Reader, value: Any, at: Path) -> Any:
    return float(value) if _is_number(value) and value >= 0 else reader.wrong(value, at, AMOUNT)


def _seed(reader: Reader, value: Any, at: Path) -> Any:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32
    return value if fits else reader.wrong(value, at, SEED)


def _depth(reader: Reader, value: Any, at: Path) -> Any:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3
    return value if fits else reader.wrong(value, at, DEPTH)


def _size(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    count = byte_count(value) if isinstance(value, str) else None
    return count if count is not None else reader.wrong(value, at, SIZE)


def _tolerance(reader: Reader, value: Any, at: Path) -> Any:
    found = read_tolerance(str(value)) if isinstance(value, str) or _is_number(value) else None
    return found if found is not None else reader.wrong(value, at, TOLERANCE)


def _date(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    fits = isinstance(value, str) and (value == "" or _is_date(value))
    return value if fits else reader.wrong(value, at, DATE)


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def matching(pattern: re.Pattern[str], name: str, example: str) -> Kind:
    """The kind of texts that a pattern covers."""

    def read(reader: Reader, value: Any, at: Path) -> Any:
        fits = isinstance(value, str) and pattern.fullmatch(value)
        return value if fits else reader.wrong(value, at, kind)

    kind = Kind(name, example, read)
    return kind


def _address(reader: Reader, value: Any, at: Path) -> Any:
    fits = isinstance(value, str) and (value == "" or _URL.fullmatch(value))
    return value if fits else reader.wrong(value, at, URL)


def _site(reader: Reader, value: Any, at: Path) -> Any:
    address = _address(reader, value, at)
    return address if address is UNSET or address.endswith("/") or not address else address + "/"


def _edit(reader: Reader, value: Any, at: Path) -> Any:
    address = _address(reader, value, at)
    if address is UNSET or not address or "{path}" in address:
        return address
    return reader.wrong(value, at, EDIT)


def _hub(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, bool):
        return MYBINDER if value else ""
    address = reader.wrong(value, at, HUB) if not isinstance(value, str) else _address(reader, value, at)
    return address if address is UNSET else address.rstrip("/")


def _target(reader: Reader, value: Any, at: Path) -> Any:
    return value if isinstance(value, str) and value.strip() else reader.wrong(value, at, TARGET)


def _path(reader: Reader, value: Any, at: Path) -> Any:
    if not isinstance(value, str):
        return reader.wrong(value, at, PATH)
    path = "" if value == "" else book_path(value)
    if path is not None:
        return path
    message = f"`{dotted(at)}` leads out of the book: {value}"
    return reader.report(
        Rule.PATH_OUTSIDE,
        message,
        at,
        hints=("paths are relative to the book's folder, with `/` between folders",),
    )


def _folder(reader: Reader, value: Any, at: Path) -> Any:
    path = _path(reader, value, at)
    return reader.wrong(value, at, FOLDER) if path in ("", ".") else path


def _page(reader: Reader, value: Any, at: Path) -> Any:
    path = _path(reader, value, at)
    return path if path is UNSET else page_name(path)


def page_name(path: str) -> str:
    """A page's path without the suffix of a source file."""
    return path.removesuffix(".md").removesuffix(".ipynb")


def _macro(reader: Reader, value: Any, at: Path) -> Any:
    name = str(at[-1])
    if _COMMAND.fullmatch(name) is None:
        message = f"`{name}` is no name of a command: letters, or one sign"
        return reader.report(Rule.CONFIG_VALUE, message, at, key=True)
    table = {"body": value} if isinstance(value, str) else value
    if (
        not isinstance(table, dict)
        or not isinstance(table.get("body"), str)
        or not isinstance(table.get("optional", ""), str)
        or not table.keys() <= {"body", "optional"}
    ):
        return reader.wrong(value, at, MACRO)
    return Macro(name, table["body"], table.get("optional"))


def _language(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, str) and _LANGUAGE.fullmatch(value):
        return value
    better = value.replace("_", "-") if isinstance(value, str) else ""
    hints = (f"did you mean `{better}`?",) if better != value and _LANGUAGE.fullmatch(better) else ()
    return reader.wrong(value, at, LANGUAGE, *hints)


def _own_language(reader: Reader, value: Any, at: Path) -> Any:
    known = reader.languages
    if isinstance(value, str) and (known is None or value in known):
        return value
    hints = did_you_mean(value, known or ()) if isinstance(value, str) else ()
    return reader.wrong(value, at, OWN_LANGUAGE, *hints)


def _module(reader: Reader, value: Any, at: Path) -> Any:
    if value == "":
        return value
    if not (
        isinstance(value, str) and value.isascii() and value.isidentifier() and not keyword.iskeyword(value)
    ):
        return reader.wrong(value, at, MODULE)
    if value in sys.stdlib_module_names:
        message = f"`{dotted(at)}` is `{value}`, which would hide a module of Python's own"
        return reader.report(Rule.CONFIG_VALUE, message, at, hints=(f"for example `{value}_book`",))
    return value


def list_of(item: Kind, name: str, example: str) -> Kind:
    """The kind of lists of `item`."""

    def read(reader: Reader, value: Any, at: Path) -> Any:
        return reader.each(value, at, kind, item)

    kind = Kind(name, example, read)
    return kind


def list_of_distinct(item: Kind, name: str, example: str, *, empty: bool) -> Kind:
    """The kind of lists without doubles; with `empty` they may hold nothing. All of it counts, or nothing."""

    def read(reader: Reader, value: Any, at: Path) -> Any:
        before = len(reader.diagnostics)
        items = reader.each(value, at, kind, item)
        if items is UNSET:
            return UNSET
        if not items and not empty:
            if len(reader.diagnostics) == before:
                reader.report(Rule.CONFIG_VALUE, f"`{dotted(at)}` is empty", at, hints=(f"write {name}",))
            return UNSET
        seen: dict[str, None] = {}
        for index, one in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(one, str):
                continue
            if one.casefold() in seen:
                reader.report(Rule.CONFIG_VALUE, f"`{one}` stands twice in `{dotted(at)}`", (*at, index))
            seen[one.casefold()] = None
        return tuple({one.casefold(): one for one in reversed(items)}.values())[::-1]

    kind = Kind(name, example, read)
    return kind


def one_of(*choices: str) -> Kind:
    """The kind of texts that are one of a few words."""

    def read(reader: Reader, value: Any, at: Path) -> Any:
        if isinstance(value, str) and value in choices:
            return value
        return reader.wrong(
            value, at, kind, *(did_you_mean(value, choices) if isinstance(value, str) else ())
        )

    kind = Kind(f"one of {', '.join(choices)}", f'"{choices[0]}"', read)
    return kind


def _localized(reader: Reader, value: Any, at: Path) -> Any:
    if isinstance(value, str):
        return Localized((("", value),) if value else ())
    if not isinstance(value, dict):
        return reader.wrong(value, at, LOCALIZED)
    texts: list[tuple[str, str]] = []
    for language, text in value.items():
        if reader.languages is not None and language not in reader.languages:
            message = f"`{dotted(at)}` has a text for `{language}`, which is none of the book's languages"
            near = did_you_mean(language, reader.languages)
            hints = near or (
                f"the languages are {', '.join(reader.languages)}; add it to `[book] languages`",
            )
            reader.report(Rule.CONFIG_UNKNOWN_KEY, message, (*at, language), key=True, hints=hints)
        elif not isinstance(text, str):
            reader.wrong(text, (*at, language), TEXT)
        else:
            texts.append((language, text))
    return Localized(tuple(texts))


TEXT = Kind("a text", '"…"', _text)
LOCALIZED = Kind("a text, or a table with one for each language", '{ zh = "…", en = "…" }', _localized)
FLAG = Kind("true or false", "true", _flag)
SECONDS = Kind("a number of seconds above 0", "600", _seconds)
AMOUNT = Kind("a number of 0 or more", "1", _amount)
SEED = Kind("a whole number from 0 to 4294967295", "0", _seed)
DEPTH = Kind("1, 2 or 3", "2", _depth)
SIZE = Kind("a number of bytes, or a text such as 2GB", '"2GB"', _size)
TOLERANCE = Kind("a number of 0 or more, or a text such as rtol=1e-2 image=0.1", "1e-3", _tolerance)
DATE = Kind("a date, or a text YYYY, YYYY-MM or YYYY-MM-DD", "2026-09-01", _date)
URL = Kind("an address that begins with http:// or https://", '"https://example.org/"', _address)
SITE = Kind(URL.name, URL.example, _site)
HUB = Kind("true, or the address of a hub", '"https://mybinder.org"', _hub)
EDIT = Kind("an address with {path} in it", '"https://example.org/edit/{path}"', _edit)
PATH = Kind("a path in the book", '"img/logo.svg"', _path)
FOLDER = Kind("the path of a folder in the book", '"results"', _folder)
PAGE = Kind("the name of a page", '"index"', _page)
MACRO = Kind("LaTeX, or a table with body and optional", "'\\mathbb{R}'", _macro)
LANGUAGE = Kind("a language tag", '"zh"', _language)
OWN_LANGUAGE = Kind("one of the book's languages", '"en"', _own_language)
NAME = matching(_NAME, "a name of letters, digits, -, _ and .", '"numpy"')
OUTSIDE = matching(_OUTSIDE, "a pattern of files outside of the book", '"~/data/*.gz"')
VARIABLE = matching(_VARIABLE, "the name of an environment variable", '"HOME"')
MODULE = Kind("a name that Python can import", '"mybook"', _module)
TARGET = Kind("the name of a page, or an address", '"start/new"', _target)
TEXTS = list_of(TEXT, "a list of texts", '["…"]')
OUTSIDES = list_of(OUTSIDE, "a list of patterns that begin with /, ~/ or $VAR", '["~/data/*.gz"]')
PATHS = list_of(PATH, "a list of paths in the book", '["references.bib"]')
VARIABLES = list_of(VARIABLE, "a list of names of environment variables", '["HOME"]')
LANGUAGES = list_of_distinct(LANGUAGE, "a list of language tags", '["zh", "en"]', empty=False)
NAMES = list_of_distinct(NAME, "a list of names", '["numpy", "pytorch"]', empty=True)
