"""Stage render: code becomes runs of text with short classes; every output takes its colours from them."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

__all__ = ["CLASSES", "lines", "tokens"]

CLASSES: dict[str, str] = {
    "k": "keyword",
    "kc": "constant that is a keyword",
    "s": "string",
    "sd": "documentation string",
    "se": "escape or interpolation within a string",
    "n": "number",
    "c": "comment",
    "f": "name of a function where it is defined",
    "t": "name of a class or a type",
    "b": "built-in name",
    "d": "decorator",
    "o": "operator",
    "a": "attribute, key or tag",
    "v": "variable of a shell or a template",
    "m": "name of a module",
    "e": "error",
    "gp": "prompt of a session",
    "go": "output within a session",
    "gh": "heading",
    "gi": "inserted line",
    "gd": "deleted line",
}
"""Class to meaning; text of class ``""`` is plain."""

# Pygments' token types to ours; a type that is absent takes its nearest ancestor's.
_TYPES: dict[str, str] = {
    "Token": "",
    "Token.Comment": "c",
    "Token.Comment.Hashbang": "c",
    "Token.Comment.Preproc": "d",
    "Token.Comment.PreprocFile": "s",
    "Token.Error": "",
    "Token.Escape": "se",
    "Token.Generic": "",
    "Token.Generic.Deleted": "gd",
    "Token.Generic.Error": "e",
    "Token.Generic.Heading": "gh",
    "Token.Generic.Inserted": "gi",
    "Token.Generic.Output": "go",
    "Token.Generic.Prompt": "gp",
    "Token.Generic.Subheading": "gh",
    "Token.Generic.Traceback": "go",
    "Token.Keyword": "k",
    "Token.Keyword.Constant": "kc",
    "Token.Keyword.Type": "t",
    "Token.Literal": "n",
    "Token.Literal.Date": "n",
    "Token.Literal.Number": "n",
    "Token.Literal.String": "s",
    "Token.Literal.String.Affix": "s",
    "Token.Literal.String.Doc": "sd",
    "Token.Literal.String.Escape": "se",
    "Token.Literal.String.Interpol": "se",
    "Token.Name": "",
    "Token.Name.Attribute": "a",
    "Token.Name.Builtin": "b",
    "Token.Name.Builtin.Pseudo": "b",
    "Token.Name.Class": "t",
    "Token.Name.Constant": "",
    "Token.Name.Decorator": "d",
    "Token.Name.Exception": "t",
    "Token.Name.Function": "f",
    "Token.Name.Function.Magic": "f",
    "Token.Name.Namespace": "m",
    "Token.Name.Tag": "a",
    "Token.Name.Variable": "v",
    "Token.Name.Variable.Magic": "b",
    "Token.Operator": "o",
    "Token.Operator.Word": "k",
    "Token.Punctuation": "",
}
_ALIASES = {
    "ipython": "ipython3",
    "ipython3": "python3",
    "py": "python3",
    "python": "python3",
    "sh": "bash",
    "shell": "bash",
    "": "text",
    "none": "text",
    "markdown": "myst",
    "md": "myst",
    "plain": "text",
    "plaintext": "text",
    "txt": "text",
    "text": "text",
}
_MAGIC = frozenset(("ipython", "ipython3", "python", "python3", "py"))
_LONGEST = 400_000
"""Characters of one block that are coloured; longer blocks are data, and stay plain."""


@lru_cache(maxsize=8192)
def tokens(code: str, language: str) -> tuple[tuple[str, str], ...]:
    """Runs of (class, text) that join to `code` exactly; an unknown language gives one plain run."""
    if not code:
        return ()
    language = language.strip().lower()
    lexer = None if len(code) > _LONGEST else _lexer(_ALIASES.get(language, language))
    if lexer is None:
        return (("", code),)
    if language in _MAGIC and ("%" in code or "!" in code) and (magic := _magics(code)):
        return magic
    found = _merge(lexer, code)
    # Some lexers normalise line ends; what does not join to the code is not used.
    return found if code == "".join(text for _, text in found) else (("", code),)


def lines(code: str, language: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The runs of each line, without line ends."""
    rows: list[tuple[tuple[str, str], ...]] = []
    row: list[tuple[str, str]] = []
    for kind, text in tokens(code, language):
        first, *rest = text.split("\n")
        if first:
            row.append((kind, first))
        for piece in rest:
            rows.append(tuple(row))
            row = [(kind, piece)] if piece else []
    return (*rows, tuple(row))


def _magics(code: str) -> tuple[tuple[str, str], ...]:
    """Python with IPython's line magics and shell escapes; empty when there is none."""
    rows = code.split("\n")
    special = [row.lstrip().startswith(("%", "!")) for row in rows]
    if not any(special) or rows[0].startswith("%%"):
        return (("d", rows[0]), ("", "\n" + "\n".join(rows[1:]))) if rows[0].startswith("%%") else ()
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and special[end] == special[at]:
            end += 1
        text = "\n".join(rows[at:end]) + ("\n" if end < len(rows) else "")
        out.extend((("d", text),) if special[at] else tokens(text, "python3-plain"))
        at = end
    return tuple(out)


def _merge(lexer: Any, code: str) -> tuple[tuple[str, str], ...]:
    """Runs with neighbours of one class joined; white space joins what stands before it.

    Many lexers want a line end after the last line: one is given, and taken away again.
    """
    out: list[tuple[str, str]] = []
    kinds = _KINDS
    held, parts = "", [""]
    for _, token, text in lexer.get_tokens_unprocessed(code + "\n"):
        kind = kinds.get(token)
        if kind is None:
            kind = kinds[token] = _kind(str(token))
        if kind == held or (not kind and text.isspace()):
            parts.append(text)
            continue
        out.append((held, "".join(parts)))
        held, parts = kind, [text]
    out.append((held, "".join(parts).removesuffix("\n")))
    return tuple(run for run in out if run[1])


_KINDS: dict[Any, str] = {}
"""Memo of `_kind` by token type."""


def _kind(name: str) -> str:
    while name not in _TYPES:
        name = name.rpartition(".")[0] or "Token"
    return _TYPES[name]


@cache
def _lexer(language: str) -> Any | None:
    if language == "text":
        return None
    if language in ("python3", "python3-plain"):
        from etude.render.python_lexer import FastPythonLexer  # noqa: PLC0415 -- imports Pygments

        return FastPythonLexer(stripnl=False)
    if language == "myst":
        from etude.render.myst_lexer import MystLexer  # noqa: PLC0415 -- imports Pygments

        return MystLexer(stripnl=False)
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 -- slow to import; often not needed
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
