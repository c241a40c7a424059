"""What axe-core says of a page: its rules for WCAG 2.2 AA, and its best practices."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")


@cache
def source() -> str:
    """The script, which the package carries."""
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("axe.min.js").read_text("utf-8")


def violations(page: Any) -> list[str]:
    """Each with its rule and the elements that break it; none is well."""
    page.evaluate(source())
    found = page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(r => r.violations)",
        list(TAGS),
    )
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
