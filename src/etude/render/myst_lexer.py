"""A Pygments lexer for the Markdown of books: directives, options, roles and labels stand out."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, using
from pygments.token import Comment, Generic, Keyword, Name, Punctuation, String, Text

__all__ = ["MystLexer"]

_groups: Any = bygroups
_using: Any = using

_FENCE = r"^([ \t>]*)(`{3,}|~{3,}|:{3,})"
_OPTION = r"[ \t>]*:[\w-]+:[^\n]*\n"
_CODE = r"(\{(?:code|code-block|code-cell|sourcecode|math|eval-rst|csv-table)\}|(?![`~:{]))"


class _Options(RegexLexer):
    tokens: ClassVar[dict[str, Any]] = {
        "root": [(r"^([ \t>]*)(:[\w-]+:)", _groups(Text, Name.Attribute)), (r"[^\n]+|\n", Text)]
    }


class MystLexer(RegexLexer):
    """The marks of MyST Markdown (https://mystmd.org); code within it stays plain."""

    name = "MyST"
    aliases: ClassVar[list[str]] = []
    filenames: ClassVar[list[str]] = []
    flags = re.MULTILINE
    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            # A fence around code: within it, nothing is a mark. The bound keeps fences that are
            # never closed from being looked for again and again.
            (
                rf"{_FENCE}{_CODE}([^\n]*\n)((?:{_OPTION})*)((?:[^\n]*\n){{0,500}}?)([ \t>]*\2)(?=[ \t]*$)",
                _groups(Text, Punctuation, Keyword, Text, _using(_Options), Text, Punctuation),
            ),
            (rf"{_FENCE}(\{{[\w:-]+\}})?([^\n]*\n?)", _groups(Text, Punctuation, Keyword, Text)),
            (r"^([ \t>]*)(:[\w-]+:)(?=[ \n])", _groups(Text, Name.Attribute)),
            (r"^%[^\n]*", Comment.Single),
            (r"^#{1,6} [^\n]*", Generic.Heading),
            (r"^\([^\s()]+\)=", Name.Decorator),
            (r"(\{[\w:-]+\})(`+)([^`\n]+)(\2)", _groups(Name.Function, String, String, String)),
            (r"(`+)[^`\n]+\1(?!`)", String),
            (r"\$[^$\s](?:[^$\n]*[^$\s])?\$", String),
            (r"`+|[^\W_]+|[\s\S]", Text),
        ]
    }
