"""Blocks of d2lbook's prose, line by line: headings, formulas, tabs, threads, and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from etude.convert.account import Account
from etude.convert.d2lbook.figures import Figures
from etude.convert.d2lbook.lines import DISCUSSION, HEADING, MARK, TAB, begins, is_extra
from etude.convert.d2lbook.roles import Roles
from etude.convert.d2lbook.written import Written

__all__ = ["Blocks"]

_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_LABELLED = re.compile(r"\([\w.:+-]+\)").fullmatch
"""What stands after a displayed formula that has a label."""
_CODE = re.compile(r"(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)", re.DOTALL)


class Blocks:
    """Converts the prose of one page; what is written is in `out`."""

    def __init__(
        self,
        path: str,
        account: Account,
        address: Callable[[str, int], str],
        unnumbered: frozenset[str] = frozenset(),
    ) -> None:
        """The arguments are those of `Roles`."""
        self.path, self.account = path, account
        self.roles = Roles(path, account, address, unnumbered)
        self.out = Written(path, account)
        self.figures = Figures(self.out, self.roles, account, address)
        self.tabs: tuple[str, ...] = ()
        """Those of the prose tab that is open."""
        self.opened = 0
        self.tab_line = 0
        self.threads: dict[str, str] = {}
        """Discussions: by tab, or under no name for the page."""
        self.thread_line = 0
        """Where that of the page stands."""
        self.in_list = False

    def convert(self, lines: Sequence[str], numbers: Sequence[int]) -> None:
        """Lines of prose with their numbers in the file."""
        at = 0
        while at < len(lines):
            at += self._step(lines, at, numbers[at])

    def _step(self, lines: Sequence[str], at: int, number: int) -> int:
        """Convert what begins at a line; how many lines that took."""
        line = lines[at]
        if tab := TAB.fullmatch(line):
            self._tab(tab, number)
            return 1
        if mark := MARK.fullmatch(line):
            self.out.mark(mark["name"], mark["value"].strip(), number, len(line) - len(line.lstrip()))
            if mark["name"] != "bibliography" and not "".join(lines[at + 1 : at + 2]).strip():
                # Of the blank lines around it those before it go with it.
                self.out.drop_blank()
            return 1
        if not line.strip():
            self.out.put(line)
            return 1
        if HEADING.fullmatch(line):
            self.in_list = False
            self.out.aim([self._heading(line, number)], inside=False)
            return 1
        taken = (
            self._indented(lines, at)
            or self._display(lines, at, number)
            or self.figures.table(lines, at, number)
            or self.figures.image(lines, at, number)
        )
        if taken:
            return taken
        if found := DISCUSSION.fullmatch(line.strip()):
            self._discussion(found["url"], number)
            return 1
        return self._paragraph(lines, at, number)

    def _paragraph(self, lines: Sequence[str], at: int, number: int) -> int:
        """Lines of text, up to one that is something else."""
        end = at + 1
        while end < len(lines) and not begins(lines[end]):
            if (
                _UNDERLINE.fullmatch(lines[end])
                and end == at + 1
                and not lines[at].lstrip().startswith(("|", "-", ">"))
            ):
                title = self.roles.rewrite(lines[at], number)
                self.out.aim([title, lines[end]], inside=False)
                return 2
            end += 1
        text = "\n".join(lines[at:end])
        # Formulas that a paragraph begins, and that go on over blank lines or marks, stay with it.
        while text.count("$$") % 2 and end < len(lines):
            end += 1
            text = "\n".join(lines[at:end])
        for line in lines[at:end]:
            self._listed(line)
        self.out.put(*self._apart(self.roles.rewrite(text, number), number).split("\n"))
        return end - at

    def _listed(self, line: str) -> None:
        """Note whether a list is open, in which text is indented."""
        if _ITEM.match(line):
            self.in_list = True
        elif not line.startswith((" ", "\t")):
            self.in_list = False

    def _indented(self, lines: Sequence[str], at: int) -> int:
        """Code that is set off by its indentation alone, as it is."""
        if self.in_list or (at and lines[at - 1].strip()):
            return 0
        end = at
        while end < len(lines) and lines[end].startswith(("    ", "\t")):
            end += 1
        self.out.put(*lines[at:end])
        return end - at

    def _apart(self, text: str, number: int) -> str:
        """A paragraph with its displayed formulas on lines of their own."""
        if "$$" not in text:
            return text
        item = _ITEM.match(text)
        indent = " " * len(item[0]) if item else text[: len(text) - len(text.lstrip())]
        out: list[str] = []
        at = 0
        masked = _CODE.sub(lambda found: "\x00" * len(found[0]), text)
        for found in _DISPLAY.finditer(masked):
            before, after = text[at : found.start()], text[found.end() :]
            if before.rpartition("\n")[2].strip():
                line = number + text.count("\n", 0, found.start())
                self.account.kept("$$ in a line", self.path, line, "on a line of its own")
                before = f"{before.rstrip()}\n{indent}"
            out += [before, text[found.start() : found.end()]]
            at = found.end()
            rest = after.partition("\n")[0].strip()
            if rest and not _LABELLED(rest):
                out.append(f"\n{indent}")
                at += len(after) - len(after.lstrip(" "))
        return "".join((*out, text[at:]))

    def _heading(self, line: str, number: int) -> str:
        title = line.strip().lstrip("#").strip()
        line = self.roles.rewrite(line, number)
        if is_extra(title) and not line.lstrip().startswith("# "):
            said = "`{.unnumbered}`, as in the printed book"
            self.account.kept("unnumbered heading", self.path, number, said)
            line = f"{line.rstrip().rstrip('#').rstrip()} {{.unnumbered}}"
        return line

    def _display(self, lines: Sequence[str], at: int, number: int) -> int:
        """A displayed formula, as it is."""
        stripped = lines[at].strip()
        if not stripped.startswith("$$"):
            return 0
        end, count = at + 1, stripped.count("$$")
        while count % 2 and end < len(lines):
            count += lines[end].count("$$")
            end += 1
        if count % 2:
            return 0
        text = "\n".join(lines[at:end])
        if not text.rstrip().endswith("$$"):
            self.out.put(*self._apart(self.roles.rewrite(text, number), number).split("\n"))
        else:
            self.out.put(*lines[at:end])
        return end - at

    def _tab(self, found: re.Match[str], number: int) -> None:
        out = self.out
        if found["name"] == "begin_tab":
            names = [name.strip().lower() for name in (found["names"] or "").split(",") if name.strip()]
            if self.tabs:
                self.account.changed(":begin_tab:", self.path, number, "the tab before it was never closed")
                self._end()
            self.tabs = tuple(dict.fromkeys(names))
            self.tab_line = number
            self.opened = len(out.lines)
            out.put(f":::{{variant}} {', '.join(self.tabs)}")
            self.account.kept(":begin_tab:", self.path, number, "`{variant}`")
        elif self.tabs:
            self._end()
        else:
            self.account.changed(":end_tab:", self.path, number, "taken out: no tab is open")

    def _end(self) -> None:
        """Close the tab; one that held nothing but a discussion leaves nothing."""
        out = self.out
        self.tabs = ()
        if any(line.strip() for line in out.lines[self.opened + 1 :]):
            out.drop_blank()
            out.put(":::")
            return
        del out.lines[self.opened :]
        out.drop_blank()

    def finish(self) -> None:
        """The end of the page."""
        if self.tabs:
            said = "never closed: it ends with the page"
            self.account.changed(":begin_tab:", self.path, self.tab_line, said)
            self._end()

    def _discussion(self, url: str, number: int) -> None:
        names = self.tabs or ("",)
        if any(name in self.threads for name in names):
            self.account.changed("[Discussions]", self.path, number, "a second one; kept as a link")
            self.out.put(f"[Discussions]({url})")
            return
        self.account.kept("[Discussions]", self.path, number, "`discussion:` in the front matter")
        for name in names:
            self.threads[name] = url
        if not self.tabs:
            self.thread_line = number
