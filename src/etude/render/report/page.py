"""The page of a verification: a verdict, a table of runs, and every drifted cell with old and new."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from etude.model.diagnostic import Diagnostic, Place
from etude.model.drift import CellDrift, RunState, RunVerdict
from etude.model.progress import run_title
from etude.render.ansi import strip
from etude.render.html.assets import minified
from etude.render.html.escape import attribute, text
from etude.render.report.differences import difference

__all__ = ["Report", "report_page"]

_STATES: dict[RunState, str] = {
    "drifted": "drifted",
    "failed": "failed",
    "missing": "not recorded",
    "moved": "edited meanwhile",
    "same": "same",
}
"""In the order in which they are listed."""

_WHY: dict[RunState, str] = {
    "failed": "The run did not get to its end: see the problems below.",
    "missing": "Not all of its results are recorded: build the book first.",
    "moved": "The run or what it reads was edited while it was verified: build the book, and verify again.",
}

_FOOT = (
    "<footer><p>The recorded results were not changed. A cell’s option <code>:tolerance:</code> says how"
    " much it may differ; <code>etude build --execute force</code> records everything anew.</p></footer>"
)

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows."""

    title: str
    """Of the book."""
    language: str
    """Of the book's title."""
    runs: tuple[RunVerdict, ...]
    planned: int
    """Runs that there were to choose from."""
    chosen: str
    """How they were chosen, in words; empty when all were."""
    problems: tuple[Diagnostic, ...]
    """What went wrong beside drift."""
    facts: tuple[tuple[str, str], ...]
    """When and with what it was made: names and values."""
    locate: Callable[[Place], str]
    """A place as ``path:line``."""
    languages: Mapping[str, str]
    """Language of a page by its path."""


def report_page(report: Report) -> bytes:
    """The page, as UTF-8."""
    drifted = [run for run in report.runs if run.drift]
    body = "".join((_runs(report), _problems(report), *(_run(run, report) for run in drifted)))
    style = minified(files("etude.render.report").joinpath("report.css").read_text("utf-8"))
    title = text(" · ".join(filter(None, ("Verification", report.title))))
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{attribute(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{_head(report)}\n<main>{body}</main>\n{_FOOT}\n</body>\n</html>\n"
    )
    return page.encode()


def _head(report: Report) -> str:
    cells = sum(len(run.drift) for run in report.runs)
    runs = sum(bool(run.drift) for run in report.runs)
    count = {state: sum(run.state == state for run in report.runs) for state in _STATES}
    parts = [f"{_count(cells, 'cell')} of {_count(runs, 'run')} drifted"] if cells else []
    parts += [f"{_count(count['failed'], 'run')} failed"] if count["failed"] else []
    parts += [f"{_count(count['missing'], 'run')} not wholly recorded"] if count["missing"] else []
    parts += [f"{_count(count['moved'], 'run')} edited meanwhile"] if count["moved"] else []
    good = not parts
    verdict = "; ".join(parts) or ("Nothing drifted" if report.runs else "Nothing was verified")
    of = "" if len(report.runs) == report.planned else f" of {report.planned:,}"
    facts = (
        ("Runs", f"{len(report.runs):,}{of}{f', {report.chosen}' if report.chosen else ''}"),
        ("Cells compared", f"{sum(run.cells for run in report.runs):,}"),
        *report.facts,
    )
    listed = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    return (
        f'<header><p class="kind">Verification</p><h1 lang="{attribute(report.language)}">'
        f"{text(report.title) or 'Untitled book'}</h1>"
        f'<p class="verdict {"good" if good else "bad"}">{text(verdict)}</p>'
        f'<dl class="facts">{listed}</dl></header>'
    )


def _runs(report: Report) -> str:
    order = list(_STATES)
    shown = sorted(
        (run for run in report.runs if run.state != "same"), key=lambda run: order.index(run.state)
    )
    same = [run for run in report.runs if run.state == "same"]
    out = [f'<section aria-label="Runs"><h2>Runs</h2>{_table(shown)}'] if shown else []
    if same:
        table = _table(same)
        lead = f"{_count(len(same), 'run')} gave what is recorded"
        out.append(f'<details class="same"><summary>{lead}</summary>{table}</details>')
    return "".join((*out, "</section>" if shown else ""))


def _table(runs: list[RunVerdict]) -> str:
    lines: list[str] = []
    for run in runs:
        name = text(run_title(run.page, run.variant, run.languages))
        name = f'<a href="#{_anchor(run)}">{name}</a>' if run.drift else name
        why = f'<p class="why">{text(_WHY[run.state])}</p>' if run.state in _WHY else ""
        drifted = f"{len(run.drift):,}" if run.drift else "–"
        lines.append(
            f'<tr><th scope="row">{name}{why}</th><td>{_state(run)}</td>'
            f'<td class="number main">{drifted}</td><td class="number">{run.cells:,}</td>'
            f'<td class="number wide">{_seconds(run.recorded_seconds)}</td>'
            f'<td class="number wide">{_seconds(run.seconds)}</td></tr>'
        )
    return (
        '<table class="runs"><thead><tr><th scope="col">Run</th><th scope="col">State</th>'
        '<th scope="col" class="number main">Drifted</th><th scope="col" class="number">Compared</th>'
        '<th scope="col" class="number wide">Took then</th>'
        '<th scope="col" class="number wide">Took now</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _problems(report: Report) -> str:
    if not report.problems:
        return ""
    found = "".join(
        f'<article><p class="problem"><span class="place">{text(report.locate(one.place))}</span>'
        f"{text(one.message)}</p>{_trace(one.trace)}</article>"
        for one in report.problems
    )
    return f'<section aria-label="Problems"><h2>Problems</h2>{found}</section>'


def _trace(trace: str) -> str:
    shown = strip(trace).strip("\n")
    return f'<pre tabindex="0">{text(shown)}</pre>' if shown else ""


def _run(run: RunVerdict, report: Report) -> str:
    cells = "".join(_cell(drift, report) for drift in run.drift)
    title = text(run_title(run.page, run.variant, run.languages))
    return f'<section class="run" id="{_anchor(run)}"><h2>{title} {_state(run)}</h2>{cells}</section>'


def _cell(drift: CellDrift, report: Report) -> str:
    language = report.languages.get(drift.place.path, report.language)
    name = f"Cell {drift.index + 1}"
    lines = drift.code.count("\n") + 1
    code = (
        f'<details class="code"><summary>Code, {_count(lines, "line")}</summary>'
        f'<pre lang="{attribute(language)}" tabindex="0">{text(drift.code)}</pre></details>'
    )
    found = "".join(difference(one, language, name.lower()) for one in drift.differences)
    place = text(report.locate(drift.place))
    return f'<article><h3>{name} <span class="place">{place}</span></h3>{code}{found}</article>'


def _state(run: RunVerdict) -> str:
    return f'<span class="state {run.state}">{_STATES[run.state]}</span>'


def _anchor(run: RunVerdict) -> str:
    return re.sub(r"[^\w-]+", "-", "run-" + "-".join(filter(None, (run.page, run.variant, run.languages))))


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _seconds(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{seconds:,.0f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"
