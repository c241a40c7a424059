"""Directives of Sphinx, docutils and mystmd that have a plain form here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.block import (
    Bibliography,
    BlockNode,
    CodeBlock,
    Comment,
    Container,
    Embed,
    Figure,
    List,
    ListItem,
    Paragraph,
    UnknownDirective,
)
from etude.model.inline import Emphasis, Inline, Reference, Strong, Text
from etude.model.rules import Rule, Severity
from etude.parse import links, values
from etude.parse.addresses import Address
from etude.parse.directives.call import COMMON, LABEL, Call, Convert, Directive
from etude.parse.lines import Places
from etude.parse.plain import plain

__all__ = ["DIRECTIVES"]

_ENTRY = re.compile(r"(.*?)[ \t]*<([^<>]+)>[ \t]*").fullmatch
_CHANGES = {
    "versionadded": ("Added in version {}", "{} 版新增"),
    "versionchanged": ("Changed in version {}", "{} 版更改"),
    "deprecated": ("Deprecated since version {}", "{} 版起不再建议使用"),
    "versionremoved": ("Removed in version {}", "{} 版移除"),
}


def _change(call: Call) -> Sequence[BlockNode]:
    """Since which version something holds."""
    version, _, rest = call.argument.strip().partition(" ")
    chinese = call.context.language.startswith("zh")
    said = _CHANGES[call.name][chinese].format(version)
    words = call.context.parse_inline(
        rest, Places(call.argument_at + len(call.argument) - len(rest), call.span.source)
    )
    blocks = call.blocks()
    if not words and blocks and isinstance(blocks[0], Paragraph):
        words, blocks = blocks[0].children, blocks[1:]
    colon, stop = ("：", "。") if chinese else (": ", ".")
    head: tuple[Inline, ...] = (Emphasis(call.opener, (Text(call.opener, said),)),)
    head += (Text(call.opener, colon), *words) if words else (Text(call.opener, stop),)
    line = Paragraph(call.span, children=head)
    return (Container(call.span, call.identity(), call.names(), (line, *blocks), ("version",)),)


def _nothing(call: Call) -> Sequence[BlockNode]:
    return (Comment(call.span, value=call.body.text),)


def _only(call: Call) -> Sequence[BlockNode]:
    """Content for some outputs: what is for HTML is for all of ours."""
    words = call.argument.split()
    if (
        call.name == "only"
        and ("html" not in words or words[:2] == ["not", "html"])
        and "not" not in words[:1]
    ):
        return _nothing(call)
    if words[:2] == ["not", "html"]:
        return _nothing(call)
    return (Container(call.span, call.identity(), call.names(), call.blocks()),)


def _rubric(call: Call) -> Sequence[BlockNode]:
    title = call.argument_inline()
    line = Paragraph(call.opener, call.identity(), call.names(), (Strong(call.argument_span, title),))
    made: tuple[BlockNode, ...] = (line,) if title else ()
    if call.name == "centered":
        return (Container(call.span, children=made, classes=("center",)),)
    return (*made, *call.blocks())


def _inside(call: Call) -> Sequence[BlockNode]:
    return (Container(call.span, call.identity(), call.names(), call.blocks(), call.option("class", ())),)


def _listing(call: Call) -> Sequence[BlockNode]:
    text = call.body.trimmed().text
    if call.name == "parsed-literal":
        lines = zip(call.body.lines, call.body.offsets, strict=True)
        said = (plain(call.context.parse_inline(line, Places(at, call.span.source))) for line, at in lines)
        text = "\n".join(said).strip("\n")
    return (CodeBlock(call.span, call.identity(), call.names(), "", text),)


def _demo(call: Call) -> Sequence[BlockNode]:
    """Markdown, and what becomes of it."""
    source = CodeBlock(call.opener, language="markdown", code=call.body.trimmed().text)
    return (Container(call.span, call.identity(), call.names(), (source, *call.blocks())),)


def _diagram(call: Call) -> Sequence[BlockNode]:
    """A drawing in a language of its own, which is kept as it is written."""
    call.report(
        Rule.UNKNOWN_DIRECTIVE,
        f"a drawing in the language of `{call.name}` is not drawn; its source is shown",
        ("draw it once, put the picture into the book, and use `figure`",),
        severity=Severity.INFO,
    )
    caption = call.option_inline("caption") or call.option_inline("title")
    language = {"digraph": "dot", "graph": "dot", "graphviz": "dot", "uml": "plantuml"}.get(
        call.name, call.name
    )
    identity = call.identity("listing" if caption else "")
    code = call.body.trimmed().text
    return (CodeBlock(call.span, identity, call.names(), language, code, caption, bool(caption)),)


def _film(call: Call) -> Sequence[BlockNode]:
    """A film of a platform, by its number there."""
    number = call.argument.strip()
    hosts = {"youtube": "https://www.youtube-nocookie.com/embed/", "vimeo": "https://player.vimeo.com/video/"}
    source = number if "://" in number else hosts[call.name] + number
    blocks = call.blocks()
    caption = blocks[0].children if blocks and isinstance(blocks[0], Paragraph) else ()
    return (
        Embed(
            call.span, call.identity(), call.names(), "iframe", source, caption, call.option("alt", ""),
            call.option("width", ""), call.option("height", ""),
        ),
    )  # fmt: skip


def _embed(call: Call) -> Sequence[BlockNode]:
    """What stands elsewhere, once more: outputs of a cell of this page; otherwise a link there."""
    target = call.argument.strip().removeprefix("#")
    if any(target in cell.labels for cell in call.context.cells):
        return (Figure(call.span, call.identity(), call.names(), f"#{target}", numbered=False),)
    node = Reference(call.span, "any", target)
    return (Paragraph(call.span, call.identity(), call.names(), (node,)),) if target else ()


def _notes(call: Call) -> Sequence[BlockNode]:
    return (Bibliography(call.span, call.context.identify("bibliography"), call.names(), "page"),)


def _widget(call: Call) -> Sequence[BlockNode]:
    call.report(
        Rule.UNKNOWN_DIRECTIVE,
        f"`{call.name}` needs a program in the reader's browser; it is left out",
        ("show a picture of it, or a page of its own with `iframe`",),
    )
    children = (CodeBlock(call.span, language="json", code=call.body.trimmed().text),)
    shown = children if not call.body.blank else ()
    return (UnknownDirective(call.span, call.identity(), call.names(), call.name, call.argument, shown),)


def _toctree(call: Call) -> Sequence[BlockNode]:
    """The pages that it names, as a list; the contents of the book are told elsewhere."""
    items: list[ListItem] = []
    for line, at in zip(call.body.lines, call.body.offsets, strict=True):
        entry = line.strip()
        if not entry or "*" in entry or entry == "self" or "hidden" in call.options:
            continue
        match = _ENTRY(entry)
        words, target = (match[1].strip(), match[2]) if match is not None else ("", entry)
        span = Places(at, call.span.source).span(len(line) - len(line.lstrip()), len(line.rstrip()))
        said = (Text(span, words),) if words else ()
        path = call.context.resolve(target, span) if "://" not in target else None
        node: Inline
        if path is not None:
            node = Reference(span, "doc", call.context.page_name(path), said)
        else:
            node = links.link(call.context, Address(target), said or (Text(span, target),), span)
        items.append(ListItem(span, children=(Paragraph(span, children=(node,)),)))
    if not items:
        return (Comment(call.span, value=call.body.text),)
    return (List(call.span, call.identity(), call.names(), tuple(items)),)


def _texts(*names: str) -> dict[str, Convert]:
    return dict.fromkeys(names, values.text)


TOCTREE: dict[str, Convert] = {
    **LABEL, "hidden": values.text,
    **_texts("maxdepth", "caption", "glob", "numbered", "titlesonly", "includehidden", "reversed", "class"),
}  # fmt: skip
DRAWING: dict[str, Convert] = {
    **COMMON, "caption": values.text, "title": values.text,
    **_texts("align", "alt", "zoom", "layout", "graphviz-dot", "config", "height", "width"),
}  # fmt: skip
FILM: dict[str, Convert] = {
    **COMMON, "alt": values.text, "width": values.length, "height": values.length,
    **_texts("align", "aspect", "privacy-mode", "url-parameters"),
}  # fmt: skip
SILENT: dict[str, Convert] = {
    **COMMON,
    **_texts("noindex", "synopsis", "platform", "description", "keywords", "linenothreshold", "force"),
}
COLUMNS: dict[str, Convert] = {**COMMON, "columns": values.text}
EMBED: dict[str, Convert] = {**COMMON, **_texts("remove-input", "remove-output")}
WIDGET: dict[str, Convert] = {**COMMON, **_texts("css", "static", "styles")}

_DRAWING = Directive(
    _diagram, "A drawing in a language of its own: its source is shown.", "optional", DRAWING
)
_SILENT = Directive(_nothing, "Accepted, and prints nothing.", "optional", SILENT)
_FILM = Directive(
    _film,
    "A film of a platform, by its number there.",
    "required",
    FILM,
    argument_hint="write its number after it",
)
_CHANGE = Directive(
    _change,
    "Since which version something holds.",
    "required",
    COMMON,
    argument_hint="write the version after it, as in `{versionadded} 1.2`",
)
DIRECTIVES: dict[str, Directive] = {
    **dict.fromkeys(_CHANGES, _CHANGE),
    "only": Directive(
        _only, "Content for some outputs: what is meant for HTML is shown.", "optional", COMMON
    ),
    "rubric": Directive(
        _rubric, "A heading that is in no contents.", "optional", {**COMMON, "heading-level": values.text}
    ),
    "hlist": Directive(_inside, "A list, in one column here.", "none", COLUMNS, "required"),
    "parsed-literal": Directive(_listing, "Text that keeps its lines.", "optional", COMMON),
    "myst": Directive(_demo, "Markdown, and what becomes of it.", "optional", COMMON, "required"),
    "embed": Directive(
        _embed,
        "The outputs of a cell once more, or a link to what has the label.",
        "required",
        EMBED,
        "none",
        argument_hint="write a label after it, as in `{embed} #fig-one`",
    ),
    "footbibliography": Directive(_notes, "The works that the page cites.", "none", COMMON, "none"),
    "toctree": Directive(
        _toctree, "A list of pages; the contents of the book are in `etude.toml`.", "optional", TOCTREE
    ),
    "anywidget": Directive(_widget, "Not used: a widget of others.", "optional", WIDGET),
    "youtube": _FILM,
    "vimeo": _FILM,
    **dict.fromkeys(
        ("mermaid", "graphviz", "digraph", "graph", "plantuml", "uml", "blockdiag", "seqdiag", "actdiag",
         "nwdiag", "tikz"), _DRAWING,
    ),
    **dict.fromkeys(
        ("todo", "todolist", "highlight", "tabularcolumns", "sectionauthor", "codeauthor", "moduleauthor",
         "currentmodule", "module", "default-role", "role", "meta", "class", "rst-class", "thebe-button",
         "thebe-launch", "thebe-init"), _SILENT,
    ),
}  # fmt: skip
for _alias, _name in (
    ("ifconfig", "only"), ("centered", "rubric"), ("acks", "hlist"), ("productionlist", "parsed-literal"),
    ("any:bundle", "anywidget"),
):  # fmt: skip
    DIRECTIVES[_alias] = DIRECTIVES[_name]
