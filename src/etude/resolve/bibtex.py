"""BibTeX and BibLaTeX files -> entries with their places; never raises.

Fields keep their LaTeX; `latex.to_text` and `names.parse_names` read it when it is printed.
Format: Oren Patashnik, “BibTeXing” (1988); the fields of BibLaTeX: its manual, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.model.span import Span

__all__ = ["Entry", "parse_bibtex", "read_library"]


class Entry(Struct, frozen=True, eq=False):
    """One entry of a bibliography file; equal to itself alone, so that what is made of it can be kept."""

    key: str
    kind: str
    """``article``, ``book``, …; lower-case."""
    fields: dict[str, str]
    """By lower-case name, as LaTeX without the outer braces or quotes; macros are replaced."""
    place: Place
    """From the ``@`` to the key's end."""


_MONTHS = {
    name[:3]: name.capitalize()
    for name in (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    )
}
_ENTRY = re.compile(r"@\s*([A-Za-z][\w-]*)\s*([{(])")
_KEY = re.compile(r"\s*([^\s,{}()=\"#%]*[^\s,{}=\"#%)]?)\s*(?=[,})])")
_FIELD = re.compile(r"[\s,]*([A-Za-z_][\w:.+/-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,{}()=\"#%]+")
_BRACES = re.compile(r"[{}]")
_QUOTED = re.compile(r'[{}"]')
_CONCATENATION = re.compile(r"\s*#\s*")
_BLANK = re.compile(r"[\s,]*")


class _SyntaxError(Exception):
    """Where and why an entry cannot be read on."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def read_library(files: Mapping[str, str]) -> tuple[dict[str, Entry], tuple[Diagnostic, ...]]:
    """All entries of several files by key, in their order; of two with one key the first counts."""
    entries: dict[str, Entry] = {}
    problems: list[Diagnostic] = []
    for path, text in files.items():
        found, broken = parse_bibtex(text, path)
        problems.extend(broken)
        for entry in found:
            first = entries.setdefault(entry.key, entry)
            if first is not entry:
                problems.append(
                    diagnose(
                        Rule.BIBLIOGRAPHY_DUPLICATE,
                        f"the key `{entry.key}` is defined twice; the first entry is used",
                        path,
                        entry.place.span,
                        related=(Related(first.place, "it is first defined here"),),
                    )
                )
    return entries, tuple(problems)


@lru_cache(maxsize=16)  # every language of a book, and every build of a server, reads the same files
def parse_bibtex(text: str, path: str) -> tuple[tuple[Entry, ...], tuple[Diagnostic, ...]]:
    """The entries of one file, and what could not be read, each with its place."""
    reader = _Reader(text, path)
    reader.read()
    return tuple(reader.entries), tuple(reader.problems)


class _Reader:
    """Reads one file from entry to entry; what stands between entries is a comment."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.macros = dict(_MONTHS)
        self.entries: list[Entry] = []
        self.problems: list[Diagnostic] = []

    def read(self) -> None:
        at = 0
        while found := _ENTRY.search(self.text, at):
            start, body = found.start(), found.end()
            kind = found[1].lower()
            closing = "}" if found[2] == "{" else ")"
            try:
                if kind == "comment":
                    at = body
                elif kind == "preamble":
                    at = self._value(body)[1]
                elif kind == "string":
                    at = self._string(body, closing)
                else:
                    at = self._entry(kind, start, body, closing)
            except _SyntaxError as error:
                self._report(str(error), error.at)
                at = self._resume(body)

    def _resume(self, at: int) -> int:
        """The next place where an entry seems to start: an ``@`` at the start of a line."""
        found = re.compile(r"^[ \t]*@", re.MULTILINE).search(self.text, at)
        return found.start() if found else len(self.text)

    def _report(self, message: str, at: int) -> None:
        end = min(at + 1, len(self.text))
        self.problems.append(diagnose(Rule.BIBLIOGRAPHY_SYNTAX, message, self.path, Span(min(at, end), end)))

    def _string(self, at: int, closing: str) -> int:
        field = _FIELD.match(self.text, at)
        if field is None:
            raise _SyntaxError("`@string` needs `name = value`", at)
        value, at = self._value(field.end())
        self.macros[field[1].lower()] = value
        return self._close(at, closing)

    def _close(self, at: int, closing: str) -> int:
        at = self._skip(at)
        if not self.text.startswith(closing, at):
            raise _SyntaxError(f"`{closing}` is missing", at)
        return at + 1

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self.text, at)
        return blank.end() if blank else at

    def _entry(self, kind: str, start: int, at: int, closing: str) -> int:
        found = _KEY.match(self.text, at)
        if found is None or not found[1]:
            raise _SyntaxError(f"`@{kind}` has no key", start)
        key, span = found[1], Span(start, found.end(1))
        at = found.end()
        fields: dict[str, str] = {}
        try:
            while True:
                at = self._skip(at)
                if self.text.startswith(closing, at):
                    at += 1
                    break
                field = _FIELD.match(self.text, at)
                if field is None:
                    raise _SyntaxError(f"a field of `{key}` cannot be read, or `{closing}` is missing", at)
                value, at = self._value(field.end())
                fields.setdefault(field[1].lower(), value)
        finally:  # what was read of a broken entry is still of use
            self.entries.append(Entry(key, kind, fields, Place(self.path, span)))
        return at

    def _value(self, at: int) -> tuple[str, int]:
        """A field's value and where it ends: pieces joined by ``#``."""
        parts: list[str] = []
        while True:
            part, at = self._piece(at)
            parts.append(part)
            joined = _CONCATENATION.match(self.text, at)
            if joined is None:
                return "".join(parts), at
            at = joined.end()

    def _piece(self, at: int) -> tuple[str, int]:
        text = self.text
        if text.startswith("{", at):
            depth = 0
            for brace in _BRACES.finditer(text, at):
                depth += 1 if brace[0] == "{" else -1
                if not depth:
                    return text[at + 1 : brace.start()], brace.end()
            raise _SyntaxError("a brace is opened and never closed", at)
        if text.startswith('"', at):
            depth = 0
            for mark in _QUOTED.finditer(text, at + 1):
                if mark[0] == '"':
                    if not depth:
                        return text[at + 1 : mark.start()], mark.end()
                else:
                    depth += 1 if mark[0] == "{" else -1
            raise _SyntaxError("a quotation mark is opened and never closed", at)
        bare = _BARE.match(text, at)
        if bare is None:
            raise _SyntaxError("a value is missing", at)
        name = bare[0]
        if name.lower() not in self.macros and not name.isdigit():
            self._report(f"the abbreviation `{name}` is not defined by any `@string`", at)
        return self.macros.get(name.lower(), name), bare.end()
