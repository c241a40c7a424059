"""A page's twin in Markdown: document, facts and results in, the text of the whole page out.

It has what the page has: all variants, each under its name, outputs as text, numbers and references filled
in, links to the twins of other pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from etude.model.block import BlockNode, CodeCell, Heading, TableOfContents, VariantBlock
from etude.model.book import NavPage, PageFacts
from etude.model.page import Page
from etude.model.result import CellResult, Display, Output, Result, RunResult
from etude.render.ansi import strip
from etude.render.bundle import Failed, Printed, Shown, choose, items, text_of
from etude.render.html.address import asset, depth_prefix, language_prefix, page_file
from etude.render.html.picture import picture_file
from etude.render.html.site import SiteContext
from etude.render.markdown import MarkdownWriter, Piece, Prose, Setting, join
from etude.render.markdown_code import annotated
from etude.render.markdown_text import bold, escape_words, fence, link
from etude.render.said import said
from etude.render.variants import page_variants

__all__ = ["render_twin", "twin_file", "twin_link"]

_SUFFIX = ".md"
_WORDY = ("text/markdown", "text/latex", "text/plain")
"""What of a bundle is read best as text, before what it shows."""


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
    writer = _Writer(setting, site, {name: results[name] for name in variants if name in results}, here, root)
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


class _Writer(MarkdownWriter):
    """Writes cells with their outputs, and what belongs to some variants under their names."""

    def __init__(
        self, setting: Setting, site: SiteContext, results: Mapping[str, RunResult], here: str, root: str
    ) -> None:
        """`here` and `root` lead from the page to its language's folder, and to the root of the site."""
        super().__init__(setting)
        self.site, self.results, self.here, self.root = site, results, here, root

    def block(self, node: BlockNode) -> list[Piece]:
        """One block."""
        match node:
            case VariantBlock(variants=variants, children=children):
                of_variant = next((self.results[name] for name in variants if name in self.results), None)
                inner = self.of(of_variant) if of_variant is not None else self
                return [*self.whose(variants), *inner.blocks(children)]
            case TableOfContents():
                return [Prose(self.contents())]
            case _:
                return super().block(node)

    def of(self, result: RunResult) -> _Writer:
        """The same with values of another run."""
        inner = _Writer(replace(self.setting, result=result), self.site, self.results, self.here, self.root)
        inner.footnotes = self.footnotes
        return inner

    def whose(self, variants: Sequence[str]) -> list[Piece]:
        """The names of variants, where there are several to choose from."""
        if len(self.site.config.variants) < 2 or not variants:
            return []
        names = [self.site.config.variant_title(name, self.setting.language) for name in variants]
        return [Prose(bold(escape_words(" · ".join(names))))]

    def contents(self) -> str:
        """The contents of the book, as a list."""
        lines: list[str] = []
        for part in self.site.navigation.parts:
            if part.title:
                lines.append(f"- {bold(escape_words(f'{part.label} {part.title}'.strip()))}")
            for chapter in part.pages:
                lines += self._lines(chapter, 1 if part.title else 0)
        return "\n".join(lines)

    def _lines(self, page: NavPage, depth: int) -> Iterator[str]:
        title = escape_words(f"{page.number} {said(page.title)}".strip())
        yield f"{'  ' * depth}- {link(title, twin_link(self.site, self.here, page.name))}"
        for child in page.pages:
            yield from self._lines(child, depth + 1)

    def code_cell(self, node: CodeCell) -> list[Piece]:
        """Code that runs, with what came of it."""
        tags = frozenset(node.tags)
        if "remove-cell" in tags:
            return []
        pieces: list[Piece] = [*self.whose(node.variants), *self.caption(node.id, node.caption)]
        if "remove-input" not in tags:
            code = annotated(node.code, node.annotations, node.language)
            pieces += [Prose(fence(code, node.language)), *self.annotations(node.annotations)]
        if "remove-output" not in tags:
            pieces += self.outputs(node)
        return pieces

    def outputs(self, node: CodeCell) -> Iterator[Piece]:
        """What a cell gave: once when all variants agree, else for each."""
        mine = node.variants or tuple(self.results)
        found: dict[str, list[str]] = {}
        for name in mine:
            result = self.results[name].cells.get(node.index) if name in self.results else None
            if result is not None:
                found.setdefault(join(self.shown(result)), []).append(name)
        for text, names in found.items():
            if text:
                yield from self.whose(names) if len(found) > 1 else ()
                yield Prose(text)

    def shown(self, result: CellResult) -> Iterator[Prose]:
        """The outputs of a cell in one run."""
        for item in items(tuple(map(_as_text, result.outputs))):
            match item:
                case Printed(text=text):
                    yield Prose(fence(strip(text), "text"))
                case Failed(name=name, message=message):
                    yield Prose(fence(strip(f"{name}: {message}"), "text"))
                case Shown(mime="text/plain", content=content):
                    yield Prose(fence(strip(content).rstrip(), "text"))
                case Shown(mime="application/json", content=content):
                    yield Prose(fence(content, "json"))
                case Shown(mime=mime, content=content) if mime.startswith("text/"):
                    yield Prose(content.strip())
                case _:
                    alt = self.words.output_image
                    path = picture_file(item)
                    yield Prose(f"![{alt}]({asset(self.root, path)})" if path else f"*{alt}*")


def _as_text(output: Output) -> Output:
    """A display without what a reader of text cannot use, when it has something else."""
    if not isinstance(output, Display | Result):
        return output
    kind = next((kind for kind in _WORDY if _tells(kind, output.data)), "")
    picture = choose(output.data)
    if not kind or (kind == "text/plain" and picture is not None and picture.mime.startswith("image/")):
        return output
    return Display({kind: text_of(output.data[kind])})


def _tells(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether a bundle has a content that says more than whose it is (``<IPython… object>``)."""
    if kind not in data:
        return False
    said_so = text_of(data[kind]).strip()
    return kind != "text/plain" or not (said_so.startswith("<") and said_so.endswith(">"))
