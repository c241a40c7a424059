"""`llms.txt`: what the book is and where its pages are as Markdown, for those who read by program.

As https://llmstxt.org proposes it: a title, a summary, and lists of links below headings.
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

__all__ = ["render_llms"]


def render_llms(
    config: Config, navigations: Mapping[str, Navigation], about: Mapping[tuple[str, str], str]
) -> bytes:
    """The file of the whole site; `about` says what pages are about, by language and name."""
    default = config.languages[0]
    lines = [f"# {escape_words(config.title.get(default))}", ""]
    summary = config.description.get(default) or config.subtitle.get(default)
    if summary:
        lines += [f"> {escape_words(' '.join(summary.split()))}", ""]
    if facts := list(_facts(config)):
        lines += [*(f"- {fact}" for fact in facts), ""]
    for language, navigation in navigations.items():
        lines += _language(config, language, navigation, about)
    return ("\n".join(lines).rstrip() + "\n").encode()


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
