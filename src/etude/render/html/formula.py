"""Formulas on a page: within a line with places to break at, and displayed with a number."""

from __future__ import annotations

import re
from functools import lru_cache

from etude.render.html.escape import attribute, text
from etude.render.math import MathError, letters, mathml

__all__ = [
    "HAN",
    "block_formula",
    "broken",
    "displayed",
    "held_after",
    "held_before",
    "inline_formula",
    "latex",
    "pieces",
]

HAN = re.compile("[\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*?(/?)>")
_MO = re.compile(r"<mo[^>]*>([^<]*)</mo>")
_RELATIONS = frozenset("=<>≤≥≠≈≡∼≃≅∝∈∉∋⊂⊆⊃⊇→←↦⇒⇔⟹⟺⟶≔≪≫≜∣") | {"&lt;", "&gt;", ":="}
_BINARY = frozenset("+−±∓×·⋅⊙⊗⊕∪∩∧∨∘∗")
_OPENING = frozenset("([{⟨⌊⌈")
_CLOSING = frozenset(")]}⟩⌋⌉")
_HELD_BEFORE = re.compile(r"(?:[0-9A-Za-z\u00c0-\u024f]+[\-\u2010]?|[(\[{\"‘“（〈《「『【〔〖［｛]+)$")
"""What stays on the line of a formula that follows: a word or a number up to it, opening brackets."""
_HELD_AFTER = re.compile(
    r"[,.;:!?%)\]}\"’”，。、；：！？）〉》」』】〕〗］｝…·]+|[\-\u2010]?[0-9A-Za-z\u00c0-\u024f'’]+[,.;:!?)]*|[\-\u2010]"
)
"""What stays on the line of a formula before it: closing marks, the rest of a word."""
_SHORT = 6
"""Characters up to which a formula is kept on one line; a longer one may break after relations."""
_MIDDLE = 12
"""Characters from which it may also break after sums and commas."""
_LONG = 26
"""Characters from which it may also break within parentheses."""
_LATEX = re.compile(r"\s*(?:\$\$(.*)\$\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*", re.DOTALL)


def held_before(words: str) -> str:
    """The end of `words` that may not be parted from a formula after it."""
    found = _HELD_BEFORE.search(words[-40:]) if words else None
    return found[0] if found is not None else ""


def held_after(words: str) -> str:
    """The beginning of `words` that may not be parted from a formula before it."""
    found = _HELD_AFTER.match(words) if words else None
    return found[0] if found is not None else ""


def inline_formula(
    seen: set[str], tex: str, head: str = "", tail: str = "", *, before: str = "", after: str = ""
) -> str:
    """A formula within a line; `seen` takes its letters.

    `head` and `tail` are words that stay on its line (x。, $k$-means): browsers would break there,
    because a formula is an object to them. `before` and `after` are the characters beside all that: Han
    gets a thin gap, as text-autospace does not reach formulas.
    """
    try:
        shown, parted = _typeset(tex)
    except MathError as error:
        return text(head) + broken(tex, error) + text(tail)
    seen.update(shown)
    if not head and not tail and len(parted) == 1 and not before and not after:
        return f"<math{_source(tex)}>{parted[0]}</math>"
    marks = [""] * len(parted)
    if not head and before and HAN.match(before):
        marks[0] = "gap-left"
    if not tail and after and HAN.match(after):
        marks[-1] = f"{marks[-1]} gap-right".strip()
    # The first piece has the source of all, the others an empty one.
    sources = [_source(tex)] + [" data-tex"] * (len(parted) - 1)
    parts = [
        f'<math class="{mark}"{source}>{piece}</math>' if mark else f"<math{source}>{piece}</math>"
        for mark, source, piece in zip(marks, sources, parted, strict=True)
    ]
    parts[0] = text(head) + parts[0]
    parts[-1] += text(tail)
    held = {0} if head else set()
    if tail:
        held.add(len(parts) - 1)
    return "<wbr>".join(
        f'<span class="held">{part}</span>' if i in held else part for i, part in enumerate(parts)
    )


@lru_cache(maxsize=16384)
def _typeset(tex: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The letters of a formula within a line, and its pieces; raises `MathError`."""
    markup = mathml(tex, display=False)
    shown = letters(markup)
    content = markup[markup.index(">") + 1 : markup.rindex("<")]
    return frozenset(shown), pieces(content, len(shown)) if len(shown) > _SHORT else (content,)


def _source(tex: str) -> str:
    """The attribute by which scripts copy a formula as LaTeX; a letter alone is its own source."""
    return "" if len(tex) == 1 and tex.isalnum() else f' data-tex="{attribute(" ".join(tex.split()))}"'


def displayed(seen: set[str], tex: str) -> str:
    """The element of a displayed formula; raises `MathError`."""
    markup = mathml(tex, display=True)
    seen.update(letters(markup))
    return f"<math{_source(tex)}{markup.removeprefix('<math')}"


def block_formula(seen: set[str], tex: str, place: str, number: str, block: str) -> str:
    """A displayed formula; `place` are its attributes, `number` stands at the right and leads to `block`."""
    try:
        markup = displayed(seen, tex)
    except MathError as error:
        markup = broken(tex, error)
    if not number:
        return f'<div class="equation"{place}><div class="scroll">{markup}</div></div>\n'
    return (
        f'<div class="equation numbered"{place}><div class="scroll">{markup}</div>'
        f'<a class="number" href="#{attribute(block)}">{text(number)}</a></div>\n'
    )


def broken(tex: str, error: MathError) -> str:
    """The source of a formula that cannot be typeset."""
    return f'<code class="broken" title="{attribute(error.problem.message)}">{text(tex.strip())}</code>'


def latex(content: str) -> str:
    """A ``text/latex`` output without the marks around its formula."""
    found = _LATEX.fullmatch(content)
    return content if found is None else next(part for part in found.groups() if part is not None)


def pieces(content: str, total: int) -> tuple[str, ...]:
    """Split after relations and sums that stand in no group: browsers break no formula, only between two."""
    depth = brackets = start = at = 0
    found: list[str] = []
    while tag := _TAG.search(content, at):
        at = tag.end()
        if tag[3]:
            continue
        if tag[1]:
            depth -= 1
            continue
        if depth or tag[2] != "mo" or (operator := _MO.match(content, tag.start())) is None:
            depth += 1
            continue
        at = operator.end()
        sign = operator[1]
        brackets += (sign in _OPENING) - (sign in _CLOSING)
        outside = brackets <= 0
        joint = sign in _RELATIONS or (total > _MIDDLE and (sign in _BINARY or (outside and sign == ",")))
        # A sign at the beginning belongs to what follows it.
        if joint and (outside or total > _LONG) and start < tag.start() and at < len(content):
            found.append(content[start:at])
            start = at
    return (*found, content[start:])
