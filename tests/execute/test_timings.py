"""Durations in outputs, hidden on request."""

from __future__ import annotations

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from etude.execute.normalise_output import normalise_outputs
from etude.execute.timings import hide_timings, without_timings
from etude.model.config import ExecuteConfig
from etude.model.protocols import Reply
from etude.model.result import Display, Failure, Result, Stream

SLOWEST = (
    "The slowest run took 4.52 times longer than the fastest. This could mean that an intermediate result is "
    "being cached.\n"
)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("took 3.2 s", "took   13 ms", "took …"),
        ("took 1,234.5 ms.", "took 2 min 3.1 s.", "took …."),
        ("用时3.2秒，完成", "用时1分2秒，完成", "用时…，完成"),
        ("9/9 ━━ 1s 12ms/step - l: 0.5", "9/9 ━━ 1:02 6s/step - l: 0.5", "9/9 ━━ … … - l: 0.5"),
        ("\x1b[1m9/9\x1b[0m \x1b[1m0s\x1b[0m 93us/step", "\x1b[1m9/9\x1b[0m \x1b[1m1s\x1b[0m 1ms/step", None),
        ("9/9 [00:01<00:00,  8.50it/s, l=1]", "9/9 [1:02:13<00:00,  1.5s/it, l=1]", "9/9 […, l=1]"),
        ("50%|███   | 1/2 [00:01<00:01]", "50%|█████     | 1/2 [00:13<00:13]", "50%|█████     | 1/2 […]"),
        ("7it [00:01, 8.5it/s]", "7it [02:13, 19.00s/it]", "7it […]"),
        ("123.4 examples/sec on cpu", "98765.4 examples/sec on cpu", "… on cpu"),
        ("1.5 GB/s", "812 MB/s", "…"),
        (
            "CPU times: user 3.1 ms, sys: 1e+03 µs, total: 4.1 ms\nWall time: 4 ms\n",
            "CPU times: user 1min 5s, sys: 0 ns, total: 1min 5s\nWall time: 1min\nCompiler : 123 ms\n",
            "CPU times: user …, sys: …, total: …\nWall time: …\n",
        ),
        (
            "7.81 ns ± 0.1 ns per loop (mean ± std. dev. of 7 runs, 100,000,000 loops each)",
            SLOWEST + "1.2 s ± 3 ms per loop (mean ± std. dev. of 7 runs, 1 loop each)",
            "… ± … per loop (mean ± std. dev. of 7 runs, … loops each)",
        ),
        ("5 loops, best of 5: 43.5 msec per loop", "1 loop, best of 5: 1.2 sec per loop", None),
        ("0:00:03.123", "1 day, 0:00:03", "…"),
        ("datetime.timedelta(microseconds=12)", "datetime.timedelta(seconds=1, microseconds=3)", None),
    ],
)  # fmt: skip
def test_durations(one, other, shown):
    assert without_timings(one) == without_timings(other)
    assert without_timings(one) == (shown or without_timings(other))
    assert without_timings(one) == without_timings(without_timings(one))
    assert "…" in without_timings(one)


@pytest.mark.parametrize(
    "text",
    [
        "loss 0.5 min 0.1 max 3",
        "in the 1980s",
        "2013-01-01 06:00:00",
        "3 steps, 2 samples, conv2s, v1.2s, x[3], 95 分",
        "n = 100000",
        "at 0x…, 60 Hz, 3 m",
    ],
)
def test_what_is_no_duration_stays(text):
    assert text == without_timings(text)


@given(st.text(alphabet="0123456789 .,:[]<sminh/e+-|%it…\n\x1b", max_size=60))
def test_any_text_can_be_hidden(text):
    assert isinstance(without_timings(text), str)


def test_long_texts_take_no_time_of_their_own():
    for text in ("1" * 200_000, " " * 200_000, "1 " * 100_000, "1,111" * 40_000, "1:" * 100_000):
        assert isinstance(without_timings(text), str)


def test_of_html_what_is_read():
    html = '<style>a {transition: 0.3s}</style><td width="3 s">3.2 s</td><!-- 3 s --> 4 s'
    kept = '<style>a {transition: 0.3s}</style><td width="3 s">…</td><!-- 3 s --> …'
    data = {"application/json": {"a": "3 s"}, "image/svg+xml": "<text>3 s</text>"}
    (made,) = hide_timings((Display({"text/html": html, "text/plain": "3 s", **data}),))
    assert {"text/html": kept, "text/plain": "…", **data} == made.data


def test_other_outputs():
    failure = Failure("E", "after 3 s", ("after 3 s",))
    outputs = (Stream("stdout", "Compiler : 3 s\n"), Result({"text/plain": "3 s"}, {}, 4), failure)
    assert (Result({"text/plain": "…"}, {}, 4), failure) == hide_timings(outputs)


@pytest.mark.parametrize("leave", [True, False])
@pytest.mark.parametrize("plain", [True, False])
def test_bars_of_tqdm(leave, plain):
    """Bars in bars, drawn at once and over hours, with another loss as long as they go on."""

    def drawn(seconds: float) -> str:
        now = itertools.count(1000.0, seconds)
        file = io.StringIO()
        bars = {"file": file, "ncols": 70, "mininterval": 0, "ascii": plain}
        outer = tqdm(range(2), desc="epoch", **bars)
        outer._time = lambda: next(now)
        outer.start_t = outer.last_print_t = next(now)
        for _ in outer:
            inner = tqdm(range(3), desc="batch", leave=leave, **bars)
            inner._time = lambda: next(now)
            inner.start_t = inner.last_print_t = next(now)
            for n in inner:
                inner.set_postfix(loss=1 / (1 + n))
        (shown,) = hide_timings(normalise_outputs((Stream("stderr", file.getvalue()),), 1))
        return shown.text

    full = "#" * 10 if plain else "█" * 10
    inner = f"batch: 100%|{full}| 3/3 […, loss=0.333]\n" * 2 if leave else ""
    assert f"{inner}epoch: 100%|{full}| 2/2 […]\n" == drawn(0.001) == drawn(17.0) == drawn(4000.0)


def took(seconds):
    return Reply("ok", (Stream("stdout", f"took {seconds} s\n"),), {}, 0.1, 1)


def shown(world, policy="auto"):
    done = world.execute(policy)
    return [cell.outputs[0].text for cell in done.results["zh/a.md"][""].cells.values()]


def test_cell_page_and_book_say_whether_durations_are_shown(world):
    world.script["wait()"] = took(3)
    cells = ("wait()", world.cell("wait()", timings="keep"), world.cell("wait()", timings="hide"))
    world.page("a", *cells)
    assert ["took 3 s\n", "took 3 s\n", "took …\n"] == shown(world)
    world.execution = ExecuteConfig(timings="hide")
    assert ["took …\n", "took 3 s\n", "took …\n"] == shown(world)
    world.page("a", *cells, timings="keep")
    assert ["took 3 s\n", "took 3 s\n", "took …\n"] == shown(world)
    assert [] == world.ran, "what is shown is no part of what runs"


def test_hidden_durations_are_equal(world):
    world.script["wait()"] = took(3)
    world.page("a", "wait()", timings="hide")
    first = world.execute().results["zh/a.md"][""].cells[0].digest
    world.script["wait()"] = took(4)
    assert first == world.execute("force").results["zh/a.md"][""].cells[0].digest
