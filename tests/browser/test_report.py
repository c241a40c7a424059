"""The page of a verification in a real browser: readable by everyone, on every screen, in light and dark."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from etude.build import VerifyOptions, VerifyReport
from etude.build.verify_page import verification_page
from etude.execute.compare import compare_results
from etude.execute.tolerances import DEFAULT
from etude.model.diagnostic import Place, diagnose
from etude.model.drift import CellDrift, RunVerdict
from etude.model.result import CellResult, Display, Stream, Value
from etude.model.rules import Rule
from etude.model.span import Span

pytestmark = pytest.mark.browser

AUDIT, CONTRAST, FOCUS = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("audit", "contrast", "focus")
)
WIDTHS = (320, 390, 768, 1100, 1600)


def picture(at):
    image = Image.new("RGBA", (640, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.line([(20, 380), (200, 100), (420, at), (620, 40)], fill="navy", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def result(number):
    text = "\n".join(f"第 {n} 轮：损失 {number / (n + 1) if n == 9 else 1 / (n + 1):.4f}" for n in range(30))
    space = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"'
    svg = f'<svg {space}><path d="M0 0 L 40 {number}" stroke="red"/></svg>'
    return CellResult(
        "k",
        "ok",
        (
            Stream("stdout", text),
            Stream("stderr", f"{'very-long-word' * 40} {number}"),
            Display({"image/png": picture(200 + 10 * number)}),
            Display({"image/svg+xml": svg}),
            Display({"text/html": f"<table><tr><td>{'宽' * 30}</td><td>{number}</td></tr></table>"}),
            *([Display({"text/plain": "came"})] if number > 1 else []),
        ),
        {"losses[-1]": Value(str(number))},
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with all that it can show."""
    source = "# 训练\n\n```{code-cell}\nx\n```\n"
    drift = CellDrift(
        Place("zh/deep/training/a-page-with-a-long-name.md"),
        4,
        "for epoch in range(30):\n    print(f'第 {epoch} 轮：损失 {loss:.4f}')  # " + "long " * 40,
        compare_results(result(1.0), result(3.5), DEFAULT),
    )
    assert len(drift.differences) == 7

    def run(state, name, found=()):
        return RunVerdict(
            f"deep/training/{name}", "pytorch", "", (drift.place.path,), state, 12, 8.0, 7.5, found
        )

    runs = [run("drifted", f"a-page-with-a-long-name-{n}", (drift,)) for n in range(2)]
    runs += [run(state, state) for state in ("failed", "missing", "moved", "same")]
    trace = f"\x1b[31mTraceback\x1b[0m\n{'x ' * 200}"
    problem = diagnose(Rule.CELL_ERROR, "ValueError: 坏的值", drift.place.path, Span(5, 20), trace=trace)
    report = VerifyReport(
        diagnostics=(problem,), sources={drift.place.path: source}, runs=tuple(runs), planned=40,
        options=VerifyOptions(select="sample", sample=6, seed=3), title="深度学习习作", language="zh",
        languages={drift.place.path: "zh"},
    )  # fmt: skip
    place = tmp_path_factory.mktemp("report") / "report.html"
    place.write_bytes(verification_page(report, "2026-01-02 03:04 +0000"))
    return place


@pytest.fixture(params=["light", "dark"])
def tab(request, chromium, page):
    """The page, opened; it must say nothing and ask for nothing."""
    context = chromium.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    made = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    made.on("console", lambda message: said.append(message.text))
    made.on("pageerror", lambda error: said.append(str(error)))
    made.on("request", lambda one: asked.append(one.url[:40]))
    made.goto(page.as_uri(), wait_until="load")
    yield made
    assert [] == said
    assert [] == [url for url in asked[1:] if not url.startswith("data:")]
    context.close()


def test_structure_names_and_labels(tab):
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert [] == tab.evaluate(AUDIT)


def test_text_can_be_told_from_its_ground(tab):
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert [] == tab.evaluate(CONTRAST)


def test_nothing_is_wider_than_the_screen(tab):
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    widths = {}
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 844})
        widths[width] = tab.evaluate("document.documentElement.scrollWidth")
    assert {width: width for width in WIDTHS} == widths


def test_everything_can_be_reached_with_the_keyboard(tab):
    seen = []
    for _ in range(tab.locator("a, summary").count()):
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate(FOCUS))
    assert [] == [node for node, drawn, _ in seen if not drawn]
    tab.locator("summary", has_text="Code").first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("pre").first.is_visible()
    tab.locator("a").nth(1).focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("decodeURIComponent(location.hash)").endswith("name-1-pytorch")


def test_old_and_new_are_side_by_side_or_one_below_the_other(tab):
    row = tab.locator("tr.changed").first
    old, new = (row.locator(name).bounding_box() for name in (".old", ".new"))
    assert old["y"] == new["y"]
    assert old["x"] + old["width"] <= new["x"] + 1
    tab.set_viewport_size({"width": 390, "height": 844})
    old, new = (row.locator(name).bounding_box() for name in (".old", ".new"))
    assert old["x"] == new["x"]
    assert old["y"] + old["height"] <= new["y"] + 1
    same = tab.locator("tr:not(.changed):not(.gap)").filter(has_text="第").first
    assert same.locator(".old").is_visible()
    assert not same.locator(".new").is_visible(), "an equal line is shown once"


def test_the_difference_of_two_pictures_is_seen(tab):
    """Where they are equal is plain ground; where they differ is not."""
    blend = tab.locator(".blend").first
    blend.scroll_into_view_if_needed()
    image = Image.open(io.BytesIO(blend.screenshot())).convert("L")
    ground = image.getpixel((5, image.height - 5))
    assert ground in (0, 255)
    # The line begins alike, and goes apart after a third of the picture.
    parts = [
        image.crop((at * image.width // 4 + 4, 4, (at + 1) * image.width // 4 - 4, image.height - 4))
        for at in range(4)
    ]
    differing = [sum(abs(value - ground) > 60 for value in part.tobytes()) for part in parts]
    assert 0 == differing[0]
    assert min(differing[1:]) > 20
