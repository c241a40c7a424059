"""Code cells and raw cells as directives of MyST."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from etude.convert.notebooks.reading import Cell

__all__ = ["caption_of", "code_cell", "fails", "installs", "raw_cell", "split_caption"]

Note = Callable[[int, str, str, bool], None]

_BOLD = re.compile(r"[ \t]*(?P<mark>\*\*|__)(?P<text>\S.*)(?<!\s)(?P=mark)[ \t]*[:：]?[ \t]*")
_PAIR = re.compile(r"(?<!\*)\*\*(?!\*)|(?<!_)__(?!_)")
_NO_CAPTION = re.compile(
    r"(?:note|warning|tip|hint|caution|important|exercise|question|answer|solution|task|todo|output|result|example)s?"
    r"\b[\s\d.:]*$|(?:注意|提示|警告|练习|习题|问题|答案|解答|任务|输出|结果)[\s\d：:.]*$",
    re.IGNORECASE,
)
_TYPED = re.compile(
    r"(?:listing|code listing|代码清单|程序清单|清单)\s*\d+(?:[.\-–]\d+)*\s*[:.：、]?\s*(?=\S)", re.IGNORECASE
)
_INSTALL = re.compile(
    r"\s*(?:[!%](?:\s*(?:sudo|python3?|\{sys\.executable\})\s+(?:-m\s+)?)?\s*"
    r"(?:pip3?|conda|mamba|apt|apt-get|uv pip)\b.*|import sys|#.*|)\s*"
)
_OPTION_LINE = re.compile(r"[ \t]*:[A-Za-z][\w-]*:(?:\s|\Z)|---[ \t]*(?:\n|\Z)")
_TICKS = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)
_OURS = (
    "label",
    "caption",
    "variant",
    "save",
    "expect",
    "timeout",
    "tolerance",
    "timings",
    "emphasize-lines",
)


def split_caption(text: str) -> tuple[str, str]:
    """A Markdown cell without the bold line that ends it, and the words of that line, if there is one."""
    lines = text.rstrip().split("\n")
    match = _BOLD.fullmatch(lines[-1]) if lines else None
    if match is None or (len(lines) > 1 and lines[-2].strip()):
        return text, ""
    if _PAIR.search(match["text"]) or _NO_CAPTION.match(match["text"]):
        return text, ""
    return "\n".join(lines[:-1]).rstrip(), match["text"]


def caption_of(words: str) -> tuple[str, bool]:
    """A caption, and whether a typed number was taken off it."""
    bare = _TYPED.sub("", words, count=1) if _TYPED.match(words) else words
    return bare.rstrip(":： "), bare != words


def installs(code: str) -> bool:
    """Whether a cell does nothing but install packages."""
    lines = re.sub(r"\\\n", " ", code).split("\n")
    return any(re.match(r"\s*[!%]", line) for line in lines) and all(map(_INSTALL.fullmatch, lines))


def fails(cell: Cell) -> bool:
    """Whether the cell's stored outputs end in an exception."""
    return any(isinstance(one, dict) and one.get("output_type") == "error" for one in cell.outputs)


def code_cell(cell: Cell, language: str, caption: str, note: Note) -> list[str]:
    """The lines of a `code-cell`."""
    options: list[tuple[str, str]] = []
    code = cell.text.strip("\n")
    code = re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", code)
    given = {**cell.metadata, **_table(cell.metadata.get("etude"))}
    options += (
        (name, str(value))
        for name in _OURS
        if isinstance(value := given.get(name), str | int | float) and not isinstance(value, bool)
    )
    if caption:
        options = [("caption", _quoted(caption)), *(one for one in options if one[0] != "caption")]
    tags = _tags(cell, code, note)
    if tags:
        options.append(("tags", f"[{', '.join(tags)}]"))
    fence = "`" * max(3, *(len(match[1]) + 1 for match in _TICKS.finditer(code)), 3)
    lines = [f"{fence}{{code-cell}} {language}".rstrip(), *(f":{name}: {value}" for name, value in options)]
    if _OPTION_LINE.match(code) or (options and code[:1].isspace()):
        lines.append("")
    return [*lines, *code.split("\n"), fence]


def _quoted(text: str) -> str:
    if text[:1] in ("'", '"', ">", "|"):
        return "'" + text.replace("'", "''") + "'"
    return text


def _tags(cell: Cell, code: str, note: Note) -> list[str]:
    metadata = cell.metadata
    tags = [tag for tag in cell.tags if re.fullmatch(r"[\w.:+/-]+", tag)]
    for tag in cell.tags:
        said = "" if tag in tags else "a tag of several words is left out"
        note(1, "tags", said, tag not in tags)
    jupyter = _table(metadata.get("jupyter"))

    def add(tag: str, construct: str, said: str = "") -> None:
        if tag not in tags:
            tags.append(tag)
        note(1, construct, said or f"the tag `{tag}`", False)

    if jupyter.get("source_hidden") is True:
        add("hide-input", "jupyter.source_hidden")
    if jupyter.get("outputs_hidden") is True:
        add("hide-output", "jupyter.outputs_hidden")
    if metadata.get("collapsed") is True and cell.outputs and "outputs_hidden" not in jupyter:
        add("hide-output", "collapsed")
    if metadata.get("hide_input") is True or metadata.get("cellView") == "form":
        add("hide-input", "cellView" if "cellView" in metadata else "hide_input")
    if metadata.get("scrolled") is True and cell.outputs:
        add("scroll-output", "scrolled")
    if fails(cell) and "raises-exception" not in tags and "skip-execution" not in tags:
        tags.append("raises-exception")
        note(1, "output with an exception", "the tag `raises-exception`; the run goes on after it", True)
    if installs(code) and "skip-execution" not in tags:
        tags.append("skip-execution")
        note(1, "!pip install", "shown and not run; say under `[execute] requires` what runs need", True)
    _tell_others(metadata, note)
    return tags


def _tell_others(metadata: Mapping[str, Any], note: Note) -> None:
    slide = _table(metadata.get("slideshow")).get("slide_type")
    if slide and slide != "-":
        note(1, "slideshow", f"the mark `{slide}` is left out: pages are no slides", True)
    if "nbgrader" in metadata:
        note(1, "nbgrader", "left out: exercises are marked by `exercise` and `solution`", True)


def raw_cell(cell: Cell, note: Note) -> list[str]:
    """The lines for a raw cell."""
    kind = str(cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "")
    text = re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", cell.text)
    if kind == "text/markdown":
        note(1, "raw cell", "text", False)
        return text.split("\n")
    fence = "`" * max(3, *(len(match[1]) + 1 for match in _TICKS.finditer(text)), 3)
    if not kind:
        note(1, "raw cell", "a listing", True)
        return [f"{fence}text", *text.split("\n"), fence]
    name = kind.rpartition("/")[2]
    note(1, "raw cell", f"`{{raw}} {name}`", False)
    return [f"{fence}{{raw}} {name}", *text.split("\n"), fence]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
