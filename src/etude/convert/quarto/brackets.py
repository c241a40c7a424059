"""Brackets, and what may stand behind those of links and pictures."""

from __future__ import annotations

import re
from functools import lru_cache

from etude.convert.quarto import attributes

__all__ = ["CODE", "MATH", "closing", "destination", "is_han", "length", "picture_braces"]

CODE = re.compile(r"(?P<tick>`+)(?!`)(?P<code>.+?)(?<!`)(?P=tick)(?!`)", re.DOTALL)
MATH = re.compile(r"\$(?![\s$])(?:\\.|[^$\\])+?(?<!\s)\$(?!\d)", re.DOTALL)


def picture_braces(given: attributes.Attributes) -> str:
    """The attributes of a picture within text that Etude knows."""
    pairs = [(key, length(given.get(key))) for key in ("width", "height")]
    kept = [
        f"{key}={value}" for key, value in pairs if re.fullmatch(r"[\d.]+(?:%|px|em|cm|mm|pt|rem)?", value)
    ]
    return "{" + " ".join(kept) + "}" if kept else ""


def length(value: str) -> str:
    """A length; inches as pixels, of which Etude knows 96 to the inch."""
    if found := re.fullmatch(r"([\d.]+)in", value.strip()):
        return f"{round(float(found[1]) * 96)}px"
    if found := re.fullmatch(r"([\d.]+)\\(?:text|line)width", value.strip()):
        return f"{round(float(found[1] or 1) * 100)}%"
    return value.strip()


def closing(text: str, at: int) -> int | None:
    """The offset of the bracket that closes the one at an offset; code and escapes are passed over."""
    return _pairs(text).get(at)


@lru_cache(maxsize=8)
def _pairs(text: str) -> dict[int, int]:
    """Where each bracket of a text that is closed is closed: one pass, however many are not."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    at = 0
    while at < len(text):
        mark = text[at]
        if mark == "\\":
            at += 2
            continue
        if mark == "`" and (found := CODE.match(text, at)):
            at = found.end()
            continue
        if mark == "$" and (found := MATH.match(text, at)):
            at = found.end()
            continue
        if mark == "[":
            opened.append(at)
        elif mark == "]" and opened:
            pairs[opened.pop()] = at
        at += 1
    return pairs


_LINK = re.compile(
    r"\(\s*(?:<(?P<angle>[^<>\n]*)>"
    r"|(?P<plain>(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\)|\{\{<.*?>\}\}|[ \t](?=[^\"'\s()]))*))"
    r"(?P<title>\s+(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'))?\s*\)",
    re.DOTALL,
)


def destination(text: str, at: int) -> tuple[str, str, int] | None:
    """Target, title with its blank, and end of what stands between parentheses after a link's words."""
    found = _LINK.match(text, at)
    if found is None:
        return None
    target = found["angle"] if found["angle"] is not None else found["plain"].strip().replace(" ", "%20")
    title = found["title"] or ""
    return target, f" {title.strip()}" if title else "", found.end()


def is_han(char: str) -> bool:
    """Whether a character is Chinese, or of its punctuation: it needs no blank before a mark."""
    return "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" or "\u3000" <= char <= "\u303f"
