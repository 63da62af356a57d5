"""Frames in a sheet: every one can be cut out again where the sheet says it lies."""

import io
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from viz import sheets
from viz.sheets import Sheet, pack


def ramps(count: int, height: int, width: int) -> np.ndarray:
    """Smooth frames, each of another shade, which a lossy encoder keeps nearly as they are."""
    y, x = np.mgrid[:height, :width]
    shade = np.linspace(20, 200, count)[:, None, None]
    grey = shade + 20 * (x / width + y / height)
    return np.repeat(grey[..., None], 3, axis=-1).astype(np.uint8)


def decoded(sheet: Sheet) -> Image.Image:
    head, _, body = sheet.url.partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(io.BytesIO(b64decode(body, validate=True)))


def cut(sheet: Sheet, frame: int) -> np.ndarray:
    """The pixels of a frame, found as a browser finds them."""
    left, top = frame % sheet.columns * sheet.across, frame // sheet.columns * sheet.down
    return np.asarray(decoded(sheet).crop((left, top, left + sheet.width, top + sheet.height)), np.float64)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 12), height=st.integers(1, 70), width=st.integers(1, 70))
def test_every_frame_can_be_cut_out_again(count, height, width):
    frames = ramps(count, height, width)
    sheet = pack(frames, quality=90)
    assert (sheet.frames, sheet.width, sheet.height) == (count, width, height)
    for place, frame in enumerate(frames):
        assert np.abs(cut(sheet, place)[..., :3] - frame).mean() < 4


def test_a_frame_does_not_bleed_into_its_neighbours():
    frames = np.zeros((9, 37, 53, 3), np.uint8)
    frames[::2] = 255
    sheet = pack(frames)
    for place, frame in enumerate(frames):
        assert np.abs(cut(sheet, place) - frame).max() <= 4


@pytest.mark.parametrize(("count", "width", "height"), [(40, 224, 224), (100, 400, 300), (7, 600, 60), (1, 30, 20)])
def test_a_sheet_is_about_as_wide_as_high_and_wastes_less_than_a_row(count, width, height):
    sheet = pack([Image.new("RGB", (width, height))] * count)
    across, down = decoded(sheet).size
    assert across % sheets.BLOCK == down % sheets.BLOCK == 0
    assert max(across, down) <= 2 * max(min(across, down), width)
    assert sheet.columns * (down // sheet.down - 1) < count <= sheet.columns * (down // sheet.down)


def test_images_and_pixels_make_the_same_sheet():
    frames = ramps(5, 40, 30)
    assert pack(frames) == pack([Image.fromarray(frame) for frame in frames])


def test_what_is_transparent_stays_transparent():
    clear, solid = Image.new("RGBA", (32, 32)), Image.new("RGB", (32, 32), (200, 30, 30))
    sheet = pack([clear, solid])
    assert cut(sheet, 0)[..., 3].max() == 0
    assert cut(sheet, 1)[..., 3].min() == 255


def test_quality_costs_bytes():
    noise = np.random.default_rng(0).integers(0, 256, (4, 48, 48, 3), dtype=np.uint8)
    assert len(pack(noise, quality=30).url) < len(pack(noise, quality=95).url)


def test_frames_of_different_sizes_make_no_sheet():
    with pytest.raises(ValueError, match=r"one size, got \[\(30, 20\), \(32, 20\)\]"):
        pack([Image.new("RGB", (30, 20)), Image.new("RGB", (32, 20))])


def test_no_frames_make_no_sheet():
    with pytest.raises(ValueError, match="no frames"):
        pack([])


def test_more_than_a_picture_holds_is_refused():
    with pytest.raises(ValueError, match="2 frames of 1 × 16400 px"):
        pack([Image.new("RGB", (1, 16_400))] * 2)
