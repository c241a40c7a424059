"""Chinese quatrains of the Tang, of four lines of five characters each.

Source: npm's chinese-poetry 2.0.1 (MIT), from the *Complete Tang Poems*; in
traditional characters.  All are packed with the book, so nothing is fetched.
"""

from dataclasses import dataclass

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source
from ._split import Split, split_by_text

__all__ = ["DATASET", "Quatrains", "quatrains"]

DATASET = DataSet(
    name="quatrains",
    files=(File("quatrains.tsv", "d14ddc7caeb94cb4fd684c919b390e7fa35a52aa5aecd9b0a5bbcfee2c82f634"),),
    sample="whole",
    about=About(
        title="chinese-poetry",
        task="generation",
        what="Tang quatrains with five characters in a line, traditional characters",
        what_zh="唐代五言四句诗（繁体）",
        size="3,749 poems",
        licence="MIT",
        address="https://github.com/chinese-poetry/chinese-poetry",
        attribution="chinese-poetry contributors, from 《全唐詩》",
        size_zh="3,749首",
    ),
)


@dataclass(frozen=True, slots=True)
class Quatrains:
    """n = 3,749 poems of four lines, each of five characters."""

    titles: tuple[str, ...]
    authors: tuple[str, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    """The four lines of each poem, without punctuation."""
    split: Split
    """By the twenty characters of a poem, see :func:`data.split_by_text`."""
    source: Source


def quatrains() -> Quatrains:
    """Load the quatrains, in the order of the source; no poem is there twice."""
    found = find(DATASET)
    titles, authors, poems = [], [], []
    for row in found.contents["quatrains.tsv"].decode().splitlines():
        title, author, poem = row.split("\t")
        titles.append(title)
        authors.append(author)
        poems.append(poem)
    return Quatrains(
        titles=tuple(titles),
        authors=tuple(authors),
        lines=tuple((poem[:5], poem[5:10], poem[10:15], poem[15:]) for poem in poems),
        split=split_by_text(poems),
        source=found.source(DATASET, len(poems)),
    )
