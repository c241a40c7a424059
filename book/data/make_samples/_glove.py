"""The sample of GloVe: common words, those of the book's other texts before all."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from .. import _austen, _glove, _hsk, _made, _movies
from .._dataset import Contents
from .._resolver import fetch

__all__ = ["make"]

COUNT = 6000
FREQUENT = 3000
"""How many words are there only because they are frequent."""
WORD = re.compile(r"[a-z]+")
ALWAYS = """
king queen prince princess man woman boy girl brother sister uncle aunt actor actress
paris france london england britain berlin germany rome italy madrid spain athens greece moscow russia
beijing china tokyo japan seoul korea cairo egypt ottawa canada washington america vienna austria
good better best bad worse worst big bigger biggest small smaller smallest fast faster fastest
walk walked walking swim swam swimming go went gone run ran running
"""
"""Words of the examples with which word vectors are usually explained."""


def make() -> Contents:
    """Choose words and keep their vectors, the most frequent word first."""
    full = fetch(_glove.DATASET)
    if not full.full:
        raise SystemExit(f"GloVe not found: {full.notes}")
    words = full.contents["words.txt"].decode().split("\n")[:-1]
    place = {word: row for row, word in enumerate(words)}
    wanted = dict.fromkeys(ALWAYS.split())
    wanted.update(dict.fromkeys(word for text, _ in _made.movie_sentences() for word in _words([text])))
    wanted.update(dict.fromkeys([word for word in words if WORD.fullmatch(word)][:FREQUENT]))
    wanted.update(dict.fromkeys(_by_frequency()))
    rows = sorted([place[word] for word in wanted if word in place][:COUNT])
    vectors = np.frombuffer(full.contents["vectors.f2"], "<f2").reshape(-1, _glove.SIZE)
    return _glove.pack([words[row] for row in rows], vectors[rows])


def _by_frequency() -> list[str]:
    """List the words of the book's English texts, each text counted by its own, the most frequent first."""
    texts = (
        _movies.movie_sentences().sentences,
        _hsk.hsk_sentences().english,
        _austen.austen().chapters,
    )
    share: Counter[str] = Counter()
    for part in texts:
        counts = Counter(_words(part))
        for word, count in counts.items():
            share[word] += round(1e6 * count / counts.total())
    return sorted(share, key=lambda word: (-share[word], word))


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in WORD.findall(text.lower())]
