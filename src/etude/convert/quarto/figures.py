"""Pictures that stand alone: with a caption they are figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto import attributes
from etude.convert.quarto.brackets import closing, length
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.lines import Line
from etude.convert.quarto.places import Context

__all__ = ["figure"]

_TARGET = re.compile(
    r"\(\s*(?:<(?P<angle>[^<>]*)>|(?P<plain>(?:[^()\"']|\([^()]*\))*?))(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.DOTALL,
)


def figure(context: Context, block: Sequence[Line]) -> list[str] | None:
    """The lines of a figure, when a paragraph is one picture; None for all else."""
    text = "\n".join(line.text for line in block).strip()
    indent, line = block[0].indent, block[0].number
    linked = text.startswith("[![")
    start = 1 if linked else 0
    if not text.startswith("![", start):
        return None
    close = closing(text, start + 1)
    found = _TARGET.match(text, close + 1) if close is not None else None
    if close is None or found is None:
        return None
    given, end = attributes.Attributes(), found.end()
    if got := attributes.read(text, end):
        given, end = got
    target = ""
    if linked:
        leads = re.fullmatch(r"\]\((?P<to>[^()\s]*)\)(?P<rest>\{.*\})?", text[end:], re.DOTALL)
        if leads is None:
            return None
        target = leads["to"]
        if leads["rest"] and (got := attributes.read(leads["rest"])):
            given = attributes.Attributes(
                given.id or got[0].id, given.classes + got[0].classes, given.pairs + got[0].pairs
            )
    elif text[end:].strip() == "\\":
        # A picture that is said to be no figure.
        context.account.kept("![](picture)\\", context.path, line, "a picture")
        return [block[0].indent + text[:-1].rstrip()] if not given.id and not given.pairs else None
    elif text[end:].strip():
        return None
    caption = one_line(text[start + 2 : close], context, line)
    source = (found["angle"] if found["angle"] is not None else found["plain"]).strip()
    path = context.located(source)
    if re.search(r"\.(?:mp4|webm|ogv|mov)$|youtu\.?be|vimeo\.com", path):
        context.account.kept("![](film)", context.path, line, "{video}")
        kind = "video" if re.search(r"\.(?:mp4|webm|ogv|mov)$", path) else "iframe"
        lines = [f"```{{{kind}}} {path}", *([caption] if caption else []), "```"]
        return [indent + one for one in lines]
    options = _options(context, line, given, target)
    if not caption and not given.id:
        if not options:
            return None
        context.account.kept("![](picture){…}", context.path, line, "{image}")
        return [indent + one for one in (f"```{{image}} {path}", *options, "```")]
    context.account.kept("![caption](picture)", context.path, line, "{figure}")
    label = [f":label: {given.id}"] if given.id else []
    # A caption of a picture without a label has no number.
    number = [] if given.id.startswith("fig-") else [":numbered: false"]
    lines = [f"```{{figure}} {path}", *label, *number, *options, *([caption] if caption else []), "```"]
    return [indent + one for one in lines]


def _options(context: Context, line: int, given: attributes.Attributes, target: str) -> list[str]:
    account, path = context.account, context.path
    options: list[str] = []
    alt = given.get("fig-alt") or given.get("alt")
    if alt:
        options.append(f":alt: {' '.join(alt.split())}")
    for key in ("width", "height"):
        if value := given.get(key):
            if re.fullmatch(
                r"[\d.]+(?:%|px|em|cm|mm|pt|in|rem|ex|vw|vh)?|[\d.]*\\(?:text|line)width", value.strip()
            ):
                options.append(f":{key}: {length(value)}")
            else:
                account.changed(f"{key}=", path, line, "left out: it is no length")
    align = given.get("fig-align")
    if align in {"left", "center", "right"}:
        options.append(f":align: {align}")
    classes = [name for name in given.classes if not name.startswith("column-")]
    if len(classes) < len(given.classes):
        account.changed("![…]{.column-…}", path, line, "as wide as the text, or in its place")
    if classes:
        options.append(f":class: {' '.join(classes)}")
    if target:
        options.append(f":target: {context.located(target)}")
    rest = sorted({key for key, _ in given.without("fig-alt", "alt", "width", "height", "fig-align")})
    for key in rest:
        account.changed(f"![…]{{{key}=}}", path, line, "left out")
    return options
