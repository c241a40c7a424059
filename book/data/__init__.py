"""The data sets of the book: ``from data import fashion_mnist, weather``.

Each loader returns arrays together with a :class:`Source`, which says where
they came from, how many examples there are and under which licence.  A loader
never fails for want of a network: a sample is packed with the book, or, where
that is not allowed, examples are made up.  ``python -m data`` lists the sets,
and ``python -m data fetch NAME`` brings one in full.
"""

from ._ames import Ames, Category, Houses, ames, ames_final, ames_score
from ._austen import Novel, austen
from ._catalogue import DATASETS
from ._co2 import CO2, co2
from ._efficientnet import EfficientNetWeights, StampFeatures, efficientnet_weights, stamp_features
from ._fashion import FashionMNIST, fashion_mnist
from ._files import DataWarning
from ._glove import WordVectors, glove
from ._hsk import HSKSentences, hsk_sentences
from ._movies import MovieSentences, movie_sentences
from ._office import LibreOfficeHelp, libreoffice_help
from ._photographs import NaturalPictures, natural_pictures
from ._quatrains import Quatrains, quatrains
from ._reviews import ShopReviews, shop_reviews
from ._scenes import FashionScenes, fashion_scenes
from ._source import Origin, Source
from ._split import Split, split_by_text
from ._stamps import Stamps, stamps
from ._weather import Weather, weather

__all__ = [
    "CO2",
    "DATASETS",
    "Ames",
    "Category",
    "DataWarning",
    "EfficientNetWeights",
    "FashionMNIST",
    "FashionScenes",
    "HSKSentences",
    "Houses",
    "LibreOfficeHelp",
    "MovieSentences",
    "NaturalPictures",
    "Novel",
    "Origin",
    "Quatrains",
    "ShopReviews",
    "Source",
    "Split",
    "StampFeatures",
    "Stamps",
    "Weather",
    "WordVectors",
    "ames",
    "ames_final",
    "ames_score",
    "austen",
    "co2",
    "efficientnet_weights",
    "fashion_mnist",
    "fashion_scenes",
    "glove",
    "hsk_sentences",
    "libreoffice_help",
    "movie_sentences",
    "natural_pictures",
    "quatrains",
    "shop_reviews",
    "split_by_text",
    "stamp_features",
    "stamps",
    "weather",
]
