"""Comparing two results: what counts as different, where it is, and how much it is."""

from __future__ import annotations

import base64
import builtins
import io
import json
import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from etude.execute.compare import compare_results
from etude.execute.compare.data import compare_data
from etude.execute.compare.markup import compare_html, compare_svg
from etude.execute.compare.picture import compare_pictures
from etude.execute.compare.text import compare_texts
from etude.execute.tolerances import DEFAULT, Limits, settle
from etude.model.result import CellResult, Display, Failure, Result, Stream, Value
from etude.model.tolerance import Tolerance

LOOSE = Limits(relative=0.05, absolute=0.0, image=0.1)
EXACT = Limits(relative=0.0, absolute=0.0, image=0.0)


# texts

ALIKE = [
    ("loss 0.12340000", "loss 0.12340001"),
    ("1e-17 2.2e-16", "-3e-17 0"),
    ("[0.1 0.2]", "[ 0.1        0.20000001]"),
    ("[-0.  1.]", "[0. 1.]"),
    ("[0.1 0.2\n 0.3]", "[0.1 0.2 0.3]"),
    ("nan inf -inf", "nan inf -inf"),
    ("共12个，损失0.5", "共12个，损失0.5000000001"),
    ("a  b\n", "a b"),
    ("  n  0.5\n────\n", "n 0.50000001\n──────\n"),
    ("\u22121.5", "-1.5"),
    ("1_000.5", "1000.5"),
    ("x: 3.\n", "x: 3.\r\n"),
    ("(1+2j)", "(1+2.00000001j)"),
    ("2.5e-05", "2.50000001e-05"),
]

DIFFERENT = [
    ("loss 0.1234", "loss 0.1235", [("0.1234", "0.1235")]),
    ("共12个", "共13个", [("12", "13")]),
    ("25557032 of 1", "25557033 of 1", [("25557032", "25557033")]),
    ("9007199254740993", "9007199254740992", [("9007199254740993", "9007199254740992")]),
    ("nan", "0.5", [("nan", "0.5")]),
    ("inf", "-inf", [("inf", "-inf")]),
    ("the cat sat", "the dog sat", [("cat", "dog")]),
    ("2-3", "2-4", [("3", "4")]),
    ("x=-5", "x=5", [("-5", "5")]),
    ("3.5ms", "3.7ms", [("3.5", "3.7")]),
    ("v2.13.0", "v2.14.0", [("v2.13.0", "v2.14.0")]),
    ("1.2.3 ok", "1.2.4 ok", [("1.2.3", "1.2.4")]),
    ("on 2020-01-05", "on 2020-01-06", [("2020-01-05", "2020-01-06")]),
    ("at 12:30", "at 12:31", [("30", "31")]),
    ("0x7f12", "0x7f13", [("0x7f12", "0x7f13")]),
    ("#112233", "#112234", [("112233", "112234")]),
    ("conv2d", "conv3d", [("conv2d", "conv3d")]),
    ("a\nb\nc", "a\nc", [("b", "")]),
    ("a\nc", "a\nb\nc", [("", "b")]),
    ("", "x", [("", "x")]),
    ("a\nn 1.0\nb 2\nz", "a\nn 1.5\nq 2\nz", [("1.0", "1.5"), ("b", "q")]),
]


@pytest.mark.parametrize(("old", "new"), ALIKE)
def test_texts_that_are_alike(old, new):
    assert compare_texts(old, new, DEFAULT) is None
    assert compare_texts(new, old, DEFAULT) is None


@pytest.mark.parametrize(("old", "new", "marked"), DIFFERENT)
def test_texts_that_differ(old, new, marked):
    change = compare_texts(old, new, DEFAULT)
    assert change is not None
    assert [(old[a:b], new[c:d]) for a, b, c, d in change.marks] == marked
    assert compare_texts(new, old, DEFAULT) is not None


def test_how_far_numbers_are_is_told():
    change = compare_texts("1.0 2.0 100", "1.0 2.1 110", DEFAULT)
    assert change is not None
    assert (change.numbers, change.off, change.words) == (3, 2, 0)
    assert change.relative == pytest.approx(10 / 110)


