"""Inline tokens that know where they stand: markdown-it-py's inline parser with offsets.

markdown-it-py gives inline tokens no source map. Every rule advances `state.pos` over exactly what
it consumed, so the tokens that appear while a rule runs belong to that range; `Token.map`, which
inline tokens leave unused, carries it as two offsets in the inline text.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from etude.parse.han import IS_CJK, IS_CJK_OR_QUOTE


def _is_mark(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


class Scan(StateInline):
    """An inline state that remembers where pending text began."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, out: list[Token]) -> None:
        """Start at the beginning of `src`."""
        super().__init__(src, md, env, out)
        self.text_start = -1

    def append_pending(self, text: str) -> None:
        """Add literal text; the first piece fixes where the text token begins."""
        if self.text_start < 0 or not (self._pending or self._pending_buffer):
            self.text_start = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 -- overrides
        """Flush the pending text; it is verbatim, since escapes make tokens of their own."""
        token = super().pushPending()
        start = max(self.text_start, 0)
        token.map = [start, start + len(token.content)]
        self.text_start = -1
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 -- overrides
        """Flanking of a run of emphasis marks, with Han as a neighbour that needs no space.

        CommonMark asks for a space or punctuation outside a mark whose inner side is punctuation.
        Chinese writes neither, so ``**“引用”**后`` would stay plain. Here a Han neighbour counts as
        punctuation does, and full-width punctuation inside the mark asks for nothing.
        """
        src, end = self.src, self.posMax
        marker = src[start]
        pos = start
        while pos < end and src[pos] == marker:
            pos += 1
        before = src[start - 1] if start > 0 else " "
        after = src[pos] if pos < end else " "
        space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
        mark_before, mark_after = _is_mark(before), _is_mark(after)
        han_before, han_after = IS_CJK(before) is not None, IS_CJK(after) is not None
        solid_before = mark_before and not IS_CJK_OR_QUOTE(before)
        solid_after = mark_after and not IS_CJK_OR_QUOTE(after)
        # An ambiguous quotation mark is Western next to Latin and Chinese next to Han.
        if mark_before and not han_before and IS_CJK_OR_QUOTE(before):
            solid_before = not han_after
        if mark_after and not han_after and IS_CJK_OR_QUOTE(after):
            solid_after = not han_before
        left = not space_after and (not solid_after or space_before or mark_before or han_before)
        right = not space_before and (not solid_before or space_after or mark_after or han_after)
        can_open = left and (canSplitWord or not right or mark_before)
        can_close = right and (canSplitWord or not left or mark_after)
        return Scanned(can_open, can_close, pos - start)


class InlineScanner(ParserInline):
    """The inline parser: markdown-it-py's rules, each token with its range."""

    def tokenize(self, state: StateInline) -> None:
        """Generate tokens for the input range and give each its offsets."""
        assert isinstance(state, Scan)
        rules = self.ruler.getRules("")
        end = state.posMax
        tokens = state.tokens
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            pos = state.pos
            count = len(tokens)
            matched = False
            if state.level < deepest:
                for rule in rules:
                    if rule(state, False):
                        matched = True
                        break
            if not matched:
                state.append_pending(state.src[state.pos])
                state.pos += 1
                continue
            if len(tokens) > count:
                _place(tokens, count, pos, state.pos)
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Parse one inline text; offsets in `Token.map` are into `src`."""
        state = Scan(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _place(tokens: list[Token], first: int, start: int, end: int) -> None:
    """Give the tokens from `first` that have no place yet the range of the rule that made them.

    Delimiter runs make one text token a mark (or pair of marks): these follow each other.
    """
    fresh = [t for t in tokens[first:] if t.map is None]
    if len(fresh) > 1 and all(t.type == "text" for t in fresh):
        for token in fresh:
            token.map = [start, start + len(token.content)]
            start += len(token.content)
        return
    for token in fresh:
        token.map = [start, end]
