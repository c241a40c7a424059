"""Outputs without how long something took, for those who ask for it.

In: normalised outputs. Out: the same, with a mark in the place of each duration and rate in their texts.
Only numbers with a unit of time count, and what `%time`, `%timeit` and progress bars print. It is done
when results are shown and compared, never to what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, assert_never

from etude.model.result import Display, Failure, Output, Result, Stream

__all__ = ["MARK", "hide_timings", "without_timings"]

MARK: Final = "…"
"""Stands for a duration."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_UNIT = (
    r"(?:(?:[numµμ]?s|[num]?secs?|(?:nano|micro|milli)?seconds?|mins|minutes?|hr?s?|hours?)(?![A-Za-z0-9_])"
    r"|min(?![A-Za-z0-9_])(?!\s*[=:]?\s*[-+]?\.?\d)|[毫微纳]?秒|分钟|小时)"
)
"""``min`` before a number names a minimum; before seconds it is part of `_LONG`."""
_LONG = rf"{_NUMBER} ?(?:d|days?|h|hr|min|小时|分钟?)(?= ?{_NUMBER} ?(?:min|m?s|sec|分|秒))"
_DECADE = r"(?!(?:1[89]|20)\d0s)"
_SPAN = rf"{_DECADE}(?:{_LONG} ?)*{_NUMBER} ?{_UNIT}"
_RATE = rf"{_NUMBER} ?[^\W\d_]*/(?:s|secs?|seconds?|秒)(?![A-Za-z0-9_])"
_START = r"(?:(?<![A-Za-z0-9_.,])|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm))"
"""A number begins here, perhaps behind an escape sequence."""

_CLOCK = r"(?:\d+:)?\d?\d:\d\d"
_BAR: Final = re.compile(
    rf"\[{_CLOCK}(?:<(?:{_CLOCK}|\?))?(?:, *(?:\?|{_NUMBER}[kMGT]?) ?[^\s\],]*)?(?=[\],])"
)
"""The times and the rate of a bar of tqdm."""
_METER: Final = re.compile(rf"(\d{{1,3}})%\|([ #\d▏▎▍▌▋▊▉█]*)\|(?= *[^\s\[|]+/[^\s\[|]+ \[{MARK})")
"""The bar itself: it is as long as its times leave room for."""
_CELLS: Final = 10
"""Characters that stand for it."""
_ELAPSED: Final = re.compile(
    r"(?<![\d:.-])(?:\d+ days?,? \+?\d\d?:\d\d:\d\d(?:\.\d+)?|\d:\d\d:\d\d(?:\.\d+)?)(?![\d:])"
    r"|(?<=datetime\.timedelta\()[a-z]+=[^()]*(?=\))"
    rf"|(?<![\d:])\d+:\d\d(?=(?:\x1b\[\d*m)? {_NUMBER}m?s/step)"
)
"""A `timedelta` as it prints; more than a minute in a bar of Keras."""
_DURATION: Final = re.compile(rf"(?:(?<! )( ) *)?{_START}(?:{_SPAN}(?:/[^\W\d_]+)?|{_RATE})")
"""With the blanks before it: they may make up a width."""
_LOOPS: Final = re.compile(r"(?<![\d,])\d[\d,]* loops?(?= each\b|, best of )")
_CHANCE: Final = re.compile(
    r"^(?:(?:Compiler|Parser) *: .*|The slowest run took .* times longer than the fastest\..*)\n?"
    r"(?:^This could mean that an intermediate result is being cached\.? ?\n?)?",
    re.MULTILINE,
)
"""Lines that `%time` and `%timeit` print only when something took long."""
_MARKUP: Final = re.compile(r"(<(style|script)\b.*?</\2\s*>|<!--.*?-->|<[^<>]*>)", re.DOTALL | re.IGNORECASE)


def hide_timings(outputs: Iterable[Output]) -> tuple[Output, ...]:
    """Outputs without durations; tracebacks stay."""
    out: list[Output] = []
    for output in outputs:
        match output:
            case Stream(name=name, text=text):
                text = without_timings(text)
                if text:
                    out.append(Stream(name, text))
            case Display(data=data, metadata=metadata):
                out.append(Display(_bundle(data), metadata))
            case Result(data=data, metadata=metadata, execution_count=count):
                out.append(Result(_bundle(data), metadata, count))
            case Failure():
                out.append(output)
            case _:
                assert_never(output)
    return tuple(out)


def without_timings(text: str) -> str:
    """A text with a mark for each duration."""
    text = _CHANCE.sub("", text)
    text = _METER.sub(_meter, _BAR.sub("[" + MARK, text))
    text = _ELAPSED.sub(MARK, text)
    text = _LOOPS.sub(f"{MARK} loops", text)
    return _DURATION.sub(lambda match: (match[1] or "") + MARK, text)


def _meter(match: re.Match[str]) -> str:
    full = min(int(match[1]) * _CELLS // 100, _CELLS)
    return f"{match[1]}%|{('#' if match[2].isascii() else '█') * full:<{_CELLS}}|"


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    return {
        mime: _markup(value)
        if mime == "text/html" and isinstance(value, str)
        else without_timings(value)
        if mime.startswith("text/") and isinstance(value, str)
        else value
        for mime, value in data.items()
    }


def _markup(text: str) -> str:
    """HTML, of which only what is read is touched."""
    parts = _MARKUP.split(text)
    # Two groups: each text is followed by a mark-up and the name in it, or None.
    return "".join(
        without_timings(part) if number % 3 == 0 else part
        for number, part in enumerate(parts)
        if number % 3 < 2 and part
    )
