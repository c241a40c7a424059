"""What arranges blocks: tabs, cards, grids, groups, prose of variants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from etude.model.block import (
    BlockNode,
    Card,
    Comment,
    Container,
    Grid,
    Paragraph,
    TabItem,
    TabSet,
    VariantBlock,
)
from etude.model.inline import Inline
from etude.model.rules import Rule
from etude.parse import links, values
from etude.parse.addresses import is_external, is_label
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.lines import Lines

__all__ = ["DIRECTIVES", "parts"]


def _columns(value: Any) -> tuple[int, int, int, int]:
    """One number for all screens, or four: phone, tablet, desktop, wide."""
    parts = [values.whole(part) for part in re.split(r"[\s,]+", values.text(value)) if part]
    if len(parts) == 1:
        widest = parts[0]
        parts = [1, min(2, widest), min(3, widest), widest]
    if len(parts) != 4 or not all(1 <= part <= 12 for part in parts):
        raise values.Bad("expected one number of columns, or four (phone, tablet, desktop, wide)")
    phone, tablet, desktop, wide = parts
    return phone, tablet, desktop, wide


def _tab_set(call: Call) -> Sequence[BlockNode]:
    outer, call.context.tabs = call.context.tabs, True
    blocks = call.blocks()
    call.context.tabs = outer
    items = tuple(b for b in blocks if isinstance(b, TabItem))
    others = [b for b in blocks if not isinstance(b, TabItem | Comment)]
    if others or (blocks and not items):
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
    sync = call.option("sync") or call.option("key", "")
    identity, selected = call.identity("tab"), call.flag_option("selected")
    if not call.context.tabs:
        hints = ("put a `tab-set` with a longer fence around it",)
        call.report(Rule.DIRECTIVE_BODY, "this `tab-item` stands in no `tab-set`", hints)
    outer, call.context.tabs = call.context.tabs, False
    children = call.blocks()
    call.context.tabs = outer
    return (TabItem(call.span, identity, call.names(), title, children, sync, selected),)


def _variant(call: Call) -> Sequence[BlockNode]:
    variants = values.names(call.argument)
    call.context.check_variants(variants, call.argument_span)
    outer = call.context.variants
    call.context.variants = tuple(v for v in variants if not outer or v in outer)
    children = call.blocks()
    call.context.variants = outer
    return (VariantBlock(call.span, call.identity(), call.names(), variants, children),)


def _target(call: Call, address: str) -> tuple[str, str]:
    """An address outside, or a label or page within the book; a page that is not there after a slash."""
    address = address.removeprefix("project:")
    if call.option("link-type") == "ref":
        return "", address.removeprefix("#")
    if is_external(address) and not is_label(address):
        return links.safe(call.context, address, call.opener), ""
    if address.startswith("#"):
        return "", address[1:]
    path, _, fragment = address.partition("#")
    page = links.page_at(call.context, path, call.span) if path else None
    if (
        page is None
        and call.option("link-type") == "doc"
        and (found := call.context.resolve(path, call.span))
    ):
        page = call.context.page_name(found)
    if page is not None and not links.is_page(call.context, page):
        return "", f"/{page}"
    if page is not None:
        return "", f"{page}#{fragment}" if fragment else page
    return "", fragment or address


_HEADER = re.compile(r"[ \t]*\^{3,}[ \t]*\Z").match
_FOOTER = re.compile(r"[ \t]*\+{3,}[ \t]*\Z").match
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,}|:{3,})").match


def parts(body: Lines) -> tuple[Lines, Lines, Lines]:
    """Header, content and footer of a card, parted by ``^^^`` and ``+++`` outside of fences."""
    top, bottom, fence = -1, len(body.lines), ""
    for number, line in enumerate(body.lines):
        run = _FENCE(line)
        if fence:
            if run is not None and run[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif run is not None:
            fence = run[1]
        elif top < 0 and _HEADER(line) is not None:
            top = number
        elif _FOOTER(line) is not None:
            bottom = number
            break
    return body.part(0, max(top, 0)), body.part(top + 1, bottom), body.part(bottom + 1)


def _card(call: Call) -> Sequence[BlockNode]:
    address = call.option("link", "") or call.option("url", "")
    url, target = _target(call, address) if address else ("", "")
    identity, title = call.identity(), call.argument_inline()
    header, content, footer = (call.context.parse_blocks(part) for part in parts(call.body))
    header = header or _line(call, call.option_inline("header"))
    footer = footer or _line(call, call.option_inline("footer"))
    picture = call.option("img-top") or call.option("image", "")
    if picture:
        picture = links.image(call.context, picture, call.opener)
    return (Card(call.span, identity, call.names(), title, header, content, footer, url, target, picture),)


def _line(call: Call, words: tuple[Inline, ...]) -> tuple[BlockNode, ...]:
    """An option's text as a paragraph."""
    return (Paragraph(call.span, children=words),) if words else ()


