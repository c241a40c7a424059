"""Outputs of cells for print: text, pictures, tables, formulas, errors; per variant where they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from etude.model.block import CodeCell, Pasted
from etude.model.result import CellResult
from etude.render.bundle import Failed, Item, Printed, Shown, items, pictures
from etude.render.html.formula import latex
from etude.render.math import MathError
from etude.render.typst.code import room
from etude.render.typst.code_terminal import terminal
from etude.render.typst.context import Context
from etude.render.typst.formulas import display_math
from etude.render.typst.html_tables import html_blocks
from etude.render.typst.pictures import output_picture
from etude.render.typst.text import content, string
from etude.render.typst.words import words

__all__ = ["cell_outputs", "cell_pictures"]

_LIMIT = 30
"""Lines of text that are printed of one output."""
_TRACEBACK = 14


def cell_outputs(ctx: Context, cell: CodeCell) -> str:
    """What stands below a cell, without the pictures that a figure shows."""

    def shown(result: CellResult) -> str:
        found = items(result.outputs)
        if cell.index in ctx.moved:
            found = tuple(item for item in found if item not in pictures(found))
        return content(_item(ctx, item, "") for item in found)

    return _by_variant(ctx, cell, shown)


def cell_pictures(ctx: Context, cell: CodeCell, alt: str, width: str = "", height: str = "") -> str:
    """What a figure shows of a cell."""

    def shown(result: CellResult) -> str:
        found = pictures(items(result.outputs))
        return content(_item(ctx, item, alt, width, height) for item in found)

    return _by_variant(ctx, cell, shown)


def pasted(ctx: Context, node: Pasted) -> str:
    """A value that a cell has given a name."""
    return _by_variant(
        ctx, node, lambda result: content(_item(ctx, item, "") for item in items(result.outputs))
    )


def _by_variant(ctx: Context, cell: CodeCell | Pasted, shown: Callable[[CellResult], str]) -> str:
    """One content when all variants agree; else each below the names of those that it is of."""
    found: dict[str, list[str]] = {}
    for name, run in ctx.results():
        result = run.result(cell)
        if result is not None:
            found.setdefault(shown(result), []).append(name)
    made = {each: names for each, names in found.items() if each != "{}"}
    if len(found) <= 1:
        return next(iter(made), "")
    said = words(ctx.page.language)
    title = ctx.edition.config.variant_title
    return content(
        f"variant-name({string(said.listed.join(title(name, ctx.page.language) for name in names))});{each}"
        for each, names in made.items()
    )


def _item(ctx: Context, item: Item, alt: str, width: str = "", height: str = "") -> str:
    columns = room(ctx.measure, ctx.edition.sheet.code)
    language = ctx.page.language
    match item:
        case Printed(stderr=stderr, text=value):
            return terminal(value, width=columns, limit=_LIMIT, language=language, failed=stderr)
        case Shown():
            return _shown(ctx, item, alt, width, height)
        case Failed():
            said = item.traceback if item.traceback.strip() else f"{item.name}: {item.message}"
            return terminal(said, width=columns, limit=_TRACEBACK, language=language, failed=True)
        case _:
            assert_never(item)


def _shown(ctx: Context, shown: Shown, alt: str, width: str, height: str) -> str:
    match shown.mime:
        case "text/html":
            return html_blocks(ctx, shown.content)
        case "text/markdown" if ctx.edition.markdown is not None:
            before, ctx.printed = ctx.printed, True
            made = ctx.render(ctx, ctx.edition.markdown(shown.content))
            ctx.printed = before
            return made
        case "text/latex":
            try:
                return display_math(latex(shown.content))
            except MathError:
                return _text(ctx, shown.content)
        case "application/json" | "text/plain" | "text/markdown":
            return _text(ctx, shown.content)
        case _:
            said = alt or str(shown.metadata.get("alt") or words(ctx.page.language).picture)
            made = output_picture(ctx, shown, said, width, height)
            return f"output-picture({made})" if made else ""


def _text(ctx: Context, value: str) -> str:
    columns = room(ctx.measure, ctx.edition.sheet.code)
    return terminal(value.rstrip(), width=columns, limit=_LIMIT, language=ctx.page.language)
