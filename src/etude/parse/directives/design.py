"""What pages of sphinx-design, sphinx-panels and sphinx-tabs have besides cards, grids and tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etude.model.block import (
    BlockNode,
    Card,
    CodeBlock,
    Comment,
    Container,
    Dropdown,
    Grid,
    List,
    ListItem,
    Paragraph,
    TabItem,
    TabSet,
)
from etude.model.inline import Inline, Reference, Strong, Styled, Text
from etude.model.rules import Rule
from etude.parse import links, values
from etude.parse.addresses import Address
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.directives.layout import parts
from etude.parse.lines import Lines
from etude.parse.plain import plain
from etude.parse.roles_looks import COLOURS

__all__ = ["DIRECTIVES"]

_BORDER = re.compile(r"[ \t]*-{3,}[ \t]*\Z").match
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,}|:{3,})").match


def _button(call: Call) -> Sequence[BlockNode]:
    """A link that looks like a button: its words are the body, else the address or the target's title."""
    target = call.argument.strip()
    if not target:
        return ()
    words = call.option_inline("text")
    if not words and not call.body.blank:
        words = next((b.children for b in call.blocks() if isinstance(b, Paragraph)), ())
    kind = call.option("ref-type") or call.option("type", "")
    node: Inline
    if call.name == "button-ref" or (call.name == "link-button" and kind == "ref"):
        path = call.context.resolve(target, call.span) if kind == "doc" else None
        if path is not None:
            node = Reference(call.span, "doc", call.context.page_name(path), words)
        else:
            node = links.link(call.context, Address(target), words, call.span)
            if kind == "ref":
                node = Reference(call.span, "any", target.removeprefix("#"), words)
    else:
        node = links.link(call.context, Address(target), words or (Text(call.span, target),), call.span)
    colour = [word for word in re.split(r"[\s-]+", str(call.option("color", ""))) if word in COLOURS]
    looks = ("button", *colour, *(["outline"] if "outline" in call.options else []))
    line = Paragraph(call.span, call.identity(), call.names(), (Styled(call.span, (node,), looks),))
    align = call.option("align", "")
    return (Container(call.span, children=(line,), classes=(align,)),) if align else (line,)


def _carousel(call: Call) -> Sequence[BlockNode]:
    most = int(call.argument) if call.argument.strip().isdecimal() else 3
    most = min(max(most, 1), 12)
    columns = (1, min(2, most), min(3, most), most)
    return (Grid(call.span, call.identity(), call.names(), call.blocks(), columns),)


def _code_tabs(call: Call) -> Sequence[BlockNode]:
    """A tab for each listing, which its language names."""
    items: list[TabItem] = []
    others: list[BlockNode] = []
    for block in call.blocks():
        if isinstance(block, CodeBlock):
            language = block.language or "text"
            title = (Text(block.span, _LANGUAGES.get(language.lower(), language.capitalize())),)
            items.append(
                TabItem(block.span, call.context.identify("", "tab"), (), title, (block,), language.lower())
            )
        elif not isinstance(block, Comment):
            others.append(block)
    if others:
        call.report(
            Rule.DIRECTIVE_BODY,
            "`tab-set-code` holds something that is not a listing",
            ("put it before or after the tabs, or use `tab-set`",),
            others[0].span,
        )
    group = call.option("sync-group", "code")
    made = TabSet(call.span, call.identity(), call.names(), tuple(items), group)
    return (made, *others) if items else tuple(others)


def _group_tab(call: Call) -> Sequence[BlockNode]:
    """A tab that changes together with those of the same title."""
    title = call.argument_inline()
    identity = call.identity("tab")
    outer, call.context.tabs = call.context.tabs, False
    children = call.blocks()
    call.context.tabs = outer
    return (TabItem(call.span, identity, call.names(), title, children, plain(title)),)


def _code_tab(call: Call) -> Sequence[BlockNode]:
    """A tab that holds a listing: language and title are the argument."""
    language, _, words = call.argument.strip().partition(" ")
    said = words.strip() or _LANGUAGES.get(language.lower(), language.capitalize())
    code = CodeBlock(call.span, language=language, code=call.body.trimmed().text)
    title = (Text(call.argument_span, said),)
    return (TabItem(call.span, call.identity("tab"), call.names(), title, (code,), language.lower()),)


def _tabbed(call: Call) -> Sequence[BlockNode]:
    """One tab of sphinx-panels; neighbours become one set."""
    title, identity = call.argument_inline(), call.identity("tab")
    item = TabItem(
        call.span, identity, call.names(), title, call.blocks(), selected="selected" in call.options
    )
    border = (Comment(call.opener),) if "new-group" in call.options else ()
    return (*border, TabSet(call.span, items=(item,)))


def _panels(call: Call) -> Sequence[BlockNode]:
    """Panels between lines of dashes, each with a header above ``^^^`` and a footer below ``+++``."""
    cards: list[BlockNode] = []
    for piece in _split(call.body):
        while piece.lines and re.match(r"[ \t]*:[\w-]+:", piece.lines[0]):
            piece = piece.part(1)  # noqa: PLW2901 -- what is left of it
        header, content, footer = (call.context.parse_blocks(part) for part in parts(piece))
        title: tuple[Inline, ...] = ()
        if header and isinstance(header[0], Paragraph):
            title, header = header[0].children, header[1:]
        span = piece.span(0, len(piece.lines)) if not piece.blank else call.span
        cards.append(Card(span, "", (), title, header, content, footer))
    return (Grid(call.span, call.identity(), call.names(), tuple(cards), (1, 2, 2, 2)),)


