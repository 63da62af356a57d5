"""Making the lab's detector overlook one thing: what is claimed is what the whole detector finds afterwards."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.adversarial.settings import Attack, AttackSettings
from core.boxes.iou import pairwise_iou
from core.detection.decoding import class_scores
from core.errors import ModelError, SettingError
from core.experiments.aims import BoxAim
from core.experiments.box_attack import BoxOutcome, CleanBoxes, attacked, begin, boxes, outcome
from core.experiments.models import things
from core.images.normalise import normalise, to_pixels, to_tensor
from core.images.photo import from_pixels
from core.images.samples import sample
from core.networks.yolo import taken_apart
from core.zoo import cache

MODEL = "lab-yolo-14"
PGD = AttackSettings(attack=Attack.PGD_LINF, epsilon=8 / 255, steps=10)


@pytest.fixture(scope="module")
def cat() -> CleanBoxes:
    return boxes(sample("cat"), MODEL)


@pytest.fixture(scope="module")
def hidden(cat) -> BoxOutcome:
    return attacked(cat, BoxAim(0, cat.sure, around=True), PGD)


def scores_of(pixels: np.ndarray) -> torch.Tensor:
    """By hand: the score of every anchor for every class."""
    network = cache.load(MODEL)
    with torch.no_grad():
        output = network.module(normalise(to_tensor(pixels, network.device))).cpu()
    return class_scores(taken_apart(output, 9))


def test_the_clean_picture_is_the_input_on_the_grid_of_8_bits(cat):
    placed = cache.load(MODEL).place(sample("cat"))
    assert np.array_equal(cat.pixels, to_pixels(placed.image))
    assert cat.placement == placed.placement
    assert (cat.cost.forward, cat.sure) == (1, 0.5)


def test_the_things_are_those_that_the_detector_finds_on_that_picture(cat):
    expected = [one for one in things(from_pixels(cat.pixels, "input"), MODEL).things if one.score >= 0.1]
    assert len(cat.things) == len(expected) > 0
    for one, other in zip(cat.things, expected, strict=True):
        assert (one.label, one.index) == (other.label, other.index)
        assert one.score == pytest.approx(other.score, abs=1e-5)
        assert one.box == pytest.approx(other.box, abs=1e-3)


def test_the_anchors_are_those_that_found_the_things(cat):
    every = scores_of(cat.pixels)
    for row, thing in zip(cat.rows, cat.things, strict=True):
        assert float(every[row, thing.index]) == pytest.approx(thing.score, abs=1e-5)
        corners = torch.from_numpy(cat.candidates[row]).clamp(0, 224).tolist()
        assert corners == pytest.approx(thing.box, abs=1e-3)


def test_one_anchor_falls_below_the_threshold(cat):
    found = attacked(cat, BoxAim(0, cat.sure), PGD)
    assert found.succeeded
    assert found.score < cat.sure
    assert found.score == pytest.approx(float(scores_of(found.pixels)[cat.rows[0], found.before.index]), abs=1e-5)
    assert found.answers[0] == pytest.approx(found.before.score, abs=1e-5)


def test_the_thing_may_come_back_one_anchor_further(cat):
    """An attack on one anchor alone says nothing of its neighbours, and that is told."""
    gentle = AttackSettings(attack=Attack.COURSE, step_size=0.1, steps_after=0)
    found = attacked(cat, BoxAim(0, cat.sure), gentle)
    assert found.succeeded
    assert found.left is not None
    assert found.left.label == "cat"
    assert not found.vanished


def test_all_anchors_around_fall_together(cat, hidden):
    assert hidden.succeeded
    assert hidden.vanished
    assert hidden.distances.levels <= 8 + 1e-3
    box = torch.tensor([cat.things[0].box])
    near = pairwise_iou(box, torch.from_numpy(cat.candidates))[0] > 0.5
    assert near.sum() > 1
    assert float(scores_of(hidden.pixels)[near, hidden.before.index].max()) == pytest.approx(hidden.score, abs=1e-5)


def test_what_is_found_afterwards_is_what_the_detector_finds_on_the_result(hidden):
    expected = [one for one in things(from_pixels(hidden.pixels, "result"), MODEL).things if one.score >= 0.1]
    assert [one.label for one in hidden.things] == [one.label for one in expected]
    if hidden.left is not None:
        assert hidden.left in hidden.things
        assert hidden.left.score < 0.5


def test_an_epsilon_of_0_leaves_every_box_where_it_is(cat):
    found = attacked(cat, BoxAim(0, cat.sure), replace(PGD, epsilon=0.0, steps=2))
    assert np.array_equal(found.pixels, cat.pixels)
    assert found.things == cat.things
    assert found.left == found.before
    assert not found.vanished
    assert not found.succeeded


def test_a_watched_run_comes_to_the_same_outcome(cat, hidden):
    aim = BoxAim(0, cat.sure, around=True)
    found = outcome(cat, aim, PGD, list(begin(cat, aim, PGD)))
    assert np.array_equal(found.pixels, hidden.pixels)
    assert found.score == hidden.score
    with pytest.raises(ValueError, match="a run that has ended"):
        outcome(cat, aim, PGD, [])


def test_a_detection_that_is_not_there_is_refused(cat):
    with pytest.raises(SettingError, match=f"number must be a detection from 0 to {len(cat.things) - 1}, got 99"):
        begin(cat, BoxAim(99, 0.5), PGD)
    with pytest.raises(SettingError, match=r"found nothing on this photo\. Choose another photo"):
        begin(replace(cat, things=(), rows=()), BoxAim(0, 0.5), PGD)


def test_deepfool_knows_no_detections(cat):
    with pytest.raises(SettingError, match="one detection has none"):
        begin(cat, BoxAim(0, 0.5), AttackSettings(attack=Attack.DEEPFOOL, epsilon=None))


def test_a_network_that_draws_no_boxes_is_refused():
    with pytest.raises(ModelError, match="draws no boxes"):
        boxes(sample("cat"), "lab-classifier")


@pytest.mark.gpu
def test_a_gpu_comes_to_the_scores_of_the_cpu(monkeypatch):
    """Scores within 1e-3 on the clean picture and after the first update."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = []
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", device)
        start = boxes(sample("cat"), MODEL)
        run = begin(start, BoxAim(0, start.sure), PGD)
        found.append((next(run).answer, next(run).answer))
    (clean, first), (clean_there, first_there) = found
    np.testing.assert_allclose(clean, clean_there, atol=1e-3)
    np.testing.assert_allclose(first, first_there, atol=1e-3)


@pytest.mark.parametrize("key", ["yolo_fastest", "yolov3_tiny"])
def test_a_detector_with_several_heads_can_not_be_attacked_and_the_visitor_learns_it_before_any_download(key):
    with pytest.raises(ModelError, match=r"can't be used here: .* Choose one of the lab's own detectors"):
        boxes(sample("cat"), key)
