"""Which marks of emphasis belong together."""

from __future__ import annotations

from etude.parse.han import Script, inside_cjk, script
from etude.parse.inline.items import Mark, Pair


def mark(text: str, start: int, end: int) -> Mark:
    """The run of equal marks from `start` to `end`, with what its neighbours let it be.

    CommonMark asks for a space or punctuation outside of a mark whose inner side is punctuation.
    Chinese has neither, so ``**“引用”**后`` would stay plain. Here Han outside is as good as a space,
    and full-width punctuation inside asks for nothing.
    """
    before = script(text[start - 1]) if start else Script.SPACE
    after = script(text[end]) if end < len(text) else Script.SPACE
    if before == Script.AMBIGUOUS:
        before = Script.CJK_MARK if inside_cjk(text, start - 1, start) else Script.MARK
    if after == Script.AMBIGUOUS:
        after = Script.CJK_MARK if inside_cjk(text, end, end + 1) else Script.MARK
    left = after != Script.SPACE and (after != Script.MARK or before != Script.LETTER)
    right = before != Script.SPACE and (before != Script.MARK or after != Script.LETTER)
    opens, closes = left, right
    if text[start] == "_":
        opens = left and (not right or before in {Script.MARK, Script.CJK_MARK})
        closes = right and (not left or after in {Script.MARK, Script.CJK_MARK})
    return Mark(text[start], start, end - start, end - start, opens, closes)


def pair_up(marks: list[Mark]) -> None:
    """Pair closing marks with opening ones, as the CommonMark specification's last section does.

    Linear in the number of marks: what a failed search passed is never searched again for the like.
    """
    live: list[Mark] = []
    bottoms: dict[tuple[str, bool, int], Mark] = {}
    for closer in marks:
        key = (closer.char, closer.opens, closer.size % 3)
        while closer.closes and closer.count:
            bottom = bottoms.get(key)
            index = len(live) - 1
            while index >= 0 and live[index] is not bottom and not _fits(live[index], closer):
                index -= 1
            if index < 0 or live[index] is bottom:
                if live:
                    bottoms[key] = live[-1]
                break
            opener = live[index]
            del live[index + 1 :]
            size = 2 if opener.count > 1 and closer.count > 1 else 1
            pair = Pair(size)
            opener.opened.append(pair)
            closer.closed.append(pair)
            opener.count -= size
            closer.count -= size
            if not opener.count:
                live.pop()
        if closer.opens and closer.count:
            live.append(closer)


def _fits(opener: Mark, closer: Mark) -> bool:
    if opener.char != closer.char:
        return False
    if opener.char == "~":
        return opener.count > 1 and closer.count > 1
    both = opener.closes or closer.opens
    return not both or (opener.size + closer.size) % 3 != 0 or (opener.size % 3 == 0 and closer.size % 3 == 0)
