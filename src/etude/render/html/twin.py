"""A page's twin in Markdown: document, facts and results in, the text of the whole page out.

It has what the page has: all variants, each under its name, outputs as text, numbers and references filled
in, links to the twins of other pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etude.model.block import Heading, TableOfContents
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.bundle import Shown
from etude.render.html.address import asset, depth_prefix, language_prefix, page_file
from etude.render.html.picture import picture_file
from etude.render.html.site import SiteContext
from etude.render.markdown import MarkdownWriter, Prose, Setting, join
from etude.render.markdown_page import PageWriter
from etude.render.markdown_text import escape_words
from etude.render.variants import page_variants

__all__ = ["render_twin", "twin_file", "twin_link"]

_SUFFIX = ".md"


def twin_file(language: str, name: str, home: str) -> str:
    """Where the twin of a page is written, below the root of the site: ``zh/start/a.md``."""
    return page_file(language, name, home).removesuffix(".html") + _SUFFIX


def twin_link(site: SiteContext, prefix: str, name: str, fragment: str = "") -> str:
    """The address of a page's twin from one whose folder is `prefix` below the language's."""
    path, mark, rest = site.link(prefix, name, fragment).partition("#")
    return path.removesuffix(".html") + _SUFFIX + mark + rest


def render_twin(page: Page, facts: PageFacts, results: Mapping[str, RunResult], site: SiteContext) -> bytes:
    """The twin of one page; `results` are by variant, and may lack some or all."""
    here, root = language_prefix(page.name, site.home), depth_prefix(page.name, site.home)
    variants = page_variants(page, site.config) or tuple(results)
    setting = Setting(
        language=page.language,
        name=page.name,
        facts=facts,
        page_url=lambda name, target: (
            f"#{target}" if name == page.name and target else twin_link(site, here, name, target)
        ),
        file_url=lambda path: asset(root, path),
        result=next((results[name] for name in variants if name in results), None),
    )
    writer = _Writer(setting, site, {name: results[name] for name in variants if name in results}, root)
    pieces = [*_top(page, facts, site, writer), *writer.blocks(page.blocks), *writer.notes()]
    if page.name == site.home and not any(isinstance(node, TableOfContents) for node in page.blocks):
        pieces.append(Prose(writer.contents()))
    return (join(piece for piece in pieces if isinstance(piece, Prose)) + "\n").encode()


def _top(page: Page, facts: PageFacts, site: SiteContext, writer: MarkdownWriter) -> Iterator[Prose]:
    """Where the page comes from; and its title, if that is not among its blocks."""
    book = site.config.title.get(page.language)
    place = " · ".join(escape_words(word) for word in (book, facts.part) if word)
    address = site.absolute(page.name)
    source = " · ".join(part for part in (place, f"<{address}>" if address else "") if part)
    if source:
        yield Prose(f"> {source}")
    if not any(isinstance(block, Heading) and block.level == 1 for block in page.blocks):
        yield Prose(f"# {writer.page_title(facts.label, page.title)}")


class _Writer(PageWriter):
    """Writes a page with the addresses of the website."""

    def __init__(
        self, setting: Setting, site: SiteContext, results: Mapping[str, RunResult], root: str
    ) -> None:
        """`root` leads from the page to the root of the site."""
        super().__init__(setting, site.config, site.navigation, results)
        self.root = root

    def picture_url(self, shown: Shown) -> str:
        """The file that the page shows; none for what stands in the page itself."""
        path = picture_file(shown)
        return asset(self.root, path) if path else ""
