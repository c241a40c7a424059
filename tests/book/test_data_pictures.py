"""The pictures of the book: scenes, stamps, photographs, and what a network sees in them."""

from dataclasses import replace
from pathlib import Path

import data
import numpy as np
import pytest
from data import _cutouts, _efficientnet, _packing, _resolver, _scenes, _stamps
from data._dataset import File

from tests.book.toys import fill, sha256

pytestmark = pytest.mark.usefixtures("cache")


# --- packing ---------------------------------------------------------------


def waves(count: int, height: int, width: int) -> np.ndarray:
    """Pictures in which colours change smoothly."""
    row, column = np.indices((height, width)) / 9
    planes = [[100 + 80 * np.sin(row * c + n) * np.cos(column + c) for c in range(3)] for n in range(count)]
    return np.moveaxis(np.array(planes), 1, -1).astype(np.uint8)


def test_packed_pictures_come_out_nearly_the_same() -> None:
    pictures = waves(3, 32, 48)
    unpacked = _packing.unpack(_packing.pack(pictures, 10))
    assert (pictures.shape, pictures.dtype) == (unpacked.shape, unpacked.dtype)
    difference = unpacked.astype(float) - pictures
    assert np.sqrt((difference**2).mean()) < 5


def test_fineness_trades_size_for_likeness() -> None:
    pictures = waves(2, 64, 64)
    errors = [
        np.abs(_packing.unpack(_packing.pack(pictures, fineness)).astype(float) - pictures).mean()
        for fineness in (5, 100)
    ]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (77, 77, 77)])
def test_plain_grey_is_kept_as_it_is(colour: tuple[int, int, int]) -> None:
    plain = np.full((1, 16, 16, 3), colour, np.uint8)
    np.testing.assert_array_equal(plain, _packing.unpack(_packing.pack(plain, 5)))


def test_waves_are_stored_from_the_coarsest_to_the_finest() -> None:
    order = _packing._order()
    assert [0, 1, 8, 16, 9, 2, 3, 10] == order[:8].tolist()
    assert list(range(64)) == sorted(order.tolist())


def test_packing_tells_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="24 x 32: not multiples of 16"):
        _packing.pack(np.zeros((1, 24, 32, 3), np.uint8), 10)
    packed = _packing.pack(np.zeros((1, 16, 16, 3), np.uint8), 10)
    with pytest.raises(ValueError, match="767 bytes for 1 pictures of 16 x 16"):
        _packing.unpack(packed[:-1])


# --- scenes ----------------------------------------------------------------


@pytest.fixture(scope="module")
def scenes() -> data.FashionScenes:
    return data.fashion_scenes(200, seed=1)


def test_scenes_have_the_shapes_they_promise(scenes: data.FashionScenes) -> None:
    assert ((200, 64, 64, 3), np.uint8) == (scenes.images.shape, scenes.images.dtype)
    assert ((200, 64, 64), np.uint8) == (scenes.masks.shape, scenes.masks.dtype)
    assert ((200, 4, 4), np.int64) == (scenes.boxes.shape, scenes.boxes.dtype)
    assert ((200, 4), np.int64) == (scenes.labels.shape, scenes.labels.dtype)
    assert {0, 1, 2, 3, 4} == set(scenes.masks.ravel().tolist()) == set(scenes.labels.ravel().tolist())
    assert {0, 1, 2, 3, 4} == set((scenes.labels > 0).sum(1).tolist())
    assert str(scenes.source).startswith("Fashion scenes: 200 examples (made up for this book)")


def test_scenes_depend_on_the_seed_and_the_split_only(scenes: data.FashionScenes) -> None:
    again = data.fashion_scenes(200, seed=1)
    for name in ("images", "masks", "boxes", "labels"):
        np.testing.assert_array_equal(getattr(scenes, name), getattr(again, name))
    assert not np.array_equal(scenes.images[:20], data.fashion_scenes(20, seed=2).images)
    assert not np.array_equal(scenes.images[:20], data.fashion_scenes(20, seed=1, split="test").images)


def test_splits_have_clothes_of_their_own() -> None:
    assert [600] * 4 == [len(shade) for shade, _ in _scenes._wardrobe("train")]
    assert [100] * 4 == [len(shade) for shade, _ in _scenes._wardrobe("test")]


