"""Masks over photos: an area has its colour, its edge and its number, and what is not shown is dim."""

import numpy as np
import pytest

from viz import masks
from viz.colours import AREAS, Stroke
from viz.masks import EDGE, OPACITY, coloured, colours, palette

PHOTO = np.random.default_rng(0).integers(40, 216, (120, 160, 3), dtype=np.uint8)
HALF = 14  # px: no number is wider or higher than twice this


def painted(classes: np.ndarray, of: dict[int, str], pixels: np.ndarray = PHOTO) -> np.ndarray:
    return np.asarray(coloured(pixels, classes, of))


def without_numbers(classes: np.ndarray, of: dict[int, str], pixels: np.ndarray = PHOTO) -> np.ndarray:
    """The same, pixel by pixel; `classes` is as large as the photo."""
    out = np.zeros_like(pixels)
    for y, x in np.ndindex(*pixels.shape[:2]):
        mine, around = classes[y, x], [classes[max(y - 1, 0), x], classes[y, max(x - 1, 0)]]
        if any(other != mine and (other in of or mine in of) for other in around):
            out[y, x] = EDGE
        elif mine in of:
            out[y, x] = np.rint((1 - OPACITY) * pixels[y, x] + OPACITY * np.array(Stroke(of[mine]).rgb))
        else:
            out[y, x] = np.rint(0.6 * pixels[y, x])
    return out


def numbers(classes: np.ndarray, of: dict[int, str], pixels: np.ndarray = PHOTO) -> np.ndarray:
    """Where the numbers stand: what differs from the picture without them, but for rounding."""
    difference = np.abs(painted(classes, of, pixels).astype(int) - without_numbers(classes, of, pixels))
    return difference.max(axis=-1) > 1


def middle(mask: np.ndarray) -> tuple[int, int]:
    """The middle (y, x) of what is drawn."""
    ys, xs = np.nonzero(mask)
    return (int(ys.min()) + int(ys.max())) // 2, (int(xs.min()) + int(xs.max())) // 2


def halves(left: int = 3, right: int = 8) -> np.ndarray:
    classes = np.full((120, 160), left, np.uint8)
    classes[:, 70:] = right
    return classes


def rings() -> np.ndarray:
    """A thick ring of class 5 on class 0, around class 7: the middle of the ring is not on it."""
    y, x = np.mgrid[:120, :160]
    distance = np.hypot(x - 80, y - 60)
    return np.where(distance < 18, 7, np.where(distance < 55, 5, 0)).astype(np.uint8)


def horseshoe() -> np.ndarray:
    """A U of class 2: neither the middle of its box nor its centre of mass is on it."""
    classes = np.zeros((120, 160), np.uint8)
    classes[10:110, 10:150] = 2
    classes[10:80, 45:115] = 0
    return classes


SCENES = {"halves": (halves(), (3, 8)), "rings": (rings(), (5, 7)), "horseshoe": (horseshoe(), (2,))}
every_scene = pytest.mark.parametrize(("classes", "shown"), SCENES.values(), ids=SCENES)


@every_scene
def test_every_pixel_is_that_of_a_naive_loop_but_for_the_numbers(classes, shown):
    of = colours(shown)
    differing = numbers(classes, of)
    near = np.zeros(classes.shape, bool)
    for index in shown:
        y, x = middle(differing & (classes == index))
        near[max(0, y - HALF) : y + HALF + 1, max(0, x - HALF) : x + HALF + 1] = True
    assert differing.any()
    assert not (differing & ~near).any()


@every_scene
def test_a_number_stands_on_its_area(classes, shown):
    differing = numbers(classes, colours(shown))
    for index in shown:
        assert differing[classes == index].any()
        assert classes[middle(differing & (classes == index))] == index


def test_a_number_stands_well_inside_an_area_that_has_room_for_it():
    """Also where the widest row of the area is its first or its last, or that of the photo."""
    areas = [
        horseshoe(),
        horseshoe()[::-1],
        np.full((120, 160), 2, np.uint8),
        np.triu(np.full((120, 160), 2, np.uint8)),
    ]
    for classes in areas:
        differing = numbers(np.ascontiguousarray(classes), colours((2,)))
        ys, xs = np.nonzero(differing)
        assert (classes[differing] == 2).all(), "not one pixel of a number lies outside"
        assert ys.min() > 0
        assert ys.max() < 119
        assert xs.min() > 0
        assert xs.max() < 159


