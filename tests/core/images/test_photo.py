"""Photos: the working copy, the digest, and the truth that is scaled with them."""

import dataclasses
import io
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.images.photo import WORKING_SIDE, GroundTruth, from_pixels, working_size

ROOT = Path(__file__).resolve().parents[3]


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height, width):
    small = Image.fromarray(noise(9, 12))
    return np.array(small.resize((width, height), Image.Resampling.BICUBIC))


def test_a_photo_that_fits_is_its_own_working_copy():
    pixels = noise(40, 60)
    photo = from_pixels(pixels, "small", source=b"encoded")
    assert np.array_equal(photo.pixels, pixels)
    assert (photo.width, photo.height, photo.scale) == (60, 40, 1.0)
    assert photo.source is None


def test_the_working_copy_is_not_the_callers_array():
    pixels = noise(40, 60)
    photo = from_pixels(pixels, "small")
    pixels[:] = 0
    assert photo.pixels.any()


def test_the_working_copy_is_read_only():
    photo = from_pixels(noise(40, 60), "small")
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        photo.name = "other"


def test_a_view_of_a_larger_picture_becomes_an_array_of_its_own():
    wide = noise(50, 80)
    photo = from_pixels(wide[::2, ::-1], "view")
    assert np.array_equal(photo.pixels, wide[::2, ::-1])
    assert photo.digest == from_pixels(np.ascontiguousarray(wide[::2, ::-1]), "copy").digest


@pytest.mark.parametrize(("height", "width"), [(1200, 3000), (3000, 1200), (1601, 1601), (1700, 20)])
def test_a_large_photo_is_worked_on_at_1600_pixels(height, width):
    photo = from_pixels(noise(height, width), "large", source=b"encoded")
    assert max(photo.width, photo.height) == WORKING_SIDE
    assert (photo.original_width, photo.original_height) == (width, height)
    assert photo.scale == max(width, height) / WORKING_SIDE
    assert photo.width / photo.height == pytest.approx(width / height, rel=0.03)
    assert photo.source == b"encoded"


def test_the_working_copy_looks_as_lanczos_makes_it():
    pixels = smooth(2600, 6500)
    photo = from_pixels(pixels, "large", source=b"encoded")
    size = (photo.width, photo.height)
    reference = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)).astype(int)
    difference = np.abs(photo.pixels.astype(int) - reference)
    assert difference.max() <= 3
    assert difference.mean() < 0.5


def test_a_large_photo_without_a_file_keeps_its_original_as_png():
    pixels = smooth(900, 1700)
    photo = from_pixels(pixels, "drawn")
    assert photo.source is not None
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(photo.source))), pixels)


@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_a_working_copy_is_never_larger_than_its_original_nor_than_1600(width, height):
    small_width, small_height = working_size(width, height)
    assert 1 <= small_width <= min(width, WORKING_SIDE)
    assert 1 <= small_height <= min(height, WORKING_SIDE)
    assert max(small_width, small_height) == min(max(width, height), WORKING_SIDE)
    scale = max(width, height) / max(small_width, small_height)
    assert abs(min(small_width, small_height) - max(1, min(width, height) / scale)) <= 0.5


def test_the_digest_knows_pixels_and_shape_and_nothing_else():
    pixels = noise(30, 40)
    digest = from_pixels(pixels, "one").digest
    assert digest == from_pixels(pixels.copy(), "two", source=b"file").digest
    changed = pixels.copy()
    changed[29, 39, 2] ^= 1
    assert from_pixels(changed, "one").digest != digest
    assert from_pixels(pixels.reshape(40, 30, 3), "one").digest != digest


def test_the_digest_of_a_large_photo_sees_a_pixel_that_its_working_copy_may_not_show():
    pixels = smooth(300, 4000)
    changed = pixels.copy()
    changed[0, 0, 0] ^= 1
    assert from_pixels(pixels, "a", source=b"").digest != from_pixels(changed, "a", source=b"").digest


def test_truth_is_scaled_with_the_photo():
    mask = np.zeros((1600, 3200), np.uint8)
    mask[400:800, 1000:2000] = 1
    truth = GroundTruth(np.array([[1000, 400, 2000, 800]], np.float32), ("box",), mask)
    scaled = from_pixels(noise(1600, 3200), "large", source=b"encoded", truth=truth).truth
    assert scaled.boxes.tolist() == [[500, 200, 1000, 400]]
    assert scaled.labels == ("box",)
    assert np.array_equal(scaled.mask, mask[::2, ::2])


def test_truth_without_a_mask_and_without_boxes_is_scaled_too():
    truth = GroundTruth(np.zeros((0, 4), np.float32), ())
    scaled = from_pixels(noise(100, 3200), "large", source=b"encoded", truth=truth).truth
    assert scaled.boxes.shape == (0, 4)
    assert scaled.mask is None


def test_truth_of_a_photo_that_fits_stays_as_it_is_and_is_read_only():
    truth = GroundTruth(np.array([[1, 2, 3, 4]], np.float32), ("box",))
    assert from_pixels(noise(20, 20), "small", truth=truth).truth is truth
    with pytest.raises(ValueError, match="read-only"):
        truth.boxes[0, 0] = 9


def test_a_photo_can_be_a_key_and_can_travel():
    photo = from_pixels(noise(20, 30), "small")
    assert {photo: 1}[photo] == 1
    copy = pickle.loads(pickle.dumps(photo))
    assert (copy.digest, copy.name) == (photo.digest, photo.name)
    assert np.array_equal(copy.pixels, photo.pixels)


def test_photos_come_without_torch():
    code = (
        "import sys, core.images.photo, core.images.decode, core.images.scenes, core.images.samples;"
        "core.images.samples.sample('cat'); core.images.samples.sample('crowd');"
        "print([name for name in ('torch', 'torchvision', 'skimage', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
