"""Outputs without what differs between two runs of the same code.

In: outputs of one cell as the kernel sent them. Out: the same, with stream pieces joined,
overwritten progress bars gone, and addresses, temporary paths and picture metadata replaced.
Only what can carry no meaning is touched: numbers, times and identifiers of the author stay.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, assert_never

from etude.execute.overwritten import overwritten
from etude.model.result import Display, Failure, Output, Result, Stream, Value

__all__ = ["CELL_FILE", "normalise_outputs", "normalise_text", "normalise_value", "shows_source"]

CELL_FILE: Final = "<cell>"
"""Stands for the temporary file that a kernel says a cell's code is in."""

_ADDRESS: Final = re.compile(r"\b(at |address=)(0x[0-9a-fA-F]{6,16})\b")
_CELL_FILE: Final = re.compile(r"(?:/|~/|[A-Za-z]:\\)?[^\s\"'<>:()]*ipykernel_\d+[/\\]\d+\.py")
_SYNTAX_FILE: Final = re.compile(r"\(\d{5,}\.py, line (\d+)\)$")
"""How the message of a syntax error names that file."""
_SHOWS_SOURCE: Final = re.compile(r"<cell>|(?<![\w/.~\\-])\w[\w.-]*(?:/[\w.-]+)*\.py\b")
"""A cell's file, or one of the book: its path is relative here."""
_SVG_NOISE: Final = re.compile(r"\s*<metadata>.*?</metadata>|<dc:date>.*?</dc:date>", re.DOTALL)
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_NOISE: Final = frozenset({b"tEXt", b"iTXt", b"zTXt", b"tIME"})
_WIDGET: Final = "application/vnd.jupyter.widget-view+json"


def normalise_outputs(
    outputs: Iterable[Output], number: int, replaced: Sequence[tuple[str, str]] = ()
) -> tuple[Output, ...]:
    """Normalise a cell's outputs.

    `number` is the cell's in its run, from 1. `replaced` are pairs of a text that is particular
    to this run (a path of its scratch folder) and what stands for it.
    """
    out: list[Output] = []
    for output in _ordered(outputs):
        match output:
            case Stream(name=name, text=text):
                text = normalise_text(overwritten(text), replaced)
                if text:
                    out.append(Stream(name, text))
            case Display(data=data, metadata=metadata):
                out.append(Display(_bundle(data, replaced), metadata))
            case Result(data=data, metadata=metadata):
                out.append(Result(_bundle(data, replaced), metadata, number))
            case Failure(ename=name, evalue=value, traceback=trace):
                lines = tuple(normalise_text(line, replaced) for line in trace)
                value = _SYNTAX_FILE.sub(r"(line \1)", normalise_text(value, replaced))
                out.append(Failure(name, value, lines))
            case _:
                assert_never(output)
    return tuple(out)


def normalise_value(value: Value, replaced: Sequence[tuple[str, str]] = ()) -> Value:
    """Normalise a value."""
    return Value(normalise_text(value.text, replaced), _bundle(value.data, replaced), value.error)


def normalise_text(text: str, replaced: Sequence[tuple[str, str]] = ()) -> str:
    """A text without addresses, temporary files of cells and the given texts."""
    for old, new in replaced:
        if old in text:
            text = text.replace(old, new)
    if "ipykernel_" in text:
        text = _CELL_FILE.sub(CELL_FILE, text)
    if "0x" in text:
        text = _ADDRESS.sub(r"\g<1>0x…", text)
    return text


def _numbered(data: Mapping[str, Any]) -> dict[str, str]:
    """What stands for the addresses of one output: numbers, so that it is seen which are the same.

    The objects of one output are there at the same time, so they have different addresses in every run.
    What is printed bit by bit, or in two outputs, may be gone in between and its place taken again.
    """
    texts = (value for mime, value in data.items() if mime.startswith("text/") and isinstance(value, str))
    found = dict.fromkeys(match[2] for text in texts if "0x" in text for match in _ADDRESS.finditer(text))
    if len(found) < 2:
        return {}
    return {address: f"0x…{number}" for number, address in enumerate(found, 1)}


def shows_source(outputs: Iterable[Output]) -> bool:
    """Whether outputs may show lines of the code, or their numbers: comments then matter."""
    for output in outputs:
        match output:
            case Failure():
                return True
            case Stream(text=text):
                texts: Iterable[Any] = (text,)
            case Display(data=data) | Result(data=data):
                texts = data.values()
            case _:
                assert_never(output)
        if any(isinstance(text, str) and _SHOWS_SOURCE.search(text) for text in texts):
            return True
    return False


def _ordered(outputs: Iterable[Output]) -> list[Output]:
    """Neighbouring pieces of a stream joined; of neighbouring streams, stdout first: they race."""
    out: list[Output] = []
    pieces: dict[str, list[str]] = {}

    def flush() -> None:
        out.extend(Stream(name, "".join(pieces[name])) for name in ("stdout", "stderr") if name in pieces)
        pieces.clear()

    for output in outputs:
        if isinstance(output, Stream):
            pieces.setdefault(output.name, []).append(output.text)
        else:
            flush()
            out.append(output)
    flush()
    return out


def _bundle(data: Mapping[str, Any], replaced: Sequence[tuple[str, str]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    numbers = _numbered(data)
    for mime, content in data.items():
        if mime == _WIDGET and len(data) > 1:
            continue  # it names a live object that nobody can reach
        # nbformat allows lists of lines, but not where a list is data.
        lines = isinstance(content, list) and not mime.endswith("json")
        value = "".join(map(str, content)) if lines else content
        if not isinstance(value, str):
            out[mime] = value
        elif mime == "image/png":
            out[mime] = _png(value)
        elif mime == "image/svg+xml":
            out[mime] = _SVG_NOISE.sub("", value)
        elif mime.startswith("text/"):
            if numbers:
                value = _ADDRESS.sub(lambda found: found[1] + numbers.get(found[2], "0x…"), value)
            out[mime] = normalise_text(value, replaced)
        else:
            out[mime] = value.replace("\n", "") if mime.startswith("image/") else value
    return out


def _png(text: str) -> str:
    """A picture (base64) without its comments and dates; as it is when it is no whole PNG."""
    try:
        data = base64.b64decode(text)
    except (ValueError, binascii.Error):
        return text
    if not data.startswith(_PNG_START):
        return text
    out = [_PNG_START]
    at = len(_PNG_START)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return text
        if data[at + 4 : at + 8] not in _PNG_NOISE:
            out.append(data[at:end])
        at = end
    return base64.b64encode(b"".join(out)).decode() if at == len(data) else text
