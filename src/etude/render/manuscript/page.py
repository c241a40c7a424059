"""A page as a file of its own, and all pages in one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from etude.model.block import TableOfContents
from etude.model.book import NavPage
from etude.render.html.tags import tag
from etude.render.manuscript.scene import Anchors, Leaf, Scene, Spot, Written, manuscript_file, spots
from etude.render.manuscript.writer import ManuscriptWriter
from etude.render.said import said

__all__ = ["front_matter", "whole_book", "written_page"]


def written_page(leaf: Leaf, scene: Scene, anchors: Anchors) -> Written:
    """The file of one page."""
    page = leaf.page
    config = scene.config
    depth = manuscript_file(page.language, page.name, config.home).count("/")
    writer = ManuscriptWriter(leaf, scene, Spot(root="../" * depth), anchors)
    text = writer.whole()
    if page.name == config.home and not _lists(leaf):
        text += f"\n\n{writer.contents()}"
    head = front_matter(
        {
            "title": said(page.title),
            "book": config.title.get(page.language),
            "lang": tag(page.language),
            "author": list(page.front.authors) or [author.name for author in config.authors],
            "license": page.front.license or config.license,
        }
    )
    return Written(f"{head}\n{text}\n".encode(), writer.files)


def whole_book(
    leaves: Iterable[Leaf],
    scene: Scene,
    anchors: Anchors,
    writer: type[ManuscriptWriter] = ManuscriptWriter,
    *,
    head: bool = True,
) -> Written:
    """The file of the whole book, in reading order; `head` is for what tells of the book above it."""
    config, language = scene.config, scene.navigation.language
    places = spots(scene.navigation)
    by_name = {leaf.page.name: leaf for leaf in leaves}
    if any(map(_lists, by_name.values())):
        anchors = {name: anchors.get(name, frozenset()) | {""} for name in by_name}
    files: dict[str, bytes] = {}
    pieces: list[str] = []
    if head:
        pieces.append(
            front_matter(
                {
                    "title": config.title.get(language),
                    "subtitle": config.subtitle.get(language),
                    "lang": tag(language),
                    "author": [author.name for author in config.authors],
                    "license": config.license,
                }
            ).rstrip("\n")
        )

    def put(page: NavPage) -> None:
        leaf = by_name.get(page.name)
        if leaf is not None:
            made = writer(leaf, scene, places[page.name], anchors)
            pieces.append(made.whole())
            files.update(made.files)

    put(scene.navigation.home)
    for part in scene.navigation.parts:
        if part.title:
            pieces.append(f"# {writer.part_title(language, part.label, part.title)}")
        for page in (one for chapter in part.pages for one in chapter.walk()):
            put(page)
    return Written(("\n\n".join(pieces) + "\n").encode(), dict(sorted(files.items())))


def front_matter(fields: Mapping[str, str | list[str]]) -> str:
    """A block of YAML, in the part of it that is JSON."""
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items() if value)
    return f"---\n{''.join(lines)}---\n"


def _lists(leaf: Leaf) -> bool:
    """Whether a page prints the contents of the book."""
    return any(isinstance(node, TableOfContents) for node in leaf.page.blocks)
