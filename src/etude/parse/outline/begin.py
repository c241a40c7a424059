"""Blocks that begin at the cursor.

Each function gets how many containers go on in this line and, when all do, the open paragraph. It
answers None when its block does not begin here, False when it took the whole line, and True when it
opened a container whose content follows in the same line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from etude.parse.outline import starts, tables
from etude.parse.outline.leaves import add_comment, add_environment, add_html
from etude.parse.outline.raw import Kind, Raw
from etude.parse.outline.state import State

Begin: TypeAlias = Callable[[State, int, Raw | None], bool | None]


def quote(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``> …``."""
    if state.crowded(depth):
        return None
    at = state.at
    state.enter(state.parent(depth), Raw(Kind.QUOTE, at, state.number, at + 1, state.number))
    state.skip(1)
    state.advance(1)
    return True


def heading(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``# …``."""
    match = starts.HEADING(state.text, state.next)
    if match is None:
        return None
    leaf = state.leave(depth, Kind.HEADING)
    rest = state.text[match.end() :]
    ending = starts.HEADING_END(rest)
    leaf.level = len(match[1])
    leaf.lines.append(rest[: ending.start()] if ending is not None else rest)
    leaf.offsets.append(state.offset + match.end())
    leaf.end = state.end
    return False


def fence(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """Three or more backticks, tildes or colons."""
    match = starts.FENCE(state.rest) or starts.TICKED(state.rest)
    if match is None:
        return None
    run, info = (match[1], match[2]) if match[1] else (match[3], match[4])
    if not info.strip(" \t") and state.stray(run):
        state.leave(depth, Kind.NOTHING, len(run))
        return False
    state.leaf = leaf = state.leave(depth, Kind.FENCE)
    leaf.mark, leaf.indent, leaf.info = run, state.indent, info.strip(" \t")
    leaf.info_at = leaf.start + len(run) + len(info) - len(info.lstrip(" \t"))
    leaf.end = state.end
    return False


def html(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """One of the seven kinds of HTML block; the last cannot interrupt text."""
    kind = starts.html_kind(state.rest)
    leaf = state.leaf
    if not kind or (kind == 7 and leaf is not None and leaf.kind in {Kind.PARAGRAPH, Kind.TABLE}):
        return None
    state.leaf = leaf = state.leave(depth, Kind.HTML)
    leaf.level = kind
    add_html(state, leaf)
    return False


def underline(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """``===`` or ``---`` below a paragraph makes a heading of it."""
    match = starts.UNDERLINE(state.text, state.next)
    if match is None or paragraph is None:
        return None
    state.leaf = None
    if state.take_references(paragraph):
        return None
    state.close(depth)
    paragraph.kind = Kind.HEADING
    paragraph.level = 1 if match[1][0] == "=" else 2
    paragraph.last, paragraph.end = state.number, state.at + len(match[1])
    return False


def dash(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """A table's second row, a heading's line, a break or an item: in this order."""
    for begin in (table, underline, rule):
        if (done := begin(state, depth, paragraph)) is not None:
            return done
    return item(state, depth, state.leaf if state.leaf is paragraph else None)


def star(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """A break or an item."""
    done = rule(state, depth, paragraph)
    return item(state, depth, paragraph) if done is None else done


def rule(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``---``, ``***`` or ``___``."""
    match = starts.RULE(state.text, state.next)
    if match is None:
        return None
    state.leave(depth, Kind.RULE, len(match[0].rstrip(" \t")))
    return False


def plus(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """A border between notebook cells, or an item."""
    match = starts.BREAK(state.text, state.next)
    if match is None:
        return item(state, depth, paragraph)
    leaf = state.leave(depth, Kind.BREAK, len(match[0].rstrip(" \t")))
    leaf.info = match[1].strip(" \t")
    return False


def item(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """``- …`` or ``1. …``; within a paragraph only one with text, and a numbered one only with 1."""
    text, at = state.text, state.next
    match = starts.BULLET(text, at) or starts.NUMBER(text, at)
    if match is None or state.crowded(depth + 1):
        return None
    ordered = match.lastindex == 2
    empty = not text[match.end() :].strip(" \t")
    if paragraph is not None and (empty or (ordered and int(match[1]) != 1)):
        return None
    state.close(depth)
    mark = match[2] if ordered else match[1]
    top = state.open[-1]
    if top.kind == Kind.DEFINITIONS or (top.kind == Kind.LIST and top.mark != mark):
        state.close_container()
    start = state.at
    if state.open[-1].kind != Kind.LIST:
        made = Raw(Kind.LIST, start, state.number, 0, state.number, mark=mark)
        made.level = int(match[1]) if ordered else -1
        state.enter(state.open[-1], made)
    width = match.end() - at
    new = Raw(Kind.ITEM, start, state.number, start + width, state.number)
    state.enter(state.open[-1], new)
    new.indent = state.indent + width
    state.skip(width)
    inner = 1 if empty or state.indent > 4 else state.indent
    new.indent += inner
    state.advance(inner)
    return True


def colon(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """A table's second row, a fence or a definition."""
    for begin in (table, fence):
        if (done := begin(state, depth, paragraph)) is not None:
            return done
    return definition(state, depth, paragraph)


def table(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """A row of dashes below a line with as many cells makes a table of the two."""
    if paragraph is None or paragraph.lazy:
        return None
    header = paragraph.lines[-1]
    if "|" not in header or header.strip(" \t") == "|":
        return None
    columns = tables.alignments(state.rest)
    if not columns or len(tables.split_row(header)) != len(columns):
        return None
    at = paragraph.offsets[-1] + len(header) - len(header.lstrip(" \t"))
    leaf = Raw(Kind.TABLE, at, paragraph.last, 0, state.number)
    leaf.lines.append(header)
    leaf.offsets.append(paragraph.offsets[-1])
    parent = state.open[-1]
    if len(paragraph.lines) == 1:
        parent.children.pop()
    else:
        del paragraph.lines[-1], paragraph.offsets[-1]
        paragraph.last -= 1
        state.close(depth)
    parent.children.append(leaf)
    state.leaf = leaf
    state.add(leaf)
    return False


def definition(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """``: …`` below a line of text, or below another definition of it."""
    match = starts.DEFINITION(state.text, state.next)
    if match is None or state.crowded(depth + 1):
        return None
    top = state.open[depth - 1]
    if top.kind == Kind.DEFINITIONS:
        state.close(depth)
    elif not _term(state, depth, top, paragraph):
        return None
    at = state.at
    made = Raw(Kind.DEFINITION, at, state.number, at + 1, state.number, indent=state.indent + 2)
    state.enter(state.open[-1], made)
    state.skip(1)
    state.advance(1)
    return True


def _term(state: State, depth: int, top: Raw, paragraph: Raw | None) -> bool:
    """Make a term of the one line of text before; whether there is such a line."""
    term = paragraph
    if state.leaf is None and depth == len(state.open) and top.children:
        before = top.children[-1]
        term = before if before.kind == Kind.PARAGRAPH and state.number - before.last <= 2 else None
    if term is None or len(term.lines) != 1:
        return False
    state.close(depth)
    if term.kind != Kind.PARAGRAPH:
        return False
    top.children.pop()
    if top.children and top.children[-1].kind == Kind.DEFINITIONS:
        state.open.append(top.children[-1])
    else:
        state.enter(top, Raw(Kind.DEFINITIONS, term.start, term.first, 0, state.number))
    term.kind = Kind.TERM
    state.open[-1].children.append(term)
    return True


def footnote(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``[^name]: …``."""
    match = starts.FOOTNOTE(state.text, state.next)
    if match is None or state.crowded(depth):
        return None
    at, width = state.at, len(match[0])
    made = Raw(Kind.FOOTNOTE, at, state.number, at + width, state.number, indent=4, info=match[1])
    state.enter(state.parent(depth), made)
    state.skip(width)
    state.advance(state.indent)
    return True


def math(state: State, depth: int, paragraph: Raw | None) -> bool | None:
    """``$$ …``, unless it ends a formula within the paragraph, or more text follows its own end."""
    rest = state.rest
    if not rest.startswith("$$") or (paragraph is not None and "\n".join(paragraph.lines).count("$$") % 2):
        return None
    match = starts.MATH_LINE(rest)
    if match is None and ("$$" in rest[2:] or not state.closes("$$", lambda line: "$$" in line)):
        return None
    leaf = state.leave(depth, Kind.MATH, 2)
    leaf.mark = "$$"
    leaf.lines.append(match[1] if match is not None else rest[2:])
    leaf.offsets.append(leaf.start + 2)
    if match is None:
        state.leaf = leaf
        return False
    leaf.closed, leaf.end = True, state.end
    if match[2]:
        leaf.info, leaf.info_at = match[2].strip(), leaf.start + match.start(2)
    return False


def environment(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    r"""``\begin{align}`` and its kin."""
    match = starts.ENVIRONMENT(state.rest)
    if match is None:
        return None
    ending = f"\\end{{{match[1]}}}"

    def ends(line: str) -> bool:
        return starts.environment_end(ending, line) is not None

    if not ends(state.rest) and not state.closes(ending, ends):
        return None
    state.leaf = leaf = state.leave(depth, Kind.ENVIRONMENT)
    leaf.mark, leaf.info = ending, match[1]
    state.skip(0)
    add_environment(state, leaf)
    return False


def target(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``(label)=``."""
    match = starts.TARGET(state.text, state.next)
    if match is None or not match[1].strip():
        return None
    leaf = state.leave(depth, Kind.TARGET, len(match[0].rstrip(" \t")))
    leaf.info = match[1].strip(" \t")
    return False


def comment(state: State, depth: int, _paragraph: Raw | None) -> bool | None:
    """``% …``."""
    state.leaf = leaf = state.leave(depth, Kind.COMMENT)
    add_comment(state, leaf)
    return False


BEGIN: dict[str, Begin] = {
    ">": quote,
    "#": heading,
    "`": fence,
    "~": fence,
    ":": colon,
    "<": html,
    "=": underline,
    "-": dash,
    "*": star,
    "_": rule,
    "+": plus,
    "|": table,
    "$": math,
    "\\": environment,
    "(": target,
    "%": comment,
    "[": footnote,
    **dict.fromkeys("0123456789", item),
}
"""What may begin with a character; any other begins text."""
