"""`etude serve` in Firefox and in WebKit: an edit appears in place, a cell runs, a problem is shown."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SETTINGS = """[book]
title = { en = "Trees" }
languages = ["en"]

[[part]]
title = "All"
chapters = ["trees"]
"""
PAGE = """# Trees

Rings tell the age.

```{code-cell} python
print("rings:", 6 * 7)
```
"""


def test_edits_appear_and_cells_run(engine, serve, tmp_path):
    (tmp_path / "en").mkdir()
    source = tmp_path / "en" / "trees.md"
    (tmp_path / "etude.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "en" / "index.md").write_text("# Home\n", "utf-8")
    source.write_text(PAGE, "utf-8")
    engine.resize(1280, 900)
    engine.open(serve(tmp_path).url + "en/trees.html")
    engine.until("document.querySelector('#main .outputs')?.innerText.includes('rings: 42')")
    engine.ask("window.mark = 1; return 0")

    source.write_text(PAGE.replace("the age", "years").replace("6 * 7", "6 * 8"), "utf-8")
    engine.until("document.querySelector('#main .prose').innerText.includes('Rings tell years')")
    engine.until("document.querySelector('#main .outputs')?.innerText.includes('rings: 48')")

    source.write_text(PAGE + "\nSee {ref}`nowhere`.\n", "utf-8")
    engine.until("document.querySelector('.etude-problem')?.innerText.includes('nowhere')")
    engine.click(".etude-live .count")
    engine.until("document.querySelector('.etude-live .list').innerText.includes('en/trees.md')")
    assert 1 == engine.ask("window.mark"), "the page was never loaded anew"
    engine.open("about:blank")
