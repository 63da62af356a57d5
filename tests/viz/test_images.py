"""Pictures as bytes: cut, fitted and encoded without surprises."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from viz import images

SIDES = st.integers(1, 200)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)


def ramp(height: int, width: int) -> np.ndarray:
    """A smooth picture, which a lossy encoder keeps nearly as it is."""
    y, x = np.mgrid[:height, :width]
    return np.stack([255 * x / width, 255 * y / height, 255 - 255 * x / width], axis=-1).astype(np.uint8)


def test_values_become_8_bits_rounded_and_clipped():
    canvas = np.array([[[0.0, 1.0]], [[0.501, 1.4]], [[-0.2, 0.25]]], dtype=np.float32)
    assert np.asarray(images.of_canvas(canvas)).tolist() == [[[0, 128, 0], [255, 255, 64]]]


@given(height=SIDES, width=SIDES, longest=SIDES)
def test_fit_keeps_the_shape_and_never_enlarges(height, width, longest):
    pixels = noise(height, width)
    image = images.fit(pixels, longest)
    assert max(image.size) == min(longest, max(width, height))
    factor = min(1, longest / max(width, height))
    assert image.width == pytest.approx(max(1, width * factor), abs=0.5 + 1e-9)
    assert image.height == pytest.approx(max(1, height * factor), abs=0.5 + 1e-9)


@pytest.mark.parametrize("longest", [40, 41, 4000])
def test_fit_leaves_a_small_picture_as_it_is(longest):
    pixels = noise(30, 40)
    assert np.array_equal(np.asarray(images.fit(pixels, longest)), pixels)


def test_fit_keeps_the_longest_strip_a_pixel_high():
    assert images.fit(noise(16, 1600), 50).size == (50, 1)


@given(height=SIDES, width=SIDES, out_width=SIDES, out_height=SIDES)
def test_cover_always_has_the_size_asked_for(height, width, out_width, out_height):
    assert images.cover(noise(height, width), out_width, out_height).size == (out_width, out_height)


@pytest.mark.parametrize(("height", "width"), [(60, 100), (100, 60), (60, 60)])
def test_cover_cuts_the_middle(height, width):
    pixels = noise(height, width)
    top, left = (height - 60) // 2, (width - 60) // 2
    assert np.array_equal(np.asarray(images.cover(pixels, 60, 60)), pixels[top : top + 60, left : left + 60])


@pytest.mark.parametrize(("height", "width"), [(300, 500), (500, 300), (90, 1600)])
def test_cover_does_not_squeeze(height, width):
    """A grey disc of the photo stays a disc: as wide as it is high."""
    y, x = np.mgrid[:height, :width]
    radius = 0.3 * min(height, width)
    disc = (x + 0.5 - width / 2) ** 2 + (y + 0.5 - height / 2) ** 2 <= radius**2
    small = np.asarray(images.cover(np.repeat(disc[..., None] * np.uint8(255), 3, axis=2), 120, 80))[..., 0] > 127
    across, down = small.any(axis=0).sum(), small.any(axis=1).sum()
    assert abs(int(across) - int(down)) <= 1
    assert across >= 40


def test_a_png_gives_every_pixel_back():
    pixels = noise(37, 53)
    back = Image.open(io.BytesIO(images.png(images.to_image(pixels))))
    assert back.format == "PNG"
    assert np.array_equal(np.asarray(back), pixels)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (37, 53), (300, 200)])
def test_an_encoded_picture_says_its_size_and_looks_the_same(height, width):
    pixels = ramp(height, width)
    picture = images.encode(images.to_image(pixels))
    back = Image.open(io.BytesIO(picture.data))
    assert back.format == "WEBP"
    assert (picture.width, picture.height) == back.size == (width, height)
    assert np.abs(np.asarray(back.convert("RGB"), float) - pixels).mean() < 4


@given(height=SIDES, width=SIDES)
def test_a_picture_that_is_decoded_is_the_one_that_was_encoded(height, width):
    picture = images.encode(images.to_image(ramp(height, width)))
    back = images.decode(picture)
    assert back.size == (picture.width, picture.height) == (width, height)
    reference = Image.open(io.BytesIO(picture.data))
    assert np.array_equal(np.asarray(back), np.asarray(reference))


def test_what_is_transparent_stays_transparent():
    """Gaps between tiles are: also in the file that a visitor takes away."""
    sheet = Image.new("RGBA", (40, 20))
    sheet.paste((200, 30, 30, 255), (0, 0, 20, 20))
    back = images.decode(images.encode(sheet))
    assert back.mode == "RGBA"
    assert np.array_equal(np.asarray(back)[..., 3], np.asarray(sheet)[..., 3])
    taken = Image.open(io.BytesIO(images.png(back)))
    assert np.array_equal(np.asarray(taken), np.asarray(back))


def test_bytes_that_are_no_picture_are_refused():
    with pytest.raises(UnidentifiedImageError):
        images.decode(images.Picture(b"no picture", 1, 1))


def test_quality_costs_bytes():
    image = images.to_image(noise(64, 64))
    assert len(images.encode(image, quality=30).data) < len(images.encode(image, quality=95).data)


def test_a_data_url_holds_the_encoded_picture():
    image = images.to_image(ramp(40, 60))
    head, _, body = images.data_url(image, quality=70).partition(",")
    assert head == "data:image/webp;base64"
    assert base64.b64decode(body, validate=True) == images.encode(image, quality=70).data


def test_pixels_may_be_a_view_of_others():
    pixels = noise(20, 30)
    mirrored = pixels[:, ::-1]
    assert np.array_equal(np.asarray(images.to_image(mirrored)), mirrored)


def test_pictures_stand_in_rows():
    wide, small = images.to_image(noise(24, 24)), images.to_image(noise(24, 10))
    assert images.beside([wide, small]).size == (24 + 12 + 10, 24)
    sheet = images.beside([wide, small, wide], across=2)
    assert sheet.size == (24 + 12 + 10, 24 + 12 + 24)
    pixels = np.asarray(sheet)
    assert np.array_equal(pixels[:24, 36:46], np.asarray(small))
    assert np.array_equal(pixels[36:, :24], np.asarray(wide))
    assert (pixels[24:36] == 255).all()


@pytest.mark.parametrize(("width", "height"), [(480, 300), (451, 300), (200, 900), (1000, 100)])
def test_the_centre_of_a_picture_has_the_shape_and_touches_two_sides(width, height):
    left, top, right, bottom = images.centre(width, height, 1.6)
    assert (right - left) / (bottom - top) == pytest.approx(1.6)
    assert left + right == pytest.approx(width)
    assert top + bottom == pytest.approx(height)
    assert min(left, top) == pytest.approx(0)
