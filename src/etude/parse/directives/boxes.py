"""Boxes: admonitions, theorems, exercises, tabs, cards, grids, notes beside the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from etude.model.block import (
    Admonition,
    Aside,
    BlockBreak,
    BlockNode,
    Card,
    Container,
    Dropdown,
    Exercise,
    Grid,
    Proof,
    Solution,
    TabItem,
    TabSet,
    VariantBlock,
)
from etude.model.inline import Inline
from etude.model.rules import Rule
from etude.parse import links, values
from etude.parse.context import is_external
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.links import PAGE_SUFFIXES

ADMONITIONS = (
    "note", "tip", "important", "warning", "caution", "danger", "error", "hint", "attention", "seealso", "admonition",
)  # fmt: skip
PROOFS = (
    "theorem", "lemma", "definition", "proposition", "corollary", "axiom", "assumption", "conjecture", "criterion",
    "example", "remark", "observation", "property", "algorithm", "proof",
)  # fmt: skip


def _difficulty(value: Any) -> int:
    level = values.whole(value)
    if not 0 <= level <= 3:
        raise values.Bad("expected 1, 2 or 3")
    return level


def _columns(value: Any) -> tuple[int, ...]:
    """One number for all screens, or four: phone, tablet, desktop, wide."""
    parts = [values.whole(p) for p in re.split(r"[\s,]+", values.text(value)) if p]
    if len(parts) == 1:
        widest = parts[0]
        parts = [1, min(2, widest), min(3, widest), widest]
    if len(parts) != 4 or not all(1 <= p <= 12 for p in parts):
        raise values.Bad("expected one number of columns, or four (phone, tablet, desktop, wide)")
    return tuple(parts)


def _admonition(call: Call) -> Sequence[BlockNode]:
    kind = call.name
    classes = call.option("class", ())
    title: tuple[Inline, ...] = call.argument_inline()
    if kind == "admonition":
        kind = next((c for c in classes if c in ADMONITIONS), "admonition")
        if not title:
            call.report(
                Rule.DIRECTIVE_ARGUMENT, "`admonition` needs a title", ("write it after `{admonition}`",)
            )
    folded = None
    if "dropdown" in classes or call.option("open") is not None:
        folded = not call.option("open", False)
    return (Admonition(call.span, call.identity(), call.names(), kind, title, call.blocks(), folded),)


def _dropdown(call: Call) -> Sequence[BlockNode]:
    return (
        Dropdown(
            call.span,
            call.identity(),
            call.names(),
            call.argument_inline(),
            call.blocks(),
            bool(call.option("open")),
        ),
    )


def _proof(call: Call) -> Sequence[BlockNode]:
    kind = call.name.partition(":")[2] or call.name
    numbered = kind != "proof" and not call.option("nonumber", False) and call.option("enumerated", True)
    identity = call.identity(kind)
    title = call.argument_inline() or call.option_inline("title")
    return (Proof(call.span, identity, call.names(), kind, title, call.blocks(), bool(numbered)),)


def _exercise(call: Call) -> Sequence[BlockNode]:
    numbered = not call.option("nonumber", False) and call.option("enumerated", True)
    return (
        Exercise(
            call.span,
            call.identity("exercise"),
            call.names(),
            call.argument_inline(),
            call.blocks(),
            bool(numbered),
            call.option("difficulty", 0),
        ),
    )


def _solution(call: Call) -> Sequence[BlockNode]:
    folded = "dropdown" in call.option("class", ()) or not call.option("open", False)
    return (
        Solution(
            call.span,
            call.identity("solution"),
            call.names(),
            call.argument.strip().removeprefix("#"),
            call.option_inline("title"),
            call.blocks(),
            folded,
        ),
    )


def _tab_set(call: Call) -> Sequence[BlockNode]:
    blocks = call.blocks()
    items = tuple(b for b in blocks if isinstance(b, TabItem))
    others = [b for b in blocks if not isinstance(b, TabItem) and b.__class__.__name__ != "Comment"]
    if others or not items:
        call.report(
            Rule.DIRECTIVE_BODY,
            "`tab-set` holds something that is not a `tab-item`"
            if others
            else "`tab-set` holds no `tab-item`",
            ("put every piece of content into a `tab-item`",),
            others[0].span if others else None,
        )
    made = TabSet(call.span, call.identity(), call.names(), items, call.option("sync-group", ""))
    return (made, *others) if items else tuple(others)


def _tab_item(call: Call) -> Sequence[BlockNode]:
    title = call.argument_inline()
    if not title:
        call.report(Rule.DIRECTIVE_ARGUMENT, "`tab-item` needs a title", ("write it after `{tab-item}`",))
    sync = call.option("sync") or call.option("key", "")
    return (
        TabItem(
            call.span,
            call.identity("tab"),
            call.names(),
            title,
            call.blocks(),
            sync,
            bool(call.option("selected")),
        ),
    )


def _variant(call: Call) -> Sequence[BlockNode]:
    variants = values.names(call.argument)
    call.context.check_variants(variants, call.opener)
    return (VariantBlock(call.span, call.identity(), call.names(), variants, call.blocks()),)


def _target(call: Call, address: str) -> tuple[str, str]:
    """An address outside, or a label or page within the book."""
    if not address:
        return "", ""
    if is_external(address):
        return address, ""
    if address.startswith("#"):
        return "", address[1:]
    path, _, fragment = address.partition("#")
    if path.endswith(PAGE_SUFFIXES):
        resolved = call.context.resolve(path, call.span)
        return "", fragment or call.context.page_name(resolved or path)
    return "", address


def _card(call: Call) -> Sequence[BlockNode]:
    header: tuple[BlockNode, ...] = ()
    footer: tuple[BlockNode, ...] = ()
    url, target = _target(call, call.option("link", "") or call.option("url", ""))
    if call.option("link-type") in {"doc"} and target:
        resolved = call.context.resolve(target, call.span)
        target = call.context.page_name(resolved) if resolved else target
    top = _header_end(call.body.lines)
    if top is not None:
        whole = call.body
        call.body = whole.take(top)
        header = call.blocks()
        call.body = whole.drop(top + 1)
    blocks = call.blocks()
    bottom = next((i for i, b in enumerate(blocks) if isinstance(b, BlockBreak)), None)
    if bottom is not None:
        blocks, footer = blocks[:bottom], blocks[bottom + 1 :]
    picture = call.option("img-top") or call.option("image", "")
    if picture:
        picture = links.image(call.context, picture, call.opener)
    return (
        Card(
            call.span,
            call.identity(),
            call.names(),
            call.argument_inline(),
            header,
            blocks,
            footer,
            url,
            target,
            picture,
        ),
    )


def _header_end(lines: Sequence[str]) -> int | None:
    """The line of three carets that ends a card's header, unless it stands in a fence."""
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~", ":::")):
            return None
        if re.fullmatch(r" {0,3}\^{3,}\s*", line):
            return number
    return None