def test_numbers_are_white_on_black_so_that_they_are_read_on_every_colour():
    for colour in AREAS:
        out = painted(np.zeros((120, 160), np.uint8), {0: colour})
        for ink in (255, 0):
            assert (out == ink).all(axis=-1).any(), "no pixel of this photo under a colour is white or black"


def test_numbers_count_in_the_order_of_the_classes_shown():
    one, two = painted(halves(), {3: AREAS[0], 8: AREAS[1]}), painted(halves(), {8: AREAS[1], 3: AREAS[0]})
    assert not np.array_equal(one, two)
    # the first of two is the only one of one
    assert np.array_equal(one[:, :69], painted(halves(), {3: AREAS[0]})[:, :69])
    assert np.array_equal(two[:, 71:], painted(halves(), {8: AREAS[1]})[:, 71:])


def test_numbers_by_place_are_those_of_the_classes():
    of = {3: AREAS[0], 8: AREAS[1]}
    by_place = np.asarray(coloured(PHOTO, halves(), of, by_place=True))
    third = {0: AREAS[2], 1: AREAS[2], 3: AREAS[0]}  # so that class 3 is the third of them
    assert np.array_equal(by_place[:, :69], painted(halves(), third)[:, :69])
    assert not np.array_equal(by_place, painted(halves(), of))


def test_a_class_that_does_not_occur_leaves_its_number_to_nobody():
    """The legend counts it, so the picture must not count past it."""
    absent_first = painted(halves(), {20: AREAS[2], 8: AREAS[1]})
    second = painted(halves(), {3: AREAS[0], 8: AREAS[1]})
    assert np.array_equal(absent_first[:, 72:], second[:, 72:])


def test_what_is_not_shown_is_dimmed():
    out = painted(halves(), {8: AREAS[0]})
    assert np.abs(out[:, :70] - 0.6 * PHOTO[:, :70]).max() <= 0.5 + 1e-3


def test_without_a_class_to_show_the_whole_photo_is_dim():
    for classes in (halves(), np.zeros((1, 1), np.uint8)):
        assert np.abs(painted(classes, {}) - 0.6 * PHOTO).max() <= 0.5 + 1e-3


def test_edges_are_where_a_class_that_is_shown_meets_another_and_nowhere_else():
    classes = halves()
    classes[:, 110:] = 9
    out = painted(classes, {3: AREAS[0]})
    white = (out == 255).all(axis=-1)
    assert white[:, 70].all()
    assert not white[:, 71:].any(), "nothing is told of where 8 meets 9"
    assert not white[:, :10].any(), "the rim of the photo is no edge"


def test_an_area_that_fills_the_photo_has_no_edge():
    out = painted(np.full((120, 160), 4, np.uint8), {4: AREAS[0]})
    assert not (out[119] == 255).all(axis=-1).any()
    assert not (out[:, 0] == 255).all(axis=-1).any()


