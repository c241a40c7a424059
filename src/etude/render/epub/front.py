"""What stands before the text: cover, title page, what is said of the edition; and titles of parts."""

from __future__ import annotations

from collections.abc import Iterator

from etude.render.epub.page import document
from etude.render.epub.volume import UNDATED, Volume
from etude.render.epub.xhtml import external, legal
from etude.render.html.escape import attribute, text
from etude.render.html.licence import licence_url
from etude.render.html.words import words as site_words

__all__ = ["front", "part_file", "part_pages"]


def front(volume: Volume) -> dict[str, bytes]:
    """The files of the front matter, in reading order."""
    words = volume.words
    pages = {
        "cover.xhtml": (words.cover, _cover(volume)),
        "title.xhtml": (words.title_page, _title(volume)),
        "imprint.xhtml": (words.imprint, _imprint(volume)),
    }
    return {
        name: document(content, title=title, language=volume.language, kind="", root="", scope="frontmatter")
        for name, (title, content) in pages.items()
    }


def _cover(volume: Volume) -> str:
    authors = _authors(volume)
    words = f"{volume.words.cover}{site_words(volume.language).colon}{volume.title}"
    said = attribute(legal(f"{words} · {authors}" if authors else words))
    return (
        '<section class="cover" epub:type="cover">'
        f'<img src="{volume.cover}" alt="{said}" role="doc-cover"/></section>\n'
    )


def _authors(volume: Volume) -> str:
    return site_words(volume.language).separator.join(author.name for author in volume.config.authors)


def _title(volume: Volume) -> str:
    config, language = volume.config, volume.language
    subtitle = config.subtitle.get(language)
    authors = _authors(volume)
    lines = [
        f'<h1 id="_title">{text(volume.title)}</h1>',
        f'<p class="subtitle" role="doc-subtitle">{text(subtitle)}</p>' if subtitle else "",
        f'<p class="authors">{text(authors)}</p>' if authors else "",
        f'<p class="of">{text(volume.variant_title)}</p>' if volume.variant else "",
        f'<p class="publisher">{text(config.publisher)}</p>' if config.publisher else "",
    ]
    return legal(
        '<section class="titlepage" epub:type="titlepage" aria-labelledby="_title">'
        f"{''.join(lines)}</section>\n"
    )


def _imprint(volume: Volume) -> str:
    words, colon = volume.words, site_words(volume.language).colon
    rows = "".join(f"<p>{row}</p>\n" for row in _rows(volume, colon))
    return legal(
        '<section class="imprint" epub:type="copyright-page" aria-labelledby="_title">'
        f'<h1 id="_title">{text(words.imprint)}</h1>\n{rows}</section>\n'
    )


def _rows(volume: Volume, colon: str) -> Iterator[str]:
    config, words = volume.config, volume.words
    yield f"<b>{text(volume.title)}</b>"
    for author in config.authors:
        name = text(author.name)
        url = external(author.url or (f"https://orcid.org/{author.orcid}" if author.orcid else ""))
        shown = f'<a href="{attribute(url)}">{name}</a>' if url else name
        yield f"{shown}{text(f' · {author.affiliation}') if author.affiliation else ''}"
    if config.publisher:
        yield text(config.publisher)
    about = [words.edition.format(config.version)] if config.version else []
    about += [config.date] if config.date else []
    about += [words.variant.format(volume.variant_title)] if volume.variant else []
    if about:
        yield text(" · ".join(about))
    if config.license:
        url = licence_url(config.license)
        name = text(config.license)
        shown = f'<a href="{attribute(url)}">{name}</a>' if url else name
        yield f"{text(words.licence + colon)}{shown}"
    for url in dict.fromkeys((config.html.url, config.repository)):
        if address := external(url):
            yield f'<a href="{attribute(address)}">{text(url)}</a>'
    yield f"{text(words.identifier + colon)}{text(volume.identifier)}"
    if volume.modified > UNDATED:
        yield text(words.modified.format(volume.modified[:10]))


def part_file(number: int) -> str:
    """The file of a part's title, counted from 1."""
    return f"part-{number}.xhtml"


def part_pages(volume: Volume) -> dict[int, tuple[str, bytes]]:
    """Titles of parts in words with their pages, by number; a part of back matter only has none."""
    kinds = {part.page: part.kind for part in volume.parts}
    found: dict[int, tuple[str, bytes]] = {}
    for number, part in enumerate(volume.navigation.parts, 1):
        behind = not part.label and all(
            kinds.get(page.name) in ("glossary", "bibliography", "index") for page in part.pages
        )
        if not part.title or behind or not any(page.name in kinds for page in part.pages):
            continue
        label = f'<span class="eyebrow">{text(part.label)}</span> ' if part.label else ""
        content = (
            '<section class="part" epub:type="part" role="doc-part" aria-labelledby="_title">'
            f'<h1 id="_title">{label}{text(part.title)}</h1></section>\n'
        )
        words = f"{part.label} {part.title}".strip()
        found[number] = (
            words,
            document(legal(content), title=words, language=volume.language, kind="", root=""),
        )
    return found
