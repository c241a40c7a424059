"""Listings and cells: `code-block`, `code-cell`, `literalinclude`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from typing import Any

from msgspec.structs import replace

from etude.model.block import BlockNode, CodeBlock, CodeCell, Expectation, Figure
from etude.model.rules import Rule
from etude.model.span import Span
from etude.model.tolerance import Tolerance
from etude.parse import values
from etude.parse.context import Context
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.directives.files import LINES, cut, dedent, read_text
from etude.parse.directives.jupyter import METADATA
from etude.parse.lines import Fixed, Lines

__all__ = ["CELL", "DIRECTIVES", "TAGS", "language_name", "make_cell"]

TAGS = (
    "hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell", "remove-stderr",
    "raises-exception", "skip-execution", "scroll-output",
)  # fmt: skip
"""The tags that mean something; others are kept for the notebook."""


def _save(value: Any) -> str | bool:
    """The module's name; True for the page's own, False for none."""
    name = values.text(value)
    if name.lower() in {"", "true", "false"}:
        return name.lower() != "false"
    if not all(part.isidentifier() for part in name.split(".")):
        raise values.Bad(f"expected the name of a module, not `{values.shown(name)}`")
    return name


def _tag(tag: str) -> str:
    """A tag; those of Etude may be written with underscores."""
    dashed = tag.replace("_", "-")
    return dashed if dashed in TAGS else tag


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
    "tolerance": values.tolerance,
    "timings": values.timings,
    "mystnb": values.table,
    **dict.fromkeys(
        ("hide-input", "hide-output", "linenos-start", "alt", "figure", "image"), values.anything
    ),
}  # fmt: skip

INCLUDE: dict[str, Convert] = {
    **LISTING,
    **LINES,
    "language": values.text,
    "lineno-match": values.truth,
    "pyobject": values.text,
    "diff": values.text,
    "prepend": values.text,
    "append": values.text,
    "tab-width": values.whole,
}


def _block(call: Call) -> Sequence[BlockNode]:
    lines = list(call.body.trimmed().lines)
    if "dedent" in call.options:
        lines = dedent(lines, call.option("dedent"))
    words = call.argument.split()
    return (_listing(call, words[0] if words else "", lines, 1),)


def _literal(call: Call) -> Sequence[BlockNode]:
    path = call.context.locate(call.argument, call.opener, what="the file") if call.argument else None
    text = read_text(call, path, call.argument) if path else None
    if path is None or text is None:
        return ()
    if call.option("diff"):
        return _difference(call, path, text)
    piece = cut(call, text)
    lines = dedent(piece.lines, call.option("dedent")) if "dedent" in call.options else piece.lines
    suffix = path.rpartition(".")[2].lower()
    language = call.option("language") or _SUFFIXES.get(suffix, suffix)
    first = piece.numbers[0] + 1 if piece.numbers else 1
    if tab := call.option("tab-width"):
        lines = [line.expandtabs(min(tab, 40)) for line in lines]
    around = (call.option("prepend"), call.option("append"))
    lines = [*filter(None, around[:1]), *lines, *filter(None, around[1:])]
    return (_listing(call, language, lines, first, path),)


def _difference(call: Call, path: str, text: str) -> Sequence[BlockNode]:
    """How a file differs from an older one, in the form of `diff`."""
    name = str(call.option("diff"))
    before = call.context.locate(name, call.opener, what="the file")
    old = read_text(call, before, name) if before else None
    if old is None:
        return ()
    lines = list(unified_diff(old.splitlines(), text.splitlines(), name, call.argument, lineterm=""))
    return (_listing(call, "diff", lines, 1, path),)


def _listing(call: Call, language: str, lines: Sequence[str], first: int, path: str = "") -> CodeBlock:
    """Code that is not run; `first` is where it begins in the file at `path`."""
    caption = call.option_inline("caption")
    start = call.option("lineno-start")
    counted = call.option("number-lines")
    if counted is not None and counted.isdecimal():
        start = int(counted[:9])
    code = "\n".join(lines).rstrip("\n")
    _check_emphasis(call.context, call.option("emphasize-lines", ()), code, call.opener)
    return CodeBlock(
        call.span,
        call.identity("listing" if caption else ""),
        call.names(),
        language,
        code,
        caption,
        bool(caption),
        any(name in call.options for name in ("lineno-start", "number-lines"))
        or call.flag_option("linenos")
        or call.flag_option("lineno-match"),
        first if call.flag_option("lineno-match") else start if start is not None else 1,
        call.option("emphasize-lines", ()),
        file=path,
    )


def _check_emphasis(context: Context, lines: tuple[int, ...], code: str, span: Span) -> None:
    count = code.count("\n") + 1
    if lines and max(lines) > count:
        message = f"line {max(lines)} is to be emphasized, but the code has {values.count(count, 'line')}"
        context.report(Rule.OPTION_VALUE, message, span)


def _cell(call: Call) -> Sequence[BlockNode]:
    body = call.body.trimmed()
    start = body.offsets[0] if body.lines else call.body.end or call.opener.end
    about = call.option("mystnb") or {}
    figure = about.get("figure") if isinstance(about.get("figure"), dict) else None
    labels = call.names()
    if figure is not None and not labels:
        labels = (f"{figure.get('name') or 'figure'}-cell-{len(call.context.cells) + 1}",)
    made = make_cell(
        call.context,
        {**call.options, "expect": tuple(_placed(call.head, claim) for claim in call.option("expect", ()))},
        call.span,
        Span(start, max(start, body.end), call.span.source),
        body.text,
        language_name(call.argument),
        labels,
        call.opener,
        call.option_inline("caption"),
    )
    return (made,) if figure is None else (made, _shown(call, labels[-1], figure, about.get("image")))


def _shown(call: Call, cell: str, figure: Mapping[str, Any], image: Any) -> Figure:
    """What a cell gives as a figure (MyST-NB's ``mystnb: figure:``)."""
    caption = call.context.parse_inline(str(figure.get("caption") or ""), Fixed(call.opener))
    names = (str(figure["name"]),) if figure.get("name") else ()
    given = image if isinstance(image, dict) else {}
    identity = call.context.identify(names[-1] if names else "", "figure")
    width = given.get("width")
    return Figure(
        call.opener, identity, names, f"#{cell}", str(given.get("alt") or ""), caption,
        width=values.length(width) if _LENGTH(str(width)) else "", numbered=bool(caption or names),
    )  # fmt: skip


def _placed(head: Lines, claim: Expectation) -> Expectation:
    """A claim with its place among the lines of the options, if it stands there as it is."""
    for line, offset in zip(head.lines, head.offsets, strict=True):
        if (at := line.find(claim.source)) >= 0:
            start = offset + at
            return replace(claim, span=Span(start, start + len(claim.source), head.source))
    return claim


def make_cell(
    context: Context,
    options: Mapping[str, Any],
    span: Span,
    code_span: Span,
    code: str,
    language: str,
    labels: tuple[str, ...],
    opener: Span,
    caption: Any = (),
    outputs: bytes = b"",
) -> CodeCell:
    """A cell from converted options; it is numbered and noted. Problems are reported at `opener`."""
    index, option = len(context.cells), options.get
    variants = option("variant") or option("variants") or ()
    context.check_variants(variants, opener)
    lines = option("emphasize-lines", ())
    _check_emphasis(context, lines, code, opener)
    own = variants or context.variants
    cell = CodeCell(
        span,
        context.identify(labels[-1] if labels else f"cell-{index + 1}"),
        labels,
        index,
        language,
        code,
        (code_span.start, code_span.end, code_span.source),
        caption,
        bool(caption),
        own,
        _module(context, option("save"), own, opener),
        tuple(map(_tag, option("tags", ()))),
        lines,
        bool(option("linenos")),
        option("timeout"),
        option("resources"),
        option("expect", ()),
        outputs=outputs,
        tolerance=option("tolerance") or Tolerance(),
        timings=option("timings", ""),
        page_module=option("save") is True,
    )
    context.cells.append(cell)
    return cell


def _module(context: Context, save: str | bool | None, variants: tuple[str, ...], opener: Span) -> str | None:
    """The module of the library that a cell's code goes to; `variants` are the cell's, empty for all."""
    if isinstance(save, str):
        return save
    if not save:
        return None
    stem = context.name.rpartition("/")[2]
    name = re.sub(r"\W", "_", stem)
    if name.isidentifier():
        return name
    if context.have_modules(variants):
        # Nothing is saved under it: each variant's code goes to the variant's own module.
        return f"_{name}"
    message = f"the page's name `{stem}` makes no name of a module"
    context.report(Rule.OPTION_VALUE, message, opener, hints=("write the module's name: `:save: name`",))
    return None


def language_name(argument: str) -> str:
    """The language of a cell; every way to write IPython's is ``python``."""
    name = argument.split(maxsplit=1)[0].lower() if argument.strip() else ""
    if _VERSION(name):
        name = name.partition("-")[0]
    return _KERNELS.get(name, name)


_VERSION = re.compile(r"[a-z]+-[0-9][0-9.]*").fullmatch
_LENGTH = re.compile(r"\d*\.?\d+\s*(px|em|rem|ex|ch|cm|mm|in|pt|pc|%|vw|vh|lh)?").fullmatch
_KERNELS = {
    **dict.fromkeys(("", "ipython", "ipython2", "ipython3", "python3", "python2", "py", "xpython"), "python"),
    "ir": "r", "irkernel": "r", "xr": "r", "javascript-deno": "javascript", "deno": "typescript",
}  # fmt: skip
"""Languages of cells that are named after their kernels."""
_SUFFIXES = {
    "py": "python", "js": "javascript", "ts": "typescript", "sh": "bash", "rs": "rust", "md": "markdown",
    "yml": "yaml", "txt": "", "jl": "julia", "h": "c", "hpp": "cpp",
}  # fmt: skip
"""Names of languages that differ from the suffix of their files."""

DIRECTIVES: dict[str, Directive] = {
    "code-cell": Directive(
        _cell,
        "Code that is run: the argument is the language.",
        "optional",
        CELL,
        repeatable=frozenset({"expect"}),
        metadata=METADATA,
    ),
    "code-block": Directive(_block, "Code that is shown and not run.", "optional", LISTING),
    "literalinclude": Directive(
        _literal,
        "A file of the book, or some of its lines.",
        "required",
        INCLUDE,
        "none",
        argument_hint="write the file's path after it, as in `{literalinclude} src/mean.py`",
    ),
}
for _alias in ("code", "sourcecode"):
    DIRECTIVES[_alias] = DIRECTIVES["code-block"]
