"""Stage parse: the bytes of one source file to a `Page`. Never raises for what the file says."""

from __future__ import annotations

import re

from etude.model.block import BlockNode, Heading
from etude.model.config import Config
from etude.model.inline import Inline, Text
from etude.model.page import Page
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse import notebook
from etude.parse.blocks import parse_blocks
from etude.parse.context import Context
from etude.parse.frontmatter import read_head
from etude.parse.inlines import parse_inline
from etude.parse.lines import Lines, Places
from etude.parse.text import source_text

VERSION = "1"
"""Part of the key of a parsed page: raise it when the same bytes give another document."""

MAX_BYTES = 4_000_000
"""Larger sources are refused: nobody writes a page of four megabytes by hand."""


def parse_page(data: bytes, path: str, name: str, language: str, config: Config, files: Files) -> Page:
    """The document of a file; `path` ends in ``.ipynb`` for a notebook, anything else is Markdown."""
    context = Context(path, name, language, config, files)
    blocks: tuple[BlockNode, ...] = ()
    if len(data) > MAX_BYTES:
        context.report(
            Rule.READ_TOO_LARGE,
            f"the file has {len(data):,} bytes; the limit is {MAX_BYTES:,}",
            NOWHERE,
            hints=("split the page; keep data and pictures in files of their own",),
        )
    else:
        text = source_text(data)
        _check_encoding(context, data, text)
        blocks = notebook.parse(context, text) if path.endswith(".ipynb") else _markdown(context, text)
    return Page(
        path,
        name,
        language,
        context.front,
        _title(context, blocks),
        blocks,
        tuple(context.cells),
        tuple(context.sources),
        tuple(context.used_files),
        tuple(context.formulas),
        tuple(context.diagnostics),
    )


def _markdown(context: Context, text: str) -> tuple[BlockNode, ...]:
    head = read_head(context, text)
    context.front, context.substitutions = head.front, head.substitutions
    return parse_blocks(context, Lines.whole(text[head.body :], 0, head.body))


def _check_encoding(context: Context, data: bytes, text: str) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = text.find("\ufffd")
        line = data.count(b"\n", 0, error.start) + 1
        context.report(
            Rule.READ_ENCODING,
            f"the file is not UTF-8: byte 0x{data[error.start]:02x} in line {line}",
            Span(max(at, 0), max(at, 0) + 1),
            hints=("save it as UTF-8 in your editor, or convert it with `iconv -f GB18030 -t UTF-8`",),
        )


def _title(context: Context, blocks: tuple[BlockNode, ...]) -> tuple[Inline, ...]:
    if context.front.title:
        return parse_inline(context, context.front.title, Places.at(0, 0, NOWHERE))
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            return block.children
    stem = context.name.rpartition("/")[2]
    return (Text(NOWHERE, re.sub(r"[-_]+", " ", stem).strip().capitalize()),)
