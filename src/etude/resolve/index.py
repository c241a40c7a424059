"""Page -> PageIndex: what numbering and the other pages need to know of a page.

It is kept per page and decoded at every build, so it holds no more than it must.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.msgpack import Encoder
from msgspec.structs import replace

from etude.model.page import Page
from etude.model.span import NOWHERE
from etude.resolve._notes import number_notes
from etude.resolve._walk import Walk
from etude.resolve.entries import CitationUse, GlueUse, LinkUse, PageIndex, ReferenceUse
from etude.resolve.plain import pack

__all__ = ["PageIndex", "essence", "index_page"]

_ENCODE = Encoder().encode


def index_page(page: Page, library: str = "", modules: Mapping[str, str] | None = None) -> PageIndex:
    """The index of a page; what is wrong with its footnotes is among its `diagnostics`.

    `library` is the name of the package that saved cells go to, `modules` are `Config.library_modules`.
    """
    walk = Walk(library, modules or {}, page.front.variants)
    walk.blocks(page.blocks)
    names, problems = number_notes(walk, page.path, page.sources)
    return PageIndex(
        path=page.path,
        name=page.name,
        language=page.language,
        title=pack(page.title),
        label=page.front.label,
        short_title=page.front.short_title,
        numbered=page.front.numbered,
        sources=page.sources if len(page.sources) > 1 else (),
        anchors=tuple(walk.anchors),
        references=tuple(
            ReferenceUse(kind, target, bare, tuple(spans))
            for (kind, target, bare), spans in walk.references.items()
        ),
        citations=tuple(CitationUse(*key, tuple(spans)) for key, spans in walk.citations.items()),
        glued=tuple(GlueUse(*key, tuple(spans)) for key, spans in walk.glued.items()),
        links=tuple(LinkUse(*key, tuple(spans)) for key, spans in walk.links.items()),
        terms=tuple(walk.terms),
        footnotes=names,
        marks=tuple(walk.marks),
        savings=tuple(walk.savings),
        imports=tuple(walk.imports),
        bibliography=walk.bibliography,
        print_index=walk.print_index,
        contents=walk.contents,
        run_table=walk.run_table,
        coded=walk.coded,
        aliases=page.front.aliases,
        description=page.front.description,
        pictured=bool(page.front.image),
        short=page.front.short,
        dates=(page.front.date, page.front.updated),
        diagnostics=problems,
    )


def essence(index: PageIndex) -> bytes:
    """What of an index can change any facts: all but places and problems.

    While it stays as it was, so do the facts of all pages.
    """
    return _ENCODE(
        replace(
            index,
            anchors=tuple(replace(row, span=NOWHERE) for row in index.anchors),
            references=tuple(replace(row, spans=()) for row in index.references),
            citations=tuple(replace(row, spans=()) for row in index.citations),
            links=tuple(replace(row, spans=()) for row in index.links),
            glued=(),
            terms=tuple(replace(row, span=NOWHERE) for row in index.terms),
            sources=(),
            aliases=(),
            description="",
            pictured=False,
            short=None,
            dates=("", ""),
            diagnostics=(),
        )
    )
