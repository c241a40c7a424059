"""The report's page: lanes, marks, sums, and what is on it."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.model.account import (
    FORMAT,
    Account,
    CellAccount,
    MachineAccount,
    ParentAccount,
    RunAccount,
)
from etude.render.account import account_page
from etude.render.account.lanes import lanes, ticks, totals

GB = 10**9


def run(page, start, seconds, *cells, status="ok", **more):
    """A run whose cells take so long each, one after the other, to its end."""
    at = start + seconds - sum(cells)
    made = []
    for index, length in enumerate(cells):
        made.append(CellAccount(index, at, length, "ok", f"{page}.md:{index * 10 + 7}", f"f({index})"))
        at += length
    return RunAccount(page, "", "", status, start, seconds, len(cells), 0, tuple(made), "lean", 0.5, **more)


def account(*runs, **more):
    fields = {
        "format": FORMAT,
        "title": "Sums <&> differences",
        "date": "2026-01-02T03:04:05+01:00",
        "seconds": 30.0,
        "phases": {"parse": 1.5, "execute": 20.0},
        "pages": 12,
        "written": 3,
        "errors": 0,
        "warnings": 0,
        "machine": MachineAccount(2, 4.0, 8 * GB, ("0",)),
        "runs": runs,
        "parents": (),
        "versions": {"Etude": "0.1.0", "numpy": "2.3.1"},
    }
    return Account(**{**fields, **more})


class Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; keeps texts and ids."""

    def __init__(self, html):
        super().__init__()
        self.open, self.texts, self.ids, self.links = [], [], [], []
        self.feed(html)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        assert not {"src", "onclick"} & found.keys()
        assert tag not in ("script", "link", "img")
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


# ---- lanes and marks

spans = st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 30)), max_size=20)


@given(spans)
def test_no_run_is_drawn_over_another(items):
    runs = [run(str(n), start, seconds) for n, (start, seconds) in enumerate(items)]
    drawn = lanes(runs)
    assert sorted(item.page for item in runs) == sorted(item.page for lane in drawn for item in lane)
    for lane in drawn:
        for one, other in itertools.pairwise(lane):
            assert one.start + one.seconds <= other.start + 0.01
    most = max((sum(s <= t < s + d - 0.01 for s, d in items) for t, _ in items), default=0)
    assert len(drawn) <= len(items)
    assert len(drawn) >= most


@pytest.mark.parametrize(
    ("seconds", "marks"),
    [
        (0, [0]),
        (8, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (9, [0, 2, 4, 6, 8]),
        (0.04, [0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04]),
        (190, [0, 30, 60, 90, 120, 150, 180]),
        (3700, [0, 600, 1200, 1800, 2400, 3000, 3600]),
        (10**6, [0, 172800, 345600, 518400, 691200, 864000]),
    ],
)
def test_the_marks_of_the_axis_are_round(seconds, marks):
    assert marks == pytest.approx(ticks(seconds))


@given(st.floats(1e-4, 1e8))
def test_there_are_some_marks_but_not_many(seconds):
    marks = ticks(seconds)
    assert 2 <= len(marks) <= 9 or seconds > 86400 * 8
    assert marks[-1] <= seconds * (1 + 1e-6)


# ---- sums


def test_the_sums_of_a_build():
    kept = RunAccount("k", "", "", "kept", 0, 0, 0, 7)
    sums = totals(
        account(
            run("a", 2, 10, 4, 4, cpu_seconds=12.0, memory=GB),
            run("b", 2, 6, 5, cpu_seconds=8.0, memory=2 * GB),
            kept,
        )
    )
    assert (2, 10, 3, 7) == (sums.begun, sums.wall, sums.cells_run, sums.cells_kept)
    assert (13, 20, 2 * GB) == (sums.cell_seconds, sums.cpu_seconds, sums.memory)
    assert (0.65, 0.5) == (sums.slots_used, sums.cpus_used)


def test_the_sums_of_a_build_in_which_nothing_ran():
    sums = totals(account(RunAccount("k", "", "", "kept", 3, 0, 0, 7)))
    assert (0, 0, None, 7) == (sums.wall, sums.slots_used, sums.cpus_used, sums.cells_kept)


# ---- the page


def test_the_page_says_what_happened():
    slow = run(
        "start/a", 1, 10, 2, 7, memory=GB, cpu_seconds=9.0, reasons=("cell 2: the module `util` changed",)
    )
    page = Reader(
        account_page(
            account(
                slow,
                run("b", 1, 3, 2, status="failed", gpus=("0",), threads=3),
                run("c", 4, 1, 0.5, status="again"),
                RunAccount("k", "numpy", "", "kept", 0, 0, 0, 7),
                errors=1,
                warnings=2,
                parents=(ParentAccount(("torch", "numpy"), 4.25),),
            )
        )
    )
    for said in (
        "Build of Sums <&> differences",
        "The longest run, start/a, took 10.0 s of the 10.0 s.",
        "1 error, 2 warnings",
        "cell 2: the module util changed",
        "3 threads, GPU 0",
        "a parent that loaded torch , numpy in 4.2 s",
        "1 run with 7 cells: nothing that they depend on has changed",
        "k (numpy) 7 cells",
        "start/a, cell 2 start/a.md:17 f(1)",
        "put back",
        "numpy 2.3.1",
        "Phase: parse 1.5 s",
        "8 GB for all runs",
    ):
        assert said in page.text.replace("start/ a", "start/a"), said
    assert sorted({"#run-1", "#run-2", "#run-3"}) == sorted(set(page.links))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_of_a_build_in_which_nothing_ran():
    page = Reader(account_page(account(RunAccount("k", "", "", "kept", 0, 0, 0, 7))))
    assert "Time line" not in page.text
    assert "Slowest" not in page.text
    assert "1 run with 7 cells" in page.text
    assert "Build" in Reader(account_page(account(title=""))).text


def test_nothing_of_a_book_becomes_markup():
    evil = "<script>alert('x')</script>\"`"
    item = RunAccount(
        evil, evil, evil, "ok", 0, 1, 1, 0, (CellAccount(0, 0, 1, "ok", evil, evil),), reasons=(evil,)
    )
    page = Reader(account_page(account(item, title=evil, versions={evil: evil})))
    assert evil in page.text


def test_names_stand_in_their_bars_as_far_as_there_is_room():
    html = account_page(
        account(
            run("folder/a-name", 0, 10, 9),
            run("folder/b-long-name", 10, 1.5, 1),
            run("folder/c", 11.5, 88, 9),
        )
    )
    names = re.findall(r'<text class="name"[^>]*>([^<]*)<', html)
    assert ["folder/c"] == [name for name in names if "c" in name and "/" in name]
    assert "a-name" in names
    assert not any("b-" in name for name in names)


def test_bars_lie_where_their_times_are():
    html = account_page(account(run("a", 10, 10, 5), run("b", 25, 5, 4)))
    bars = re.findall(r'<svg x="([\d.]+)%" y="(\d+)" width="([\d.]+)%"', html)
    assert [(0, 50), (75, 25)] == [(float(x), float(width)) for x, _, width in bars]
    assert 1 == len({y for _, y, _ in bars})
