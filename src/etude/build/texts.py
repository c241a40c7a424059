"""Texts of a book's files, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etude.adapters.disk import DiskFiles
from etude.parse.text import source_text


class SourceTexts(Mapping[str, str]):
    """Texts of the book's files by path, read when a snippet is printed."""

    def __init__(self, files: DiskFiles) -> None:
        """Read from `files`."""
        self._files = files

    def __getitem__(self, path: str) -> str:
        """The text that spans count in; KeyError when the file is gone."""
        try:
            return source_text(self._files.read(path))
        except (OSError, ValueError):
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        """Nothing: the texts are found by asking."""
        return iter(())

    def __len__(self) -> int:
        """As `__iter__`."""
        return 0
