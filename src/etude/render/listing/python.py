"""Python in lines of a width: what it says stays the same, which is checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from etude.render.listing.comments import fixed, joined, marker, words
from etude.render.listing.line import Line, Note
from etude.render.listing.same import parsed, same
from etude.render.listing.scan import Statement, hidden, scan
from etude.render.listing.statement import commented, laid
from etude.render.listing.width import columns

__all__ = ["python"]


def python(
    code: str, width: float, *, lift: bool, frozen: bool, first_note: int
) -> tuple[list[Line], list[Note]] | None:
    """The lines of `code`, and the comments that were lifted; None where only cutting helps.

    Lines may still be too wide. `lift` takes comments out, `frozen` leaves the layout.
    """
    lines = code.split("\n")
    if not lift and "nofmt" not in code and "fmt:" not in code and _fit(lines, width):
        return [Line(text, n, n, n) for n, text in enumerate(lines, 1)], []
    indent = min((_indent(line) for line in lines if line), default=0)
    if indent:
        return _indented(code, width, indent, lift=lift, frozen=frozen, first_note=first_note)
    python = hidden(code)
    tree = parsed(python[0]) if python else None
    statements = scan(python[0]) if python and tree else None
    if python is None or tree is None or statements is None:
        return None
    flow = _Flow(python[0].split("\n"), width, lift and not frozen, frozen, first_note)
    flow.run(statements)
    shown = parsed("\n".join(line.text for line in flow.out))
    if shown is None or not same(tree, shown):
        return None
    magic = python[1]
    out = [
        Line(lines[line.number - 1], line.number, line.first, line.last) if line.number in magic else line
        for line in flow.out
    ]
    return out, flow.notes


def _indented(
    code: str, width: float, indent: int, *, lift: bool, frozen: bool, first_note: int
) -> tuple[list[Line], list[Note]] | None:
    """A part of a page's code that is indented as a whole."""
    inner = "\n".join(line[indent:] for line in code.split("\n"))
    found = python(inner, width - indent, lift=lift, frozen=frozen, first_note=first_note)
    if found is None:
        return None
    space = " " * indent
    return [replace(line, text=space + line.text) if line.text else line for line in found[0]], found[1]


def _fit(lines: Iterable[str], width: float) -> bool:
    return all(len(line) <= width * 0.6 or columns(line) <= width for line in lines)


@dataclass(slots=True)
class _Flow:
    """Takes statements in order and collects lines and notes."""

    lines: Sequence[str]
    width: float
    lift: bool
    frozen: bool
    number: int
    """Of the next note."""
    out: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    """Texts of notes that belong to the next line of code."""
    off: bool = False
    """Between ``fmt: off`` and ``fmt: on``."""
    once: bool = False
    """The next statement's layout stays."""
    removed: bool = False
    """The last line was taken out."""

    def run(self, statements: Sequence[Statement]) -> None:
        """Take all statements."""
        if self.lift and not any(statement.tokens for statement in statements):
            self.lift = False  # nothing would be left to say it about
        block: list[tuple[int, str, int]] = []
        for statement in statements:
            comment = None if statement.tokens else statement.comments.get(statement.first)
            if block and (comment is None or comment.column != block[0][2] or marker(comment.text)):
                self._comments(block)
                block = []
            if statement.tokens:
                self._statement(statement)
            elif comment is None:
                for row in range(statement.first, statement.last + 1):
                    self._blank(row)
            elif word := marker(comment.text):
                self._mark(word)
            else:
                block.append((statement.first, comment.text, comment.column))
        self._comments(block)
        if self.pending:
            last = next((line for line in reversed(self.out) if line.text.strip()), None)
            self._note(last.last if last else 1)
        while self.removed and len(self.out) > 1 and not self.out[-1].text.strip():
            self.out.pop()

    def _mark(self, word: str) -> None:
        self.removed = True
        match word:
            case "fmt:off":
                self.off = True
            case "fmt:on":
                self.off = False
            case _:
                self.once = True

    def _blank(self, row: int) -> None:
        if not (self.removed and (not self.out or not self.out[-1].text.strip())):
            self.out.append(Line(self.lines[row - 1], row, row, row))

    def _comments(self, block: Sequence[tuple[int, str, int]], *, frozen: bool = False) -> None:
        """Comments in lines of their own, of one indentation."""
        if not block:
            return
        kept = list(block)
        if self.lift and not self.off and not frozen:
            kept = []
            said: list[str] = []
            for each in block:
                if fixed(each[1]):
                    kept.append(each)
                    self._say(said)
                else:
                    said.append(words(each[1])[0])
            self._say(said)
        if not kept:
            return
        self.removed = False
        rows, texts, indent = [each[0] for each in kept], [each[1] for each in kept], kept[0][2]
        if frozen or self.frozen or self.off:
            self.out += (Line(" " * indent + text, row, row, row) for row, text, _ in kept)
        else:
            self.out += commented(texts, rows, indent, self.width)

    def _say(self, said: list[str]) -> None:
        """Let the next line of code carry a note."""
        paragraphs: list[list[str]] = [[]]
        for line in said:
            if line:
                paragraphs[-1].append(line)
            else:
                paragraphs.append([])
        text = "\n".join(joined(each) for each in paragraphs if each)
        if text:
            self.pending.append(text)
        if said:
            self.removed = True
        said.clear()

    def _note(self, row: int) -> None:
        """Give a line of code the notes that wait."""
        for text in self.pending:
            self.notes.append(Note(self.number, row, text))
            self.number += 1
        self.pending.clear()

    def _statement(self, statement: Statement) -> None:
        marks = [row for row, comment in statement.comments.items() if marker(comment.text)]
        still = self.frozen or self.off or self.once or bool(marks)
        self.once = False
        removed = self.removed
        self.removed = False
        code: dict[int, str] = {}
        for row in range(statement.first, statement.last + 1):
            comment = statement.comments.get(row)
            text = self.lines[row - 1]
            if row in marks:
                del statement.comments[row]
                code[row] = text[: comment.column].rstrip() if comment else text
            elif comment is not None and self.lift and not still and not fixed(comment.text):
                del statement.comments[row]
                if comment.own:
                    self._gather(statement, row, words(comment.text)[0])
                    continue
                self._note(row)
                self.pending.append(words(comment.text)[0])
                self._note(row)
                code[row] = text[: comment.column].rstrip()
            else:
                if comment is None or not comment.own:
                    self._note(row)
                code[row] = text
        self.removed = removed and not code
        if still or _fit(code.values(), self.width):
            self.out += (Line(text, row, row, row) for row, text in code.items())
        else:
            self.out += laid(statement, code, self.width)

    def _gather(self, statement: Statement, row: int, said: str) -> None:
        """A comment between lines of a statement; it goes on with that of the line above."""
        above = statement.comments.get(row - 1)
        if self.pending and above is None and self.lines[row - 2].lstrip().startswith("#"):
            self.pending[-1] = joined((self.pending[-1], said))
        else:
            self.pending.append(said)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
