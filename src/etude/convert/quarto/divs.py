"""Fenced divs: ``::: {.callout-note}`` and what else stands between colons."""

from __future__ import annotations

import re

from msgspec.structs import replace

from etude.convert.macros import only_commands
from etude.convert.quarto.directives import Div, directive
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.layout import COLUMNS, columns, tabs
from etude.convert.quarto.spans import visible
from etude.convert.quarto.statements import STATEMENTS, statement

__all__ = ["div"]

_CALLOUTS = ("note", "tip", "warning", "important", "caution")
_WIDE = re.compile(r"(?:column-(?:body|page|screen)[\w-]*|landscape|fullwidth|full-width)")
_SHOW = frozenset({
    "incremental", "nonincremental", "fragment", "r-stack", "r-fit-text", "cell", "cell-output",
    "cell-output-display", "quarto-layout-panel", "unnumbered", "unlisted", "content", "fade",
})  # fmt: skip


def div(box: Div) -> list[str]:
    """The lines of a div."""
    made = _made(box)
    while made and not made[0].strip():
        made.pop(0)
    while made and not made[-1].strip():
        made.pop()
    indent = box.opener.indent
    if not indent:
        return made
    # Lines within come with the indentation that they had.
    return [line if not line.strip() or line.startswith(indent) else indent + line for line in made]


def _made(box: Div) -> list[str]:
    context, given, colons, inner, convert = box.context, box.given, box.colons, box.inner, box.convert
    account, path, line = context.account, context.path, box.line
    classes = given.classes
    shown = visible(given)
    construct = f"::: {{.{classes[0]}}}" if classes else "::: {#…}" if given.id else "::: {…}"
    if shown is False:
        account.lost(construct, path, line, "what the website did not show is left out")
        return []
    if shown is True:
        account.changed(construct, path, line, "it is in every output now")
        return convert(inner)
    callout = next((name[8:] for name in classes if name.startswith("callout-")), "")
    if callout or "callout" in classes:
        return _callout(box, callout)
    if "panel-tabset" in classes or "tabset" in classes:
        account.kept("::: {.panel-tabset}", path, line, "{tab-set}")
        return tabs(box)
    if set(classes) & COLUMNS or any(given.has(key) for key in ("layout-ncol", "layout-nrow", "layout")):
        if given.id:
            return _figure(box)
        return columns(box)
    if set(classes) & {"column-margin", "aside", "marginnote", "sidenote"}:
        account.kept(construct, path, line, "{margin}")
        return directive("margin", "", [], convert(inner), colons)
    if given.id == "refs" or "references" in classes:
        account.kept("::: {#refs}", path, line, "{bibliography}")
        return ["```{bibliography}", "```"]
    kind = given.id.partition("-")[0]
    if kind in STATEMENTS or set(classes) & set(STATEMENTS.values()):
        return statement(box)
    if kind in {"fig", "tbl", "lst"} or kind in context.book.custom:
        return _figure(box)
    if "hidden" in classes and only_commands("\n".join(one.text for one in inner)):
        account.kept(construct, path, line, "formulas that only define commands are not shown anyway")
        return convert(inner)
    if "hidden" in classes:
        account.changed(construct, path, line, "it is shown: remove what is not for readers")
        return convert(inner)
    if "notes" in classes:
        account.lost(construct, path, line, "notes of a speaker are left out")
        return []
    if "epigraph" in classes:
        account.kept(construct, path, line, "{epigraph}")
        return directive("epigraph", "", [], convert(inner), colons)
    return _group(box, construct)


def _group(box: Div, construct: str) -> list[str]:
    """A div that has no meaning of its own."""
    context, given, line = box.context, box.given, box.line
    account, path = context.account, context.path
    classes = [name for name in given.classes if name not in _SHOW and not _WIDE.fullmatch(name)]
    if len(classes) < len(given.classes):
        said = "as wide as the text" if any(map(_WIDE.fullmatch, given.classes)) else "it stands by itself"
        account.changed(construct, path, line, said)
    if not classes and not given.id:
        if given.pairs:
            account.changed(construct, path, line, "its content without its looks")
        return box.convert(box.inner)
    if classes:
        account.kept(construct, path, line, "{div}")
    owner = context.book.labels.get(given.id)
    anchor: list[str] = []
    if (owner is not None and owner.path != path) or (given.id and path in context.book.shared):
        account.changed("::: {#…}", path, line, "a place on its page: another page has the label")
        anchor = [f'<a id="{given.id}"></a>', ""]
    options = [f":label: {given.id}"] if given.id and not anchor else []
    options += [f":class: {' '.join(classes)}"] if classes else []
    body = box.convert(box.inner)
    return [*anchor, *(directive("div", "", options, body, box.colons) if options else body)]


