"""Blocks that are neither code nor tables: formulas, raw TeX, definitions, line blocks, quoted HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto.inline import convert
from etude.convert.quarto.lines import Line, Taken
from etude.convert.quarto.places import Context
from etude.parse.macros import defined

__all__ = ["comment", "definitions", "formula", "line_block", "raw_tex"]

_LINE_BLOCK = re.compile(r"\|(?: .*)?")
_DEFINES = re.compile(r"\s*\\(?:(?:re|provide)?newcommand|def|DeclareMathOperator)\b")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_BEGIN = re.compile(r"\s*\\begin\{(?P<name>(?:align|equation|gather|multline|eqnarray|alignat|flalign)\*?)\}")
_LABEL = re.compile(r"\s*(?:\\label\{(?P<tex>[^{}]*)\}|\(\\#eq:(?P<book>[\w-]+)\))")


def comment(context: Context, lines: Sequence[Line], at: int) -> Taken | None:
    """A comment of HTML, which stays."""
    del context
    if not re.match(r"\s*<!--", lines[at].text):
        return None
    end = at
    while end < len(lines) and "-->" not in lines[end].text:
        end += 1
    if end < len(lines) and lines[end].text.partition("-->")[2].strip():
        return None
    return Taken(tuple(line.text for line in lines[at : end + 1]), min(end + 1, len(lines)))


def formula(context: Context, lines: Sequence[Line], at: int) -> Taken | None:
    """A formula between two dollars, maybe with a label."""
    line = lines[at]
    if not line.text.lstrip().startswith("$$"):
        return None
    end, text = at + 1, line.text
    while text.count("$$") < 2 and end < len(lines):
        text += "\n" + lines[end].text
        end += 1
    # The label may stand on the next line.
    if end < len(lines) and re.fullmatch(r"\s*\{#eq-[^{}]*\}\s*", lines[end].text):
        text += " " + lines[end].text.strip()
        end += 1
    if text.count("$$") < 2:
        return Taken(tuple(one.text for one in lines[at:end]), end)
    made = convert(text, context, line.number, indent=line.indent)
    return Taken(tuple(made.split("\n")) if made.strip() else (), end)


def raw_tex(context: Context, lines: Sequence[Line], at: int) -> Taken | None:
    """An environment of TeX; Etude reads those without labels as they are."""
    line = lines[at]
    found = _BEGIN.match(line.text)
    if found is None:
        return None
    end, ending = at, f"\\end{{{found['name']}}}"
    while end < len(lines) and ending not in lines[end].text:
        end += 1
    end = min(end + 1, len(lines))
    text = context.formula("\n".join(one.text for one in lines[at:end]), line.number)
    label = _LABEL.search(text)
    if label is None:
        return Taken(tuple(text.split("\n")), end)
    context.account.kept("\\begin{align}", context.path, line.number, "$$…$$ (eq-…)")
    name = label["tex"] or f"eq-{label['book']}"
    text = text.replace(label[0], "")
    return Taken(("$$", *text.split("\n"), f"$$ ({name})"), end)


def definitions(context: Context, lines: Sequence[Line], at: int) -> Taken | None:
    """Commands for formulas that are defined outside of one go into one; texts of bookdown for captions."""
    line = lines[at]
    named = context.book.bookdown and line.text.startswith("(ref:")
    if not named and not _DEFINES.match(line.text):
        return None
    end = at
    while end < len(lines) and not lines[end].blank:
        end += 1
    if named:
        context.account.kept("(ref:…)", context.path, line.number, "the caption that names it")
        return Taken((), end)
    text = "\n".join(one.text for one in lines[at:end])
    context.formula(text, line.number)
    if _COMMENT.sub("", defined(text)[0]).strip():
        return Taken(tuple(convert(text, context, line.number).split("\n")), end)
    return Taken(("$$", *text.split("\n"), "$$"), end)


def line_block(context: Context, lines: Sequence[Line], at: int) -> Taken | None:
    """Lines that begin with a bar: their ends count."""
    first = lines[at].text
    if not _LINE_BLOCK.fullmatch(first) or (first.rstrip().endswith("|") and first.count("|") > 1):
        return None
    block: list[tuple[int, str]] = []
    end = at
    while end < len(lines) and not lines[end].blank:
        text = lines[end].text
        if _LINE_BLOCK.fullmatch(text):
            inner = text[2:]
            blanks = len(inner) - len(inner.lstrip())
            block.append((lines[end].number, "&nbsp;" * blanks + inner.strip()))
        elif text.startswith(" "):
            block[-1] = (block[-1][0], f"{block[-1][1]} {text.strip()}")
        else:
            break
        end += 1
    made = [convert(text, context, number, cell=True) or "&nbsp;" for number, text in block]
    context.account.kept("| line block", context.path, lines[at].number, "lines that end in a backslash")
    return Taken((*(f"{text}\\" for text in made[:-1]), *made[-1:]), end)
