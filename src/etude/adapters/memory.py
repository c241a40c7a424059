"""Files and a store in memory, for tests and for trying things out."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Collection, Iterable, Mapping

from etude.model.patterns import glob_pattern

__all__ = ["MemoryFiles", "MemoryInputs", "MemoryStore"]


class MemoryFiles:
    """A book's files as a table of path and content; change the table to change the files."""

    def __init__(self, content: Mapping[str, bytes | str] | None = None) -> None:
        """Hold `content`; texts are encoded as UTF-8."""
        items = (content or {}).items()
        self.content = {path: text.encode() if isinstance(text, str) else text for path, text in items}

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError` when there is none."""
        try:
            return self.content[posixpath.normpath(path)]
        except KeyError:
            raise FileNotFoundError(path) from None

    def exists(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        return posixpath.normpath(path) in self.content

    def inside(self, path: str) -> bool:
        """Whether `path` stays in the book."""
        plain = posixpath.normpath(path)
        return not plain.startswith(("/", "../")) and plain != ".."

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Files that match, sorted."""
        matches = glob_pattern(posixpath.normpath(pattern)).fullmatch
        return tuple(sorted(path for path in self.content if matches(path)))


class MemoryInputs:
    """Hashes of the files of a `MemoryFiles`; a pattern that starts with a slash matches such a path."""

    def __init__(self, files: MemoryFiles) -> None:
        """Hash `files`."""
        self._files = files

    def content(self, path: str) -> str:
        """Hash of a file; ``absent`` or ``folder`` when it has none."""
        data = self._files.content.get(path)
        if data is not None:
            return hashlib.blake2b(data, digest_size=16).hexdigest()
        return "folder" if any(other.startswith(path + "/") for other in self._files.content) else "absent"

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError`."""
        return self._files.read(path)

    def names(self, folder: str) -> tuple[str, ...] | None:
        """What is in a folder, sorted; None when there is no such folder."""
        start = f"{folder}/" if folder else ""
        below = {
            path[len(start) :].partition("/")[0] for path in self._files.content if path.startswith(start)
        }
        return tuple(sorted(below)) or None

    def hashes(self, pattern: str) -> tuple[tuple[str, str], ...]:
        """Pairs of path and hash of the files that match, sorted; a folder stands for all below it."""
        content = self._files.content
        matches = [glob_pattern(text).fullmatch for text in (pattern, f"{pattern}/**")]
        return tuple(
            (path, hashlib.blake2b(content[path], digest_size=16).hexdigest())
            for path in sorted(content)
            if any(match(path) for match in matches)
        )


class MemoryStore:
    """A `Store` that ends with the process."""

    def __init__(self) -> None:
        """Start empty."""
        self.content: dict[tuple[str, str], bytes] = {}
        self.damaged: tuple[str, ...] = ()

    def get(self, kind: str, key: str) -> bytes | None:
        """The entry, or None."""
        return self.content.get((kind, key))

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The entries there are among `keys`."""
        pairs = ((key, self.content.get((kind, key))) for key in keys)
        return {key: value for key, value in pairs if value is not None}

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep an entry."""
        self.content[kind, key] = value

    def put_many(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep entries."""
        for key, value in items:
            self.put(kind, key, value)

    def keys(self, kind: str) -> tuple[str, ...]:
        """Keys of every entry of a kind, sorted."""
        return tuple(sorted(key for other, key in self.content if other == kind))

    def prune(self, kind: str, keep: Collection[str]) -> int:
        """Forget the entries of a kind that are not in `keep`; returns how many."""
        gone = [key for key in self.keys(kind) if key not in keep]
        for key in gone:
            del self.content[kind, key]
        return len(gone)

    def close(self) -> None:
        """Nothing to let go of."""
