"""Unpack a few members of an archive: a wheel, a source distribution, a package of npm."""

import fnmatch
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ._tools import Unavailable

__all__ = ["unpack"]


def unpack(archive: Path, members: tuple[str, ...], folder: Path) -> None:
    """Write the regular files whose names match one of the patterns below a folder.

    Patterns are those of :mod:`fnmatch`, in which ``*`` also matches slashes.
    Names that lead out of the folder are passed over.  Raises
    :class:`Unavailable` if the archive cannot be read, or nothing in it matches.
    """
    written = 0
    try:
        for name, contents in _files(archive, members):
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(contents)
            written += 1
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as error:
        raise Unavailable(f"{archive.name}: {error}") from error
    if not written:
        raise Unavailable(f"{archive.name}: holds nothing like {', '.join(members)}")


def _files(archive: Path, members: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield name and contents of each wanted file, in the order of the archive."""

    def wanted(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in members)

    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                if not info.is_dir() and wanted(info.filename):
                    yield info.filename, packed.read(info)
    else:
        with tarfile.open(archive) as packed_tar:
            for entry in packed_tar:
                if entry.isfile() and wanted(entry.name):
                    file = packed_tar.extractfile(entry)
                    assert file is not None, "a regular file can be read"
                    yield entry.name, file.read()
