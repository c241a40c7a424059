"""Listings and code cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from etude.model.block import Annotation, CodeBlock, CodeCell
from etude.model.book import NavLink, Resolved
from etude.model.imports import imported
from etude.model.inline import Inline
from etude.render.highlight import lines, tokens
from etude.render.html.boxes import label
from etude.render.html.context import Context
from etude.render.html.escape import attribute, attributes, breakable, text
from etude.render.html.outputs import cell_outputs
from etude.render.html.previews import keep_block
from etude.render.html.titles import title_html

__all__ = ["code_block", "code_cell", "labelled"]

Source: TypeAlias = tuple[int, int, str]
"""A piece of code that is a link: from, to, and the tag that opens it."""

_SHORT = 4000
"""Characters up to which the outputs of a cell are shown where it is only looked at in passing."""


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
    keep_block(ctx, node, code + outputs if len(outputs) <= _SHORT else code)
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
    name = label(block, _number(ctx, block))
    with ctx.boxed():
        words = f"{name} {ctx.inline(ctx, caption)}".strip()
    return f"<figcaption>{words}</figcaption>"


def _folded(summary: str, content: str) -> str:
    return f'<details class="fold"><summary>{text(summary)}</summary>{content}</details>'


def _saved(ctx: Context, node: CodeCell) -> str:
    """The module of the library that the cell's code goes to."""
    if node.save is None:
        return ""
    module = node.save or ctx.page.name.rsplit("/", 1)[-1].replace("-", "_")
    config = ctx.site.config
    own = config.library_modules() if node.page_module else {}
    modules = dict.fromkeys(own.get(name, module) for name in node.variants or ctx.variants or ("",))
    library = f"{config.library.name}." if config.library.name else ""
    where = "</code>, <code>".join(text(f"{library}{one}") for one in modules)
    users = ctx.site.words.separator.join(_user(ctx, user) for user in ctx.facts.users.get(node.index, ()))
    used = f' <span class="used">{text(ctx.site.words.used)} {users}</span>' if users else ""
    return f'<p class="saved">{text(ctx.site.words.saved)} <code>{where}</code>{used}</p>'


def _user(ctx: Context, user: NavLink) -> str:
    href = attribute(ctx.site.link(ctx.here, user.name))
    return f'<a href="{href}">{title_html(user.title, user.number)}</a>'


def _sources(ctx: Context, code: str) -> tuple[Source, ...]:
    """The names that the code imports of the book's library, with the way to where they were saved."""
    if not ctx.facts.sources:
        return ()
    found = imported(code, ctx.site.config.library.name)
    keys = ((f"{one.module}:{one.name}", one) for one in found)
    return tuple(
        (one.start, one.end, _source(ctx, ctx.facts.sources[key]))
        for key, one in keys
        if key in ctx.facts.sources
    )


def _source(ctx: Context, found: Resolved) -> str:
    title = attributes(title=ctx.site.words.saved_in.format(found.name) if found.name else "")
    return f'<a class="source" href="{attribute(ctx.href(found))}"{title}>'


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
    if line_numbers or emphasize or annotations or ctx.site.still:
        classes += " lines" + (" numbered" if line_numbers else "")
        rows = _rows(ctx, language, code, anchor, frozenset(emphasize), annotations)
    else:
        rows = _runs(tokens(code, language), _sources(ctx, code))
    start = f' style="counter-reset:line {first_line - 1}"' if line_numbers else ""
    kind = f' class="language-{attribute(language)}"' if language else ""
    notes = _annotations(ctx, annotations, anchor)
    whole = f'<pre translate="no"><code{kind}{start}>{rows}</code></pre>{saved}'
    return f'<div class="{classes}">{whole}</div>{notes}'


def _runs(
    found: Sequence[tuple[str, str]], sources: Sequence[Source] = (), at: int = 0, *, cut: bool = False
) -> str:
    """Coloured text, which begins `at` some place of the code; parts of it are links.

    Where it is `cut`, a line may go on in the next one after the joints of long words.
    """
    out: list[str] = []
    for kind, value in found:
        content = _linked(value, sources, at) if sources else breakable(value) if cut else text(value)
        out.append(f'<span class="{kind}">{content}</span>' if kind else content)
        at += len(value)
    return "".join(out)


def _linked(value: str, sources: Sequence[Source], at: int) -> str:
    """A run of text with the links that lie in it."""
    out: list[str] = []
    done = 0
    for start, end, tag in sources:
        if at <= start and end <= at + len(value):
            out += [text(value[done : start - at]), tag, text(value[start - at : end - at]), "</a>"]
            done = end - at
    return "".join((*out, text(value[done:])))


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
    sources = _sources(ctx, code)
    out: list[str] = []
    at = 0
    for i, row in enumerate(lines(code, language), 1):
        kind = "line hl" if i in emphasize else "line"
        out.append(
            f'<span class="{kind}">{_runs(row, sources, at, cut=ctx.site.still)}{marks.get(i, "")}\n</span>'
        )
        at += sum(len(value) for _, value in row) + 1
    return "".join(out)


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