def test_tolerances_of_numbers():
    assert compare_texts("0.100", "0.104", LOOSE) is None
    assert compare_texts("0.100", "0.106", LOOSE) is not None
    assert compare_texts("1000 items", "1001 items", LOOSE) is None, "a wide limit is for whole numbers, too"
    assert compare_texts("1000 items", "1003 items", Limits(0, 5, 0)) is None
    assert compare_texts("1000 items", "1006 items", Limits(0, 5, 0)) is not None
    assert compare_texts("0.1", "0.10000000001", EXACT) is not None
    assert compare_texts("0.1", "0.10", EXACT) is None, "how a number is written does not count"


def test_very_long_numbers_and_texts_are_compared():
    assert compare_texts("9" * 5000, "9" * 4999 + "8", DEFAULT) is not None
    assert compare_texts("9" * 5000, "9" * 5000, DEFAULT) is None
    long = "\n".join(f"line {n} {n * 0.1}" for n in range(20_000))
    change = compare_texts(long, long.replace("line 700 ", "lime 700 "), DEFAULT)
    assert change is not None
    assert change.words == 1
    other = "\n".join(f"{'ab'[n % 2]}x{n * 7}" for n in range(20_000))
    assert compare_texts(long, other, DEFAULT) is not None


words = st.text(st.sampled_from("ab损。 \n\t(,[:-+.=%/#_é"), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(10**12), 10**12)
mixed = st.lists(st.tuples(words, numbers), max_size=6)


def written(parts):
    return "".join(f"{word} {number!r} " for word, number in parts)


@given(st.text(), st.sampled_from([DEFAULT, EXACT, LOOSE]))
def test_a_text_is_like_itself(text, limits):
    assert compare_texts(text, text, limits) is None
    assert compare_texts(text, f"{text}\n", limits) is None


@given(st.text(), st.text())
def test_marks_are_in_order_and_inside(old, new):
    change = compare_texts(old, new, DEFAULT)
    if change is None:
        return
    assert change.off + change.words == len(change.marks)
    for side, text in ((0, old), (2, new)):
        ends = [0, *(end for mark in change.marks for end in mark[side : side + 2]), len(text)]
        assert ends == sorted(ends)


@given(mixed, st.floats(-0.9e-6, 0.9e-6))
def test_a_small_jitter_does_not_count(parts, jitter):
    moved = [(word, number * (1 + jitter) if isinstance(number, float) else number) for word, number in parts]
    assert compare_texts(written(parts), written(moved), DEFAULT) is None


@given(mixed, st.integers(0, 5), st.floats(2e-6, 10))
def test_a_larger_one_does(parts, at, jitter):
    parts = [(word, float(number) + 1.5) for word, number in parts] or [("x", 1.5)]
    at %= len(parts)
    moved = [(w, n * (1 + jitter) if i == at else n) for i, (w, n) in enumerate(parts)]
    if not 1e-9 < abs(parts[at][1]) < 1e30:
        return
    change = compare_texts(written(parts), written(moved), DEFAULT)
    assert change is not None
    assert change.relative == pytest.approx(jitter / (1 + jitter), rel=1e-3)


@given(mixed, mixed)
def test_order_does_not_matter(one, other):
    old, new = written(one), written(other)
    assert (compare_texts(old, new, DEFAULT) is None) == (compare_texts(new, old, DEFAULT) is None)


@given(mixed, mixed)
def test_a_wider_limit_allows_no_less(one, other):
    old, new = written(one), written(other)
    if compare_texts(old, new, DEFAULT) is None:
        assert compare_texts(old, new, Limits(0.05, 1e-6, 0.1)) is None


# data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1.0, "b": [1, 2]}, {"b": [1, 2], "a": 1.0000000001}),
        ("[1.5]", [1.5]),
        ({"x": None, "y": True}, {"x": None, "y": True}),
        (1, 1.0),
        (math.nan, math.nan),
    ],
)
def test_data_that_is_alike(old, new):
    assert compare_data(old, new, DEFAULT) is None


