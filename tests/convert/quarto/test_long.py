"""What is odd and long does not take long."""

from __future__ import annotations

import time

import pytest

from etude.convert.quarto.brackets import closing
from etude.convert.quarto.counting import counts
from etude.convert.quarto.labels import found_labels


@pytest.mark.parametrize("mark", ["![", "[^", "[a] ["])
def test_brackets_without_end(mark: str) -> None:
    text = mark * 20_000
    begun = time.process_time()
    assert {None} == {closing(text, at) for at in range(len(mark) - 1, len(text), 5 * len(mark))} - {
        at for at, char in enumerate(text) if char == "]"
    }
    assert time.process_time() - begun < 5


def test_brackets_are_paired() -> None:
    text = r"[a [b] `]` \] $]$ c] [ d]"
    assert (19, 5, 24) == (closing(text, 0), closing(text, 3), closing(text, 21))
    assert closing("[ [a]", 0) is None


def test_comments_without_end_and_blank_lines() -> None:
    begun = time.process_time()
    counts("<!-- x\n" * 20_000, "python", frozenset(), cites=True)
    found_labels({"a.qmd": "\n" * 50_000})
    assert time.process_time() - begun < 5
