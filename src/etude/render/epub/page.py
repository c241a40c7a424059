"""A page of an e-book: document, facts and results in; XHTML and the pictures that cells made out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from etude.model.block import (
    Bibliography,
    BlockNode,
    DefinitionList,
    Heading,
    PrintIndex,
)
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.epub.block import answers, blocks, footnotes
from etude.render.epub.context import BookContext, BookSite, page_place
from etude.render.epub.edition import in_variant, still
from etude.render.epub.media import problems, unnamed
from etude.render.epub.names import element_id
from etude.render.epub.part import Folio, Part, entry
from etude.render.epub.svg import clean_svg
from etude.render.epub.xhtml import Finish, legal
from etude.render.gathered import split_title, walk
from etude.render.html.begun import page_context
from etude.render.html.escape import attribute, text
from etude.render.html.inline import inlines
from etude.render.html.sections import said_title, sections
from etude.render.html.tags import tag
from etude.render.said import said

__all__ = ["document", "render_page"]

_INSIDE = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "div"))
"""Elements that the mark of a printed page can stand in, at their beginning; before others it stands."""
_ROLES = {
    "chapter": "chapter",
    "glossary": "glossary",
    "bibliography": "bibliography",
    "index": "index",
    "preface": "preface",
}


def render_page(
    page: Page,
    facts: PageFacts,
    results: Mapping[str, RunResult],
    site: BookSite,
    variant: str = "",
    folios: Sequence[Folio] = (),
) -> Part:
    """Render one page; in one variant, or with an empty name in all that there are.

    Depends on nothing but its arguments and the theme: equal ones give equal bytes.
    """
    if variant:
        page = in_variant(page, variant)
        results = {name: run for name, run in results.items() if name in (variant, "")}
    results = still(results, _notice(site, page))
    ctx = page_context(page, facts, results, site, BookContext, blocks)
    assert isinstance(ctx, BookContext)
    ctx.root, ctx.here, ctx.flow = "../", "", False
    if variant:
        ctx.variants = ctx.scope = tuple(name for name in ctx.variants if name == variant)
    title, body = split_title(page)
    finish = Finish(
        pages=site.pages,
        shown=frozenset(f"../{file}" for file in site.media.values()),
        elsewhere=site.book_words.elsewhere,
    )
    kind = _kind(ctx, body)
    content = _article(ctx, title, body, kind)
    kept: dict[str, bytes] = {}
    for path, data in ctx.files.items():
        svg = clean_svg(data) if path.endswith(".svg") else data
        if svg is not None:
            kept[path] = svg
            finish.files[f"../{path}"] = svg

    def keep(data: bytes, suffix: str) -> str:
        made = clean_svg(data) if suffix == "svg" else data
        if made is None:
            return ""
        path = f"_static/outputs/{hashlib.sha256(made).hexdigest()[:20]}.{suffix}"
        kept[path] = made
        finish.files[f"../{path}"] = made
        return f"../{path}"

    markup = finish.page(content, keep, foreign=ctx.foreign)
    marked, printed = _marked(markup, folios, site, finish.ids)
    whole = document(marked, title=_title(ctx), language=page.language, kind=kind, root="../")
    files = tuple(sorted(kept))
    return Part(
        page=page.name,
        title=_title(ctx),
        kind=kind,
        ids=tuple(finish.ids),
        links=tuple(finish.links),
        headings=tuple(_headings(ctx, body, finish.ids)),
        folios=printed,
        files=files,
        formulas="<math " in marked,
        pictures=marked.count("<img "),
        unnamed=unnamed(page),
        diagnostics=tuple(problems(page, site)),
        entries=(entry(page_place(page.name), whole), *(entry(path, kept[path]) for path in files)),
    )


def document(content: str, *, title: str, language: str, kind: str, root: str, scope: str = "") -> bytes:
    """A whole XHTML document; `root` leads from it to the folder of the publication."""
    name = attribute(tag(language))
    matter = scope or ("backmatter" if kind in ("glossary", "bibliography", "index") else "bodymatter")
    script = "zh" if language.lower().startswith("zh") else "en"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' lang="{name}" xml:lang="{name}">\n<head>\n<meta charset="utf-8"/>\n'
        f"<title>{text(legal(title)) or '…'}</title>\n"
        f'<link rel="stylesheet" type="text/css" href="{root}book.css"/>\n</head>\n'
        f'<body class="{script}" epub:type="{matter}">\n{content}</body>\n</html>\n'
    ).encode()


def _notice(site: BookSite, page: Page) -> str:
    """What stands for an output that needs a script."""
    words, url = site.book_words, site.absolute(page.name)
    way = f' <a href="{attribute(url)}">{text(words.website)}</a>' if url else ""
    return f'<p class="absent">{text(words.interactive)}{way}</p>'


def _kind(ctx: BookContext, body: Sequence[BlockNode]) -> str:
    """What a page is, by what it holds and where it stands."""
    if ctx.page.name == ctx.site.home:
        return "preface"
    for node in walk(body):
        match node:
            case Bibliography(scope="book"):
                return "bibliography"
            case PrintIndex():
                return "index"
            case DefinitionList(glossary=True):
                return "glossary" if not ctx.facts.number else "chapter"
            case _:
                pass
    chapters = {page.name for part in ctx.site.navigation.parts for page in part.pages}
    return "chapter" if ctx.page.name in chapters else ""


def _title(ctx: BookContext) -> str:
    words = said(ctx.page.title, ctx.facts)
    if ctx.page.name == ctx.site.home:
        named = ctx.page.front.title or split_title(ctx.page)[0] is not None
        own = named and words not in ("", ctx.site.config.title.get(ctx.page.language))
        return words if own else _about(ctx)
    return f"{ctx.facts.label} {words}".strip()


def _about(ctx: BookContext) -> str:
    assert isinstance(ctx.site, BookSite)
    return ctx.site.book_words.about


def _article(ctx: BookContext, title: Heading | None, body: Sequence[BlockNode], kind: str) -> str:
    facts, front = ctx.facts, ctx.page.front
    words = inlines(ctx, title.children if title is not None else ctx.page.title)
    if ctx.page.name == ctx.site.home and _title(ctx) == _about(ctx):
        words = text(_about(ctx))
    inline_number = bool(facts.number) and facts.label == facts.number
    if inline_number:
        words = f'<span class="number">{text(facts.number)}</span> {words}'
    elif facts.label:
        words = f'<span class="eyebrow">{text(facts.label)}</span> {words}'
    own = (title.id if title is not None else "") or "_title"
    also = ctx.anchors(title.id) if title is not None else ""
    subtitle = f'<p class="subtitle">{text(front.subtitle)}</p>' if front.subtitle else ""
    authors = ctx.site.words.separator.join(front.authors)
    byline = f'<p class="byline">{text(authors)}</p>' if authors else ""
    content = blocks(ctx, body)
    role = f' role="doc-{_ROLES[kind]}"' if kind in _ROLES else ""
    name = element_id(own)
    return (
        f'<section class="page"{role} aria-labelledby="{attribute(name)}">\n<header>{also}'
        f'<h1 id="{attribute(own)}">{words}</h1>{subtitle}{byline}</header>\n'
        f"{content}{answers(ctx)}{footnotes(ctx)}</section>\n"
    )


def _headings(
    ctx: BookContext, body: Sequence[BlockNode], ids: Mapping[str, None]
) -> Sequence[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    for node in sections(body):
        own = element_id(node.id) if node.id else ""
        if own not in ids:
            continue
        number = ctx.facts.numbers.get(node.id)
        words = said(said_title(ctx, node.children), ctx.facts)
        shown = f"{number.number if number is not None else ''} {words}".strip()
        if shown:
            found.append((max(2, node.level), own, legal(shown)))
    return found


def _element(markup: str, block: str) -> re.Match[str] | None:
    """The tag that a block begins with."""
    name = re.escape(attribute(element_id(block)))
    return re.search(rf'<([a-z][a-z0-9]*)\b[^<>]*? id="{name}"[^<>]*>', markup)


def _marked(
    markup: str, folios: Sequence[Folio], site: BookSite, ids: dict[str, None]
) -> tuple[str, tuple[Folio, ...]]:
    """The page with marks where printed pages begin; where the block is not here, with the page before."""
    found: list[Folio] = []
    groups: dict[str, list[tuple[str, str]]] = {}
    here = ""
    for number, one in enumerate(folios):
        here = one.id if not one.id or _element(markup, one.id) is not None else here
        groups.setdefault(here, []).append((f"_page-{number}", one.folio))
    for block, named in groups.items():
        marks = "".join(
            f'<span id="{own}" epub:type="pagebreak" role="doc-pagebreak"'
            f' aria-label="{attribute(site.book_words.page.format(folio))}"></span>'
            for own, folio in named
        )
        place = _element(markup, block) if block else None
        if place is None:
            head, tag_, rest = markup.partition("<header>")
            markup = f"{head}{tag_}{marks}{rest}"
        elif place[1] in ("tr", "thead", "tbody"):
            found += (Folio(element_id(block), folio) for _, folio in named)
            continue
        else:
            at = place.end() if place[1] in _INSIDE and not place[0].endswith("/>") else place.start()
            markup = f"{markup[:at]}{marks}{markup[at:]}"
        ids.update((own, None) for own, _ in named)
        found += (Folio(own, folio) for own, folio in named)
    return markup, tuple(found)
