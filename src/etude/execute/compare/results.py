"""Two results of one cell compared: how it went, its outputs, its values.

In: what is recorded and what came now, both normalised. Out: `Difference`s, in the order of the outputs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import assert_never

from msgspec.structs import replace

from etude.execute.compare.bundle import compare_bundles, gist, noteworthy
from etude.execute.compare.text import compare_texts
from etude.execute.compare.tokens import plain
from etude.execute.compare.words import told
from etude.execute.tolerances import Limits
from etude.model.drift import Difference
from etude.model.result import CellResult, Display, Failure, Output, Result, Stream, Value

__all__ = ["compare_results"]

_STATES = {
    "ok": "ended well",
    "error": "raised an exception",
    "timeout": "ran out of time",
    "dead": "lost its kernel",
    "skipped": "did not run",
    "missing": "did not run",
}


def compare_results(
    recorded: CellResult, now: CellResult, limits: Limits, claims: Collection[str] = ()
) -> tuple[Difference, ...]:
    """What a cell gives otherwise than it is recorded.

    `claims` are the names of values that say whether an expectation holds. They have tolerances of
    their own, so only holding and not holding differ.
    """
    found: list[Difference] = []
    if recorded.status != now.status:
        detail = f"the cell {_STATES[now.status]}; when it was recorded, it {_STATES[recorded.status]}"
        found.append(Difference("note", "status", detail))
    if not limits.any:
        found += _outputs(recorded.outputs, now.outputs, limits)
    for name, was in recorded.values.items():
        value = now.values.get(name)
        if value is None:
            continue
        if name in claims:
            found += _claim(name, was, value)
        elif not limits.any:
            found += _value(name, was, value, limits)
    return tuple(found)


def _outputs(old: Sequence[Output], new: Sequence[Output], limits: Limits) -> Iterator[Difference]:
    one, other = ([_label(output) for output in outputs] for outputs in (old, new))
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            for number in range(b - a):
                yield from _output(old[a + number], new[c + number], a + number, limits)
        else:
            for number in range(a, b):
                yield from _only(old[number], number, gone=True)
            for number in range(c, d):
                yield from _only(new[number], None, gone=False)


def _label(output: Output) -> tuple[str, ...]:
    """What outputs are matched by."""
    match output:
        case Stream(name=name):
            return (name,)
        case Display(data=data) | Result(data=data):
            return tuple(sorted(noteworthy(data)))
        case Failure():
            return ("error",)
        case _:
            assert_never(output)


def _output(old: Output, new: Output, number: int, limits: Limits) -> Iterator[Difference]:
    match old, new:
        case Stream(name=one, text=was), Stream(name=other, text=text) if one == other:
            found = _texts(one, was, text, limits)
        case ((Display() | Result()), (Display() | Result())):
            found = compare_bundles(old.data, new.data, old.metadata, new.metadata, limits)
        case Failure(), Failure():
            found = _failures(old, new, limits)
        case _:
            yield from _only(old, number, gone=True)
            yield from _only(new, None, gone=False)
            return
    if found is not None:
        yield replace(found, output=number)


def _texts(subject: str, old: str, new: str, limits: Limits) -> Difference | None:
    old, new = plain(old), plain(new)
    change = compare_texts(old, new, limits)
    return told(subject, old, new, change, limits) if change else None


def _failures(old: Failure, new: Failure, limits: Limits) -> Difference | None:
    """Exceptions by their names and messages; the traceback shows lines of libraries, which move."""
    was, text = (f"{one.ename}: {one.evalue}" if one.evalue else one.ename for one in (old, new))
    if old.ename == new.ename:
        return _texts("error", was, text, limits)
    mark = (0, len(old.ename), 0, len(new.ename))
    detail = f"`{new.ename}` was raised in place of `{old.ename}`"
    return Difference("text", "error", detail, recorded=was, now=text, marks=(mark,))


def _only(output: Output, number: int | None, *, gone: bool) -> Iterator[Difference]:
    """An output that only one side has."""
    match output:
        case Stream(name=name, text=text):
            subject, shown = str(name), plain(text)
        case Display(data=data) | Result(data=data):
            subject, shown = gist(data)
        case Failure(ename=name, evalue=value):
            subject, shown = "error", f"{name}: {value}"
        case _:
            assert_never(output)
    if not shown.strip() and subject == "":
        return
    detail = "is recorded and did not come now" if gone else "came now and is not recorded"
    yield Difference(
        "picture" if subject.startswith("image/") else "text",
        subject,
        detail,
        output=number,
        recorded=shown if gone else "",
        now="" if gone else shown,
    )


def _value(name: str, old: Value, new: Value, limits: Limits) -> Iterator[Difference]:
    if old.error or new.error:
        if old.error != new.error:
            detail = f"raised {new.error}" if new.error else f"raised {old.error} when it was recorded"
            yield Difference("note", name, detail, value=True)
        return
    found = _texts(name, old.text, new.text, limits)
    if found is None and old.data and new.data:
        found = compare_bundles(old.data, new.data, {}, {}, limits)
        found = replace(found, detail=f"({found.subject}) {found.detail}") if found else None
    if found is not None:
        yield replace(found, subject=name, value=True)


def _claim(name: str, old: Value, new: Value) -> Iterator[Difference]:
    if bool(old.error) != bool(new.error):
        detail = (
            f"does not hold any more: {new.error}"
            if new.error
            else f"holds now; when it was recorded, it did not: {old.error}"
        )
        yield Difference("text", name, detail, value=True, recorded=old.text, now=new.text)
