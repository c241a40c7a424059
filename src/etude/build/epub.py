"""E-books as part of a build: put together from their parts when one of these has changed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

import msgspec
from msgspec import structs

from etude.adapters.disk import write_pieces
from etude.build.dates import modified
from etude.build.epub_cover import Cover, cover_entry, covers
from etude.build.epub_parts import (
    KEEP,
    Edition,
    Media,
    drawings,
    editions,
    file_entries,
    media_of,
    page_parts,
    part_target,
)
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.outputs import Made, encode
from etude.build.shared import unread
from etude.build.watch import digest, stamp
from etude.render.epub.container import container
from etude.render.epub.front import front, part_file, part_pages
from etude.render.epub.names import page_file
from etude.render.epub.nav import contents, nav_file, ncx_file
from etude.render.epub.package import items, package_file
from etude.render.epub.part import Entry, Part, PartFacts, entry
from etude.render.epub.style import font_file, style_sheet
from etude.render.epub.volume import Volume

__all__ = ["write_epubs"]

_part = msgspec.msgpack.Decoder(Part)
_facts = msgspec.msgpack.Decoder(PartFacts)


def write_epubs(making: Making, fonts: Sequence[Callable[[], Mapping[str, bytes]]]) -> dict[str, Made]:
    """Bring every e-book up to date; what the state keeps of them. `fonts` are those of formulas, being cut.

    Raises `WriteError`, and `PageGoneError` when a part that was kept is lost.
    """
    book, options, out, output = making.book, making.options, making.out, making.output
    there = KEEP.there(book.root)
    wanted = editions(book, options.variants)
    cleaned = drawings(making, there)
    media = media_of(making.pictures, cleaned)
    parts = page_parts(making, wanted, media, there)
    shown, problems = covers(making, wanted, there)
    output.diagnostics += problems
    known = {**cleaned, **parts, **{cover.target: cover.made for cover in shown.values()}}
    cut = {name: data for get in fonts for name, data in get().items()}
    changed = modified(making)
    assembly = _Assembly(making, media, cut, style_sheet(cut, _own_styles(making)), changed)
    for edition in wanted:
        pages = [
            known[target].part
            for parsed in book.pages[edition.language]
            if (target := part_target(edition, parsed.source.name)) in known
        ]
        facts = [KEEP.get(book.root, name, _facts) for name in pages]
        for one in facts:
            output.diagnostics += one.diagnostics
        key = assembly.key(edition, pages, shown[edition])
        if (old := making.stands(edition.file, key)) is not None:
            known[edition.file] = old
            continue
        announce(out, (edition.file,))
        pieces = container(assembly.entries(edition, pages, facts, shown[edition]))
        output.written += write_pieces(out / edition.file, pieces)
        known[edition.file] = Made(key, {edition.file: stamp(out / edition.file)})
    if not options.languages and not options.variants:
        KEEP.forget(book.root, {made.part for made in known.values()})
    return known


class _Assembly:
    """Puts e-books together; what all of them share is made once."""

    def __init__(
        self, making: Making, media: Media, fonts: Mapping[str, bytes], style: bytes, modified: str
    ) -> None:
        self._book, self._resolved, self._pictures = making.book, making.resolved, making.pictures
        self._program, self._media = making.program, media
        self._fonts, self._style, self._modified = fonts, style, modified
        self._config = structs.replace(making.book.config, spans=())

    def key(self, edition: Edition, pages: Sequence[str], cover: Cover) -> str:
        """All that an e-book depends on."""
        return digest(
            self._program,
            edition.file,
            encode(self._config),
            encode(self._resolved.languages[edition.language].navigation),
            self._modified,
            self._style,
            cover.name,
            cover.made.part,
            repr([(path, self._pictures[path].digest) for path in self._files(edition)]),
            *self._fonts.values(),
            *pages,
        )

    def _files(self, edition: Edition) -> list[str]:
        """Pictures of the book that its pages show."""
        shown = {path for parsed in self._book.pages[edition.language] for path in parsed.files}
        return sorted(path for path in shown if path in self._media.files)

    def entries(
        self, edition: Edition, pages: Sequence[str], facts: Sequence[PartFacts], cover: Cover
    ) -> Iterator[Entry]:
        """Every file of the e-book; pages are read when their turn comes."""
        files = self._files(edition)
        names = [self._media.files[path] for path in files]
        fonts = {font_file(name): data for name, data in self._fonts.items()}
        navigation = self._resolved.languages[edition.language].navigation
        volume = Volume(
            self._config,
            navigation,
            edition.variant,
            self._modified,
            facts,
            cover.name,
            (*names, *fonts),
        )
        titled = part_pages(volume)
        lines = contents(volume, {number: words for number, (words, _) in titled.items()})
        made = {
            "package.opf": package_file(volume, items(volume, titled)),
            **front(volume),
            "nav.xhtml": nav_file(volume, lines),
            "toc.ncx": ncx_file(volume, lines),
            "book.css": self._style,
            **{part_file(number): data for number, (_, data) in titled.items()},
            **fonts,
        }
        yield from (entry(name, data) for name, data in made.items())
        yield cover_entry(self._book, cover)
        ids = {page_file(one.page): frozenset(one.ids) for one in facts}
        done: set[str] = set()
        for name, one in zip(pages, facts, strict=True):
            page, *others = KEEP.get(self._book.root, name, _part).entries
            yield _mended(page, one, ids)
            for other in others:
                if other.name not in done:
                    done.add(other.name)
                    yield other
        yield from file_entries(self._book, files, self._media)


def _mended(page: Entry, facts: PartFacts, ids: Mapping[str, frozenset[str]]) -> Entry:
    """A page without links to what this e-book does not have, such as a listing of another variant."""
    lost = [
        (target, own)
        for target, own in facts.links
        if own not in ids.get(target or page_file(facts.page), ()) and (own or target not in ids)
    ]
    if not lost:
        return page
    markup = zlib.decompress(page.data, -15).decode()
    for target, own in lost:
        href = re.escape(f' href="{target}#{quote(own)}"' if own else f' href="{target}"')
        kept = f' href="{target}"' if target in ids else ""
        markup = re.sub(href, kept, markup)
    return entry(page.name, markup.encode())


_FETCHED = re.compile(r"@import[^;]*;?|url\(\s*[\"']?(?!data:)[^)]*\)", re.IGNORECASE)


def _own_styles(making: Making) -> list[str]:
    """The book's own style sheets, without what they fetch: an e-book has nothing to fetch from."""
    book = making.book
    found: list[str] = []
    for number, path in enumerate(book.config.epub.css):
        try:
            found.append(_FETCHED.sub("none", making.watch.read(path).decode("utf-8", "replace")))
        except OSError as error:
            making.output.diagnostics += (unread(book, path, f"epub.css.{number}", error),)
    return found
