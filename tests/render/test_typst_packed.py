"""PDFs in fewer bytes: every object is there, as Typst has written it."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import typst

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
