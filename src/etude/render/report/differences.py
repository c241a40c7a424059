"""What differs in a cell, as HTML: texts line by line, pictures side by side."""

from __future__ import annotations

import base64
from typing import assert_never

from etude.model.drift import Difference, Region
from etude.render.html.escape import attribute, text
from etude.render.report.lines import Line, Row, rows

__all__ = ["difference"]

_NAMES = {
    "stdout": "Printed text",
    "stderr": "Standard error",
    "error": "Exception",
    "status": "How it ended",
    "metadata": "Metadata",
    "text/plain": "Text",
    "text/html": "HTML",
    "text/markdown": "Markdown",
    "text/latex": "LaTeX",
    "image/png": "Picture",
    "image/jpeg": "Picture",
    "image/gif": "Picture",
    "image/webp": "Picture",
    "image/svg+xml": "Drawing",
}


def difference(one: Difference, language: str, cell: str) -> str:
    """One difference; `language` is that of its page, `cell` what the cell is called."""
    if one.value:
        name = f'Value of <code lang="{attribute(language)}">{text(one.subject)}</code>'
    else:
        name = text(_NAMES.get(one.subject, one.subject))
    head = f'<h4>{name}</h4><p class="detail">{text(_sentence(one.detail))}</p>'
    match one.kind:
        case "text":
            return f'<section class="difference">{head}{_texts(one, language)}</section>'
        case "picture":
            return f'<section class="difference">{head}{_pictures(one, cell)}</section>'
        case "note":
            return f'<section class="difference">{head}</section>'
        case _:
            assert_never(one.kind)


def _sentence(detail: str) -> str:
    whole = detail[:1].upper() + detail[1:]
    return whole if whole.endswith((".", "!", "?", "…")) else f"{whole}."


def _texts(one: Difference, language: str) -> str:
    lines = "".join(_row(row) for row in rows(one.recorded, one.now, one.marks))
    return (
        f'<table class="diff" lang="{attribute(language)}"><thead><tr>'
        '<th scope="col" lang="en">Recorded</th><th scope="col" lang="en">Now</th>'
        f"</tr></thead><tbody>{lines}</tbody></table>"
    )


def _row(row: Row) -> str:
    if row.skipped:
        words = "1 line" if row.skipped == 1 else f"{row.skipped:,} lines"
        return f'<tr class="gap"><td colspan="2" lang="en">{words} not shown</td></tr>'
    kind = ' class="changed"' if row.changed else ""
    return f"<tr{kind}>{_cell(row.recorded, 'del')}{_cell(row.now, 'ins')}</tr>"


def _cell(line: Line | None, tag: str) -> str:
    name = "old" if tag == "del" else "new"
    if line is None:
        return f'<td class="{name} none"></td>'
    content = "".join(f"<{tag}>{text(part)}</{tag}>" if marked else text(part) for part, marked in line)
    return f'<td class="{name}">{content or "<br>"}</td>'


def _pictures(one: Difference, cell: str) -> str:
    old, new = (_source(one.subject, content) for content in (one.recorded, one.now))
    frame = _frame(one.region)
    figures = [
        f'<figure><figcaption>{name}</figcaption><div class="picture"><img src="{source}" '
        f'alt="{name} picture of {attribute(cell)}">{frame}</div></figure>'
        for name, source in (("Recorded", old), ("Now", new))
        if source
    ]
    # Where sizes differ, one picture laid over the other shows nothing.
    if old and new and (one.distance is not None or one.subject == "image/svg+xml"):
        figures.append(
            '<figure><figcaption>Difference</figcaption><div class="picture blend"><div>'
            f'<img src="{old}" alt="Where the two pictures of {attribute(cell)} differ">'
            f'<img src="{new}" alt="">'
            "</div></div></figure>"
        )
    return f'<div class="pictures">{"".join(figures)}</div>'


def _source(mime: str, content: str) -> str:
    if not content:
        return ""
    data = (
        base64.b64encode(content.encode()).decode() if mime == "image/svg+xml" else "".join(content.split())
    )
    return attribute(f"data:{mime};base64,{data}")


def _frame(region: Region | None) -> str:
    """A frame around where two pictures look different; none when that is nearly everywhere."""
    if region is None:
        return ""
    left, top, right, bottom = region
    if (right - left) * (bottom - top) > 0.7:
        return ""
    place = f"left:{left:.2%};top:{top:.2%};width:{right - left:.2%};height:{bottom - top:.2%}"
    return f'<span class="frame" style="{place}"></span>'
