"""The frame of a page: head, bar, navigation, footer; from the theme's templates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from etude.model.config import Author
from etude.render.html.address import asset, quoted, safe
from etude.render.html.assets import face_sheets, part_sheets
from etude.render.html.escape import attribute, text
from etude.render.html.head import Told, head
from etude.render.html.licence import licence_url
from etude.render.html.site import SiteContext
from etude.render.html.switch import variant_key, variant_styles
from etude.render.html.tags import tag
from etude.render.html.theme_data import theme_version
from etude.render.html.words import LANGUAGE_NAMES

__all__ = ["Frame", "Linked", "author_html", "edition", "frame_page", "render_template"]

# Before anything is painted: the colours that the reader chose, and that scripts run.
_EARLY = (
    'document.documentElement.classList.add("js","wait");'
    'try{const t=localStorage.getItem("etude-theme");if(t)document.documentElement.dataset.theme=t}catch{}'
)
# Right after the switch: the variant of the address, which is kept, else the one chosen before.
_EARLY_VARIANT = (
    'try{const k="etude-variant",a=new URLSearchParams(location.search).get("variant"),'
    'c=v=>[...document.getElementsByName("variant")].some(r=>r.value===v&&(r.checked=true));'
    "c(a)?localStorage.setItem(k,a):c(localStorage.getItem(k))}catch{}"
)
# At the end of the page: it is shown once its faces, which have come with the style sheets, are decoded.
# Laying it out is what makes browsers begin with that.
_READY = (
    "document.body.offsetWidth;"
    'document.fonts.ready.then(()=>document.documentElement.classList.remove("wait"))'
)


class Linked(Struct, frozen=True):
    """A page to go to."""

    href: str
    title: str
    """HTML."""


class Frame(Struct, frozen=True):
    """What a page puts into its frame."""

    language: str
    name: str
    """Name of the page; empty for pages that are none of the book's."""
    root: str
    here: str
    title: str
    """Of the browser's tab."""
    content: str
    """HTML of the main part."""
    told: Told = Told()
    kind: str = ""
    nav: str = ""
    variants: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    """Other languages, each with the address of this page (or of its home page) in it."""
    previous: Linked | None = None
    next: Linked | None = None
    edit: str = ""
    issues: str = ""
    """Where a problem of the page is reported."""
    licence: str = ""


def frame_page(site: SiteContext, frame: Frame) -> bytes:
    """The whole page."""
    config = site.config
    title = config.title.get(frame.language)
    own = frame.language
    return render_template(
        "page",
        authors=_joined(site, config.authors),
        book=title,
        content=frame.content,
        css=[asset(frame.root, path) for path in config.html.css],
        early=_EARLY,
        sheets=[
            f"{asset(frame.root, path)}?v={site.sheets.get(path, theme_version()[:12])}"
            for path in (
                *part_sheets(frame.content),
                *face_sheets(frame.content, han=own.startswith("zh"), home=frame.kind == "home"),
            )
        ],
        early_variant=_EARLY_VARIANT,
        edit=safe(frame.edit),
        feed=frame.told.feed,
        issues=safe(frame.issues),
        twin=frame.told.twin,
        edition=[part for part in (edition(site), config.date) if part],
        footer=config.html.footer.get(own),
        head=head(frame.told, title),
        icon=asset(frame.root, config.html.favicon or "_static/icon.svg"),
        kind=frame.kind,
        lang=tag(own),
        languages=[
            (tag(code), LANGUAGE_NAMES.get(code.lower(), code), href) for code, href in frame.languages
        ],
        licence=_licence(frame.licence or config.license),
        logo=asset(frame.root, config.html.logo) if config.html.logo else "",
        page=frame.name,
        nav=frame.nav,
        next=frame.next,
        previous=frame.previous,
        ready=_READY,
        root=frame.root,
        search=_search(site) if config.html.search else None,
        start=f"{frame.here}index.html",
        styles=variant_styles(frame.variants) + _running(frame.title),
        title=frame.title,
        variants=[(variant_key(name), name, config.variant_title(name, own)) for name in frame.variants]
        if len(frame.variants) > 1
        else [],
        version=theme_version()[:12],
        words=site.words,
    ).encode()


def _running(title: str) -> str:
    """The title of a page as the head of its printed sheets; what may not stand in a string is escaped."""
    said = re.sub(r'["\\<\n]', lambda found: f"\\{ord(found[0]):x} ", title)
    return f'@page{{@top-center{{content:"{said}"}}}}'


def _search(site: SiteContext) -> dict[str, str]:
    """What the search needs to know before any of it is loaded."""
    said = site.words.search
    names = (f"{code} {LANGUAGE_NAMES.get(code.lower(), code)}" for code in site.config.languages)
    return {
        "label": said.label,
        "language": site.language,
        "languages": "|".join(names),
        "words": "|".join(astuple(said)),
    }


def edition(site: SiteContext) -> str:
    """The book's version in words."""
    version = site.config.version
    return f"{site.words.version} {version}" if version[:1].isdigit() else version


def author_html(author: Author) -> str:
    """A name, with its link when it has one."""
    url = safe(author.url) or (f"https://orcid.org/{quoted(author.orcid)}" if author.orcid else "")
    name = text(author.name)
    return f'<a href="{attribute(url)}">{name}</a>' if url else name


def _joined(site: SiteContext, authors: Sequence[Author]) -> str:
    return text(site.words.separator).join(map(author_html, authors))


def _licence(identifier: str) -> str:
    """A licence's name; Creative Commons ones with a link to their text."""
    url = licence_url(identifier)
    if not url:
        return text(identifier)
    return f'<a rel="license" href="{attribute(url)}">{text(" ".join(identifier.split("-", 1)))}</a>'


def render_template(template: str, /, **values: Any) -> str:
    """Fill one of the theme's templates; values are escaped unless the template calls them safe."""
    found: str = compile_template(template).render(**values)
    return found


@cache
def compile_template(name: str) -> Any:
    """One of the theme's templates, ready to be filled."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 -- slow to import

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    source = files("etude.render.html").joinpath("theme", f"{name}.html.jinja").read_text("utf-8")
    return environment.from_string(source)
