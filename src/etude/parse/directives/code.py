"""Listings and cells: `code-block`, `code-cell`, `literalinclude`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from etude.model.block import BlockNode, CodeBlock, CodeCell
from etude.model.rules import Rule
from etude.parse import values
from etude.parse.directives.call import COMMON, Call, Convert, Directive

TAGS = (
    "hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell",
    "raises-exception", "skip-execution", "scroll-output",
)  # fmt: skip
"""The tags that mean something; others are kept for the notebook."""


def _save(value: Any) -> str:
    if value is None or value is True or value == "":
        return "\x00page"
    if value is False:
        return "\x00none"
    name = values.text(value)
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name):
        raise values.Bad(f"expected the name of a module, not `{name}`")
    return name


LISTING: dict[str, Convert] = {
    **COMMON,
    "caption": values.text,
    "emphasize-lines": values.line_ranges,
    "linenos": values.truth,
    "lineno-start": values.whole,
    "number-lines": values.text,
    "dedent": values.text,
    "force": values.truth,
    "filename": values.text,
}

CELL: dict[str, Convert] = {
    **COMMON,
    "caption": values.text,
    "variant": values.names,
    "variants": values.names,
    "save": _save,
    "tags": values.names,
    "emphasize-lines": values.line_ranges,
    "linenos": values.truth,
    "timeout": values.seconds,
    "resources": values.parse_resources,
    "expect": values.expectations,
    "id": values.text,
}


def _code(text: str) -> str:
    return text[:-1] if text.endswith("\n") else text


def _block(call: Call) -> Sequence[BlockNode]:
    caption = call.option_inline("caption")
    labels = call.names()
    identity = call.identity("listing" if caption else "")
    first = call.option("lineno-start") or (
        values.whole(n) if (n := call.option("number-lines", "")).isdigit() else 1
    )
    return (
        CodeBlock(
            call.span,
            identity,
            labels,
            call.argument.split(" ")[0],
            _code(call.body.text).strip("\n") if call.body.text.strip() else "",
            caption,
            bool(caption),
            bool(call.option("linenos")) or "number-lines" in call.options or "lineno-start" in call.options,
            first,
            call.option("emphasize-lines", ()),
        ),
    )


def _cell(call: Call) -> Sequence[BlockNode]:
    context = call.context
    index = len(context.cells)
    body = call.body
    start = 0
    while start < len(body.lines) and not body.lines[start].strip():
        start += 1
    body = body.drop(start)
    caption = call.option_inline("caption")
    labels = call.names()
    variants = call.option("variant") or call.option("variants") or ()
    context.check_variants(variants, call.opener)
    save = call.option("save")
    if save == "\x00page":
        save = re.sub(r"\W", "_", context.name.rpartition("/")[2])
    elif save == "\x00none":
        save = None
    code_start = body.offsets[0] if body.offsets else call.span.end
    cell = CodeCell(
        call.span,
        context.identify(labels[-1]) if labels else context.identify(f"cell-{index + 1}"),
        labels,
        index,
        _language(call.argument),
        _code(body.text).rstrip("\n") if body.text.strip() else "",
        (code_start, max(code_start, body.end), call.span.source),
        caption,
        bool(caption),
        variants,
        save,
        call.option("tags", ()),
        call.option("emphasize-lines", ()),
        bool(call.option("linenos")),
        call.option("timeout"),
        call.option("resources"),
        call.option("expect", ()),
    )
    context.cells.append(cell)
    return (cell,)


def _language(argument: str) -> str:
    name = argument.split(" ")[0].lower()
    return "python" if name in {"", "ipython", "ipython3", "python3", "py"} else name


class Cut(Struct, frozen=True):
    """Which lines of a file are wanted, and from which number they count."""

    text: str
    first: int


INCLUDE: dict[str, Convert] = {
    **LISTING,
    "language": values.text,
    "lines": values.line_ranges,
    "start-line": values.whole,
    "end-line": values.whole,
    "start-at": values.text,
    "start-after": values.text,
    "end-at": values.text,
    "end-before": values.text,
    "lineno-match": values.truth,
    "encoding": values.text,
}


def cut(call: Call, text: str) -> Cut:
    """The lines that the options ask for; a marker that is not there is reported."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    wanted = call.option("lines")
    if wanted:
        chosen = [lines[n - 1] for n in wanted if 1 <= n <= len(lines)]
        if len(chosen) < len(wanted):
            call.report(Rule.OPTION_VALUE, f"the file has {len(lines)} lines; `lines` asks for more")
        return Cut("\n".join(chosen), wanted[0])
    first, last = 0, len(lines)
    if (start := call.option("start-line")) is not None:
        first = start if start >= 0 else max(len(lines) + start, 0)
    if (end := call.option("end-line")) is not None:
        last = end if end >= 0 else len(lines) + end
    for name, shift in (("start-at", 0), ("start-after", 1)):
        if (marker := call.option(name)) and (at := _find(call, name, marker, lines, first)) is not None:
            first = at + shift
    for name, shift in (("end-at", 1), ("end-before", 0)):
        if (marker := call.option(name)) and (at := _find(call, name, marker, lines, first)) is not None:
            last = at + shift
    return Cut("\n".join(lines[first:last]), first + 1)


