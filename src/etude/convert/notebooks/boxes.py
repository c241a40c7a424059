"""HTML that notebooks use for want of directives: coloured boxes, folded text, centred text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from etude.convert.notebooks.rows import Row

__all__ = ["boxes"]

_OPEN = re.compile(
    r"[ \t]*(?:<div\b(?P<div>[^<>]*)>|<details\b[^<>]*>|<center>)[ \t]*(?P<rest>.*)", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)(div|details|center)\b[^<>]*?(/?)>", re.IGNORECASE)
_CLASS = re.compile(r"""class\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)
_SUMMARY = re.compile(r"[ \t]*<summary\b[^<>]*>(.*?)</summary>[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_ALERTS = {
    "alert-info": "note",
    "alert-success": "tip",
    "alert-warning": "warning",
    "alert-danger": "danger",
    "alert-error": "danger",
}
_NAMES = {
    **dict.fromkeys(("note", "info", "注", "注意", "说明"), "note"),
    **dict.fromkeys(("tip", "hint", "提示"), "tip"),
    **dict.fromkeys(("warning", "警告"), "warning"),
    **dict.fromkeys(("danger", "危险"), "danger"),
}
_NAME = re.compile(rf"[ \t]*\*\*({'|'.join(_NAMES)})[ \t]*[:：.!]?\*\*[ \t]*[:：]?[ \t]*", re.IGNORECASE)
_SIMPLE = (
    (re.compile(r"<(b|strong)>(?!\s)(.+?)(?<!\s)</\1>", re.IGNORECASE), r"**\2**"),
    (re.compile(r"<(i|em)>(?!\s)(.+?)(?<!\s)</\1>", re.IGNORECASE), r"*\2*"),
    (re.compile(r"<(code|tt)>([^`<>]+?)</\1>", re.IGNORECASE), r"`\2`"),
    (
        re.compile(r"""<a\s[^<>]*?href\s*=\s*["']([^"'<>\s]+)["'][^<>]*>(.+?)</a>""", re.IGNORECASE),
        r"[\2](\1)",
    ),
)
_INLINE_TAGS = re.compile(r"</?(?:span|font|u)\b[^<>]*>", re.IGNORECASE)

Told = list[tuple[int, str, str]]


def boxes(rows: Sequence[Row], told: Told) -> list[Row]:
    """Alerts as admonitions, `<details>` as dropdowns, `<center>` as what it holds."""
    out: list[Row] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        match = _OPEN.fullmatch(row.text) if row.kind == "text" else None
        kind = _kind(match) if match else ""
        ends = _end(rows, at) if kind else None
        if match is None or ends is None:
            out.append(row)
            at += 1
            continue
        last, start, stop = ends
        inner = list(rows[at : last + 1])
        if last == at:
            inner[0] = Row(row.text[match.start("rest") : start], row.number)
        else:
            inner[0] = Row(match["rest"], row.number)
            inner[-1] = Row(inner[-1].text[:start], inner[-1].number)
        after = rows[last].text[stop:]
        out += _box(kind, _trimmed(inner), row.number, rows[last].number, told)
        if after.strip():
            out.append(Row(after.strip(), rows[last].number))
        at = last + 1
    return out


def _kind(match: re.Match[str]) -> str:
    if match["div"] is None:
        return "center" if "<center" in match[0][: match.start("rest")].lower() else "details"
    classes = _CLASS.search(match["div"])
    names = classes[1].split() if classes else []
    alert = next((_ALERTS[name] for name in names if name in _ALERTS), "note" if "alert" in names else "")
    if alert:
        return alert
    return "center" if re.search(r"align\s*=\s*[\"']?center|text-align\s*:\s*center", match["div"]) else ""


def _end(rows: Sequence[Row], at: int) -> tuple[int, int, int] | None:
    """Row, and begin and end there, of the tag that closes what the row at `at` opens."""
    open_: list[str] = []
    for number in range(at, len(rows)):
        if rows[number].kind == "code":
            continue
        for tag in _TAG.finditer(rows[number].text):
            name = tag[2].lower()
            if tag[3]:
                continue
            if not tag[1]:
                open_.append(name)
            elif open_ and open_[-1] == name:
                open_.pop()
                if not open_:
                    return number, tag.start(), tag.end()
            else:
                return None
    return None


def _trimmed(rows: list[Row]) -> list[Row]:
    while rows and not rows[0].text.strip():
        rows.pop(0)
    while rows and not rows[-1].text.strip():
        rows.pop()
    return rows


def _box(kind: str, inner: list[Row], first: int, last: int, told: Told) -> list[Row]:
    if kind == "center":
        told.append((first, "centred text", "the same, not centred"))
        return boxes([_simple(row) for row in inner], told)
    title = ""
    if kind == "details":
        text = "\n".join(row.text for row in inner)
        summary = _SUMMARY.match(text)
        if summary:
            taken = text.count("\n", 0, summary.start(2))
            title = " ".join(_words(summary[1]).split())
            inner = _trimmed([Row(summary[2].split("\n")[0], inner[taken].number), *inner[taken + 1 :]])
        opening, construct = f"{{dropdown}} {title or '…'}", "<details>"
        said = "a `dropdown`"
    else:
        opening, construct, said = f"{{{kind}}}", '<div class="alert …">', f"`{kind}`"
        inner = _untitled([_simple(row) for row in inner], kind)
    told.append((first, construct, said))
    inner = boxes(inner, told)
    depth = max((len(row.text) - len(row.text.lstrip(":")) for row in inner if row.kind == "mark"), default=2)
    marks = ":" * (depth + 1)
    return [Row(f"{marks}{opening}", first, "mark"), *inner, Row(marks, last, "mark")]


def _untitled(rows: list[Row], kind: str) -> list[Row]:
    """The rows of a box without its own name in bold at their beginning."""
    match = _NAME.match(rows[0].text) if rows else None
    if match is None or _NAMES[match[1].lower()] != kind:
        return rows
    return _trimmed([Row(rows[0].text[match.end() :], rows[0].number), *rows[1:]])


def _simple(row: Row) -> Row:
    """The marks of Markdown in the place of simple tags."""
    if row.kind != "text":
        return row
    text = row.text
    if re.match(r"[ \t]*</?(?:p|div|br)\b[^<>]*>[ \t]*$", text, re.IGNORECASE):
        return Row("", row.number)
    text = re.sub(r"^[ \t]*<p\b[^<>]*>|</p>[ \t]*$", "", text, flags=re.IGNORECASE)
    for pattern, new in _SIMPLE:
        text = pattern.sub(new, text)
    # Four spaces would make code of what HTML takes for nothing.
    return Row(re.sub(r"^(?: {4,}|\t)\s*(?![-*+\d])", "", text), row.number)


def _words(html: str) -> str:
    for pattern, new in _SIMPLE:
        html = pattern.sub(new, html)
    return unescape(_INLINE_TAGS.sub("", re.sub(r"</?h\d[^<>]*>", "", html)))
