"""What a person reads of a drifted cell in the terminal: the lines that differ, and what can be done."""

from __future__ import annotations

import math
from collections.abc import Iterator

from etude.execute.timings import without_timings
from etude.model.drift import CellDrift, Difference, RunVerdict

__all__ = ["about", "excerpt", "hints", "trace"]

_PLACES = 3
"""Places of a text that are shown."""
_MUCH = 0.2
"""A tolerance above this would allow nearly anything."""
_WIDTH = 88
"""Characters of a line that are shown."""


def about(verdict: RunVerdict) -> str:
    """The variant and the language of a run that has them, to stand after a message."""
    parts = [f"variant {verdict.variant}"] if verdict.variant else []
    parts += [verdict.languages] if verdict.languages else []
    return f" ({', '.join(parts)})" if parts else ""


def trace(drift: CellDrift) -> str:
    """Every difference with the lines where it is."""
    return "\n".join(line for one in drift.differences for line in _lines(one))


def hints(drift: CellDrift) -> Iterator[str]:
    """How to make peace with a difference."""
    far = max((one.distance or 0.0 for one in drift.differences), default=0.0)
    texts = [one for one in drift.differences if one.kind != "picture" and one.relative is None]
    if any(one.bytewise for one in drift.differences):
        yield "to compare pictures by how they look: `pip install etude[verify]`"
    if drift.differences and all(map(_is_time, drift.differences)):
        yield "if only the times differ, let them not be shown: `:timings: hide`"
    if texts or far > _MUCH or (drift.relative or 0.0) > _MUCH:
        yield "if this may be another each time, as what is measured: `:tolerance: any`"
    elif drift.relative:
        yield f"if these numbers may differ so much: `:tolerance: {_above(drift.relative)}`"
    elif far:
        yield f"if the picture may look so: `:tolerance: image={_above(far)}`"
    yield "if the new result is right, record it: `etude build --execute force`"


def _is_time(one: Difference) -> bool:
    was, now = one.recorded, one.now
    return (
        one.kind == "text" and not one.value and was != now and without_timings(was) == without_timings(now)
    )


def excerpt(one: Difference) -> Iterator[tuple[str, str]]:
    """The lines that differ, recorded and now, up to a few; an empty text for none."""
    if one.kind != "text":
        return
    if not one.marks:
        first = next(iter(one.recorded.strip("\n").splitlines()), "")
        second = next(iter(one.now.strip("\n").splitlines()), "")
        yield _cropped(first, 0), _cropped(second, 0)
        return
    seen: set[tuple[int, int]] = set()
    for a, _, c, _ in one.marks:
        line, other = one.recorded.rfind("\n", 0, a) + 1, one.now.rfind("\n", 0, c) + 1
        if (line, other) in seen:
            continue
        if len(seen) == _PLACES:
            return
        seen.add((line, other))
        yield _cropped(_line(one.recorded, line), a - line), _cropped(_line(one.now, other), c - other)


def _lines(one: Difference) -> Iterator[str]:
    yield f"{f'`{one.subject}`' if one.value else one.subject}: {one.detail}"
    for old, new in excerpt(one):
        if old:
            yield f"  recorded  {old}"
        if new:
            yield f"  now       {new}"
    if one.region is not None:
        left, top, right, bottom = (round(100 * part) for part in one.region)
        yield f"  where     {left} to {right} % from the left, {top} to {bottom} % from the top"


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _cropped(line: str, at: int) -> str:
    """What of a line is around a place, when it is too long to be shown."""
    line = line.expandtabs(4) if "\t" not in line[:at] else line.replace("\t", " ")
    if len(line) <= _WIDTH:
        return line
    start = max(0, min(at - _WIDTH // 3, len(line) - _WIDTH))
    cut = line[start : start + _WIDTH]
    return f"{'…' if start else ''}{cut}{'…' if start + _WIDTH < len(line) else ''}"


def _above(value: float) -> str:
    """A round number above a value: 1, 2 or 5 with some zeros."""
    exponent = math.floor(math.log10(value)) if value > 0 else -12
    for step in (1, 2, 5, 10):
        if step * 10.0**exponent >= value:
            return f"{step * 10.0**exponent:.1g}".replace("e-0", "e-")
    return f"{10.0 ** (exponent + 1):.1g}"
