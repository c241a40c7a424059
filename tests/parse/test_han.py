"""Which characters are set solid, and what that does to marks and line ends."""

from __future__ import annotations

import pytest

from etude.model.inline import Emphasis, SoftBreak, Strong
from etude.parse.han import Script, inside_cjk, joins, script
from tests.parse.support import parse, walk


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("a", Script.LETTER),
        ("한", Script.LETTER),
        ("1", Script.LETTER),
        (" ", Script.SPACE),
        ("\u3000", Script.SPACE),
        (".", Script.MARK),
        ("$", Script.MARK),
        ("汉", Script.CJK),
        ("か", Script.CJK),
        ("𠀀", Script.CJK),
        ("，", Script.CJK_MARK),
        ("《", Script.CJK_MARK),
        ("（", Script.CJK_MARK),
        ("“", Script.AMBIGUOUS),
        ("—", Script.AMBIGUOUS),
    ],
)
def test_scripts(char: str, expected: Script) -> None:
    assert expected == script(char)


def test_whose_quotation_marks() -> None:
    assert inside_cjk("汉“", 1, 2)
    assert inside_cjk("a”**汉", 1, 2)
    assert not inside_cjk("a”b", 1, 2)
    assert not inside_cjk("”", 0, 1)


@pytest.mark.parametrize(
    ("before", "after", "language", "expected"),
    [
        ("汉", "字", "en", True),
        ("汉", "a", "en", False),
        ("汉", "a", "zh", True),
        ("a", "汉", "zh-TW", True),
        ("a", "b", "zh", False),
        ("", "汉", "zh", True),
        ("", "汉", "en", False),
        ("", "", "zh", False),
        ("汉”", "“字", "en", True),
        ("hi”", "and", "zh", False),
        ("hi”", "汉", "zh", True),
        ("——", "a", "zh", True),
        ("——", "a", "en", False),
    ],
)
def test_line_ends(before: str, after: str, language: str, expected: bool) -> None:
    assert expected == joins(before, after, language)


MIXED = (
    "**“引用”**后", "这是**（重点）**的", "**重点。**后面", "他说**“好。”**然后", "这**《书名》**好",
    "**Note:**说明", "中文**bold**中文", "“**重点**”", "***重点***后", "用Python**“引用”**后",
    "用**“Python”**是", "Hello**重点！**Word", "第**1.**项", "**1.**项", "**（a）**b", "a**（b）**c",
    "「**重点**」后", "**$x$。**后", "**`x`，**后", "——**重点**——", "**——重点——**后",
    "**「重点」**、**「次要」**", "*“强调”*。", "*《书》*，", "（*强调*）", "是*（强调）*。",
)  # fmt: skip


@pytest.mark.parametrize("source", MIXED)
def test_marks_beside_han(source: str) -> None:
    nodes = [node for node, _ in walk(parse(source).blocks)]
    assert any(isinstance(node, Strong | Emphasis) for node in nodes)
    assert not any("*" in getattr(node, "value", "") for node in nodes)


def test_no_line_end_is_left_between_han_and_what_is_in_it() -> None:
    page = parse("文字\n$x$\n文字\n`y`\n**强调**\n{ref}`图 <a>`\n文字")
    assert not any(isinstance(node, SoftBreak) for node, _ in walk(page.blocks))
