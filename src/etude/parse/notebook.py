"""Notebooks as sources: nbformat 4 to the same document as Markdown, with places in the JSON file."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from etude.model.block import BlockNode, CodeCell
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import values
from etude.parse.blocks import parse_blocks
from etude.parse.context import Context
from etude.parse.frontmatter import from_data, read_head
from etude.parse.lines import Lines

_ATTACHMENT = re.compile(r"\(attachment:([^)\s]+)\)")


def parse(context: Context, text: str) -> tuple[BlockNode, ...]:
    """The blocks of a notebook given as JSON text."""
    try:
        data = json.loads(text)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        return _invalid(context, f"the notebook is not valid JSON: {getattr(error, 'msg', error)}", at)
    except RecursionError:
        return _invalid(context, "the notebook's JSON is nested too deeply", 0)
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        version = data.get("nbformat") if isinstance(data, dict) else None
        if isinstance(version, int) and version < 4:
            return _version(context, version)
        return _invalid(context, "the file is not a notebook: it has no list of cells", 0)
    version = data.get("nbformat")
    if version != 4:
        return _version(context, version)
    metadata = data.get("metadata") if isinstance(data.get("metadata"), dict) else {}
    head = from_data(
        context, {k: metadata[k] for k in ("kernelspec", "title", "authors") if k in metadata}, {}, 0
    )
    context.front, context.substitutions = head.front, head.substitutions
    language = _language(metadata)
    places = _Strings(text)
    blocks: list[BlockNode] = []
    for number, cell in enumerate(data["cells"]):
        if not isinstance(cell, dict):
            context.report(Rule.NOTEBOOK_INVALID, f"cell {number + 1} is not an object", Span(0, 1))
            continue
        source = _text(cell.get("source", ""))
        lines = places.lines(source)
        match cell.get("cell_type"):
            case "markdown":
                blocks.extend(_markdown(context, cell, lines, first=not blocks and number == 0))
            case "code":
                if source.strip():
                    blocks.append(_code(context, cell, lines, language))
            case "raw":
                if number == 0 and source.startswith("---"):
                    _front(context, lines)
            case other:
                context.report(
                    Rule.NOTEBOOK_INVALID, f"cell {number + 1} is of the unknown type `{other}`", Span(0, 1)
                )
    return tuple(blocks)


def _invalid(context: Context, message: str, at: int) -> tuple[BlockNode, ...]:
    context.report(Rule.NOTEBOOK_INVALID, message, Span(at, at + 1))
    return ()


def _version(context: Context, version: object) -> tuple[BlockNode, ...]:
    context.report(
        Rule.NOTEBOOK_INVALID,
        f"the notebook is of nbformat {version}; version 4 is read",
        Span(0, 1),
        hints=("open and save it in Jupyter, or run `jupyter nbconvert --to notebook --nbformat 4`",),
    )
    return ()


def _text(value: Any) -> str:
    text = "".join(str(part) for part in value) if isinstance(value, list) else str(value or "")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _language(metadata: dict[str, Any]) -> str:
    info = metadata.get("language_info")
    spec = metadata.get("kernelspec")
    name = (info if isinstance(info, dict) else {}).get("name") or (
        spec if isinstance(spec, dict) else {}
    ).get("language")
    return str(name or "python").lower()


def _front(context: Context, lines: Lines) -> Lines:
    """Read YAML at the head of the first cell; the lines after it."""
    head = read_head(context, lines.text)
    if not head.body:
        return lines
    kernel = head.front.kernel or context.front.kernel
    context.front = msgspec.structs.replace(head.front, kernel=kernel)
    context.substitutions = head.substitutions
    return lines.drop(lines.text.count("\n", 0, head.body))


def _markdown(context: Context, cell: dict[str, Any], lines: Lines, *, first: bool) -> tuple[BlockNode, ...]:
    if first and lines.text.startswith("---"):
        lines = _front(context, lines)
    attached = cell.get("attachments")
    if isinstance(attached, dict) and "attachment:" in lines.text:
        text = _ATTACHMENT.sub(lambda m: f"({_data_uri(attached.get(m[1])) or m[0]})", lines.text)
        lines = Lines(text, tuple(text.rstrip("\n").split("\n")), lines.offsets, lines.source)
    return parse_blocks(context, lines)


def _data_uri(bundle: Any) -> str:
    if isinstance(bundle, dict):
        for kind, content in bundle.items():
            if str(kind).startswith("image/"):
                return f"data:{kind};base64,{_text(content).replace(chr(10), '')}"
    return ""


def _code(context: Context, cell: dict[str, Any], lines: Lines, language: str) -> CodeCell:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    index = len(context.cells)
    labels = tuple(str(v) for v in (metadata.get("label"),) if v)
    tags = metadata.get("tags")
    outputs = cell.get("outputs")
    code = lines.text.rstrip("\n")
    span = lines.span(0, len(lines.lines))
    named = metadata.get("variant")
    variants = values.names(named) if isinstance(named, str | list) else ()
    context.check_variants(variants, span)
    made = CodeCell(
        span,
        context.identify(labels[-1] if labels else f"cell-{index + 1}"),
        labels,
        index,
        language,
        code,
        (lines.offsets[0] if lines.offsets else 0, lines.end, 0),
        variants=variants,
        tags=tuple(str(t) for t in tags) if isinstance(tags, list) else (),
        outputs=msgspec.json.encode(outputs) if isinstance(outputs, list) and outputs else b"",
    )
    context.cells.append(made)
    return made


class _Strings:
    """Finds where the lines of cells stand in the JSON text, in reading order.

    Writers of notebooks put each source line into a string of its own. Encoded again it is looked
    for after the line before it; where a writer escaped it in another way, the place is the last
    one known, which is near.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def lines(self, source: str) -> Lines:
        whole = Lines.whole(source)
        offsets = []
        for line in whole.lines:
            offsets.append(self._find(line))
        return Lines(whole.text, whole.lines, tuple(offsets))

    def _find(self, line: str) -> int:
        core = json.dumps(line, ensure_ascii=False)[1:-1]
        for wanted in (f'"{core}', f'"{json.dumps(line)[1:-1]}', core):
            if len(wanted) < 2:
                continue
            at = self.text.find(wanted, self.at)
            if at >= 0:
                start = at + (wanted[0] == '"')
                self.at = start + len(wanted) - 1
                return start
        return self.at
