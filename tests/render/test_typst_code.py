"""Listings and outputs as a PDF has them: what can be copied, and that nothing runs off the page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTCurve, LTRect, LTTextContainer

from etude.render import typst as package
from etude.render.typst.code import listed, room
from etude.render.typst.code_terminal import terminal

MEASURE, SIZE, MARGIN = 368.5, 8.2, 60.0
WIDTH = room(MEASURE, SIZE)
THEME = (Path(next(iter(package.__path__))) / "theme" / "listing.typ").read_text(encoding="utf-8")
PACKAGES = ("fontpkg_source_code_pro", "fontpkg_source_serif_4", "pylopdf_fonts_zh_cn")

CODE = '''class Trainer(nn.Module):
    """训练器。"""

    def fit(self, data, optimizer, loss=nn.functional.cross_entropy, epochs=10):
        for x, y in data:  # 逐批
            self.step(x, y)
        return {"loss": 0.5, "steps": [1, 2, 3]}'''


def listing(code: str, language: str, **options: Any) -> str:
    return listed(code, language, **options).code


def fonts() -> list[str]:
    specs = [find_spec(name) for name in PACKAGES]
    if None in specs:
        pytest.skip("the faces are not installed")
    return [place for spec in specs if spec for place in spec.submodule_search_locations or ()]


def pdf(parts: Sequence[str], edition: str = "colour", height: str = "700pt") -> bytes:
    head = f"""#let mono-fonts = ("Source Code Pro", "DejaVu Sans Mono", "Noto Sans SC")
#let code-size = {SIZE}pt
#let code-edition = "{edition}"
"""
    page = f"""#set page(width: {MEASURE + 2 * MARGIN}pt, height: {height}, margin: {MARGIN}pt)
