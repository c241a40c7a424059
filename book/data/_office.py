"""Short paragraphs of LibreOffice's help in English and Chinese.

Source: LibreOffice 7.4, as Debian packs its help (libreoffice-help-en-us and
libreoffice-help-zh-cn, MPL-2.0).  The paragraphs of 3 to 12 English words are
packed with the book, so nothing is fetched.
"""

from dataclasses import dataclass

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source
from ._split import Split, split_by_text

__all__ = ["DATASET", "LibreOfficeHelp", "libreoffice_help"]

DATASET = DataSet(
    name="libreoffice-help",
    files=(File("paragraphs.tsv", "2afff46482d799d1394ac3a88efb65ebe2a659acfe16111019e2067f4aef87bf"),),
    sample="whole",
    about=About(
        title="LibreOffice help, short paragraphs",
        task="translation",
        what="Headings and sentences from the help of an office suite, in English and Chinese",
        what_zh="LibreOffice办公软件帮助中的标题与短句，英汉对照",
        size="10,341 pairs",
        licence="MPL-2.0",
        address="https://help.libreoffice.org/",
        attribution="LibreOffice contributors; Debian",
        size_zh="10,341对",
    ),
)


@dataclass(frozen=True, slots=True)
class LibreOfficeHelp:
    """n = 10,341 pairs of paragraphs that mean the same, in the order of the files of the help."""

    english: tuple[str, ...]
    """n different paragraphs of 3 to 12 words, with punctuation."""
    chinese: tuple[str, ...]
    """n translations; the most usual one where the help has several."""
    split: Split
    """By the English paragraph, see :func:`data.split_by_text`."""
    source: Source


def libreoffice_help() -> LibreOfficeHelp:
    """Load the pairs of paragraphs."""
    found = find(DATASET)
    lines = found.contents["paragraphs.tsv"].decode().splitlines()
    pairs = [line.split("\t") for line in lines]
    english = tuple(pair[0] for pair in pairs)
    return LibreOfficeHelp(
        english=english,
        chinese=tuple(pair[1] for pair in pairs),
        split=split_by_text(english),
        source=found.source(DATASET, len(pairs)),
    )
