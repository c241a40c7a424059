r"""Formulas of Jupyter, which MathJax finds in any text, as MyST writes them.

`$ x $` has no room inside its marks, `\\(…\\)` are dollars, displayed formulas stand on lines of their own,
and environments that MyST does not know stand between two lines of dollars.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.notebooks.rows import Row, runs

__all__ = ["displayed", "dollars", "environments", "unwrapped"]

_SKIP = r"(?P<skip>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)|\$\$.*?\$\$|\\\$)"
_INLINE = re.compile(
    rf"{_SKIP}|\\\\\((?P<round>.+?)\\\\\)|\\\\\[(?P<square>.+?)\\\\\]"
    r"|(?<![\\$\w])\$(?P<loose>[^$\n`]+?(?:\n(?!\s*\n)[^$\n`]+?)*?)(?<!\\)\$(?![\d$])",
    re.DOTALL,
)
_WRAPPED = re.compile(r"[ \t]*</?(?:span|p)>[ \t]*", re.IGNORECASE)
_MARK = re.compile(r"(?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))|(?<!\\)\$\$")
_LIST = re.compile(r"([ \t]*)((?:[-*+]|\d+[.)])[ \t]+)?")
_KNOWN = frozenset(
    f"{name}{star}"
    for name in ("equation", "multline", "gather", "align", "alignat", "flalign", "eqnarray")
    for star in ("", "*")
)
_BEGIN = re.compile(r"\\begin\{([A-Za-z]+\*?)\}")
_TEXTUAL = frozenset({"itemize", "enumerate", "figure", "table", "tabular", "center", "document", "verbatim"})
_END_PUNCTUATION = re.compile(r"\s*([.,;:。，；：])\s*")
_TAG = re.compile(r"\s*\((\d+[\w.]*)\)\s*")

Told = list[tuple[int, str, str]]


def dollars(rows: Sequence[Row], told: Told) -> list[Row]:
    """Formulas within the text between dollars without room inside."""
    out: list[Row] = []
    at = 0
    for start, end in runs(rows):
        out += rows[at:start]
        out += _dollars(rows[start:end], told)
        at = end
    return [*out, *rows[at:]]


def _dollars(rows: Sequence[Row], told: Told) -> list[Row]:
    text = "\n".join(row.text for row in rows)

    def write(match: re.Match[str]) -> str:
        row = rows[text.count("\n", 0, match.start())].number
        if match["round"] is not None:
            told.append((row, r"\\(…\\)", "`$…$`"))
            return f"${_tight(match['round'])}$"
        if match["square"] is not None:
            told.append((row, r"\\[…\\]", "`$$…$$`"))
            return f"$${match['square']}$$"
        inner = match["loose"]
        if inner is None or inner == inner.strip() or not inner.strip() or _is_price(inner):
            return match[0]
        told.append((row, "$ … $", "`$…$`, without room inside"))
        return f"${_tight(inner)}$"

    return _again(rows, _INLINE.sub(write, text))


def _tight(inner: str) -> str:
    """A formula without room around it, on as many lines."""
    lines = inner.count("\n")
    bare = inner.strip()
    return bare.replace("\n", " ", bare.count("\n") - lines) if bare.count("\n") > lines else bare


def _is_price(inner: str) -> bool:
    """Whether two dollars are amounts of money rather than a formula: ``$5 and $ 6``."""
    return re.match(r"\d[\d,.]*\s+[A-Za-z]{2,}", inner) is not None


def _again(rows: Sequence[Row], text: str) -> list[Row]:
    """Rows with other texts; lines that were taken away are taken off the last row."""
    lines = text.split("\n")
    numbers = [row.number for row in rows]
    return [Row(line, numbers[min(at, len(numbers) - 1)]) for at, line in enumerate(lines)]


def displayed(rows: Sequence[Row], told: Told, *, keep: bool = False) -> list[Row]:
    """Displayed formulas, `$$…$$`, on rows of their own, which are `math` then; `keep`: in theirs."""
    out: list[Row] = []
    indent, inside = "", False
    for row in rows:
        if row.kind != "text":
            out.append(row)
            continue
        parts = _parted(row.text)
        if len(parts) == 1:
            out.append(Row(row.text, row.number, "math") if inside else row)
            continue
        if not inside:
            if len(parts) % 2 and (row.text.lstrip().startswith((">", "|")) or parts[0].count("|")):
                out.append(row)  # a formula in a table or a quotation stays in its line
                continue
            match = _LIST.match(row.text)
            assert match is not None
            indent = match[1] + " " * len(match[2] or "")
        made, inside = _rows_of(parts, row.number, indent, inside=inside)
        if keep or [one.text for one in made] == [row.text]:
            made = [Row(row.text, row.number, "math")]
        else:
            told.append((row.number, "$$ … $$ within a line", "on lines of its own"))
        out += made
    return displayed(_shown(rows, told), told, keep=keep) if inside else out


def unwrapped(rows: Sequence[Row]) -> list[Row]:
    """Rows without `<span>` and `<p>` on lines of their own around a formula, which keep MyST from it."""
    out: list[Row] = []
    for at, row in enumerate(rows):
        beside = (*rows[max(at - 1, 0) : at], *rows[at + 1 : at + 2])
        lone = row.kind == "text" and _WRAPPED.fullmatch(row.text)
        out.append(Row("", row.number) if lone and any(one.kind == "math" for one in beside) else row)
    return out


def _shown(rows: Sequence[Row], told: Told) -> list[Row]:
    """Rows whose last `$$` is text: it has no end in its cell, and must not reach into the next."""
    out = list(rows)
    for at in range(len(rows) - 1, -1, -1):
        marks = [] if rows[at].kind != "text" else [m for m in _MARK.finditer(rows[at].text) if not m["code"]]
        if marks:
            text, start = rows[at].text, marks[-1].start()
            out[at] = Row(f"{text[:start]}\\$\\${text[start + 2 :]}", rows[at].number)
            told.append((rows[at].number, "$$ without an end", "text, as Jupyter shows it"))
            break
    return out


def _parted(text: str) -> list[str]:
    """A line cut at the marks of displayed formulas."""
    cuts = [match for match in _MARK.finditer(text) if not match["code"]]
    if not cuts:
        return [text]
    ends = [0, *(match.end() for match in cuts)]
    starts = [*(match.start() for match in cuts), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def _rows_of(parts: Sequence[str], number: int, indent: str, *, inside: bool) -> tuple[list[Row], bool]:
    """The rows of a line that is cut at `$$`, and whether it ends inside of a formula."""
    out: list[Row] = []
    prefix = indent
    last = len(parts) - 1
    for at, part in enumerate(parts):
        if inside:
            text = ("$$" if at else "") + part + ("$$" if at < last else "")
            out.append(Row((prefix if at else "") + text, number, "math"))
            prefix = indent
        elif at and (joined := _joined(out[-1].text, part)):
            out[-1] = Row(joined, number, "math")
        elif part.strip():
            if not at and _LIST.fullmatch(part):
                prefix = part
            else:
                out.append(Row(part.rstrip() if not at else indent + part.strip(), number))
        inside = inside != (at < last)
    return out, inside


def _joined(formula: str, after: str) -> str:
    """A formula with a full stop or a number that follows it; empty when something else does."""
    bare = formula.rstrip()[:-2].rstrip()
    if match := _END_PUNCTUATION.fullmatch(after):
        return f"{bare}{match[1]}$$"
    if match := _TAG.fullmatch(after):
        return f"{bare} \\tag{{{match[1]}}}$$"
    return ""


def environments(rows: Sequence[Row], told: Told) -> list[Row]:
    r"""`\begin{…}…\end{…}` outside of dollars as formulas of their own."""
    out: list[Row] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        begin = _BEGIN.search(row.text) if row.kind == "text" else None
        if begin is None or begin[1] in _TEXTUAL or row.text.count("$", 0, begin.start()) % 2:
            out.append(row)
            at += 1
            continue
        found = _environment(rows, at, begin)
        if found is None and not row.text[: begin.start()].strip(" \t>-*+.)0123456789"):
            told.append((row.number, f"\\begin{{{begin[1]}}} without an end", "text, as Jupyter shows it"))
            start = begin.start()
            out.append(Row(f"{row.text[:start]}\\{row.text[start:]}", row.number))
            at += 1
            continue
        if found is None or "`" in row.text[: begin.start()]:
            out.append(row)
            at += 1
            continue
        last, stop = found
        before, after = row.text[: begin.start()], rows[last].text[stop:]
        match = _LIST.match(before)
        assert match is not None
        indent = match[1] + " " * len(match[2] or "")
        known = begin[1] in _KNOWN
        lone = not before.strip() and not after.strip()
        if before.strip():
            out.append(Row(before.rstrip(), row.number))
        lines = [rows[one].text for one in range(at, last + 1)]
        lines[-1] = lines[-1][:stop]
        lines[0] = (indent if before.strip() else before) + lines[0][begin.start() :]
        if not known:
            out.append(Row(f"{indent}$$", row.number, "math"))
            told.append((row.number, f"\\begin{{{begin[1]}}}", "between two lines of `$$`"))
        elif not lone:
            told.append((row.number, f"\\begin{{{begin[1]}}}", "on lines of its own"))
        else:
            told.append((row.number, f"\\begin{{{begin[1]}}}", ""))
        # An empty line would end the block; MathJax does not mind one.
        out += (Row(line, row.number + n, "math") for n, line in enumerate(lines) if line.strip())
        if not known:
            out.append(Row(f"{indent}$$", rows[last].number, "math"))
        if after.strip():
            out.append(Row(indent + after.strip(), rows[last].number))
        at = last + 1
    return out


def _environment(rows: Sequence[Row], at: int, begin: re.Match[str]) -> tuple[int, int] | None:
    """Row and column where an environment ends; None when it does not, in rows of text."""
    depth = 0
    marks = re.compile(rf"\\(begin|end)\{{{re.escape(begin[1])}\}}")
    for number in range(at, len(rows)):
        if rows[number].kind != "text":
            return None
        for mark in marks.finditer(rows[number].text, begin.start() if number == at else 0):
            depth += 1 if mark[1] == "begin" else -1
            if not depth:
                return number, mark.end()
    return None