def _callout(box: Div, kind: str) -> list[str]:
    context, given, line = box.context, box.given, box.line
    account, path = context.account, context.path
    lines = list(box.inner)
    while lines and lines[0].blank:
        lines.pop(0)
    title = given.get("title")
    heading = (
        re.match(r"\s*#{1,6}\s+(.*?)(?:\s+#+)?(?:\s*\{[^{}]*\})?\s*$", lines[0].text)
        if lines and not title
        else None
    )
    if heading is not None:
        title = heading[1]
        lines.pop(0)
    name = kind if kind in _CALLOUTS else "note"
    account.kept(f"::: {{.callout-{kind or 'note'}}}", path, line, f"{{{name}}}")
    if kind and kind not in _CALLOUTS:
        account.changed(f"::: {{.callout-{kind}}}", path, line, "a note")
    if given.has("appearance") or given.has("icon"):
        account.changed("appearance= and icon=", path, line, "boxes of a kind look alike")
    options = [f":label: {given.id}"] if given.id else []
    collapse = given.get("collapse").lower()
    if collapse in {"true", "false"}:
        options.append(":class: dropdown")
        options += [":open:"] if collapse == "false" else []
        account.kept("collapse=", path, line, ":class: dropdown")
    body = box.convert(lines)
    if not any(text.strip() for text in body):
        body = [title or "&nbsp;"]
        title = ""
    return directive(name, one_line(title, context, line), options, body, box.colons)


def _figure(box: Div) -> list[str]:
    """A div that is a figure, a table or a listing, with its caption in the last paragraph."""
    context, given, line, colons = box.context, box.given, box.line, box.colons
    account, path = context.account, context.path
    kind = given.id.partition("-")[0]
    lines = list(box.inner)
    while lines and lines[-1].blank:
        lines.pop()
    start = len(lines)
    while start and not lines[start - 1].blank:
        start -= 1
    last = lines[start:]
    words = bool(last) and not re.match(r"\s*(?::::|```|~~~|!\[|\||\+[-=]|#|\$\$|</|\{\{<)", last[0].text)
    words = words and not re.match(r"\s*(?::::|```|~~~)\s*$", last[-1].text)
    caption = one_line(" ".join(one.text.strip() for one in last), context, last[0].number) if words else ""
    caption = caption or one_line(given.get("fig-cap") or given.get("tbl-cap"), context, line)
    rest = lines[:start] if words else lines
    gridded = any(given.has(key) for key in ("layout-ncol", "layout-nrow", "layout"))
    body = columns(replace(box, colons=3, inner=rest)) if gridded else box.convert(rest)
    while body and not body[-1].strip():
        body.pop()
    said = {"fig": "{figure}", "tbl": "{table}", "lst": "{code-block} with :caption:"}
    if kind == "tbl" and (one := _table(given.id, caption, body, colons)):
        account.kept("::: {#tbl-…}", path, line, said["tbl"])
        return one
    if kind == "lst" and (one := _listing(given.id, caption, body)):
        account.kept("::: {#lst-…}", path, line, said["lst"])
        return one
    if kind == "fig":
        account.kept("::: {#fig-…}", path, line, said["fig"])
    else:
        account.changed(f"::: {{#{kind}-…}}", path, line, "a figure, counted with the figures")
    below = ["", caption] if caption else []
    return directive("figure", "", [f":label: {given.id}"], [*body, *below], colons)


def _table(label: str, caption: str, body: list[str], colons: int) -> list[str]:
    """A table of pipes, or a list that is one already, with label and caption."""
    text = [line for line in body if line.strip()]
    if text and all("|" in line for line in text):
        return directive("table", caption, [f":label: {label}"], ["", *text, ""], colons)
    if text and (head := re.match(r":{3,}\{(?:list-table|table)\}(?P<argument>.*)", text[0])):
        at = body.index(text[0])
        argument = head["argument"].strip() or caption
        opener = f"{text[0][: head.start('argument')]} {argument}".rstrip()
        return [opener, f":label: {label}", *body[at + 1 :]]
    return []


def _listing(label: str, caption: str, body: list[str]) -> list[str]:
    """A single listing with label and caption."""
    text = [line for line in body if line.strip()]
    head = re.match(r"(`{3,}|~{3,})(\{code-cell\} ?)?(.*)", text[0]) if text else None
    if head is None or text[-1].strip() != head[1] or sum(line.strip() == head[1] for line in text) != 1:
        return []
    if head[3].startswith("{"):
        return []
    at = body.index(text[0])
    kind = head[2] or "{code-block} "
    options = [f":label: {label}"] + ([f":caption: {caption}"] if caption else [])
    return [f"{head[1]}{kind}{head[3]}".rstrip(), *options, *body[at + 1 :]]
