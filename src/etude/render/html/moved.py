"""Old addresses that lead to where things are now: aliases of pages and redirects of the book.

Small pages, since a host of static files knows no other way. None takes the place of anything else, nor does
any where `Intro.html` and `intro.html` are one file, as on many disks. Places on old pages may lead to other
places: a host is never told of ``#start``, the script of the small page is.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.render.html.address import page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.tags import tag
from etude.render.html.words import words

__all__ = ["Old", "moved"]

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_SUFFIXES = (".html", ".md", ".ipynb")


class Old(Struct, frozen=True):
    """An old address as it was written."""

    name: str
    target: str
    """A page with its language before it, an address, or what the author wrote of either."""
    place: Place
    language: str = ""
    """Of the page that has the alias; empty for a redirect of the book."""


def moved(
    config: Config,
    found: Collection[Old],
    pages: Mapping[str, Collection[str]],
    taken: Collection[str],
    elsewhere: Collection[str] = (),
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """The small pages, by path below the root of the site, and what is wrong with old addresses.

    `pages` are the names of all pages by language; `taken` are the other files of the site. What leads to
    languages that are not built, `elsewhere`, is left out.
    """
    real = {
        page_file(language, name, config.home).casefold()
        for language, names in pages.items()
        for name in names
    }
    taken = {path.casefold() for path in taken}
    files = real | taken
    if not found:
        return {}, ()
    folders = {folder for path in (*real, *taken) for folder in _folders(path)}
    made: dict[str, _Way] = {}
    first: dict[str, Old] = {}
    problems: list[Diagnostic] = []
    # Places come after the pages that they are on.
    for old in sorted(found, key=lambda one: "#" in one.name):
        file = _file(old)
        place = old.name.partition("#")[2]
        target = None if file is None else _target(config, old, pages)
        if file is None:
            problems.append(_wrong(old, f"`{old.name}` is no address of a page of the site"))
        elif target is None:
            if _language(old.target) not in elsewhere:
                near = f"write a page's name: `start/first` or `{config.languages[0]}/start/first`"
                message = f"`{old.name}` leads to `{old.target}`, which is no page of the book"
                problems.append(_wrong(old, message, near, rule=Rule.REDIRECT_BROKEN))
        elif (same := file.casefold()) in real:
            problems.append(_wrong(old, f"`{old.name}` is a page of the book: nothing can lead on from it"))
        elif same in taken or same in folders or not files.isdisjoint(_folders(same)):
            problems.append(_wrong(old, f"`{old.name}` is a file of the site: nothing can lead on from it"))
        elif place and same not in first:
            near = f"say where `{file}` leads, too"
            problems.append(_wrong(old, f"`{old.name}` is a place on a page that leads nowhere", near))
        elif place:
            ways = made[_file(first[same]) or file].places
            if ways.setdefault(place, target) != target:
                problems.append(_wrong(old, f"`{old.name}` leads to two places"))
        elif same in first:
            other = first[same]
            message = f"`{old.name}` leads to two places: `{old.target}` and `{other.target}`"
            problems.append(_wrong(old, message, related=Related(other.place, "the other is asked for here")))
        else:
            first[same] = old
            made[file] = _Way(target)
    return {file: _page(config, file, way) for file, way in made.items()}, tuple(problems)


class _Way(Struct, frozen=True):
    """Where an old page leads, and places on it: a file or an address, and the place there."""

    target: tuple[str, str]
    places: dict[str, tuple[str, str]] = {}


def _wrong(
    old: Old, message: str, *hints: str, rule: Rule = Rule.REDIRECT_CONFLICT, related: Related | None = None
) -> Diagnostic:
    more = (related,) if related is not None else ()
    return diagnose(rule, message, old.place.path, old.place.span, hints=hints, related=more)


def _folders(path: str) -> Iterator[str]:
    """Every folder that a file lies in."""
    while path := posixpath.dirname(path):
        yield path


def _file(old: Old) -> str | None:
    """Where the small page is written; None for what is no address."""
    name = old.name.strip().partition("#")[0]
    if not name.startswith("/") and old.language:
        name = f"{old.language}/{name}"
    stem = name.strip("/")
    for suffix in _SUFFIXES:
        stem = stem.removesuffix(suffix)
    if name.endswith("/"):
        stem += "/index"
    usual = stem and posixpath.normpath(stem) == stem and not stem.startswith("../")
    return f"{stem}.html" if usual and not set("?#\\\x00") & set(stem) else None


def _language(target: str) -> str:
    return target.strip("/").partition("/")[0]


def _target(config: Config, old: Old, pages: Mapping[str, Collection[str]]) -> tuple[str, str] | None:
    """A file of the site, or an address, and the place on it; None when there is none."""
    wanted, mark, fragment = old.target.strip().partition("#")
    if wanted.startswith(("https://", "http://")):
        return wanted, mark + fragment
    name = wanted.strip("/")
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    home = _language(old.name)
    for language, page in _readings(name, home if home in pages else config.languages[0]):
        if language in pages and (page in pages[language] or page == config.home):
            return page_file(language, page, config.home), f"#{quoted(fragment)}" if fragment else ""
    return None


def _readings(name: str, default: str) -> Iterator[tuple[str, str]]:
    language, _, page = name.partition("/")
    yield language, page
    yield default, name


def _page(config: Config, file: str, way: _Way) -> bytes:
    target, fragment = way.target
    language = _language(target)
    language = language if language in config.languages else config.languages[0]
    href = _href(file, target)
    outside = "://" in target
    canonical = target if outside else f"{config.html.url}{quoted(target)}" if config.html.url else href
    title = text(words(language).moved)
    return (
        f'<!doctype html>\n<html lang="{tag(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n<title>{title}</title>\n'
        f'<link rel="canonical" href="{attribute(canonical)}">\n'
        f"<script>{_script(file, way)}</script>\n"
        f'<meta http-equiv="refresh" content="0; url={attribute(href + fragment)}">\n'
        f'</head>\n<body>\n<p><a href="{attribute(href + fragment)}">{title}</a></p>\n</body>\n</html>\n'
    ).encode()


def _href(file: str, target: str) -> str:
    """The way from an old page to what it leads to."""
    if "://" in target:
        return target
    return posixpath.relpath(quoted(target), posixpath.dirname(quoted(file)) or ".")


def _script(file: str, way: _Way) -> str:
    """Leads on at once; a place that was asked for, and what came with it, stay."""
    usual = _json([_href(file, way.target[0]), way.target[1]])
    if not way.places:
        return f"const [to,at]={usual};location.replace(to+location.search+(location.hash||at))"
    places = [[place, [_href(file, there), at]] for place, (there, at) in way.places.items()]
    return (
        "const asked=location.hash;let place=asked.slice(1),way;try{place=decodeURIComponent(place)}catch{}"
        f"way=new Map({_json(places)}).get(place);const [to,at]=way||{usual};"
        "location.replace(to+location.search+(way?at:asked||at))"
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