@pytest.mark.parametrize(
    ("old", "new", "recorded", "now"),
    [
        ({"a": [0, {"b c": 1.0}]}, {"a": [0, {"b c": 2.0}]}, 'a[1]["b c"]: 1.0\n', 'a[1]["b c"]: 2.0\n'),
        ([1, 2], [1, 2, 3], "the whole: a list of 2\n", "the whole: a list of 3\n"),
        ({"a": 1}, {}, "a: 1\n", "a: —\n"),
        ({"a": True}, {"a": 1}, "a: true\n", "a: 1\n"),
        ({"a": "b"}, {"a": "损"}, 'a: "b"\n', 'a: "损"\n'),
        (2**60, 2**60 + 1, f"the whole: {2**60}\n", f"the whole: {2**60 + 1}\n"),
    ],
)
def test_data_that_differs(old, new, recorded, now):
    change = compare_data(old, new, DEFAULT)
    assert change is not None
    assert (change.recorded, change.now) == (recorded, now)
    (a, b, c, d), *_ = change.extent.marks
    assert recorded[a - 2 : b] == f": {recorded[a:b]}"
    assert now[c - 2 : d] == f": {now[c:d]}"


def test_binary_arrays_are_numbers():
    def packed(*values):
        return {"dtype": "f8", "bdata": base64.b64encode(array("d", values).tobytes()).decode()}

    assert (
        compare_data({"y": packed(1, 2, math.nan)}, {"y": packed(1, 2.0000000001, math.nan)}, DEFAULT) is None
    )
    change = compare_data({"y": packed(1, 2)}, {"y": packed(1, 3)}, DEFAULT)
    assert change is not None
    assert change.recorded == "y[1]: 2.0\n"
    assert compare_data({"dtype": "f8", "bdata": "?"}, {"dtype": "f8", "bdata": "!"}, DEFAULT) is not None


def test_deep_data_is_compared():
    old: object = 1.0
    new: object = 2.0
    for _ in range(20_000):
        old, new = [old], [new]
    change = compare_data(old, new, DEFAULT)
    assert change is not None
    assert change.extent.off == 1


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_data_is_like_itself(value):
    assert compare_data(value, value, EXACT) is None


@given(values, values)
def test_data_that_differs_is_told_in_lines(old, new):
    change = compare_data(old, new, DEFAULT)
    assert change is None or change.recorded.count("\n") == change.now.count("\n") > 0


# markup

TABLE = '<table border="1">\n <tr><th>name</th><th>mean</th></tr><tr><td>骰子</td><td>0.5</td></tr></table>'


def test_numbers_in_tables():
    assert compare_html(TABLE, TABLE.replace("0.5", "0.5000000001").replace("\n ", ""), DEFAULT) is None
    change = compare_html(TABLE, TABLE.replace("0.5", "0.6"), DEFAULT)
    assert change is not None
    assert change.seen
    assert change.recorded == "name | mean\n骰子 | 0.5"
    assert change.change.relative == pytest.approx(1 / 6)


def test_markup_that_is_not_read_counts_too():
    change = compare_html("<b>a</b>", "<i>a</i>", DEFAULT)
    assert change is not None
    assert not change.seen
    assert compare_html("<b>a</b><!-- one -->", "<b>a</b><!-- two -->", DEFAULT) is None
    assert compare_html('<b id="x" class="y">a</b>', "<b class='y' id='x'>a</b>", DEFAULT) is None


def test_identifiers_that_a_program_made_up_do_not_count():
    page = (
        "<style>#T_{0} td {{color: red}}</style><table id='T_{0}'><tr><td id=\"T_{0}_r1\">1</td></tr></table>"
    )
    assert compare_html(page.format("3f2a1"), page.format("99bc0"), DEFAULT) is None
    linked = '<a id="p{0}"></a><b href="#p{1}"></b>'
    assert compare_html(linked.format("1a", "1a"), linked.format("2b", "1a"), DEFAULT) is not None


SVG = (
    '<svg viewBox="0 0 100 50"><clipPath id="p{salt}"/><path clip-path="url(#p{salt})" '
    'd="M 1.5 2.5 L {x} 20" opacity="{a}" fill="#123456"/></svg>'
)


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({"salt": "9f"}, True),
        ({"x": "40.005"}, True),
        ({"x": "41"}, False),
        ({"a": "0.5"}, False),
    ],
)
def test_drawings(changes, alike):
    old = SVG.format(salt="1a", x="40", a="1")
    new = SVG.format(**{"salt": "1a", "x": "40", "a": "1", **changes})
    assert (compare_svg(old, new, DEFAULT) is None) == alike
    assert old.replace("#123456", "#123457") != old
    assert compare_svg(old, old.replace("#123456", "#123457"), LOOSE) is not None


