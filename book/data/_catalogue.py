"""Every data set of the book, in the order in which lists and tables name them."""

from . import _fashion, _stamps, _weather
from ._dataset import DataSet

__all__ = ["DATASETS"]

DATASETS: tuple[DataSet, ...] = (
    _fashion.DATASET,
    _stamps.DATASET,
    _weather.DATASET,
)
