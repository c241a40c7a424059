"""Every data set of the book, in the order in which lists and tables name them."""

from . import (
    _ames,
    _austen,
    _co2,
    _efficientnet,
    _fashion,
    _glove,
    _hsk,
    _movies,
    _office,
    _photographs,
    _quatrains,
    _reviews,
    _stamps,
    _weather,
)
from ._dataset import DataSet

__all__ = ["DATASETS"]

DATASETS: tuple[DataSet, ...] = (
    _ames.DATASET,
    _fashion.DATASET,
    _stamps.DATASET,
    _photographs.DATASET,
    _weather.DATASET,
    _co2.DATASET,
    _austen.DATASET,
    _quatrains.DATASET,
    _hsk.DATASET,
    _office.DATASET,
    _movies.DATASET,
    _reviews.DATASET,
    _glove.DATASET,
    _efficientnet.WEIGHTS,
    _efficientnet.FEATURES,
)
