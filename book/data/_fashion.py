"""Fashion-MNIST: grey pictures of clothes, in ten classes.

Source: Zalando Research, https://github.com/zalandoresearch/fashion-mnist
(MIT licence); described in Xiao, Rasul and Vollgraf, arXiv:1708.07747.
"""

import gzip
import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ._dataset import About, Contents, DataSet, File, Package
from ._resolver import find
from ._source import Source

__all__ = ["DATASET", "FashionMNIST", "fashion_mnist"]

CLASSES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package keeps the files."""


def _extract(root: Path) -> Contents:
    folder = root / FOLDER.relative_to("/")
    return {file.name: gzip.decompress((folder / f"{file.name}.gz").read_bytes()) for file in DATASET.files}


DATASET = DataSet(
    name="fashion-mnist",
    files=(
        File(
            "train-images-idx3-ubyte",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        File(
            "train-labels-idx1-ubyte",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        File(
            "t10k-images-idx3-ubyte",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        File(
            "t10k-labels-idx1-ubyte",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    mirrors=(
        ("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion"),
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
    ),
    packages=(Package("debian", "dataset-fashion-mnist", _extract, folder=FOLDER, size=31_000_000),),
    sample="part",
    about=About(
        title="Fashion-MNIST",
        task="pictures",
        what="Grey pictures of clothes, 28 × 28, in ten classes",
        what_zh="十类衣物的灰度图片，28×28",
        size="70,000 pictures",
        licence="MIT",
        address="https://github.com/zalandoresearch/fashion-mnist",
        attribution="Zalando SE (Xiao, Rasul and Vollgraf, 2017)",
        size_zh="70,000张图片",
    ),
)


@dataclass(frozen=True, slots=True)
class FashionMNIST:
    """Pictures of 28 x 28 grey values, each with one of ten labels.

    The full set has n = 60,000 examples for training and m = 10,000 for
    testing; the packed sample has n = 6,000 and m = 1,000.  Every class is
    equally frequent in both splits.
    """

    train_images: npt.NDArray[np.uint8]
    """(n, 28, 28), from 0 (background) to 255."""
    train_labels: npt.NDArray[np.int64]
    """(n,), from 0 to 9: positions in `classes`."""
    test_images: npt.NDArray[np.uint8]
    """(m, 28, 28), from 0 to 255."""
    test_labels: npt.NDArray[np.int64]
    """(m,), from 0 to 9."""
    classes: tuple[str, ...]
    """The names of the ten classes."""
    source: Source


def fashion_mnist(dataset: DataSet = DATASET) -> FashionMNIST:
    """Load Fashion-MNIST: in full if it is on this machine, else the packed sample.

    `dataset` says where to look; only tests need another than the default.
    Raises ValueError if a file with the right hash is not in IDX format,
    which means that the description of the data set is wrong.
    """
    found = find(dataset)
    arrays = [read_idx(found.contents[file.name]) for file in dataset.files]
    train_images, train_labels, test_images, test_labels = arrays
    return FashionMNIST(
        train_images=train_images,
        train_labels=train_labels.astype(np.int64),
        test_images=test_images,
        test_labels=test_labels.astype(np.int64),
        classes=CLASSES,
        source=found.source(dataset, len(train_labels) + len(test_labels)),
    )


def read_idx(contents: bytes) -> npt.NDArray[np.uint8]:
    """Decode the IDX format: bytes with their shape written before them.

    Two zero bytes, the type (8: unsigned bytes), the number of axes, the
    length of each axis (big-endian, 4 bytes), then the values.
    """
    zero, kind, axes = struct.unpack_from(">HBB", contents)
    if (zero, kind) != (0, 8):
        raise ValueError(f"not IDX with unsigned bytes: {contents[:4]!r}")
    shape: tuple[int, ...] = struct.unpack_from(f">{axes}I", contents, 4)
    start = 4 + 4 * axes
    if len(contents) - start != math.prod(shape):
        raise ValueError(f"{len(contents) - start} values for shape {shape}")
    values = np.frombuffer(contents, np.uint8, offset=start)
    return values.reshape(shape).copy()  # a copy: writable


def write_idx(array: npt.NDArray[np.uint8]) -> bytes:
    """Encode an array so that `read_idx` gives it back."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()
