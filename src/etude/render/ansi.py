"""Stage render: terminal text becomes runs of plain text with styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ["Colour", "Run", "Style", "carriage", "runs", "strip"]

Colour: TypeAlias = int | str | None
"""0 to 15 for the palette, ``#rrggbb`` for any other colour, None for the text's own."""


class Style(Struct, frozen=True, gc=False):
    """How a run of text looks."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    inverse: bool = False


class Run(Struct, frozen=True, gc=False):
    """A stretch of text in one style."""

    text: str
    style: Style


PLAIN = Style()

# CSI … final byte; OSC … ended by BEL or ST; other two-byte escapes; C1 control sequence introducer.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\Z)"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
_BACKSPACE = re.compile(r"[^\n\x08]\x08|^\x08+", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_FLAGS: dict[int, tuple[Literal["bold", "faint", "italic", "underline", "strike", "inverse"], ...]] = {
    1: ("bold",),
    2: ("faint",),
    3: ("italic",),
    4: ("underline",),
    7: ("inverse",),
    9: ("strike",),
}
_UNFLAGS: dict[int, tuple[str, ...]] = {
    22: ("bold", "faint"),
    23: ("italic",),
    24: ("underline",),
    27: ("inverse",),
    29: ("strike",),
}


def runs(text: str) -> Iterator[Run]:
    """Split at changes of style; sequences that move the cursor or set titles are dropped."""
    if "\x1b" not in text and "\x9b" not in text:
        if text:
            yield Run(_CONTROL.sub("", text), PLAIN)
        return
    style = PLAIN
    at = 0
    for escape in _ESCAPE.finditer(text):
        if at < escape.start():
            yield Run(_CONTROL.sub("", text[at : escape.start()]), style)
        at = escape.end()
        if escape["final"] == "m":
            style = _select(style, escape["parameters"])
    if at < len(text):
        yield Run(_CONTROL.sub("", text[at:]), style)


def strip(text: str) -> str:
    """The text without any escape sequence."""
    return "".join(run.text for run in runs(text))


def carriage(text: str) -> str:
    """What a terminal shows after carriage returns and backspaces: the last state of each line."""
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_overwrite(line) for line in text.split("\n"))
    while "\b" in text:
        shorter = _BACKSPACE.sub("", text)
        if shorter == text:
            return text.replace("\b", "")
        text = shorter
    return text


def _overwrite(line: str) -> str:
    shown = ""
    for piece in line.split("\r"):
        plain = "\x1b" not in piece and "\x1b" not in shown
        shown = piece + shown[len(piece) :] if plain else piece or shown
    return shown


def _select(style: Style, parameters: str) -> Style:
    """Apply one SGR sequence (ECMA-48, 8.3.117); what is not known is skipped."""
    try:
        codes = [int(code or 0) for code in parameters.replace(":", ";").split(";")]
    except ValueError:
        return style
    fields = {name: getattr(style, name) for name in Style.__struct_fields__}
    i = 0
    while i < len(codes):
        code = codes[i]
        if code == 0:
            fields = {name: getattr(PLAIN, name) for name in Style.__struct_fields__}
        elif code in _FLAGS:
            fields.update(dict.fromkeys(_FLAGS[code], True))
        elif code in _UNFLAGS:
            fields.update(dict.fromkeys(_UNFLAGS[code], False))
        elif code in (38, 48):
            colour, used = _extended(codes[i + 1 :])
            fields["foreground" if code == 38 else "background"] = colour
            i += used
        elif code in (39, 49):
            fields["foreground" if code == 39 else "background"] = None
        elif 30 <= code <= 37 or 40 <= code <= 47:
            fields["foreground" if code < 40 else "background"] = code % 10
        elif 90 <= code <= 97 or 100 <= code <= 107:
            fields["foreground" if code < 100 else "background"] = code % 10 + 8
        i += 1
    return Style(**fields)


def _extended(codes: list[int]) -> tuple[Colour, int]:
    """A colour of the 256 or of the true ones, and how many codes said it."""
    match codes:
        case [5, n, *_] if 0 <= n < 16:
            return n, 2
        case [5, n, *_] if n < 232:
            steps = (0, 95, 135, 175, 215, 255)
            n -= 16
            return f"#{steps[n // 36]:02x}{steps[n // 6 % 6]:02x}{steps[n % 6]:02x}", 2
        case [5, n, *_] if n < 256:
            grey = 8 + 10 * (n - 232)
            return f"#{grey:02x}{grey:02x}{grey:02x}", 2
        case [2, r, g, b, *_]:
            return "#" + "".join(f"{min(255, max(0, c)):02x}" for c in (r, g, b)), 4
        case _:
            return None, len(codes)
