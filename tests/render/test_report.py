"""The page of a verification: lines that belong together, and a page that is whole by itself."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.execute.compare.text import compare_texts
from etude.execute.tolerances import DEFAULT
from etude.model.diagnostic import Place, diagnose
from etude.model.drift import CellDrift, Difference, RunVerdict
from etude.model.rules import Rule
from etude.render.report import Report, report_page
from etude.render.report.lines import rows


def drawn(old, new):
    """Rows as text: marked pieces in brackets, an absent line as ``·``, skipped lines as ``~ n``."""
    change = compare_texts(old, new, DEFAULT)
    assert change is not None

    def side(line):
        return "·" if line is None else "".join(f"[{text}]" if marked else text for text, marked in line)

    return [
        f"~ {row.skipped}" if row.skipped else f"{'*' * row.changed}{side(row.recorded)} | {side(row.now)}"
        for row in rows(old, new, change.marks)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("n 1.0\n", "n 1.5\n", ["*n [1.0] | n [1.5]"]),
        ("a\nn 1.0 2.0\nb", "a\nn 1.5 2.5\nb", ["a | a", "*n [1.0] [2.0] | n [1.5] [2.5]", "b | b"]),
        ("a\nb\nc", "a\nc", ["a | a", "*[b] | ·", "c | c"]),
        ("a\nc", "a\nb\nc", ["a | a", "*· | [b]", "c | c"]),
        ("a", "a\nb\nc", ["a | a", "*· | [b]", "*· | [c]"]),
        ("the cat", "the big cat", ["*the cat | the [big ]cat"]),
        ("损失\n值 1.0", "损失\n值 2.0", ["损失 | 损失", "*值 [1.0] | 值 [2.0]"]),
    ],
)
def test_lines_that_belong_together(old, new, expected):
    assert drawn(old, new) == expected


def test_equal_lines_far_from_what_differs_are_left_out():
    old = "\n".join(f"line {n}" for n in range(20))
    found = drawn(old, old.replace("line 10", "lime 10"))
    assert found[0] == "~ 7"
    assert found[-1] == "~ 6"
    assert len(found) == 9


def test_a_text_that_only_one_side_has():
    assert [(row.recorded, row.now) for row in rows("a\nb\n", "", ())] == [
        ((("a", False),), None),
        ((("b", False),), None),
    ]


@given(st.text(alphabet="ab1.\n ", max_size=60), st.text(alphabet="ab1.\n ", max_size=60))
def test_every_line_that_differs_is_shown(old, new):
    change = compare_texts(old, new, DEFAULT)
    if change is None:
        return
    found = rows(old, new, change.marks)
    for side, text in ((lambda row: row.recorded, old), (lambda row: row.now, new)):
        lines = ["".join(part for part, _ in side(row)) for row in found if side(row) is not None]
        kept = iter(text.split("\n"))
        assert all(any(line == other for other in kept) for line in lines), "in order, as they are"
    assert any(row.changed for row in found)


PNG = base64.b64encode(b"\x89PNG").decode()
DIFFERENCES = (
    Difference("text", "stdout", "a number differs", recorded="<i> 1", now="<i> 2", marks=((4, 5, 4, 5),)),
    Difference(
        "picture", "image/png", "it differs", recorded=PNG, now=PNG, distance=0.5, region=(0.1, 0.2, 0.3, 0.4)
    ),
    Difference("picture", "image/svg+xml", "came now and is not recorded", now="<svg onload='x()'/>"),
    Difference("note", "status", "the cell raised an exception"),
    Difference("text", "f'{x}<'", "it differs", value=True, recorded="1", now="2", marks=((0, 1, 0, 1),)),
)
DRIFT = CellDrift(Place("zh/骰子.md"), 2, "print('<b>')", DIFFERENCES)


def run(state="same", drift=(), page="a/骰子 1", variant="", languages=""):
    return RunVerdict(page, variant, languages, ("zh/骰子.md",), state, 5, 1.0, 700.0, drift)


def page(*runs, title="掷骰子 & co", chosen="", problems=()):
    report = Report(
        title, "zh", runs, len(runs) + (7 if chosen else 0), chosen, problems, (("Made", "2026-01-02"),),
        lambda place: f"{place.path}:7", {"zh/骰子.md": "zh"},
    )  # fmt: skip
    return report_page(report).decode()


class Check(HTMLParser):
    """Fails where elements are not closed in order."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def checked(html):
    check = Check()
    check.feed(html)
    check.close()
    assert check.open == []
    return check


def test_the_page_is_whole_by_itself():
    html = page(
        run("drifted", (DRIFT,)), run("failed", page="b"), run("missing", page="c"), run("moved", page="d")
    )
    check = checked(html)
    assert all(link.startswith(("#", "data:image/")) for link in check.links)
    anchors = [link[1:] for link in check.links if link.startswith("#")]
    assert anchors == check.ids
    assert "url(" not in html
    assert "<script" not in html
    assert "default-src 'none'" in html


def test_nothing_of_a_book_becomes_markup():
    html = page(run("drifted", (DRIFT,)))
    assert "<b>" not in html
    assert "<i>" not in html
    assert "onload" not in html, "a drawing is a picture, and no part of the page"
    assert "掷骰子 &amp; co" in html


def test_the_verdict():
    assert "Nothing drifted" in page(run())
    assert 'class="verdict good"' in page(run())
    assert "Nothing was verified" in page()
    html = page(
        run("drifted", (DRIFT, DRIFT)), run(page="b"), run("missing", page="c"), chosen="a sample (seed 5)"
    )
    assert "2 cells of 1 run drifted; 1 run not wholly recorded" in html
    assert 'class="verdict bad"' in html
    assert "3 of 10, a sample (seed 5)" in html
    assert "1 run gave what is recorded" in html


def test_a_cell_is_shown_with_its_place_and_language():
    html = page(run("drifted", (DRIFT,), variant="numpy", languages="zh"))
    assert "Cell 3" in html
    assert "zh/骰子.md:7" in html
    assert "a/骰子 1 (numpy, zh)" in html
    assert '<table class="diff" lang="zh">' in html
    assert "<del>1</del>" in html
    assert "<ins>2</ins>" in html
    assert "left:10.00%;top:20.00%;width:20.00%;height:20.00%" in html
    assert "12 min" in html


def test_problems_are_told():
    problem = diagnose(Rule.CELL_ERROR, "ValueError: <x>", "zh/骰子.md", trace="\x1b[31mline 1\x1b[0m\n")
    html = page(run("failed"), problems=(problem,))
    checked(html)
    assert "ValueError: &lt;x&gt;" in html
    assert ">line 1</pre>" in html
    assert "Problems" not in page(run("failed"))


def test_two_runs_of_one_page_have_places_of_their_own():
    check = checked(page(run("drifted", (DRIFT,), variant="a"), run("drifted", (DRIFT,), variant="b")))
    assert len(set(check.ids)) == 2
    assert all(re.fullmatch(r"[\w-]+", name) for name in check.ids)
