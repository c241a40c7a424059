"""Carbon dioxide in the air of Mauna Loa, Hawaii, week by week, 1958 to 2001.

Source: C. D. Keeling and T. P. Whorf, Scripps Institution of Oceanography, by
way of statsmodels; public domain.  All weeks are packed with
the book, so nothing is fetched.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source

__all__ = ["CO2", "DATASET", "co2"]

DATASET = DataSet(
    name="co2",
    files=(File("co2.csv", "16695fa2786e53414e5a6b54767a3fdf5de99cfbc68617f69d1362d92776a92f"),),
    sample="whole",
    about=About(
        title="Mauna Loa CO₂",
        task="time series",
        what="Carbon dioxide in the air of Mauna Loa, Hawaii, week by week, 1958–2001",
        what_zh="夏威夷莫纳罗亚山1958–2001年逐周的大气二氧化碳浓度",
        size="2,284 weeks",
        licence="Public domain",
        address="https://www.statsmodels.org/stable/datasets/generated/co2.html",
        attribution="Keeling and Whorf, Scripps Institution of Oceanography; statsmodels",
        size_zh="2,284周",
        licence_zh="公有领域",
    ),
)


@dataclass(frozen=True, slots=True)
class CO2:
    """What was measured in n = 2,284 weeks, in the order of time, with no week left out."""

    time: npt.NDArray[np.datetime64]
    """(n,), the Saturdays that end the weeks."""
    fraction: npt.NDArray[np.float64]
    """(n,), molecules of carbon dioxide in a million of dry air; NaN for 59 weeks without a measurement."""
    source: Source


def co2() -> CO2:
    """Load the carbon dioxide of Mauna Loa."""
    found = find(DATASET)
    text = found.contents["co2.csv"].decode("ascii")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return CO2(
        time=np.array(
            [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (row["date"] for row in rows)], "datetime64[D]"
        ),
        fraction=np.array([float(row["co2"] or "nan") for row in rows]),
        source=found.source(DATASET, len(rows)),
    )
