"""Find the files of a data set: description in, verified bytes out.

Places are tried in this order: the local cache, Debian's package, the
official addresses, the sample packed with the book.  Everything but the
sample is accepted only if its SHA-256 is right.  The hash is that of the
*decompressed* file, because Debian rewrites the header of gzip files.

Environment:

``ETUDE_DATA``
    folder of the cache, instead of ``~/.cache/etude/data``.
``ETUDE_OFFLINE``
    if set, and neither empty nor ``0``: use no network.
``ETUDE_DATA_URL``
    base address of a mirror, used instead of the official addresses;
    ``<base>/<data set>/<file>.gz`` must exist.
"""

import gzip
import hashlib
import os
import secrets
import tempfile
import warnings
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from . import _debian, _http
from ._source import Origin

__all__ = [
    "SAMPLES",
    "DataSet",
    "DataWarning",
    "File",
    "Found",
    "cache_folder",
    "find",
]

SAMPLES = Path(__file__).parent / "samples"
"""The folder of the samples packed with the book."""

Contents = dict[str, bytes]
"""The decompressed contents of each file, by its name."""


class DataWarning(UserWarning):
    """A file of a data set was there, but is not what it should be."""


class Absent(Exception):  # noqa: N818 - the normal course of a search
    """The data set is not in this place."""


class WrongHash(Absent):
    """A file of the data set is in this place, with other contents."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a data set."""

    name: str
    """Without the ending ``.gz``, which it has in every place."""
    sha256: str
    """Of the decompressed contents, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What the resolver must know in order to find a data set."""

    name: str
    """Also the name of its folder in the cache."""
    files: tuple[File, ...]
    mirrors: tuple[str, ...] = ()
    """Base addresses; each holds ``<file>.gz``."""
    debian_package: str | None = None
    debian_folder: Path | None = None
    """Absolute path of the folder that the package installs."""


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search."""

    contents: Contents
    """Empty if only the sample is left; the loader reads that itself."""
    origin: Origin
    notes: tuple[str, ...]
    """Why each earlier place did not serve."""


def cache_folder(dataset: DataSet) -> Path:
    """Return the folder that keeps the files of a data set."""
    root = os.environ.get("ETUDE_DATA") or "~/.cache/etude/data"
    return Path(root).expanduser() / dataset.name


def find(dataset: DataSet) -> Found:
    """Look for a data set in every place, in order.

    Never raises for data that is missing or damaged: a file with a wrong hash
    gives a :class:`DataWarning`, and the search goes on.
    """
    cache = cache_folder(dataset)
    places: tuple[tuple[Origin, Callable[[], Contents]], ...] = (
        ("cache", lambda: _read_folder(cache, dataset.files)),
        ("debian", lambda: _from_debian(dataset, cache)),
        ("download", lambda: _from_mirrors(dataset, cache)),
    )
    notes: list[str] = []
    for origin, look in places:
        try:
            return Found(look(), origin, tuple(notes))
        except WrongHash as problem:
            warnings.warn(str(problem), DataWarning, stacklevel=3)
            notes.append(f"{origin}: {problem}")
        except Absent as reason:
            notes.append(f"{origin}: {reason}")
    return Found({}, "sample", tuple(notes))


def _offline() -> bool:
    return os.environ.get("ETUDE_OFFLINE", "0") not in {"", "0"}


def _read_folder(folder: Path, files: Iterable[File]) -> Contents:
    """Read and verify all files in a folder."""
    return {file.name: _read(folder, file) for file in files}


def _read(folder: Path, file: File) -> bytes:
    path = folder / f"{file.name}.gz"
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise Absent(f"no {path}") from error
    return _unpack(packed, file, str(path))


def _unpack(packed: bytes, file: File, where: str) -> bytes:
    """Decompress a file and check its hash; `where` is for the message."""
    try:
        contents = gzip.decompress(packed)
    except (EOFError, OSError, zlib.error) as error:
        raise WrongHash(
            f"{where}: not a whole gzip file ({error}); expected contents with SHA-256 {file.sha256}"
        ) from error
    actual = hashlib.sha256(contents).hexdigest()
    if actual != file.sha256:
        raise WrongHash(f"{where}: expected SHA-256 {file.sha256}, actual {actual}")
    return contents


def _store(path: Path, packed: bytes) -> None:
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


def _from_debian(dataset: DataSet, cache: Path) -> Contents:
    """Read the installed package, else fetch and unpack it, unprivileged."""
    package, folder = dataset.debian_package, dataset.debian_folder
    if package is None or folder is None:
        raise Absent("no package")
    if folder.is_dir():
        return _read_folder(folder, dataset.files)
    if _offline():
        raise Absent(f"no {folder}, and ETUDE_OFFLINE is set")
    with tempfile.TemporaryDirectory(prefix="etude-") as scratch:
        try:
            root = _debian.unpack(package, Path(scratch))
        except _debian.Unavailable as reason:
            raise Absent(str(reason)) from reason
        unpacked = root / folder.relative_to("/")
        contents = _read_folder(unpacked, dataset.files)
        for file in dataset.files:
            name = f"{file.name}.gz"
            _store(cache / name, (unpacked / name).read_bytes())
    return contents


def _from_mirrors(dataset: DataSet, cache: Path) -> Contents:
    """Download what the cache lacks; a mirror that fails is not asked again."""
    if _offline():
        raise Absent("ETUDE_OFFLINE is set")
    base = os.environ.get("ETUDE_DATA_URL")
    mirrors = list(dataset.mirrors)
    if base:
        mirrors = [f"{base.rstrip('/')}/{dataset.name}"]
    problem = Absent("no address")
    contents: Contents = {}
    for file in dataset.files:
        try:
            contents[file.name] = _read(cache, file)
        except Absent:
            while mirrors:
                url = f"{mirrors[0].rstrip('/')}/{file.name}.gz"
                try:
                    packed = _http.fetch(url)
                    contents[file.name] = _unpack(packed, file, url)
                except _http.Unavailable as reason:
                    problem = Absent(str(reason))
                except WrongHash as wrong:
                    problem = wrong
                else:
                    _store(cache / f"{file.name}.gz", packed)
                    break
                del mirrors[0]
            else:
                raise problem from None
    return contents
