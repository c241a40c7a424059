"""Printed pages look as they did when a person last looked at them: a small book in packaged fonts.

`--update` draws the pictures anew; look at them then.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from printed import Once, made

from etude.adapters.packaged import folders

HERE = Path(__file__).parent / "pictures"
FACES = (
    *("fontpkg_source_serif_4", "fontpkg_source_sans_3", "fontpkg_source_code_pro", "ziamath"),
    *("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk"),
)
"""Packages whose fonts are used, and none of the system."""
VIEWS = {
    "contents": ("zh", "目录"),
    "chapter": ("zh", "给定若干个点"),
    "formulas": ("zh", "写成矩阵"),
    "listing": ("zh", "下面的程序"),
    "figure": ("zh", "六个点与离它们最近"),
    "boxes": ("zh", "注意：方框"),
    "glossary": ("zh", "又译最小平方法"),
    "index": ("zh", "索引example"),
    "works": ("zh", "LiterateProgramming"),
    "english": ("en", "Givensomepoints"),
}
"""Pages by the first words that no page before them has; without white space."""
DOTS = 100
"""In an inch."""
FAR = 1.5
"""How much of 255 the pixels may differ on average, and"""
WORST = 0.01
"""the share of them that may differ by more than a quarter."""

Difference = Callable[[Image.Image, Image.Image], tuple[float, float]]
Page = Callable[..., Image.Image]


@pytest.fixture(scope="session")
def page(once: Once) -> Page:
    """Draws a page of the small book by its name; `spoil` changes the settings of the theme before."""
    absent = [name for name in ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk") if not folders(name)]
    if absent:
        pytest.skip(f"fonts are not installed: {', '.join(absent)}")

    def fill(folder: Path) -> None:
        shutil.copytree(Path(__file__).parent / "book", folder / "book")
        assert () == made(folder / "book").diagnostics

    laid = once("pdf-small", fill) / "book" / ".etude" / "typst"
    known: dict[str, bytes] = {}

    def draw(name: str, spoil: tuple[str, str] = ("", "")) -> Image.Image:
        language, words = VIEWS[name]
        if spoil[0] or language not in known:
            known[f"{language}{spoil[0]}"] = compiled(laid / language, *spoil)
        with pypdfium2.PdfDocument(known[f"{language}{spoil[0]}"]) as document:
            for one in document:
                if words in "".join(one.get_textpage().get_text_range().split()):
                    picture: Image.Image = one.render(scale=DOTS / 72, grayscale=True).to_pil()
                    return picture.convert("L")
        raise AssertionError(f"no page has {words}")

    return draw


def compiled(project: Path, setting: str, value: str) -> bytes:
    """A project as Typst sets it with the fonts of packages, one of its settings changed."""
    typst: Any = pytest.importorskip("typst")
    settings = project / "settings.typ"
    before = settings.read_text("utf-8")
    if setting:
        after, count = re.subn(rf"(?m)^(#let {setting} = ).*$", rf"\g<1>{value}", before)
        assert count == 1
        settings.write_text(after, "utf-8")
    try:
        places = [folder for name in FACES for folder in folders(name)]
        faces = typst.Fonts(include_system_fonts=False, font_paths=places)
        main = str(project / "main.typ")
        compiler = typst.Compiler(main, root=str(project), font_paths=faces, ignore_system_fonts=True)
        pdf, _ = compiler.compile_with_warnings()
    finally:
        settings.write_text(before, "utf-8")
    return bytes(pdf)


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_looks_as_in_its_picture(
    page: Page, name: str, *, update: bool, difference: Difference
) -> None:
    image = page(name)
    place = HERE / f"{name}.png"
    if update:
        place.parent.mkdir(exist_ok=True)
        data = io.BytesIO()
        image.quantize(8).save(data, "PNG", optimize=True)
        place.write_bytes(data.getvalue())
    mean, far = difference(image, Image.open(place).convert("L"))
    assert FAR > mean
    assert WORST > far
    assert 50_000 > place.stat().st_size


def test_pictures_of_nothing_are_not_kept() -> None:
    assert sorted(VIEWS) == sorted(place.stem for place in HERE.glob("*.png"))


SPOILS = {"text-size": "10.6pt", "margin-top": "50pt", "code-size": "7pt"}


@pytest.mark.parametrize(("setting", "value"), SPOILS.items())
def test_a_changed_look_is_noticed(page: Page, setting: str, value: str, difference: Difference) -> None:
    mean, far = difference(page("listing", (setting, value)), Image.open(HERE / "listing.png").convert("L"))
    assert FAR <= mean or WORST <= far, (mean, far)
