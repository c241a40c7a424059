"""Fashion-MNIST, the weather, and the commands that list and fetch all sets."""

import gzip
from dataclasses import replace
from pathlib import Path

import data
import numpy as np
import pytest
from data import __main__, _fashion, _resolver, _weather
from data._dataset import File, Package

from tests.book.toys import ABOUT, TOY, Site, fill, sha256

pytestmark = pytest.mark.usefixtures("cache")


# --- Fashion-MNIST ---------------------------------------------------------


def check_fashion(clothes: data.FashionMNIST, n: int, m: int) -> None:
    assert ((n, 28, 28), np.dtype(np.uint8)) == (
        clothes.train_images.shape,
        clothes.train_images.dtype,
    )
    assert ((m, 28, 28), np.dtype(np.uint8)) == (
        clothes.test_images.shape,
        clothes.test_images.dtype,
    )
    for labels, count in (
        (clothes.train_labels, n),
        (clothes.test_labels, m),
    ):
        assert ((count,), np.dtype(np.int64)) == (labels.shape, labels.dtype)
        assert [count // 10] * 10 == np.bincount(labels).tolist()
    assert len(set(clothes.classes)) == 10
    assert clothes.train_images.flags.writeable
    assert n + m == clothes.source.examples


def test_fashion_sample() -> None:
    nowhere = replace(_fashion.DATASET, packages=())
    clothes = data.fashion_mnist(nowhere)
    check_fashion(clothes, 6000, 1000)
    assert (clothes.source.origin, clothes.source.full) == ("sample", False)
    assert "7,000 examples (packed sample)" in str(clothes.source)
    # The first example is that of the full set: an ankle boot.
    assert clothes.train_labels[0] == 9
    assert int(clothes.train_images[0].sum(dtype=np.int64)) == 76247


def test_fashion_in_full_from_a_local_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    arrays = (
        generator.integers(0, 256, (40, 28, 28), np.uint8),
        np.arange(40, dtype=np.uint8) % 10,
        generator.integers(0, 256, (20, 28, 28), np.uint8),
        np.arange(20, dtype=np.uint8) % 10,
    )
    files = []
    for file, array in zip(_fashion.DATASET.files, arrays, strict=True):
        contents = _fashion.write_idx(array)
        files.append(File(file.name, sha256(contents)))
        site.files[f"/d/fashion-mnist/{file.name}.gz"] = gzip.compress(contents)
    monkeypatch.setenv("ETUDE_DATA_URL", site.address)
    small = replace(_fashion.DATASET, files=tuple(files), packages=())
    assert data.fashion_mnist(small).source.origin == "sample"
    assert site.asked == []
    assert _resolver.fetch(small).origin == "download"
    clothes = data.fashion_mnist(small)
    check_fashion(clothes, 40, 20)
    assert (clothes.source.origin, clothes.source.full) == ("cache", True)
    np.testing.assert_array_equal(arrays[0], clothes.train_images)
    np.testing.assert_array_equal(arrays[3], clothes.test_labels)


def test_sample_is_the_beginning_of_the_real_thing() -> None:
    """The sample's files have the names that the loader asks for."""
    folder = _resolver.SAMPLES / "fashion-mnist"
    assert {f"{file.name}.xz" for file in _fashion.DATASET.files} == {
        path.name for path in folder.glob("*.xz")
    }
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size < 3_000_000


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (bytes([0, 0, 13, 1, 0, 0, 0, 1, 5]), "not IDX"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 2, 5]), r"1 values for shape \(2,\)"),
    ],
)
def test_idx_that_is_none(contents: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _fashion.read_idx(contents)


# --- weather ---------------------------------------------------------------


def test_weather() -> None:
    weather = data.weather()
    source = weather.source
    assert (
        source.examples,
        source.full,
        source.licence,
    ) == (8706, True, "CC0-1.0")
    assert np.dtype("datetime64[h]") == weather.time.dtype
    assert np.datetime64("2013-01-01T06") == weather.time[0]
    assert np.datetime64("2013-12-30T23") == weather.time[-1]
    steps = np.diff(weather.time).astype(int)
    assert steps.min() == 1
    assert int((steps - 1).sum()) == 24  # hours that are not there


def test_weather_is_metric_and_as_reported() -> None:
    weather = data.weather()
    assert weather.temperature.mean() == pytest.approx(12.48, abs=0.01)
    assert weather.temperature.min() == pytest.approx(-11.1, abs=0.1)
    assert np.nanmax(weather.wind_speed) == pytest.approx(19.03, abs=0.01)
    assert weather.precipitation.max() == pytest.approx(16.76, abs=0.01)
    assert np.nanmean(weather.pressure) == pytest.approx(1018.18, abs=0.01)
    assert weather.visibility.max() == pytest.approx(16.09, abs=0.01)
    assert int(np.isnan(weather.pressure).sum()) == 831
    assert not np.isnan(weather.temperature).any()
    # The slip of the station on 9 May is left for the reader to find.
    slip = weather.time == np.datetime64("2013-05-09T02")
    assert weather.temperature[slip][0] == pytest.approx(-10.5, abs=0.1)


# --- the commands ----------------------------------------------------------


def test_list_says_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys = (
        replace(TOY, about=ABOUT, packages=(Package("npm", "toy", dict, size=1_500_000),)),
        replace(_fashion.DATASET, packages=()),
        _weather.DATASET,
    )
    monkeypatch.setattr(__main__, "DATASETS", toys)
    assert __main__.listing().splitlines() == [
        "name           here         to fetch  licence  task",
        "toy            nothing yet  1.5 MB    0BSD     toys",
        "fashion-mnist  sample       -         MIT      pictures",
        "weather        full         -         CC0-1.0  time series",
    ]
    fill(tmp_path / "cache/toy")
    assert __main__.listing().splitlines()[1].split() == ["toy", "full", "-", "0BSD", "toys"]


def test_fetch_brings_a_set_and_tells_of_one_that_cannot_be_had(
    site: Site, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toys = (replace(TOY, mirrors=(site.address,)), replace(TOY, name="none"))
    monkeypatch.setattr(__main__, "DATASETS", toys)
    assert __main__.main(["fetch", "toy"]) == 0
    assert capsys.readouterr().out == "toy: complete, 60 kB (from: download)\n"
    assert (cache / "images.gz").exists()
    assert __main__.main(["fetch", "--all"]) == 1
    assert "none: not to be had here\n" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["fetch"], ["fetch", "nothing"], ["fetch", "--all", "toy"]])
def test_fetch_needs_names_that_there_are(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main(arguments)
    assert stopped.value.code == 2


def test_table_has_a_row_for_each_set_with_its_licence_and_its_makers() -> None:
    for language in ("en", "zh"):
        rows = [line.split(" | ") for line in __main__.table(language).splitlines()]
        assert [f"| `{dataset.name}`" for dataset in data.DATASETS] == [row[0] for row in rows[2:]]
        assert {6} == {len(row) for row in rows[2:]}


def test_samples_are_those_that_the_sets_name() -> None:
    named = {
        f"{dataset.name}/{file.name}.xz"
        for dataset in data.DATASETS
        for file in dataset.files
        if dataset.sample != "none"
    }
    there = {path.relative_to(_resolver.SAMPLES).as_posix() for path in _resolver.SAMPLES.rglob("*.xz")}
    assert named == there


def test_every_name_is_exported() -> None:
    assert len(set(data.__all__)) == len(data.__all__)
    assert all(hasattr(data, name) for name in data.__all__)
