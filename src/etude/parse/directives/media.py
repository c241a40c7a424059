"""Pictures and what moves: `figure`, `image`, `iframe`, `video`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from etude.model.block import BlockNode, Embed, Figure, Image, Paragraph
from etude.model.inline import HardBreak, Inline, InlineImage, SoftBreak
from etude.model.rules import Rule
from etude.parse import links, values
from etude.parse.addresses import is_external
from etude.parse.directives.call import COMMON, Call, Convert, Directive

PICTURE: dict[str, Convert] = {
    **COMMON,
    "alt": values.text,
    "width": values.length,
    "height": values.length,
    "align": values.align,
    "scale": values.text,
    "target": values.text,
    "loading": values.text,
    "title": values.text,
}

FIGURE: dict[str, Convert] = {
    **PICTURE,
    "figclass": values.classes,
    "figwidth": values.length,
    "numbered": values.truth,
    "enumerated": values.truth,
    "caption": values.text,
    "placeholder": values.text,
    **dict.fromkeys(
        (
            "figclasses",
            "layout-sm",
            "layout-lg",
            "layout-xl",
            "layout-xxl",
            "gap",
            "subcaptions",
            "class-grid",
            "class-area",
            "subfigure-grid",
            "no-subfigures",
            "kind",
        ),
        values.text,
    ),
}


EMBED: dict[str, Convert] = {
    **COMMON,
    "alt": values.text,
    "width": values.length,
    "height": values.length,
    "align": values.align,
    "poster": values.text,
    "title": values.text,
    "caption": values.text,
}


def _width(call: Call) -> str:
    scale = str(call.option("scale", "")).rstrip("% ")
    return call.option("width") or (f"{scale}%" if scale.replace(".", "", 1).isdecimal() else "")


def _target(call: Call) -> str:
    """Where a click on the picture leads: an address that leads out, or as it is written."""
    target = str(call.option("target", ""))
    return links.safe(call.context, target, call.opener) if target else ""


def _figure(call: Call) -> Sequence[BlockNode]:
    source = call.argument
    if call.name == "subfigure":  # its argument is the layout, its pictures are in the body
        source, call.argument = "", call.argument or "1"
    elif call.name == "figure-md":  # its argument is the label, its picture is in the body
        call.labels += tuple(source.split()[:1])
        source = ""
    elif source and not source.startswith("#"):
        source = links.image(call.context, source, call.opener)
    return (_captioned(call, source),)


def _only_pictures(nodes: Sequence[Inline]) -> bool:
    return all(isinstance(node, InlineImage | SoftBreak | HardBreak) for node in nodes)


def _pictures(nodes: Sequence[Inline]) -> Iterator[Image]:
    """Pictures of one paragraph, each on its own."""
    for node in nodes:
        if isinstance(node, InlineImage):
            yield Image(
                node.span, "", (), node.source, node.alt, node.width, node.height, node.align, node.title,
                node.classes,
            )  # fmt: skip


def _captioned(call: Call, source: str) -> Figure:
    blocks = call.blocks()
    content: tuple[BlockNode, ...] = ()
    if not source:
        first = next((i for i, b in enumerate(blocks) if isinstance(b, Paragraph)), len(blocks))
        content, blocks = blocks[:first], blocks[first:]
        if not content and not call.argument:
            hints = ("write the file's path after the directive's name",)
            call.report(Rule.DIRECTIVE_ARGUMENT, f"`{call.name}` names no picture", hints)
    while not source and blocks and isinstance(blocks[0], Paragraph) and _only_pictures(blocks[0].children):
        content = (*content, *_pictures(blocks[0].children))
        blocks = blocks[1:]
    caption: tuple[Inline, ...] = ()
    if blocks and isinstance(blocks[0], Paragraph):
        caption, blocks = blocks[0].children, blocks[1:]
    elif call.option("caption"):
        caption = call.option_inline("caption")
    numbered = call.flag_option("numbered", default=True) and call.flag_option("enumerated", default=True)
    return Figure(
        call.span,
        call.identity("figure"),
        call.names(),
        source,
        call.option("alt", ""),
        caption,
        blocks,
        content,
        call.option("figwidth") or _width(call),
        call.option("height", ""),
        call.option("align", ""),
        numbered and bool(caption or call.names()),
        call.option("figclass", ()) + call.option("class", ()),
        _target(call),
    )


def _image(call: Call) -> Sequence[BlockNode]:
    if not call.argument:
        return ()
    return (
        Image(
            call.span,
            call.identity(),
            call.names(),
            links.image(call.context, call.argument, call.opener),
            call.option("alt", ""),
            _width(call),
            call.option("height", ""),
            call.option("align", ""),
            call.option("title", ""),
            call.option("class", ()),
            _target(call),
        ),
    )


def _embed(call: Call) -> Sequence[BlockNode]:
    if not call.argument:
        return ()
    if is_external(call.argument):
        source = links.safe(call.context, call.argument, call.opener)
    else:
        found = call.context.locate(unquote(call.argument), call.opener, what="the file")
        source = call.context.use(found) if found else call.argument
    poster = call.option("poster", "")
    if poster:
        poster = links.image(call.context, poster, call.opener)
    blocks = call.blocks()
    caption = call.option_inline("caption")
    if blocks and isinstance(blocks[0], Paragraph):
        caption, blocks = blocks[0].children, blocks[1:]
    if blocks:
        message = f"`{call.name}` takes one paragraph, its caption; what follows is ignored"
        call.report(Rule.DIRECTIVE_BODY, message, span=blocks[0].span)
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
    "image": Directive(
        _image,
        "A picture without caption or number.",
        "required",
        PICTURE,
        "none",
        argument_hint="write the picture's path after it, as in `{image} img/curve.png`",
    ),
    "iframe": Directive(
        _embed,
        "A page within the page.",
        "required",
        EMBED,
        argument_hint="write its address after it, as in `{iframe} https://example.org/`",
    ),
    "video": Directive(
        _embed,
        "A film.",
        "required",
        EMBED,
        argument_hint="write the film's path or address after it, as in `{video} img/dice.mp4`",
    ),
}
for _alias in ("figure-md", "subfigure"):
    DIRECTIVES[_alias] = DIRECTIVES["figure"]
