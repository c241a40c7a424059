"""The sections of a built site, what truly stands in them, and what is asked of them."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.render.search.keys import UNSEGMENTED, flat
from etude.render.search.pieces import FORMULA

_SHARD = re.compile(r'etude\.shelf\("[^"]*",(.*)\)\n', re.DOTALL)
_RUN = re.compile(f"[{UNSEGMENTED}]+")
_WORD = re.compile(r"[a-z]{6,12}")
_MARKS = re.compile("[" + "".join(FORMULA) + "]")


@dataclass(frozen=True, slots=True)
class Section:
    """What every tool gets."""

    place: str
    """Address and anchor: what tells it from others."""
    title: str
    pieces: tuple[str, ...]
    flat: str
    """As texts are compared; pieces in lines."""


def sections(site: Path, language: str) -> list[Section]:
    """The sections of a site in reading order, as its scripts have them."""
    folder = site / "_static" / "search" / language
    texts = _content(folder / "root.js")["texts"]
    found: list[Section] = []
    for start in range(0, len(texts), 10):
        for address, _, _, _, own in _content(folder / f"{texts[start : start + 10]}.js"):
            for place, _, title, shown in own:
                pieces = tuple(_MARKS.sub("", piece[1:]) for piece in shown)
                text = "\n".join(map(flat, (title, *pieces)))
                found.append(Section(f"{address}#{place}", _MARKS.sub("", title), pieces, text))
    return found


def _content(path: Path) -> Any:
    match = _SHARD.fullmatch(path.read_text("utf-8"))
    assert match is not None
    return json.loads(match[1])


def phrases(found: list[Section], count: int, seed: int = 1) -> list[str]:
    """Chinese phrases of 2 to 6 characters that stand in the sections."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, the same every time
    runs = sorted({run for one in found for run in _RUN.findall(one.flat) if len(run) > 1})
    picked: dict[str, None] = {}
    while len(picked) < count:
        run = chance.choice(runs)
        size = min(len(run), chance.randint(2, 6))
        start = chance.randint(0, len(run) - size)
        picked[run[start : start + size]] = None
    return list(picked)


def misspelt(found: list[Section], count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Words with an error of typing: two letters swapped, one left out, or another in its place."""
    chance = random.Random(seed)  # noqa: S311 -- as above
    words = sorted({word for one in found for word in _WORD.findall(one.flat)})
    out: list[tuple[str, str]] = []
    for word in chance.sample(words, min(count, len(words))):
        at = chance.randint(1, len(word) - 2)
        wrong = chance.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
            )
        )
        out.append((wrong, word))
    return out


def truth(found: list[Section], phrase: str) -> frozenset[str]:
    """Where a phrase stands."""
    return frozenset(one.place for one in found if phrase in one.flat)
