"""The page of a report. It needs no script and nothing from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from etude.model.account import Account, CellAccount, RunAccount
from etude.model.amounts import duration, memory
from etude.model.progress import run_title
from etude.render.account.lanes import Totals, totals
from etude.render.account.timeline import timeline
from etude.render.html.escape import attribute, text

__all__ = ["account_page"]

_SLOWEST = 12
"""Cells in the list of the slowest."""


def account_page(account: Account) -> str:
    """One page with all that there is to say of a build."""
    sums = totals(account)
    ran = [run for run in account.runs if run.status != "kept"]
    kept = [run for run in account.runs if run.status == "kept"]
    ids = {id(run): f"run-{number}" for number, run in enumerate(ran, 1)}
    title = f"Build of {account.title}" if account.title else "Build"
    parts = (
        _section("overview", "Overview", _overview(account, sums, ran, kept), heading=False),
        _section("timeline", "Time line", _timeline(ran, sums, ids)) if ran else "",
        _section("runs", "Runs", _runs(ran, ids)) if ran else "",
        _section("slowest", "Slowest cells", _slowest(ran)) if sums.cell_seconds else "",
        _section("kernels", "Kernels", _kernels(account, ran)) if ran else "",
        _section("kept", "Taken from the store", _kept(kept)) if kept else "",
        _section("versions", "Machine and versions", _versions(account)),
    )
    style = files(__package__ or "").joinpath("account.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{text(title)}</h1><p><time datetime="{attribute(account.date)}">'
        f"{text(account.date.replace('T', ' '))}</time></p></header>\n<main>\n"
        + "\n".join(filter(None, parts))
        + "\n</main>\n<footer>Written by <code>etude build --report</code>. "
        "Times of cells are those of this build; what was taken from the store took none.</footer>"
        "\n</body>\n</html>\n"
    )


def _section(name: str, title: str, body: str, *, heading: bool = True) -> str:
    head = f'<h2 id="{name}-title">{title}</h2>' if heading else ""
    label = f'aria-labelledby="{name}-title"' if heading else f'aria-label="{title}"'
    return f'<section id="{name}" {label}>{head}\n{body}\n</section>'


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _percent(part: float) -> str:
    return f"{part * 100:.0f} %"


def _overview(account: Account, sums: Totals, ran: Sequence[RunAccount], kept: Sequence[RunAccount]) -> str:
    problems = [
        part
        for part in (
            _plural(account.errors, "error") if account.errors else "",
            _plural(account.warnings, "warning") if account.warnings else "",
        )
        if part
    ]
    again = sum(run.status == "again" for run in ran)
    figures = [
        ("Time", duration(account.seconds), f"{duration(sums.wall)} of it with runs at work" if ran else ""),
        ("Runs", f"{len(ran) - again:,}", f"{len(kept):,} taken from the store"),
        ("Cells", f"{sums.cells_run:,}", f"{sums.cells_kept:,} taken from the store"),
    ]
    if ran:
        places = _plural(account.machine.slots, "run") + " at a time"
        figures.append(("Places in use", _percent(sums.slots_used), f"{places}; cells' time alone counts"))
    if sums.cpus_used is not None:
        of = f"of {account.machine.cpus:g} processors"
        figures.append(("Processors in use", _percent(sums.cpus_used), of))
    if sums.memory:
        figures.append(("Memory", memory(sums.memory), "the most that one run took"))
    count = account.errors + account.warnings
    figures.append(("Problems", f"{count:,}" if count else "none", ", ".join(problems)))
    figures.append(("Pages", f"{account.pages:,}", f"{_plural(account.written, 'file')} written"))
    return (
        '<dl class="figures">'
        + "".join(
            f"<div><dt>{text(name)}</dt><dd><strong>{text(value)}</strong>"
            + (f"<span>{text(more)}</span>" if more else "")
            + "</dd></div>"
            for name, value, more in figures
        )
        + "</dl>"
    )


def _timeline(ran: Sequence[RunAccount], sums: Totals, ids: dict[int, str]) -> str:
    seen = {run.status for run in ran}
    legend = [("start", "kernel starts, or results are stored"), ("even", "cells, in two shades by turns")]
    legend += [("bad", "a cell that failed")] if "failed" in seen else []
    legend += [("again", "a run that had to make room and began again")] if "again" in seen else []
    longest = max(ran, key=lambda run: run.seconds)
    said = (
        f"The longest run, {text(_name(longest))}, took {_unbroken(longest.seconds)}"
        f" of the {_unbroken(sums.wall)}."
        if len(ran) > 1
        else ""
    )
    return (
        (f"<p>{said}</p>\n" if said else "")
        + _scrolling("Time line", timeline(ran, sums.begun, sums.wall, ids))
        + '\n<ul class="legend">'
        + "".join(f'<li><span class="swatch {kind}"></span>{words}</li>' for kind, words in legend)
        + "</ul>"
    )


def _unbroken(seconds: float) -> str:
    """A duration that no line is broken in."""
    return duration(seconds).replace(" ", "\u00a0")


def _scrolling(label: str, body: str) -> str:
    """Something wide: it is moved by touch, by mouse, and by the keys."""
    return f'<div class="wide" role="region" aria-label="{label}" tabindex="0">{body}</div>'


def _name(run: RunAccount) -> str:
    return run_title(run.page, run.variant, run.languages)


_WORDS = {"ok": "ran", "failed": "failed", "again": "put back", "kept": "kept"}


def _runs(ran: Sequence[RunAccount], ids: dict[int, str]) -> str:
    heads = ("Run", "Result", "Time", "Cells", "Kernel", "Processor time", "Memory", "Why it ran")
    most = max((run.memory for run in ran), default=0)
    rows = []
    for run in sorted(ran, key=lambda item: -item.seconds):
        kept = f"<small>{run.cells_kept} kept</small>" if run.cells_kept else ""
        threads = _plural(run.threads, "thread") + (f", GPU {', '.join(run.gpus)}" if run.gpus else "")
        told = f"started in {duration(run.kernel_seconds)}", *filter(None, [run.begun])
        started = "".join(f"<small>{text(one)}</small>" for one in told) if run.backend else ""
        reasons = "".join(f"<li>{_code(reason)}</li>" for reason in run.reasons)
        rows.append(
            f'<tr id="{ids[id(run)]}" class="{run.status}"><th scope="row">{_breakable(_name(run))}</th>'
            f"<td>{_WORDS[run.status]}</td>"
            f'<td class="number">{duration(run.seconds)}</td>'
            f'<td class="number">{run.cells_run}{kept}</td>'
            f"<td>{text(run.backend) or '–'}{started}</td>"
            f'<td class="number">{duration(run.cpu_seconds) if run.cpu_seconds else "–"}'
            f"<small>{text(threads)}</small></td>"
            f'<td class="number">{_amount(run.memory, most)}</td>'
            f"<td>{f'<ul>{reasons}</ul>' if reasons else '–'}</td></tr>"
        )
    return _scrolling("Runs", _table(heads, rows))


def _breakable(name: str) -> str:
    """A name with lines broken between its folders."""
    return text(name).replace("/", "/<wbr>")


def _amount(count: int, most: int) -> str:
    if not count:
        return "–"
    return f'{memory(count)}<span class="bar" style="--part: {count / most:.3f}"></span>'


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _slowest(ran: Sequence[RunAccount]) -> str:
    cells = sorted(((cell, run) for run in ran for cell in run.cells), key=lambda item: -item[0].seconds)
    whole = sum(cell.seconds for cell, _ in cells) or 1.0
    shown = cells[:_SLOWEST]
    most = shown[0][0].seconds or 1.0
    part = sum(cell.seconds for cell, _ in shown) / whole
    many = f"These {len(shown)} of {len(cells):,} cells took" if len(cells) > len(shown) else "The cells took"
    took = (
        f"{_percent(part)} of the time of all." if len(cells) > len(shown) else f"{duration(whole)} together."
    )
    return (
        f"<p>{many} {took}</p>\n"
        '<ol class="cells">' + "".join(_slow(cell, run, most) for cell, run in shown) + "</ol>"
    )


def _slow(cell: CellAccount, run: RunAccount, most: float) -> str:
    code = f"<code>{text(cell.code)}</code>" if cell.code else ""
    place = f"<small>{text(cell.place)}</small>" if cell.place else ""
    return (
        f'<li><span class="time">{duration(cell.seconds)}</span>'
        f'<span class="what"><span>{text(_name(run))}, cell {cell.index + 1}{place}</span>{code}'
        f'<span class="bar" style="--part: {cell.seconds / most:.3f}"></span></span></li>'
    )


def _kernels(account: Account, ran: Sequence[RunAccount]) -> str:
    kinds = Counter(run.backend for run in ran if run.backend)
    about = {
        "lean": "forked from a parent, without the messaging of Jupyter",
        "warm": "a whole ipykernel, forked from a parent",
        "cold": "started from nothing",
    }
    lines = []
    for kind, count in kinds.most_common():
        seconds = sum(run.kernel_seconds for run in ran if run.backend == kind)
        each = f"{duration(seconds / count)} each to start"
        lines.append(f"<li><strong>{count:,} {kind}</strong>: {about.get(kind, '')}; {each}</li>")
    for parent in account.parents:
        names = ", ".join(f"<code>{text(name)}</code>" for name in parent.modules) or "the shell alone"
        lines.append(f"<li>a parent that loaded {names} in {duration(parent.seconds)}</li>")
    return f'<ul class="plain">{"".join(lines)}</ul>'


def _kept(kept: Sequence[RunAccount]) -> str:
    cells = sum(run.cells_kept for run in kept)
    names = "".join(
        f"<li>{text(_name(run))} <small>{_plural(run.cells_kept, 'cell')}</small></li>" for run in kept
    )
    said = (
        f"{_plural(len(kept), 'run')} with {_plural(cells, 'cell')}: nothing that they depend on has changed"
    )
    return f'<details><summary>{said}</summary><ul class="names">{names}</ul></details>'


def _versions(account: Account) -> str:
    machine = account.machine
    there = [
        ("Processors", f"{machine.cpus:g}, for {_plural(machine.slots, 'run')} at a time"),
        ("Memory", f"{memory(machine.memory)} for all runs" if machine.memory else "not known"),
        ("GPUs", ", ".join(machine.gpus) or "none"),
        *account.versions.items(),
        *((f"Phase: {name}", duration(seconds)) for name, seconds in account.phases.items()),
    ]
    return (
        '<dl class="facts">'
        + "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in there)
        + "</dl>"
    )


def _code(phrase: str) -> str:
    """A phrase in which what stands between backticks is code."""
    return "".join(_pieces(phrase))


def _pieces(phrase: str) -> Iterator[str]:
    pieces = phrase.split("`")
    for number, piece in enumerate(pieces):
        # A last backtick without another one is only a character.
        if number % 2 and number < len(pieces) - 1:
            yield f"<code>{text(piece)}</code>"
        else:
            yield text(f"`{piece}" if number % 2 else piece)
