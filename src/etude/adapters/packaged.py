"""Files that other Python packages carry: the faces of the theme."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def packaged(package: str, resource: str) -> bytes | None:
    """A resource of an installed package, which is not imported; None when either is not there."""
    for folder in folders(package):
        place = Path(folder, *resource.split("/"))
        if place.is_file():
            return place.read_bytes()
    return None


def folders(package: str) -> tuple[str, ...]:
    """Where an installed package lies; it is not imported. Empty when it is not there."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return ()
    return tuple(spec.submodule_search_locations or ()) if spec else ()
