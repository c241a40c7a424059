"""Stamps: small colour pictures of animals, plants and things, cut out.

Source: tuxpaint-stamps 2022.06.04, the stamps of the drawing program Tux
Paint, mostly made from photographs (GPL-2, copyright 2002-2022 Bill Kendrick
and contributors); Debian package ``tuxpaint-stamps-default``.  The file
``stamps.tsv`` beside this module lists which were chosen.  They are packed
with the book at 96 pixels, under the same licence, the text of which is
``samples/stamps/COPYING``.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._packing import unpack
from ._resolver import find
from ._source import Source

__all__ = ["CLASSES", "DATASET", "LEVELS", "SIDE", "Stamps", "chosen", "stamps"]

CLASSES = {
    "bird": "鸟",
    "hoofed animal": "有蹄动物",
    "pawed animal": "有爪动物",
    "fruit": "水果",
    "vegetable": "蔬菜",
    "flower": "花",
    "vehicle": "交通工具",
    "household thing": "家用物品",
}
"""The classes in English, with what Chinese calls them."""
SIDE = 96
"""Width and height, in pixels."""
LEVELS = 16
"""Opacities that are told apart."""
PAPER = (246, 244, 240)
"""Background of the composed pictures, RGB."""
TEST_FOLDS = (3, 4)
"""The parts of the fixed split that are for testing."""

DATASET = DataSet(
    name="stamps",
    files=(
        File("colours", "5f5507877192b52ce16c4dd427333bdc3ba919bf7750f55dd7cd8b5b3ad8ff61"),
        File("opacities", "4128e8cd27a085bf291b28e8c390a35309a4d20dc2d83fb3b6479e4829a3c0cd"),
    ),
    sample="whole",
    about=About(
        title="Tux Paint stamps",
        task="transfer learning",
        what="Colour pictures of animals, plants and things, cut out, in eight classes",
        what_zh="动物、植物和物品的彩色抠图，八类",
        size="212 pictures, 96 × 96",
        licence="GPL-2.0-or-later",
        address="https://tuxpaint.org/stamps/",
        attribution="Bill Kendrick and the contributors of Tux Paint",
        size_zh="212 张，96×96",
    ),
)


@dataclass(frozen=True, slots=True)
class Stamps:
    """n = 212 pictures of 96 x 96 pixels in eight classes.

    From 16 (vehicles) to 33 (birds) of a class.  Pictures of the same subject
    (two herons, four gnus) are always in the same fold.
    """

    images: npt.NDArray[np.uint8]
    """(n, 96, 96, 3), RGB, on paper white."""
    rgba: npt.NDArray[np.uint8]
    """(n, 96, 96, 4), RGB and opacity: 0 where there is nothing, 255 inside;
    to be laid on other grounds."""
    labels: npt.NDArray[np.int64]
    """(n,), from 0 to 7: positions in `classes`."""
    folds: npt.NDArray[np.int64]
    """(n,), from 0 to 4: for cross-validation, balanced in classes."""
    test: npt.NDArray[np.bool_]
    """(n,): the fixed split: the 84 pictures of folds 3 and 4 are for testing."""
    classes: tuple[str, ...]
    """The names of the eight classes, in English."""
    classes_zh: tuple[str, ...]
    """The same in Chinese."""
    names: tuple[str, ...]
    """What each picture shows, in English; no two are the same."""
    names_zh: tuple[str, ...]
    """The same in Chinese."""
    source: Source


def stamps() -> Stamps:
    """Load the stamps; all of them are packed with the book (takes about 0.2 s)."""
    found = find(DATASET)
    rows = chosen()
    colours = unpack(found.contents["colours"])
    levels = np.frombuffer(found.contents["opacities"], np.uint8).reshape(len(rows), SIDE, SIDE, 1)
    opacity = levels * np.uint8(255 // (LEVELS - 1))
    weight = opacity.astype(np.uint16)
    ground = np.array(PAPER, np.uint16) * (255 - weight)
    images = ((colours * weight + ground + 127) // 255).astype(np.uint8)
    folds = np.array([int(row["fold"]) for row in rows])
    kinds = tuple(CLASSES)
    return Stamps(
        images=images,
        rgba=np.concatenate([colours, opacity], -1),
        labels=np.array([kinds.index(row["class"]) for row in rows]),
        folds=folds,
        test=np.isin(folds, TEST_FOLDS),
        classes=kinds,
        classes_zh=tuple(CLASSES.values()),
        names=tuple(row["english"] for row in rows),
        names_zh=tuple(row["chinese"] for row in rows),
        source=found.source(DATASET, len(rows)),
    )


def chosen() -> list[dict[str, str]]:
    """Read which pictures were chosen: file, class, fold, english, chinese of each."""
    path = Path(__file__).with_name("stamps.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))
