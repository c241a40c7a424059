"""The small pages at short addresses: each leads on to a section, in the language that its reader prefers.

A host may show one at `s/ab12` or at `s/ab12/`, below any folder: the script takes both for the latter.
Without scripts there are links to every language.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.short import FOLDER, ShortAddress, ShortPlace
from etude.render.html.address import page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.tags import tag
from etude.render.html.words import LANGUAGE_NAMES, words

__all__ = ["short_file", "short_pages"]

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})

# What was chosen on the site comes first, then what the browser prefers; a place that was asked for stays.
_SCRIPT = (
    "const u=new URL(location.href);if(!/(\\/|\\.html)$/.test(u.pathname))u.pathname+='/';"
    "let w=[...navigator.languages];try{w.unshift(localStorage.getItem('etude-language')||'')}catch{}"
    "const p=v=>v.toLowerCase().split('-')[0],"
    "f=w.map(v=>at.find(x=>x[0]===v)||at.find(x=>p(x[0])===p(v))).find(Boolean)||at[0],"
    "to=new URL(f[1]+location.search,u);to.hash=location.hash||f[2];location.replace(to)"
)
_STYLE = "body{max-width:36rem;margin:15vh auto;padding:0 1.5rem;font:1.1rem/1.6 system-ui,sans-serif}"


def short_file(code: str) -> str:
    """Where the page of a code is written, below the root of the site."""
    return f"{FOLDER}/{code}/index.html"


def short_pages(
    config: Config, addresses: Iterable[ShortAddress], taken: Collection[str]
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """The pages by path below the root of the site, without what leads only to languages that are not built.

    `taken` are the other files of the site: none is replaced.
    """
    made: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    taken = {path.casefold() for path in taken}
    for address in addresses:
        places = [(language, place) for language, place in address.places if language in config.languages]
        path = short_file(address.code)
        if path in taken or f"{FOLDER}/{address.code}" in taken:
            message = f"the short address `{address.code}` has the place of a file of the book"
            hints = (f"move the file from the folder `{FOLDER}`, or leave it out of the pages",)
            problems.append(diagnose(Rule.SHORT_CODE, message, "", hints=hints))
        elif address.url:
            made[path] = _outside(config, address.url)
        elif places:
            made[path] = _page(config, places)
    return made, tuple(problems)


def _page(config: Config, places: list[tuple[str, ShortPlace]]) -> bytes:
    found = []
    for language, place in places:
        href = "../../" + quoted(page_file(language, place.page, config.home))
        found.append((language, href, f"#{quoted(place.id)}" if place.id else "", place.title))
    language, href, fragment, title = found[0]
    canonical = f"{config.html.url}{href.removeprefix('../../')}" if config.html.url else href
    data = json.dumps([(tag(one), to, at) for one, to, at, _ in found], ensure_ascii=False)
    # Who reads without scripts chooses a language; where there is one there is nothing to choose.
    refresh = f'<meta http-equiv="refresh" content="0; url={attribute(href + fragment)}">\n'
    links = "".join(
        f'<p lang="{tag(one)}"><a href="{attribute(to + at)}" hreflang="{tag(one)}">{text(said)}</a>'
        f"{_language(one, len(found))}</p>\n"
        for one, to, at, said in found
    )
    return (
        f"{_head(language, title, canonical)}<style>{_STYLE}</style>\n{refresh if len(found) == 1 else ''}"
        f"<script>const at={data.translate(_ESCAPES)};{_SCRIPT}</script>\n"
        f"</head>\n<body>\n{links}</body>\n</html>\n"
    ).encode()


def _language(language: str, count: int) -> str:
    return f" <small>{text(LANGUAGE_NAMES.get(language, language))}</small>" if count > 1 else ""


def _outside(config: Config, url: str) -> bytes:
    language = config.languages[0]
    return (
        f"{_head(language, words(language).moved, url)}"
        f'<meta http-equiv="refresh" content="0; url={attribute(url)}">\n'
        f'</head>\n<body>\n<p><a href="{attribute(url)}">{text(url)}</a></p>\n</body>\n</html>\n'
    ).encode()


def _head(language: str, title: str, canonical: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{tag(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n<title>{text(title)}</title>\n'
        f'<meta name="robots" content="noindex">\n<link rel="canonical" href="{attribute(canonical)}">\n'
    )
