"""Pictures of tiles: each shows what it says, in whatever size."""

import numpy as np

from viz.tile_pictures import LEAST_LIGHT, UNSEEN, covering, filling, plan_picture, seamed, weighted

GREY = np.full((40, 60, 3), 120, np.uint8)
OF = {1: "#D55E00"}


def test_tiles_are_counted_cell_by_cell():
    boxes = [(0.0, 0.0, 6.0, 4.0), (4.0, 0.0, 10.0, 4.0)]
    assert covering(boxes, 10, 4, 10, 4).tolist() == [[1] * 4 + [2] * 2 + [1] * 4] * 4
    assert covering(boxes, 10, 4, 5, 2).tolist() == [[1, 1, 2, 1, 1]] * 2


def test_a_plan_without_overlap_is_the_photo_itself():
    assert (np.asarray(plan_picture(GREY, np.ones((40, 60), int))) == GREY).all()


def test_more_tiles_are_another_colour():
    counts = np.ones((40, 60), int)
    counts[:, 30:] = 2
    made = np.asarray(plan_picture(GREY, counts)).astype(int)
    assert (made[0, 0] != made[0, 59]).any()
    assert made[0, 59].sum() > made[0, 0].sum()


def test_what_no_tile_has_seen_is_dark_and_the_newest_is_outlined():
    preview = np.full((20, 30), UNSEEN, np.uint8)
    preview[:, :15] = 1
    made = np.asarray(filling(GREY, preview, OF, (0.0, 0.0, 30.0, 40.0)))
    assert made[20, 50].tolist() == [30, 30, 30]
    assert made[20, 10, 0] > made[20, 10, 2], "orange"
    assert (np.asarray(filling(GREY, preview, OF, None)) != made).any()


def test_a_pixel_is_as_bright_as_it_counts():
    weights = np.zeros((40, 60))
    weights[20] = 1
    made = np.asarray(weighted(GREY, weights))
    assert made[20, 0].tolist() == [120] * 3
    assert made[0, 0].tolist() == [round(120 * LEAST_LIGHT)] * 3


def test_a_seam_is_marked_where_it_is():
    classes, jumping = np.zeros((20, 30), np.uint8), np.zeros((20, 30), bool)
    jumping[:, 14:16] = True
    made = np.asarray(seamed(GREY, classes, OF, jumping))
    assert (made[:, 28:31] == 255).all()
    assert (made[:, :20] == 72).all()
    assert (made[:, 40:] == 72).all()