#set text(font: ("Source Serif 4", "Noto Serif SC"), size: 10pt, lang: "zh")
"""
    body = "\n\n".join(f"#{part}" for part in parts)
    found = typst.Fonts(include_system_fonts=False, font_paths=fonts())
    source = (head + THEME + page + body).encode()
    out, warnings = typst.Compiler(source, font_paths=found, ignore_system_fonts=True).compile_with_warnings(
        format="pdf"
    )
    assert [] == [str(warning) for warning in warnings]
    assert isinstance(out, bytes)
    return out


def texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def letters(data: bytes) -> list[LTChar]:
    found: list[LTChar] = []
    for page in extract_pages(io.BytesIO(data)):
        path = list(page)
        while path:
            node = path.pop()
            if isinstance(node, LTChar):
                found.append(node)
            elif isinstance(node, LTTextContainer) or hasattr(node, "__iter__"):
                path += list(node)
    return found


def boxes(data: bytes) -> list[LTCurve]:
    (page,) = extract_pages(io.BytesIO(data))
    return [node for node in page if isinstance(node, (LTRect, LTCurve))]


def without_blank_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def test_code_can_be_copied() -> None:
    (text,) = texts(pdf([listing(CODE, "python", width=WIDTH)]))
    expected = CODE.replace("cross_entropy, ", "cross_entropy,\n            ")
    assert without_blank_lines(expected) == without_blank_lines(text)


def test_line_numbers_and_marks_are_not_within_the_code() -> None:
    notes = [(1, 4, "[fits]"), (2, 6, "[steps]")]
    shown = listing(
        CODE, "python", width=WIDTH, line_numbers=True, first_line=9, emphasize=(4, 6), notes=notes
    )
    (text,) = texts(pdf([shown]))
    numbers, _, rest = text.partition("class")
    assert ["9", "10", "11", "12", "13", "14", "15", "①", "②"] == numbers.split()
    code, _, after = rest.partition("①")
    assert "fits ② steps" == " ".join(after.split())
    assert CODE.split() == f"class{code}".split()


def test_lifted_comments_come_after_the_notes_of_the_author() -> None:
    shown = listing(CODE, "python", width=WIDTH, notes=[(1, 4, "[fits]")], comments="lift")
    (text,) = texts(pdf([shown]))
    assert "#" not in text
    assert "① fits ② 逐批" == " ".join(text[text.rindex("①") :].split())


@pytest.mark.parametrize("edition", ["colour", "gray"])
def test_nothing_runs_off_the_page(edition: str) -> None:
    long = "x" * 300
    wide = "汉字，" * 60
    parts = [
        listing(f'{long} = "{wide}"  # {wide}\n# {wide}\n{long}({long}, {wide})', "python", width=WIDTH),
        listing(f"{long} {wide}\n\t{long}", "text", width=WIDTH, line_numbers=True, notes=[(1, 2, "[a]")]),
        listing("─" * 200 + "→ " * 100 + "é" * 100 + "①" * 60, "text", width=WIDTH, framed=False),
        terminal(f"{long}\n\x1b[1;31m{wide}\x1b[0m {long}", width=WIDTH, limit=40, language="zh"),
    ]
    found = letters(pdf(parts, edition))
    assert len(found) > 2000
    assert max(letter.x1 for letter in found) <= MARGIN + MEASURE
    assert min(letter.x0 for letter in found) >= MARGIN


def test_every_line_is_as_high_as_the_next() -> None:
    code = "a = 1\nb = '汉字'  # → ≤ ①\n\nc = 2\nd = 3"
    data = pdf(
        [listing(code, "python", width=WIDTH, line_numbers=True, emphasize=(2,), notes=[(1, 4, "[n]")])]
    )
    tops = {
        letter.get_text(): letter.matrix[5] for letter in letters(data) if letter.get_text() in "abcd12345"
    }
    rows = [tops[letter] for letter in "abcd"]
    gaps = [round(above - below, 2) for above, below in pairwise(rows)]
    pitch = round(1.36 * SIZE, 2)
    assert [pitch, round(2 * 1.36 * SIZE, 2), pitch] == gaps
    assert tops["b"] == pytest.approx(tops["2"], abs=0.01) or tops["b"] == pytest.approx(
        tops["c"] + 2 * pitch, abs=0.1
    )


def test_a_page_ends_between_lines_and_the_caption_stays_with_the_first() -> None:
    code = "\n".join(f"x{n} = {n}" for n in range(40))
    options = {"line_numbers": True, "notes": [(1, 30, "[note]")]}
    filler = "block(height: 500pt)[before]"
    for caption in ("", "[Listing 3.2]"):
        shown = listing(code, "python", width=WIDTH, caption=caption, **options)  # type: ignore[arg-type]
        first, second = texts(pdf([filler, shown]))
        count = first.count(" = ")
        assert 2 <= count <= 6
        assert re.findall(r"^\d+$", first, re.MULTILINE) == [str(n) for n in range(1, count + 1)]
        assert 40 - count == second.count(" = ")
    first, second = texts(pdf(["block(height: 560pt)[before]", shown]))
    assert "Listing 3.2" not in first
    assert "Listing 3.2" in second


def test_short_listings_are_not_divided() -> None:
    first, second = texts(pdf(["block(height: 550pt)[before]", listing("a\nb\nc\nd", "python", width=WIDTH)]))
    assert "before" == first.strip()
    assert "a b c d" == " ".join(second.split())


def test_a_label_can_be_linked_to() -> None:
    for caption in ("", "[Listing 1]"):
        shown = listing("x", "python", width=WIDTH, caption=caption, label="code-1")
        reader = pypdf.PdfReader(io.BytesIO(pdf([shown, 'link(label("code-1"))[there]'])))
        assert 1 == len(reader.pages[0]["/Annots"])  # type: ignore[arg-type]


def test_emphasised_lines_have_a_ground() -> None:
    plain = boxes(pdf([listing("a\nb\nc", "python", width=WIDTH)]))
    marked = boxes(pdf([listing("a\nb\nc", "python", width=WIDTH, emphasize=(2,))]))
    assert len(marked) > len(plain)
    ground = max(marked, key=lambda box: box.height)
    assert all(box.x1 <= ground.x1 + 0.1 for box in marked)
    assert MEASURE == pytest.approx(ground.width, abs=0.1)


def test_no_colour_in_the_gray_edition() -> None:
    parts = [
        listing(CODE, "python", width=WIDTH, line_numbers=True, emphasize=(4,), notes=[(1, 4, "[a]")]),
        terminal(
            "\x1b[31mred\x1b[0m \x1b[38;2;1;200;1;44mgreen", width=WIDTH, limit=9, language="en", failed=True
        ),
    ]
    for edition, gray in (("gray", True), ("colour", False)):
        colours = {letter.graphicstate.ncolor for letter in letters(pdf(parts, edition))}
        several = [colour for colour in colours if isinstance(colour, tuple) and len(set(colour)) > 1]
        assert gray is (several == [])


def test_long_outputs_are_shortened() -> None:
    text = "\n".join(f"line {n}" for n in range(100))
    for language, note in (("zh-CN", "……此处省略 92 行……"), ("en", "… 92 lines omitted …")):
        (shown,) = texts(pdf([terminal(text, width=WIDTH, limit=9, language=language)]))
        lines = shown.strip().split("\n")
        assert [f"line {n}" for n in range(6)] == lines[:6]
        assert note.replace(" ", "") == lines[6].replace(" ", "")
        assert ["line 98", "line 99"] == lines[7:]
    few = "\n".join(f"line {n}" for n in range(10))
    (whole,) = texts(pdf([terminal(few, width=WIDTH, limit=9, language="en")]))
    assert few == whole.strip()


def test_what_a_terminal_shows() -> None:
    text = "10%\r100%\n\x1b[1;31mError\x1b[0m: bad\x07\n\n"
    (shown,) = texts(pdf([terminal(text, width=WIDTH, limit=9, language="en")]))
    assert "100%\nError: bad" == shown.strip()
    assert "" == terminal("\x1b[0m \n\n", width=WIDTH, limit=9, language="en")


@pytest.mark.parametrize("code", ["", "\n", "\x00\x1b[0m", "\ud800", '"\\', "#{}", "\t", "`" * 99])
def test_odd_code_is_printed(code: str) -> None:
    for language in ("python", "nothing-known", ""):
        assert pdf([listing(code, language, width=WIDTH, line_numbers=True, comments="lift")])
