"""`llms.txt`: what the book is and where its pages are as Markdown, for those who read by program.

As https://llmstxt.org proposes it: a title, a summary, and lists of links below headings. Beside it, all of
the pages in one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etude.model.book import Navigation, NavPage
from etude.model.config import Config
from etude.render.html.address import quoted
from etude.render.html.licence import licence_url
from etude.render.html.twin import twin_file
from etude.render.html.words import LANGUAGE_NAMES, words
from etude.render.markdown_text import escape_words, link
from etude.render.said import said

__all__ = ["FULL", "full_head", "full_page", "render_llms"]

FULL = "llms-full.txt"
"""Where the text of all pages lies, below the root of the site."""


def render_llms(
    config: Config, navigations: Mapping[str, Navigation], about: Mapping[tuple[str, str], str]
) -> bytes:
    """The file of the whole site; `about` says what pages are about, by language and name."""
    lines = list(_head(config, link(FULL, config.html.url + FULL)))
    for language, navigation in navigations.items():
        lines += _language(config, language, navigation, about)
    return ("\n".join(lines).rstrip() + "\n").encode()


def full_head(config: Config) -> bytes:
    """What stands above the pages in the file of all of them."""
    return "\n".join(_head(config)).encode()


def full_page(config: Config, twin: str, text: bytes) -> bytes:
    """A page there: its links are relative to the address above it, from the root of the site."""
    return f"\n<!-- {config.html.url}{quoted(twin)} -->\n\n".encode() + text


def _head(config: Config, *further: str) -> Iterator[str]:
    """Title, summary and facts, each with an empty line after it."""
    default = config.languages[0]
    yield from (f"# {escape_words(config.title.get(default))}", "")
    summary = config.description.get(default) or config.subtitle.get(default)
    if summary:
        yield from (f"> {escape_words(' '.join(summary.split()))}", "")
    if facts := [*_facts(config), *further]:
        yield from (*(f"- {fact}" for fact in facts), "")


def _facts(config: Config) -> Iterator[str]:
    said_of = words(config.languages[0])
    if config.authors:
        yield escape_words(said_of.separator.join(author.name for author in config.authors))
    if config.license:
        yield link(escape_words(config.license), licence_url(config.license))
    if config.repository:
        yield f"<{config.repository}>"


def _language(
    config: Config, language: str, navigation: Navigation, about: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """A section for each part; the first begins with the front page."""
    several = len(config.languages) > 1
    name = LANGUAGE_NAMES.get(language.lower(), language) if several else ""

    def line(page: NavPage, depth: int) -> Iterator[str]:
        title = escape_words(f"{page.number} {said(page.title)}".strip())
        address = config.html.url + quoted(twin_file(language, page.name, config.home))
        note = about.get((language, page.name), "")
        yield f"{'  ' * depth}- {link(title, address)}{f': {escape_words(note)}' if note else ''}"
        for child in page.pages:
            yield from line(child, depth + 1)

    for part in navigation.parts:
        heading = f"{part.label} {part.title}".strip() or words(language).contents
        yield f"## {escape_words(' · '.join(word for word in (name, heading) if word))}"
        yield ""
        for page in part.pages:
            yield from line(page, 0)
        yield ""
