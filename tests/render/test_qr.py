"""QR codes: a reader gets back what was put in, and telephones can see the modules."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image

from etude.render.qr import qr_code, qr_svg

URLS = ("https://example.org/s/ab12", "https://zh.d2l.ai/s/k3pz", f"https://example.org/{'long/' * 20}s/ab12")


def read(rows: list[list[bool]]) -> tuple[str, str]:
    """What a reader sees in squares of ten points with white around them."""
    size = len(rows) + 8
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + 4, y + 4), 0 if dark else 255)
    (found,) = zxingcpp.read_barcodes(image.resize((size * 10, size * 10), Image.Resampling.NEAREST))
    return found.text, found.ec_level


@pytest.mark.parametrize("url", URLS)
def test_a_reader_gets_the_address(url: str):
    text, level = read([list(row) for row in qr_code(url).rows])
    assert url == text
    assert level in "MQH"


@pytest.mark.parametrize("url", URLS)
def test_the_drawing_has_the_same_squares(url: str):
    svg = qr_svg(url).decode()
    code = qr_code(url)
    drawn = [[False] * code.size for _ in code.rows]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for at in range(int(x), int(x) + int(width)):
            drawn[int(y) - 4][at - 4] = True
    assert [list(row) for row in code.rows] == drawn
    assert f'viewBox="0 0 {code.size + 8} {code.size + 8}"' in svg


def test_modules_are_wide_enough_in_print():
    for url in URLS:
        code = qr_code(url)
        assert code.side() / code.size >= 0.4
    assert 14.0 == qr_code(URLS[0]).side()
