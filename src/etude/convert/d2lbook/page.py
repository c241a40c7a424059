"""One page of d2lbook as a page of Etude."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.d2lbook.aliases import Aliases
from etude.convert.d2lbook.blocks import Blocks
from etude.convert.d2lbook.cells import Cells, Saved
from etude.convert.d2lbook.contents import is_toc
from etude.convert.d2lbook.fenced import ALL, is_cell, tabs_of
from etude.convert.d2lbook.head import begins_with_rule, head, plain_thread
from etude.convert.d2lbook.marks import without_marks
from etude.convert.d2lbook.rest import convert_rest, is_rest
from etude.convert.fences import Fence, Prose, pieces

__all__ = ["Made", "Surroundings", "convert_page", "page_tabs"]

_PROSE_TAB = re.compile(r"^[ \t]*:begin_tab:`(?P<names>[^`\n]*)`", re.MULTILINE)
_CLASS = re.compile(r"\{\.(?P<language>[\w+-]+)[^}]*\}")


class Surroundings(Struct, frozen=True):
    """What a page is converted in."""

    tabs: tuple[str, ...]
    aliases: Mapping[str, Aliases]
    modules: Mapping[str, str]
    """Where the code of each tab is saved to, when that is not what `etude.toml` says."""
    address: Callable[[str, int], str]
    """The address of a link or a picture, and its line, to that for the new page."""
    read: Callable[[str], str | None]
    """The text of a file that the page names."""
    string: Callable[[str], str]
    """A text in code to what stands there in the new page: the path of a file may be another."""
    unnumbered: frozenset[str] = frozenset()
    """Labels of headings that have no number."""
    home: bool = False
    """Whether it is the root page."""


class Made(Struct, frozen=True):
    """A converted page."""

    text: str
    places: tuple[tuple[str, str], ...]
    """Labels: what the old site made the fragment of, and the label."""
    asked: Mapping[str, frozenset[str]]
    """Names of aliases that the code of each tab asks the library for."""
    saves: tuple[Saved, ...]


def page_tabs(text: str, tabs: Sequence[str]) -> tuple[str, ...]:
    """The tabs that d2lbook makes a page in: the first one, and those that something on the page names."""
    if not tabs:
        return ()
    named: set[str] = set()
    code = unmarked = whole = False
    for piece in pieces(text):
        if isinstance(piece, Prose):
            for found in _PROSE_TAB.finditer("\n".join(piece.lines)):
                named |= {name.strip().lower() for name in found["names"].split(",")}
        elif is_cell(piece):
            code = True
            own = tabs_of(piece)
            unmarked |= own is None
            whole |= own is not None and ALL in own
            named |= set(own or ())
    if not code:
        return tuple(tabs)
    return tuple(
        tab for number, tab in enumerate(tabs) if tab in named or (number == 0 and (unmarked or whole))
    )


def convert_page(path: str, text: str, account: Account, around: Surroundings) -> Made:
    """The page in `text`, which is the file `path`."""
    own = page_tabs(text, around.tabs)
    default = around.tabs[0] if around.tabs else ""
    blocks = Blocks(path, account, around.address, around.unnumbered)
    cells = Cells(path, account, around.tabs, own, default, around.aliases, around.modules, around.string)
    shown = False
    for piece in pieces(text):
        if isinstance(piece, Prose):
            _prose(piece, path, account, blocks)
            continue
        if is_cell(piece):
            _put(blocks, cells.convert(piece))
        elif is_toc(piece):
            _put(blocks, ("```{tableofcontents}", "```") if around.home and not shown else ())
            shown = True
        elif is_rest(piece):
            _put(blocks, convert_rest(piece, path, account, around.read))
        else:
            _put(blocks, _listing(piece, path, account))
    blocks.finish()
    blocks.out.drop_blank()
    while blocks.out.lines and not blocks.out.lines[0].strip():
        blocks.out.lines.pop(0)
    lines = head(own if cells.written else (), around.tabs, cells.named, blocks.threads)
    if not lines and blocks.out.lines and begins_with_rule(blocks.out.lines):
        account.kept("---", path, 1, "`***`: at the beginning of a page it would begin the front matter")
        blocks.out.lines[0] = "***"
    lines += blocks.out.lines
    if link := plain_thread(blocks.threads):
        said = "beside those of the variants: a link at the end of the page"
        account.changed("[Discussions]", path, blocks.thread_line, said)
        lines += ["", link]
    return Made(
        "\n".join(lines) + "\n",
        tuple(blocks.out.places),
        {tab: frozenset(names) for tab, names in cells.asked.items()},
        tuple(cells.saves),
    )


def _put(blocks: Blocks, lines: Sequence[str]) -> None:
    if lines:
        blocks.out.put(*lines)
    else:
        # Nothing stands there now: one blank line of the two around it is enough.
        blocks.out.drop_blank()


def _prose(piece: Prose, path: str, account: Account, blocks: Blocks) -> None:
    source = "\n".join(piece.lines)
    text, found = without_marks(source)
    for mark in found:
        line = piece.line + mark.line
        if mark.said:
            account.changed(f"{mark.opening}…", path, line, mark.said)
        elif mark.opening[1] == "~":
            account.changed(f"{mark.opening}…", path, line, "for slides only: a comment")
        else:
            account.kept(f"{mark.opening}…", path, line, "the mark is taken off")
    lines = text.split("\n")
    numbers = _numbers(piece.lines, lines)
    escaped = [
        "\\" + line if _percent(line, lines[at - 1] if at else "") else line for at, line in enumerate(lines)
    ]
    blocks.convert(escaped, [piece.line + number for number in numbers])


def _percent(line: str, before: str) -> bool:
    """Whether a line of text begins with a sign that makes comments: one that goes on a paragraph."""
    follows = bool(before.strip()) and not before.startswith("%")
    return line.startswith("%") and (follows or not line.startswith("% "))


def _numbers(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each new line, which of the old lines it was."""
    if len(old) == len(new):
        return list(range(len(new)))
    found = [0] * len(new)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        for step, number in enumerate(range(start, end)):
            found[number] = min(first + step, max(last - 1, first), len(old) - 1)
    return found


def _listing(fence: Fence, path: str, account: Account) -> tuple[str, ...]:
    opening = f"{fence.indent}{fence.marker}{fence.info}"
    if found := _CLASS.fullmatch(fence.info):
        account.kept("```{.language}", path, fence.line, "```language")
        opening = f"{fence.indent}{fence.marker}{found['language']}"
    closing = (f"{fence.indent}{fence.marker}",) if fence.closed else ()
    return (opening, *fence.lines, *closing)
