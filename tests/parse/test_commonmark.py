"""Etude's Markdown against another reader of CommonMark, on what both have."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from markdown_it import MarkdownIt

from etude.model.block import BlockBreak
from etude.model.config import Config
from etude.model.inline import Link, Reference
from tests.parse import strategies
from tests.parse.as_html import html
from tests.parse.support import parse, walk

OTHER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TRUST = Config(languages=("en",), trust=True)
_BLOCK = re.compile(r"\s*(</?(?:li|ul|ol|p|blockquote|h\d|pre|hr|table|tr|t[hd])\b[^>]*>)\s*")


def ours(source: str) -> str:
    return normal(html(parse(source, path="en/a.md", config=TRUST).blocks))


def theirs(source: str) -> str:
    text = re.sub(r'<(t[hd]) style="text-align:(\w+)">', r"<\1 \2>", OTHER.render(source))
    # A head without words is none.
    text = re.sub(r"<thead>\s*<tr>\s*(?:<th[^<>]*></th>\s*)+</tr>\s*</thead>\s*(?=<tbody>)", "", text)
    return normal(re.sub(r"</?t(?:head|body)>", "", text))


def normal(text: str) -> str:
    """HTML without the differences of spelling that mean nothing."""
    text = text.replace(" />", ">").replace("&quot;", '"').replace("&#x27;", "'")
    return re.sub(r"\s+", " ", _BLOCK.sub(r"\1", text)).strip()


EXAMPLES = (
    "*foo bar*", "a * foo*", "foo*bar*", "5*6*78", "_foo bar_", "foo_bar_", 'aa_"bb"_cc', "foo-_(bar)_",
    "*(*foo*)*", "**foo bar**", "foo**bar**", "__foo__bar__baz__", "*foo [bar](/url)*", "*foo**bar**baz*",
    "*foo**bar*", "***foo** bar*", "*foo **bar***", "foo***bar***baz", "foo******bar*********baz",
    "**foo*bar**", "****foo****", "*foo _bar* baz_", "*a `*`*", "**a<https://e.org/?q=**>",
    '[link](/uri "title")', "[link](<>)", "[link](</my uri>)", "[link](foo\nbar)",
    "[link](/foo(and(bar)))", "[link](/foo\\)\\:)", '[link](/url "t\\"x")', "[link [bar](/a)](/b)",
    "![[[foo](uri1)](uri2)](uri3)", "[foo`](/uri)`", "[foo][bar]\n\n[bar]: /url 'T'",
    "[foo]\n[]\n\n[foo]: /url", "[foo]: /url\n===\n[foo]", "[foo][bar][baz]\n\n[baz]: /u1\n[foo]: /u2",
    "``foo ` bar``", "` `` `", "`a\nb`", "`foo`bar`", "a\\*b\\\nc", "foo  \nbar",
    "&nbsp;&amp;&copy;&#35;&#X22;&x;", "<a foo=\"bar\" bam = 'baz'>", "<33> <__>", "a <!-- c",
    "~~a~~ ~b~ ~~~c~~~", "- a\n- b\n\n  c\n- d", "1. a\n\n   b\n2. c", "- a\n - b\n  - c\n   - d\n    - e",
    "* a\n\n  > b\n\n  ```\n  c\n  ```", "> a\nb\n> c", "> - a\n>\n>   b", ">     code\n\n>    not",
    "-\n  foo\n-\n  ```\n  bar\n  ```", "- foo\n\n\tbar", "    a\n\n\n    b\n  c", "~~~~\naaa\n~~~\n~~~~~",
    "``` a b\nx\n```", "- ```\n  a\n b", "Foo\nbar\n===\n\nBaz\n---", "# a #\n## b ##\n### c \\#",
    "***\n - - -\n_____", "* * *\n* a", "<div>\n*a*\n\n*b*\n</div>", "<del>\n*a*\n</del>\n\nb",
    "| a | b |\n|:--|--:|\n| `c` | d \\| e |\n| f |\n\ng", "a\n| b |\n|-|\n| c |\n> d", "> a\n| b |\n> |-|",
    "| | |\n|---|:-:|\n| a | b |", "||\n|-|\n|a|", "|\n|-|\n|a|", "| |\n|-|-|\n|a|b|", "||\n-|-\na|b",
    "|  |  |\n| --- | --- |", "a\n| | |\n|-|-|\n| b | c |", "- | |\n  |-|\n  |a|",
    "10) a\n11) b\n\n- c\n+ d", "  - a\n\n        b", "1.  a\n\n    ~~~\n    b\n    ~~~\n\n    c",
    "- a\n  b\n\n\n- c", "\tfoo\tbaz\t\tbim",
)  # fmt: skip


@pytest.mark.parametrize("source", EXAMPLES)
def test_examples(source: str) -> None:
    assert theirs(source) == ours(source)


@settings(max_examples=150, deadline=1000)
@given(strategies.markdown(strategies.COMMON_INLINE, 16))
def test_inline(source: str) -> None:
    source = "x" + re.sub(r"\n+", "\n", source)
    assume(not re.search(r"\\ +\n|^[ ]*---", source))
    compare(source)


@settings(max_examples=150, deadline=1000)
@given(strategies.markdown(strategies.COMMON_BLOCKS, 16))
def test_blocks(source: str) -> None:
    # What the other reader does not do as the specification says, or only Etude reads, stays out: an empty
    # item between empty lines, indents by four columns of what would begin a block, front matter.
    empty = r"(?m)^[ >]*(?:(?:[-*+]|\d+[.)])[ ]*)+$"
    assume(not re.search(rf"{empty}|^[ ]*---|.* {{4,}}\S", source))
    compare(source)


def compare(source: str) -> None:
    page = parse(source, path="en/a.md", config=TRUST)
    kinds = [type(node) for node, _ in walk(page.blocks)]
    assume(BlockBreak not in kinds and Reference not in kinds)
    # Bare addresses are links only here.
    links = [node for node, _ in walk(page.blocks) if isinstance(node, Link)]
    assume(not any(source.startswith("http", node.span.start) for node in links))
    assert re.sub(r"\s", "", theirs(source)) == re.sub(r"\s", "", ours(source))