def _split(body: Lines) -> Iterator[Lines]:
    """The pieces between lines of dashes that stand in no fence."""
    first, fence = 0, ""
    for number, line in enumerate(body.lines):
        run = _FENCE(line)
        if fence:
            if run is not None and run[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif run is not None:
            fence = run[1]
        elif _BORDER(line) is not None:
            yield body.part(first, number)
            first = number + 1
    yield body.part(first)


def _article(call: Call) -> Sequence[BlockNode]:
    """Who wrote a text, and when."""
    found: list[Inline] = []
    for words in (call.option_inline("author"), call.option_inline("date"), call.option_inline("read-time")):
        if words:
            found += [Text(call.span, " · "), *words] if found else words
    return (Paragraph(call.span, call.identity(), call.names(), tuple(found)),) if found else ()


def _steps(call: Call) -> Sequence[BlockNode]:
    items = tuple(
        block if isinstance(block, ListItem) else ListItem(block.span, children=(block,))
        for block in call.blocks()
        if not isinstance(block, Comment)
    )
    start = call.option("start", 1)
    return (List(call.span, call.identity(), call.names(), items, True, start, False),)


def _step(call: Call) -> Sequence[BlockNode]:
    title = call.argument_inline()
    head = (Paragraph(call.argument_span, children=(Strong(call.argument_span, title),)),) if title else ()
    return (ListItem(call.span, call.identity(), call.names(), (*head, *call.blocks())),)


def _toggle(call: Call) -> Sequence[BlockNode]:
    """Content that a click shows."""
    words = "显示" if call.context.language.startswith("zh") else "Click to show"
    shown = "show" in call.options
    title = (Text(call.span, words),)
    return (Dropdown(call.span, call.identity(), call.names(), title, call.blocks(), shown),)


def _group(call: Call) -> Sequence[BlockNode]:
    return (Container(call.span, call.identity(), call.names(), call.blocks(), call.option("class", ())),)


_LANGUAGES = {
    "python": "Python", "py": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "cpp": "C++",
    "c++": "C++", "csharp": "C#", "html": "HTML", "css": "CSS", "json": "JSON", "yaml": "YAML",
    "toml": "TOML",
    "sql": "SQL", "xml": "XML", "rst": "reStructuredText", "md": "Markdown", "sh": "Shell", "bash": "Bash",
    "latex": "LaTeX", "text": "Text", "php": "PHP",
}  # fmt: skip


def _texts(*names: str) -> dict[str, Convert]:
    return dict.fromkeys(names, values.text)


BUTTON: dict[str, Convert] = {
    **COMMON, "color": values.text, "align": values.text, "outline": values.text, "ref-type": values.text,
    "type": values.text, "text": values.text,
    **_texts("expand", "click-parent", "new-tab", "tooltip", "shadow", "classes"),
}  # fmt: skip
CODE_TABS: dict[str, Convert] = {
    **COMMON, "sync-group": values.text, **_texts("no-sync", "orientation", "class-set", "class-item"),
}  # fmt: skip
PANELS: dict[str, Convert] = {
    **COMMON, **_texts("container", "column", "card", "body", "header", "footer", "img-top", "img-bottom"),
}  # fmt: skip
TABBED: dict[str, Convert] = {
    **COMMON,
    "selected": values.text,
    **_texts("new-group", "class-label", "class-content"),
}
ARTICLE: dict[str, Convert] = {
    **COMMON, "author": values.text, "date": values.text, "read-time": values.text,
    **_texts("avatar", "avatar-alt", "avatar-link", "avatar-outline", "class-container", "class-avatar"),
}  # fmt: skip
STEPS: dict[str, Convert] = {**COMMON, "start": values.whole, "color": values.text}
STEP: dict[str, Convert] = {**COMMON, **_texts("class-title", "class-content")}
TOGGLE: dict[str, Convert] = {**COMMON, "show": values.text, "id": values.text}
ACCORDION: dict[str, Convert] = {**COMMON, "flush": values.text}
_TITLE = "write its title after it"

DIRECTIVES: dict[str, Directive] = {
    "button-link": Directive(
        _button,
        "A link that looks like a button; its words are the body.",
        "required",
        BUTTON,
        argument_hint="write its address after it, as in `{button-link} https://example.org`",
    ),
    "card-carousel": Directive(
        _carousel, "Cards in columns; the argument says how many.", "optional", COMMON, "required"
    ),
    "tab-set-code": Directive(
        _code_tabs, "A tab for each listing of the body.", "none", CODE_TABS, "required"
    ),
    "group-tab": Directive(
        _group_tab, "A tab that changes with those of its title.", "required", COMMON, argument_hint=_TITLE
    ),
    "code-tab": Directive(
        _code_tab,
        "A tab with a listing: the argument is its language, and maybe its title.",
        "required",
        {**COMMON, **_texts("emphasize-lines", "linenos", "caption", "lineno-start", "selected")},
        argument_hint="write the language after it, as in `{code-tab} python`",
    ),
    "tabbed": Directive(
        _tabbed, "A tab; neighbours become one set.", "required", TABBED, argument_hint=_TITLE
    ),
    "panels": Directive(_panels, "Cards, with lines of dashes between them.", "none", PANELS, "required"),
    "article-info": Directive(_article, "Who wrote a text, and when.", "none", ARTICLE, "none"),
    "steps": Directive(_steps, "A list of steps.", "none", STEPS, "required"),
    "step": Directive(_step, "A step of `steps`; the argument is its title.", "optional", STEP),
    "toggle": Directive(_toggle, "Content that is shown when it is asked for.", "none", TOGGLE, "required"),
    "accordion": Directive(_group, "Dropdowns below each other.", "none", ACCORDION, "required"),
}
for _alias in ("button-ref", "link-button"):
    DIRECTIVES[_alias] = DIRECTIVES["button-link"]
