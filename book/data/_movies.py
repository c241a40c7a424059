"""Sentences about movies, each with the mean of many people's judgements.

Source: the additional resources of vaderSentiment 0.5 on PyPI; C. J. Hutto
and E. Gilbert, VADER, ICWSM 2014.  The package is under the MIT licence, but
the sentences are those of critics, found on Rotten Tomatoes; therefore the
book carries none of them: they are fetched when they are first asked for.
Where they cannot be had, sentences are made up.
"""

import html
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import _made
from ._dataset import About, Contents, DataSet, File, Package
from ._resolver import find
from ._source import Source
from ._split import Split, split_by_text

__all__ = ["DATASET", "MovieSentences", "movie_sentences"]

FOLDER = "vaderSentiment-0.5/additional_resources"


def _extract(root: Path) -> Contents:
    """Keep score and sentence, each sentence once, in the order of the source."""
    with tarfile.open(root / FOLDER / "hutto_ICWSM_2014.tar.gz") as archive:
        file = archive.extractfile("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
        text = io.BytesIO() if file is None else file
        rows = [line.split("\t") for line in text.read().decode().splitlines()]
    scores: dict[str, str] = {}
    for _, score, sentence in rows:
        words = html.unescape(sentence).replace("''", '"').split()
        scores.setdefault(" ".join(words), f"{float(score):.4g}")
    return {"sentences.tsv": "".join(f"{score}\t{text}\n" for text, score in scores.items()).encode()}


DATASET = DataSet(
    name="movie-sentences",
    files=(File("sentences.tsv", "14953c4ebf93767c54037003f5ae685bbe67c1aad750c5550456d8cafa76057f"),),
    packages=(
        Package(
            "pypi",
            "vaderSentiment",
            _extract,
            version="0.5",
            sha256="5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a",
            members=(f"{FOLDER}/hutto_ICWSM_2014.tar.gz",),
            size=2_449_000,
        ),
    ),
    about=About(
        title="Movie sentences of VADER",
        task="classification of texts",
        what="English sentences from reviews of movies, each with the mean of people's judgements",
        what_zh="英文影评句子，每句附有多人评分的平均值",
        size="10,603 sentences",
        licence="MIT (package); texts of their authors, not redistributed",
        address="https://github.com/cjhutto/vaderSentiment",
        attribution="Hutto and Gilbert (2014); sentences from Rotten Tomatoes",
        size_zh="10,603句",
        licence_zh="MIT（软件包）；文字属其作者，不再分发",
    ),
)


@dataclass(frozen=True, slots=True)
class MovieSentences:
    """n = 10,603 sentences in the order of the source; 1,600 if they are made up."""

    sentences: tuple[str, ...]
    """n different sentences, with capitals and punctuation, up to 255 characters long."""
    score: npt.NDArray[np.float64]
    """(n,), the mean of about twenty judgements from -4 (very bad) to 4 (very good)."""
    split: Split
    """By the sentence, see :func:`data.split_by_text`."""
    source: Source


def movie_sentences(dataset: DataSet = DATASET) -> MovieSentences:
    """Load the sentences, or make some up if they can neither be found nor fetched.

    `dataset` says where to look; only tests need another than the default.
    """
    found = find(dataset)
    if found.origin == "made":
        pairs = _made.movie_sentences()
    else:
        rows = (line.split("\t") for line in found.contents["sentences.tsv"].decode().splitlines())
        pairs = tuple((text, float(score)) for score, text in rows)
    sentences = tuple(sentence for sentence, _ in pairs)
    return MovieSentences(
        sentences=sentences,
        score=np.array([score for _, score in pairs]),
        split=split_by_text(sentences),
        source=found.source(dataset, len(pairs)),
    )
