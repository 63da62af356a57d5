"""The curve as a picture on white."""

import numpy as np
import pytest

from viz.colours import POSITIVE, SERIES, Stroke
from viz.pr_picture import SIZE, pr_picture
from viz.precision_recall import Points

CURVE = Points(recall=(0.5, 0.5, 1.0), precision=(1.0, 0.5, 2 / 3), envelope=(1.0, 2 / 3, 2 / 3))


def coloured(picture, stroke: Stroke) -> int:
    return int((np.asarray(picture) == stroke.rgb).all(axis=2).sum())


def test_it_shows_the_envelope_and_the_point():
    without, with_point = pr_picture(CURVE, 0, words=""), pr_picture(CURVE, 2, words="confidence 0.50")
    assert without.size == SIZE
    assert coloured(without, POSITIVE) > 500
    assert coloured(with_point, SERIES[1]) > coloured(without, SERIES[1]) + 100


@pytest.mark.parametrize("points", [Points((), (), ()), Points((0.0,), (0.0,), (0.0,))], ids=["no box", "a false box"])
def test_without_a_right_box_there_is_no_envelope(points):
    assert coloured(pr_picture(points, 0, words=""), POSITIVE) == 0
