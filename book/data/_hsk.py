"""Everyday sentences in Chinese and English, for learners of levels 1 to 6.

Source: PyPI's hsk-sentences-audio 1.0.0 (CC-BY-SA-4.0).  All pairs are packed
with the book, so nothing is fetched.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source
from ._split import Split, split_by_text

__all__ = ["DATASET", "HSKSentences", "hsk_sentences"]

DATASET = DataSet(
    name="hsk-sentences",
    files=(File("sentences.tsv", "94df85a37ba23373c541cccf046cc552a1797d1508e79ab527131af2614eb5c9"),),
    sample="whole",
    about=About(
        title="HSK sentences",
        task="translation",
        what="Everyday sentences in Chinese and English, for learners of HSK levels 1 to 6",
        what_zh="HSK一至六级的汉英日常句子",
        size="4,270 pairs",
        licence="CC-BY-SA-4.0",
        address="https://github.com/no7z/hsk-sentences-audio",
        attribution="hsk-sentences-audio contributors; without their sound, and a selection",
        size_zh="4,270对",
    ),
)


@dataclass(frozen=True, slots=True)
class HSKSentences:
    """Pairs of n = 4,270 sentences that mean the same, in the order of their levels.

    Five sentences are there twice, with two translations.
    """

    chinese: tuple[str, ...]
    """n sentences in simplified characters, up to 18 long, with their punctuation."""
    english: tuple[str, ...]
    """n translations."""
    words: tuple[tuple[str, ...], ...]
    """The words of each Chinese sentence, without punctuation."""
    level: npt.NDArray[np.int64]
    """(n,), from 1 (first words) to 6, of HSK 3.0."""
    split: Split
    """By the Chinese sentence, see :func:`data.split_by_text`."""
    source: Source


def hsk_sentences() -> HSKSentences:
    """Load the pairs of sentences."""
    found = find(DATASET)
    lines = found.contents["sentences.tsv"].decode().splitlines()
    rows = [line.split("\t") for line in lines]
    chinese = tuple(row[1] for row in rows)
    return HSKSentences(
        chinese=chinese,
        english=tuple(row[2] for row in rows),
        words=tuple(tuple(row[3].split(" ")) for row in rows),
        level=np.array([int(row[0]) for row in rows]),
        split=split_by_text(chinese),
        source=found.source(DATASET, len(rows)),
    )
