"""Sheets of printed books: sizes, bleed and crop marks, the edition in gray."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops
from small import printed, reader

from etude.model.rules import Rule
from etude.render.typst.dots import gray_dots
from etude.render.typst.gray import gray_drawing, shade
from etude.render.typst.sheet import MM
from etude.render.typst.trim import with_bleed

BOOK = '[book]\ntitle = "T"\nchapters = ["a"]\n[pdf]\n'
USUAL = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728")
"""The first colours of plots."""


def picture(kind: str, mode: str = "RGB", colour: str = "#d62728") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).convert(mode).save(out, kind)
    return out.getvalue()


def boxes(folder: Path) -> list[list[list[float]]]:
    """Media, bleed and trim box of each page, in millimetres."""
    found = reader(folder).pages
    names = ("mediabox", "bleedbox", "trimbox")
    return [[[round(float(x) / MM, 1) for x in getattr(page, name)] for name in names] for page in found]


def colours(pdf: Path) -> list[int]:
    """How far the colours of each page are from gray, at most."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        red, green, blue = page.render(scale=0.7).to_pil().convert("RGB").split()
        away = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
        found.append(max(one.getextrema()[1] for one in away))
    return found


def test_pages_have_the_size_that_was_asked_for(tmp_path: Path) -> None:
    printed(tmp_path, f'{BOOK}size = "6in x 22.9cm"\n', {"a.md": "# A\n"})
    assert [[[0, 0, 152.4, 229]] * 3] * 10 == boxes(tmp_path)


def test_bleed_and_marks_lie_beyond_the_trimmed_page(tmp_path: Path) -> None:
    printed(tmp_path, f'{BOOK}size = "a5"\nbleed = "4mm"\nmarks = true\n', {"a.md": "# A\n"})
    trim = [10, 10, 158, 220]
    assert [[0, 0, 168, 230], [6, 6, 162, 224], trim] == boxes(tmp_path)[0]
    assert 1 == len({repr(one) for one in boxes(tmp_path)})
    pdf = tmp_path / "_build" / "pdf" / "en.pdf"
    shown = pypdfium2.PdfDocument(pdf)[1].render(scale=4 / MM).to_pil().convert("L")
    box = ImageChops.invert(shown).getbbox()
    assert box is not None
    assert [1, 1, 167, 229] == [round(x / 4) for x in box]
    inside = shown.crop((6 * 4 + 1, 6 * 4 + 1, 162 * 4 - 1, 224 * 4 - 1))
    assert (255, 255) == inside.getextrema()


def test_bleed_alone_needs_no_marks(tmp_path: Path) -> None:
    printed(tmp_path, f'{BOOK}size = "a5"\nbleed = "3mm"\n', {"a.md": "# A\n"})
    assert [[0, 0, 154, 216], [0, 0, 154, 216], [3, 3, 151, 213]] == boxes(tmp_path)[0]


def test_a_pdf_of_another_make_stays_as_it_is() -> None:
    assert b"%PDF-1.7\nstartxref\n9\n%%EOF" == with_bleed(b"%PDF-1.7\nstartxref\n9\n%%EOF", 9.0)


def test_an_edition_in_gray_has_no_colours(tmp_path: Path) -> None:
    swatches = "".join(f'<rect width="9" height="9" x="{9 * i}" fill="{c}"/>' for i, c in enumerate(USUAL))
    inside = "data:image/png;base64," + b64encode(picture("PNG")).decode()
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">'
        "<style>.a{fill:hsl(20,90%,50%)}</style>"
        f'{swatches}<circle r="9" style="fill: rgb(255, 10%, 0); stroke:Gold"/>'
        '<path class="a" d="M0 20h9v9z"/>'
        f'<image href="{inside}" width="20" height="20" y="20"/></svg>'
    )
    files: dict[str, str | bytes] = {
        "s.svg": drawing,
        "p.png": picture("PNG"),
        "q.png": picture("PNG", "P"),
        "j.jpg": picture("JPEG"),
        "k.jpg": picture("JPEG", "CMYK"),
        "g.gif": picture("GIF"),
        "w.webp": picture("WEBP"),
    }
    shown = "\n\n".join(f"![a picture]({name})" for name in files)
    code = '```python\ndef f(x):  # comment\n    return "text"\n```\n\n:::{warning}\nCare.\n:::\n'
    report = printed(tmp_path, f"{BOOK}grayscale = true\n", {**files, "a.md": f"# A\n\n{shown}\n\n{code}"})
    assert {Rule.PICTURE_COARSE} == {one.rule for one in report.diagnostics}, "they are small"
    pdf = tmp_path / "_build" / "pdf" / "en.pdf"
    assert {0, 1, 2} >= set(colours(pdf))
    (tmp_path / "etude.toml").write_text(BOOK)
    printed(tmp_path, BOOK, {})
    assert 50 < max(colours(pdf))


def test_shades_of_usual_colours_are_apart() -> None:
    shades = sorted(shade(*(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5))) for c in USUAL)
    assert all(right - left > 20 for left, right in pairwise(shades))


@pytest.mark.parametrize("level", [0, 1, 40, 128, 200, 254, 255])
def test_what_is_gray_stays_as_it_is(level: int) -> None:
    assert abs(level - shade(level / 255, level / 255, level / 255)) <= 1


def test_dots_and_drawings_have_the_same_shades() -> None:
    for colour in (*USUAL, "#ffffff", "#000000", "#123456"):
        dots = Image.open(BytesIO(gray_dots(picture("PNG", colour=colour))))
        drawing = gray_drawing(f'<path fill="{colour}"/>'.encode(), gray_dots)
        value = int(drawing.partition(b"rgb(")[2].partition(b",")[0])
        assert "L" == dots.mode
        assert abs(value - int(dots.getpixel((3, 3)))) <= 6


def test_what_is_clear_stays_clear() -> None:
    out = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 77)).save(out, "PNG")
    assert 77 == Image.open(BytesIO(gray_dots(out.getvalue()))).getpixel((1, 1))[1]
    assert b"rgba(" in gray_drawing(b'<path fill="rgba(255,0,0,.5)"/>', gray_dots)


def test_a_damaged_picture_is_told_in_gray_too(tmp_path: Path) -> None:
    files = {"a.md": "# A\n\n![x](p.png)\n", "p.png": picture("PNG")[:50]}
    told = printed(tmp_path, f"{BOOK}grayscale = true\n", files).diagnostics
    assert {Rule.PDF_PICTURE, Rule.PICTURE_COARSE} == {one.rule for one in told}
