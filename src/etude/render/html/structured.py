"""Pages as schema.org describes them (JSON-LD): the book with its chapters, a chapter, its place in the book.

Only with the site's address, since everything is named by its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from etude.model.block import Heading
from etude.model.book import PageFacts
from etude.model.config import Author, Config
from etude.model.page import Page
from etude.render.html.address import safe
from etude.render.html.head import Told
from etude.render.html.licence import licence_url
from etude.render.html.site import SiteContext
from etude.render.html.tags import tag
from etude.render.said import said

__all__ = ["structured"]

_TAUGHT = 12
"""Headings of a page that are told as what it teaches."""
_ISBN = re.compile(r"(?:isbn[:\s]*)?((?:97[89][-\s]?)?(?:\d[-\s]?){9}[\dXx])", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,}/\S+)", re.IGNORECASE)
# A browser that looks for the end of the script must find none in it.
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)

Node = dict[str, Any]


def structured(site: SiteContext, page: Page, facts: PageFacts, told: Told) -> str:
    """The description of a page, to stand in a script of its own; empty without the site's address."""
    if not site.config.html.url:
        return ""
    graph = list(_book(site, page, told) if page.name == site.home else _page(site, page, facts, told))
    words = json.dumps(
        {"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":")
    )
    return words.translate(_ESCAPES)


def _full(node: Node) -> Node:
    """A node without what is not known."""
    return {key: value for key, value in node.items() if value not in ("", (), [], None, {})}


def _book(site: SiteContext, page: Page, told: Told) -> Iterator[Node]:
    config, language = site.config, site.language
    chapters = (chapter for part in site.navigation.parts for chapter in part.pages)
    editions = [one for one in told.languages if one != language]
    book = _full(
        {
            **_core(site, page, told),
            "@type": "Book",
            "@id": _book_id(site),
            "alternativeHeadline": config.subtitle.get(language),
            "learningResourceType": "textbook",
            **_identified(config.identifier),
            "bookEdition": config.version,
            "datePublished": config.date,
            "hasPart": [
                _full(
                    {
                        "@type": "Chapter",
                        "@id": site.absolute(chapter.name),
                        "url": site.absolute(chapter.name),
                        "name": said(chapter.title),
                        "position": chapter.number or str(number),
                    }
                )
                for number, chapter in enumerate(chapters, 1)
            ],
            # Every edition is a translation of the first.
            **(
                {"workTranslation": [{"@id": _book_id(site, one)} for one in editions]}
                if language == config.languages[0]
                else {"translationOfWork": {"@id": _book_id(site, config.languages[0])}}
                if config.languages[0] in editions
                else {}
            ),
        }
    )
    yield book
    if config.course:
        yield _full(
            {
                **_core(site, page, told),
                "@type": "Course",
                "@id": f"{site.absolute(site.home)}#course",
                "provider": _publisher(config) or [_person(author) for author in config.authors],
                "hasCourseInstance": {"@type": "CourseInstance", "courseMode": "Online"},
                "syllabusSections": [
                    {"@type": "Syllabus", "name": part.title} for part in site.navigation.parts if part.title
                ],
                "workExample": {"@id": _book_id(site)},
            }
        )


def _page(site: SiteContext, page: Page, facts: PageFacts, told: Told) -> Iterator[Node]:
    above = [crumb for crumb in facts.breadcrumbs if crumb.name != page.name]
    book = {
        "@type": "Book",
        "@id": _book_id(site),
        "name": site.config.title.get(site.language),
        "url": site.absolute(site.home),
    }
    yield _full(
        {
            **_core(site, page, told),
            # A page below a chapter is a section of it.
            "@type": "LearningResource" if above else ["Chapter", "LearningResource"],
            "@id": told.canonical,
            "learningResourceType": "section" if above else "chapter",
            "position": facts.number,
            "isPartOf": {"@type": "Chapter", "@id": site.absolute(above[-1].name)} if above else book,
            "teaches": list(_taught(page, facts)),
            "datePublished": told.published,
            "dateModified": told.modified,
            "encoding": _full(
                {"@type": "MediaObject", "encodingFormat": "text/markdown", "contentUrl": _twin(told)}
            )
            if told.twin
            else {},
        }
    )
    stations = [(site.config.title.get(site.language), site.absolute(site.home))]
    stations += [(said(crumb.title), site.absolute(crumb.name)) for crumb in above]
    stations.append((told.title, told.canonical))
    yield {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": item}
            for number, (name, item) in enumerate(stations, 1)
        ],
    }


def _core(site: SiteContext, page: Page, told: Told) -> Node:
    """What is said of the book and of a page alike."""
    config = site.config
    people: Sequence[Node] = [{"@type": "Person", "name": name} for name in page.front.authors]
    return {
        "name": told.title,
        "description": told.description,
        "url": told.canonical,
        "inLanguage": tag(site.language),
        "author": list(people) or [_person(author) for author in config.authors],
        "publisher": _publisher(config),
        "license": licence_url(told.licence) or told.licence,
        "keywords": list(told.keywords),
        "educationalLevel": config.level,
        "image": told.picture.url if told.picture is not None else "",
    }


def _twin(told: Told) -> str:
    return told.canonical.rpartition("/")[0] + "/" + told.twin.rpartition("/")[2]


def _book_id(site: SiteContext, language: str = "") -> str:
    return f"{site.absolute(site.home, language)}#book"


def _taught(page: Page, facts: PageFacts) -> Iterator[str]:
    headings = [node for node in page.blocks if isinstance(node, Heading) and node.level == 2]
    for node in headings[:_TAUGHT]:
        yield said(node.children, facts)


def _person(author: Author) -> Node:
    return _full(
        {
            "@type": "Person",
            "name": author.name,
            "url": safe(author.url),
            "sameAs": f"https://orcid.org/{author.orcid}" if author.orcid else "",
            "affiliation": {"@type": "Organization", "name": author.affiliation}
            if author.affiliation
            else {},
        }
    )


def _publisher(config: Config) -> Node:
    return {"@type": "Organization", "name": config.publisher} if config.publisher else {}


def _identified(identifier: str) -> Node:
    """An ISBN and a DOI have places of their own."""
    if isbn := _ISBN.fullmatch(identifier.strip()):
        return {"isbn": re.sub(r"[-\s]", "", isbn[1]).upper()}
    if doi := _DOI.fullmatch(identifier.strip()):
        value = {"@type": "PropertyValue", "propertyID": "doi", "value": doi[1]}
        return {"identifier": value, "sameAs": f"https://doi.org/{doi[1]}"}
    return {"identifier": identifier}
