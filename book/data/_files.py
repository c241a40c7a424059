"""The files of a data set on the disk: a path in, verified bytes out; and the cache.

Files are kept packed, and verified by the SHA-256 of what is in them.
"""

import gzip
import hashlib
import os
import secrets
import zlib
from pathlib import Path

from ._dataset import DataSet, File

__all__ = ["Absent", "DataWarning", "WrongHash", "cache_folder", "gunzip", "read", "store", "verified"]


class DataWarning(UserWarning):
    """A file of a data set was there, but is not what it should be."""


class Absent(Exception):  # noqa: N818 - the normal course of a search
    """The data set is not in this place."""


class WrongHash(Absent):
    """A file of the data set is in this place, with other contents."""


def cache_folder(dataset: DataSet) -> Path:
    """Return the folder that keeps the files of a data set."""
    root = os.environ.get("ETUDE_DATA") or "~/.cache/etude/data"
    return Path(root).expanduser() / dataset.name


def read(path: Path, file: File) -> bytes:
    """Read and verify a file of the cache."""
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise Absent(f"no {path}") from error
    return gunzip(packed, file, str(path))


def gunzip(packed: bytes, file: File, where: str) -> bytes:
    """Decompress a file and check its hash; `where` is for the message."""
    try:
        contents = gzip.decompress(packed)
    except (EOFError, OSError, zlib.error) as error:
        raise WrongHash(
            f"{where}: not a whole gzip file ({error}); expected contents with SHA-256 {file.sha256}"
        ) from error
    return verified(contents, file, where)


def verified(contents: bytes, file: File, where: str) -> bytes:
    actual = hashlib.sha256(contents).hexdigest()
    if actual != file.sha256:
        raise WrongHash(f"{where}: expected SHA-256 {file.sha256}, actual {actual}")
    return contents


def store(path: Path, packed: bytes) -> None:
    """Write a file of the cache whole, or not at all.

    A cache that cannot be written costs a download next time, no more.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(packed)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError:
        return
