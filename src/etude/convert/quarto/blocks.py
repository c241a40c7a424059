"""The lines of a page, block after block."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto import attributes, tables
from etude.convert.quarto.cells import LANGUAGES, Made, cell
from etude.convert.quarto.divs import directive, div
from etude.convert.quarto.figures import figure
from etude.convert.quarto.inline import convert as inline
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.layout import CLOSE, OPEN, div_end
from etude.convert.quarto.lines import Line, fence_end, opening
from etude.convert.quarto.listings import listing
from etude.convert.quarto.places import Context
from etude.convert.quarto.shortcodes import block_shortcode

__all__ = ["EXECUTABLE", "convert"]

EXECUTABLE = re.compile(r"\{(?P<language>[A-Za-z][\w+#.]*)(?P<rest>[\s,].*)?\}")
_MYST = re.compile(r"[ \t]*(?P<colons>:{3,})[ \t]*\{[\w:-]+\}.*")
_DIRECTIVE = re.compile(r"\{[\w:-]+\}.*")
_HEADING = re.compile(r"(?P<marks>#{1,6})(?P<gap>[ \t]+)(?P<words>.*?)(?P<close>[ \t]+#+)?[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)]|#\.|\(?[a-zA-Z]{1,4}[.)]|\(\d+\)|\(@[\w-]*\))(?:[ \t]+|$)")
_FANCY = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<hash>#\.)|\((?P<both>\d+|[a-zA-Z]|[ivxIVX]+)\)|(?P<letter>[a-zA-Z]|[ivx]{2,4})(?P<mark>[.)])|\(@(?P<name>[\w-]*)\))(?P<gap>[ \t]+)(?=\S)"
)
_QUOTE = re.compile(r"[ ]{0,3}> ?")
_LINE_BLOCK = re.compile(r"\|(?: .*)?")
_NUMBERED = re.compile(r"\s*1[.)]\s")
_BEGIN = re.compile(r"\s*\\begin\{(?P<name>(?:align|equation|gather|multline|eqnarray|alignat|flalign)\*?)\}")
_PART = re.compile(r"#\s+\((?:PART|APPENDIX)\\?\*?\).*")


class _Blocks:
    def __init__(self, context: Context, lines: Sequence[Line], *, top: bool = False) -> None:
        self.context, self.lines, self.top = context, lines, top
        self.at = 0
        self.out: list[str] = []
        self.listed = False
        """Whether what is indented may belong to an item of a list."""

    def run(self) -> list[str]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.blank:
                self.out.append("")
                self.at += 1
                continue
            for way in (
                self.fence,
                self.div,
                self.quote,
                self.comment,
                self.formula,
                self.heading,
                self.table,
                self.line_block,
                self.shortcode,
                self.indented,
                self.raw_tex,
            ):
                if way(line):
                    break
            else:
                self.paragraph()
        return self.out

    def fence(self, line: Line) -> bool:
        found = opening(line.text)
        if found is None:
            return False
        end = fence_end(self.lines, self.at, found["marker"])
        indent = found["indent"]
        code = tuple(
            one.text[len(indent) :] if one.text.startswith(indent) else one.text.lstrip()
            for one in self.lines[self.at + 1 : end]
        )
        after = end + 1
        while after < len(self.lines) and self.lines[after].blank:
            after += 1
        listed = after < len(self.lines) and bool(_NUMBERED.match(self.lines[after].text))
        info = found["info"].strip()
        self.at = end + 1
        executable = EXECUTABLE.fullmatch(info)
        if executable and not info.startswith("{{") and not (_is_myst(executable["language"])):
            made = cell(self.context, line.number, found["marker"], info, code, listed=listed)
        elif _DIRECTIVE.fullmatch(info) and not re.fullmatch(r"\{=.*", info):
            self.out += [line.text, *(one.text for one in self.lines[self.at - len(code) - 1 : self.at])]
            return True
        else:
            made = listing(self.context, line.number, found["marker"], info, code, listed=listed)
        self.add(made, indent)
        return True

    def add(self, made: Made, indent: str) -> None:
        self.out += [indent + text if text else "" for text in made.lines]
        if not made.after:
            return
        if made.annotated:
            start = self.at
            while self.at < len(self.lines) and (
                self.lines[self.at].blank
                or _NUMBERED.match(self.lines[self.at].text)
                or _ITEM.match(self.lines[self.at].text)
                or self.lines[self.at].indent > indent
            ):
                self.at += 1
            while self.at > start and self.lines[self.at - 1].blank:
                self.at -= 1
            self.out += convert(self.context, self.lines[start : self.at])
        self.out += [indent + text if text else "" for text in made.after]

    def div(self, line: Line) -> bool:
        if _MYST.fullmatch(line.text) and not _pandoc(line.text):
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
        what = found["what"]
        got = attributes.read(what) if what.startswith("{") else None
        given = (
            got[0]
            if got is not None
            else attributes.Attributes(classes=(what,))
            if not what.startswith("{")
            else None
        )
        if given is None:
            self.context.account.changed(
                "::: {…}", self.context.path, line.number, "what stands between the braces is not understood"
            )
            given = attributes.Attributes()
        end = div_end(self.lines, self.at)
        inner = self.lines[self.at + 1 : end]
        if end >= len(self.lines):
            self.context.account.changed(
                ":::", self.context.path, line.number, "it is not closed; it ends with what it stands in"
            )
        made = div(
            self.context, given, line, len(found["colons"]), inner, lambda part: convert(self.context, part)
        )
        # Directives need no empty line before them, but a paragraph would take what only stood by itself.
        self.out += made
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

    def comment(self, line: Line) -> bool:
        if not re.match(r"\s*<!--", line.text):
            return False
        start = self.at
        while self.at < len(self.lines) and "-->" not in self.lines[self.at].text:
            self.at += 1
        last = self.lines[self.at].text if self.at < len(self.lines) else ""
        if last.partition("-->")[2].strip():
            self.at = start
            return False
        self.at += 1
        self.out += [one.text for one in self.lines[start : self.at]]
        return True

    def formula(self, line: Line) -> bool:
        if not line.text.lstrip().startswith("$$"):
            return False
        start = self.at
        text = line.text
        while text.count("$$") < 2 and self.at + 1 < len(self.lines):
            self.at += 1
            text += "\n" + self.lines[self.at].text
        self.at += 1
        # The label may stand on the next line.
        if self.at < len(self.lines) and re.fullmatch(r"\s*\{#eq-[^{}]*\}\s*", self.lines[self.at].text):
            text += " " + self.lines[self.at].text.strip()
            self.at += 1
        if text.count("$$") < 2:
            self.out += [one.text for one in self.lines[start : self.at]]
            return True
        self.out += inline(text, self.context, line.number, indent=line.indent).split("\n")
        return True

    def heading(self, line: Line) -> bool:
        found = _HEADING.fullmatch(line.text)
        if found is None:
            return False
        self.at += 1
        self.listed = False
        if _PART.fullmatch(line.text):
            self.context.account.kept("# (PART)", self.context.path, line.number, "[[part]] in etude.toml")
            return True
        words, given = attributes.at_end(found["words"])
        text = inline(words, self.context, line.number, cell=True)
        braces = ""
        if given is not None:
            marks = [f"#{given.id}"] if given.id else []
            bare = (
                "{-}" in found["words"]
                or given.classes == ("unnumbered",)
                and "{.unnumbered}" not in found["words"]
            )
            marks += ["-" if bare else ".unnumbered"] if "unnumbered" in given.classes else []
            braces = f" {{{' '.join(marks)}}}" if marks else ""
            other = [name for name in given.classes if name != "unnumbered"]
            if other or given.pairs:
                self.context.account.changed(
                    "# … {.class}", self.context.path, line.number, "classes of headings are left out"
                )
                braces_text = braces
            else:
                braces_text = (
                    line.text[line.text.rindex("{", 0, len(line.text.rstrip())) - 0 :].rstrip()
                    if False
                    else braces
                )
            braces = braces_text
            if given.id:
                self.context.account.kept("# … {#sec-…}", self.context.path, line.number, "as it was")
        same = (
            text == words
            and given is not None
            and not [n for n in given.classes if n != "unnumbered"]
            and not given.pairs
        )
        self.out.append(
            line.text
            if same or (text == words and given is None)
            else f"{found['marks']}{found['gap']}{text}{braces}"
        )
        return True

    def table(self, line: Line) -> bool:
        lead = self.leading_caption(line)
        at = lead[1] if lead else self.at
        got = tables.read(self.lines, at)
        if got is None or (lead is None and got.pipes is False and self.listed and line.indent):
            return False
        caption, end = (lead[0], got.end) if lead else self.caption_after(got.end)
        path, account = self.context.path, self.context.account
        body, listed = self.table_lines(at, got)
        account.kept(
            "table" if got.pipes else "simple, multi-line and grid tables",
            path,
            line.number,
            "" if got.pipes else "pipes, or {list-table}",
        )
        self.at = end
        if caption is None and not listed:
            self.out += body
            return True
        label = caption.given.id if caption else ""
        options = [f":label: {label}"] if label else []
        if caption and (widths := re.findall(r"[\d.]+", caption.given.get("tbl-colwidths"))):
            options.append(f":widths: {' '.join(widths)}")
        if caption:
            account.kept(": caption {#tbl-…}", path, line.number, "{table}")
        words = one_line(caption.text, self.context, line.number) if caption else ""
        if listed:
            options += [":header-rows: 1"] if got.head else []
            self.out += _indented(directive("list-table", words, options, body), line.indent)
        else:
            self.out += (
                _indented(directive("table", words, options, body), line.indent)
                if not words and not label
                else _indented(
                    [f":::{{table}} {words}".rstrip(), *options, "", *body, "", ":::"], line.indent
                )
            )
        return True

    def leading_caption(self, line: Line) -> tuple[tables.Caption, int] | None:
        if not re.match(r"\s{0,3}(?::|[Tt]able:)\s", line.text):
            return None
        end = self.at
        while end < len(self.lines) and not self.lines[end].blank:
            end += 1
        after = end
        while after < len(self.lines) and self.lines[after].blank:
            after += 1
        found = tables.caption(self.lines[self.at : end])
        if found is None or after >= len(self.lines) or tables.read(self.lines, after) is None:
            return None
        return found, after

    def caption_after(self, at: int) -> tuple[tables.Caption | None, int]:
        start = at
        while start < len(self.lines) and self.lines[start].blank:
            start += 1
        end = start
        while (
            end < len(self.lines) and not self.lines[end].blank and not CLOSE.fullmatch(self.lines[end].text)
        ):
            end += 1
        found = tables.caption(self.lines[start:end]) if end > start else None
        return (found, end) if found is not None else (None, at)

    def table_lines(self, at: int, got: tables.Read) -> tuple[list[str], bool]:
        if got.pipes:
            rows = self.lines[at : got.end]
            return [inline(row.text, self.context, row.number, cell=True) for row in rows], False
        number = self.lines[at].number
        return tables.written(got, lambda text: inline(text, self.context, number, cell=True))

    def line_block(self, line: Line) -> bool:
        if (
            not _LINE_BLOCK.fullmatch(line.text)
            or line.text.rstrip().endswith("|")
            and line.text.count("|") > 1
        ):
            return False
        block: list[tuple[int, str]] = []
        while self.at < len(self.lines) and not self.lines[self.at].blank:
            text = self.lines[self.at].text
            if _LINE_BLOCK.fullmatch(text):
                inner = text[2:]
                blanks = len(inner) - len(inner.lstrip())
                block.append((self.lines[self.at].number, "&nbsp;" * blanks + inner.strip()))
            elif text.startswith(" ") and block:
                block[-1] = (block[-1][0], f"{block[-1][1]} {text.strip()}")
            else:
                break
            self.at += 1
        made = [inline(text, self.context, number, cell=True) or "&nbsp;" for number, text in block]
        self.context.account.kept(
            "| line block", self.context.path, line.number, "lines that end in a backslash"
        )
        self.out += [f"{text}\\" for text in made[:-1]] + made[-1:]
        return True

    def shortcode(self, line: Line) -> bool:
        made = block_shortcode(line.text, self.context, line.number)
        if made is None:
            return False
        self.out += made
        self.at += 1
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

    def raw_tex(self, line: Line) -> bool:
        found = _BEGIN.match(line.text)
        if found is None:
            return False
        start, ending = self.at, f"\\end{{{found['name']}}}"
        while self.at < len(self.lines) and ending not in self.lines[self.at].text:
            self.at += 1
        self.at += 1
        text = "\n".join(one.text for one in self.lines[start : self.at])
        label = re.search(r"\s*(?:\\label\{(?P<tex>[^{}]*)\}|\(\\#eq:(?P<book>[\w-]+)\))", text)
        name = (label["tex"] or f"eq-{label['book']}") if label else ""
        text = text.replace(label[0], "") if label else text
        mark = f" ({name})" if name else ""
        self.context.account.kept("\\begin{align}", self.context.path, line.number, "$$…$$")
        self.out += ["$$", *text.split("\n"), f"$${mark}"]
        return True

    def paragraph(self) -> None:
        start = self.at
        first = self.lines[start]
        if _ITEM.match(first.text) or first.text.startswith("[^") or re.match(r"\s*[:~]\s", first.text):
            self.listed = True
        elif not first.indent:
            self.listed = False
        open_ = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.blank or (self.at > start and not open_ and self.interrupts(line)):
                break
            if line.text.count("$$") % 2:
                open_ = not open_
            self.at += 1
        block = list(self.lines[start : self.at])
        made = figure(self.context, block)
        if made is None:
            made = self.items(block)
        self.out += made
        notes = self.context.footnotes
        if notes and (self.listed or not self.top):
            self.context.later += notes
            notes.clear()
        elif notes:
            self.out += ["", *notes]
            notes.clear()

    def interrupts(self, line: Line) -> bool:
        text = line.text
        if opening(text) or CLOSE.fullmatch(text) or OPEN.fullmatch(text) or text.lstrip().startswith("$$"):
            return True
        return (
            bool(_ITEM.match(text) and self.listed)
            or bool(_HEADING.fullmatch(text))
            or bool(re.match(r"\s*\{\{< include", text))
        )

    def items(self, block: Sequence[Line]) -> list[str]:
        """A paragraph or an item, whose mark may be one that only pandoc knows."""
        first = block[0]
        found = _FANCY.match(first.text)
        text = "\n".join(one.text for one in block)
        before = (
            self.lines[block[0].number - self.lines[0].number - 1] if block[0] is not self.lines[0] else None
        )
        if found and (before is None or before.blank or self.listed and _ITEM.match(before.text)):
            account, path = self.context.account, self.context.path
            if found["hash"]:
                mark = "1."
                account.kept("#.", path, first.number, "1.")
            elif found["name"] is not None:
                self.context.example += 1
                if found["name"]:
                    self.context.examples[found["name"]] = self.context.example
                mark = f"{self.context.example}."
                account.kept("(@)", path, first.number, "numbers")
            elif len(found["letter"] or "") == 1 and found["mark"] == "." and found["letter"].isupper():
                return inline(text, self.context, first.number, indent=first.indent).split("\n")
            else:
                mark = f"{_order(found['both'] or found['letter'])}."
                account.changed("a) and (i)", path, first.number, "numbers")
            text = f"{found['indent']}{mark}{found['gap']}{text[found.end() :]}"
        indent = first.indent
        if item := _ITEM.match(text):
            indent = " " * len(item[0])
        elif len(block) > 1:
            indent = block[1].indent
        return inline(text, self.context, first.number, indent=indent).split("\n")


def _is_myst(language: str) -> bool:
    """Names of directives, which are languages of no engine."""
    return "-" in language or language in {"note", "figure", "table", "include", "margin", "image", "math", "raw",
                                           "bibliography", "video", "iframe", "tip", "warning"}  # fmt: skip


def _pandoc(text: str) -> bool:
    found = OPEN.fullmatch(text)
    return found is not None and (
        not found["what"].startswith("{") or attributes.read(found["what"]) is not None
    )


def _indented(lines: Sequence[str], indent: str) -> list[str]:
    return (
        [line if line.startswith(indent) or not line else indent + line for line in lines]
        if indent
        else list(lines)
    )


def _order(mark: str) -> int:
    if mark.isdecimal():
        return int(mark[:6])
    roman = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
    return roman.get(mark.lower(), ord(mark[0].lower()) - 96 if len(mark) == 1 else 1)


def convert(context: Context, lines: Sequence[Line], *, top: bool = False) -> list[str]:
    """The lines as MyST; `top` tells that they stand in nothing."""
    return _Blocks(context, lines, top=top).run()
