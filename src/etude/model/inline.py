"""Inline nodes of the document: what stands within a line of prose."""

from __future__ import annotations

from typing import Literal, TypeAlias, Union

from msgspec import Struct

from etude.model.span import Span

CitationKind: TypeAlias = Literal["p", "t", "year", "author", "title", "alp", "empty"]


class Node(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Anything of a document; `span` covers exactly the source that made it."""

    span: Span


class Text(Node, frozen=True, array_like=True, tag=True, gc=False):
    """Words; escapes and entities are already replaced."""

    value: str


class Emphasis(Node, frozen=True, array_like=True, tag=True, gc=False):
    """``*…*``."""

    children: tuple[Inline, ...]


class Strong(Node, frozen=True, array_like=True, tag=True, gc=False):
    """``**…**``."""

    children: tuple[Inline, ...]


class Strikethrough(Node, frozen=True, array_like=True, tag=True, gc=False):
    """``~~…~~``."""

    children: tuple[Inline, ...]


class Superscript(Node, frozen=True, array_like=True, tag=True, gc=False):
    """The `sup` role."""

    children: tuple[Inline, ...]


class Subscript(Node, frozen=True, array_like=True, tag=True, gc=False):
    """The `sub` role."""

    children: tuple[Inline, ...]


class Styled(Node, frozen=True, array_like=True, tag=True, gc=False):
    """Words with looks of their own: a badge, a button, small capitals, or a class of the author's."""

    children: tuple[Inline, ...]
    classes: tuple[str, ...]


class InlineCode(Node, frozen=True, array_like=True, tag=True, gc=False):
    """Code within a line."""

    value: str
    language: str = ""


class Keyboard(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A key to press (the `kbd` role)."""

    value: str


class Abbreviation(Node, frozen=True, array_like=True, tag=True, gc=False):
    """The `abbr` role: a short form with its long form."""

    value: str
    title: str


class InlineMath(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A formula within a line, as LaTeX."""

    tex: str


class SoftBreak(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A line end in the source that prints as a space.

    A line end between two Han characters makes no node at all.
    """


class HardBreak(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A line end that is kept."""


class Link(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A hyperlink with a URL (other things are `Reference`)."""

    children: tuple[Inline, ...]
    url: str
    title: str = ""


class InlineImage(Node, frozen=True, array_like=True, tag=True, gc=False):
    """``![alt](src)`` among words."""

    source: str
    """A URL, or the file's path relative to the book's root."""
    alt: str
    title: str = ""
    width: str = ""
    height: str = ""
    align: Literal["", "left", "center", "right"] = ""
    classes: tuple[str, ...] = ()


class RawInline(Node, frozen=True, array_like=True, tag=True, gc=False):
    """Raw HTML within a line; already sanitised unless the book is trusted."""

    html: str
    files: tuple[str, ...] = ()
    """As for `RawHtml`."""


class Reference(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A cross-reference within the book, to be resolved.

    `resolve` answers it under the key `reference_key(node)`.
    """

    kind: Literal["ref", "numref", "eq", "doc", "term", "any", "download"]
    target: str
    """A label; for `doc` and `download` a path relative to the book's root
    (`doc`: without language and suffix); for `term` the term as written."""
    children: tuple[Inline, ...] = ()
    """The author's own text; for `numref` a template with ``%s``, ``{number}``, ``{name}``."""


class Citation(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A cluster of citations."""

    kind: CitationKind
    """In parentheses; in the text; the year, the authors or the title alone; as `p` without parentheses;
    not at all, so that the work is listed and that is all."""
    keys: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""


class Eval(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A value from the kernel."""

    expression: str
    """What may stand between the braces of an f-string: an expression, and maybe a format."""
    after: int
    """How many code cells of the page stand before it."""


class Glue(Eval, frozen=True, array_like=True, tag=True, gc=False):
    """A value that a cell of any page has given a name; `expression` is the name, `after` means nothing."""

    page: str = ""
    """Name of the page whose cells gave it; empty for the same page."""
    form: str = ""
    """How to write a number, in the language of Python's `format`."""


class FootnoteReference(Node, frozen=True, array_like=True, tag=True, gc=False):
    """``[^name]``."""

    name: str


class IndexEntry(Struct, frozen=True, array_like=True, gc=False):
    """One entry for the index at the back."""

    path: tuple[str, ...]
    """The entry and its sub-entries, outermost first."""
    kind: Literal["single", "see", "seealso"] = "single"
    see: str = ""
    main: bool = False
    """The place where the thing is defined."""


class IndexMark(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A place that the index leads to, with the words that stand there (maybe none)."""

    id: str
    entries: tuple[IndexEntry, ...]
    children: tuple[Inline, ...] = ()


class ApiLink(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A link into another project's inventory (``{py:class}`torch.Tensor` ``)."""

    domain: str
    role: str
    target: str
    children: tuple[Inline, ...] = ()


class Anchor(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A named place within a line."""

    id: str
    label: str


class UnknownRole(Node, frozen=True, array_like=True, tag=True, gc=False):
    """A role that is not known: its text is kept, a diagnostic was made."""

    name: str
    value: str


Inline: TypeAlias = Union[  # noqa: UP007 -- a string union cannot be evaluated by msgspec lazily
    Text,
    Emphasis,
    Strong,
    Strikethrough,
    Superscript,
    Subscript,
    Styled,
    InlineCode,
    Keyboard,
    Abbreviation,
    InlineMath,
    SoftBreak,
    HardBreak,
    Link,
    InlineImage,
    RawInline,
    Reference,
    Citation,
    Eval,
    Glue,
    FootnoteReference,
    IndexMark,
    ApiLink,
    Anchor,
    UnknownRole,
]


def reference_key(node: Reference) -> str:
    """The key under which `PageFacts.references` answers a reference."""
    return f"{node.kind}:{node.target}"


def citation_key(node: Citation) -> str:
    """The key under which `PageFacts.citations` answers a citation."""
    return "\x1f".join((node.kind, node.prefix, node.suffix, *node.keys))
