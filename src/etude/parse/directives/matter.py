"""What a book is made of: formulas, included files, glossary, bibliography, index, contents, raw pieces."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from etude.model.block import (
    Bibliography,
    BlockNode,
    Comment,
    DefinitionList,
    MathBlock,
    Paragraph,
    PrintIndex,
    Quote,
    RawBlock,
    RawHtml,
    TableOfContents,
)
from etude.model.inline import IndexEntry, IndexMark
from etude.model.rules import Rule
from etude.parse import links, sanitise, values
from etude.parse.directives.call import CLASS, COMMON, LABEL, Call, Convert, Directive
from etude.parse.directives.code import INCLUDE, cut, read_text
from etude.parse.frontmatter import split_head
from etude.parse.inlines import plain
from etude.parse.lines import Lines
from etude.parse.roles import index_entries

_DEEPEST_INCLUDE = 16


def _math(call: Call) -> Sequence[BlockNode]:
    tex = "\n".join(filter(None, (call.argument, call.text))).strip()
    if not tex:
        call.report(Rule.DIRECTIVE_BODY, "`math` has no content", ("write LaTeX in its body",))
    call.context.formula(tex, display=True)
    labels = call.names()
    numbered = call.option("enumerated", bool(labels)) and not call.option("nowrap", False)
    identity = call.identity("equation" if numbered else "")
    return (MathBlock(call.span, identity, labels, tex, bool(numbered)),)


def _include(call: Call) -> Sequence[BlockNode]:
    context = call.context
    if not call.argument:
        return ()
    path = context.locate(call.argument, call.opener, what="the included file")
    if path is None:
        return ()
    if path in context.including or len(context.including) > _DEEPEST_INCLUDE:
        way = " → ".join((*context.including, path))
        call.report(Rule.INCLUDE_LOOP, f"`{call.argument}` includes itself", (f"the way is {way}",))
        return ()
    text = read_text(call, path)
    if text is None:
        return ()
    if "literal" in call.options or "code" in call.options:
        from etude.parse.directives.code import DIRECTIVES as CODE  # noqa: PLC0415 -- a rare spelling

        return CODE["literalinclude"].build(call)
    piece = cut(call, text)
    body, start = piece.text, 0
    if piece.first == 1:
        _, _, start = split_head(body)
    first = text.find(piece.text) if piece.text else 0
    if path not in context.sources:
        context.sources.append(path)
    source = context.sources.index(path)
    context.including.append(path)
    from etude.parse.blocks import parse_blocks  # noqa: PLC0415 -- directives and blocks contain each other

    nodes = parse_blocks(context, Lines.whole(body[start:], source, max(first, 0) + start))
    context.including.pop()
    return nodes


def _glossary(call: Call) -> Sequence[BlockNode]:
    items = []
    for block in call.blocks():
        if isinstance(block, DefinitionList):
            items.extend(
                replace(item, id=call.context.identify(f"term-{plain(item.term)}")) for item in block.items
            )
        elif not isinstance(block, Comment):
            call.report(
                Rule.DIRECTIVE_BODY,
                "`glossary` holds something that is not a term with its meaning",
                ("write the term on a line and its meaning on the next, after `: `",),
                block.span,
            )
    return (DefinitionList(call.span, call.identity(), call.names(), tuple(items), glossary=True),)


def _bibliography(call: Call) -> Sequence[BlockNode]:
    scope = (
        "page" if call.option("scope") == "page" or "docname" in str(call.option("filter", "")) else "book"
    )
    return (Bibliography(call.span, call.context.identify("bibliography"), call.names(), scope),)  # type: ignore[arg-type]


def _index(call: Call) -> Sequence[BlockNode]:
    entries: list[IndexEntry] = []
    for line in (call.argument, *call.body.lines):
        if line.strip():
            entries.extend(index_entries(line))
    call.context.index_marks += 1
    identity = call.context.identify(f"index-{call.context.index_marks}")
    mark = IndexMark(call.span, identity, tuple(entries))
    return (Paragraph(call.span, call.identity(), call.names(), children=(mark,)),)


def _print_index(call: Call) -> Sequence[BlockNode]:
    return (PrintIndex(call.span, call.context.identify("index"), call.names()),)


def _contents(call: Call) -> Sequence[BlockNode]:
    return (TableOfContents(call.span, call.identity(), call.names(), max(call.option("depth", 2), 1)),)


def _quote(call: Call) -> Sequence[BlockNode]:
    from etude.parse.blocks import split_attribution  # noqa: PLC0415 -- directives and blocks contain each other

    children, attribution = split_attribution(call.blocks())
    attribution = attribution or call.argument_inline()
    kind = "pull-quote" if call.name == "pull-quote" else "epigraph"
    return (Quote(call.span, call.identity(), call.names(), children, kind, attribution),)  # type: ignore[arg-type]


def _raw(call: Call) -> Sequence[BlockNode]:
    kind = call.argument.strip().lower()
    if kind == "html":
        html = call.text
        if not call.context.config.trust:
            html, risk = sanitise.clean(html)
            if risk:
                links.warn_html(call.context, risk, call.opener)
        return (RawHtml(call.span, call.identity(), call.names(), html),)
    return (RawBlock(call.span, call.identity(), call.names(), kind, call.text),)


def _comment(call: Call) -> Sequence[BlockNode]:
    return (Comment(call.span, value=call.text),)


def _toctree(call: Call) -> Sequence[BlockNode]:
    call.report(
        Rule.UNKNOWN_DIRECTIVE,
        "the contents of a book are written in `etude.toml`, not in a `toctree`",
        ("list the pages under `[[part]]` as `chapters`, and use `tableofcontents` to print them",),
    )
    return (Comment(call.span, value=call.text),)


MATH: dict[str, Convert] = {**COMMON, "enumerated": values.truth, "nowrap": values.truth}

DIRECTIVES: dict[str, Directive] = {
    "math": Directive(_math, "A displayed formula, numbered when it has a label.", "optional", MATH),
    "include": Directive(
        _include,
        "Another file of the book, as if it stood here.",
        "required",
        {**INCLUDE, "literal": values.truth, "code": values.text},
        "none",
    ),
    "glossary": Directive(_glossary, "Terms with their meanings.", "none", {**COMMON, "sorted": values.truth}, "required"),
    "bibliography": Directive(
        _bibliography,
        "The works that the book (or the page, with `scope: page`) cites.",
        "optional",
        {**COMMON, "scope": values.text, "style": values.text, "filter": values.text, "all": values.truth,
         "cited": values.truth, "labelprefix": values.text, "keyprefix": values.text},
    ),
    "index": Directive(_index, "Entries of the index that lead here, one a line.", "optional", LABEL),
    "printindex": Directive(_print_index, "The index.", "none", COMMON, "none"),
    "tableofcontents": Directive(
        _contents, "The contents of the book.", "none", {**COMMON, "depth": values.whole}, "none"
    ),
    "epigraph": Directive(_quote, "A motto, with its author after a dash.", "optional", COMMON, "required"),
    "pull-quote": Directive(_quote, "A sentence set apart.", "optional", COMMON, "required"),
    "raw": Directive(_raw, "Content for one output only: the argument is `html`, `typst` or `latex`.", "required", CLASS),
    "comment": Directive(_comment, "A remark that is not printed.", "optional", {}),
    "toctree": Directive(
        _toctree, "Not used: the contents are in `etude.toml`.", "optional",
        {k: values.text for k in ("maxdepth", "caption", "hidden", "glob", "numbered", "titlesonly", "name")},
    ),
}  # fmt: skip
for _alias, _name in (("blockquote", "epigraph"), ("highlights", "epigraph"), ("genindex", "printindex")):
    DIRECTIVES[_alias] = DIRECTIVES[_name]

__all__ = ["DIRECTIVES"]
