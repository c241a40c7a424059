"""Listings and code cells."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import Annotation, CodeBlock, CodeCell
from etude.model.inline import Inline
from etude.render.highlight import lines, tokens
from etude.render.html.context import Context
from etude.render.html.escape import attribute, attributes, text
from etude.render.html.outputs import cell_outputs

__all__ = ["code_block", "code_cell", "labelled"]


def code_block(ctx: Context, node: CodeBlock) -> str:
    """Code that is shown and not run."""
    anchor = node.id or (ctx.fresh("code") if node.annotations else "")
    code = _code(
        ctx,
        node.language,
        node.code,
        anchor,
        line_numbers=node.line_numbers,
        first_line=node.first_line,
        emphasize=node.emphasize,
        annotations=node.annotations,
    )
    if not node.caption and not _number(ctx, node.id):
        return f'<div class="listing"{_place(anchor, node.labels)}>{code}</div>\n'
    caption = _caption(ctx, node.id, node.caption)
    return f'<figure class="listing"{_place(anchor, node.labels)}>{caption}{code}</figure>\n'


def code_cell(ctx: Context, node: CodeCell) -> str:
    """Code that is run, and what came of it."""
    tags = frozenset(node.tags)
    anchor = node.id or (ctx.fresh("cell") if node.annotations else "")
    if "remove-cell" in tags:
        return f"<span{_place(anchor, node.labels)}></span>\n" if node.labels else ""
    words = ctx.site.words
    code = outputs = ""
    if "remove-input" not in tags:
        code = _code(
            ctx,
            node.language,
            node.code,
            anchor,
            line_numbers=node.line_numbers,
            first_line=1,
            emphasize=node.emphasize,
            annotations=node.annotations,
            saved=_saved(ctx, node),
        )
        if "hide-input" in tags:
            code = _folded(words.show_code, code)
        if node.caption or _number(ctx, node.id):
            code = f'<figure class="listing">{_caption(ctx, node.id, node.caption)}{code}</figure>'
        else:
            code = f'<div class="listing">{code}</div>'
    if "remove-output" not in tags:
        with ctx.within(node.variants):
            outputs = cell_outputs(ctx, node)
        if outputs and "hide-output" in tags:
            outputs = _folded(words.show_output, outputs)
        if outputs and not code and (node.caption or _number(ctx, node.id)):
            outputs = f'<figure class="listing">{_caption(ctx, node.id, node.caption)}{outputs}</figure>'
    if not code and not outputs:
        return f"<span{_place(anchor, node.labels)}></span>\n" if anchor else ""
    content = code + outputs
    if "hide-cell" in tags:
        content = _folded(words.show_cell, content)
    return f'<div class="cell"{_place(anchor, node.labels)}>{content}</div>\n'


def labelled(labels: Sequence[str]) -> str:
    """A mark of blocks that have a label of the author's: their ids are the same in every language."""
    return " data-label" if labels else ""


def _place(anchor: str, labels: Sequence[str]) -> str:
    return f"{attributes(id=anchor)}{labelled(labels)}"


def _number(ctx: Context, block: str) -> str:
    number = ctx.facts.numbers.get(block) if block else None
    return number.name if number is not None else ""


def _caption(ctx: Context, block: str, caption: Sequence[Inline]) -> str:
    name = _number(ctx, block)
    label = f'<span class="label">{text(name)}</span> ' if name else ""
    with ctx.boxed():
        return f"<figcaption>{label}{ctx.inline(ctx, caption)}</figcaption>"


def _folded(summary: str, content: str) -> str:
    return f'<details class="fold"><summary>{text(summary)}</summary>{content}</details>'


def _saved(ctx: Context, node: CodeCell) -> str:
    """The module of the library that the cell's code goes to."""
    if node.save is None:
        return ""
    module = node.save or ctx.page.name.rsplit("/", 1)[-1].replace("-", "_")
    library = ctx.site.config.library.name
    where = f"{library}.{module}" if library else module
    return f'<p class="saved">{text(ctx.site.words.saved)} <code>{text(where)}</code></p>'


def _code(
    ctx: Context,
    language: str,
    code: str,
    anchor: str,
    *,
    line_numbers: bool,
    first_line: int,
    emphasize: Sequence[int],
    annotations: Sequence[Annotation],
    saved: str = "",
) -> str:
    """The code itself with its annotations; lines are marked up only when something is said of lines."""
    rows: str
    classes = "code"
    if line_numbers or emphasize or annotations:
        classes += " lines" + (" numbered" if line_numbers else "")
        rows = _rows(ctx, language, code, anchor, frozenset(emphasize), annotations)
    else:
        rows = _runs(tokens(code, language))
    start = f' style="counter-reset:line {first_line - 1}"' if line_numbers else ""
    kind = f' class="language-{attribute(language)}"' if language else ""
    notes = _annotations(ctx, annotations, anchor)
    whole = f'<pre translate="no"><code{kind}{start}>{rows}</code></pre>{saved}'
    return f'<div class="{classes}">{whole}</div>{notes}'


def _runs(found: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<span class="{kind}">{text(value)}</span>' if kind else text(value) for kind, value in found
    )


def _rows(
    ctx: Context,
    language: str,
    code: str,
    anchor: str,
    emphasize: frozenset[int],
    annotations: Sequence[Annotation],
) -> str:
    marks: dict[int, str] = {}
    for note in annotations:
        word = attribute(ctx.site.words.annotation.format(note.number))
        # No text of its own, so that copies of the code never hold it.
        marks[note.line] = marks.get(note.line, "") + (
            f'<a class="mark" href="#{_note_id(anchor, note)}" data-n="{note.number}"'
            f' aria-label="{word}"></a>'
        )
    return "".join(
        f'<span class="line{" hl" if i in emphasize else ""}">{_runs(row)}{marks.get(i, "")}\n</span>'
        for i, row in enumerate(lines(code, language), 1)
    )


def _annotations(ctx: Context, annotations: Sequence[Annotation], anchor: str) -> str:
    if not annotations:
        return ""
    with ctx.boxed():
        items = "".join(
            f'<li id="{_note_id(anchor, note)}" value="{note.number}">{_text(ctx, note)}</li>'
            for note in annotations
        )
    return f'<ol class="annotations">{items}</ol>'


def _note_id(anchor: str, note: Annotation) -> str:
    """The id of an annotation's text; labels never begin with an underscore."""
    return attribute(f"_{anchor.removeprefix('_')}-{note.number}")


def _text(ctx: Context, note: Annotation) -> str:
    return ctx.render(ctx, note.children)
