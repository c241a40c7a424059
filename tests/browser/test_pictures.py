"""Pages look as they did when a person last looked at them: pictures of a small book that does not change.

`--update` takes them anew; look at them then.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent / "pictures"
DESKTOP, PHONE = (1280, 900), (390, 844)
VIEWS = {
    "home-en-light": ("en/index", DESKTOP, "light"),
    "home-zh-dark": ("zh/index", DESKTOP, "dark"),
    "home-zh-phone": ("zh/index", PHONE, "light"),
    "chapter-en-light": ("en/line", DESKTOP, "light"),
    "chapter-en-phone": ("en/line", PHONE, "dark"),
    "chapter-zh-light": ("zh/line", DESKTOP, "light"),
    "chapter-zh-phone": ("zh/line", PHONE, "light"),
    "lesson-en-dark": ("en/lesson", DESKTOP, "dark"),
    "lesson-en-phone": ("en/lesson", PHONE, "light"),
    "lesson-zh-light": ("zh/lesson", DESKTOP, "light"),
}
FAR = 3.0
"""How much of 255 the pixels may differ on average, and"""
WORST = 0.02
"""the share of them that may differ by more than a quarter."""


def needs_chinese() -> None:
    """Skip where Chinese would be shown in another face, but never in CI."""
    fonts = ""
    if shutil.which("fc-list"):
        fonts = subprocess.run(["fc-list", ":", "family"], check=True, capture_output=True, text=True).stdout
    if "Noto Serif CJK SC" not in fonts:
        reason = "the font Noto Serif CJK SC, in which the pictures show Chinese, is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def taken(chromium, small: Path, page: str, size: tuple[int, int], scheme: str) -> Image.Image:
    """A page as it is first seen."""
    width, height = size
    viewport = {"width": width, "height": height}
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    tab = context.new_page()
    tab.goto((small / f"{page}.html").as_uri())
    tab.wait_for_selector("html:not(.wait)")
    data = tab.screenshot()
    context.close()
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_looks_as_in_its_picture(chromium, small, name, update, difference):
    page, size, scheme = VIEWS[name]
    if "zh" in page:
        needs_chinese()
    image = taken(chromium, small, page, size, scheme)
    place = HERE / f"{name}.png"
    if update:
        place.parent.mkdir(exist_ok=True)
        image.quantize(32, method=Image.Quantize.MAXCOVERAGE).save(place, optimize=True)
    mean, far = difference(image, Image.open(place).convert("RGB"))
    assert FAR > mean
    assert WORST > far
    assert 60_000 > place.stat().st_size


def test_pictures_of_nothing_are_not_kept():
    assert sorted(VIEWS) == sorted(place.stem for place in HERE.glob("*.png"))


SPOILS = {
    "another ground": ":root { --paper: light-dark(#eee, #333); }",
    "another measure": ":root:root { --measure: 30rem; }",
    "no navigation": ".side-nav { display: none !important; }",
    "text twice as large": ":root:root { --text: 2rem; }",
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_changed_look_is_noticed(chromium, small, spoil, difference):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab = context.new_page()
    tab.goto((small / "en/line.html").as_uri())
    tab.wait_for_selector("html:not(.wait)")
    tab.add_style_tag(content=SPOILS[spoil])
    image = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    context.close()
    mean, far = difference(image, Image.open(HERE / "chapter-en-light.png").convert("RGB"))
    assert FAR <= mean or WORST <= far, (mean, far)