def test_boxes_fit_the_masks(scenes: data.FashionScenes) -> None:
    single = np.flatnonzero((scenes.labels > 0).sum(1) == 1)
    fitting = 0
    for scene in single:
        x0, y0, x1, y1 = scenes.boxes[scene, 0]
        row, column = np.nonzero(scenes.masks[scene])
        fitting += [x0, y0, x1, y1] == [column.min(), row.min(), column.max() + 1, row.max() + 1]
    assert len(single) > 20
    assert fitting >= 0.9 * len(single)  # the others hide a piece


def test_every_box_has_pixels_of_its_class_on_all_four_sides(scenes: data.FashionScenes) -> None:
    for scene, place in np.argwhere(scenes.labels > 0):
        x0, y0, x1, y1 = scenes.boxes[scene, place]
        assert 0 <= x0 < x1 <= 64
        assert 0 <= y0 < y1 <= 64
        inside = scenes.masks[scene, y0:y1, x0:x1] == scenes.labels[scene, place]
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()


def test_places_without_a_piece_are_empty_and_last(scenes: data.FashionScenes) -> None:
    there = scenes.labels > 0
    np.testing.assert_array_equal(there, np.sort(there, 1)[:, ::-1])
    assert not scenes.boxes[~there].any()


def test_clothes_stand_out_from_what_they_lie_on() -> None:
    some = data.fashion_scenes(60, seed=3)
    differences = [
        np.abs(image[mask > 0].mean(0) - image[mask == 0].mean(0)).max()
        for image, mask in zip(some.images, some.masks, strict=True)
        if mask.any()
    ]
    assert np.median(differences) > 40


def test_a_piece_that_is_hardly_seen_has_no_box() -> None:
    tops = np.zeros((1, 64, 64), np.uint8)
    tops[0, 10:20, 10:20] = 2
    tops[0, 10:20, 20:22] = 1
    kinds = np.array([[3, 1, 0, 0]])
    boxes, labels = _scenes._boxes(tops, kinds, np.array([[120, 100, 0, 0]]))
    assert [[1, 0, 0, 0]] == labels.tolist()
    assert [10, 10, 20, 20] == boxes[0, 0].tolist()
    boxes, labels = _scenes._boxes(tops, kinds, np.array([[40, 100, 0, 0]]))
    assert [[3, 1, 0, 0]] == labels.tolist()
    assert [20, 10, 22, 20] == boxes[0, 0].tolist()
    _, labels = _scenes._boxes(tops, np.array([[3, 1, 2, 0]]), np.array([[120, 100, 0, 0]]))
    assert [[1, 0, 0, 0]] == labels.tolist()


def test_holes_are_white_cloth_unless_the_piece_is_open() -> None:
    ring = np.full((1, 28, 28), 200, np.uint8)
    ring[:, 8:20, 8:20] = 0
    _, filled = _cutouts.cut_out(ring)
    _, open_ = _cutouts.cut_out(ring, open_inside=True)
    corners = 4  # rounded when cracks are closed
    assert (28 * 28, 28 * 28 - 12 * 12 + corners) == (filled.sum(), open_.sum())


def test_turned_pieces_keep_their_size() -> None:
    square = np.full((2, 28, 28), 100, np.uint8)
    pieces = _cutouts.turn(_cutouts.cut_out(square), np.array([14.0, 28.0]), np.array([0.3, 0.0]))
    areas = [float(cover.sum()) for _, cover, _ in pieces]
    assert [14**2, 28**2] == pytest.approx(areas, rel=0.02)
    assert all(len(cover) % 2 == 1 for _, cover, _ in pieces)


# --- stamps ----------------------------------------------------------------


@pytest.fixture(scope="module")
def pictures() -> data.Stamps:
    return data.stamps()


