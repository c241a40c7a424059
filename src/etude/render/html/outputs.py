"""Outputs of cells: coloured text, pictures, tables, formulas, errors; per variant where they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from etude.model.block import CodeCell, Pasted
from etude.model.result import CellResult
from etude.render.ansi import Run, runs, strip
from etude.render.bundle import Failed, Item, Printed, Shown, items, pictures
from etude.render.highlight import tokens
from etude.render.html.context import Context
from etude.render.html.escape import attribute, text
from etude.render.html.formula import broken, displayed, inline_formula, latex
from etude.render.html.picture import output_picture
from etude.render.html.shown_letters import FORMULAS
from etude.render.html.switch import switched
from etude.render.math import MathError

__all__ = ["cell_outputs", "cell_pictures", "pasted"]

_TALL = 24
"""Lines from which text scrolls."""
_OPEN = 14
"""Lines up to which a traceback is shown at once."""


def cell_outputs(ctx: Context, cell: CodeCell) -> str:
    """What stands below a cell; without the pictures that a figure shows."""
    scroll = "scroll-output" in cell.tags

    def shown(result: CellResult) -> str:
        found = items(result.outputs)
        if cell.index in ctx.moved:
            found = tuple(item for item in found if item not in pictures(found))
        return "".join(_item(ctx, item, "", scroll=scroll) for item in found) + _status(ctx, result)

    taken = any(one.origin for _, run in ctx.results() if (one := run.cells.get(cell.index)) is not None)
    origin = ' data-origin="notebook"' if taken else ""
    return _by_variant(
        ctx,
        cell,
        shown,
        lambda content: f'<div class="outputs" data-cell="{cell.index}"{origin}>{content}</div>',
    )


def cell_pictures(ctx: Context, cell: CodeCell, alt: str, style: str = "") -> str:
    """What a figure shows of a cell."""
    return _by_variant(
        ctx,
        cell,
        lambda result: "".join(
            _item(ctx, item, alt, style=style) for item in pictures(items(result.outputs))
        ),
        lambda content: content,
    )


def pasted(ctx: Context, node: Pasted) -> str:
    """A value that a cell has given a name; `place` is asked of the caller."""
    return _by_variant(
        ctx,
        node,
        lambda result: "".join(_item(ctx, item, "") for item in items(result.outputs)),
        lambda content: content,
    )


def _by_variant(
    ctx: Context, cell: CodeCell | Pasted, shown: Callable[[CellResult], str], wrap: Callable[[str], str]
) -> str:
    """One content when all variants agree; else a group to choose from."""
    found: dict[str, list[str]] = {}
    for name, run in ctx.results():
        result = run.result(cell)
        if result is not None:
            found.setdefault(shown(result), []).append(name)
    if len(found) <= 1:
        content = next(iter(found), "")
        return wrap(content) if content else ""
    return switched(
        ctx, [(tuple(names), wrap(content) if content else "") for content, names in found.items()]
    )


def _status(ctx: Context, result: CellResult) -> str:
    match result.status:
        case "timeout":
            return f'<p class="notice">{text(ctx.site.words.timeout)}</p>'
        case "dead":
            return f'<p class="notice">{text(ctx.site.words.dead)}</p>'
        case "ok" | "error" | "skipped" | "missing":
            return ""
        case _:
            assert_never(result.status)


def _item(ctx: Context, item: Item, alt: str, *, scroll: bool = False, style: str = "") -> str:
    match item:
        case Printed(stderr=stderr, text=value):
            kind = "stderr" if stderr else "text"
            note = f'<span class="hidden">{text(ctx.site.words.stderr)}</span>' if stderr else ""
            return note + _pre(ctx, value, kind, scroll=scroll)
        case Shown():
            return _shown(ctx, item, alt, scroll=scroll, style=style)
        case Failed():
            return _failed(ctx, item)
        case _:
            assert_never(item)


def _shown(ctx: Context, shown: Shown, alt: str, *, scroll: bool, style: str) -> str:
    match shown.mime:
        case "text/html":
            tall = " tall" if scroll else ""
            return f'<div class="rich{tall}">{shown.content}</div>'
        case "text/markdown":
            return f'<div class="markdown">{_markdown(ctx, shown.content)}</div>'
        case "text/latex":
            return _latex(ctx, shown.content)
        case "application/json":
            return _pre(ctx, shown.content, "text", scroll=scroll, language="json")
        case "text/plain":
            value = shown.content.rstrip()
            return _pre(ctx, value, "text", scroll=scroll) if value.strip() else ""
        case _:
            words = alt or str(shown.metadata.get("alt") or ctx.site.words.output_image)
            picture = output_picture(ctx.files, ctx.root, shown, alt=words, style=style)
            return f'<div class="picture">{picture}</div>' if picture else ""


def _markdown(ctx: Context, content: str) -> str:
    if ctx.site.markdown is None:
        return text(content.strip())
    with ctx.boxed():
        return ctx.render(ctx, ctx.site.markdown(content))


def _latex(ctx: Context, content: str) -> str:
    tex = latex(content)
    try:
        markup = displayed(ctx.math, tex)
    except MathError as error:
        return _words(ctx, content) or f'<div class="scroll">{broken(tex, error)}</div>'
    return f'<div class="equation"><div class="scroll">{markup}</div></div>'


def _words(ctx: Context, content: str) -> str:
    """LaTeX that is no formula but words with formulas among them; empty when it has none."""
    pieces = FORMULAS.split(content)
    if len(pieces) == 1 or not any(piece.strip() for piece in pieces[::2]):
        return ""
    shown = (
        inline_formula(ctx.math, piece) if number % 2 else text(piece.replace("\\$", "$"))
        for number, piece in enumerate(pieces)
    )
    return f'<div class="markdown"><p>{"".join(shown).strip()}</p></div>'


def _pre(ctx: Context, value: str, kind: str, *, scroll: bool = False, language: str = "") -> str:
    tall = scroll or value.count("\n") >= _TALL
    if language:
        content = "".join(
            f'<span class="{name}">{text(part)}</span>' if name else text(part)
            for name, part in tokens(value, language)
        )
    else:
        content = ansi(value)
    reach = f' tabindex="0" role="region" aria-label="{attribute(ctx.site.words.output)}"' if tall else ""
    return f'<pre class="{kind}{" tall" if tall else ""}"{reach}>{content}</pre>'


def _failed(ctx: Context, failed: Failed) -> str:
    summary = f"<b>{text(failed.name)}</b>{text(': ' + strip(failed.message)) if failed.message else ''}"
    head = f'<p class="summary">{summary}</p>'
    if not failed.traceback.strip():
        return f'<div class="error">{head}</div>'
    is_open = " open" if failed.traceback.count("\n") < _OPEN else ""
    return (
        f'<div class="error">{head}<details{is_open}><summary>{text(ctx.site.words.traceback)}</summary>'
        f"<pre>{ansi(failed.traceback)}</pre></details></div>"
    )


def ansi(value: str) -> str:
    """Terminal text with its colours."""
    return "".join(_run(run) for run in runs(value))


def _run(run: Run) -> str:
    style = run.style
    foreground, background = style.foreground, style.background
    names = [name for name in ("bold", "faint", "italic", "underline", "strike") if getattr(style, name)]
    if style.inverse:
        foreground, background = background, foreground
        names += ["inverse"] * (foreground is None and background is None)
    colours: list[str] = []
    for prefix, rule, colour in (("fg", "color", foreground), ("bg", "background", background)):
        if isinstance(colour, int):
            names.append(f"{prefix}{colour}")
        elif colour is not None and rule == "color" and background is None:
            # The theme makes it as dark, or as light, as text has to be on its ground.
            names.append("fg")
            colours.append(f"--fg:{colour}")
        elif colour is not None:
            colours.append(f"{rule}:{colour}")
    if not names and not colours:
        return text(run.text)
    kind = f' class="{" ".join(names)}"' if names else ""
    paint = f' style="{";".join(colours)}"' if colours else ""
    return f"<span{kind}{paint}>{text(run.text)}</span>"
