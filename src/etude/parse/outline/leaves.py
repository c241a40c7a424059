"""Leaves that take lines as they are until they end: code, fences, HTML, formulas, comments.

Each function reads the line at the cursor for an open leaf; False is that the line is not the leaf's.
"""

from __future__ import annotations

from collections.abc import Callable

from etude.parse.outline import starts
from etude.parse.outline.raw import Kind, Raw
from etude.parse.outline.state import State


def add_code(state: State, leaf: Raw) -> bool:
    """A line indented by four columns, or an empty one."""
    if state.indent < 4 and not state.blank:
        state.close(len(state.open))
        return False
    state.advance(4)
    state.add(leaf)
    return True


def add_fenced(state: State, leaf: Raw) -> bool:
    """Any line; a run of marks as long as the opening one is the end."""
    if state.indent <= 3 and state.text.startswith(leaf.mark, state.next):
        rest = state.rest.rstrip(" \t")
        if not rest.strip(leaf.mark[0]):
            leaf.closed, leaf.last, leaf.end = True, state.number, state.end
            if leaf.mark[0] == ":":
                state.crossings += [(leaf, mark) for line in leaf.lines if (mark := _opened(line, leaf.mark))]
            state.leaf = None
            return True
    state.advance(min(leaf.indent, state.indent))
    state.add(leaf)
    return True


def _opened(line: str, mark: str) -> str:
    """The mark of the fence that a line begins, when whatever ends it would end one of `mark` too."""
    text = line.strip(" \t")
    rest = text.lstrip(":")
    return text[: len(text) - len(rest)] if rest and text.startswith(mark) else ""


def add_html(state: State, leaf: Raw) -> bool:
    """Any line up to the one that ends this kind of HTML."""
    if state.blank and leaf.level >= 6:
        return False
    state.add(leaf)
    if starts.html_ends(leaf.level, leaf.lines[-1]):
        state.close(len(state.open))
    return True


def add_math(state: State, leaf: Raw) -> bool:
    """Any line up to ``$$`` with its label."""
    state.add(leaf)
    text, at = leaf.lines[-1], leaf.offsets[-1]
    if "$$" not in text:
        return True
    match = starts.MATH_END(text)
    cut = match.start() if match is not None else text.index("$$")
    leaf.closed, leaf.lines[-1] = True, text[:cut]
    state.leaf = None
    if match is not None:
        leaf.end = state.end
        if match[1]:
            leaf.info, leaf.info_at = match[1].strip(), at + match.start(1)
        return True
    leaf.end = at + cut + 2
    hint = "begin a new line after `$$`"
    state.problem(leaf.end, state.end, "nothing but a label may stand after the end of a formula", hint)
    state.pos += cut + 2
    state.find()
    begin_text(state, len(state.open))
    return True


def add_environment(state: State, leaf: Raw) -> bool:
    r"""Any line up to the one that ends in ``\end{…}``, maybe with a label."""
    state.add(leaf)
    text = leaf.lines[-1]
    match = starts.environment_end(leaf.mark, text)
    if match is not None:
        leaf.closed, leaf.end, leaf.label = True, state.end, (match[1] or "").strip()
        leaf.lines[-1] = text[: match.start() + len(leaf.mark)]
        state.close(len(state.open))
    return True


def add_comment(state: State, leaf: Raw) -> bool:
    """A line that begins with ``%``."""
    if state.blank or state.indent > 3 or state.text[state.next] != "%":
        state.close(len(state.open))
        return False
    state.skip(1)
    state.add(leaf)
    leaf.end = state.end
    return True


def begin_text(state: State, depth: int) -> None:
    """A new paragraph with the rest of the line."""
    state.leaf = leaf = state.leave(depth, Kind.PARAGRAPH)
    state.add(leaf)
    leaf.too_deep = state.nests(depth)


def begin_code(state: State, depth: int) -> None:
    """A new block of indented code with the rest of the line."""
    state.leaf = leaf = state.leave(depth, Kind.CODE)
    add_code(state, leaf)


GREEDY: dict[Kind, Callable[[State, Raw], bool]] = {
    Kind.CODE: add_code,
    Kind.FENCE: add_fenced,
    Kind.HTML: add_html,
    Kind.MATH: add_math,
    Kind.ENVIRONMENT: add_environment,
    Kind.COMMENT: add_comment,
}
"""Kinds of leaves that take lines before anything else may begin."""