# pictures


def picture(draw=lambda _pen: None, size=(640, 480), mode="RGB", form="PNG", ground="white"):
    image = Image.new(mode, size, ground)
    pen = ImageDraw.Draw(image)
    pen.line([(50, 400), (200, 100), (350, 300), (600, 60)], fill="navy", width=2)
    draw(pen)
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def distance(old, new):
    change = compare_pictures(old, new, 1e-9)
    return 0.0 if change is None else change.distance


def test_pictures_that_look_alike():
    assert compare_pictures(picture(), picture(), 0.02) is None
    faint = picture(lambda pen: pen.point([(100, 100)], fill=(250, 250, 250)))
    assert compare_pictures(picture(), faint, 0.02) is None
    assert compare_pictures(picture(), faint, 0.0) is not None, "exact is exact"
    assert compare_pictures(picture(), picture(size=(641, 480)), 0.1) is None, "margins follow labels"


def test_pictures_that_look_different():
    thin = picture(lambda pen: pen.line([(0, 240), (640, 240)], fill="grey", width=1))
    change = compare_pictures(picture(), thin, 0.02)
    assert change is not None
    assert change.distance is not None
    assert 0.02 < change.distance < 1
    assert change.region is not None
    left, top, right, bottom = change.region
    assert (left, right) == (0, 1)
    assert 0.45 < top < 0.5 < bottom < 0.55
    assert distance(picture(), thin) < distance(picture(), picture(ground="black"))
    assert distance(picture(), picture(ground="black")) > 0.9


def test_a_picture_of_another_size_is_another():
    change = compare_pictures(picture(), picture(size=(800, 480)), 1.0)
    assert change is not None
    assert change.distance is None
    assert change.detail == "640 × 480 pixels became 800 × 480"


def test_what_is_transparent_is_seen_on_any_ground():
    clear, white = (0, 0, 0, 0), (255, 255, 255, 255)
    old = picture(mode="RGBA", ground=clear)
    light = picture(lambda pen: pen.rectangle([10, 10, 90, 90], fill=white), mode="RGBA", ground=clear)
    change = compare_pictures(old, light, 0.02)
    assert change is not None
    assert change.distance is not None
    assert change.distance > 0.9


def test_frames_of_a_film_are_compared():
    def film(*shades):
        frames = [Image.new("L", (32, 32), shade) for shade in shades]
        out = io.BytesIO()
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
        return out.getvalue()

    assert compare_pictures(film(0, 90, 200), film(0, 90, 200), 0.02) is None
    change = compare_pictures(film(0, 90, 200), film(0, 90, 250), 0.02)
    assert change is not None
    assert change.distance == pytest.approx(50 / 255, abs=0.02)
    fewer = compare_pictures(film(0, 90, 200), film(0, 90), 0.02)
    assert fewer is not None
    assert fewer.detail == "3 frames became 2"


@pytest.mark.parametrize("data", [b"", b"no picture", picture()[:200]])
def test_a_damaged_picture_is_compared_by_its_bytes(data):
    change = compare_pictures(picture(), data, 0.5)
    assert change is not None
    assert (change.distance, change.bytewise) == (None, True)


def test_without_pillow_bytes_are_compared(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **more):
        if name == "PIL":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert compare_pictures(b"a", b"a", 0.02) is None
    change = compare_pictures(b"a", b"b", 0.02)
    assert change is not None
    assert change.bytewise


# results


def cell(*outputs, status="ok", values=None):
    return CellResult("k", status, outputs, values or {})


def one(old, new, limits=DEFAULT, claims=()):
    """The only difference."""
    (found,) = compare_results(old, new, limits, claims)
    return found


def b64(data):
    return base64.b64encode(data).decode()


