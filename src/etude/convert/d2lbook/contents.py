"""The contents: `toc` blocks from the root page on, as parts and chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, normpath

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.fences import Fence, pieces

__all__ = ["Block", "Chapter", "contents", "is_toc", "pages_of"]

_OPTION = re.compile(r":(?P<name>[\w-]+):[ \t]*(?P<value>.*)")
_TITLED = re.compile(r"(?P<title>.*\S)\s*<(?P<page>[^<>]+)>")


class Chapter(Struct, frozen=True):
    """A page of the contents, with those below it."""

    page: str
    """Its file."""
    sections: tuple[Chapter, ...] = ()


class Block(Struct, frozen=True):
    """A `toc` block of the root page."""

    chapters: tuple[Chapter, ...]
    numbered: bool
    caption: str = ""


def is_toc(fence: Fence) -> bool:
    """Whether a fence holds contents."""
    return fence.info.split()[:1] == ["toc"] or fence.info.strip("{} ").startswith((".toc", "toc "))


def contents(index: str, texts: Mapping[str, str], account: Account) -> tuple[Block, ...]:
    """The blocks of the root page, with what the pages named there have below them."""
    seen = {index}
    blocks = tuple(_blocks(index, texts, account, seen))
    if sum(block.numbered for block in blocks) > 1:
        said = "chapters are numbered through the book; Sphinx begins anew in each numbered block"
        account.changed("toc", index, 0, said)
    return tuple(block for block in blocks if block.chapters)


def _blocks(path: str, texts: Mapping[str, str], account: Account, seen: set[str]) -> Iterator[Block]:
    for piece in pieces(texts[path]):
        if not (isinstance(piece, Fence) and is_toc(piece)):
            continue
        options: dict[str, str] = {}
        chapters: list[Chapter] = []
        for number, line in enumerate(piece.body, piece.line + 1):
            words = line.strip()
            if option := _OPTION.fullmatch(words):
                options[option["name"]] = option["value"].strip()
            elif words:
                chapters += _chapter(words, path, number, texts, account, seen)
        for name in options.keys() - {"numbered", "maxdepth", "caption"}:
            account.changed(f"toc :{name}:", path, piece.line, "left out: it has no use here")
        account.kept("toc", path, piece.line, "parts and chapters in `etude.toml`")
        yield Block(tuple(chapters), "numbered" in options, options.get("caption", ""))


def _chapter(
    words: str, path: str, number: int, texts: Mapping[str, str], account: Account, seen: set[str]
) -> Iterator[Chapter]:
    titled = _TITLED.fullmatch(words)
    name = titled["page"] if titled else words
    base = "" if name.startswith("/") else dirname(path)
    page = normpath(f"{base}/{name}".lstrip("/")).removesuffix(".md") + ".md"
    if page not in texts:
        account.lost("toc entry", path, number, f"there is no page `{page}`")
    elif page in seen:
        account.changed("toc entry", path, number, f"`{page}` stands in the contents already; left out here")
    else:
        if titled:
            said = "the page is called by its own title"
            account.changed("toc entry with a title", path, number, said)
        seen.add(page)
        below = [chapter for block in _blocks(page, texts, account, seen) for chapter in block.chapters]
        yield Chapter(page, tuple(below))


def pages_of(blocks: Sequence[Block]) -> Iterator[str]:
    """The pages that blocks name, in their order."""
    stack = [chapter for block in reversed(blocks) for chapter in reversed(block.chapters)]
    while stack:
        chapter = stack.pop()
        yield chapter.page
        stack += reversed(chapter.sections)
