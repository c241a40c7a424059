"""What a printed book says of itself: the lines behind its title page and on its last page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from etude.model.config import Author, Config
from etude.render.html.licence import licence_url
from etude.render.typst.text import array, string
from etude.render.typst.words import words

__all__ = ["Imprint", "imprint_groups", "made_with", "paragraphs"]

_ISBN = re.compile(r"(?:isbn[:\s]*)?((?:97[89][-\s]?)?(?:[0-9][-\s]?){9}[0-9x])", re.IGNORECASE)


class Imprint(Struct, frozen=True):
    """What is told of an edition that its settings do not say."""

    date: str
    """When it was last changed, as YYYY-MM-DD; empty when that is not known."""
    build: str
    """A digest of all that the book is printed from, in hexadecimal digits."""
    etude: str
    """The version of Etude."""
    typst: str


def imprint_groups(config: Config, language: str, edition: str, imprint: Imprint) -> str:
    """Groups of lines: the book, the edition, its rights, where it comes from."""
    said = words(language)
    identifier = config.pdf.identifier or config.identifier
    dated = [config.date] if config.date else [said.changed.format(imprint.date)] if imprint.date else []
    groups = (
        [_text(config.title.get(language)), *map(_author, config.authors)],
        [
            _text(config.publisher),
            _text(" · ".join([*([said.edition.format(config.version)] if config.version else []), *dated])),
            _text(edition),
            _text(_named(identifier, said.colon)),
        ],
        [_licence(config.license, said.licence + said.colon)],
        [
            *_address(config.html.url, said.website + said.colon),
            *_address(config.repository, said.source + said.colon),
            _text(f"{said.build} {imprint.build}"),
        ],
    )
    kept = ([line for line in group if line] for group in groups)
    return array(array(group) for group in kept if group)


def _text(value: str) -> str:
    return string(value) if value else ""


def _author(author: Author) -> str:
    shown = f"{author.name}{f' · {author.affiliation}' if author.affiliation else ''}"
    url = author.url or (f"https://orcid.org/{author.orcid}" if author.orcid else "")
    return f"link({string(url)},{string(shown)})" if url else string(shown)


def _named(identifier: str, colon: str) -> str:
    found = _ISBN.fullmatch(identifier.strip())
    if found:
        return f"ISBN {found[1].strip()}"
    return f"DOI{colon}{identifier}" if identifier.startswith("10.") else identifier


def _licence(name: str, before: str) -> str:
    url = licence_url(name)
    return (
        f"{{{string(before)};{f'link({string(url)},{string(name)})' if url else string(name)}}}"
        if name
        else ""
    )


def _address(url: str, before: str) -> Iterator[str]:
    if url:
        yield f"{{{string(before)};link({string(url)},address({string(url)}))}}"


def made_with(language: str, imprint: Imprint) -> str:
    """Lines on the tools and the build."""
    said = words(language)
    return array(
        map(string, (said.made.format(imprint.etude, imprint.typst), f"{said.build} {imprint.build}"))
    )


def paragraphs(text: str) -> str:
    """The paragraphs of a text of the author's as arrays of lines; empty lines part them."""
    found = re.split(r"\n\s*\n", text.strip())
    lines = ([line.strip() for line in one.split("\n")] for one in found if one.strip())
    return array(array(map(string, one)) for one in lines)
