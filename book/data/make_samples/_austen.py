"""The sample of the novel: *Pride and Prejudice*, from Debian's r-cran-janeaustenr."""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]

TEXT = 16
"""R's number for a vector of strings."""


def make() -> Contents:
    """Join lines to paragraphs, drop headings and the marks of italics; two newlines end a chapter."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    path = root / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb"
    novels = [lines for block in _blocks(path.read_bytes()) if (lines := _strings(block))]
    (lines,) = (lines for lines in novels if lines[0] == "PRIDE AND PREJUDICE")
    text = "\n".join(lines).replace("_", "")
    chapters = []
    for chapter in re.split(r"^Chapter \d+$", text, flags=re.MULTILINE)[1:]:
        paragraphs = [" ".join(part.split()) for part in chapter.split("\n\n")]
        chapters.append("\n".join(part for part in paragraphs if part))
    return {"pride-and-prejudice.txt": ("\n\n".join(chapters) + "\n").encode()}


def _blocks(contents: bytes) -> Iterator[bytes]:
    """Yield the objects of an R database: each has its length before it and is packed by zlib."""
    start = 0
    while start < len(contents):
        stream = zlib.decompressobj()
        yield stream.decompress(contents[start + 4 :])
        start = len(contents) - len(stream.unused_data)


def _strings(block: bytes) -> list[str]:
    """Read a vector of strings in R's serialization (XDR, version 3); other objects give nothing."""
    assert block[:2] == b"X\n", "binary, big-endian"
    (encoding,) = struct.unpack_from(">I", block, 14)
    start = 18 + encoding
    kind, count = struct.unpack_from(">II", block, start)
    if kind & 0xFF != TEXT:
        return []
    start += 8
    strings = []
    for _ in range(count):
        (length,) = struct.unpack_from(">i", block, start + 4)
        start += 8
        strings.append(block[start : start + length].decode())
        start += length
    return strings


PACKAGE = Package("debian", "r-cran-janeaustenr", _extract)
