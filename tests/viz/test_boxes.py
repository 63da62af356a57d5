"""Two boxes drawn into a photo: the right pixels change, and no others."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from viz.boxes import cased, overlap_picture
from viz.colours import BOX_A, BOX_B, SHARED

GREY = np.full((300, 400, 3), 100, np.uint8)
A, B = (60.0, 80.0, 220.0, 200.0), (140.0, 120.0, 330.0, 260.0)
STROKE = 2  # pixels a stroke reaches to either side of its edge, on a picture of up to 599 pixels
TAG = 16  # side of a tag


def drawn(a=A, b=B, pixels=GREY) -> np.ndarray:
    return np.asarray(overlap_picture(pixels, a, b))


def region(box, grow: int = 0, shape=GREY.shape) -> np.ndarray:
    """Where a box lies, `grow` pixels larger on each side (smaller where negative)."""
    x1, y1, x2, y2 = (int(side) for side in box)
    mask = np.zeros(shape[:2], bool)
    mask[max(0, y1 - grow) : max(0, y2 + grow), max(0, x1 - grow) : max(0, x2 + grow)] = True
    return mask


def tag(box, at_right: bool) -> np.ndarray:
    x1, y1, x2, _ = box
    left = x2 - TAG if at_right else x1
    return region((left, y1 - TAG, left + TAG, y1), grow=1)


def ink(a, b) -> np.ndarray:
    """Where strokes and tags may be."""
    strokes = [region(box, STROKE) & ~region(box, -STROKE) for box in (a, b)]
    return strokes[0] | strokes[1] | tag(a, at_right=False) | tag(b, at_right=True)


def blended(pixels: np.ndarray, colour: tuple[int, int, int], opacity: float) -> np.ndarray:
    return pixels * (1 - opacity) + np.array(colour) * opacity


def test_nothing_changes_outside_the_boxes_and_their_strokes():
    untouched = ~(region(A) | region(B) | ink(A, B))
    assert untouched.any()
    assert (drawn()[untouched] == GREY[untouched]).all()


def test_what_both_cover_is_green_and_what_one_covers_is_veiled():
    out, shared = drawn(), region(A) & region(B) & ~ink(A, B)
    one = (region(A) ^ region(B)) & ~ink(A, B)
    veiled = blended(GREY, (255, 255, 255), 0.18)
    assert np.abs(out[one] - veiled[one]).max() <= 1
    assert np.abs(out[shared] - blended(veiled, SHARED.rgb, 0.45)[shared]).max() <= 2
    red, green, blue = out[shared].mean(axis=0)
    assert green > max(red, blue)


def test_the_photo_shows_through():
    """Inside the boxes too, two different pixels stay different."""
    pixels = GREY.copy()
    pixels[150:170, 160:200] = 180
    out = drawn(pixels=pixels)
    assert (out[160, 180].astype(int) - out[190, 180] > 30).all()


def test_each_box_has_its_stroke_in_its_own_colour():
    out = drawn()
    assert tuple(out[140, int(A[0])]) == BOX_A.rgb
    assert tuple(out[int(B[3]) - 1, 300]) == BOX_B.rgb
    assert tuple(out[140, int(A[0]) - STROKE]) == (255, 255, 255)


def test_each_box_has_a_tag_with_its_name():
    out = drawn()
    for where, stroke in ((tag(A, at_right=False), BOX_A), (tag(B, at_right=True), BOX_B)):
        inside = out[where]
        assert (inside == stroke.rgb).all(axis=-1).mean() > 0.5
        assert (inside.min(axis=-1) > 220).any(), "the letter"


def test_boxes_that_do_not_meet_leave_nothing_green():
    a, b = (20.0, 40.0, 120.0, 140.0), (220.0, 160.0, 380.0, 280.0)
    out = drawn(a, b)
    veiled = blended(GREY, (255, 255, 255), 0.18)
    inside = (region(a) | region(b)) & ~ink(a, b)
    assert np.abs(out[inside] - veiled[inside]).max() <= 1
    between = ~(region(a) | region(b) | ink(a, b))
    assert (out[between] == 100).all()


def test_boxes_that_touch_share_nothing():
    a, b = (20.0, 40.0, 120.0, 140.0), (120.0, 40.0, 220.0, 140.0)
    inside = (region(a) | region(b)) & ~ink(a, b)
    out = drawn(a, b)[inside]
    assert (out == out[0]).all()


@pytest.mark.parametrize("size", [(16, 16), (16, 1600), (1600, 16), (300, 400)], ids=str)
def test_boxes_at_the_border_are_drawn_on_a_picture_of_the_same_size(size):
    height, width = size
    pixels = np.full((height, width, 3), 100, np.uint8)
    corner = (width - 2.0, height - 2.0, float(width), float(height))
    out = drawn((0.0, 0.0, float(width), float(height)), corner, pixels)
    assert out.shape == pixels.shape
    assert out.dtype == np.uint8
    assert (out != pixels).any()


@pytest.mark.parametrize("side", [1.0, 1.5, 2.0, 3.0])
def test_a_tiny_box_is_drawn_where_it_is(side):
    tiny = (200.0, 150.0, 200.0 + side, 150.0 + side)
    out = drawn(tiny, (10.0, 200.0, 60.0, 280.0))
    assert (out[150, 200] != 100).any()
    assert (out[60:120, 300:] == 100).all()


def test_the_photo_itself_is_not_painted_on():
    pixels = GREY.copy()
    pixels.setflags(write=False)
    drawn(pixels=pixels)
    assert (pixels == 100).all()


def test_strokes_grow_with_the_picture():
    """What is thin on 400 pixels would be a hair on 1,600."""

    def width_of_stroke(factor: int) -> int:
        pixels = np.full((300 * factor, 400 * factor, 3), 100, np.uint8)
        a, b = (tuple(side * factor for side in box) for box in (A, (300.0, 20.0, 380.0, 60.0)))
        row = drawn(a, b, pixels)[150 * factor, : 140 * factor]
        return int((row == BOX_A.rgb).all(axis=-1).sum())

    assert width_of_stroke(4) == 4 * width_of_stroke(1) == 8


@pytest.mark.parametrize(
    ("a", "b"), [((10.0, 10.0, 10.5, 20.0), (40.0, 40.0, 60.0, 60.0)), (A, (219.6, 80.0, 300.0, 200.0))]
)
def test_a_box_or_a_shared_part_thinner_than_a_pixel_is_drawn_too(a, b):
    assert (drawn(a, b) != GREY).any()


def cased_on(image, box, **named):
    cased(ImageDraw.Draw(image), box, (200, 0, 0), 2, thin=1, **named)
    return np.asarray(image)


def test_a_cased_stroke_lies_half_on_both_sides_of_the_border():
    row = cased_on(Image.new("RGB", (40, 40)), (10, 10, 30, 30))[20]
    white, red, black = (255, 255, 255), (200, 0, 0), (0, 0, 0)
    assert [tuple(pixel) for pixel in row[7:13]] == [black, white, red, red, white, black]
    assert [tuple(pixel) for pixel in row[27:33]] == [black, white, red, red, white, black]


def test_a_stroke_inside_the_box_leaves_all_around_it():
    pixels = cased_on(Image.new("RGB", (40, 40)), (10, 10, 30, 30), inside=True, casing=(0, 0, 255))
    assert not pixels[:10].any()
    assert not pixels[30:].any()
    assert [tuple(pixel) for pixel in pixels[20][10:15]] == [
        (0, 0, 255),
        (200, 0, 0),
        (200, 0, 0),
        (0, 0, 255),
        (0, 0, 0),
    ]


def test_a_box_without_room_for_its_stroke_has_none():
    assert not cased_on(Image.new("RGB", (40, 40)), (20, 20, 20, 20), inside=True).any()
