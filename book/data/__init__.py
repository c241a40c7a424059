"""The data sets of the book: ``from data import fashion_mnist, weather``.

Each loader returns arrays together with a :class:`Source`, which says where
they came from, how many examples there are and under which licence.  A loader
never fails for want of a network: a sample is packed with the book, or, where
that is not allowed, examples are made up.  ``python -m data`` lists the sets,
and ``python -m data fetch NAME`` brings one in full.
"""

from ._catalogue import DATASETS
from ._fashion import FashionMNIST, fashion_mnist
from ._files import DataWarning
from ._source import Origin, Source
from ._weather import Weather, weather

__all__ = [
    "DATASETS",
    "DataWarning",
    "FashionMNIST",
    "Origin",
    "Source",
    "Weather",
    "fashion_mnist",
    "weather",
]
