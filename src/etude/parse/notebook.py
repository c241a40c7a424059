"""Notebooks as sources: nbformat 4 to the same document as Markdown, with places in the JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from etude.model.block import BlockNode, RawBlock, RawHtml
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import json_places, links, sanitise, values
from etude.parse.blocks import Ready, build
from etude.parse.context import MAX_NESTING, Context
from etude.parse.directives.code import CELL, language_name, make_cell
from etude.parse.frontmatter import from_data, read_head
from etude.parse.json_places import Ribbon
from etude.parse.lines import Fixed, Lines
from etude.parse.move import move_problem, moved
from etude.parse.outline import Raw, read

MAX_BYTES = 200_000_000
"""Larger notebooks are refused; pictures in outputs make many megabytes."""

BEGINNING = Span(0, 1)
"""Where a problem with the whole file is shown."""

_OPTIONS = (
    "label",
    "caption",
    "variant",
    "save",
    "tags",
    "expect",
    "timeout",
    "resources",
    "tolerance",
    "timings",
    "emphasize-lines",
)
"""Options of a code cell that its metadata may give, at the top or under ``etude``."""


def parse(context: Context, text: str) -> tuple[BlockNode, ...]:
    """The blocks of a notebook given as JSON text; never raises for what it says."""
    try:
        data = json_places.decode(text)
        placed = json_places.decode_places(text)
    except ValueError as error:
        message = f"the notebook is not valid JSON: {getattr(error, 'msg', error)}"
        return _invalid(context, message, getattr(error, "pos", 0), len(text))
    except RecursionError:
        return _invalid(context, "the notebook's JSON is nested too deeply", 0, len(text))
    if not isinstance(data, dict):
        return _invalid(context, "the file is not a notebook: it is no JSON object", 0, len(text))
    version = data.get("nbformat")
    if version != 4 or isinstance(version, bool):
        return _version(context, version)
    if not isinstance(data.get("cells"), list):
        return _invalid(context, "the file is not a notebook: it has no list of cells", 0, len(text))
    return _Notebook(context, text, data, placed).parse()


def _invalid(context: Context, message: str, at: int, length: int) -> tuple[BlockNode, ...]:
    at = max(min(at, length - 1), 0)
    context.report(Rule.NOTEBOOK_INVALID, message, Span(at, at + 1))
    return ()


def _version(context: Context, version: object) -> tuple[BlockNode, ...]:
    known = isinstance(version, int) and not isinstance(version, bool)
    context.report(
        Rule.NOTEBOOK_INVALID,
        f"the notebook is of nbformat {version}; version 4 is read"
        if known
        else "the file names no nbformat",
        BEGINNING,
        hints=("open and save it in Jupyter, or run `jupyter nbconvert --to notebook --nbformat 4`",),
    )
    return ()


class _Notebook:
    """Reads the cells of one notebook as if they were one text, and then finds their places in the file."""

    def __init__(self, context: Context, text: str, data: dict[str, Any], placed: dict[str, Any]) -> None:
        self.context = context
        self.ribbon = Ribbon(text)
        self.cells: list[tuple[Any, Any]] = list(zip(data["cells"], placed["cells"], strict=True))
        self.metadata = _table(data.get("metadata"))
        self.language = _language(self.metadata)

    def parse(self) -> tuple[BlockNode, ...]:
        context = self.context
        wanted = {
            key: self.metadata[key] for key in ("kernelspec", "title", "authors") if key in self.metadata
        }
        head = from_data(context, wanted, {}, BEGINNING)
        context.front, context.substitutions = head.front, head.substitutions
        pieces: list[Raw | Ready] = []
        for number, (cell, placed) in enumerate(self.cells, 1):
            pieces += self.cell(number, cell, placed)
        blocks = build(context, pieces, 0)
        move = self.ribbon.span
        context.cells[:] = [moved(cell, move) for cell in context.cells]
        context.diagnostics[:] = [move_problem(d, context.path, move) for d in context.diagnostics]
        return tuple(moved(block, move) for block in blocks)

    def cell(self, number: int, cell: Any, placed: Any) -> Sequence[Raw | Ready]:
        """The pieces of one cell; `placed` is the same cell with the places of its strings."""
        if not isinstance(cell, dict):
            self.context.report(Rule.NOTEBOOK_INVALID, f"cell {number} is not an object", BEGINNING)
            return ()
        text, start = self.ribbon.add(placed.get("source", ""))
        lines = Lines.whole(text, 0, start)
        match cell.get("cell_type"):
            case "markdown":
                return self.markdown(lines, number, cell)
            case "code":
                return (self.code(lines, cell),) if not lines.blank else ()
            case "raw":
                if number == 1 and text.startswith("---"):
                    lines = self.head(lines)
                return (self.raw(lines, cell),) if not lines.blank else ()
            case other:
                message = f"cell {number} is of the unknown type `{values.shown(other)}`"
                span = Span(start, start + len(text)) if text else BEGINNING
                self.context.report(Rule.NOTEBOOK_INVALID, message, span)
                return ()

    def head(self, lines: Lines) -> Lines:
        """Read YAML at the head of the first cell; the lines after it."""
        context, text = self.context, lines.text + "\n"
        head = read_head(context, text, lines.offsets[0])
        if not head.body:
            return lines
        kernel = head.front.kernel or context.front.kernel
        context.front = msgspec.structs.replace(head.front, kernel=kernel)
        context.substitutions = head.substitutions
        return lines.part(text.count("\n", 0, head.body))

    def markdown(self, lines: Lines, number: int, cell: dict[str, Any]) -> Sequence[Raw | Ready]:
        context = self.context
        if number == 1 and lines.lines and lines.lines[0].startswith("---"):
            lines = self.head(lines)
        raws, problems = read(lines, context.references, MAX_NESTING)
        for problem in problems:
            context.report(
                problem.rule, problem.message, Span(problem.start, problem.end), hints=(problem.hint,)
            )
        attached = {name: _data_uri(bundle) for name, bundle in _table(cell.get("attachments")).items()}

        def attach(_labels: tuple[str, ...]) -> Sequence[BlockNode]:
            context.attachments = attached
            return ()

        return (attach, *raws)

    def raw(self, lines: Lines, cell: dict[str, Any]) -> Ready:
        """A raw cell: content for one output."""
        metadata = _table(cell.get("metadata"))
        kind = str(metadata.get("raw_mimetype") or metadata.get("format") or "")
        lines = lines.trimmed()
        span = lines.span(0, len(lines.lines))

        def make(labels: tuple[str, ...]) -> Sequence[BlockNode]:
            identity = self.context.identify(labels[-1]) if labels else ""
            if kind != "text/html":
                return (RawBlock(span, identity, labels, kind.removeprefix("text/"), lines.text),)
            html = lines.text
            if not self.context.config.trust:
                html, removed, _, _ = sanitise.clean(html)
                links.warn_html(self.context, removed, span)
            return (RawHtml(span, identity, labels, html),)

        return make

    def code(self, lines: Lines, cell: dict[str, Any]) -> Ready:
        metadata = _table(cell.get("metadata"))
        given = {**metadata, **_table(metadata.get("etude"))}
        lines = lines.trimmed()
        span = lines.span(0, len(lines.lines))
        outputs = cell.get("outputs")

        def make(labels: tuple[str, ...]) -> Sequence[BlockNode]:
            options = self.options(given, span)
            labels += (options["label"],) if options.get("label") else ()
            caption = self.context.parse_inline(options.get("caption", ""), Fixed(span))
            stored = _encode(outputs) if isinstance(outputs, list) and outputs else b""
            return (
                make_cell(
                    self.context,
                    options,
                    span,
                    span,
                    lines.text,
                    self.language,
                    labels,
                    span,
                    caption,
                    stored,
                ),
            )

        return make

    def options(self, given: Mapping[str, Any], span: Span) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in _OPTIONS:
            if name not in given:
                continue
            try:
                found[name] = CELL[name](given[name])
            except values.Bad as bad:
                self.context.report(Rule.OPTION_VALUE, f"the cell's `{name}`: {bad}", span)
                if bad.kept is not None:
                    found[name] = bad.kept
        return found


def _encode(outputs: list[Any]) -> bytes:
    try:
        return msgspec.json.encode(outputs)
    except RecursionError:
        return b""


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _language(metadata: dict[str, Any]) -> str:
    name = _table(metadata.get("language_info")).get("name") or _table(metadata.get("kernelspec")).get(
        "language"
    )
    return language_name(str(name or ""))


def _data_uri(bundle: Any) -> str:
    for kind, content in _table(bundle).items():
        if kind.startswith("image/"):
            data = "".join(map(str, content)) if isinstance(content, list) else str(content)
            return f"data:{kind};base64,{''.join(data.split())}"
    return ""
