"""Block tokens to block nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token
from msgspec.structs import replace

from etude.model.block import (
    Align,
    Annotation,
    BlockBreak,
    BlockNode,
    Cell,
    CodeBlock,
    CodeCell,
    Comment,
    Definition,
    DefinitionList,
    FootnoteDefinition,
    Heading,
    Image,
    List,
    ListItem,
    MathBlock,
    Paragraph,
    Quote,
    RawHtml,
    Row,
    Table,
    ThematicBreak,
)
from etude.model.inline import Inline, InlineImage, Text
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import annotations, directives, links, sanitise
from etude.parse.context import Context
from etude.parse.inlines import parse_inline, plain
from etude.parse.lines import Lines, Places
from etude.parse.markdown import MAX_NESTING, block_tokens

_ATTRIBUTES = re.compile(r"[ \t]*\{([^{}`]*)\}\Z")
_TASK = re.compile(r"\[([ xX])\](?:\s|\Z)")
_DIRECTIVE = re.compile(r"\s*\{([\w:.+-]+)\}\s*(.*)\Z", re.DOTALL)
_FENCE_END = re.compile(r"[ \t>]*(`{3,}|~{3,}|:{3,})[ \t]*\Z")
_AUTHOR = re.compile(r"(?:—|--+|―)\s*")


def parse_blocks(context: Context, lines: Lines) -> tuple[BlockNode, ...]:
    """The block nodes of some lines; never raises."""
    if not lines.text.strip():
        return ()
    if context.depth > MAX_NESTING // 2:
        context.report(Rule.NESTING_TOO_DEEP, "directives are nested too deeply", lines.span(0, 1))
        text = lines.text.strip()
        return (
            Paragraph(
                lines.span(0, len(lines.lines)), children=(Text(lines.span(0, len(lines.lines)), text),)
            ),
        )
    context.depth += 1
    env = context.env
    env.pop("too_deep", None)
    tokens = block_tokens(lines.text, env)
    for line in env.pop("too_deep", ()):  # type: ignore[attr-defined]
        context.report(
            Rule.NESTING_TOO_DEEP,
            "blocks are nested too deeply; the rest is plain text",
            lines.span(line, line + 1),
        )
    nodes = _Builder(context, lines, tokens).run(0, len(tokens))
    context.depth -= 1
    return nodes


class _Builder:
    """Walks one flat list of tokens; containers recurse into their range of it."""

    def __init__(self, context: Context, lines: Lines, tokens: list[Token]) -> None:
        self.context, self.lines, self.tokens = context, lines, tokens
        self.partners = _partners(tokens)

    def run(self, first: int, last: int) -> tuple[BlockNode, ...]:
        """Nodes of the tokens from `first` to before `last`, which are siblings and what is in them."""
        nodes: list[BlockNode] = []
        labels: list[tuple[str, Span]] = []
        index = first
        while index < last:
            token = self.tokens[index]
            end = self.partners.get(index, index)
            if token.type == "myst_target":
                labels.append((token.content.strip(), self.span(token)))
            elif token.type == "myst_line_comment":
                nodes.append(Comment(self.span(token), value=token.content))
            else:
                if token.type == "ordered_list_open" and nodes and self.annotate(nodes, index, end):
                    index = end + 1
                    continue
                names = tuple(name for name, _ in labels)
                made = self.block(index, end, names)
                labels = [] if made else labels
                nodes.extend(made)
            index = end + 1
        for name, span in labels:
            self.context.report(
                Rule.LABEL_UNUSED,
                f"the label `{name}` stands before nothing it could name",
                span,
                hints=("put it on the line above a heading, figure, table, formula or other block",),
            )
        return tuple(nodes)

    def span(self, token: Token) -> Span:
        first, last = token.map or (0, 1)
        return self.lines.span(first, last)

    def inline(self, token: Token) -> tuple[Inline, ...]:
        if token.map is None:
            return ()
        return parse_inline(self.context, token.content, Places.of(token.content, self.lines, token.map[0]))

    def block(self, index: int, end: int, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        """The nodes of one block; `end` is the index of its closing token."""
        token = self.tokens[index]
        context = self.context
        match token.type:
            case "paragraph_open":
                return (self.paragraph(index, labels),)
            case "heading_open":
                return (self.heading(index, labels),)
            case "fence" | "colon_fence":
                return self.fence(token, labels)
            case "code_block":
                code = token.content.rstrip("\n")
                return (CodeBlock(self.span(token), self.identity(labels), labels, code=code),)
            case "math_block" | "math_block_label" | "amsmath":
                return (self.math(token, labels),)
            case "bullet_list_open" | "ordered_list_open":
                return (self.list(index, end, labels),)
            case "blockquote_open":
                return (self.quote(index, end, labels),)
            case "table_open":
                return (self.table(index, end, labels),)
            case "dl_open":
                return (self.definitions(index, end, labels),)
            case "footnote_reference_open":
                name = str(token.meta.get("label", ""))
                children = self.run(index + 1, end)
                identity = context.identify(f"fn-{name}")
                return (FootnoteDefinition(self.span(token), identity, labels, name, children),)
            case "html_block":
                return self.html(token, labels)
            case "hr":
                return (ThematicBreak(self.span(token), self.identity(labels), labels),)
            case "myst_block_break":
                return (BlockBreak(self.span(token), metadata=token.content),)
            case _:
                return ()

    def identity(self, labels: tuple[str, ...]) -> str:
        """An id for a block that can be led to only when it has a label."""
        return self.context.identify(labels[-1]) if labels else ""

    # -- leaves -----------------------------------------------------------------------------------

    def paragraph(self, index: int, labels: tuple[str, ...]) -> BlockNode:
        span = self.span(self.tokens[index])
        children = self.inline(self.tokens[index + 1])
        match children:
            case (InlineImage() as image,):
                return Image(span, self.identity(labels), labels, image.source, image.alt, title=image.title)
            case _:
                return Paragraph(span, self.identity(labels), labels, children)

    def heading(self, index: int, labels: tuple[str, ...]) -> Heading:
        token, content = self.tokens[index], self.tokens[index + 1]
        span = self.span(token)
        numbered = True
        match = _ATTRIBUTES.search(content.content)
        if match is not None and (words := match[1].split()):
            if all(w == "-" or w[0] in ".#" for w in words):
                content.content = content.content[: match.start()]
                numbered = not ({"-", ".unnumbered"} & set(words))
                labels += tuple(w[1:] for w in words if w[0] == "#" and len(w) > 1)
        children = self.inline(content)
        identity = self.context.identify(labels[-1] if labels else plain(children), "section")
        return Heading(span, identity, labels, int(token.tag[1]), children, numbered)

    def math(self, token: Token, labels: tuple[str, ...]) -> MathBlock:
        if token.info.strip():
            labels += (token.info.strip(),)
        tex = token.content.strip("\n").strip()
        self.context.formula(tex, display=True)
        starred = token.type == "amsmath" and str(token.meta.get("numbered", "")) == "*"
        return MathBlock(self.span(token), self.identity(labels), labels, tex, bool(labels) and not starred)

    def html(self, token: Token, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        span = self.span(token)
        html = token.content.strip()
        if html.startswith("<!--") and html.endswith("-->") and html.count("<!--") == 1:
            return (Comment(span, value=html[4:-3].strip()),)
        if not self.context.config.trust:
            html, risk = sanitise.clean(html)
            if risk:
                links.warn_html(self.context, risk, span)
        return (RawHtml(span, self.identity(labels), labels, html),)

    def fence(self, token: Token, labels: tuple[str, ...]) -> Sequence[BlockNode]:
        assert token.map is not None
        first, last = token.map
        span = self.span(token)
        body = self.lines.inner(token.content, first + 1)
        info = token.info
        match = _DIRECTIVE.match(info)
        closing = (
            _FENCE_END.match(self.lines.lines[min(last, len(self.lines.lines)) - 1])
            if last - first > 1
            else None
        )
        if closing is None or not closing[1].startswith(token.markup):
            opener = Span(span.start, min(span.end, span.start + len(token.markup) + len(info)), span.source)
            self.context.report(
                Rule.UNCLOSED_FENCE,
                "this fence is never closed",
                opener,
                hints=(
                    f"close it with a line of {token.markup} alone; all that follows was taken as its content",
                ),
            )
        if match is None:
            if token.type == "colon_fence" and info.strip():
                match = re.match(r"\s*([\w:.+-]+)\s*(.*)\Z", info, re.DOTALL)
            if match is None or token.type != "colon_fence":
                language = info.strip().split(" ")[0] if info.strip() else ""
                code = token.content[:-1] if token.content.endswith("\n") else token.content
                return (CodeBlock(span, self.identity(labels), labels, language, code),)
        name, argument = match[1], match[2].strip()
        at = span.start + len(token.markup) + match.start(2) if argument else span.start
        call = directives.Call(self.context, name, argument, at, body, labels, span)
        return directives.directive(call)

    # -- containers -------------------------------------------------------------------------------

    def list(self, index: int, end: int, labels: tuple[str, ...]) -> List:
        token = self.tokens[index]
        items: list[ListItem] = []
        tight = True
        at = index + 1
        while at < end:
            close = self.partners[at]
            tight = tight and all(
                t.hidden
                for t in self.tokens[at + 1 : close]
                if t.type == "paragraph_open" and t.level == token.level + 2
            )
            checked = self.task(at)
            items.append(
                ListItem(self.span(self.tokens[at]), children=self.run(at + 1, close), checked=checked)
            )
            at = close + 1
        start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 1
        ordered = token.type == "ordered_list_open"
        return List(self.span(token), self.identity(labels), labels, tuple(items), ordered, start, tight)

    def task(self, at: int) -> bool | None:
        """Whether the item's box is ticked; None without a box. The box is taken off the text."""
        if at + 2 >= len(self.tokens) or self.tokens[at + 1].type != "paragraph_open":
            return None
        content = self.tokens[at + 2]
        match = _TASK.match(content.content)
        if match is None:
            return None
        content.content = content.content[match.end() :]
        return match[1] != " "

    def quote(self, index: int, end: int, labels: tuple[str, ...]) -> Quote:
        children = self.run(index + 1, end)
        children, attribution = split_attribution(children)
        return Quote(
            self.span(self.tokens[index]), self.identity(labels), labels, children, attribution=attribution
        )

    def definitions(self, index: int, end: int, labels: tuple[str, ...]) -> DefinitionList:
        items: list[Definition] = []
        term: tuple[Inline, ...] = ()
        span = self.span(self.tokens[index])
        at = index + 1
        while at < end:
            token, close = self.tokens[at], self.partners.get(at, at)
            if token.type == "dt_open":
                term, span = self.inline(self.tokens[at + 1]), self.span(token)
            elif token.type == "dd_open":
                children = self.run(at + 1, close)
                if items and items[-1].term == term and items[-1].span.start == span.start:
                    items[-1] = replace(items[-1], children=items[-1].children + children)
                else:
                    over = self.span(token)
                    whole = Span(span.start, max(span.end, over.end), span.source)
                    items.append(Definition(whole, term=term, children=children))
            at = close + 1
        return DefinitionList(self.span(self.tokens[index]), self.identity(labels), labels, tuple(items))

    def table(self, index: int, end: int, labels: tuple[str, ...]) -> Table:
        head: list[Row] = []
        body: list[Row] = []
        rows = head
        for at in range(index + 1, end):
            token = self.tokens[at]
            if token.type == "tbody_open":
                rows = body
            elif token.type == "tr_open":
                rows.append(self.row(at))
        numbered = bool(labels)
        identity = self.context.identify(labels[-1]) if labels else ""
        return Table(
            self.span(self.tokens[index]),
            identity,
            labels,
            head=tuple(head),
            body=tuple(body),
            numbered=numbered,
        )

    def row(self, index: int) -> Row:
        token = self.tokens[index]
        number = (token.map or [0, 1])[0]
        line = self.lines.lines[number] if number < len(self.lines.lines) else ""
        offset = self.lines.offsets[number] if number < len(self.lines.offsets) else 0
        cells: list[Cell] = []
        cursor = 0
        for at in range(index + 1, self.partners[index]):
            inner = self.tokens[at]
            if inner.type not in {"th_open", "td_open"}:
                continue
            text = self.tokens[at + 1].content
            found = line.find(text, cursor)
            if found < 0:
                found = line.find(text.replace("|", "\\|"), cursor)
            found = max(found, cursor) if found >= 0 else cursor
            cursor = found + len(text)
            places = Places.at(offset + found, self.lines.source, self.lines.frozen)
            span = places.span(0, len(text))
            style = str(inner.attrs.get("style", ""))
            align: Align = (
                "right"
                if "right" in style
                else "center"
                if "center" in style
                else "left"
                if "left" in style
                else ""
            )
            children = parse_inline(self.context, text, places)
            cells.append(
                Cell(span, children=(Paragraph(span, children=children),) if children else (), align=align)
            )
        return Row(self.lines.span(number, number + 1), cells=tuple(cells))

    # -- annotations ------------------------------------------------------------------------------

    def annotate(self, nodes: list[BlockNode], index: int, end: int) -> bool:
        """Take the ordered list at `index` as the annotations of the listing just before it, if it is."""
        listing = nodes[-1]
        if not isinstance(listing, CodeBlock | CodeCell):
            return False
        code, marks = annotations.split_marks(listing.code)
        if not marks:
            return False
        texts = self.list(index, end, ())
        if len(texts.items) != len(marks):
            self.context.report(
                Rule.ANNOTATION_MISMATCH,
                f"the listing has {len(marks)} marks and the list after it {len(texts.items)} items",
                self.span(self.tokens[index]),
                hints=("write one item for each `# (n)` mark, in the order of their numbers",),
            )
        noted = tuple(
            Annotation(number, line, item.children)
            for (number, line), item in zip(sorted(marks), texts.items, strict=False)
        )
        made = replace(listing, code=code, annotations=noted)
        nodes[-1] = made
        if isinstance(made, CodeCell):
            self.context.cells[made.index] = made
        return True


def split_attribution(children: tuple[BlockNode, ...]) -> tuple[tuple[BlockNode, ...], tuple[Inline, ...]]:
    """A quotation's blocks without a last paragraph that begins with a dash, and that paragraph's text."""
    if len(children) < 2 or not isinstance(children[-1], Paragraph):
        return children, ()
    last = children[-1]
    if not last.children or not isinstance(last.children[0], Text):
        return children, ()
    first = last.children[0]
    match = _AUTHOR.match(first.value)
    if match is None:
        return children, ()
    rest = first.value[match.end() :]
    span = Span(first.span.start + match.end(), first.span.end, first.span.source)
    return children[:-1], ((Text(span, rest),) if rest else ()) + last.children[1:]


def _partners(tokens: list[Token]) -> dict[int, int]:
    """The index of the closing token for each opening one."""
    partners: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token.nesting > 0:
            stack.append(index)
        elif token.nesting < 0 and stack:
            partners[stack.pop()] = index
    return partners
