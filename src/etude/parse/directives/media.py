"""Pictures and what moves: `figure`, `image`, `iframe`, `video`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from etude.model.block import BlockNode, Embed, Figure, Image, Paragraph
from etude.model.inline import Inline
from etude.model.rules import Rule
from etude.parse import links, values
from etude.parse.context import is_external
from etude.parse.directives.call import COMMON, Call, Convert, Directive, align, classes, length

PICTURE: dict[str, Convert] = {
    **COMMON,
    "alt": values.text,
    "width": length,
    "height": length,
    "align": align,
    "scale": values.text,
    "target": values.text,
    "loading": values.text,
    "title": values.text,
}

FIGURE: dict[str, Convert] = {
    **PICTURE,
    "figclass": classes,
    "figwidth": length,
    "numbered": values.truth,
    "enumerated": values.truth,
    "caption": values.text,
    "placeholder": values.text,
}


def _source(call: Call) -> str:
    address = call.argument
    if not address:
        return ""
    if address.startswith("#"):
        return address
    return links.image(call.context, address, call.opener)


def _width(call: Call) -> str:
    scale = str(call.option("scale", "")).rstrip("% ")
    return call.option("width") or (f"{scale}%" if scale.replace(".", "").isdigit() else "")


def _figure(call: Call) -> Sequence[BlockNode]:
    source = _source(call)
    blocks = call.blocks()
    content: tuple[BlockNode, ...] = ()
    if not source:
        first = next((i for i, b in enumerate(blocks) if isinstance(b, Paragraph)), len(blocks))
        content, blocks = blocks[:first], blocks[first:]
        if not content:
            call.report(
                Rule.DIRECTIVE_ARGUMENT,
                "`figure` names no picture",
                ("write the file's path after `{figure}`",),
            )
    caption: tuple[Inline, ...] = ()
    legend = blocks
    if blocks and isinstance(blocks[0], Paragraph):
        caption, legend = blocks[0].children, blocks[1:]
    elif call.option("caption"):
        caption = call.option_inline("caption")
    numbered = call.option("numbered", call.option("enumerated", True))
    return (
        Figure(
            call.span,
            call.identity("figure"),
            call.names(),
            source,
            call.option("alt", ""),
            caption,
            legend,
            content,
            call.option("figwidth") or _width(call),
            call.option("height", ""),
            call.option("align", ""),
            bool(numbered) and bool(caption or call.names()),
            call.option("figclass", ()) + call.option("class", ()),
            call.option("target", ""),
        ),
    )


def _image(call: Call) -> Sequence[BlockNode]:
    return (
        Image(
            call.span,
            call.identity(),
            call.names(),
            _source(call),
            call.option("alt", ""),
            _width(call),
            call.option("height", ""),
            call.option("align", ""),
            call.option("title", ""),
            call.option("class", ()),
            call.option("target", ""),
        ),
    )


EMBED: dict[str, Convert] = {
    **COMMON,
    "alt": values.text,
    "width": length,
    "height": length,
    "align": align,
    "poster": values.text,
    "title": values.text,
    "caption": values.text,
}


def _embed(call: Call) -> Sequence[BlockNode]:
    source = call.argument
    if source and not is_external(source):
        found = call.context.locate(unquote(source), call.opener, what="the file")
        source = call.context.use(found) if found else source
    poster = call.option("poster", "")
    if poster:
        poster = links.image(call.context, poster, call.opener)
    blocks = call.blocks()
    caption = (
        blocks[0].children if blocks and isinstance(blocks[0], Paragraph) else call.option_inline("caption")
    )
    return (
        Embed(
            call.span,
            call.identity(),
            call.names(),
            "video" if call.name == "video" else "iframe",
            source,
            caption,
            call.option("alt") or call.option("title", ""),
            call.option("width", ""),
            call.option("height", ""),
            poster,
        ),
    )


DIRECTIVES: dict[str, Directive] = {
    "figure": Directive(
        _figure,
        "A picture with a caption and a number, or the output of a cell (`#label`).",
        "optional",
        FIGURE,
    ),
    "image": Directive(_image, "A picture without caption or number.", "required", PICTURE, "none"),
    "iframe": Directive(_embed, "A page within the page.", "required", EMBED),
    "video": Directive(_embed, "A film.", "required", EMBED),
}
