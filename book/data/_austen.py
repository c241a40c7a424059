"""*Pride and Prejudice* by Jane Austen (1813), in chapters.

Source: Project Gutenberg, by way of R's janeaustenr, which Debian packs as
r-cran-janeaustenr; the text is in the public domain.  The whole novel is
packed with the book, so nothing is fetched.
"""

from dataclasses import dataclass

import numpy as np

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source
from ._split import Split

__all__ = ["DATASET", "Novel", "austen"]

DATASET = DataSet(
    name="austen",
    files=(
        File("pride-and-prejudice.txt", "d8bdd07062991bed7112b3a5fbec4f7871ad418ee161b794cb26f55256913015"),
    ),
    sample="whole",
    about=About(
        title="Pride and Prejudice",
        task="generation",
        what="A novel by Jane Austen, in chapters",
        what_zh="简·奥斯汀的小说《傲慢与偏见》，分章",
        size="61 chapters, 0.7 million characters",
        licence="Public domain",
        address="https://www.gutenberg.org/ebooks/1342",
        attribution="Jane Austen; Project Gutenberg and janeaustenr (Julia Silge)",
        size_zh="61章，68万字符",
        licence_zh="公有领域",
    ),
)


@dataclass(frozen=True, slots=True)
class Novel:
    """The text of a novel."""

    chapters: tuple[str, ...]
    """61 chapters without their headings; a line is a paragraph, as long as it is."""
    split: Split
    """Positions of chapters, in the order of the story: 49 for training, then 6, then 6."""
    source: Source


def austen() -> Novel:
    """Load *Pride and Prejudice*."""
    found = find(DATASET)
    chapters = tuple(found.contents["pride-and-prejudice.txt"].decode().rstrip("\n").split("\n\n"))
    ends = (len(chapters) - 12, len(chapters) - 6)
    train, valid, test = np.split(np.arange(len(chapters)), ends)
    return Novel(chapters, Split(train, valid, test), found.source(DATASET, len(chapters)))