def test_results_that_are_alike():
    shown = Display({"image/png": b64(picture()), "text/plain": "<Figure size 640x480>"})
    old = cell(Stream("stdout", "1.0\n"), shown, Result({"text/plain": "2.0"}, {}, 3))
    new = cell(Stream("stdout", "1.0000000001\n"), shown, Result({"text/plain": "2.0"}, {}, 4))
    assert compare_results(old, new, DEFAULT) == ()


def test_printed_text():
    found = one(cell(Stream("stdout", "\x1b[31mn\x1b[0m 1.0\n")), cell(Stream("stdout", "n 1.5\n")))
    assert (found.kind, found.subject, found.output) == ("text", "stdout", 0)
    assert found.detail == "a number differs, by 0.33 of its size (1e-6 is allowed)"
    assert found.recorded == "n 1.0\n", "colours are gone"
    assert (
        compare_results(cell(Stream("stdout", "\x1b[31mn\n")), cell(Stream("stdout", "n\n")), DEFAULT) == ()
    )


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("1.0 2.0", "1.5 2.5", "2 of 2 numbers differ, by up to 0.33 of their size (1e-6 is allowed)"),
        ("1.0 2.0", "1.0 2.5", "1 of 2 numbers differs, by 0.2 of its size (1e-6 is allowed)"),
        ("a", "b", "the text differs"),
        ("nan", "1.0", "a number differs"),
        (
            "a\n1.0 2.0\n",
            "b\n1.5 2.0\n",
            "1 of 2 numbers differs, by 0.33 of its size (1e-6 is allowed); the text around them differs too",
        ),
    ],
)
def test_differences_in_words(old, new, detail):
    assert one(cell(Stream("stdout", old)), cell(Stream("stdout", new))).detail == detail


def test_outputs_that_only_one_side_has():
    both = Stream("stdout", "a\n")
    gone = one(cell(both, Display({"text/plain": "x"})), cell(both))
    assert (gone.subject, gone.recorded, gone.now, gone.output) == ("text/plain", "x", "", 1)
    assert gone.detail == "is recorded and did not come now"
    come = one(cell(both), cell(Stream("stdout", "a\n"), Stream("stderr", "Warning\n")))
    assert (come.subject, come.now, come.output) == ("stderr", "Warning\n", None)
    other = compare_results(cell(Display({"text/plain": "x"})), cell(both), DEFAULT)
    assert [item.subject for item in other] == ["text/plain", "stdout"]
    new_kind = one(cell(Display({"text/plain": "x"})), cell(Display({"text/plain": "x", "text/html": "<b>"})))
    assert (new_kind.kind, new_kind.subject) == ("note", "text/html")


def test_of_a_bundle_what_tells_most_is_told():
    old = Display({"text/plain": "0  1.0", "text/html": "<td>1.0</td>", "application/json": {"a": 1}})
    new = Display({"text/plain": "0  2.0", "text/html": "<td>2.0</td>", "application/json": {"a": 1}})
    found = one(cell(old), cell(new))
    assert (found.subject, found.relative) == ("text/html", 0.5)
    plot = "application/vnd.plotly.v1+json"
    old, new = (Display({plot: {"data": [{"y": [1.0, y]}]}, "text/html": f"<b>{y}</b>"}) for y in (2.0, 3.0))
    found = one(cell(old), cell(new))
    assert (found.subject, found.recorded) == (plot, "data[0].y[1]: 2.0\n")


def test_pictures_of_a_cell():
    drawn = picture(lambda pen: pen.ellipse([300, 200, 340, 240], fill="red"))
    found = one(cell(Display({"image/png": b64(picture())})), cell(Display({"image/png": b64(drawn)})))
    assert (found.kind, found.subject, found.bytewise) == ("picture", "image/png", False)
    assert found.distance is not None
    assert found.detail.startswith("it looks different: the distance is ")
    assert base64.b64decode(found.now) == drawn
    broken = one(cell(Display({"image/png": "?"})), cell(Display({"image/png": "!"})))
    assert broken.bytewise
    assert (
        one(cell(Display({"application/pdf": "AA=="})), cell(Display({"application/pdf": "AB=="}))).kind
        == "note"
    )


