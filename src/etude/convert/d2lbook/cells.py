"""One cell of d2lbook to cells of Etude that say the same: for each tab its own code, where it differs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.d2lbook.aliases import Aliases, apply, doubtful, remaining
from etude.convert.d2lbook.branches import choose, has_branches
from etude.convert.d2lbook.fenced import ALL, TAB_MARK, is_dropped, tabs_of
from etude.convert.d2lbook.saving import defined, is_saved, split
from etude.convert.d2lbook.source import Edit, parse
from etude.convert.fences import Fence

__all__ = ["Cells", "Saved"]

_LIBRARIES = re.compile(r"#[ \t]*required_libs\((?P<names>.*?)\)")
_HIDE = re.compile(
    r"#[ \t]*(?:@hide(?P<what>_all|_code|_outputs?)?\b|hide[ \t]+(?P<words>code|outputs)\b)",
    re.IGNORECASE,
)
_PATCH = re.compile(r"^@d2l\.add_to_class\(", re.MULTILINE)


class Saved(Struct, frozen=True):
    """Something that goes to the library of a tab."""

    tab: str
    name: str = ""
    """Of a function or a class; empty for other code."""
    line: int = 0
    owner: str = ""
    """The class that it is added to, if it is a method."""


class _Piece(Struct, frozen=True):
    text: str
    saved: bool


class Cells:
    """Converts the cells of one page, in order."""

    def __init__(
        self,
        path: str,
        account: Account,
        tabs: Sequence[str],
        page_tabs: Sequence[str],
        default: str,
        aliases: Mapping[str, Aliases],
        modules: Mapping[str, str],
        string: Callable[[str], str],
    ) -> None:
        """`tabs` are the book's, `page_tabs` those of the page.

        `modules` has where tabs save to, if it must be said.
        """
        self.path, self.account = path, account
        self.tabs, self.page_tabs, self.default = tuple(tabs), tuple(page_tabs), default
        self.aliases, self.modules, self.string = aliases, modules, string
        self.hidden = False
        self.named: set[str] = set()
        """Tabs that written cells name."""
        self.asked: dict[str, set[str]] = {}
        """Names of aliases that the code of each tab still asks the library for."""
        self.saves: list[Saved] = []
        self.told: set[tuple[int, str]] = set()
        """Lines with what was told of the names of their cells."""
        self.written = 0
        """Cells of Etude so far."""

    def convert(self, fence: Fence) -> tuple[str, ...]:
        """The lines of the cells that a cell becomes."""
        if is_dropped(fence):
            self._dropped(fence)
            return ()
        tabs = self._tabs(fence)
        if self.tabs and not tabs:
            said = "kept as a listing: none of the book's tabs has it"
            self.account.lost("{.python .input}", self.path, fence.line, said)
            closing = (f"{fence.indent}{fence.marker}",) if fence.closed else ()
            return (f"{fence.indent}{fence.marker}python", *fence.lines, *closing)
        body = [line for line in fence.body if not TAB_MARK.fullmatch(line)]
        body, tags = self._hidden(fence, body)
        text = "\n".join(body).strip("\n")
        written: list[tuple[list[str], tuple[_Piece, ...]]] = []
        for tab in tabs or ("",):
            made = self._made(fence, text, tab)
            same = next((names for names, other in written if other == made), None)
            if same is not None:
                same.append(tab)
            elif made:
                written.append(([tab], made))
        self._told(fence, text, written)
        lines: list[str] = []
        for names, made in written:
            for piece in made:
                lines += [] if not lines else [""]
                lines += self._cell(fence, names, piece, tags)
                self.written += 1
        return tuple(f"{fence.indent}{line}".rstrip() if fence.indent else line for line in lines)

    def _tabs(self, fence: Fence) -> tuple[str, ...]:
        if not self.tabs:
            return ()
        named = tabs_of(fence)
        if named is None:
            return tuple(tab for tab in self.page_tabs if tab == self.default)
        if ALL in named:
            self.account.kept("#@tab all", self.path, fence.line, "a cell without `:variant:`")
            return self.page_tabs
        self.account.kept("#@tab", self.path, fence.line, "`:variant:`")
        for tab in named:
            if tab not in self.tabs:
                self.account.lost("#@tab", self.path, fence.line, f"`{tab}` is none of the book's tabs")
        return tuple(tab for tab in self.page_tabs if tab in named)

    def _hidden(self, fence: Fence, body: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """The lines without marks for hiding, and the tags that say the same."""
        code = output = False
        kept: list[str] = []
        for line in body:
            found = _HIDE.search(line)
            if found is None:
                kept.append(line)
                continue
            what = (found["what"] or found["words"] or "").lower().strip("_")
            self.hidden |= what == "all"
            code |= what in ("", "code")
            output |= what in ("", "output", "outputs")
            self.account.kept(
                found[0].split()[0] if "@" in found[0] else found[0], self.path, fence.line, "`:tags:`"
            )
            if rest := line[: found.start()].rstrip():
                kept.append(rest)
        if self.hidden or (code and output):
            return kept, ("remove-cell",)
        return kept, ("remove-input",) if code else ("remove-output",) if output else ()

    def _made(self, fence: Fence, text: str, tab: str) -> tuple[_Piece, ...]:
        """The code of a tab, by what is saved."""
        chosen = choose(text, tab) if tab else text
        if chosen is None:
            said = "the code cannot be read as Python, so that all of it stands in each variant"
            self.account.changed("tab.selected", self.path, fence.line, said)
            chosen = text
        aliases = self.aliases.get(tab)
        for said in doubtful(chosen, aliases) if aliases else ():
            if (fence.line, said) not in self.told:
                self.told.add((fence.line, said))
                self.account.changed("d2l.name", self.path, fence.line, said)
        made = self._moved(apply(chosen, aliases) if aliases else chosen)
        if aliases and (left := remaining(made, aliases)):
            self.asked.setdefault(tab, set()).update(left)
        return tuple(_Piece(part.text, part.saved) for part in split(made) if part.text.strip())

    def _moved(self, text: str) -> str:
        """The code with paths of files as they are from the new page."""
        code = parse(text) if "/" in text else None
        if code is None:
            return text
        edits = []
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" in node.value:
                new, written = self.string(node.value), code.of(node)
                if new != node.value and written.count(node.value) == 1:
                    edits.append(Edit(code.start(node), code.end(node), written.replace(node.value, new)))
        return code.edited(edits) if edits else text

    def _told(self, fence: Fence, text: str, written: Sequence[tuple[list[str], tuple[_Piece, ...]]]) -> None:
        """Note what was found in the cell."""
        self.account.kept("{.python .input}", self.path, fence.line, "`{code-cell} python`")
        if has_branches(text):
            self.account.kept("tab.selected", self.path, fence.line, "a cell for each variant")
        elif len(written) > 1:
            said = "the variants' own code, in a cell for each"
            self.account.kept("d2l aliases", self.path, fence.line, said)
        if is_saved(text):
            parts = max((len(made) for _, made in written), default=1)
            said = "`:save:`" if parts == 1 else "`:save:`; the cell is split, as cells are saved whole"
            self.account.kept("#@save", self.path, fence.line, said)
            self._shown(fence, written)
        if _PATCH.search(text):
            said = "kept: the page adds the method; in the library it stands in its class"
            self.account.kept("@d2l.add_to_class", self.path, fence.line, said)

    def _shown(self, fence: Fence, written: Sequence[tuple[list[str], tuple[_Piece, ...]]]) -> None:
        for _, made in written:
            for piece in made[:-1]:
                code = parse(piece.text)
                if code and code.tree.body and isinstance(code.tree.body[-1], ast.Expr):
                    value = code.tree.body[-1].value
                    if not (isinstance(value, ast.Constant) or piece.text.rstrip().endswith(";")):
                        said = "a cell that was split shows the value of each part that ends in an expression"
                        self.account.changed("#@save", self.path, fence.line, said)
                        return

    def _cell(self, fence: Fence, names: Sequence[str], piece: _Piece, tags: Sequence[str]) -> Iterator[str]:
        yield f"{_longer(fence.marker, piece.text)}{{code-cell}} python"
        # What is not for all tabs goes to no other library, on a page that has these tabs alone, too.
        apart = piece.saved and len(names) < len(self.tabs) and ALL not in (tabs_of(fence) or ())
        if apart or len(names) < len(self.page_tabs):
            self.named.update(names)
            yield f":variant: {', '.join(names)}"
        if piece.saved:
            self.saves += [
                Saved(tab, name, fence.line, owner) for tab in names for name, owner in defined(piece.text)
            ] or [Saved(tab) for tab in names]
            module = self.modules.get(names[0], "")
            yield f":save: {module}".rstrip()
        if tags:
            yield f":tags: [{', '.join(tags)}]"
        yield from piece.text.split("\n")
        yield _longer(fence.marker, piece.text)

    def _dropped(self, fence: Fence) -> None:
        said = "taken out: it only sets d2lbook up"
        self.account.kept("%load_ext d2lbook.tab", self.path, fence.line, said)
        for found in _LIBRARIES.finditer("\n".join(fence.lines)):
            said = f"name {found['names'] or 'them'} under `requires` of the variants that need it"
            self.account.lost("required_libs", self.path, fence.line, said)


def _longer(marker: str, text: str) -> str:
    """A fence that no line of the text can end."""
    mark = marker[0]
    runs = re.findall(rf"^[ \t]*({re.escape(mark)}{{3,}})", text, re.MULTILINE)
    return mark * max(3, *(len(run) + 1 for run in runs)) if runs else mark * 3
