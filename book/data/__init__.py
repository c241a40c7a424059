"""The data sets of the book: ``from data import fashion_mnist, weather``.

Each loader returns arrays together with a :class:`Source`, which says where
they came from, how many examples there are and under which licence.  A loader
never fails for want of a network: a sample is packed with the book.
"""

from ._fashion import FashionMNIST, fashion_mnist
from ._resolver import DataWarning
from ._source import Origin, Source
from ._weather import Weather, weather

__all__ = [
    "DataWarning",
    "FashionMNIST",
    "Origin",
    "Source",
    "Weather",
    "fashion_mnist",
    "weather",
]
