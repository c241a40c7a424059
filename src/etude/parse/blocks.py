"""Outlines to block nodes: what belongs together is known, now it gets its meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from etude.model.block import (
    Admonition,
    BlockBreak,
    BlockNode,
    CodeBlock,
    CodeCell,
    Comment,
    Container,
    Definition,
    DefinitionList,
    Figure,
    FootnoteDefinition,
    Heading,
    Image,
    List,
    ListItem,
    MathBlock,
    Paragraph,
    Quote,
    RawHtml,
    ThematicBreak,
)
from etude.model.inline import Anchor, IndexMark, Inline, InlineImage, Link, Text
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import formulas, pipes, raw_html
from etude.parse.addresses import unescape
from etude.parse.annotations import annotate
from etude.parse.attributes import Given
from etude.parse.attribution import split_attribution
from etude.parse.braces import above, attributed, substituted
from etude.parse.context import MAX_NESTING, Context, Fence
from etude.parse.directives import Call, directive
from etude.parse.gates import Gates
from etude.parse.lines import Lines, place
from etude.parse.outline import Kind, Raw, read
from etude.parse.plain import plain

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*", re.IGNORECASE).fullmatch
_ATTRIBUTES = re.compile(r"[ \t]*\{([^{}`]*)\}[ \t]*\Z").search
_TASK = re.compile(r"[ \t]*\[([ xX])\](?:[ \t]+|\Z)").match
_DIRECTIVE = re.compile(r"\{[ \t]*(\w[\w:.+-]*)[ \t]*\}[ \t]*").match
_BARE = re.compile(r"(\w[\w:.+-]*)(?:[ \t]+|\Z)").match
_CLASSES = re.compile(r"\{([^{}]*)\}\Z").match
_TARGET, _PARAGRAPH, _HTML, _LIST, _FENCE = Kind.TARGET, Kind.PARAGRAPH, Kind.HTML, Kind.LIST, Kind.FENCE
"""Asked for at every block, and looking up members of an enumeration takes long."""
_GATED = ("{exercise-", "{solution-", "{prf:", "{proof:", "{tabbed}", "{ exercise", "{ solution")
"""How the infos of fences begin that may belong together with their neighbours."""
_TRANSPARENT = (Comment, BlockBreak, FootnoteDefinition)
"""Blocks that a label cannot name: it names the one after them."""


Ready: TypeAlias = Callable[[tuple[str, ...]], Sequence[BlockNode]]
"""A piece of an outline that knows how to make its nodes from the labels before it."""


def parse_blocks(context: Context, lines: Lines, labels: tuple[str, ...] = ()) -> tuple[BlockNode, ...]:
    """The block nodes of some lines, the first of them with `labels`; never raises."""
    if lines.blank:
        return ()
    if context.depth >= MAX_NESTING:
        lines = lines.trimmed()
        span = lines.span(0, len(lines.lines))
        context.report(
            Rule.NESTING_TOO_DEEP, "blocks are nested too deeply; what is inside is kept as text", span
        )
        return (Paragraph(span, children=(Text(span, lines.text),)),)
    raws, problems = read(lines, context.references, MAX_NESTING - context.depth)
    for problem in problems:
        span = Span(problem.start, problem.end, lines.source)
        context.report(problem.rule, problem.message, span, hints=(problem.hint,))
    context.depth += 1
    nodes = build(context, raws, lines.source, labels)
    context.depth -= 1
    return nodes


def build(
    context: Context, raws: Sequence[Raw | Ready], source: int, labels: tuple[str, ...] = ()
) -> tuple[BlockNode, ...]:
    """The nodes of an outline, or of some of its pieces that are siblings."""
    builder = _Builder(context, source)
    nodes: list[BlockNode] = []
    waiting: list[tuple[str, Span]] = []
    names = labels
    html: list[str] = []
    gates: Gates | None = None
    asked: Given | None = None
    for raw in raws:
        made: Sequence[BlockNode]
        kind: Kind | None
        if not isinstance(raw, Raw):
            kind, made = None, raw(names)
        elif (kind := raw.kind) is _TARGET:
            waiting.append((raw.info, builder.span(raw)))
            names += (raw.info,)
            continue
        elif kind is _PARAGRAPH and raw.lines[0][:1] == "{":
            if (given := above(raw)) is not None:
                waiting += [(label, builder.span(raw)) for label in given.labels]
                names += given.labels
                asked = given if asked is None else asked.joined(given)
                if not raw.lines:
                    continue
            made = substituted(context, raw, builder.span(raw), names) or builder.block(raw, names)
        elif kind is _HTML:
            made = builder.html(raw, names, html)
        elif (
            kind is _LIST and nodes and not names and (noted := builder.annotate(nodes[-1], raw)) is not None
        ):
            nodes[-1] = noted
            continue
        else:
            made = builder.block(raw, names)
        if asked is not None:
            made, asked = attributed(context, made, asked), None
        if names and any(_takes_labels(node) for node in made):
            names, waiting = (), []
        nodes.extend(made)
        if kind is _FENCE and isinstance(raw, Raw) and raw.info.startswith(_GATED):
            gates = gates or Gates(context)
            gates.passed(raw.info, builder.span(raw), nodes)
    if gates is not None:
        gates.done()
    if html and nodes:
        at = nodes[-1].span.end
        ends = "".join(f"</{name}>" for name in reversed(html))
        nodes.append(RawHtml(Span(at, at, nodes[-1].span.source), html=ends))
    for name, span in waiting:
        context.report(
            Rule.LABEL_UNUSED,
            f"the label `{name}` stands before nothing it could name",
            span,
            hints=("put it on the line above a heading, figure, table, formula or other block",),
        )
    return tuple(nodes)


def _takes_labels(node: BlockNode) -> bool:
    match node:
        case Paragraph(labels=(), children=(IndexMark(children=()),)):
            return False
        case _:
            return not isinstance(node, _TRANSPARENT)


class _Builder:
    """Makes the nodes of one outline's pieces."""

    def __init__(self, context: Context, source: int) -> None:
        self.context, self.source = context, source

    def span(self, raw: Raw) -> Span:
        return Span(raw.start, raw.end, self.source)

    def inline(self, raw: Raw) -> tuple[Inline, ...]:
        return self.context.parse_inline(*place(raw.lines, raw.offsets, self.source))

    def identity(self, labels: tuple[str, ...]) -> str:
        """An id for a block that can be led to only when it has a label."""
        return self.context.identify(labels[-1]) if labels else ""

    def inside(self, raw: Raw, labels: tuple[str, ...] = ()) -> tuple[BlockNode, ...]:
        """The nodes of a container's children."""
        self.context.depth += 1
        nodes = build(self.context, raw.children, self.source, labels)
        self.context.depth -= 1
        return nodes

    def block(self, raw: Raw, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        """The nodes of one piece."""
        match raw.kind:
            case Kind.PARAGRAPH:
                return self.paragraph(raw, labels)
            case Kind.HEADING:
                return (self.heading(raw, labels),)
            case Kind.FENCE:
                return self.fence(raw, labels)
            case Kind.MATH | Kind.ENVIRONMENT:
                return self.math(raw, labels)
            case Kind.LIST:
                return (self.list(raw, labels),)
            case Kind.QUOTE:
                return (self.quote(raw, labels),)
            case Kind.TABLE:
                return (pipes.table(self.context, raw, self.source, labels, self.identity(labels)),)
            case Kind.DEFINITIONS:
                return (self.definitions(raw, labels),)
            case Kind.FOOTNOTE:
                identity = self.context.identify(f"fn-{raw.info}")
                return (FootnoteDefinition(self.span(raw), identity, (), raw.info, self.inside(raw)),)
            case Kind.CODE:
                return (CodeBlock(self.span(raw), self.identity(labels), labels, code="\n".join(raw.lines)),)
            case Kind.RULE:
                return (ThematicBreak(self.span(raw), self.identity(labels), labels),)
            case Kind.COMMENT:
                lines = (line.removeprefix(" ").rstrip() for line in raw.lines)
                return (Comment(self.span(raw), value="\n".join(lines)),)
            case Kind.BREAK:
                return (BlockBreak(self.span(raw), metadata=raw.info),)
            case _:
                return ()

    # -- leaves -----------------------------------------------------------------------------------

    def paragraph(self, raw: Raw, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        span = self.span(raw)
        if raw.too_deep:
            message = "blocks are nested too deeply; what is inside is kept as text"
            self.context.report(Rule.NESTING_TOO_DEEP, message, span)
        children = self.inline(raw)
        match children:
            case ():
                return ()
            case (InlineImage() as image,):
                return (self.picture(span, labels, image),)
            case (Link(children=(InlineImage() as image,)) as link,):
                return (self.picture(span, labels, image, link.url),)
            case (Anchor(id=identity, label=label), InlineImage() as image):
                made = self.picture(span, (), image)
                return (replace(made, id=identity, labels=(*labels, label)),)
            case _:
                return (Paragraph(span, self.identity(labels), labels, children),)

    def picture(
        self, span: Span, labels: tuple[str, ...], image: InlineImage, link: str = ""
    ) -> Image | Figure:
        """A picture that is alone in its paragraph; the outputs of a cell, when it names one."""
        if image.source[:1] == "#":
            identity, source = self.identity(labels), image.source
            return Figure(span, identity, labels, source, image.alt, width=image.width, numbered=False)
        return Image(
            span,
            self.identity(labels),
            labels,
            image.source,
            image.alt,
            image.width,
            image.height,
            image.align,
            image.title,
            image.classes,
            link,
        )

    def quote(self, raw: Raw, labels: tuple[str, ...]) -> Quote | Admonition:
        """A quotation; a box when its first line is ``[!NOTE]`` or another kind, as on GitHub."""
        first = raw.children[0] if raw.children else None
        if first is not None and first.kind == Kind.PARAGRAPH and (kind := _ALERT(first.lines[0])):
            first.lines, first.offsets = first.lines[1:], first.offsets[1:]
            if first.lines:
                first.start, first.first = first.offsets[0], first.first + 1
            else:
                raw.children = raw.children[1:]
            box = self.identity(labels)
            return Admonition(self.span(raw), box, labels, kind[1].lower(), children=self.inside(raw))
        children, attribution = split_attribution(self.inside(raw))
        return Quote(self.span(raw), self.identity(labels), labels, children, attribution=attribution)

    def heading(self, raw: Raw, labels: tuple[str, ...]) -> Heading:
        text, places = place(raw.lines, raw.offsets, self.source)
        numbered = True
        match = _ATTRIBUTES(text)
        words = match[1].split() if match is not None else []
        if match is not None and words and all(word == "-" or word[0] in ".#" for word in words):
            text = text[: match.start()]
            numbered = not ({"-", ".unnumbered"} & set(words))
            labels += tuple(word[1:] for word in words if word[0] == "#" and len(word) > 1)
        children = self.context.parse_inline(text, places)
        identity = self.context.identify(labels[-1] if labels else plain(children), "section")
        return Heading(self.span(raw), identity, labels, raw.level, children, numbered)

    def math(self, raw: Raw, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        """A displayed formula; one that only defines commands is not shown."""
        if label := raw.label if raw.kind == Kind.ENVIRONMENT else raw.info:
            labels += (label,)
        lines = Lines(raw.lines, raw.offsets, self.source)
        tex, labels = formulas.displayed(self.context, lines, labels)
        if not tex and not lines.blank:
            return ()
        starred = raw.kind == Kind.ENVIRONMENT and raw.info.endswith("*")
        numbered = bool(labels) and not starred
        return (MathBlock(self.span(raw), self.identity(labels), labels, tex, numbered),)

    def html(self, raw: Raw, labels: tuple[str, ...], open_: list[str]) -> Sequence[BlockNode]:
        """Raw HTML; `open_` are the elements that pieces before it left open, and is kept up to date."""
        node = raw_html.block(self.context, Lines(raw.lines, raw.offsets, self.source), open_)
        match node:
            case InlineImage():
                return (self.picture(node.span, labels, node),)
            case RawHtml():
                return (replace(node, id=self.identity(labels), labels=labels),)
            case Comment():
                return (node,)
            case None:
                return ()

    def fence(self, raw: Raw, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        outer = self.context.fence
        told = outer is not None and outer.told
        if not raw.closed and not told:
            self.unclosed(raw, outer)
        self.context.fence = Fence(raw.mark, raw.crossed or (told and not raw.closed))
        nodes = self.fenced(raw, labels)
        self.context.fence = outer
        return nodes

    def unclosed(self, raw: Raw, outer: Fence | None) -> None:
        """Report a fence that ends with the page, or with the one around it."""
        if outer is None:
            message = "this fence is never closed"
            hint = f"close it with a line of {raw.mark} alone; all that follows was taken as its content"
        elif raw.mark.startswith(outer.mark):
            message = "this fence is not closed: what could end it ends the one around it"
            more = outer.mark[0] + raw.mark
            hint = f"begin and end the outer fence with {more}, and close this one with {raw.mark}"
        else:
            message = "this fence is not closed: it ends with the one around it"
            hint = f"close it with a line of {raw.mark} alone"
        span = Span(raw.start, raw.info_at + len(raw.info), self.source)
        self.context.report(Rule.UNCLOSED_FENCE, message, span, hints=(hint,))

    def fenced(self, raw: Raw, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        """What a fence holds."""
        span, info = self.span(raw), raw.info
        colons = raw.mark[0] == ":"
        match = _DIRECTIVE(info) or (_BARE(info) if colons else None)
        body = Lines(raw.lines, raw.offsets, self.source)
        if match is not None:
            at = raw.info_at + match.end()
            call = Call(self.context, match[1].lower(), info[match.end() :], at, body, labels, span)
            return directive(call)
        classes = _CLASSES(info)
        words = classes[1].split() if classes is not None else []
        names = tuple(word[1:] for word in words if word[0] == ".")
        if colons:
            labels += tuple(word[1:] for word in words if word[0] == "#" and len(word) > 1)
            children = self.context.parse_blocks(body)
            return (Container(span, self.identity(labels), labels, children, names),)
        first = info.split(maxsplit=1)
        language = unescape(first[0]) if first else ""
        if language.startswith("{"):
            language = names[0] if names else ""
        return (CodeBlock(span, self.identity(labels), labels, language, body.text),)

    # -- containers -------------------------------------------------------------------------------

    def list(self, raw: Raw, labels: tuple[str, ...]) -> List:
        identity = self.identity(labels)
        items = tuple(self.item(item) for item in raw.children)
        ordered = raw.level >= 0
        return List(self.span(raw), identity, labels, items, ordered, raw.level if ordered else 1, raw.tight)

    def item(self, raw: Raw) -> ListItem:
        """An item; the box of a task is taken off its text."""
        checked = None
        first = raw.children[0] if raw.children else None
        if first is not None and first.kind == Kind.PARAGRAPH and (box := _TASK(first.lines[0])) is not None:
            checked = box[1] != " "
            first.lines[0] = first.lines[0][box.end() :]
            first.offsets[0] += box.end()
            first.start = first.offsets[0]
        return ListItem(self.span(raw), children=self.inside(raw), checked=checked)

    def definitions(self, raw: Raw, labels: tuple[str, ...]) -> DefinitionList:
        identity = self.identity(labels)
        items: list[Definition] = []
        for child in raw.children:
            if child.kind == Kind.TERM:
                items.append(Definition(self.span(child), term=self.inline(child)))
            elif items:
                before = items.pop()
                span = Span(before.span.start, child.end, self.source)
                children = before.children + self.inside(child)
                items.append(Definition(span, term=before.term, children=children))
        return DefinitionList(self.span(raw), identity, labels, tuple(items))

    def annotate(self, node: BlockNode, raw: Raw) -> CodeBlock | CodeCell | None:
        """The listing before an ordered list with the list as its annotations; None when it has no marks."""
        if raw.level < 0 or not isinstance(node, CodeBlock | CodeCell):
            return None
        return annotate(self.context, node, lambda: self.list(raw, ()))
