"""The sample of Fashion-MNIST: the first pictures of each class."""

import numpy as np
import numpy.typing as npt

from .._dataset import Contents
from .._fashion import CLASSES, DATASET, read_idx, write_idx
from .._resolver import fetch

__all__ = ["make"]

TRAIN_PER_CLASS = 600
TEST_PER_CLASS = 100


def make() -> Contents:
    """Keep the first examples of each class, in their original order."""
    full = fetch(DATASET)
    if not full.full:
        raise SystemExit(f"Fashion-MNIST not found: {full.notes}")
    arrays = [read_idx(full.contents[file.name]) for file in DATASET.files]
    train = _first_of_each(arrays[1], TRAIN_PER_CLASS)
    test = _first_of_each(arrays[3], TEST_PER_CLASS)
    chosen = (train, train, test, test)
    return {
        file.name: write_idx(array[rows])
        for file, array, rows in zip(DATASET.files, arrays, chosen, strict=True)
    }


def _first_of_each(labels: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.int64]:
    firsts = [np.flatnonzero(labels == c)[:count] for c in range(len(CLASSES))]
    return np.sort(np.concatenate(firsts))
