"""The container of an e-book: a ZIP file as EPUB 3.3 (Open Container Format) wants it, piece by piece.

The file `mimetype` comes first and is not deflated. Every file has the same date, so that equal contents give
equal bytes. Names are ASCII. Large books stay below what ZIP files hold without extensions.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from etude.render.epub.part import Entry, entry

__all__ = ["FOLDER", "container"]

FOLDER = "EPUB"
"""The folder of the publication."""

_MIMETYPE = b"application/epub+zip"
_CONTAINER = f"""\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="{FOLDER}/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
""".encode()
_DATE = 0x21
"""The first of January 1980, the earliest that a ZIP file knows."""
_VERSION = 20


def container(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The bytes of the file; each entry is taken when its turn comes, and let go of then."""
    lines: list[bytes] = []
    at = 0
    first = Entry("mimetype", _MIMETYPE, zlib.crc32(_MIMETYPE), len(_MIMETYPE), deflated=False)
    for one in _all(first, entry("META-INF/container.xml", _CONTAINER), entries):
        name = one.name.encode("ascii")
        shape = struct.pack(
            "<HHHHHIIIHH",
            _VERSION, 0, 8 if one.deflated else 0, 0, _DATE, one.crc, len(one.data), one.size, len(name), 0,
        )  # fmt: skip
        head = b"PK\x03\x04" + shape + name
        yield head
        yield one.data
        lines.append(
            b"PK\x01\x02" + struct.pack("<H", _VERSION) + shape + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
        )
        at += len(head) + len(one.data)
    size = sum(map(len, lines))
    yield from lines
    yield b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(lines), len(lines), size, at, 0)


def _all(first: Entry, second: Entry, entries: Iterable[Entry]) -> Iterator[Entry]:
    yield first
    yield second
    for one in entries:
        yield Entry(f"{FOLDER}/{one.name}", one.data, one.crc, one.size, one.deflated)
