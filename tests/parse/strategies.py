"""What sources are made of, for tests that try anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from etude.parse.directives import DIRECTIVES
from etude.parse.roles import ROLES

MARKS = (
    "# ", "## ", "- ", "* ", "+ ", "1. ", "2) ", "> ", "    ", "  ", "\t", "---\n", "===\n", "***\n", "```",
    "~~~", ":::", "````", "$$", "$", "*", "**", "_", "~~", "`", "[", "]", "(", ")", "![", "](", "<", ">",
    "|", "| a | b |\n", "|---|:-:|\n", ": ", "% ", "+++", "(label)=\n", "[^n]", "[^n]: ", "[a]: ", "{", "}",
    "{{ key }}", "\\", "&amp;", "&#0;", "<div>", "</div>", "<!--", "-->", "<b>", "</b>", "<script>",
    "\\begin{align}", "\\end{align}", "[ ] ", "[x] ", "^^^\n", "——", "--", "^",
)  # fmt: skip
WORDS = (
    "a", "word", "x = 1", "汉字", "，", "。", "“引用”", "（重点）", "《书》", "……", "é", "한글", "😀",
    "\u3000", "\u00a0", "\u200b", "\x00", "\x0b", "\x1c", "\x85", "\u2028", "img/x.svg",
    "https://example.org", "#label", "b.md", "0",
)  # fmt: skip
LINES = ("\n", "\n\n", "\n    ", "\n  ", "\n> ", "\n- ", "\r\n", "\r", "  \n", "\\\n")

COMMON_INLINE = (
    "*", "**", "_", "__", "***", "~~", "`", "``", "[", "](u)", '](<u v> "t")', "]", "!", "(", ")", "\\",
    "\n", "<", ">", "<b>", "</b>", "&amp;", "&#65;", '"', "'", "a", "b", " ", ".", "-", "<https://e.org>",
    "é",
)  # fmt: skip
COMMON_BLOCKS = (
    "- ", "* ", "1. ", "2) ", "> ", "    ", "  ", "\n", "\n\n", "a", "b c", "# ", "---\n", "===\n",
    "~~~\na\n~~~\n", "<div>\n", "</div>\n", "| a | b |\n", "|---|:-:|\n", "*", "`",
)  # fmt: skip
"""Pieces of plain CommonMark, without what Etude reads in its own way."""


def markdown(pieces: tuple[str, ...] = MARKS + WORDS + LINES, size: int = 24) -> st.SearchStrategy[str]:
    """Marks, words and line ends in any order."""
    return st.lists(st.sampled_from(pieces), max_size=size).map("".join)


CONTENTS = (
    "", "a", "a <b>", "<", "text <#x>", "/img/x.svg", "a,b", "{see}a{p. 3}", "{", "x:.1%", "a (b)",
    "single: a; b", "!a", "`", "$x$", "*a*", "见 %s <fig-a>", "~a.b",
)  # fmt: skip


def roles() -> st.SearchStrategy[str]:
    """Uses of roles, known and unknown, with contents that may fit."""
    names = st.sampled_from((*ROLES, "nothing", "py:class", "Ref"))
    return st.builds(
        lambda name, content, ticks: f"{{{name}}}{ticks}{content}{ticks}",
        names,
        st.sampled_from(CONTENTS),
        st.sampled_from(("`", "``")),
    )


VALUES = st.one_of(
    st.sampled_from(
        ("", "true", "false", "1", "3", "-1", "1,3-5", "a", "a, b", "[a, b]", "{cpus: 2}", "x ≈ 1 ± 2", "50%")
    ),
    st.sampled_from(
        (
            "400px",
            "img/x.svg",
            "/img/x.svg",
            "../../x",
            "*图* 说明",
            "[",
            "{",
            "1e400",
            "9" * 30,
            "left",
            "data:x",
        )
    ),
    st.text(max_size=8).map(lambda s: s.replace("\n", " ")),
)
ARGUMENTS = ("", " a", " python", " *标题*", " #label", " img/x.svg", " /inc.md", " numpy, pytorch", " 2")
FENCES = ("```", ":::", "````", "::::", ":::::", "~~~")


@st.composite
def directives(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    """A directive, mostly one that is known, with options it may have and `inside` as its body."""
    name = draw(st.sampled_from((*DIRECTIVES, "unknown", "Note", "eval-rst", "contents", "python")))
    known = DIRECTIVES.get(name)
    keys = st.sampled_from((*known.options, "odd") if known else ("label",))
    options = draw(st.lists(st.tuples(keys, VALUES), max_size=3))
    argument = draw(st.sampled_from(ARGUMENTS))
    fence = draw(st.sampled_from(FENCES))
    closing = draw(st.sampled_from((fence, fence, fence, fence[:3], "")))
    if draw(st.booleans()):
        head = "".join(f":{key}: {value}\n" for key, value in options)
    else:
        end = draw(st.sampled_from(("---\n", "---\n", "")))
        head = "---\n" + "".join(f"{key}: {value}\n" for key, value in options) + end
    return f"{fence}{{{name}}}{argument}\n{head}{draw(inside)}\n{closing}\n"


HEADS = (
    "", "", "", "---\ntitle: *标题*\nsubstitutions: {key: '{{ key }} **v**'}\n---\n", "---\n[\n---\n",
    "---\na: &a [*a]\n---\n",
)  # fmt: skip


def sources() -> st.SearchStrategy[str]:
    """Whole pages: marks, roles and directives in each other, now and then with front matter."""
    leaf = st.one_of(markdown(size=10), roles(), st.text(max_size=20))
    block = st.recursive(
        leaf,
        lambda inner: st.one_of(directives(inner), st.lists(inner, max_size=4).map("\n\n".join)),
        max_leaves=8,
    )
    return st.builds(lambda head, body: head + body, st.sampled_from(HEADS), block)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


def notebooks() -> st.SearchStrategy[Any]:
    """JSON that is a notebook, or nearly; its texts may hold halves of surrogate pairs."""
    text = st.one_of(markdown(size=8), sources(), st.text(st.characters(exclude_categories=()), max_size=8))
    source = st.one_of(text, st.lists(text, max_size=3), JSON)
    options = dict.fromkeys(("label", "tags", "variant", "etude", "save", "expect"), JSON)
    metadata = st.one_of(st.fixed_dictionaries({}, optional={**options, "caption": text}), JSON)
    cell = st.fixed_dictionaries(
        {"cell_type": st.sampled_from(("markdown", "code", "code", "raw", "odd")), "source": source},
        optional={"metadata": metadata, "outputs": JSON, "attachments": JSON},
    )
    version = st.sampled_from((4, 4, 4, 3, 5, "4", None))
    cells = st.lists(st.one_of(cell, cell, JSON), max_size=4)
    whole = st.fixed_dictionaries({"nbformat": version, "cells": cells}, optional={"metadata": JSON})
    return st.one_of(whole, JSON)
