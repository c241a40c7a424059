"""Figures and small tables in print: where they stand, and how fine they are."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from pdfminer.layout import LTChar, LTImage
from printed import made
from small import PITCH, SHEET, book, lines, pages, png, text, told

from etude.adapters.typesetter import font_places, typeset
from etude.model.diagnostic import Severity
from etude.model.rules import Rule


def test_a_figure_that_does_not_fit_lets_the_text_go_on(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n\nFIGURE\n```\n\n"
    before, after = "Before it. " * 560, "After it. " * 400
    folder = book(tmp_path, f"# A\n\n{before}\n\n{figure}{after}\n", language="en")
    (folder / "p.png").write_bytes(png(1200, 900))
    made(folder)
    shown = pages(tmp_path, "en")
    number = next(i for i, page in enumerate(shown) if any(isinstance(one, LTImage) for one in page))
    last = list(lines(shown[number - 1]).items())[-1]
    assert "After" in text(last[1])
    assert last[0] > SHEET.column - 3 * PITCH["en"]
    picture = next(one for one in shown[number] if isinstance(one, LTImage))
    assert abs(SHEET.height - SHEET.top - picture.y1) < 2


def test_figures_stay_where_they_are_when_typst_finds_no_end(tmp_path: Path) -> None:
    endless = "#context for _ in range(query(<again>).len() + 1) [#metadata(none)<again>]"
    figure = "```{figure} p.png\n:alt: grey\n```\n\n"
    raw = f"```{{raw}} typst\n{endless}\n```\n\n"
    source = f"# A\n\n{raw}{'Before it. ' * 560}\n\n{figure}{'After it. ' * 400}\n"
    folder = book(tmp_path, source, language="en")
    (folder / "p.png").write_bytes(png(1200, 900))
    made(folder)
    floating = next(tmp_path.rglob("floating.typ")).read_text()
    assert f'"a.md:{source.index(figure)}"' in floating
    page = next(page for page in pages(tmp_path, "en") if any(isinstance(one, LTImage) for one in page))
    picture = next(one for one in page if isinstance(one, LTImage))
    assert abs(SHEET.height - SHEET.top - picture.y1) < 2


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_book_with_many_figures_has_no_gaps_and_keeps_their_order(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    parts = ["# A"]
    for number in range(40):
        parts += ["Words of it. " * chance.randint(20, 160), f"```{{figure}} {number}.png\n:alt: grey\n```"]
    folder = book(tmp_path, "\n\n".join((*parts, "")), language="en")
    for number in range(40):
        (folder / f"{number}.png").write_bytes(png(1200, chance.randint(150, 1100)))
    made(folder)
    figures = typeset(next(tmp_path.rglob("floating.typ")).parent, ("a-2b",), font_places()).told.figures
    assert 40 == len(figures)
    assert [] == [one for one in figures if not one.floats and one.there > one.page and one.left > 36]
    assert [one.there for one in figures] == sorted(one.there for one in figures)
    assert max(one.there - one.page for one in figures) <= 2
    needless = sum(one.floats and one.there == one.page for one in figures)
    assert needless < 0.3 * len(figures), "those that have room where they are told of"


def test_names_of_pages_are_no_marks_of_figures(tmp_path: Path) -> None:
    folder = book(tmp_path, "# A\n\n```{figure} p.png\n:alt: grey\n```\n", language="en")
    (folder / "p.png").write_bytes(png(1200, 600))
    (folder / "etude.toml").write_text(
        (folder / "etude.toml").read_text().replace('"a"', '"a", "told you", "here"')
    )
    (folder / "told you.md").write_text("# Told\n\nWords.\n")
    (folder / "here.md").write_text("# Here\n\nSee [](told%20you.md).\n")
    assert not [one for one in made(folder).diagnostics if one.severity is Severity.ERROR]
    assert (folder / "_build" / "pdf" / "en.pdf").exists()


def test_a_figure_that_fits_stands_where_it_is_told_of(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n\nFIGURE\n```\n\n"
    folder = book(tmp_path, f"# A\n\nBefore it.\n\n{figure}After it.\n", language="en")
    (folder / "p.png").write_bytes(png(1200, 600))
    made(folder)
    page = next(page for page in pages(tmp_path, "en") if any(isinstance(one, LTImage) for one in page))
    picture = next(one for one in page if isinstance(one, LTImage))
    downs = {text(line): SHEET.height - SHEET.top - down for down, line in lines(page).items()}
    assert downs["Beforeit."] > picture.y1 > picture.y0 > downs["Afterit."]


def test_a_caption_stands_beside_a_narrow_figure_that_asks_for_it(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n:width: 200px\n:class: side-caption\n\nBESIDE\n```\n"
    folder = book(tmp_path, f"# A\n\n{figure}", language="en")
    (folder / "p.png").write_bytes(png(1200, 1200))
    made(folder)
    page = next(page for page in pages(tmp_path, "en") if any(isinstance(one, LTImage) for one in page))
    picture = next(one for one in page if isinstance(one, LTImage))
    words = [one for one in page if isinstance(one, LTChar) and one.get_text() in "BESID"]
    beside = [one for one in words if one.x0 > picture.x1 and picture.y0 - 4 < one.y0 < picture.y1]
    assert len(beside) >= len("BESIDE")


def test_pictures_too_coarse_for_their_size_are_told_once(tmp_path: Path) -> None:
    small = "```{figure} p.png\n:alt: grey\n:width: 192px\n```\n\n"
    large = "```{figure} p.png\n:alt: grey\n:width: 400px\n```\n\n"
    fine = "```{figure} fine.png\n:alt: grey\n:width: 192px\n```\n\n"
    drawn = "```{figure} d.svg\n:alt: lines\n:width: 400px\n```\n"
    folder = book(tmp_path, f"# A\n\n{small}{large}{fine}{drawn}", language="en")
    (folder / "p.png").write_bytes(png(300, 20))
    (folder / "fine.png").write_bytes(png(400, 20))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>'
    (folder / "d.svg").write_text(drawing)
    report = made(folder)
    expected = "the picture `p.png` is printed with 72 dots to the inch; for 200 it has to be 834 pixels wide"
    assert [expected] == told(report, Rule.PICTURE_COARSE)
    found = next(one for one in report.diagnostics if one.rule is Rule.PICTURE_COARSE)
    assert Severity.INFO is found.severity
    at = (folder / "a.md").read_text().index(large)
    assert ("a.md", at) == (found.place.path, found.place.span.start)
    assert [expected] == told(made(folder), Rule.PICTURE_COARSE)


def test_figures_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    def figure(name: str, alt: str) -> str:
        return f"```{{figure}} {name}\n:alt: {alt}\n\nC\n```\n\n"

    after = "After it. " * 400
    text = f"# A\n\n{'Before it. ' * 560}\n\n{figure('p.png', 'large')}{figure('q.png', 'small')}{after}\n"
    folder = book(tmp_path, text, language="en")
    (folder / "p.png").write_bytes(png(1200, 900))
    (folder / "q.png").write_bytes(png(1200, 60))
    made(folder)
    found = [
        one.height / one.width for page in pages(tmp_path, "en")
        for one in sorted((one for one in page if isinstance(one, LTImage)), key=lambda one: -one.y1)
    ]  # fmt: skip
    assert [0.75, 0.05] == [round(share, 2) for share in found]


TABLE = (
    "```{table} TABLE\n\n| a | b |\n|---|---|\n" + "".join(f"| r{i} | s |\n" for i in range(9)) + "```\n\n"
)


def test_a_small_table_is_whole_and_floats(tmp_path: Path) -> None:
    text = f"# A\n\n{'Before it. ' * 620}\n\n{TABLE}{'After it. ' * 400}\n"
    made(book(tmp_path, text, language="en"))
    small = [
        (number, "".join(one.get_text() for one in page if isinstance(one, LTChar) and one.size < 9))
        for number, page in enumerate(pages(tmp_path, "en"))
    ]
    number, letters = next((number, letters) for number, letters in small if "TABLE" in letters)
    assert all(f"r{i}" in letters for i in range(9))
    assert "After" in text_of_last_line(pages(tmp_path, "en")[number - 1])


def text_of_last_line(page: list[Any]) -> str:
    return text(list(lines(page).values())[-1])
