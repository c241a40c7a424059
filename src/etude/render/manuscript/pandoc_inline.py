"""Inline nodes in the Markdown of pandoc, which has marks where GitHub needs HTML."""

from __future__ import annotations

import posixpath
import re
from typing import ClassVar, Literal

from etude.model.book import Resolved
from etude.model.inline import (
    Abbreviation,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    RawInline,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
)
from etude.render.html.address import quoted
from etude.render.manuscript.inline import ManuscriptInline
from etude.render.markdown_inline import is_external
from etude.render.markdown_text import code_span, escape_words, link

__all__ = ["LatexInline", "PandocInline", "WordInline"]

_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|cm|mm|in|em|%|)\s*")
_NOTHING = "<!-- -->"
"""Keeps neighbours apart that would be read as one; nothing is left of it."""


class PandocInline(ManuscriptInline):
    """Writes inline nodes for pandoc."""

    drawings: ClassVar[Literal["pdf", "png"]] = "png"
    """What pictures are turned into that the form cannot show."""
    shows: ClassVar[tuple[str, ...]] = ()
    """Suffixes of what it can show."""

    def node(self, node: Inline) -> str:
        """One node that needs no neighbours."""
        match node:
            case Text(value=value) | UnknownRole(value=value):
                return escape_words(value).replace("^", "\\^").replace("{", "\\{")
            case Superscript(children=children):
                return f"^{_spaced(self.line(children))}^"
            case Subscript(children=children):
                return f"~{_spaced(self.line(children))}~"
            case Keyboard(value=value):
                return code_span(value)
            case Abbreviation(value=value):
                return escape_words(value)
            case RawInline(html=html):
                return "\\\n" if html.lower().startswith("<br") else ""
            case InlineCode(value=value):
                return code_span(value)
            case InlineMath(tex=tex):
                # A closing dollar may have no space before it.
                return f"${' '.join(tex.split())}$" if tex.strip() else ""
            case InlineImage():
                return self.image(node)
            case _:
                return super().node(node)

    def emphasised(self, inner: str, mark: str, tag: str, before: str, after: str) -> str:  # noqa: ARG002 -- as of others
        """Emphasised text; unlike others, pandoc reads its marks between any two characters."""
        text = inner.strip()
        if not text:
            return inner
        sign = mark[0]
        left, right = (_NOTHING if sign in edge else "" for edge in (text[0], text[-1]))
        apart = _NOTHING if before == sign else ""
        space = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return (
            f"{space[0]}{apart}{mark}{left}{text}{right}{mark}{_NOTHING if sign in after else ''}{space[1]}"
        )

    def joined(self, before: str, after: str) -> str:
        """Two neighbours as one text."""
        if before.endswith("$") and after[:1].isdigit():
            return f"{before}{_NOTHING}{after}"
        return super().joined(before, after)

    def image(self, node: InlineImage) -> str:
        """An image among words."""
        return self.drawn(node.source, node.alt, node.width, node.height)

    def drawn(self, source: str, alt: str, width: str, height: str) -> str:
        """An image; one of the web, which nothing is fetched from, is a link."""
        url, words = self.picture(source), escape_words(" ".join(alt.split()))
        if is_external(url):
            return link(words or escape_words(url), url)
        sizes = " ".join(
            f"{name}={found[1]}{found[2] or 'px'}"
            for name, given in (("width", width), ("height", height))
            if (found := _LENGTH.fullmatch(given))
        )
        return f"!{link(words, self.shown(url))}{f'{{{sizes}}}' if sizes else ''}"

    def shown(self, url: str) -> str:
        """The file that takes the place of a picture that the form cannot show."""
        return url if posixpath.splitext(url)[1].lower() in self.shows else f"{url}.{self.drawings}"

    def marked(self, name: str) -> str:
        """The mark of a place."""
        return f"[]{{#{name}}}"


class LatexInline(PandocInline):
    """Writes inline nodes that become LaTeX."""

    drawings: ClassVar[Literal["pdf", "png"]] = "pdf"
    shows: ClassVar[tuple[str, ...]] = (".png", ".jpg", ".jpeg", ".pdf")


class WordInline(PandocInline):
    """Writes inline nodes that become a Word document, which has no files beside it."""

    drawings: ClassVar[Literal["pdf", "png"]] = "png"
    shows: ClassVar[tuple[str, ...]] = (".png", ".jpg", ".jpeg", ".gif")

    def target(self, resolved: Resolved) -> str:
        """The address of what a reference leads to; files are on the website, if there is one."""
        if resolved.kind == "download" and not resolved.page and not is_external(resolved.url):
            return f"{self.site}{quoted(resolved.url.lstrip('/'))}" if self.site else ""
        return super().target(resolved)


def _spaced(text: str) -> str:
    return text.replace(" ", "\\ ")