def test_live_objects_are_left_out():
    widget = "application/vnd.jupyter.widget-view+json"
    old, new = (cell(Display({widget: {"model_id": name}})) for name in "ab")
    assert compare_results(old, new, DEFAULT) == ()


def test_metadata_counts():
    old, new = (
        cell(Display({"image/png": b64(picture())}, {"image/png": {"width": width}})) for width in (640, 320)
    )
    assert one(old, new).subject == "metadata"


def test_errors_by_name_and_message():
    old = cell(Failure("ValueError", "bad 1.0", ("line 1",)), status="error")
    same = cell(Failure("ValueError", "bad 1.0000000001", ("line 7",)), status="error")
    assert compare_results(old, same, DEFAULT) == ()
    found = one(old, cell(Failure("ValueError", "worse", ()), status="error"))
    assert (found.subject, found.now) == ("error", "ValueError: worse")
    found = one(old, cell(Failure("KeyError", "bad 1.0", ()), status="error"))
    assert found.detail == "`KeyError` was raised in place of `ValueError`"


def test_how_a_cell_ended():
    found = one(cell(status="ok"), cell(status="error"))
    assert (found.kind, found.subject) == ("note", "status")
    assert found.detail == "the cell raised an exception; when it was recorded, it ended well"


def test_values_of_the_prose():
    old, new = (cell(values={"x": Value(text), "y": Value("1")}) for text in ("0.5", "0.7"))
    found = one(old, new)
    assert (found.subject, found.value, found.recorded, found.now) == ("x", True, "0.5", "0.7")
    assert compare_results(old, new, Limits(0.5, 0, 0)) == ()
    rich = [
        cell(values={"t": Value("<T>", {"text/plain": "<T>", "text/html": f"<td>{n}</td>"})}) for n in (1, 2)
    ]
    assert one(*rich).detail.startswith("(text/html) a number differs")
    failed = cell(values={"x": Value(error="NameError: x")})
    assert one(old, failed).detail == "raised NameError: x"


def test_claims_have_their_own_tolerance():
    claim = "x ≈ 0.5 ± 0.1"
    old, near = (cell(values={claim: Value(text)}) for text in ("0.5", "0.55"))
    assert compare_results(old, near, DEFAULT, {claim}) == ()
    far = cell(values={claim: Value("0.9", error="found 0.9")})
    assert one(old, far, claims={claim}).detail == "does not hold any more: found 0.9"
    assert one(far, old, claims={claim}).detail.startswith("holds now")


def test_anything_may_differ_but_how_it_ended_and_what_is_claimed():
    free = settle(Tolerance(any=True))
    old = cell(Stream("stdout", "1"), values={"x": Value("1"), "c": Value("1")})
    new = cell(values={"x": Value("2"), "c": Value("1")})
    assert compare_results(old, new, free, {"c"}) == ()
    assert len(compare_results(old, cell(status="error"), free)) == 1
    broken = cell(values={"c": Value("1", error="found 1")})
    assert [item.subject for item in compare_results(old, broken, free, {"c"})] == ["c"]


def test_the_nearest_tolerance_counts():
    assert settle() == DEFAULT
    cell_says, page_says = Tolerance(image=0.5, any=False), Tolerance(relative=1e-3, any=True)
    assert settle(cell_says, page_says) == Limits(1e-3, DEFAULT.absolute, 0.5)
    assert settle(Tolerance(), page_says, Tolerance(absolute=1.0)) == Limits(
        1e-3, 1.0, DEFAULT.image, any=True
    )


outputs = st.lists(
    st.builds(Stream, st.sampled_from(["stdout", "stderr"]), st.text(max_size=8))
    | st.builds(
        Display,
        st.dictionaries(
            st.sampled_from(["text/plain", "text/html", "image/svg+xml", "image/png", "application/json"]),
            st.text(max_size=8),
            min_size=1,
        ),
    )
    | st.builds(Failure, st.text(max_size=3), st.text(max_size=5)),
    max_size=4,
).map(tuple)


@given(outputs, outputs)
def test_any_results_can_be_compared(old, new):
    assert compare_results(cell(*old), cell(*old), EXACT) == ()
    for found in compare_results(cell(*old), cell(*new), DEFAULT):
        assert found.detail
        json.dumps(found.recorded)
