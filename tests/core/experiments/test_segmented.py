"""The answer of a segmenter: what it keeps, how it is asked at a point, and its edges."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import SettingError
from core.experiments import segmented as module
from core.experiments.segmented import segmented
from core.segmentation.settings import SegmentSettings
from core.zoo.catalog import card

ROW = card("lab-fcn")


def scores(height=40, width=60, seed=0):
    return 3 * torch.randn(7, height, width, generator=torch.Generator().manual_seed(seed))


def answer(raw=None, seen=(0.0, 0.0, 60.0, 40.0)):
    return segmented(ROW, SegmentSettings(), seen, scores() if raw is None else raw)


def test_classes_and_probabilities_are_those_of_the_scores():
    found = answer()
    assert found.names == ROW.classes
    assert found.classes.tolist() == scores().argmax(dim=0).tolist()
    assert found.every == 1
    torch.testing.assert_close(torch.from_numpy(found.probabilities).float(), scores().softmax(0), atol=3e-4, rtol=0)


def test_a_point_has_all_classes_the_most_probable_first():
    found = answer()
    here = found.at(17.9, 33.2)
    exact = scores().softmax(0)[:, 33, 17]
    assert [guess.index for guess in here] == exact.argsort(descending=True).tolist()
    assert here[0].index == found.classes[33, 17]
    assert [guess.label for guess in here] == [ROW.classes[guess.index] for guess in here]
    assert sum(guess.probability for guess in here) == pytest.approx(1, abs=1e-3)


def test_points_are_those_of_the_photo_whatever_the_grid():
    twice = answer(seen=(0.0, 0.0, 120.0, 80.0))
    assert twice.at(35.9, 66.4) == answer().at(17.9, 33.2)


@pytest.mark.parametrize("better", [0, 4])
def test_of_two_that_half_precision_calls_equal_the_class_of_the_pixel_comes_first(better):
    close = torch.full((7, 1, 1), -9.0)
    close[[0, 4]] = 2.0
    close[better] += 1e-5
    here = answer(close, (0.0, 0.0, 1.0, 1.0)).at(0.5, 0.5)
    assert here[0].probability == here[1].probability
    assert here[0].index == better


@pytest.mark.parametrize("point", [(-0.1, 3.0), (60.0, 3.0), (3.0, 40.0), (float("nan"), 3.0)])
def test_a_point_outside_is_refused(point):
    with pytest.raises(SettingError, match="outside of the photo"):
        answer().at(*point)


def test_of_a_large_photo_every_so_many_pixels_have_their_probabilities(monkeypatch):
    monkeypatch.setattr(module, "KEPT_BYTES", 2 * scores().numel() // 9 + 1)
    found = answer()
    assert found.every == 3
    assert found.probabilities.shape == (7, 13, 20)
    assert found.classes.shape == (40, 60)
    assert (found.probabilities.argmax(axis=0) == found.classes[1::3, 1::3]).all(), "but for ties"
    assert found.at(4.5, 7.0)[0].index == found.classes[7, 4]
    assert len(found.at(59.9, 39.9)) == 7, "the last row has no cell of its own"


def test_the_regions_are_the_classes_that_occur_the_largest_first():
    found = answer()
    for region in found.regions:
        assert region.share == pytest.approx((found.classes == region.index).mean())
        assert region.label == ROW.classes[region.index]
    shares = [region.share for region in found.regions]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_certainty_and_the_table_are_of_the_kept_pixels():
    found = answer()
    assert found.certainty().margin.shape == (40, 60)
    table = found.table(top=2, most_side=20)
    assert (table.every, table.labels.shape) == (3, (2, 13, 20))
    assert (table.labels[0] == found.classes[1::3, 1::3]).all()


def test_a_map_of_one_pixel_is_a_map():
    found = answer(scores(1, 1), (0.0, 0.0, 16.0, 16.0))
    assert len(found.at(3.0, 15.0)) == 7


def test_an_answer_equals_itself_alone():
    found = answer()
    assert found != replace(found)
    assert isinstance(found.classes, np.ndarray)
