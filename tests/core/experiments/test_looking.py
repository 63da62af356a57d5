"""Covering what a saliency map puts first, on the classifier that ships with the lab."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, BaselineSettings, Channels
from core.errors import SettingError
from core.experiments.attribution import explain
from core.experiments.looking import DRAWS, Covered, cover, magnitude
from core.experiments.opened import Opened, open_photo
from core.images.normalise import normalise
from core.images.samples import sample
from core.zoo import cache

MODEL = "lab-classifier"
CAT = 10
GREY = BaselineSettings(kind=Baseline.COLOUR)


@pytest.fixture(scope="module")
def cat() -> Opened:
    return open_photo(sample("cat"), MODEL)


@pytest.fixture(scope="module")
def map(cat) -> np.ndarray:
    return magnitude(explain(cat, Method.GRADIENT, CAT), Channels.LARGEST)


@pytest.fixture(scope="module")
def covered(cat, map) -> Covered:
    return cover(cat, CAT, map, 0.2, GREY)


def asked(picture: np.ndarray) -> torch.Tensor:
    """The probabilities of an 8-bit picture, by a loop of its own."""
    image = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        return cache.load(MODEL).module(normalise(image))[0].softmax(dim=0)


def test_the_network_is_asked_of_the_picture_that_is_shown(covered):
    assert covered.probability == pytest.approx(float(asked(covered.picture)[CAT]), abs=0.02)
    assert covered.random[0] == pytest.approx(float(asked(covered.random_picture)[CAT]), abs=0.02)
    assert covered.after.index == int(asked(covered.picture).argmax())


def test_exactly_the_foremost_pixels_are_grey_and_no_other_is_touched(cat, map, covered):
    photo = (cat.image[0].permute(1, 2, 0) * 255).numpy()
    assert covered.count == round(0.2 * map.size) == covered.hidden.sum()
    assert map[covered.hidden].min() >= map[~covered.hidden].max()
    assert (covered.picture[covered.hidden] == 128).all()
    assert np.abs(covered.picture[~covered.hidden] - photo[~covered.hidden]).max() <= 0.51


def test_the_control_covers_as_many_pixels_and_others_each_time(covered):
    grey = (covered.random_picture == 128).all(axis=2).sum()
    assert covered.count <= grey <= covered.count * 1.05, "some pixels of the photo are that grey already"
    assert len(covered.random) == DRAWS == len(set(covered.random))
    assert covered.chance == pytest.approx(np.mean(covered.random))


def test_all_pictures_pass_at_once_and_are_one_pass(covered):
    assert (covered.cost.forward, covered.cost.backward) == (1, 0)


def test_the_mean_colour_covers_too_and_a_share_too_small_covers_one_pixel(cat, map):
    found = cover(cat, CAT, map, 1e-6, BaselineSettings(kind=Baseline.MEAN_COLOUR))
    assert found.count == found.hidden.sum() == 1
    mean = (cat.image[0].mean(dim=(1, 2)) * 255).numpy()
    assert np.abs(found.picture[found.hidden][0] - mean).max() <= 0.51


def test_when_all_is_covered_both_pictures_are_the_same(cat, map):
    found = cover(cat, CAT, map, 1.0, GREY)
    assert (found.picture == found.random_picture).all()
    assert found.random == pytest.approx([found.probability] * DRAWS, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01])
def test_a_share_outside_of_its_range_is_refused(cat, map, share):
    with pytest.raises(SettingError, match="share"):
        cover(cat, CAT, map, share, GREY)


def test_a_magnitude_drops_the_signs_of_every_method(cat):
    found = explain(cat, Method.GRADIENT_X_INPUT, CAT)
    assert found.raw.min() < 0
    np.testing.assert_allclose(magnitude(found, Channels.LARGEST), np.abs(found.raw).max(axis=0))
    np.testing.assert_allclose(magnitude(found, Channels.LENGTH), np.sqrt((found.raw**2).sum(axis=0)), rtol=1e-5)


def test_a_magnitude_of_cells_or_with_signs_is_refused(cat):
    for method, channels in ((Method.GRAD_CAM, Channels.LARGEST), (Method.GRADIENT, Channels.SUM)):
        with pytest.raises(SettingError):
            magnitude(explain(cat, method, CAT, AttributionSettings()), channels)


def test_the_cost_of_a_cover_does_not_change_its_answer_in_smaller_chunks(cat, map, covered, monkeypatch):
    from core.experiments import looking

    made = looking._covered

    def short(question, map, share, fill, device, chunk):
        if chunk > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(question, map, share, fill, device, chunk)

    monkeypatch.setattr(looking, "_covered", short)
    found = cover(cat, CAT, map, 0.2, GREY)
    assert found.random == pytest.approx(covered.random, abs=1e-4)
    assert found.cost.notice
    assert replace(found.cost, notice="").forward == 3


def test_every_device_covers_as_the_cpu_does(device, monkeypatch):
    """The same pixels for one map, and probabilities to 0.01."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        opened = open_photo(sample("cat"), MODEL)
        map = np.add.outer(np.arange(224.0), np.arange(224.0)).astype(np.float32)
        found.append(cover(opened, CAT, map, 0.3, GREY))
    ours, theirs = found
    assert (ours.hidden == theirs.hidden).all()
    assert theirs.probability == pytest.approx(ours.probability, abs=0.01)
    assert theirs.random == pytest.approx(ours.random, abs=0.01)
