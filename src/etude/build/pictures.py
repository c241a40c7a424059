"""The pictures that outputs show: what they depend on of each, read from the files of the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etude.build.book import Book
from etude.build.watch import Watch, digest

__all__ = ["Picture", "picture_sizes", "pictures_of", "sizes_of"]


@dataclass(frozen=True, slots=True)
class Picture:
    """What outputs depend on of a file that they show."""

    digest: str
    size: tuple[int, int] | None
    """In CSS pixels; None when it is no picture that is known."""
    kind: str = ""
    """MIME type of a picture, as its bytes tell; empty for other files."""


def pictures_of(book: Book, watch: Watch) -> dict[str, Picture]:
    """The pictures, and other files, that pages show or offer, by path."""
    from etude.render.images import dimensions, kind_of  # noqa: PLC0415 -- only with pictures

    found: dict[str, Picture] = {}
    shown = {f for pages in book.pages.values() for p in pages for f in p.files}
    for path in sorted(shown | {book.config.html.image} - {""}):
        try:
            data = watch.read(path)
        except OSError:
            continue  # reported when the page was parsed, or among the files of the site
        found[path] = Picture(digest(data), dimensions(data), kind_of(data))
    return found


def sizes_of(pictures: Mapping[str, Picture]) -> dict[str, tuple[int, int]]:
    """Width and height of those that are pictures."""
    return {path: picture.size for path, picture in pictures.items() if picture.size is not None}


def picture_sizes(book: Book) -> dict[str, tuple[int, int]]:
    """Width and height of the pictures that pages show, in CSS pixels, by path."""
    return sizes_of(pictures_of(book, Watch(book.files)))