def _grid(call: Call) -> Sequence[BlockNode]:
    columns = (1, 2, 3, 4)
    if call.argument:
        try:
            columns = _columns(call.argument)
        except values.Bad as bad:
            call.report(Rule.DIRECTIVE_ARGUMENT, f"`grid`: {bad}", span=call.argument_span)
    return (Grid(call.span, call.identity(), call.names(), call.blocks(), columns),)


def _item(call: Call) -> Sequence[BlockNode]:
    return (Container(call.span, call.identity(), call.names(), call.blocks(), call.option("class", ())),)


def _group(call: Call) -> Sequence[BlockNode]:
    classes = values.classes(call.argument) + call.option("class", ())
    return (Container(call.span, call.identity(), call.names(), call.blocks(), classes),)


def _texts(*names: str) -> dict[str, Convert]:
    return dict.fromkeys(names, values.text)


CARD: dict[str, Convert] = {
    **COMMON,
    **_texts(
        "link",
        "url",
        "link-type",
        "link-alt",
        "img-top",
        "image",
        "img-alt",
        "text-align",
        "shadow",
        "columns",
        "header",
        "footer",
        "img-bottom",
        "img-background",
        "link-new-tab",
        "class-item",
        "class-img-top",
        "class-img-bottom",
    ),
    **_texts(
        "class-card",
        "class-header",
        "class-body",
        "class-title",
        "class-footer",
        "margin",
        "padding",
        "width",
    ),
}
GRID: dict[str, Convert] = {
    **COMMON,
    **_texts(
        "gutter",
        "margin",
        "padding",
        "class-container",
        "class-row",
        "columns",
        "child-direction",
        "child-align",
    ),
    "outline": values.truth,
    "reverse": values.truth,
}
TAB: dict[str, Convert] = {
    **COMMON,
    **_texts("sync", "key", "sync-group", "class-label", "class-content", "class-container", "orientation"),
    "selected": values.truth,
}

DIRECTIVES: dict[str, Directive] = {
    "tab-set": Directive(
        _tab_set,
        "Content side by side, one piece at a time.",
        "none",
        TAB,
        "required",
        body_hint="put a `{tab-item} Title` with a shorter fence into it for each piece",
    ),
    "tab-item": Directive(
        _tab_item,
        "One piece of a `tab-set`: the argument is its title.",
        "required",
        TAB,
        argument_hint="write its title after it, as in `{tab-item} Linux`",
    ),
    "variant": Directive(
        _variant,
        "Prose for some variants only: the argument names them.",
        "required",
        COMMON,
        "required",
        argument_hint="name variants of the book after it, as in `{variant} numpy`",
    ),
    "card": Directive(_card, "A boxed piece with a title and maybe a link.", "optional", CARD),
    "grid": Directive(
        _grid,
        "Cards or other blocks in columns.",
        "optional",
        GRID,
        "required",
        body_hint="put a `{card} Title` with a shorter fence into it for each card",
    ),
    "grid-item": Directive(_item, "One block of a grid.", "none", GRID),
    "div": Directive(_group, "A group of blocks with classes.", "optional", {**COMMON, "style": values.text}),
}
for _alias, _name in (
    ("grid-item-card", "card"), ("tabs", "tab-set"), ("tab", "tab-item"), ("container", "div"),
):  # fmt: skip
    DIRECTIVES[_alias] = DIRECTIVES[_name]
