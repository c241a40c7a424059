"""Documents as the HTML of the CommonMark specification, to compare with other readers of the dialect."""

from __future__ import annotations

from html import escape

from etude.model.block import (
    BlockNode,
    Cell,
    CodeBlock,
    Comment,
    Heading,
    Image,
    List,
    Paragraph,
    Quote,
    RawHtml,
    Table,
    ThematicBreak,
)
from etude.model.inline import (
    Emphasis,
    HardBreak,
    Inline,
    InlineCode,
    InlineImage,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Text,
)
from etude.parse.addresses import encode


def html(blocks: tuple[BlockNode, ...]) -> str:
    return "\n".join(piece for piece in map(block, blocks) if piece)


def block(node: BlockNode, *, tight: bool = False) -> str:
    match node:
        case Heading():
            return f"<h{node.level}>{inlines(node.children)}</h{node.level}>"
        case Paragraph():
            return inlines(node.children) if tight else f"<p>{inlines(node.children)}</p>"
        case Image():
            image = inline(InlineImage(node.span, node.source, node.alt, node.title))
            return image if tight else f"<p>{image}</p>"
        case Quote():
            return f"<blockquote>\n{html(node.children)}\n</blockquote>".replace(">\n\n<", ">\n<")
        case CodeBlock():
            kind = f' class="language-{escape(node.language)}"' if node.language else ""
            code = f"{node.code}\n" if node.code else ""
            return f"<pre><code{kind}>{escape(code)}</code></pre>"
        case ThematicBreak():
            return "<hr>"
        case RawHtml():
            return node.html
        case Comment():
            return f"<!-- {node.value} -->"
        case List():
            tag = "ol" if node.ordered else "ul"
            start = f' start="{node.start}"' if node.ordered and node.start != 1 else ""
            items = []
            for item in node.items:
                parts = [block(child, tight=node.tight) for child in item.children]
                items.append("<li>" + "\n".join(parts) + "</li>")
            return f"<{tag}{start}>\n" + "\n".join(items) + f"\n</{tag}>"
        case Table():
            # What is more is kept here and dropped elsewhere.
            width = min(len(r.cells) for r in (node.head or node.body))
            rows = "".join(row(r.cells, "th") for r in node.head)
            body = "".join(row(r.cells[:width], "td") for r in node.body)
            return f"<table>{rows}{body}</table>"
        case _:
            raise AssertionError(node)


def row(cells: tuple[Cell, ...], tag: str) -> str:
    return "<tr>" + "".join(cell_html(cell, tag) for cell in cells) + "</tr>"


def cell_html(cell: Cell, tag: str) -> str:
    align = f" {cell.align}" if cell.align else ""
    return f"<{tag}{align}>" + "".join(block(child, tight=True) for child in cell.children) + f"</{tag}>"


def inlines(nodes: tuple[Inline, ...]) -> str:
    return "".join(map(inline, nodes))


def inline(node: Inline) -> str:
    match node:
        case Text():
            return escape(node.value)
        case Emphasis():
            return f"<em>{inlines(node.children)}</em>"
        case Strong():
            return f"<strong>{inlines(node.children)}</strong>"
        case Strikethrough():
            return f"<s>{inlines(node.children)}</s>"
        case InlineCode():
            return f"<code>{escape(node.value)}</code>"
        case SoftBreak():
            return "\n"
        case HardBreak():
            return "<br>\n"
        case Link():
            title = f' title="{escape(node.title)}"' if node.title else ""
            return f'<a href="{escape(node.url)}"{title}>{inlines(node.children)}</a>'
        case Reference(kind="any"):
            return f'<a href="#{escape(node.target)}">{inlines(node.children)}</a>'
        case InlineImage():
            title = f' title="{escape(node.title)}"' if node.title else ""
            return f'<img src="{escape(encode(node.source))}" alt="{escape(node.alt)}"{title}>'
        case RawInline():
            return node.html
        case _:
            raise AssertionError(node)
