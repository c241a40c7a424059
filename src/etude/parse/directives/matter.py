"""What a book is made of: formulas, included files, glossary, bibliography, index, contents, raw pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from etude.model.block import (
    Bibliography,
    BlockNode,
    Comment,
    Definition,
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
from etude.parse import formulas, links, sanitise, values
from etude.parse.attribution import split_attribution
from etude.parse.context import MAX_INCLUDES
from etude.parse.directives.call import COMMON, LABEL, Call, Convert, Directive
from etude.parse.directives.code import DIRECTIVES as CODE
from etude.parse.directives.code import INCLUDE
from etude.parse.directives.files import cut, read_text
from etude.parse.directives.jupyter import METADATA
from etude.parse.frontmatter import split_head
from etude.parse.lines import Lines, Places
from etude.parse.plain import plain
from etude.parse.roles import index_entries

__all__ = ["DIRECTIVES"]

_DEEPEST_INCLUDE = 16


def _math(call: Call) -> Sequence[BlockNode]:
    lines = call.body
    if call.argument:
        lines = Lines((call.argument, *lines.lines), (call.argument_at, *lines.offsets), lines.source)
    if lines.blank:
        call.report(Rule.DIRECTIVE_BODY, "`math` has no content", ("write LaTeX in its body",))
        return ()
    tex, labels = formulas.displayed(call.context, lines, call.names())
    if not tex:  # it only defines commands
        return ()
    numbered = call.flag_option("enumerated", default=bool(labels)) and not (
        call.flag_option("nowrap") or call.flag_option("no-wrap")
    )
    identity = call.context.identify(labels[-1] if labels else "", "equation") if numbered or labels else ""
    return (MathBlock(call.span, identity, labels, tex, bool(numbered)),)


def _include(call: Call) -> Sequence[BlockNode]:
    context = call.context
    if "literal" in call.options or "code" in call.options:
        if language := call.option("code"):
            call.options.setdefault("language", language)
        return CODE["literalinclude"].build(call)
    path = context.locate(call.argument, call.opener, what="the included file") if call.argument else None
    if path is None:
        return ()
    if path in context.including or len(context.including) > _DEEPEST_INCLUDE:
        way = " → ".join((*context.including, path))
        message = (
            f"`{call.argument}` includes itself"
            if path in context.including
            else f"files include each other more than {_DEEPEST_INCLUDE} deep"
        )
        call.report(Rule.INCLUDE_LOOP, message, (f"the way is {way}",))
        return ()
    text = read_text(call, path, call.argument)
    if text is None:
        return ()
    source = context.include(path)
    if source is None:
        call.report(Rule.INCLUDE_LOOP, f"the page includes files more than {MAX_INCLUDES} times")
        return ()
    whole = Lines.whole(text, source)
    piece = cut(call, text)
    head = text.count("\n", 0, split_head(text)[2])  # the file's own front matter is not part of this page
    kept = [(line, n) for line, n in zip(piece.lines, piece.numbers, strict=True) if n >= head]
    outer, context.fence = context.fence, None
    context.including.append(path)
    nodes = context.parse_blocks(
        Lines([line for line, _ in kept], [whole.offsets[n] for _, n in kept], source), call.names()
    )
    context.including.pop()
    context.fence = outer
    return nodes


_NO_TERM = re.compile(r"(?:[-*+]|[0-9]+[.)])\s|[>#%|]|([`:~])\1\1|\(.*\)=| *:\s").match
"""Begins a line that is neither a term nor its indented meaning."""


def _indented(lines: Sequence[str]) -> list[tuple[list[int], int, int]]:
    """Of a glossary in Sphinx's form, the lines of terms, and from where to where their meaning is indented.

    Empty when it has another form.
    """
    found: list[tuple[list[int], int, int]] = []
    terms: list[int] = []
    for number, line in enumerate(lines):
        if _NO_TERM(line):
            return []
        if not line.strip():
            continue
        if not line[0].isspace():
            terms.append(number)
        elif terms:
            found.append((terms, number, number + 1))
            terms = []
        elif found:
            found[-1] = (*found[-1][:2], number + 1)
        else:
            return []
    return [] if terms else found


def _sphinx_terms(call: Call, terms: list[int], first: int, last: int) -> Iterator[Definition]:
    """Terms with the meaning that they share; it stands below the last of them."""
    context, body = call.context, call.body
    lines, offsets = body.lines[first:last], body.offsets[first:last]
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    for number in terms:
        children: tuple[BlockNode, ...] = ()
        end = number + 1
        if number == terms[-1]:
            starts = [at + min(indent, len(line)) for at, line in zip(offsets, lines, strict=True)]
            inner = Lines([line[indent:] for line in lines], starts, body.source)
            children, end = context.parse_blocks(inner), last
        words = body.lines[number].partition(" : ")[0].rstrip()  # what follows is a key to sort by
        term = context.parse_inline(words, Places(body.offsets[number], body.source))
        identity = context.identify(f"term-{plain(term)}")
        yield Definition(body.span(number, end), identity, term=term, children=children)


def _glossary(call: Call) -> Sequence[BlockNode]:
    items: list[Definition] = []
    others: list[BlockNode] = []
    if groups := _indented(call.body.lines):
        items = [item for group in groups for item in _sphinx_terms(call, *group)]
        if call.flag_option("sorted"):
            items = _sorted(items)
        return (DefinitionList(call.span, call.identity(), call.names(), tuple(items), glossary=True),)
    for block in call.blocks():
        if isinstance(block, DefinitionList):
            items += [
                replace(item, id=call.context.identify(f"term-{plain(item.term)}")) for item in block.items
            ]
            continue
        others.append(block)
        if not isinstance(block, Comment):
            call.report(
                Rule.DIRECTIVE_BODY,
                "`glossary` holds something that is not a term with its meaning",
                ("write the term on a line and its meaning on the next, after `: `",),
                block.span,
            )
    if call.flag_option("sorted"):
        items = _sorted(items)
    return (DefinitionList(call.span, call.identity(), call.names(), tuple(items), glossary=True), *others)


def _sorted(items: Sequence[Definition]) -> list[Definition]:
    """Terms in the order of their letters; those that share a meaning stay together."""
    groups: list[list[Definition]] = [[]]
    for item in items:
        groups[-1].append(item)
        if item.children:
            groups.append([])
    groups = [group for group in groups if group]
    groups.sort(key=lambda group: plain(group[0].term).casefold())
    return [item for group in groups for item in group]


def _bibliography(call: Call) -> Sequence[BlockNode]:
    scope: Literal["book", "page"] = "book"
    if call.option("scope") == "page" or "docname" in str(call.option("filter", "")):
        scope = "page"
    elif call.option("scope", "book") != "book":
        call.report(Rule.OPTION_VALUE, "the option `scope`: expected `book` or `page`")
    return (Bibliography(call.span, call.context.identify("bibliography"), call.names(), scope),)


def _index(call: Call) -> Sequence[BlockNode]:
    entries: list[IndexEntry] = []
    for line in (call.argument, *call.body.lines):
        entries += index_entries(line)
    if not entries:
        call.report(
            Rule.DIRECTIVE_BODY, "`index` has no entry", ("write entries such as `single: a; b`, one a line",)
        )
        return ()
    mark = IndexMark(call.span, call.context.identify_mark(), tuple(entries))
    call.labels = ()  # those above it name the block that the entries are about
    return (Paragraph(call.span, call.identity(), call.names(), (mark,)),)


def _print_index(call: Call) -> Sequence[BlockNode]:
    return (PrintIndex(call.span, call.context.identify("index"), call.names()),)


def _contents(call: Call) -> Sequence[BlockNode]:
    return (TableOfContents(call.span, call.identity(), call.names(), max(call.option("depth", 2), 1)),)


def _quote(call: Call) -> Sequence[BlockNode]:
    children, attribution = split_attribution(call.blocks())
    attribution = attribution or call.argument_inline()
    kind: Literal["epigraph", "pull-quote"] = "epigraph" if call.name != "pull-quote" else "pull-quote"
    return (Quote(call.span, call.identity(), call.names(), children, kind, attribution),)


def _raw(call: Call) -> Sequence[BlockNode]:
    kind = (
        call.name.partition(":")[2] or call.option("raw-mimetype") or call.option("format") or call.argument
    )
    kind = kind.strip().lower().removeprefix("text/")
    value = call.body.text
    if kind != "html":
        return (RawBlock(call.span, call.identity(), call.names(), kind, value),)
    if not call.context.config.trust:
        value, removed, _, _ = sanitise.clean(value)
        links.warn_html(call.context, removed, call.opener)
    return (RawHtml(call.span, call.identity(), call.names(), value),)


def _comment(call: Call) -> Sequence[BlockNode]:
    return (Comment(call.span, value="\n".join(filter(None, (call.argument, call.body.text)))),)


MATH: dict[str, Convert] = {
    **COMMON,
    "enumerated": values.truth,
    "nowrap": values.truth,
    "no-wrap": values.truth,
}
CITED: dict[str, Convert] = {
    **COMMON,
    **dict.fromkeys(("scope", "style", "filter", "labelprefix", "keyprefix"), values.text),
    **dict.fromkeys(("all", "cited", "notcited", "list", "enumtype", "start"), values.text),
}
RAW_CELL: dict[str, Convert] = {
    **COMMON, "raw-mimetype": values.text, "format": values.text, "tags": values.names,
}  # fmt: skip
DIRECTIVES: dict[str, Directive] = {
    "math": Directive(_math, "A displayed formula, numbered when it has a label.", "optional", MATH),
    "include": Directive(
        _include,
        "Another file of the book, as if it stood here.",
        "required",
        {**INCLUDE, "literal": values.truth, "code": values.text},
        "none",
        argument_hint="write the file's path after it, as in `{include} parts/notice.md`",
    ),
    "glossary": Directive(
        _glossary,
        "Terms with their meanings.",
        "none",
        {**COMMON, "sorted": values.truth},
        "required",
        body_hint="write each term on a line, and its meaning on the next one after `: `",
    ),
    "bibliography": Directive(
        _bibliography,
        "The works that the book (or the page, with `scope: page`) cites.",
        "optional",
        CITED,
        "none",
    ),
    "index": Directive(_index, "Entries of the index that lead here, one a line.", "optional", LABEL),
    "printindex": Directive(_print_index, "The index.", "none", COMMON, "none"),
    "tableofcontents": Directive(
        _contents,
        "The contents of the book.",
        "none",
        {**COMMON, "depth": values.whole, "kind": values.text, "context": values.text},
        "none",
    ),
    "epigraph": Directive(_quote, "A motto, with its author after a dash.", "optional", COMMON, "required"),
    "pull-quote": Directive(_quote, "A sentence set apart.", "optional", COMMON, "required"),
    "raw-cell": Directive(
        _raw, "A raw cell of a notebook: content for one output.", "optional", RAW_CELL, metadata=METADATA
    ),
    "raw": Directive(
        _raw,
        "Content for one output only: the argument is `html`, `typst` or `latex`.",
        "required",
        COMMON,
        argument_hint="name the output after it, as in `{raw} html`",
    ),
    **dict.fromkeys(
        ("raw:html", "raw:latex", "raw:tex", "raw:typst"),
        Directive(_raw, "Content for the output that the name says.", "none", COMMON),
    ),
    "comment": Directive(_comment, "A remark that is not printed.", "optional"),
}
for _alias, _name in (
    ("blockquote", "epigraph"), ("highlights", "epigraph"), ("genindex", "printindex"),
    ("toc", "tableofcontents"),
):  # fmt: skip
    DIRECTIVES[_alias] = DIRECTIVES[_name]
