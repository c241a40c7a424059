"""What stands side by side: columns, grids, tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.fences import opening
from etude.convert.quarto import attributes
from etude.convert.quarto.attributes import Attributes
from etude.convert.quarto.directives import Div, directive
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.lines import Line, fence_end, longest

__all__ = ["CLOSE", "COLUMNS", "OPEN", "columns", "div_end", "tabs"]

COLUMNS = frozenset({"columns", "grid"})
"""Classes of divs that hold columns."""

OPEN = re.compile(r"(?P<indent>[ \t]*)(?P<colons>:{3,})[ \t]*(?P<what>\{.*\}|[^\s{}:][^\s{}]*)[ \t]*:*[ \t]*")
CLOSE = re.compile(r"[ \t]*:{3,}[ \t]*")
_MYST = re.compile(r"[ \t]*:{3,}[ \t]*\{[\w:-]+\}.*")
_HEADING = re.compile(r"\s*(?P<marks>#{1,6})\s+(?P<words>.*?)(?:\s+#+)?\s*")


def div_end(lines: Sequence[Line], at: int) -> int:
    """The index of the line that closes the div opened at an index, by counting; else past the end."""
    depth = 0
    index = at
    while index < len(lines):
        text = lines[index].text
        if (fence := opening(text)) is not None:
            index = fence_end(lines, index, fence["marker"]) + 1
            continue
        if CLOSE.fullmatch(text):
            depth -= 1
            if not depth:
                return index
        elif OPEN.fullmatch(text) or _MYST.fullmatch(text):
            depth += 1
        index += 1
    return index


def columns(box: Div) -> list[str]:
    """Blocks in columns."""
    given, convert = box.given, box.convert
    account, path = box.context.account, box.context.path
    items = _items(box.inner)
    boxes = [item for item in items if OPEN.fullmatch(item[0].text)]
    number = _number(given, items)
    named = set(given.classes) & COLUMNS
    construct = f"::: {{.{next(iter(sorted(named)))}}}" if named else "layout-ncol= and layout="
    account.kept(construct, path, box.line, "{grid}")
    body: list[str] = []
    rest = [item for item in items if item not in boxes] if named else []
    for item in items:
        if item in rest:
            body += ["", *convert(item), ""]
            continue
        if item not in boxes or not named:
            lone = _alone(item)
            body += ["", *convert(lone)] if body else convert(lone)
            continue
        inside = OPEN.fullmatch(item[0].text)
        got = attributes.read(inside["what"]) if inside else None
        if got is not None and got[0].get("width"):
            account.changed("width= of a column", path, item[0].number, "columns are of one width")
        plain = got is None or not [
            c for c in got[0].classes if c != "column" and not c.startswith(("g-", "col-"))
        ]
        lines = convert(item[1:-1]) if plain else convert(item)
        body += directive("grid-item", "", [], lines, 3)
    return directive("grid", str(number), [], body, max(box.colons, longest(body, ":") + 1))


def _number(given: Attributes, items: Sequence[Sequence[Line]]) -> int:
    if given.get("layout-ncol").isdecimal():
        return max(int(given.get("layout-ncol")[:2]), 1)
    if given.get("layout"):
        rows = re.findall(r"\[([^\[\]]*)\]", given.get("layout"))
        return max(
            max((sum(1 for n in row.split(",") if not n.strip().startswith("-")) for row in rows), default=1),
            1,
        )
    if given.get("layout-nrow").isdecimal():
        return max(-(-len(items) // max(int(given.get("layout-nrow")[:2]), 1)), 1)
    if "grid" in given.classes:
        wide = re.search(r"g-col(?:-\w+)?-(\d+)", items[0][0].text) if items else None
        return max(12 // max(int(wide[1]), 1), 1) if wide else max(len(items), 1)
    return max(sum(1 for item in items if OPEN.fullmatch(item[0].text)), 1)


def _items(lines: Sequence[Line]) -> list[list[Line]]:
    """The blocks of a div: divs, code blocks, and paragraphs."""
    found: list[list[Line]] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.blank:
            at += 1
            continue
        if OPEN.fullmatch(line.text) or _MYST.fullmatch(line.text):
            end = div_end(lines, at) + 1
        elif (fence := opening(line.text)) is not None:
            end = fence_end(lines, at, fence["marker"]) + 1
        else:
            end = at + 1
            while end < len(lines) and not lines[end].blank and not OPEN.fullmatch(lines[end].text):
                end += 1
        found.append(list(lines[at:end]))
        at = end
    return found


def _alone(item: Sequence[Line]) -> list[Line]:
    """Pictures that share a paragraph, each in one of its own."""
    if len(item) > 1 and all(re.match(r"\s*!\[", line.text) for line in item):
        return [one for line in item for one in (line, Line(line.number, ""))][:-1]
    return list(item)


def tabs(box: Div) -> list[str]:
    """A tabset: the headings of the first level in it are titles."""
    context, inner, convert = box.context, box.inner, box.convert
    parts: list[tuple[str, int, bool, list[Line]]] = []
    level = ""
    before: list[Line] = []
    at = 0
    while at < len(inner):
        line = inner[at]
        end = at + 1
        if (fence := opening(line.text)) is not None:
            end = fence_end(inner, at, fence["marker"]) + 1
        elif OPEN.fullmatch(line.text) or _MYST.fullmatch(line.text):
            end = div_end(inner, at) + 1
        heading = _HEADING.fullmatch(line.text)
        if heading is not None and (not level or len(heading["marks"]) <= len(level)):
            level = level or heading["marks"]
            words, given_here = attributes.at_end(heading["words"])
            active = given_here is not None and "active" in given_here.classes
            parts.append((one_line(words, context, line.number), line.number, active, []))
        elif parts:
            parts[-1][3].extend(inner[at:end])
        else:
            before.extend(inner[at:end])
        at = end
    group = box.given.get("group")
    body: list[str] = []
    for title, number, active, lines in parts:
        context.account.kept("tab", context.path, number, "{tab-item}")
        options = [f":sync: {_word(title)}"] if group else []
        options += [":selected:"] if active else []
        body += directive("tab-item", title or "&nbsp;", options, convert(lines), 3)
    if not parts:
        return convert(inner)
    options = [f":sync-group: {group}"] if group else []
    made = directive("tab-set", "", options, body, max(box.colons, longest(body, ":") + 1))
    lead = convert(before) if any(not line.blank for line in before) else []
    return [*lead, *([""] if lead else []), *made]


def _word(title: str) -> str:
    return re.sub(r"[^\w.+#-]+", "-", title.lower()).strip("-") or "tab"
