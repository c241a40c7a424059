"""What a loader says about the data it returns."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Origin", "Source"]

Origin = Literal["cache", "debian", "pypi", "npm", "download", "sample", "made"]
"""Where the bytes came from.

"sample" is the copy packed with the book, in part or whole; "made" are
examples that the book makes up where the data set cannot be had.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """The provenance of one loaded data set."""

    name: str
    origin: Origin
    examples: int
    """How many examples were loaded, all splits together."""
    full: bool
    """Whether these are all the examples of the data set."""
    licence: str
    """An SPDX identifier, or what the package that carries the data says."""
    address: str
    """Home page of the data set."""
    notes: tuple[str, ...] = ()
    """Why each place that was tried earlier did not serve."""
    unit: str = "examples"
    """What is counted, where it is not examples."""

    def __str__(self) -> str:
        """Say which examples these are, the same wherever they came from.

        The origin is left out on purpose: a page that prints its source reads
        the same on the first run, which downloads, and on the second, which
        finds the cache.
        """
        if not self.examples:
            return f"{self.name}: not to be had here\n{self.address}"
        count = f"{self.name}: {self.examples:,} {self.unit}"
        if self.origin == "made":
            return f"{count} (made up for this book)\n{self.address}"
        share = "complete" if self.full else "packed sample"
        return f"{count} ({share}), {self.licence}\n{self.address}"
