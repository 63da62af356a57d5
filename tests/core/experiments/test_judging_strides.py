"""Every depth and way beside the truth: against the judge of one segmentation, on a thing and on what nobody learned."""

import numpy as np
import pytest

from core.experiments.judging_masks import judge, known_truth
from core.experiments.judging_strides import judge_strides
from core.experiments.segmenting import segment
from core.experiments.strides import strides
from core.images.samples import sample
from core.segmentation.settings import SegmentSettings, Upsampling
from core.segmentation.truths import TruthMask


@pytest.mark.parametrize(("key", "label"), [("cat", "cat"), ("astronaut", "person")])
def test_the_learned_8s_is_graded_as_the_network_itself_is(key, label):
    photo = sample(key)
    truth = known_truth(photo)
    grades = judge_strides(strides(photo), truth)
    whole = judge(segment(photo, "lab-fcn", SegmentSettings()), truth)
    row = next(row for row in whole.rows if row.label == label)
    mine = grades.of[8, Upsampling.LEARNED]
    assert (grades.label, grades.unknown) == (label, ())
    assert mine.iou == pytest.approx(row.pixels.iou, abs=0.005)
    assert mine.contour == pytest.approx(row.boundary, abs=0.03), "the network enlarges its scores to the photo first"


def test_every_depth_and_way_has_its_own_iou():
    photo = sample("cat")
    found, truth = strides(photo), known_truth(photo)
    grades = judge_strides(found, truth)
    assert set(grades.of) == {(stride, way) for stride in (32, 16, 8) for way in Upsampling}
    down = ((np.arange(photo.height) + 0.5) * 224 / photo.height).astype(int)
    across = ((np.arange(photo.width) + 0.5) * 224 / photo.width).astype(int)
    for depth in found.depths:
        for way, classes in depth.maps.items():
            called = classes[down[:, None], across] == found.names.index("cat")
            real = truth.numbers == 1
            assert grades.of[depth.stride, way].iou == pytest.approx((called & real).sum() / (called | real).sum())


def test_where_nothing_was_learned_the_background_is_judged():
    photo = sample("scales")
    grades = judge_strides(strides(photo), known_truth(photo))
    assert grades.label == "background"
    assert set(grades.unknown) == {"circle", "square", "triangle", "star"}
    assert all(0 < grade.iou < 1 for grade in grades.of.values())


def test_a_truth_that_nobody_knows_has_no_iou():
    photo = sample("cat")
    truth = TruthMask(np.full((photo.height, photo.width), 255, np.uint8), ("background", "cat"))
    grades = judge_strides(strides(photo), truth)
    assert all(grade.iou is None and grade.contour is None for grade in grades.of.values())
