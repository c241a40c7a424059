"""What is written of a page so far, and the marks that go to something in it: labels, sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.account import Account

__all__ = ["Written"]

_OPTIONS = ("label", "width", "height", "numbered")
"""Of figures, in the order in which they are written."""
_OPTION = re.compile(rf"\s*:({'|'.join(_OPTIONS)}):(?: |$)")


class Written:
    """The lines of a page."""

    def __init__(self, path: str, account: Account) -> None:
        """Begin with none."""
        self.path, self.account = path, account
        self.lines: list[str] = []
        self.places: list[tuple[str, str]] = []
        """Labels: what the old site made the fragment of, and the label itself."""
        self.target = -1
        """Line where the last heading, figure or table begins; -1 before the first."""
        self.target_open = False
        """Whether nothing but blank lines stands after it."""
        self.label_inside = False
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

    def mark(self, name: str, value: str, number: int, indent: int) -> None:
        """A mark on a line of the file, which is indented by some spaces: it goes to what it is for."""
        said = {"label": "`(label)=` or `:label:`", "eqlabel": "`$$ (label)`"}.get(name, f"`:{name}:`")
        if name == "bibliography":
            self.account.kept(":bibliography:", self.path, number, "`{bibliography}`")
            self.put("```{bibliography}", "```")
        elif name == "eqlabel":
            self._equation(value, number)
        elif self.target < 0 or (name != "label" and not (self.label_inside and self.target_open)):
            self.account.lost(
                f":{name}:", self.path, number, "there is nothing before it that it could be for"
            )
        else:
            if name == "label" and self.label_inside and self._labelled():
                said = f"it has the label `{value}` too, and one only can be kept"
                self.account.lost(":label:", self.path, number, said)
                return
            if not self.target_open:
                said = "given to the nearest heading, figure or table before it, as d2lbook does"
            self.account.kept(f":{name}:", self.path, number, said)
            if name == "label":
                self.places.append((value, value))
            if self.label_inside:
                opening = self.lines[self.target]
                before = opening[: len(opening) - len(opening.lstrip())]
                self.lines.insert(self.target + 1, f"{before}:{name}: {value}")
                self._sorted_options()
            else:
                self.lines.insert(self.target, " " * indent + f"({value})=")
                self.target += 1

    def _labelled(self) -> bool:
        """Whether the last figure or table has a label."""
        found = _OPTION.match("".join(self.lines[self.target + 1 : self.target + 2]))
        return found is not None and found[1] == "label"

    def _sorted_options(self) -> None:
        """The options of a figure: its label first, and no word on numbers when it has one."""
        lines, begin = self.lines, self.target + 1
        end = begin
        while end < len(lines) and _OPTION.match(lines[end]):
            end += 1
        options = {found[1]: line for line in lines[begin:end] if (found := _OPTION.match(line))}
        if "label" in options:
            options.pop("numbered", None)
        lines[begin:end] = [options[name] for name in _OPTIONS if name in options]

    def _equation(self, label: str, number: int) -> None:
        self.drop_blank()
        last = self.lines[-1] if self.lines else ""
        if not last.rstrip().endswith("$$"):
            self.account.lost(":eqlabel:", self.path, number, "there is no displayed formula before it")
            return
        self.account.kept(":eqlabel:", self.path, number, "`$$ (label)`")
        self.places.append((f"equation-{label}", label))
        self.lines[-1] = f"{last.rstrip()} ({label})"
