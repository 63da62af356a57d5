"""Class maps for browsers: what is packed can be unpacked, and a mask is a picture of numbers."""

import base64
import zlib

import numpy as np
import pytest

from viz.class_maps import LONGEST, mask_image, packed, screen


def unpacked(text: str, columns: int) -> np.ndarray:
    """What a browser does with it."""
    steps = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(-1, columns)
    return np.cumsum(steps, axis=1, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (40, 3)])
def test_what_is_packed_is_what_comes_out(shape):
    values = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert (unpacked(packed(values), shape[1]) == values).all()


def made(height: int, width: int):
    random = np.random.default_rng(1)
    classes = random.integers(0, 3, (height, width), np.uint8)
    margin, entropy = random.random((2, height, width)).astype(np.float16)
    shares = random.integers(0, 256, (3, 4, 5), np.uint8)
    return classes, margin, entropy * np.float16(1.5), shares


def test_a_small_map_stays_pixel_for_pixel():
    classes, margin, entropy, shares = made(30, 40)
    shown = screen("name", classes, margin, entropy, shares, most=1.5, every=8)
    assert (shown.columns, shown.rows) == (40, 30)
    assert (unpacked(shown.classes, 40) == classes).all()
    assert np.abs(unpacked(shown.margin, 40) / 255 - margin).max() <= 1 / 255
    assert np.abs(unpacked(shown.entropy, 40) / 255 * 1.5 - entropy).max() <= 1.5 / 255
    assert (unpacked(shown.shares, 5).reshape(3, 4, 5) == shares).all()
    assert (shown.across, shown.down) == (5, 3.75)


def test_a_large_map_is_as_large_as_a_screen_and_keeps_its_classes_apart():
    classes = np.zeros((10, 2000), np.uint8)
    classes[:, 1000:] = 7
    flat = np.zeros((10, 2000), np.float16)
    shown = screen("name", classes, flat, flat, np.zeros((8, 1, 2), np.uint8), most=3.0, every=1000)
    found = unpacked(shown.classes, shown.columns)
    assert found.shape == (4, LONGEST)
    assert set(np.unique(found)) == {0, 7}
    assert (found == 7).mean() == 0.5


def test_no_more_than_all_of_it_is_at_the_highest_threshold():
    margin = np.array([[0, 0.5, 0.9976, 0.999, 1]], np.float16)
    classes, shares = np.zeros((1, 5), np.uint8), np.zeros((2, 1, 1), np.uint8)
    shown = screen("name", classes, margin, margin, shares, most=1.0, every=5)
    assert unpacked(shown.margin, 5).tolist() == [[0, 128, 254, 254, 255]]


def test_coarser_margins_cover_the_same():
    classes = np.zeros((4, 4), np.uint8)
    margin = np.array([[0, 1], [1, 0]], np.float16)
    shown = screen("name", classes, margin, margin, np.zeros((2, 1, 1), np.uint8), most=1.0, every=4)
    assert (unpacked(shown.margin, 4) == np.kron(margin, np.ones((2, 2))) * 255).all()


def test_a_mask_holds_the_numbers_and_their_colours():
    classes = np.array([[0, 2], [255, 2]], np.uint8)
    image = mask_image(classes, {2: "#0072B2"})
    assert image.mode == "P"
    assert (np.asarray(image) == classes).all()
    assert np.asarray(image.convert("RGB")).tolist() == [
        [[0, 0, 0], [0, 0x72, 0xB2]],
        [[138, 138, 150], [0, 0x72, 0xB2]],
    ]
