"""The names most like a wrong one, for hints."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise

__all__ = ["Nearest", "did_you_mean"]

_LOOKED_AT = 30_000
"""How many occurrences of shared pairs are counted, those of rare pairs first: a wrong label among
a hundred thousand takes milliseconds."""
_SCORED = 40
"""How many candidates are compared in full."""
_ALIKE = 0.6
"""The least likeness of a hint, 0 to 1."""


def _grams(word: str) -> set[str]:
    """Pairs of neighbouring characters, with the word's borders."""
    return {a + b for a, b in pairwise(f"\x02{word.casefold()}\x03")}


class Nearest:
    """Finds names among many; the table for it is made when first asked."""

    __slots__ = ("_names", "_table")

    def __init__(self, names: Iterable[str]) -> None:
        """Choose from `names`; their order decides between equals."""
        self._names = names
        self._table: tuple[list[str], dict[str, list[int]]] | None = None

    def __call__(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Up to `count` names like `word`, the most alike first."""
        if self._table is None:
            names = list(dict.fromkeys(self._names))
            grams: dict[str, list[int]] = defaultdict(list)
            for i, name in enumerate(names):
                for gram in _grams(name):
                    grams[gram].append(i)
            self._table = names, grams
        names, grams = self._table
        shared: Counter[int] = Counter()
        for gram in sorted(_grams(word) & grams.keys(), key=lambda gram: (len(grams[gram]), gram)):
            if shared and shared.total() + len(grams[gram]) > _LOOKED_AT:
                break
            shared.update(grams[gram])
        best = sorted(shared, key=lambda i: (abs(len(names[i]) - len(word)) - 2 * shared[i], i))[:_SCORED]
        wanted = word.casefold()
        likeness = {i: SequenceMatcher(None, names[i].casefold(), wanted).ratio() for i in best}
        alike = sorted((i for i in best if likeness[i] >= _ALIKE), key=lambda i: (-likeness[i], i))
        return tuple(names[i] for i in alike[:count])


def did_you_mean(names: tuple[str, ...]) -> tuple[str, ...]:
    """The hint that offers `names`; none when there are none."""
    return (f"did you mean {' or '.join(f'`{name}`' for name in names)}?",) if names else ()
