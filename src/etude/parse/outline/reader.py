"""The one pass over the lines: containers that go on, blocks that begin, text.

The method is that of the CommonMark specification: a stack of open containers and at most one open
leaf. What this reader adds to it is that every piece knows where it stands.
"""

from __future__ import annotations

from etude.parse.addresses import Address
from etude.parse.lines import Lines
from etude.parse.outline import starts
from etude.parse.outline.begin import BEGIN
from etude.parse.outline.leaves import GREEDY, begin_code, begin_text
from etude.parse.outline.raw import Kind, Problem, Raw
from etude.parse.outline.state import State


def read(lines: Lines, links: dict[str, Address], room: int) -> tuple[list[Raw], list[Problem]]:
    """The outline of some lines; link reference definitions are added to `links`.

    `room` is how many containers may stand in each other; deeper ones are left as text.
    """
    state = State(lines, links, room)
    open_, plain, root = state.open, starts.PLAIN, state.root.children
    for number, (text, offset) in enumerate(zip(lines.lines, lines.offsets, strict=True)):
        state.number = number
        if len(open_) == 1:  # most lines are text or code outside of any container: the short way
            leaf = state.leaf
            if leaf is None:
                if not text:
                    continue
                if plain(text):
                    start = offset + len(text) - len(text.lstrip(" "))
                    state.leaf = leaf = Raw(Kind.PARAGRAPH, start, number, 0, number)
                    root.append(leaf)
                    leaf.lines.append(text)
                    leaf.offsets.append(offset)
                    continue
            elif (leaf.kind == Kind.PARAGRAPH and plain(text)) or (
                leaf.kind == Kind.FENCE
                and not leaf.indent
                and (leaf.mark not in text or text.strip(" \t").strip(leaf.mark[0]))
            ):
                leaf.lines.append(text)
                leaf.offsets.append(offset)
                leaf.last = number
                continue
            elif not text and leaf.kind == Kind.PARAGRAPH:
                state.close(1)
                continue
        state.begin(text, offset)
        _line(state)
    state.close(1)
    return root, state.problems


def _line(state: State) -> None:
    """Read the line at the cursor in full."""
    depth = _descend(state)
    matched = depth == len(state.open)
    leaf = state.leaf
    if matched and leaf is not None and (greedy := GREEDY.get(leaf.kind)) is not None and greedy(state, leaf):
        return
    if state.blank:
        state.close(depth)
        return
    while not state.blank:
        leaf = state.leaf
        paragraph = leaf if leaf is not None and leaf.kind == Kind.PARAGRAPH else None
        if state.indent >= 4:
            if paragraph is None:
                begin_code(state, depth)
                return
            break
        begin = BEGIN.get(state.text[state.next])
        inside = None if begin is None else begin(state, depth, paragraph if matched else None)
        if inside is None:
            break
        if not inside:
            return
        depth, matched = len(state.open), True
    else:
        return
    leaf = state.leaf
    if leaf is not None and (leaf.kind == Kind.PARAGRAPH or (matched and leaf.kind == Kind.TABLE)):
        state.add(leaf)  # a paragraph goes on even where its container's mark is missing
        leaf.lazy = not matched
        leaf.too_deep |= state.nests(depth)
    else:
        begin_text(state, depth)


def _descend(state: State) -> int:
    """Pass the marks and indents of the open containers that go on; how many of them do."""
    open_ = state.open
    depth = 1
    while depth < len(open_):
        block = open_[depth]
        match block.kind:
            case Kind.QUOTE:
                if state.indent > 3 or state.blank or state.text[state.next] != ">":
                    break
                state.skip(1)
                block.last, block.end = state.number, state.offset + state.pos
                state.advance(1)
            case Kind.ITEM | Kind.FOOTNOTE | Kind.DEFINITION:
                if state.blank:
                    if not block.children:
                        break
                elif state.indent >= block.indent:
                    state.advance(block.indent)
                else:
                    break
            case _:
                pass
        depth += 1
    return depth
