"""The fixed split of the examples of a data set, which all pages share."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Split", "split_by_text"]


@dataclass(frozen=True, slots=True)
class Split:
    """Which examples are for what: positions, each in one of the three parts, ascending."""

    train: npt.NDArray[np.int64]
    """For learning; about 80 % of the examples."""
    valid: npt.NDArray[np.int64]
    """For choosing between models; about 10 %."""
    test: npt.NDArray[np.int64]
    """For the last measurement; about 10 %."""


def split_by_text(texts: Iterable[str]) -> Split:
    """Split examples by chance, but always in the same way.

    The first eight bytes of the SHA-256 of a text in UTF-8, as a big-endian
    number, decide by their last decimal digit: 0 is for testing, 1 for
    validation, the others for training.  So an example stays in its part
    when others come or go, and equal texts are never in two parts.
    """
    digits = np.array(
        [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 10 for text in texts], np.int64
    )
    return Split(
        train=np.flatnonzero(digits > 1), valid=np.flatnonzero(digits == 1), test=np.flatnonzero(digits == 0)
    )
