"""Outputs without what differs between runs."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from etude.execute.normalise_output import normalise_outputs, shows_source
from etude.model.result import Display, Failure, Result, Stream


def out(text):
    return Stream("stdout", text)


def err(text):
    return Stream("stderr", text)


def text_of(text, replaced=()):
    (only,) = normalise_outputs((out(text),), 1, replaced)
    return only.text


def png(*chunks):
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        made += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return base64.b64encode(made).decode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<f at 0x7f0a1b2c3d4e>", "<f at 0x…>"),
        ("mask 0x7f0a1b2c3d4e", "mask 0x7f0a1b2c3d4e"),
        ("/tmp/ipykernel_12/345.py:3: UserWarning: x", "<cell>:3: UserWarning: x"),
        ('File "/tmp/a-b/ipykernel_12/345.py", line 3', 'File "<cell>", line 3'),
        (" 0%|\r 50%|\r100%|\n", "100%|\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("ab\bc", "ac"),
        ("50%\r", "50%"),
        ("<pyarrow.Buffer address=0x7f0a1b2c3d4e size=3>", "<pyarrow.Buffer address=0x… size=3>"),
        # Blanks that cover what a longer bar left; bars below each other; lines that are erased.
        ("3/9 [00:10<01:00]\r9/9 [00:11]      \n", "9/9 [00:11]\n"),
        ("50%\r   \r", None),
        ("\rout 0%\n\rin 0%\x1b[A\rout 9%\n\rin 9%\n", "out 9%\nin 9%\n"),
        ("50%\r\x1b[Kdone\n", "done\n"),
        ("50%\x1b[2K\x1b[1Gdone\n", "done\n"),
        ("1/2 [=>..]\b\b\b\b\b\b\b\b\b\b\r2/2 [====] - loss: 0.5\n", "2/2 [====] - loss: 0.5\n"),
        ("a\n\x1b[9999999999Ab\n", "a\n\x1b[9999999999Ab\n"),
        ("one  \n\x1b[31mtwo\x1b[0m\r\n", "one  \n\x1b[31mtwo\x1b[0m\n"),
        ("took 0.123 s on 2024-01-01", "took 0.123 s on 2024-01-01"),
    ],
)
def test_text(raw, expected):
    assert [expected] * bool(expected) == [one.text for one in normalise_outputs((out(raw),), 1)]


def test_addresses_of_one_output_are_told_apart():
    twice = "[<f at 0x7f0a1b2c3d4e>, <g at 0x7f0a1b2c3d00>, <f at 0x7f0a1b2c3d4e>]"
    other = "[<f at 0x7fffffffffff>, <g at 0x7f0000000000>, <f at 0x7fffffffffff>]"
    html = "<b>&lt;g at 0x7f0a1b2c3d00&gt;</b>"
    (made,) = normalise_outputs((Result({"text/plain": twice, "text/html": html}),), 1)
    (again,) = normalise_outputs((Result({"text/plain": other}),), 1)
    assert "[<f at 0x…1>, <g at 0x…2>, <f at 0x…1>]" == made.data["text/plain"] == again.data["text/plain"]
    assert "<b>&lt;g at 0x…2&gt;</b>" == made.data["text/html"]


def test_a_long_line_is_taken_back_in_time():
    assert "x" * 99_999 + "y" == text_of("x" * 150_000 + "ab\b\b\b" * 50_001 + "y")


def test_texts_of_the_desk_are_replaced():
    assert text_of("/s/1/x.csv in /s/1", (("/s/1/", ""), ("/s/1", "."))) == "x.csv in ."


def test_neighbouring_streams_are_joined_with_stdout_first():
    shown = Display({"text/plain": "d"})
    raw = (err("1"), out("a"), err("2"), out("b"), shown, err("3"))
    assert (out("ab"), err("12"), shown, err("3")) == normalise_outputs(raw, 1)


def test_empty_streams_go():
    assert normalise_outputs((out(""),), 1) == ()


def test_results_are_numbered():
    assert (Result({}, {}, 3),) == normalise_outputs((Result({}, {}, 17),), 3)


def test_pictures_lose_their_comments_only():
    head, body, end = (b"IHDR", b"0" * 13), (b"IDAT", b"xyz"), (b"IEND", b"")
    noisy = png(head, (b"tEXt", b"Software\0x 3.9"), body, (b"tIME", b"1234567"), end)
    (made,) = normalise_outputs((Display({"image/png": noisy + "\n"}),), 1)
    assert png(head, body, end) == made.data["image/png"]


@pytest.mark.parametrize("data", ["not base64!", "AAAA", png((b"IHDR", b"0"))[:-8]])
def test_broken_pictures_stay(data):
    (made,) = normalise_outputs((Display({"image/png": data}),), 1)
    assert data == made.data["image/png"]


def test_drawings_lose_their_date():
    svg = "<svg>\n <metadata>\n<dc:date>2024</dc:date></metadata><g/></svg>"
    (made,) = normalise_outputs((Display({"image/svg+xml": svg}),), 1)
    assert made.data["image/svg+xml"] == "<svg><g/></svg>"


def test_widgets_go_when_there_is_something_else():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
    first, second = normalise_outputs((Display(widget | {"text/plain": "w"}), Display(widget)), 1)
    assert first.data == {"text/plain": "w"}
    assert widget == second.data


def test_lines_are_joined_but_data_is_not():
    (made,) = normalise_outputs((Display({"text/html": ["<b>", "</b>"], "application/json": ["a", "b"]}),), 1)
    assert made.data == {"text/html": "<b></b>", "application/json": ["a", "b"]}


def test_what_shows_source():
    assert shows_source((Failure("E", "x"),))
    assert shows_source((err("<cell>:3: UserWarning"),))
    assert shows_source((Result({"text/plain": '<code f, file "<cell>", line 1>'}),))
    assert shows_source((err("lib/tools.py:3: UserWarning"),))
    assert not shows_source((err("/venv/lib/torch/tools.py:3: UserWarning"), out("happy")))
    assert not shows_source((out("x"), Display({"application/json": {"a": 1}})))
