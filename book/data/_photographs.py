"""Four colour photographs, for looking at what convolutions and networks see.

Source: the data of scikit-image 0.26.0, whose documentation says of each that
it is in the public domain or under CC0: Eileen Collins by NASA, a cup of
coffee by Rachel Michetti, the cat Chelsea by Stéfan van der Walt, and the
rocket Falcon 9 with DSCOVR by SpaceX.  They are cut to squares and made
smaller; all of them are packed with the book.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._packing import unpack
from ._resolver import find
from ._source import Source

__all__ = ["DATASET", "SUBJECTS", "NaturalPictures", "natural_pictures"]

SUBJECTS = {"astronaut": "宇航员", "coffee": "咖啡", "cat": "猫", "rocket": "火箭"}
"""What the pictures show, in English and in Chinese."""
AUTHORS = ("NASA", "Rachel Michetti", "Stéfan van der Walt", "SpaceX")

DATASET = DataSet(
    name="photographs",
    files=(File("pictures", "8f3861ac7b227da55860109e77497e91254856f63e7d6735519b233c93c29c22"),),
    sample="whole",
    about=About(
        title="Photographs of scikit-image",
        task="convolution",
        what="Four colour photographs: an astronaut, a cup of coffee, a cat, a rocket",
        what_zh="四张彩色照片：宇航员、咖啡、猫、火箭",
        size="4 pictures, 256 × 256",
        licence="CC0-1.0 and public domain",
        address="https://scikit-image.org/docs/stable/api/skimage.data.html",
        attribution=", ".join(AUTHORS),
        licence_zh="CC0-1.0 与公有领域",
        size_zh="4 张，256×256",
    ),
)


@dataclass(frozen=True, slots=True)
class NaturalPictures:
    """Four photographs of 256 x 256 pixels."""

    images: npt.NDArray[np.uint8]
    """(4, 256, 256, 3), RGB."""
    names: tuple[str, ...]
    """("astronaut", "coffee", "cat", "rocket")."""
    names_zh: tuple[str, ...]
    """The same in Chinese."""
    authors: tuple[str, ...]
    """Who took each of them."""
    source: Source


def natural_pictures() -> NaturalPictures:
    """Load the photographs (takes a few hundredths of a second)."""
    found = find(DATASET)
    images = unpack(found.contents["pictures"])
    return NaturalPictures(
        images=images,
        names=tuple(SUBJECTS),
        names_zh=tuple(SUBJECTS.values()),
        authors=AUTHORS,
        source=found.source(DATASET, len(images)),
    )