def _find(call: Call, name: str, marker: str, lines: list[str], first: int) -> int | None:
    for number in range(first, len(lines)):
        if marker in lines[number]:
            return number
    call.report(Rule.OPTION_VALUE, f"`{name}`: the text `{marker}` is not in the file")
    return None


def read_text(call: Call, path: str) -> str | None:
    """A file of the book as text; None (and a diagnostic) when it cannot be read."""
    try:
        return call.context.files.read(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        call.report(Rule.READ_ENCODING, f"`{call.argument}` is not UTF-8")
    except OSError as error:
        call.report(Rule.READ_FAILED, f"`{call.argument}` cannot be read: {error.strerror or error}")
    return None


_SUFFIXES = {"py": "python", "js": "javascript", "ts": "typescript", "sh": "bash", "rs": "rust", "yml": "yaml",
             "md": "markdown", "txt": "", "jl": "julia", "c": "c", "h": "c", "cpp": "cpp", "hpp": "cpp"}  # fmt: skip


def _literal(call: Call) -> Sequence[BlockNode]:
    path = call.context.locate(call.argument, call.opener, what="the file") if call.argument else None
    text = read_text(call, path) if path else None
    if path is None or text is None:
        return ()
    piece = cut(call, text)
    code = piece.text
    if "dedent" in call.options:
        lines = code.split("\n")
        depth = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        code = "\n".join(line[depth:] for line in lines)
    suffix = path.rpartition(".")[2]
    caption = call.option_inline("caption")
    language = call.option("language") or _SUFFIXES.get(suffix, suffix)
    return (
        CodeBlock(
            call.span,
            call.identity("listing" if caption else ""),
            call.names(),
            language,
            code.rstrip("\n"),
            caption,
            bool(caption),
            bool(call.option("linenos") or call.option("lineno-match")),
            piece.first if call.option("lineno-match") else call.option("lineno-start") or 1,
            call.option("emphasize-lines", ()),
            file=path,
        ),
    )


DIRECTIVES: dict[str, Directive] = {
    "code-cell": Directive(_cell, "Code that is run: the argument is the language.", "optional", CELL),
    "code-block": Directive(_block, "Code that is shown and not run.", "optional", LISTING),
    "literalinclude": Directive(
        _literal, "A file of the book, or some of its lines.", "required", INCLUDE, "none"
    ),
}
for _alias in ("code", "sourcecode"):
    DIRECTIVES[_alias] = DIRECTIVES["code-block"]

__all__ = ["DIRECTIVES", "TAGS", "cut", "read_text"]
