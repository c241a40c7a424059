"""The report of a build in a real browser: readable by everyone, on every screen, in light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.model.account import FORMAT, Account, CellAccount, MachineAccount, ParentAccount, RunAccount
from etude.render.account import account_page

pytestmark = pytest.mark.browser

AUDIT, CONTRAST, FOCUS = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("audit", "contrast", "focus")
)
WIDTHS = (320, 390, 768, 1100, 1600)
NAMES = ("start/linear-regression", "a", "appendix/a-very-long-name-that-goes-on-and-on", "多层感知机/导论")


def runs():
    """Two lanes of runs of every kind, side by side."""
    for number in range(12):
        start, status = number // 2 * 5.0, {3: "failed", 4: "again"}.get(number, "ok")
        ended = "error" if status == "failed" else "ok"
        cells = tuple(
            CellAccount(
                n,
                start + 0.5 + n,
                0.9,
                ended if n == 3 else "ok",
                f"a.md:{n}",
                "f(x)" * 20,
            )
            for n in range(4)
        )
        yield RunAccount(
            f"{NAMES[number % 4]}{number}", "numpy", "", status, start, 4.8, 4, number % 3, cells,
            backend="lean", kernel_seconds=0.5, memory=10**8 * number, cpu_seconds=3.0,
            gpus=("0",) if number == 5 else (),
            reasons=("cell 1: its code changed", "the module `util` changed"),
        )  # fmt: skip
    yield RunAccount("kept", "numpy", "", "kept", 0, 0, 0, 7)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with all that it can show."""
    account = Account(
        FORMAT, "Etudes", "2026-01-02T03:04:05+01:00", 40.0, {"parse": 1.0}, 9, 3, 1, 2,
        MachineAccount(2, 4.0, 10**10), tuple(runs()), (ParentAccount(("torch",), 2.0),), {"numpy": "2.3"},
    )  # fmt: skip
    path = tmp_path_factory.mktemp("account") / "report.html"
    path.write_text(account_page(account), "utf-8")
    return path.as_uri()


@pytest.fixture
def tab(chromium, page):
    """The page, open; it asks for nothing else and says nothing."""
    context = chromium.new_context(viewport={"width": 1100, "height": 800}, reduced_motion="reduce")
    tab = context.new_page()
    heard = []
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("request", lambda request: heard.append(request.url))
    tab.goto(page)
    yield tab
    context.close()
    assert [page] == heard


def test_structure_names_and_labels(tab):
    assert [] == tab.evaluate(AUDIT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(tab, scheme):
    tab.emulate_media(color_scheme=scheme)
    assert [] == tab.evaluate(CONTRAST)
    fill = "node => getComputedStyle(node).fill"
    names = {tab.locator(".timeline .name").first.evaluate(fill)}
    grounds = {tab.locator(f".timeline .{kind}").first.evaluate(fill) for kind in ("even", "odd", "start")}
    for ground in grounds:
        assert contrast(*names, ground) >= 4.5


def contrast(one, other):
    """Of two colours as the browser gives them, as WCAG counts it."""

    def light(colour):
        parts = [int(part) / 255 for part in colour[4:-1].split(",")]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    assert width == tab.evaluate("() => document.documentElement.scrollWidth")
    cut = tab.evaluate(
        """() => [...document.querySelectorAll(".figures dd, .figures strong, .facts dd, .cells li")]
        .filter(node => node.clientWidth && node.scrollWidth > node.clientWidth + 1)
        .map(node => node.textContent)"""
    )
    assert [] == cut


@pytest.mark.parametrize("width", WIDTHS)
def test_names_do_not_reach_out_of_their_bars(tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    boxes = tab.evaluate(
        """() => [...document.querySelectorAll(".timeline .name")].map(node => {
          const name = node.getBoundingClientRect(), bar = node.parentNode.getBoundingClientRect();
          return [node.textContent, name.right - bar.right];
        })"""
    )
    assert len(boxes) > 5
    assert [] == [name for name, over in boxes if over > 1]


def test_everything_is_reached_by_keyboard_and_the_focus_can_be_seen(tab):
    seen = []
    for _ in range(15):
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate(FOCUS))
    assert [] == [node for node, drawn, _ in seen if not drawn]
    assert 12 == sum(
        'class="ok"' in node or 'class="failed"' in node or 'class="again"' in node for node, *_ in seen
    )
    assert any("<summary" in node for node, *_ in seen)


def test_a_bar_leads_to_its_row(tab):
    tab.locator(".timeline a").nth(3).focus()
    tab.keyboard.press("Enter")
    row = tab.locator("tr:target")
    assert 1 == row.count()
    assert (
        tab.locator(".timeline a")
        .nth(3)
        .get_attribute("aria-label")
        .startswith(row.locator("th").inner_text())
    )
    box = row.bounding_box()
    assert 0 <= box["y"] < 800


def test_wide_parts_move_by_themselves_on_a_phone(tab):
    tab.set_viewport_size({"width": 390, "height": 800})
    for region in tab.locator(".wide").all():
        assert region.evaluate("node => node.scrollWidth > node.clientWidth && node.tabIndex === 0")
