"""The Markdown dialect: CommonMark with MyST's blocks, through markdown-it-py and mdit-py-plugins."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote.index import footnote_def
from mdit_py_plugins.myst_blocks import myst_block_plugin

from etude.parse import inline_rules
from etude.parse.scanner import InlineScanner

MAX_NESTING = 60
"""Levels of blocks in blocks, and of marks in marks; deeper content is kept as plain text."""


class BlockParser(ParserBlock):
    """markdown-it-py's block parser, which loses nothing when nesting goes too deep."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 -- overrides
        """Generate tokens for the input range; beyond the limit, one paragraph with what is left."""
        if state.level < MAX_NESTING:
            super().tokenize(state, startLine, endLine)
            return
        text = state.getLines(startLine, endLine, state.blkIndent, keepLastLF=False).strip()
        state.line = endLine
        if not text:
            return
        state.env.setdefault("too_deep", []).append(startLine)
        state.push("paragraph_open", "p", 1).map = [startLine, endLine]
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = text, [startLine, endLine], []
        state.push("paragraph_close", "p", -1)


@cache
def dialect() -> MarkdownIt:
    """The one configured parser; it holds no state between texts."""
    md = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    plain_block, plain_inline = md.block, md.inline
    md.block, md.inline = BlockParser(), InlineScanner()
    md.block.ruler, md.inline.ruler, md.inline.ruler2 = (
        plain_block.ruler,
        plain_inline.ruler,
        plain_inline.ruler2,
    )
    md.enable(["table", "strikethrough"])
    md.disable(["fragments_join"])
    md.use(myst_block_plugin)
    md.use(colon_fence_plugin)
    md.use(deflist_plugin)
    md.use(amsmath_plugin)
    md.use(dollarmath_plugin, allow_labels=True, allow_blank_lines=True, double_inline=False)
    md.disable(["math_inline", "math_inline_double"], ignoreInvalid=True)
    md.block.ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    inline_rules.install(md)
    return md


def block_tokens(text: str, env: dict[str, object]) -> list[Token]:
    """Block tokens of a text that ends with a line end; inline tokens are left unparsed."""
    md = dialect()
    tokens: list[Token] = []
    md.block.parse(text, md, env, tokens)
    return tokens


def inline_tokens(text: str, env: dict[str, object]) -> list[Token]:
    """Inline tokens of a text; `Token.map` holds offsets into it."""
    md = dialect()
    return md.inline.parse(text, md, env, [])
