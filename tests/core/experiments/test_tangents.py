"""The walk along a gradient, on the classifier that ships with the lab and on functions whose slope is known."""

import numpy as np
import pytest
import torch

from core.attribution.methods import AttributionSettings
from core.attribution.settings import Measure
from core.errors import SettingError
from core.experiments import tangents
from core.experiments.opened import Opened, open_photo
from core.experiments.tangents import APART, FRAMES, LONGEST, Tangent, tangent
from core.images.normalise import normalise
from core.images.samples import sample
from core.zoo import cache

MODEL = "lab-classifier"
CAT, PERSON = 10, 14


@pytest.fixture(scope="module")
def cat() -> Opened:
    return open_photo(sample("cat"), MODEL)


@pytest.fixture(scope="module")
def walked(cat) -> Tangent:
    return tangent(cat, CAT, AttributionSettings(), 0.5)


def logit(pictures: torch.Tensor) -> torch.Tensor:
    return cache.load(MODEL).module(normalise(pictures))[:, CAT]


def test_the_slope_is_what_autograd_says(cat, walked):
    image = cat.image.clone().requires_grad_()
    (slope,) = torch.autograd.grad(logit(image).sum(), image)
    assert walked.slope == pytest.approx(float(slope.norm()), rel=1e-4)
    assert walked.value == pytest.approx(float(logit(cat.image)), abs=1e-4)
    direction = (slope / slope.norm())[0].numpy()
    np.testing.assert_allclose(walked.direction, direction, atol=1e-3 * np.abs(direction).max())


def test_the_promise_is_a_line_and_the_truth_is_what_the_network_says(cat, walked):
    assert len(walked.lengths) == FRAMES == len(walked.pictures)
    assert (walked.lengths[0], walked.lengths[-1]) == (0.0, 0.5)
    rises = np.diff(walked.predicted)
    np.testing.assert_allclose(rises, walked.slope * 0.5 / (FRAMES - 1), rtol=1e-4)
    for place in (0, 5, FRAMES - 1):
        moved = cat.image + walked.lengths[place] * torch.from_numpy(walked.direction)
        with torch.no_grad():
            assert walked.real[place] == pytest.approx(float(logit(moved)), abs=2e-3)


def test_close_to_the_photo_promise_and_truth_agree_and_at_the_parting_they_no_longer_do(cat, walked):
    near = tangent(cat, CAT, AttributionSettings(), 0.001)
    promised = near.predicted[-1] - near.value
    assert near.real[-1] - near.value == pytest.approx(promised, rel=0.05)
    assert walked.parting is not None
    at = tangent(cat, CAT, AttributionSettings(), walked.parting)
    apart = abs(at.real[-1] - at.predicted[-1]) / (at.predicted[-1] - at.value)
    assert apart == pytest.approx(APART, abs=0.04)


def test_a_random_step_hardly_moves_the_score(walked):
    assert abs(walked.random_slope) < walked.slope / 20
    assert abs(walked.random[-1] - walked.value) < (walked.real[-1] - walked.value) / 10


def test_levels_are_the_root_mean_square_in_255ths(walked):
    change = 3.0 * walked.direction.astype(np.float64)
    assert walked.levels(3.0) == pytest.approx(255 * np.sqrt((change**2).mean()), rel=1e-3)


def test_of_a_cross_entropy_that_is_nearly_flat_the_tangent_promises_nearly_nothing(cat):
    found = tangent(cat, CAT, AttributionSettings(measure=Measure.CROSS_ENTROPY), 1.0)
    assert 0 <= found.value < 1e-4
    assert found.slope < 1e-3
    assert found.real[-1] > 1
    assert found.parting is not None


def test_a_straight_line_never_parts_and_a_parabola_parts_where_it_should():
    straight = tangents._parting(lambda lengths: [5 + 2 * one for one in lengths], 5.0, 2.0)
    assert straight is None
    bent = tangents._parting(lambda lengths: [one + one**2 for one in lengths], 0.0, 1.0)
    assert bent is not None
    assert APART < bent < 1.25 * APART, "x + x² is off by x of its promise, found to the next finer step"


def test_what_rounding_alone_could_be_is_not_compared():
    assert tangents._parting(lambda lengths: [1e-5] * len(lengths), 0.0, 1e-9) is None
    assert tangents._parting(lambda lengths: [0.0] * len(lengths), 0.0, 0.0) is None


def test_without_a_gradient_there_is_no_direction():
    assert not tangents._unit(torch.zeros(3, 2, 2)).any()
    assert float(tangents._unit(torch.full((3, 2, 2), 1e-30)).norm()) == pytest.approx(1.0)


def test_every_pass_is_on_the_bill(walked):
    assert walked.cost.backward == 1
    assert walked.cost.forward == 1 + 2 * 1 + 2, "the slope, both lines of 16, the coarse steps and the finer ones"


@pytest.mark.parametrize("longest", [0.0, -1.0, LONGEST + 1])
def test_a_length_outside_of_its_range_is_refused(cat, longest):
    with pytest.raises(SettingError, match="longest"):
        tangent(cat, CAT, AttributionSettings(), longest)


def test_every_device_walks_as_the_cpu_does(device, monkeypatch):
    """The slope to 1 %, and scores to 0.05: a ReLU near 0 may tip."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(tangent(open_photo(sample("astronaut"), MODEL), PERSON, AttributionSettings(), 0.5))
    ours, theirs = found
    assert theirs.slope == pytest.approx(ours.slope, rel=0.01)
    assert theirs.real == pytest.approx(ours.real, abs=0.05)
    assert theirs.random == pytest.approx(ours.random, abs=0.05)
