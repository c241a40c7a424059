"""Blocks of d2lbook's prose, line by line: labels and sizes after what they are for, captions, tabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.d2lbook.roles import Roles

__all__ = ["Blocks", "Out", "is_extra"]

_MARK = re.compile(
    r"[ \t]*:(?P<name>label|eqlabel|width|height|bibliography):(?P<tick>`+)(?P<value>[^`\n]+)(?P=tick)[ \t]*"
)
_TAB = re.compile(r"[ \t]*:(?P<name>begin_tab|end_tab):(?:`(?P<names>[^`\n]*)`)?[ \t]*")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t].*)?")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_CAPTION = re.compile(r"(?:Table)?:[ \t]*(?P<text>(?![A-Za-z][\w:.-]*:`)\S.*)")
_IMAGE = re.compile(
    r"[ \t]*!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
    r"\((?P<source>[^()\s]+(?:\([^()]*\)[^()\s]*)*)(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?\)[ \t]*"
)
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_LABELLED = re.compile(r"\([\w.:+-]+\)").fullmatch
"""What stands after a displayed formula that has a label."""
_CODE = re.compile(r"(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)", re.DOTALL)
_OPTIONS = ("label", "width", "height", "numbered")
"""Of figures, in the order in which they are written."""
_OPTION = re.compile(rf"\s*:({'|'.join(_OPTIONS)}):(?: |$)")
_DISCUSSION = re.compile(r"\[(?:Discussions?|讨论[区]?)\]\((?P<url>[^()\s]+)\)[ \t]*")
_EXTRA = ("小结", "练习", "总结", "摘要", "问题", "summary", "exercises", "exercise", "problems")
"""Titles of the sections that the printed book leaves without a number."""


def is_extra(title: str | None) -> bool:
    """Whether a heading of this title has no number in the printed book."""
    return (title or "").strip().lower() in _EXTRA


class Out(Struct):
    """What is written of a page so far."""

    lines: list[str] = []
    target: int = -1
    """Line where the last heading, figure or table begins; -1 before the first."""
    target_open: bool = False
    """Whether nothing but blank lines stands after it."""
    label_inside: bool = False
    """Whether its label is an option of it, after its first line."""

    def put(self, *lines: str) -> None:
        """Write lines that are not for the target any more."""
        self.lines += lines
        if any(line.strip() for line in lines):
            self.target_open = False

    def aim(self, lines: Sequence[str], *, inside: bool) -> None:
        """Write something that labels may be for."""
        self.target, self.target_open, self.label_inside = len(self.lines), True, inside
        self.lines += lines

    def drop_blank(self) -> None:
        """Take back blank lines at the end."""
        while self.lines and not self.lines[-1].strip():
            self.lines.pop()


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
        self.path, self.account, self.address = path, account, address
        self.roles = Roles(path, account, address, unnumbered)
        self.out = Out()
        self.tabs: tuple[str, ...] = ()
        """Those of the prose tab that is open."""
        self.opened = 0
        self.tab_line = 0
        self.threads: dict[str, str] = {}
        """Discussions: by tab, or under no name for the page."""
        self.places: list[tuple[str, str]] = []
        """Labels: the fragment of the old site's address, and the label itself."""
        self.in_list = False

    def convert(self, lines: Sequence[str], numbers: Sequence[int]) -> None:
        """Lines of prose with their numbers in the file."""
        at = 0
        while at < len(lines):
            at += self._step(lines, at, numbers[at])

    def _step(self, lines: Sequence[str], at: int, number: int) -> int:
        """Convert what begins at a line; how many lines that took."""
        line = lines[at]
        if tab := _TAB.fullmatch(line):
            self._tab(tab, number)
            return 1
        if mark := _MARK.fullmatch(line):
            self._mark(mark["name"], mark["value"].strip(), number, len(line) - len(line.lstrip()))
            if mark["name"] != "bibliography" and not "".join(lines[at + 1 : at + 2]).strip():
                # Of the blank lines around it those before it go with it.
                self.out.drop_blank()
            return 1
        if not line.strip():
            self.out.put(line)
            return 1
        if _HEADING.fullmatch(line):
            self.in_list = False
            self.out.aim([self._heading(line, number)], inside=False)
            return 1
        taken = (
            self._indented(lines, at)
            or self._display(lines, at, number)
            or self._table(lines, at, number)
            or self._image(lines, at, number)
        )
        if taken:
            return taken
        if found := _DISCUSSION.fullmatch(line.strip()):
            self._discussion(found["url"], number)
            return 1
        return self._paragraph(lines, at, number)

    def _paragraph(self, lines: Sequence[str], at: int, number: int) -> int:
        """Lines of text, up to one that is something else."""
        end = at + 1
        while end < len(lines) and not self._begins(lines[end]):
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

    @staticmethod
    def _begins(line: str) -> bool:
        return (
            not line.strip()
            or line.startswith("|")
            or _MARK.fullmatch(line) is not None
            or _TAB.fullmatch(line) is not None
            or _HEADING.fullmatch(line) is not None
            or _DISCUSSION.fullmatch(line.strip()) is not None
            or line.lstrip().startswith("$$")
        )

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

    def _mark(self, name: str, value: str, number: int, indent: int) -> None:
        said = {"label": "`(label)=` or `:label:`", "eqlabel": "`$$ (label)`"}.get(name, f"`:{name}:`")
        out = self.out
        if name == "bibliography":
            self.account.kept(":bibliography:", self.path, number, "`{bibliography}`")
            out.put("```{bibliography}", "```")
        elif name == "eqlabel":
            self._equation(value, number)
        elif out.target < 0 or (name != "label" and not (out.label_inside and out.target_open)):
            self.account.lost(
                f":{name}:", self.path, number, "there is nothing before it that it could be for"
            )
        else:
            if name == "label" and out.label_inside and self._labelled():
                said = f"it has the label `{value}` too, and one only can be kept"
                self.account.lost(":label:", self.path, number, said)
                return
            if not out.target_open:
                said = "given to the nearest heading, figure or table before it, as d2lbook does"
            self.account.kept(f":{name}:", self.path, number, said)
            if name == "label":
                self.places.append((value, value))
            if out.label_inside:
                opening = out.lines[out.target]
                before = opening[: len(opening) - len(opening.lstrip())]
                out.lines.insert(out.target + 1, f"{before}:{name}: {value}")
                self._sorted_options()
            else:
                out.lines.insert(out.target, " " * indent + f"({value})=")
                out.target += 1

    def _labelled(self) -> bool:
        """Whether the last figure or table has a label."""
        found = _OPTION.match("".join(self.out.lines[self.out.target + 1 : self.out.target + 2]))
        return found is not None and found[1] == "label"

    def _sorted_options(self) -> None:
        """The options of a figure: its label first, and no word on numbers when it has one."""
        lines, begin = self.out.lines, self.out.target + 1
        end = begin
        while end < len(lines) and _OPTION.match(lines[end]):
            end += 1
        options = {found[1]: line for line in lines[begin:end] if (found := _OPTION.match(line))}
        if "label" in options:
            options.pop("numbered", None)
        lines[begin:end] = [options[name] for name in _OPTIONS if name in options]

    def _equation(self, label: str, number: int) -> None:
        self.out.drop_blank()
        last = self.out.lines[-1] if self.out.lines else ""
        if not last.rstrip().endswith("$$"):
            self.account.lost(":eqlabel:", self.path, number, "there is no displayed formula before it")
            return
        self.account.kept(":eqlabel:", self.path, number, "`$$ (label)`")
        self.places.append((f"equation-{label}", label))
        self.out.lines[-1] = f"{last.rstrip()} ({label})"

    def _image(self, lines: Sequence[str], at: int, number: int) -> int:
        """A picture that is a paragraph: a figure with its caption."""
        if not lines[at].lstrip().startswith("!["):
            return 0
        end = at + 1
        found = None
        while end <= len(lines) and end - at <= 12:
            found = _IMAGE.fullmatch("\n".join(lines[at:end]))
            if found or (end < len(lines) and not lines[end].strip()):
                break
            end += 1
        if found is None:
            return 0
        after = lines[end] if end < len(lines) else ""
        if after.strip() and not self._begins(after) and not after.lstrip().startswith("!["):
            return 0
        source = self.address(found["source"], number)
        caption = found["alt"].strip()
        if not caption:
            sized = any(m for m in map(_MARK.fullmatch, lines[end : end + 4]) if m)
            if not sized:
                self.account.kept("![]()", self.path, number)
                self.out.put(lines[at].replace(found["source"], source))
                return end - at
        self.account.kept("![caption]()", self.path, number, "`{figure}`")
        body = self.roles.rewrite(caption, number).split("\n") if caption else []
        options = [] if caption else [":numbered: false"]
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        written = (f"```{{figure}} {source}", *options, *(one.strip() for one in body), "```")
        self.out.aim([f"{indent}{one}" for one in written], inside=True)
        return end - at

    def _table(self, lines: Sequence[str], at: int, number: int) -> int:
        """A table of bars, with the caption that stands before or after it."""
        start = at
        caption = _CAPTION.fullmatch(lines[at])
        words = ""
        marks: list[re.Match[str]] = []
        if caption is not None:
            start = at + 1
            while start < len(lines) and lines[start].strip() and not self._begins(lines[start]):
                start += 1
            words = " ".join(line.strip() for line in (caption["text"], *lines[at + 1 : start]))
            # The label may stand below the caption, before the table.
            while start < len(lines) and (not lines[start].strip() or _MARK.fullmatch(lines[start])):
                marks += filter(None, [_MARK.fullmatch(lines[start])])
                start += 1
        if start >= len(lines) or not lines[start].startswith("|"):
            return 0
        end = start
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        below = end
        if not words:
            after = end
            while after < len(lines) and not lines[after].strip():
                after += 1
            later = _CAPTION.fullmatch(lines[after]) if after < len(lines) else None
            if later is not None and not (after + 1 < len(lines) and lines[after + 1].startswith("|")):
                words, below = later["text"].strip(), after + 1
        labelled = self._next_label(lines, below)
        rows = [self.roles.rewrite(line, number + start - at + i) for i, line in enumerate(lines[start:end])]
        if not words and not labelled:
            self.out.put(*rows)
            return end - at
        if words:
            self.account.kept(":table caption", self.path, number, "`{table}` with a caption")
        head = f"```{{table}} {self.roles.rewrite(words, number)}".rstrip()
        self.out.aim([head, "", *rows, "```"], inside=True)
        for mark in marks:
            self._mark(mark["name"], mark["value"].strip(), number, 0)
        return below - at

    @staticmethod
    def _next_label(lines: Sequence[str], at: int) -> bool:
        while at < len(lines) and not lines[at].strip():
            at += 1
        mark = _MARK.fullmatch(lines[at]) if at < len(lines) else None
        return mark is not None and mark["name"] == "label"

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
