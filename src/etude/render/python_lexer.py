"""Pygments' Python lexer, several times faster on the code that books hold.

Pygments tries some forty expressions for every token. Here one expression finds the next token;
what a word is, Pygments is asked once and the answer kept; whatever is not simple (formatted
strings, imports, pattern matching) is handed to Pygments piece by piece; a formatted string that
may hold its own quotation marks, with the rest of its line. The types are the same
as Pygments' own, which a test holds to over the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pygments.lexers.python import PythonLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

__all__ = ["FastPythonLexer"]

_TOKEN = re.compile(
    r"""
      (?P<doc>   (?m:^) (?:[^\S\n]*) [rRuUbB]{0,2} (?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}) )
    | (?P<soft>  (?m:^) [ \t]* (?:match|case|lazy)\b [^\n]* )
    | (?P<blank> [^\S\n]+ | \n+ )
    | (?P<define> (?:def|class) \b [^\S\n]+ \w+ )
    | (?P<module> (?:from|import) \b (?: [^\S\n]+ [\w.]+ (?: [^\S\n]+ (?:as|import)\b (?:[^\S\n]+ \w+)? )?
                  (?: [^\S\n]* , [^\S\n]* [\w.]+ (?: [^\S\n]+ as [^\S\n]+ \w+ )? )* )? )
    | (?P<text>  (?:[uU]|[bB]|[rR][bB]?|[bB][rR])? (?: \"(?!\"\")[^\"\\%{\n]*\" | '(?!'')[^'\\%{\n]*' ) )
    | (?P<nested> (?:[fFtT][rR]?|[rR][fFtT])
                  (?: \"(?!\"\")[^\"\n]{0,300}\{[^}\"\n]{0,300}\"
                  | '(?!'')[^'\n]{0,300}\{[^}'\n]{0,300}' ) [^\n]* )
    | (?P<other> (?:[A-Za-z]{0,2}) (?: \"{3}(?:[^\\]|\\[\s\S])*?(?:\"{3}|\Z)
                 | '{3}(?:[^\\]|\\[\s\S])*?(?:'{3}|\Z)
                 | \"(?:[^\"\\\n]|\\[\s\S])*(?:\"|(?=\n)|\Z) | '(?:[^'\\\n]|\\[\s\S])*(?:'|(?=\n)|\Z) ) )
    | (?P<word>  yield[ ]from\b | [^\W\d]\w* )
    | (?P<float> (?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?
                 | \d(?:_?\d)*[eE][+-]?\d(?:_?\d)*j? )
    | (?P<number> 0[oO](?:_?[0-7])+ | 0[bB](?:_?[01])+ | 0[xX](?:_?[a-fA-F0-9])+ | \d(?:_?\d)* )
    | (?P<decorator> @[^\W\d]\w* )
    | (?P<operator> != | == | << | >> | := | [-~+/*%=<>&^|.@] )
    | (?P<mark>  []{}:(),;[]+ )
    | (?P<note>  \#[^\n]* )
    | (?P<rest>  [\s\S] )
    """,
    re.VERBOSE,
)

_DOC = re.compile(r"(\s*)([rRuUbB]*)([\s\S]*)")
_DOC_TYPES = (Whitespace, String.Affix, String.Doc)
_REMEMBERED = 10_000
"""Pieces whose tokens are kept."""

_SIMPLE: dict[str, Any] = {
    "blank": Whitespace,
    "text": String.Double,
    "float": Number.Float,
    "number": Number.Integer,
    "decorator": Name.Decorator,
    "operator": Operator,
    "mark": Punctuation,
    "note": Comment.Single,
}


class FastPythonLexer(PythonLexer):
    """The types of `PythonLexer`; neighbouring tokens of one type may come as one."""

    name = "Python (fast)"
    aliases: ClassVar[list[str]] = []
    filenames: ClassVar[list[str]] = []

    def __init__(self, **options: Any) -> None:
        """Take Pygments' options."""
        super().__init__(**options)
        self._words: dict[str, Any] = {}
        self._pieces: dict[str, tuple[tuple[Any, str], ...]] = {}

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, Any, str]]:
        """Offset, type and text of each token of `text`."""
        if tuple(stack) != ("root",) or text.startswith("#!"):
            yield from super().get_tokens_unprocessed(text, tuple(stack))
            return
        words, dotted = self._words, False
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or "rest"
            value = match[0]
            start = match.start()
            if kind == "word":
                key = f".{value}" if dotted else value
                found = words.get(key)
                yield start, found if found is not None else self._word(key), value
            elif kind in _SIMPLE:
                yield start, _SIMPLE[kind], value
            elif kind == "define":
                word, blank, name = re.split(r"([^\S\n]+)", value, maxsplit=1)
                yield start, Keyword, word
                yield start + len(word), Whitespace, blank
                yield start + len(word) + len(blank), self._defined(word, name), name
            elif kind == "doc":
                parts = _DOC.fullmatch(value)
                assert parts is not None
                for found, piece in zip(_DOC_TYPES, parts.groups(), strict=True):
                    if piece:
                        yield start, found, piece
                        start += len(piece)
            else:
                for found, piece in self._piece(value, whole_line=kind == "soft"):
                    yield start, found, piece
                    start += len(piece)
            dotted = value == "."

    def _word(self, key: str) -> Any:
        """What Pygments takes a word for, after a dot when `key` begins with one."""
        # A semicolon stands for whatever is before the word: at the start of a line `match` is special.
        tokens = list(super().get_tokens_unprocessed(f";{key}"))[2 if key.startswith(".") else 1 :]
        found = tokens[0][1] if len(tokens) == 1 else (Name if tokens else Text)
        self._words[key] = found
        return found

    def _defined(self, word: str, name: str) -> Any:
        if word == "class":
            return Name.Class
        magic = self._words.get(name) or self._word(name)
        return magic if magic is Name.Function.Magic else Name.Function

    def _piece(self, text: str, *, whole_line: bool) -> tuple[tuple[Any, str], ...]:
        """Tokens of a piece as Pygments has them."""
        known = self._pieces.get(text)
        if known is None:
            tokens = super().get_tokens_unprocessed(text if whole_line else f";{text}")
            known = tuple((kind, value) for _, kind, value in tokens)[not whole_line :]
            if len(self._pieces) < _REMEMBERED:
                self._pieces[text] = known
        return known
