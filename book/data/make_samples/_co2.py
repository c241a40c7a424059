"""The sample of the carbon dioxide: the whole file, from Debian's python3-statsmodels (public domain)."""

from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]


def make() -> Contents:
    """Take the file as it is."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    path = root / "usr/lib/python3/dist-packages/statsmodels/datasets/co2/co2.csv"
    return {"co2.csv": path.read_bytes().replace(b"\r\n", b"\n")}


PACKAGE = Package("debian", "python3-statsmodels", _extract)
