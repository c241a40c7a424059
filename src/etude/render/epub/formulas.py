"""Formulas of a page as an e-book has them: MathML 3 with a text for each, that a narrow page can hold.

EPUB 3.3 takes MathML 3, which knows fewer attributes than browsers do. Readers without MathML show, and read
aloud, the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.render.html.escape import attribute
from etude.render.html.formula import pieces
from etude.render.math import letters

__all__ = ["formulas"]

_SHOWN = re.compile(
    r'(<div class="equation[^"]*)("[^<>]*>)<div class="scroll">(<math\b[^<>]*>)(.*?)</math></div>', re.DOTALL
)
_BLOCK = re.compile(r' display="block"')
_TAG = re.compile(r"<(/?)[a-z]+\b[^<>]*?(/?)>")
_GAPS = frozenset({'<mspace width="1em"/>', '<mspace width="2em"/>'})
_ROW = re.compile(r"</mtr>")
_MATH = re.compile(r"<math\b([^<>]*)>(.*?)</math>", re.DOTALL)
_TEX = re.compile(r' data-tex(?:="([^"]*)")?')
_SPAN = re.compile(r"<span[^<>]*>(.*?)</span>")
_LEVEL = re.compile(r'(<(?!mstyle)[a-z]+\b[^<>]*?) scriptlevel="[^"]*"')
_SIZED = re.compile(r'<(?!mstyle|mtable|math)([a-z]+)\b([^<>]*?)( displaystyle="[a-z]+")([^<>]*)>')
_MATHML = "http://www.w3.org/1998/Math/MathML"
_WIDE, _WIDER = 26, 40
"""About how many letters of a displayed formula a line of a phone holds, and how many if they are smaller."""


def formulas(markup: str) -> str:
    """The page with every formula in it made so."""
    return _sealed(_SHOWN.sub(_broken, markup))


def _broken(found: re.Match[str]) -> str:
    """A displayed formula that a narrow page can hold: in pieces where it may be broken, else smaller."""
    head, rest, tag, content = found.groups()
    size = max(len(letters(row)) for row in _ROW.split(content))
    kind = " wide" if size > _WIDE else ""
    if size <= _WIDE // 2:
        return found[0]
    if "<mtable" in content and size > _WIDER:
        kind = " wider"
    parts = [part for piece in pieces(content, size) for part in _apart(piece)]
    if len(parts) == 1 or not _BLOCK.search(tag):
        return f'{head}{kind}{rest}<div class="scroll">{tag}{content}</math></div>'
    inner = _BLOCK.sub(' displaystyle="true"', tag)
    later = _TEX.sub("", inner).replace("<math", "<math data-tex", 1)
    made = "".join(
        f'<span class="piece">{inner if not i else later}{part}</math></span>' for i, part in enumerate(parts)
    )
    return f'{head}{rest}<div class="scroll">{made}</div>'


def _apart(piece: str) -> Iterator[str]:
    """A piece, parted after wide gaps that stand in no group and no table."""
    depth = start = 0
    for tag in _TAG.finditer(piece):
        if not tag[2]:
            depth += -1 if tag[1] else 1
        elif not depth and tag[0] in _GAPS:
            yield piece[start : tag.end()]
            start = tag.end()
    yield piece[start:]


def _sealed(markup: str) -> str:
    """Every formula with its name space, and a text for it: its LaTeX, or the letters of a piece of it."""
    found = list(_MATH.finditer(markup))
    out: list[str] = []
    at = 0
    for number, one in enumerate(found):
        after = found[number + 1] if number + 1 < len(found) else None
        tex = _TEX.search(one[1])
        goes_on = after is not None and (later := _TEX.search(after[1])) is not None and later[1] is None
        whole = tex is not None and tex[1] is not None and not goes_on
        words = tex[1] if tex is not None and whole else attribute(letters(one[2]))
        content = one[2]
        if "<span" in content:
            content = _SPAN.sub(r"\1", content)
        if "scriptlevel" in content:
            content = _LEVEL.sub(r"\1", content)
        if "displaystyle" in content:
            content = _styled(content)
        known = _TEX.sub("", one[1]).replace(f' xmlns="{_MATHML}"', "")
        out += [
            markup[at : one.start()],
            f'<math xmlns="{_MATHML}"{known} alttext="{words}">{content}</math>',
        ]
        at = one.end()
    return "".join((*out, markup[at:]))


def _styled(content: str) -> str:
    """Sizes of fractions said by an element of their own, as MathML 3 has it; browsers know them on any."""
    while found := _SIZED.search(content):
        depth, end = 0, found.start()
        for tag in re.finditer(rf"<(/?){found[1]}\b[^<>]*?(/?)>", content[found.start() :]):
            depth += 0 if tag[2] else -1 if tag[1] else 1
            if depth == 0:
                end = found.start() + tag.end()
                break
        inner = content[found.end() : end]
        whole = f"<mstyle{found[3]}><{found[1]}{found[2]}{found[4]}>{inner}</mstyle>"
        content = f"{content[: found.start()]}{whole}{content[end:]}"
    return content
