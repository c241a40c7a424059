"""Results as they are shared: a pack for each run, and files for what is large.

In: `Recorded`. Out: objects with names. The name of a pack tells for which code it is, so that one list
of names says what there is, and what its results are, so that equal ones are shared once.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from etude.execute.recorded import Recorded
from etude.execute.recorded_content import FILE, Files, Loose
from etude.execute.recorded_form import identity, write
from etude.execute.recorded_reading import Flaw, Read, read

__all__ = ["FILES", "PACKS", "Pack", "files_of", "fitting", "make_pack", "open_pack"]

PACKS: Final = "runs"
FILES: Final = "files"
"""Folders of the place."""

_NAME: Final = re.compile(r"(?P<code>[0-9a-f]{32})\.(?P<content>[0-9a-f]{32})\.json\.gz")
_SMALL: Final = 64 * 1024
"""Characters of base64 up to which a picture travels in the pack."""
_MOST: Final = 8
"""Packs that are looked at for one run: the same code with other data, or with other results."""
_NAMED: Final = re.compile(rf'"file": "({FILE.pattern})"')


@dataclass(frozen=True, slots=True)
class Pack:
    """What is shared of one run."""

    name: str
    recorded: Recorded
    files: dict[str, bytes]
    """By name; they belong beside the pack."""

    @property
    def data(self) -> bytes:
        """The object itself."""
        return gzip.compress(write(self.recorded, Loose(_SMALL)).encode(), mtime=0)


def make_pack(code: str, recorded: Recorded) -> Pack:
    """The pack of a run; `code` is its `code_key`."""
    files = Loose(_SMALL)
    write(recorded, files)
    return Pack(f"{code}.{identity(recorded)}.json.gz", recorded, files.files)


def fitting(names: Iterable[str], codes: Iterable[str]) -> tuple[str, ...]:
    """Which packs are for some codes, sorted."""
    wanted = frozenset(codes)
    count: dict[str, int] = {}
    out: list[str] = []
    for name in sorted(names):
        match = _NAME.fullmatch(name)
        if match and match["code"] in wanted:
            count[match["code"]] = count.get(match["code"], 0) + 1
            if count[match["code"]] <= _MOST:
                out.append(name)
    return tuple(out)


def files_of(data: bytes) -> tuple[str, ...]:
    """Names of the files that a pack needs."""
    return tuple(dict.fromkeys(_NAMED.findall(_text(data) or "")))


def open_pack(name: str, data: bytes, files: Files) -> Read:
    """What a pack holds that is as it was shared."""
    text = _text(data)
    if text is None:
        return Read((), (Flaw("it is cut off, or was changed"),))
    found = read(text, files)
    match = _NAME.fullmatch(name)
    if not found.flaws and not (match and found.whole and identity(found.whole) == match["content"]):
        return Read(found.entries, (Flaw("it has the name of another"),))
    return found


def _text(data: bytes) -> str | None:
    try:
        return gzip.decompress(data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None
