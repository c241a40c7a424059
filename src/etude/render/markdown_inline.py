"""Inline nodes to Markdown: references say what they lead to, evals their value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import assert_never

from etude.model.book import PageFacts, Resolved
from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    Emphasis,
    Eval,
    FootnoteReference,
    HardBreak,
    IndexMark,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Styled,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
    citation_key,
    reference_key,
)
from etude.model.result import RunResult
from etude.model.words import fill
from etude.render.markdown_text import code_span, escape_words, html_image, html_text, link, marked
from etude.render.raw import with_files
from etude.render.text import plain

__all__ = ["InlineWriter", "Setting", "is_external"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MARKS = {Emphasis: ("*", "em"), Strong: ("**", "strong"), Strikethrough: ("~~", "del")}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the Markdown of one page in one variant is written with."""

    language: str
    name: str
    """The page's name."""
    facts: PageFacts
    page_url: Callable[[str, str], str]
    """Address of a block (page's name, id) of the book; empty for no link."""
    file_url: Callable[[str], str]
    """Address of a file of the book."""
    variant: str | None = None
    """Prose of other variants is left out; None: there is none of any variant left out."""
    result: RunResult | None = None


def is_external(url: str) -> bool:
    """Whether an address has a scheme or a host."""
    return _SCHEME.match(url) is not None


