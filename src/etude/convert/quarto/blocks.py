"""The lines of a page, block after block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from etude.convert.fences import opening
from etude.convert.quarto import attributes
from etude.convert.quarto.cells import Made, cell
from etude.convert.quarto.directives import Div
from etude.convert.quarto.divs import div
from etude.convert.quarto.figures import figure
from etude.convert.quarto.headings import heading
from etude.convert.quarto.items import ITEM, NUMBERED, paragraph
from etude.convert.quarto.layout import CLOSE, OPEN, div_end
from etude.convert.quarto.lines import Line, fence_end
from etude.convert.quarto.listings import listing
from etude.convert.quarto.matter import comment, definitions, formula, line_block, raw_tex
from etude.convert.quarto.openers import indexed, interrupts, is_directive, is_name, opened
from etude.convert.quarto.options import read_options
from etude.convert.quarto.places import DEEPEST, Context
from etude.convert.quarto.shortcodes import block_shortcode
from etude.convert.quarto.statements import STATEMENTS
from etude.convert.quarto.tabling import table

__all__ = ["EXECUTABLE", "convert"]

EXECUTABLE = re.compile(r"\{(?P<language>[A-Za-z][\w+#.]*)(?P<rest>[\s,].*)?\}")
_DIRECTIVE = re.compile(r"\{[\w:-]+\}.*")
_QUOTE = re.compile(r"[ ]{0,3}> ?")


class _Blocks:
    def __init__(self, context: Context, lines: Sequence[Line], *, top: bool = False) -> None:
        self.context, self.lines, self.top = context, lines, top
        self.at = 0
        self.out: list[str] = []
        self.listed = False
        """Whether what is indented may belong to an item of a list."""

        self.ways = (
            self.fence,
            self.div,
            self.quote,
            self.heading,
            self.table,
            self.shortcode,
            self.indented,
        )

    def run(self) -> list[str]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.blank:
                self.out.append("")
                self.at += 1
                continue
            before = len(self.out)
            if not any(way(line) for way in self.ways) and not self.matter():
                self.paragraph()
            elif len(self.out) == before:
                self.skip()
        return self.out

    def matter(self) -> bool:
        """Other blocks, which say themselves where they end."""
        for way in (comment, formula, line_block, raw_tex, definitions):
            made = way(self.context, self.lines, self.at)
            if made is not None:
                self.out += made.lines
                self.at = made.end
                return True
        return False

    def skip(self) -> None:
        """Where nothing is left of a block, one empty line is enough."""
        if not self.out or not self.out[-1]:
            while self.at < len(self.lines) and self.lines[self.at].blank:
                self.at += 1

    def apart(self) -> None:
        """An empty line after tags of HTML, whose block would take what follows."""
        if self.out and self.out[-1].lstrip().startswith("<"):
            self.out.append("")

    def fence(self, line: Line) -> bool:
        found = opening(line.text)
        if found is None:
            return False
        self.apart()
        end = fence_end(self.lines, self.at, found["marker"])
        indent = found["indent"]
        code = tuple(
            one.text[len(indent) :] if one.text.startswith(indent) else one.text.lstrip()
            for one in self.lines[self.at + 1 : end]
        )
        after = end + 1
        while after < len(self.lines) and self.lines[after].blank:
            after += 1
        listed = after < len(self.lines) and bool(NUMBERED.match(self.lines[after].text))
        info = found["info"].strip()
        self.at = end + 1
        executable = EXECUTABLE.fullmatch(info)
        if executable and self.context.book.bookdown and executable["language"] in STATEMENTS.values():
            self.statement(line, info, end - len(code), end)
            return True
        if executable and not info.startswith("{{") and not (is_name(executable["language"])):
            made = cell(self.context, line.number, found["marker"], info, code, listed=listed)
        elif _DIRECTIVE.fullmatch(info) and not re.fullmatch(r"\{=.*", info):
            self.out += [line.text, *(one.text for one in self.lines[self.at - len(code) - 1 : self.at])]
            return True
        else:
            made = listing(self.context, line.number, found["marker"], info, code, listed=listed)
        self.add(made, indent)
        return True

    def statement(self, line: Line, info: str, start: int, end: int) -> None:
        """A theorem as bookdown had it once: a block of code whose language is its kind."""
        options = read_options(info, ())
        label, name = str(options.values.get("label") or ""), str(options.values.get("name") or "")
        given = attributes.Attributes(label, (options.language,), (("name", name),) if name else ())
        inner = self.lines[start:end]
        self.out += div(Div(self.context, given, line, 3, inner, partial(convert, self.context)))

    def add(self, made: Made, indent: str) -> None:
        self.out += [indent + text if text else "" for text in made.lines]
        if not made.after:
            return
        if made.annotated:
            start = self.at
            while self.at < len(self.lines) and (
                self.lines[self.at].blank
                or NUMBERED.match(self.lines[self.at].text)
                or ITEM.match(self.lines[self.at].text)
                or self.lines[self.at].indent > indent
            ):
                self.at += 1
            while self.at > start and self.lines[self.at - 1].blank:
                self.at -= 1
            self.out += convert(self.context, self.lines[start : self.at])
        self.out += [indent + text if text else "" for text in made.after]

    def div(self, line: Line) -> bool:
        if is_directive(line.text):
            return self.foreign()
        found = OPEN.fullmatch(line.text)
        if found is None:
            if CLOSE.fullmatch(line.text):
                self.context.account.changed(
                    ":::", self.context.path, line.number, "it closes nothing, and is left out"
                )
                self.at += 1
                return True
            return False
        given = opened(self.context, line, found["what"])
        self.apart()
        end = div_end(self.lines, self.at)
        inner = self.lines[self.at + 1 : end]
        if end >= len(self.lines):
            self.context.account.changed(
                ":::", self.context.path, line.number, "it is not closed; it ends with what it stands in"
            )
        # Directives need no empty line before them, but a paragraph would take what only stood by itself.
        box = Div(self.context, given, line, len(found["colons"]), inner, partial(convert, self.context))
        self.out += div(box)
        self.at = end + 1
        return True

    def foreign(self) -> bool:
        """A directive in MyST's own words: its lines are converted, and its fences stay."""
        end = div_end(self.lines, self.at)
        self.out.append(self.lines[self.at].text)
        inner = list(self.lines[self.at + 1 : end])
        while inner and re.match(r"\s*:[\w-]+:", inner[0].text):
            self.out.append(inner.pop(0).text)
        self.out += convert(self.context, inner)
        self.out += [one.text for one in self.lines[end : end + 1]]
        self.at = end + 1
        return True

    def quote(self, line: Line) -> bool:
        if not _QUOTE.match(line.text):
            return False
        start = self.at
        while self.at < len(self.lines) and _QUOTE.match(self.lines[self.at].text):
            self.at += 1
        block = self.lines[start : self.at]
        inner = convert(self.context, [Line(one.number, _QUOTE.sub("", one.text, count=1)) for one in block])
        self.out += [f"> {text}" if text else ">" for text in inner]
        return True

    def heading(self, line: Line) -> bool:
        made = heading(self.context, line)
        if made is None:
            return False
        self.at += 1
        self.listed = False
        self.out += made
        return True

    def table(self, line: Line) -> bool:
        made = table(self.context, self.lines, self.at, listed=self.listed)
        if made is None:
            return False
        del line
        self.out += made.lines
        self.at = made.end
        return True

    def shortcode(self, line: Line) -> bool:
        if not line.text.lstrip().startswith("{{<"):
            return False
        end = self.at
        while end + 1 < len(self.lines) and ">}}" not in self.lines[end].text and not self.lines[end].blank:
            end += 1
        text = line.indent + " ".join(one.text.strip() for one in self.lines[self.at : end + 1])
        made = block_shortcode(text, self.context, line.number)
        if made is None:
            return False
        self.out += made
        self.at = end + 1
        return True

    def indented(self, line: Line) -> bool:
        """Code that is indented by four columns, where no list is."""
        if self.listed or not line.text.startswith(("    ", "\t")) or (self.out and self.out[-1].strip()):
            return False
        while self.at < len(self.lines) and (
            self.lines[self.at].blank or self.lines[self.at].text.startswith(("    ", "\t"))
        ):
            self.out.append(self.lines[self.at].text)
            self.at += 1
        return True

    def paragraph(self) -> None:
        start = self.at
        first = self.lines[start]
        if ITEM.match(first.text) or first.text.startswith("[^") or re.match(r"\s*[:~]\s", first.text):
            self.listed = True
        elif not first.indent:
            self.listed = False
        open_ = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.blank or (self.at > start and not open_ and interrupts(line.text, listed=self.listed)):
                break
            if line.text.count("$$") % 2:
                open_ = not open_
            self.at += 1
        block = list(self.lines[start : self.at])
        made = figure(self.context, block)
        if made is None:
            behind = self.lines[start - 1] if start else None
            begins = behind is None or behind.blank or bool(self.listed and ITEM.match(behind.text))
            made = paragraph(self.context, block, starts=begins)
        made = indexed(self.context, block, made, listed=self.listed)
        self.out += made
        notes = self.context.footnotes
        if notes and (self.listed or not self.top):
            self.context.later += notes
            notes.clear()
        elif notes:
            self.out += ["", *notes]
            notes.clear()


def convert(context: Context, lines: Sequence[Line], *, top: bool = False) -> list[str]:
    """The lines as MyST; `top` tells that they stand in nothing."""
    if context.depth >= DEEPEST:
        number = lines[0].number if lines else 0
        context.account.changed("nesting", context.path, number, "what is nested too deeply stays as it was")
        return [line.text for line in lines]
    context.depth += 1
    try:
        return _Blocks(context, lines, top=top).run()
    finally:
        context.depth -= 1
