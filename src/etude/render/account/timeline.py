"""The time line: runs on lanes, their cells one after the other, as SVG that is as wide as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from etude.model.account import RunAccount
from etude.model.amounts import duration
from etude.model.progress import run_title
from etude.render.account.lanes import lanes, ticks
from etude.render.html.escape import attribute, text

__all__ = ["timeline"]

_TOP, _PITCH, _BAR = 24, 34, 26
"""Height of the axis, of a lane, and of a bar in it, in pixels."""
_USUAL, _LETTER = 800, 7.5
"""Pixels that the whole usually has, and one letter: what is too long for its bar is left out."""
_LEAST = 6
"""Letters of a name that are worth showing."""


def timeline(runs: Sequence[RunAccount], begun: float, wall: float, ids: Mapping[int, str]) -> str:
    """All runs that started, from `begun` on; `ids` are those of their rows, by `id` of the run."""
    drawn = lanes(runs)
    height = _TOP + _PITCH * len(drawn)
    parts = [
        f'<svg class="timeline" width="100%" height="{height}" role="group" aria-label="Runs by their time">'
    ]
    marks = ticks(wall)
    for mark in marks:
        x = 100 * mark / wall if wall else 0
        anchor = "start" if mark == 0 else "end" if x > 94 else "middle"
        label = "0" if mark == 0 else _mark(mark, marks[1])
        parts.append(f'<line class="tick" x1="{x:.3f}%" x2="{x:.3f}%" y1="{_TOP - 6}" y2="{height}"/>')
        parts.append(f'<text class="mark" x="{x:.3f}%" y="13" text-anchor="{anchor}">{label}</text>')
    for number, lane in enumerate(drawn):
        top = _TOP + number * _PITCH
        parts += (_bar(run, begun, wall, top, ids[id(run)]) for run in lane)
    return "".join((*parts, "</svg>"))


def _mark(seconds: float, step: float) -> str:
    if step < 0.001:
        return f"{seconds * 1e6:g} µs"
    if step < 0.1:
        return f"{seconds * 1000:g} ms"
    said = duration(seconds)
    return said.removesuffix(" 0 s").removesuffix(" 0 min") if seconds >= 60 else said.replace(".0 s", " s")


def _bar(run: RunAccount, begun: float, wall: float, top: int, row: str) -> str:
    """A run, with its name when there is room for it; it leads to its row in the table."""
    title = run_title(run.page, run.variant, run.languages)
    x, width = (100 * part / wall if wall else 0 for part in (run.start - begun, run.seconds))
    about = f"{title}: {_STATUS[run.status]}, {duration(run.seconds)}"
    name = _fitting(title, int((width * _USUAL / 100 - 12) / _LETTER))
    return (
        f'<a class="{run.status}" href="#{row}" aria-label="{attribute(about)}">'
        f'<svg x="{x:.3f}%" y="{top}" width="{max(width, 0.15):.3f}%" height="{_BAR}">'
        f"<title>{text(about)}</title>"
        f'<rect class="start" width="100%" height="{_BAR}"/>'
        f"{''.join(_cells(run))}"
        + (f'<text class="name" x="6" y="{_BAR - 9}">{text(name)}</text>' if name else "")
        + f'<rect class="frame" x="0" y="0" width="100%" height="{_BAR}"/></svg></a>'
    )


def _fitting(title: str, letters: int) -> str:
    """As much of a name as has room: without its folder, or cut; nothing when little would be left."""
    for name in (title, title.rpartition("/")[2]):
        if len(name) <= letters:
            return name
    return f"{title.rpartition('/')[2][: letters - 1]}…" if letters >= _LEAST else ""


def _cells(run: RunAccount) -> Iterator[str]:
    whole = run.seconds or 1.0
    for number, cell in enumerate(run.cells):
        x, width = 100 * (cell.start - run.start) / whole, 100 * cell.seconds / whole
        kind = "cell" if cell.status == "ok" else "bad cell"
        about = f"cell {cell.index + 1}, {duration(cell.seconds)}" + (f": {cell.code}" if cell.code else "")
        yield (
            f'<rect class="{kind} {"odd" if number % 2 else "even"}" x="{x:.2f}%" width="{width:.2f}%" '
            f'height="{_BAR}"><title>{text(about)}</title></rect>'
        )


_STATUS = {
    "ok": "ran",
    "failed": "failed",
    "kept": "taken from the store",
    "again": "had to make room for others and began again",
}
