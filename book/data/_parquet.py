"""Read one column of distinct strings from a Parquet file: its bytes in, the strings out.

Only what such a file needs, after the Parquet format 2.10 and the compact
protocol of Apache Thrift; its pages are packed by Snappy, or not at all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["distinct_strings"]

DATA_PAGE, DICTIONARY_PAGE = 0, 2
PLAIN = 0
Value = object
Fields = dict[int, Value]


def distinct_strings(contents: bytes) -> list[str]:
    """Return the strings of the only column of a file, in order.

    All strings must be distinct.  Then those of the dictionary are the first
    ones of the column, in order, and the pages that point into it say no more.
    Raises ValueError for a file that is not as described.
    """
    try:
        strings, rows = _read(contents)
    except (struct.error, IndexError) as error:
        raise ValueError(f"broken off: {error}") from error
    if len(strings) != rows or len(set(strings)) != rows:
        raise ValueError(f"{len(set(strings))} distinct strings in {rows} rows")
    return strings


def _read(contents: bytes) -> tuple[list[str], int]:
    """Return all strings of the pages, and the number of rows that the file says it has."""
    if contents[:4] != b"PAR1" or contents[-4:] != b"PAR1":
        raise ValueError("not a Parquet file")
    (length,) = struct.unpack("<I", contents[-8:-4])
    rows = _number(_Reader(contents, len(contents) - 8 - length).fields(), 3)
    reader = _Reader(contents, 4)
    strings: list[str] = []
    seen = 0
    while seen < rows:
        header = reader.fields()
        size = _number(header, 3)
        packed = contents[reader.position : reader.position + size]
        reader.position += size
        page = packed if size == _number(header, 2) else _unsnap(packed)
        match header.get(1), header.get(5):
            case kind, _ if kind == DICTIONARY_PAGE:
                strings += _plain(page)
            case kind, dict(details) if kind == DATA_PAGE:
                seen += _number(details, 1)
                if details.get(2) == PLAIN:
                    (levels,) = struct.unpack_from("<I", page)  # say that no value is null
                    strings += _plain(page[4 + levels :])
            case _:
                raise ValueError("a page of another kind")
    return strings, rows


def _plain(page: bytes) -> Iterator[str]:
    """Yield strings that stand after each other, each with its length before it."""
    start = 0
    while start < len(page):
        (length,) = struct.unpack_from("<I", page, start)
        start += 4
        yield page[start : start + length].decode()
        start += length


def _number(fields: Fields, key: int) -> int:
    value = fields.get(key)
    if not isinstance(value, int):
        raise ValueError(f"no number in field {key}")  # noqa: TRY004 - the file is wrong, not a call
    return value


@dataclass(slots=True)
class _Reader:
    """Reads values of the compact protocol, one after the other."""

    contents: bytes
    position: int

    def byte(self) -> int:
        self.position += 1
        return self.contents[self.position - 1]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def fields(self) -> Fields:
        """Read a struct: its values by the numbers of the fields."""
        fields: Fields = {}
        key = 0
        while head := self.byte():
            key = key + (head >> 4) if head >> 4 else self.zigzag()
            fields[key] = self.value(head & 0x0F)
        return fields

    def value(self, kind: int) -> Value:
        match kind:
            case 1 | 2:
                return kind == 1
            case 3:
                return self.byte()
            case 4 | 5 | 6:
                return self.zigzag()
            case 7 | 8:
                length = 8 if kind == 7 else self.varint()
                self.position += length
                return self.contents[self.position - length : self.position]
            case 9 | 10:
                head = self.byte()
                count = head >> 4 if head >> 4 < 15 else self.varint()
                return [self.value(head & 0x0F) for _ in range(count)]
            case 12:
                return self.fields()
            case _:
                raise ValueError(f"a value of kind {kind}")


def _unsnap(packed: bytes) -> bytes:
    """Unpack what Snappy has packed (its raw format)."""
    reader = _Reader(packed, 0)
    length = reader.varint()
    start = reader.position
    out = bytearray()
    while start < len(packed):
        tag = packed[start]
        start += 1
        match tag & 3:
            case 0:  # bytes as they are
                count = tag >> 2
                if count >= 60:
                    width = count - 59
                    count = int.from_bytes(packed[start : start + width], "little")
                    start += width
                out += packed[start : start + count + 1]
                start += count + 1
                continue
            case 1:
                count = (tag >> 2 & 7) + 4
                offset = (tag >> 5) << 8 | packed[start]
                start += 1
            case kind:
                width = 2 if kind == 2 else 4
                count = (tag >> 2) + 1
                offset = int.from_bytes(packed[start : start + width], "little")
                start += width
        if not 0 < offset <= len(out):
            raise ValueError("Snappy points before the beginning")
        piece = out[len(out) - offset : len(out) - offset + count]
        while len(piece) < count:  # what is copied may overlap what is written
            piece += piece[: count - len(piece)]
        out += piece
    if len(out) != length:
        raise ValueError(f"Snappy gave {len(out)} of {length} bytes")
    return bytes(out)