@pytest.mark.parametrize("factor", [2, 4, 5])
def test_a_smaller_map_of_classes_is_stretched_without_mixing(factor):
    small = np.random.default_rng(1).integers(0, 3, (120 // 20, 160 // 20), dtype=np.uint8)
    small = small.repeat(20 // factor, axis=0).repeat(20 // factor, axis=1)
    large = small.repeat(factor, axis=0).repeat(factor, axis=1)
    assert np.array_equal(painted(small, colours((0, 2))), painted(large, colours((0, 2))))


@pytest.mark.parametrize("size", [(1, 1), (16, 1600), (1600, 16)], ids=str)
@pytest.mark.parametrize("shown", [(), (0,), (1, 0)])
def test_the_strangest_photos_are_painted_in_their_own_size(size, shown):
    pixels = np.full((*size, 3), 100, np.uint8)
    classes = np.zeros((10, 10), np.uint8)
    classes[3:6] = 1
    assert painted(classes, colours(shown), pixels).shape == pixels.shape


def test_a_photo_that_numbers_would_cover_has_none():
    classes = np.zeros((24, 32), np.uint8)
    pixels = np.full((24, 32, 3), 100, np.uint8)
    for made in (coloured(pixels, classes, {0: "#009E73"}), masks.painted(pixels, classes, {0: "#009E73"})):
        drawn = np.asarray(made)
        assert (drawn == drawn[0, 0]).all()


def test_the_photo_and_the_classes_themselves_are_not_painted_on():
    pixels, classes = PHOTO.copy(), halves()
    pixels.setflags(write=False)
    classes.setflags(write=False)
    painted(classes, colours((3, 8)), pixels)
    assert np.array_equal(pixels, PHOTO)


def test_each_class_has_its_colour_in_order():
    assert colours((7, 2, 9)) == {7: AREAS[0], 2: AREAS[1], 9: AREAS[2]}
    assert list(colours((7, 2, 9))) == [7, 2, 9]
    assert colours(()) == {}


def test_after_the_last_colour_they_begin_again():
    many = colours(range(2 * len(AREAS) + 1))
    assert [many[place] for place in range(len(AREAS))] == list(AREAS)
    assert all(many[place] == many[place % len(AREAS)] for place in many)


def test_more_classes_than_colours_are_all_coloured_and_numbered():
    """Twenty stripes; the numbers tell apart what the colours do not."""
    classes = np.repeat(np.arange(20, dtype=np.uint8), 20)[None].repeat(120, axis=0)
    pixels = np.full((120, 400, 3), 100, np.uint8)
    out = painted(classes, colours(range(20)), pixels)
    # stripe 8 has the colour of stripe 1, and another number
    first, eighth = out[:, 1:20], out[:, 7 * 20 + 1 : 8 * 20]
    assert np.array_equal(first[119], eighth[119])
    assert not np.array_equal(first, eighth)
    for place in range(20):
        assert (out[:, place * 20 : place * 20 + 20] == 0).all(axis=-1).any(), "no number"


def test_a_veil_changes_only_the_pixels_of_its_classes():
    photo = np.full((60, 80, 3), 100, np.uint8)
    classes = np.zeros((60, 80), np.uint8)
    classes[:, 40:], classes[50:, :10] = 3, 255
    made = np.asarray(masks.painted(photo, classes, {3: "#0072B2"}, opacity=0.5, outlines=False)).astype(int)
    assert (made[5, 5] == 100).all()
    assert np.abs(made[5, 75] - (100 + np.array([0, 0x72, 0xB2])) / 2).max() <= 1
    assert np.abs(made[58, 2] - (100 + np.array([138, 138, 150])) / 2).max() <= 1


def test_a_bare_mask_stands_on_black():
    classes = np.zeros((60, 80), np.uint8)
    classes[:, 40:] = 3
    made = np.asarray(masks.painted(np.full((60, 80, 3), 100, np.uint8), classes, {3: "#0072B2"}, bare=True))
    assert made[5, 5].tolist() == [0, 0, 0]
    assert made[5, 75].tolist() == [0, 0x72, 0xB2]
    assert made[5, 40].tolist() == [255, 255, 255], "the outline"


def test_the_number_of_an_area_is_the_place_of_its_class():
    classes = np.zeros((60, 80), np.uint8)
    classes[:, 40:] = 3
    photo = np.full((60, 80, 3), 100, np.uint8)
    plain = [
        np.asarray(masks.painted(photo, np.where(classes, place, 0).astype(np.uint8), {place: "#0072B2"}))
        for place in (3, 4)
    ]
    assert (plain[0] != plain[1]).any()


def test_a_class_of_a_network_has_the_same_colour_on_every_picture_and_the_background_none():
    names = ("background", "person", "dog", "cat")
    assert palette(names) == {1: AREAS[0], 2: AREAS[1], 3: AREAS[2]}
    assert palette(names[1:]) == {0: AREAS[0], 1: AREAS[1], 2: AREAS[2]}


def test_twenty_classes_have_twenty_colours():
    shown = palette(("background", *(f"class {number}" for number in range(20))))
    assert list(shown) == list(range(1, 21))
    assert len(set(shown.values())) == 20
