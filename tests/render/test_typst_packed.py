"""PDFs in fewer bytes: every object is there, as Typst has written it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst
from PIL import Image, ImageDraw

from etude.render.typst.packed import packed

BOOK = """
#set document(title: "T", date: datetime(year: 2000, month: 1, day: 1))
#set page(width: 200pt, height: 200pt)
#for number in range(40) [
  = Chapter #number #label("a" + str(number))
  Words with a note.#footnote[Its words.] #link("https://example.org")[A link.] $x^2$ #lorem(60)
]
"""


def written() -> bytes:
    made = typst.compile(BOOK.encode(), pdf_standards=["a-2b"])
    assert isinstance(made, bytes)
    return made


def test_every_object_is_there_as_it_was() -> None:
    before = written()
    after = packed(before)
    with pikepdf.open(BytesIO(before)) as old, pikepdf.open(BytesIO(after)) as new:
        assert [] == new.check_pdf_syntax()
        assert len(old.pages) == len(new.pages)
        assert old.trailer.ID == new.trailer.ID
        for number in range(1, len(old.objects)):
            one, other = old.get_object(number, 0), new.get_object(number, 0)
            assert one.unparse() == other.unparse()
            if isinstance(one, pikepdf.Stream):
                assert one.read_raw_bytes() == other.read_raw_bytes()
    assert len(after) < 0.6 * len(before)
    assert b"<pdfaid:part>2</pdfaid:part>" in after  # whoever looks for it need not unpack anything


def test_what_is_not_written_as_typst_does_it_stays_as_it_is() -> None:
    made = written()
    for other in (b"", b"%PDF-1.7\n", packed(made), made[:-40], made.replace(b" 00000 n", b" 00001 n")):
        assert other == packed(other)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_photographs_stay_as_small_as_their_files(tmp_path: Path, mode: str) -> None:
    shades = bytes((x * y // 90 + (x * 7919 + y * 104729) % 13) % 256 for y in range(160) for x in range(200))
    picture = Image.frombytes("L", (200, 160), shades)
    channels = [picture.rotate(turn) for turn in (0, 180, 0, 180)]
    photograph = Image.merge(mode, channels[: len(mode)]) if mode != "L" else picture
    photograph.save(tmp_path / "photograph.png")
    (tmp_path / "main.typ").write_text('#set page(width: 210pt, height: 170pt)\n#image("photograph.png")')
    before = typst.compile(str(tmp_path / "main.typ"))
    assert isinstance(before, bytes)
    after = packed(before)
    assert len(after) < 1.2 * (tmp_path / "photograph.png").stat().st_size
    assert len(after) < 0.9 * len(before)
    old, new = (pypdfium2.PdfDocument(data)[0].render(scale=2).to_numpy() for data in (before, after))
    assert (old == new).all()


def test_drawings_are_compressed_once_more(tmp_path: Path) -> None:
    large = Image.new("RGB", (2400, 1800), "white")
    pencil = ImageDraw.Draw(large)
    for number in range(600):
        x, y = number * 37 % 2300, number * number * 13 % 1700
        pencil.ellipse((x, y, x + 40, y + 40), fill=(30, 90, 160), outline="black", width=3)
    picture = large.resize((1200, 900), Image.Resampling.LANCZOS)
    picture.save(tmp_path / "drawing.png")
    (tmp_path / "main.typ").write_text('#image("drawing.png")')
    before = typst.compile(str(tmp_path / "main.typ"))
    assert isinstance(before, bytes)
    after = packed(before)
    assert b"/Predictor 15" not in after
    assert pictures(after) < pictures(before)
    old, new = (pypdfium2.PdfDocument(data)[0].render(scale=2).to_numpy() for data in (before, after))
    assert (old == new).all()


def pictures(pdf: bytes) -> int:
    """Bytes of the pictures in a PDF."""
    with pikepdf.open(BytesIO(pdf)) as file:
        shown = [one for one in file.objects if isinstance(one, pikepdf.Stream) and "/Width" in one]
        return sum(len(one.read_raw_bytes()) for one in shown)
