"""The text of a paragraph: pandoc's marks within a line, as MyST's."""

from __future__ import annotations

import re
from collections.abc import Callable

from etude.convert.quarto import attributes, references
from etude.convert.quarto.brackets import MATH, closing, destination, is_han, picture_braces
from etude.convert.quarto.inline_code import celled, code
from etude.convert.quarto.inline_tex import command
from etude.convert.quarto.places import DEEPEST, Context
from etude.convert.quarto.shortcodes import SHORTCODE, inline_shortcode
from etude.convert.quarto.spans import span

__all__ = ["convert", "one_line"]

_DISPLAY = re.compile(r"\$\$(?P<tex>.+?)\$\$(?P<after>[ \t]*(?P<braces>\{#[^{}\n]*\}))?", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<(?:https?|mailto|ftp):[^<>\s]*>|</?[a-zA-Z][^<>]*>", re.DOTALL)
_BARE = re.compile(r"(?:https?|ftp)://[^\s<>\[\]{}\"'`|]+")
_RAISED = re.compile(r"\^(?P<text>(?:\\.|[^\s^\\\[\]`])+)\^")
_LOWERED = re.compile(r"~(?P<text>(?:\\.|[^\s~\\`])+)~(?!~)")
_EXAMPLE = re.compile(r"\(@(?P<name>[\w-]+)\)")
_OPEN = 200
"""Brackets of one text that may be left open before none is looked after any more."""
_INTERLINK = re.compile(
    r"(?::(?:external(?:\+\w+)?:)?(?P<role>\w+:\w+):)?(?:`|%60)(?P<name>~?[\w.:]+)(?:`|%60)"
)
"""A name that is documented elsewhere, in quartodoc's words."""


def convert(
    text: str, context: Context, line: int, *, indent: str = "", cell: bool = False, row: bool = False
) -> str:
    """A text with all that is pandoc's rewritten; its line breaks stay.

    `line` is its number in the source, `indent` what lines that go on begin with, `cell` tells that it must
    stay on one line, `row` that it is a row of a table.
    """
    if context.depth >= DEEPEST:
        return text
    context.depth += 1
    try:
        return _Scanner(text, context, line, indent, cell=cell or row, row=row).run()
    finally:
        context.depth -= 1


def one_line(text: str, context: Context, line: int) -> str:
    """The same for what must be one line: a caption, a title."""
    return " ".join(convert(" ".join(text.split()), context, line, cell=True).split())


class _Scanner:
    def __init__(self, text: str, context: Context, line: int, indent: str, *, cell: bool, row: bool) -> None:
        self.text, self.context, self.first, self.indent, self.cell = text, context, line, indent, cell
        self.row = row
        self.open = 0
        """Brackets that nothing closes."""
        self.at = 0
        self.out: list[str] = []
        self.marks: dict[str, Callable[[], bool]] = {
            "\\": self.backslash, "`": self.code, "$": self.dollar, "<": self.tag, "[": self.bracket,
            "!": self.image, "^": self.raised, "~": self.lowered, "@": self.at_sign, "-": self.dash,
            ".": self.dots, "{": self.brace, "(": self.example, "h": self.bare, "f": self.bare,
        }  # fmt: skip

    def run(self) -> str:
        while self.at < len(self.text):
            mark = self.marks.get(self.text[self.at])
            if mark is None or not mark():
                self.out.append(self.text[self.at])
                self.at += 1
        return "".join(self.out)

    @property
    def line(self) -> int:
        return self.first + self.text.count("\n", 0, self.at)

    def put(self, written: str, end: int) -> bool:
        self.out.append(written)
        self.at = end
        return True

    def inner(self, text: str, at: int) -> str:
        line = self.first + self.text.count("\n", 0, at)
        return convert(text, self.context, line, indent=self.indent, cell=self.cell, row=self.row)

    def before(self) -> str:
        return self.text[self.at - 1] if self.at else ""

    def backslash(self) -> bool:
        return self.put(*command(self.text, self.at, self.context, self.line))

    def code(self) -> bool:
        return self.put(*code(self.text, self.at, self.context, self.line, row=self.row))

    def dollar(self) -> bool:
        text, context = self.text, self.context
        if found := _DISPLAY.match(text, self.at):
            got = attributes.read(found["braces"]) if found["braces"] else None
            label = f" ({got[0].id})" if got and got[0].id else ""
            if label:
                context.account.kept("$$…$$ {#eq-…}", context.path, self.line, "$$…$$ (eq-…)")
            tex = context.formula(found["tex"], self.line)
            if not tex:
                return self.put("", found.end())
            if self.cell:
                return self.put(f"$${tex}$$", found.end())
            return self.display(f"$${tex}$${label}", found.end())
        if text.startswith("$$", self.at):
            return self.put("$$", self.at + 2)
        found = MATH.match(text, self.at)
        if found is None:
            return False
        tex = context.formula(found[0][1:-1], self.line)
        return self.put(celled(f"${tex.strip()}$", row=self.row) if tex else "", found.end())

    def display(self, written: str, end: int) -> bool:
        """A formula on lines of its own."""
        so_far = "".join(self.out)
        line_start = so_far[so_far.rfind("\n") + 1 :]
        own = not line_start.strip() or re.fullmatch(r"\s*(?:[-*+]|\d+[.)])\s+", line_start)
        if not own:
            self.out = [so_far.rstrip(" "), "\n", self.indent]
        rest = self.text[end:]
        stop = re.match(r"[ \t]*(?:\n|\Z|\([\w:.-]+\)[ \t]*(?:\n|\Z))", rest)
        if stop is None:
            end += len(rest) - len(rest.lstrip(" "))
            written += "\n" + self.indent
        return self.put(written, end)

    def tag(self) -> bool:
        found = _TAG.match(self.text, self.at)
        return found is not None and self.put(found[0], found.end())

    def bracket(self) -> bool:
        text, at = self.text, self.at
        close = closing(text, at) if self.open < _OPEN else None
        if close is None:
            self.open += 1
            return False
        inside, end = text[at + 1 : close], close + 1
        if inside.startswith("^"):
            return self.put(text[at:end], end)
        if text.startswith("(", end) and (link := destination(text, end)) is not None:
            return self.link(inside, link)
        got = attributes.read(text, end)
        if got is not None:
            written = span(self.inner(inside, at + 1), got[0], self.context, self.line)
            return self.put(written, got[1])
        if references.CITES.search(inside):
            made = references.group(inside, self.context, self.line, lambda part: self.inner(part, at + 1))
            if made is not None:
                return self.put(made, end)
        if text.startswith("[", end) and (second := closing(text, end)) is not None:
            return self.put(f"[{self.inner(inside, at + 1)}]{text[end : second + 1]}", second + 1)
        return self.put(f"[{self.inner(inside, at + 1)}]", end)

    def link(self, words: str, link: tuple[str, str, int]) -> bool:
        target, title, end = link
        context, given = self.context, attributes.read(self.text, link[2])
        if given is not None:
            end = given[1]
            context.account.kept(
                "[words](…){…}", context.path, self.line, "a link; what its looks were is left out"
            )
        if named := _INTERLINK.fullmatch(target):
            context.account.kept("[](`name`)", context.path, self.line, "{py:obj}")
            shown = self.inner(words, self.at + 1).replace("`", "")
            role = f"{shown} <{named['name']}>" if words else named["name"]
            return self.put(f"{{{named['role'] or 'py:obj'}}}`{role}`", end)
        if target == "#":
            context.account.changed("[words](#)", context.path, self.line, "words: the link led nowhere")
            return self.put(self.inner(words, self.at + 1), end)
        now = context.located(target) if not target.startswith("#") else target
        if context.absent(target):
            context.account.changed(
                "[words](file)", context.path, self.line, f"`{target}` is not in the project"
            )
        # A bare address within a link is its words.
        shown = words if _BARE.fullmatch(words) else self.inner(words, self.at + 1)
        if not words and target.startswith("#"):
            return self.put(references.reference(target[1:], context, self.line), end)
        return self.put(f"[{shown}]({now}{title})", end)

    def image(self) -> bool:
        text, at = self.text, self.at
        if not text.startswith("![", at):
            return False
        close = closing(text, at + 1)
        link = destination(text, close + 1) if close is not None and text.startswith("(", close + 1) else None
        if close is None or link is None:
            return False
        target, title, end = link
        given = attributes.read(text, end)
        words = self.inner(text[at + 2 : close], at + 2)
        if self.context.absent(target):
            self.context.account.changed(
                "![](picture)", self.context.path, self.line, f"`{target}` is not in the project"
            )
        braces = ""
        if given is not None:
            end = given[1]
            braces = picture_braces(given[0])
            words = one_line(given[0].get("fig-alt"), self.context, self.line) or words
        return self.put(f"![{words}]({self.context.located(target)}{title}){braces}", end)

    def raised(self) -> bool:
        text, at = self.text, self.at
        if text.startswith("^[", at) and (close := closing(text, at + 1)) is not None:
            note = " ".join(self.inner(text[at + 2 : close], at + 2).split())
            self.context.account.kept("^[…]", self.context.path, self.line, "[^note-1] and its text")
            return self.put(self.context.footnote(note), close + 1)
        return self.script(_RAISED, "sup", "^…^")

    def lowered(self) -> bool:
        if self.text.startswith("~~", self.at):
            return self.put("~~", self.at + 2)
        return self.script(_LOWERED, "sub", "~…~")

    def script(self, pattern: re.Pattern[str], role: str, construct: str) -> bool:
        found = pattern.match(self.text, self.at)
        if found is None:
            return False
        words = self.inner(found["text"].replace("\\ ", " "), self.at)
        self.context.account.kept(construct, self.context.path, self.line, f"{{{role}}}")
        return self.put(f"{{{role}}}`{words}`", found.end())

    def at_sign(self) -> bool:
        text, at = self.text, self.at
        behind = self.before()
        if behind and (behind.isalnum() or behind in "_/.") and not is_han(behind):
            return False
        found = references.KEY.match(text, at)
        if found is None:
            return False
        key, end = references.key_of(found), found.end()
        if self.out and self.out[-1] == "-" and not (len(self.out) > 1 and self.out[-2][-1:].isalnum()):
            self.out.pop()
            return self.put(references.bare(key, self.context, self.line, suppressed=True), end)
        locator = re.compile(r"\s?\[([^\[\]@]+)\](?![(\[{])").match(text, end)
        if locator is not None and not references.is_reference(key, self.context):
            suffix = self.inner(locator[1], locator.start(1))
            return self.put(references.bare(key, self.context, self.line, suffix=suffix), locator.end())
        return self.put(references.bare(key, self.context, self.line), end)

    def dash(self) -> bool:
        run = re.compile(r"-+").match(self.text, self.at)
        length = len(run[0]) if run else 0
        if not self.context.book.smart or length not in {2, 3}:
            return bool(length > 1 and self.put("-" * length, self.at + length))
        around = self.before(), self.text[self.at + length : self.at + length + 1]
        if around[0] in {"", "\n"} and around[1] in {"", "\n"}:
            return self.put("-" * length, self.at + length)
        return self.put("–" if length == 2 else "—", self.at + length)

    def dots(self) -> bool:
        here = self.text.startswith("...", self.at) and not self.text.startswith("....", self.at)
        return here and self.context.book.smart and self.put("…", self.at + 3)

    def brace(self) -> bool:
        if (found := SHORTCODE.match(self.text, self.at)) is None:
            return False
        return self.put(inline_shortcode(found, self.context, self.line), found.end())

    def example(self) -> bool:
        found = _EXAMPLE.match(self.text, self.at)
        if found is None or found["name"] not in self.context.examples:
            return False
        return self.put(f"({self.context.examples[found['name']]})", found.end())

    def bare(self) -> bool:
        behind = self.before()
        if behind.isalnum() or behind in {"/", "@", ".", "-", "_", "=", '"', "'"}:
            return False
        found = _BARE.match(self.text, self.at)
        if found is None:
            return False
        url = found[0].rstrip(".,;:!?*_")
        while url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1].rstrip(".,;:!?")
        self.context.account.kept("bare address", self.context.path, self.line, "<https://…>")
        return self.put(f"<{url}>", self.at + len(url))