class InlineWriter:
    """Writes inline nodes; block writers call `line` for one line and `write` for a paragraph."""

    def __init__(self, setting: Setting) -> None:
        """Write with what `setting` says."""
        self.setting = setting
        self.facts = setting.facts

    def line(self, nodes: Iterable[Inline]) -> str:
        """Nodes on one line, for headings, titles and cells of tables."""
        return " ".join(part for part in self.write(nodes).replace("\\\n", " ").split("\n") if part)

    def write(self, nodes: Iterable[Inline]) -> str:
        """Nodes as Markdown; soft breaks stay line ends."""
        nodes = tuple(nodes)
        pieces = ["" if type(node) in _MARKS else self.node(node) for node in nodes]
        written = ""
        for index, node in enumerate(nodes):
            match node:
                case Emphasis() | Strong() | Strikethrough():
                    mark, tag = _MARKS[type(node)]
                    following = nodes[index + 1] if index + 1 < len(nodes) else None
                    # A mark that follows begins with its own mark, or with a tag: neither may join this one.
                    after = mark if type(following) in _MARKS else "".join(pieces[index + 1 :])[:1]
                    written += self.emphasised(self.write(node.children), mark, tag, written[-1:], after)
                case InlineCode(value=value) if written.endswith("`"):
                    # Ticks that touch would be read as one run.
                    written += f"<code>{escape_words(value)}</code>"
                case InlineMath() if written.endswith("$"):
                    written += f" {pieces[index]}"
                case _:
                    written = self.joined(written, pieces[index])
        return written

    def emphasised(self, inner: str, mark: str, tag: str, before: str, after: str) -> str:
        """Emphasised text between what stands before and after it."""
        return marked(inner, mark, tag, before, after)

    def joined(self, before: str, after: str) -> str:
        """Two neighbours as one text: a link after an exclamation mark is no picture."""
        if after.startswith("[") and before.endswith("!") and not before.endswith("\\!"):
            before = f"{before[:-1]}\\!"
        return before + after

    def node(self, node: Inline) -> str:
        """One node that needs no neighbours."""
        match node:
            case Text(value=value) | UnknownRole(value=value):
                return escape_words(value)
            case Emphasis() | Strong() | Strikethrough():
                return self.write((node,))
            case Superscript(children=children):
                return f"<sup>{self.write(children)}</sup>"
            case Subscript(children=children):
                return f"<sub>{self.write(children)}</sub>"
            case Styled(children=children, classes=names):
                inner = self.write(children)
                return f"<u>{inner}</u>" if "underline" in names else inner
            case InlineCode(value=value):
                return code_span(value)
            case Keyboard(value=value):
                return f"<kbd>{html_text(value)}</kbd>"
            case Abbreviation(value=value, title=title):
                return f'<abbr title="{html_text(title)}">{html_text(value)}</abbr>'
            case InlineMath(tex=tex):
                return f"${' '.join(tex.split())}$" if tex.strip() else ""
            case SoftBreak():
                return "\n"
            case HardBreak():
                return "\\\n"
            case Link(children=children, url=url, title=title):
                return link(self.write(children), self.url(url), title)
            case InlineImage():
                return self.image(node)
            case RawInline(html=html, files=files):
                return with_files(html, files, self.attribute)
            case Reference():
                return self.reference(node)
            case Citation():
                content = self.facts.citations.get(citation_key(node))
                return self.write(content) if content else escape_words(f"[{', '.join(node.keys)}]")
            case Eval():
                return self.value(node)
            case FootnoteReference(name=name):
                number = self.facts.footnotes.get(name)
                return f"<sup>{number}</sup>" if number else ""
            case IndexMark(children=children):
                return self.write(children)
            case ApiLink():
                return self.api(node)
            case Anchor():
                return ""
            case _:
                assert_never(node)

    def url(self, url: str) -> str:
        """Where a hyperlink leads from here; empty when it would lead nowhere."""
        if url.startswith("#"):
            return self.setting.page_url(self.setting.name, url[1:])
        if url.startswith("page:"):
            name, _, target = url.removeprefix("page:").partition("#")
            return self.setting.page_url(name, target)
        return url

    def picture(self, source: str) -> str:
        """The address of an image."""
        return source if is_external(source) else self.setting.file_url(source)

    def attribute(self, source: str) -> str:
        """The address of a file, for an attribute of HTML."""
        return html_text(self.picture(source))

    def image(self, node: InlineImage) -> str:
        """An image among words."""
        if node.width:
            return html_image(self.picture(node.source), node.alt, node.width)
        return "!" + link(escape_words(node.alt.replace("\n", " ")), self.picture(node.source), node.title)

    def reference(self, node: Reference) -> str:
        """A cross-reference: the author's words, or the number or title of what it leads to."""
        resolved = self.facts.references.get(reference_key(node))
        if resolved is None:
            return self.write(node.children) or escape_words(node.target)
        return link(self.said(node, resolved), self.target(resolved))

    def said(self, node: Reference, resolved: Resolved) -> str:
        """What a reference says."""
        if node.children and node.kind == "numref":
            title = plain(resolved.title) or resolved.name
            return escape_words(fill(plain(node.children), resolved.number, title))
        if node.children:
            return self.write(node.children)
        if node.kind == "term":
            return escape_words(node.target)  # the author's word, which may be a plural or an alias
        by_title = node.kind == "doc" or (
            node.kind in {"ref", "any"} and resolved.kind in {"", "section", "page", "term"}
        )
        if by_title and resolved.title:
            return self.write(resolved.title)
        return escape_words(resolved.name or node.target)

    def target(self, resolved: Resolved) -> str:
        """The address of what a reference leads to."""
        if resolved.page:
            return self.setting.page_url(resolved.page, resolved.id)
        if resolved.kind == "download" and not is_external(resolved.url):
            return self.setting.file_url(resolved.url)
        return resolved.url

    def value(self, node: Eval) -> str:
        """The value of an expression; without a result the expression itself."""
        result = self.setting.result
        value = result.value(node) if result else None
        if value is None or value.error:
            return code_span(node.expression)
        for kind in ("text/markdown", "text/latex"):
            content = value.data.get(kind)
            if isinstance(content, str):
                return content.strip()
        return escape_words(value.text)

    def api(self, node: ApiLink) -> str:
        """A link into another project's documentation."""
        resolved = self.facts.links.get(f"{node.domain}:{node.role}:{node.target}")
        name = resolved.name if resolved and resolved.name else node.target.lstrip("~!").rsplit(".", 1)[-1]
        text = self.write(node.children) or code_span(name)
        return link(text, resolved.url if resolved else "")
