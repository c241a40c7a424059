"""The module that a page's saved code goes to when a page has a name that no module can have."""

from __future__ import annotations

import pytest

from etude.model.config import Config, Variant
from tests.parse.support import parse


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ("", ["option-value"]),
        (":variant: a", []),
        (":variant: a, b", []),
        (":variant: c", ["option-value"]),
        (":save: own", []),
    ],
)
def test_only_variants_with_a_module_need_no_name(options, problems):
    variants = (Variant("a", "A", library="x"), Variant("b", "B", library="y"), Variant("c", "C"))
    save = "" if ":save:" in options else ":save:\n"
    source = f"```{{code-cell}}\n{save}{options}\nx = 1\n```\n"
    page = parse(source, path="zh/01-intro.md", config=Config(languages=("zh",), variants=variants))
    assert problems == [str(one.rule) for one in page.diagnostics]