def test_stamps_are_packed_whole(pictures: data.Stamps) -> None:
    assert ((212, 96, 96, 3), np.uint8) == (pictures.images.shape, pictures.images.dtype)
    assert ((212, 96, 96, 4), np.uint8) == (pictures.rgba.shape, pictures.rgba.dtype)
    assert [33, 33, 26, 27, 22, 24, 16, 31] == np.bincount(pictures.labels).tolist()
    assert 8 == len(pictures.classes) == len(set(pictures.classes_zh))
    assert 212 == len(set(pictures.names)) == len(set(pictures.names_zh))
    assert str(pictures.source).startswith("Tux Paint stamps: 212 examples (complete), GPL-2.0-or-later")


def test_stamps_lie_on_paper(pictures: data.Stamps) -> None:
    corners = pictures.images[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == _stamps.PAPER).all()
    opacity = pictures.rgba[..., 3]
    assert not opacity[:, 0].any()
    inside = opacity == 255
    np.testing.assert_array_equal(pictures.images[inside], pictures.rgba[inside][:, :3])
    assert (inside.mean((1, 2)) > 0.02).all()


def test_stamps_are_split_by_subject(pictures: data.Stamps) -> None:
    counts = np.zeros((8, 5), int)
    np.add.at(counts, (pictures.labels, pictures.folds), 1)
    assert (counts.max(1) - counts.min(1) <= 1).all()
    assert 84 == pictures.test.sum()
    for subject in ("gnu", "heron", "apple", "lion", "wrench", "scissors"):
        same = [
            fold
            for fold, name in zip(pictures.folds, pictures.names, strict=True)
            if subject in name.replace(",", "").split()
        ]
        assert len(same) > 1, subject
        assert 1 == len(set(same)), subject


def test_the_licence_comes_with_the_stamps() -> None:
    text = (_resolver.SAMPLES / "stamps/COPYING").read_text(encoding="utf-8")
    assert ["GNU GENERAL PUBLIC LICENSE", "Version 2, June 1991"] == [
        line.strip() for line in text.splitlines()[:2]
    ]


# --- what a network sees in them -------------------------------------------


def test_features_tell_the_classes_apart(pictures: data.Stamps) -> None:
    seen = data.stamp_features()
    assert ((212, 1280), np.float32) == (seen.features.shape, seen.features.dtype)
    assert seen.features.min() == 0
    train = ~pictures.test
    middles = np.stack([seen.features[train & (pictures.labels == c)].mean(0) for c in range(8)])
    distances = ((seen.features[pictures.test, None] - middles) ** 2).sum(2)
    assert (distances.argmin(1) == pictures.labels[pictures.test]).mean() > 0.7


def test_weights_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETUDE_OFFLINE", "1")
    weights = data.efficientnet_weights()
    assert weights.path is None
    assert not weights.source.full
    assert str(weights.source).startswith("EfficientNet-Lite0: not to be had here")
    assert any("ETUDE_OFFLINE" in note for note in weights.source.notes)
    assert (1000, "tench", "toilet tissue") == (
        len(weights.classes),
        weights.classes[0],
        weights.classes[-1],
    )


def test_weights_are_a_whole_file(cache: Path) -> None:
    toy = replace(
        _efficientnet.WEIGHTS,
        name="toy",
        files=(File("toy.pth", sha256(b"weights")),),
        packages=(),
    )
    fill(cache, {"toy.pth": b"weights"})
    first = data.efficientnet_weights(toy)
    assert cache / "toy.pth" == first.path
    assert b"weights" == first.path.read_bytes()
    assert "EfficientNet-Lite0: 4,652,008 parameters (complete), Apache-2.0" in str(first.source)

    first.path.write_bytes(b"damaged")
    second = data.efficientnet_weights(toy)
    assert b"weights" == first.path.read_bytes()
    (cache / "toy.pth.gz").unlink()
    assert str(second.source) == str(data.efficientnet_weights(toy).source)


# --- photographs -----------------------------------------------------------


def test_photographs() -> None:
    photographs = data.natural_pictures()
    assert ((4, 256, 256, 3), np.uint8) == (photographs.images.shape, photographs.images.dtype)
    assert ("astronaut", "coffee", "cat", "rocket") == photographs.names
    assert 4 == len(photographs.names_zh) == len(photographs.authors) == photographs.source.examples
    red, _, blue = np.moveaxis(photographs.images.mean((1, 2)), 1, 0)
    assert [True, True, True, False] == (red > blue).tolist()
