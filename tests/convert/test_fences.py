"""Files come apart into pieces that are all of them; code is told from text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.convert.fences import Fence, Prose, pieces, segments

LINES = st.lists(
    st.sampled_from(
        ["", "text", "```", "````", "~~~", "```{.python .input}", "  ```py", "```a`b", "    ~~~~", "~~~ `"]
    )
)


@given(LINES)
def test_the_pieces_are_the_whole_file(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    again: list[str] = []
    for piece in pieces(text):
        assert len(again) + 1 == piece.line
        match piece:
            case Prose(lines=found):
                again += found
            case Fence(indent=indent, marker=marker, info=info, lines=found, closed=closed):
                assert f"{indent}{marker}{info}" == lines[len(again)].replace("~~~ `", "~~~`")
                again += (lines[len(again)], *found)
                again += lines[len(again) : len(again) + closed]
    assert lines == again


def test_a_fence_ends_with_one_as_long() -> None:
    text = "a\n````md\n```py\nx\n```\n````  \nb\n  ~~~ py\n    x = 1\n y\n"
    assert [
        Prose(1, ("a",)),
        Fence(2, "", "````", "md", ("```py", "x", "```")),
        Prose(7, ("b",)),
        Fence(8, "  ", "~~~", "py", ("    x = 1", " y"), closed=False),
    ] == list(pieces(text))
    assert ("  x = 1", "y") == list(pieces(text))[-1].body


def test_code_and_formulas_within_lines() -> None:
    text = r"a `b $c$` \`d ``e`f`` $x_{\$}$ costs $5 and $6 \$ `open"
    assert [
        ("text", "a "), ("code", "`b $c$`"), ("text", " "), ("escape", r"\`"), ("text", "d "),
        ("code", "``e`f``"), ("text", " "), ("math", r"$x_{\$}$"), ("text", " costs $5 and $6 "),
        ("escape", r"\$"), ("text", " `open"),
    ] == list(segments(text))  # fmt: skip


@given(st.text(st.sampled_from("ab `$\\\n"), max_size=30))
def test_the_segments_are_the_whole_text(text: str) -> None:
    assert text == "".join(piece for _, piece in segments(text))


@pytest.mark.parametrize("text", ["`" * 20_000, "``a` " * 200 + "`" * 5_000])
def test_backticks_without_end_do_not_take_long(text: str) -> None:
    begun = time.process_time()
    assert text == "".join(piece for _, piece in segments(text))
    assert time.process_time() - begun < 5  # minutes, when each run is tried at every length
