"""Verdicts on a photo: colour, line and mark."""

import numpy as np
import pytest

from viz.verdicts import MARKS, STROKES, Fate, Judged, verdict_picture

GREY = np.full((300, 400, 3), 128, np.uint8)
BOX = (100.0, 120.0, 300.0, 260.0)


def coloured(picture, fate: Fate) -> np.ndarray:
    return (np.asarray(picture) == STROKES[fate].rgb).all(axis=2)


def test_no_two_fates_share_colour_line_or_mark():
    assert len({stroke.colour for stroke in STROKES.values()}) == len(Fate)
    assert len({stroke.dash for stroke in STROKES.values()}) == len(Fate)
    assert len(set(MARKS.values())) == len(Fate)


@pytest.mark.parametrize("fate", list(Fate))
def test_a_box_is_drawn_in_the_colour_of_its_fate(fate):
    seen = coloured(verdict_picture(GREY, [Judged(BOX, fate, "cat")]), fate)
    assert seen[:, 95:105].any()
    assert not seen[150:230, 150:250].any()


def test_only_a_right_box_is_a_line_without_gaps():
    share = {}
    for fate in Fate:
        left = coloured(verdict_picture(GREY, [Judged(BOX, fate, "")]), fate)[140:250, 97:104].any(axis=1)
        share[fate] = left.mean()
    assert share[Fate.RIGHT] == 1
    assert all(share[fate] < 0.9 for fate in Fate if fate is not Fate.RIGHT)


@pytest.mark.parametrize("box", [(0.0, 0.0, 400.0, 300.0), (390.0, 295.0, 400.0, 300.0), (50.0, 50.0, 50.0, 50.0)])
def test_boxes_at_the_edge_and_without_a_size_are_drawn_too(box):
    picture = verdict_picture(GREY, [Judged(box, Fate.WRONG, "a cat with a long name")])
    assert picture.size == (400, 300)
    assert coloured(picture, Fate.WRONG).any()


def test_the_photo_itself_is_left_as_it_was():
    before = GREY.copy()
    verdict_picture(GREY, [Judged(BOX, Fate.RIGHT, "cat")])
    assert (before == GREY).all()
