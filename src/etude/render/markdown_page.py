"""Stage render: a whole page as Markdown, with the outputs of its cells and every variant under its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, Self

from etude.model.block import BlockNode, CodeCell, Pasted, TableOfContents, VariantBlock
from etude.model.book import Navigation, NavPage
from etude.model.config import Config
from etude.model.result import CellResult, Display, Output, Result, RunResult
from etude.render.ansi import strip
from etude.render.bundle import Failed, Item, Printed, Shown, choose, items, text_of
from etude.render.markdown import MarkdownWriter, Piece, Prose, Setting, join
from etude.render.markdown_code import annotated
from etude.render.markdown_text import bold, escape_words, fence, link
from etude.render.said import said

__all__ = ["PageWriter", "readable"]

_WORDY = ("text/markdown", "text/latex", "text/plain")
"""What of a bundle is read best as text, before what it shows."""


class PageWriter(MarkdownWriter):
    """Writes cells with their outputs, and what belongs to some variants under their names."""

    def __init__(
        self, setting: Setting, config: Config, navigation: Navigation, results: Mapping[str, RunResult]
    ) -> None:
        """`results` are those that the page shows, by variant."""
        super().__init__(setting)
        self.config, self.navigation, self.results = config, navigation, results

    def picture_url(self, shown: Shown) -> str:
        """Where a picture that a cell made lies, from the page; empty when it lies nowhere."""
        raise NotImplementedError

    def block(self, node: BlockNode) -> list[Piece]:
        """One block."""
        match node:
            case VariantBlock(variants=variants, children=children):
                of_variant = next((self.results[name] for name in variants if name in self.results), None)
                inner = self.of(of_variant) if of_variant is not None else self
                return [*self.whose(variants), *inner.blocks(children)]
            case TableOfContents():
                return [Prose(self.contents())]
            case Pasted(kind="any"):
                result = self.setting.result.result(node) if self.setting.result is not None else None
                shown = readable(result) if result is not None else ()
                return [self.item(item, self.words.output_image) for item in shown]
            case _:
                return super().block(node)

    def of(self, result: RunResult) -> Self:
        """The same with values of another run; what is met is noted for both."""
        inner = copy(self)
        inner.setting = replace(self.setting, result=result)
        inner.inline = copy(self.inline)
        inner.inline.setting = inner.setting
        return inner

    def whose(self, variants: Sequence[str]) -> list[Piece]:
        """The names of variants, where there are several to choose from."""
        if len(self.config.variants) < 2 or not variants:
            return []
        names = [self.config.variant_title(name, self.setting.language) for name in variants]
        return [Prose(bold(escape_words(" · ".join(names))))]

    def contents(self) -> str:
        """The contents of the book, as a list."""
        lines: list[str] = []
        for part in self.navigation.parts:
            if part.title:
                lines.append(f"- {bold(escape_words(f'{part.label} {part.title}'.strip()))}")
            for chapter in part.pages:
                lines += self._lines(chapter, 1 if part.title else 0)
        return "\n".join(lines)

    def _lines(self, page: NavPage, depth: int) -> Iterator[str]:
        title = escape_words(f"{page.number} {said(page.title)}".strip())
        yield f"{'  ' * depth}- {link(title, self.setting.page_url(page.name, ''))}"
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
                found.setdefault(join(self.shown(node, result)), []).append(name)
        for text, names in found.items():
            if text:
                yield from self.whose(names) if len(found) > 1 else ()
                yield Prose(text)

    def shown(self, node: CodeCell, result: CellResult) -> Iterator[Prose]:  # noqa: ARG002 -- for those who choose
        """The outputs of a cell in one run."""
        for item in readable(result):
            yield self.item(item, self.words.output_image)

    def item(self, item: Item, alt: str) -> Prose:
        """One output; `alt` stands for a picture."""
        match item:
            case Printed(text=text):
                return Prose(fence(strip(text), "text"))
            case Failed(name=name, message=message):
                return Prose(fence(strip(f"{name}: {message}"), "text"))
            case Shown(mime="text/plain", content=content):
                return Prose(fence(strip(content).rstrip(), "text"))
            case Shown(mime="application/json", content=content):
                return Prose(fence(content, "json"))
            case Shown(mime=mime, content=content) if mime.startswith("text/"):
                return Prose(content.strip())
            case _:
                address = self.picture_url(item)
                return Prose(f"![{escape_words(alt)}]({address})" if address else f"*{escape_words(alt)}*")


def readable(result: CellResult) -> tuple[Item, ...]:
    """The outputs of a cell in order, as text where that tells what there is to see."""
    return items(tuple(map(_as_text, result.outputs)))


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
