"""The word that was meant: spelling distance over a few known words."""

from __future__ import annotations

from collections.abc import Iterable


def distance(a: str, b: str) -> int:
    """How many letters to put in, take out, change or swap with their neighbour to get from `a` to `b`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely to be a slip of; None when it is like none.

    A third of its letters may differ; case does not count. Of equals the first is taken.
    """
    plain = word.casefold()
    near = [
        (distance(plain, one.casefold()), one) for one in known if abs(len(one) - len(word)) <= _allowed(one)
    ]
    best = min(near, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] <= _allowed(best[1]) else None


def _allowed(word: str) -> int:
    return max(1, len(word) // 3)


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """A hint with the nearest known word; none when nothing is near."""
    near = nearest(word, known)
    return (f"did you mean `{near}`?",) if near else ()