def _grid(call: Call) -> Sequence[BlockNode]:
    columns = (1, 2, 3, 4)
    if call.argument:
        try:
            columns = _columns(call.argument)
        except values.Bad as bad:
            call.report(Rule.DIRECTIVE_ARGUMENT, f"`grid`: {bad}")
    return (Grid(call.span, call.identity(), call.names(), call.blocks(), columns),)


def _item(call: Call) -> Sequence[BlockNode]:
    return (Container(call.span, call.identity(), call.names(), call.blocks(), call.option("class", ())),)


def _aside(call: Call) -> Sequence[BlockNode]:
    kind: Literal["margin", "aside", "sidebar"] = "aside"
    if call.name in {"margin", "sidebar"}:
        kind = call.name  # type: ignore[assignment]
    return (Aside(call.span, call.identity(), call.names(), kind, call.argument_inline(), call.blocks()),)


BOX: dict[str, Convert] = {**COMMON, "open": values.truth, "icon": values.truth}
PROOF: dict[str, Convert] = {
    **COMMON,
    "nonumber": values.truth,
    "enumerated": values.truth,
    "title": values.text,
}
EXERCISE: dict[str, Convert] = {**PROOF, "difficulty": _difficulty, "hidden": values.truth}
SOLUTION: dict[str, Convert] = {**COMMON, "open": values.truth, "title": values.text, "hidden": values.truth}
CARD: dict[str, Convert] = {
    **COMMON, "link": values.text, "url": values.text, "link-type": values.text, "img-top": values.text,
    "image": values.text, "text-align": values.text, "shadow": values.text, "class-card": values.text,
    "class-header": values.text, "class-body": values.text, "class-title": values.text, "class-footer": values.text,
    "columns": values.text, "margin": values.text, "padding": values.text, "width": values.text, "link-alt": values.text,
    "img-alt": values.text,
}  # fmt: skip
GRID: dict[str, Convert] = {
    **COMMON, "gutter": values.text, "margin": values.text, "padding": values.text, "outline": values.truth,
    "reverse": values.truth, "class-container": values.text, "class-row": values.text, "columns": values.text,
}  # fmt: skip
TAB: dict[str, Convert] = {
    **COMMON, "sync": values.text, "key": values.text, "selected": values.truth, "class-label": values.text,
    "class-content": values.text, "class-container": values.text, "sync-group": values.text,
}  # fmt: skip

DIRECTIVES: dict[str, Directive] = {
    **{
        kind: Directive(_admonition, f"A box of the kind `{kind}`.", "optional", BOX, "required")
        for kind in ADMONITIONS
    },
    "dropdown": Directive(_dropdown, "Content behind a title.", "optional", BOX, "required"),
    **{
        f"{prefix}{kind}": Directive(
            _proof, f"A numbered {kind}." if kind != "proof" else "A proof.", "optional", PROOF
        )
        for kind in PROOFS
        for prefix in ("prf:", "proof:")
    },
    "exercise": Directive(_exercise, "A task for the reader.", "optional", EXERCISE, "required"),
    "solution": Directive(
        _solution, "The answer to the exercise with this label.", "required", SOLUTION, "required"
    ),
    "tab-set": Directive(_tab_set, "Content side by side, one piece at a time.", "none", TAB, "required"),
    "tab-item": Directive(_tab_item, "One piece of a `tab-set`.", "required", TAB),
    "variant": Directive(_variant, "Prose for some variants only.", "required", COMMON, "required"),
    "card": Directive(_card, "A boxed piece with a title and maybe a link.", "optional", CARD),
    "grid": Directive(_grid, "Cards or other blocks in columns.", "optional", GRID, "required"),
    "grid-item": Directive(_item, "One block of a grid.", "none", GRID),
    "aside": Directive(_aside, "A note beside the text.", "optional", COMMON, "required"),
    "div": Directive(_item, "A group of blocks with classes.", "optional", COMMON),
}
for _alias, _name in (
    ("grid-item-card", "card"), ("margin", "aside"), ("sidebar", "aside"), ("topic", "aside"), ("details", "dropdown"),
    ("tabs", "tab-set"), ("tab", "tab-item"), ("container", "div"), ("see-also", "seealso"),
):  # fmt: skip
    DIRECTIVES[_alias] = DIRECTIVES[_name]

__all__ = ["ADMONITIONS", "DIRECTIVES", "PROOFS"]
