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
from etude.parse.gathered import gathered
from etude.parse.inline import parse_inline
from etude.parse.lines import Fixed, Lines, Places
from etude.parse.text import source_text

__all__ = ["MAX_BYTES", "VERSION", "parse_page", "source_text"]

VERSION = "6"
"""Part of the key of a parsed page: raise it when the same bytes give another document."""

MAX_BYTES = 4_000_000
"""Larger sources are refused: nobody writes a page of four megabytes by hand."""


def parse_page(data: bytes, path: str, name: str, language: str, config: Config, files: Files) -> Page:
    """The document of a file; `path` ends in ``.ipynb`` for a notebook, anything else is Markdown."""
    context = Context(path, name, language, config, files, parse_blocks, parse_inline)
    blocks: tuple[BlockNode, ...] = ()
    title: tuple[Inline, ...] = ()
    is_notebook = path.endswith(".ipynb")
    limit = notebook.MAX_BYTES if is_notebook else MAX_BYTES
    if len(data) > limit:
        context.report(
            Rule.READ_TOO_LARGE,
            f"the file has {len(data):,} bytes; the limit is {limit:,}",
            Span(0, 1),
            hints=("split the page; keep data and pictures in files of their own",),
        )
    else:
        text = source_text(data)
        _check_encoding(context, data, text)
        if is_notebook:
            blocks = notebook.parse(context, text)
        else:
            title, blocks = _markdown(context, text)
    return Page(
        path,
        name,
        language,
        context.front,
        title or _title(context, blocks),
        blocks,
        tuple(context.cells),
        tuple(context.sources),
        tuple(context.used_files),
        tuple(context.formulas),
        gathered(
            sorted(context.diagnostics, key=lambda d: (context.sources.index(d.place.path), d.place.span))
        ),
    )


def _markdown(context: Context, text: str) -> tuple[tuple[Inline, ...], tuple[BlockNode, ...]]:
    """The title that the front matter gives, and the blocks after it."""
    head = read_head(context, text)
    context.front, context.substitutions = head.front, head.substitutions
    places = Places(head.title_at) if head.title_at is not None else Fixed(NOWHERE)
    title = parse_inline(context, head.front.title, places)
    return title, parse_blocks(context, Lines.whole(text[head.body :], 0, head.body))


def _check_encoding(context: Context, data: bytes, text: str) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = source_text(data[: error.start])
        at = min(len(before), max(len(text) - 1, 0))
        line = before.count("\n") + 1
        context.report(
            Rule.READ_ENCODING,
            f"the file is not UTF-8: byte 0x{data[error.start]:02x} in line {line}",
            Span(at, at + 1),
            hints=("save it as UTF-8 in your editor, or convert it with `iconv -f GB18030 -t UTF-8`",),
        )


def _title(context: Context, blocks: tuple[BlockNode, ...]) -> tuple[Inline, ...]:
    """The title when the Markdown's front matter gives none."""
    if context.front.title:
        return parse_inline(context, context.front.title, Fixed(NOWHERE))
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            return block.children
    if context.name == context.config.home and (name := context.config.title.get(context.language)):
        return (Text(NOWHERE, name),)
    stem = context.name.rpartition("/")[2]
    return (Text(NOWHERE, re.sub(r"[-_]+", " ", stem).strip().capitalize()),)
