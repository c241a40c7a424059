"""Quotation marks in English text."""

from __future__ import annotations

import pytest

from etude.render.html.quotes import curly


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no marks", "no marks"),
        ("the book's", "the book’s"),
        ("the pages' order", "the pages’ order"),
        ('say "yes" (or "no")', "say “yes” (or “no”)"),
        ("'\"Hi,\" he said.'", "‘“Hi,” he said.’"),
        ("in the '90s", "in the ’90s"),
        ('—"so"', "—“so”"),
        ("don't 'quote'", "don’t ‘quote’"),
    ],
)
def test_marks(text, expected):
    assert expected == curly(text)


@pytest.mark.parametrize(
    ("before", "text", "after", "expected"),
    [
        ("x", "'s", " ", "’s"),
        ("x", '"', "", "”"),
        ("", '"', "x", "“"),
        (" ", '"', "x", "“"),
        ("", '"', "", "”"),
    ],
)
def test_marks_beside_other_nodes(before, text, after, expected):
    assert expected == curly(text, before, after)
