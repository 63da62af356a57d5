"""Who races: a detector's anchors before suppression, crowds of truths, and boxes by chance."""

import dataclasses

import numpy as np
import pytest
import torch

from core.boxes.crowd import crowd
from core.boxes.crowd_settings import CrowdSettings
from core.boxes.settings import Labelled
from core.detection import darknet
from core.detection.darknet import decode_heads
from core.detection.decoding import decoded
from core.detection.grid import FINER
from core.errors import ModelError, SettingError, WeightsDamagedError, WeightsMissingError
from core.experiments import candidates
from core.experiments.candidates import LEAST_SCORE, MOST_BOXES, check_grid_head, crowded, detected, random_boxes
from core.experiments.models import things
from core.images.photo import GroundTruth, Photo, from_pixels
from core.images.samples import sample
from core.networks.darknet import Darknet
from core.networks.yolo import taken_apart
from core.zoo import cache
from core.zoo.catalog import card
from tests.core.zoo import darknet_files

DETECTOR = "lab-yolo-14"
CAT, DOG = Labelled("cat", (10.0, 20.0, 60.0, 90.0)), Labelled("dog", (70.0, 20.0, 120.0, 80.0))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME without weights, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def grey(width: int, height: int, *objects: Labelled) -> Photo:
    boxes = np.array([one.box for one in objects], np.float32).reshape(-1, 4)
    truth = GroundTruth(boxes, tuple(one.label for one in objects))
    return from_pixels(np.full((height, width, 3), 128, np.uint8), "grey", truth=truth if objects else None)


@pytest.mark.parametrize("least", [LEAST_SCORE, 0.3])
def test_every_anchor_above_the_least_score_races_in_pixels_of_the_photo(least):
    photo = sample("cat")
    network = cache.load(DETECTOR)
    with torch.inference_mode():
        output = network.module(network.preprocess(photo))
    raw = decoded(taken_apart(output, 9), FINER, least=least)
    found = detected(photo, DETECTOR, least)
    expected = network.place(photo).placement.back_boxes(raw.boxes, clip=True)
    assert len(found.table.labels) == len(raw.boxes) > 3
    np.testing.assert_allclose(found.table.boxes, expected.numpy(), atol=1e-3)
    np.testing.assert_allclose(found.table.scores, raw.scores.numpy(), atol=1e-5)
    assert list(found.table.labels) == [card(DETECTOR).classes[index] for index in raw.labels.tolist()]
    assert found.table.scores.min() >= least
    assert (found.cost.forward, found.cost.backward) == (1, 0)


def test_no_box_is_suppressed_before_the_race():
    found, kept = detected(sample("cat"), DETECTOR), things(sample("cat"), DETECTOR).things
    assert len(found.table.labels) > len(kept) > 0
    rows = {(label, round(score, 5)) for label, score in zip(found.table.labels, found.table.scores, strict=True)}
    assert {(one.label, round(one.score, 5)) for one in kept} <= rows


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_boxes_lie_inside_the_strangest_photos(size):
    photo = from_pixels(np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8), "noise")
    boxes = detected(photo, DETECTOR, 0.0).table.boxes
    assert len(boxes) > 100
    assert (boxes >= 0).all()
    assert (boxes[:, 2] <= photo.width).all()
    assert (boxes[:, 3] <= photo.height).all()
    assert (boxes[:, :2] < boxes[:, 2:]).all()


def test_where_nothing_is_sure_there_are_no_boxes():
    found = detected(grey(64, 48), DETECTOR, 1.0)
    assert found.table.boxes.shape == (0, 4)
    assert found.table.labels == ()


def test_truths_are_those_of_classes_that_the_network_knows():
    (cat,) = detected(sample("cat"), DETECTOR).truths
    assert cat.label == "cat"
    assert cat.box == pytest.approx(tuple(sample("cat").truth.boxes[0].tolist()))
    both = grey(130, 100, CAT, Labelled("teapot", (0.0, 0.0, 20.0, 20.0)), DOG)
    assert detected(both, DETECTOR).truths == (CAT, DOG)
    assert detected(grey(64, 48), DETECTOR).truths == ()


def test_a_network_that_draws_no_boxes_is_explained_and_one_that_is_not_there_too():
    with pytest.raises(ModelError, match="draws no boxes"):
        detected(sample("cat"), "lab-classifier")
    with pytest.raises(ModelError, match="nonsense"):
        detected(sample("cat"), "nonsense")
    with pytest.raises(WeightsMissingError, match="Download them"):
        detected(sample("cat"), "squeezenet1_1")


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    network = cache.load(DETECTOR)
    nothing = torch.nn.Conv2d(3, 51, 1)
    torch.nn.init.constant_(nothing.weight, torch.nan)
    broken = dataclasses.replace(network, module=nothing)
    monkeypatch.setattr(candidates, "load", lambda *given: broken)
    with pytest.raises(WeightsDamagedError):
        detected(grey(32, 32), DETECTOR)


@pytest.mark.parametrize("key", ["yolov3_tiny", "yolov4_tiny"])
@pytest.mark.parametrize("photo", ["cat", "overlap"])
def test_every_box_of_both_heads_of_darknet_races_in_pixels_of_the_photo(key, photo):
    """Laid between bars by one network, squeezed by the other; shown to both as it is, without the means of ImageNet."""
    darknet_files.put(card(key))
    network, shown = cache.load(key), sample(photo)
    placed = network.place(shown)
    assert torch.equal(network.preprocess(shown), placed.image)
    with torch.inference_mode():
        every = decode_heads(network.module(placed.image), network.module.heads, height=416, width=416)
    raw = darknet.detections(every, least=0.2)
    boxes = placed.placement.back_boxes(raw.boxes, clip=True)
    there = (boxes[:, 2:] > boxes[:, :2]).all(dim=1)
    found = detected(shown, key, 0.2)
    assert 3 < len(found.table.labels) == int(there.sum()) < len(every.boxes)
    np.testing.assert_allclose(found.table.boxes, boxes[there].numpy(), atol=1e-3)
    np.testing.assert_allclose(found.table.scores, raw.scores[there].numpy(), atol=1e-5)
    assert list(found.table.labels) == [card(key).classes[index] for index in raw.labels[there].tolist()]
    assert (found.cost.forward, found.cost.backward) == (1, 0)


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_a_box_beside_a_photo_between_bars_does_not_race(size):
    darknet_files.put(card("yolov3_tiny"))
    photo = from_pixels(np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8), "noise")
    boxes = detected(photo, "yolov3_tiny", 0.0).table.boxes
    every = 3 * (26**2 + 13**2)
    assert 100 < len(boxes) <= every
    assert (len(boxes) == every) == (size[0] == size[1])
    assert (boxes >= 0).all()
    assert (boxes[:, 2:] <= (photo.width, photo.height)).all()
    assert (boxes[:, :2] < boxes[:, 2:]).all()


def test_heads_that_give_no_numbers_are_said_to_be_damaged(monkeypatch):
    darknet_files.put(card("yolo_fastest"))
    network = cache.load("yolo_fastest")
    broken = Darknet(network.module.config)
    for parameter in broken.parameters():
        torch.nn.init.constant_(parameter, torch.nan)
    monkeypatch.setattr(candidates, "load", lambda *given: dataclasses.replace(network, module=broken.eval()))
    with pytest.raises(WeightsDamagedError, match=r"One of the files of Yolo-Fastest 1\.1 is damaged"):
        detected(grey(32, 32), "yolo_fastest")


def test_a_detector_with_one_head_passes_where_one_is_needed_and_others_are_refused():
    check_grid_head(DETECTOR)
    check_grid_head("lab-classifier")  # it draws no boxes, which whoever loads it says
    with pytest.raises(ModelError, match=r"YOLOv4-tiny can't be used here: .* Choose one of the lab's own detectors"):
        check_grid_head("yolov4_tiny")
    with pytest.raises(ModelError, match="nonsense"):
        check_grid_head("nonsense")


def test_every_device_finds_the_candidates_that_the_cpu_finds(device, monkeypatch):
    """Boxes to a pixel and scores to two thousandths, of those that are sure; in the order of the CPU's scores."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(detected(sample("cat"), DETECTOR, 0.0).table)
    here, there = found
    sure = np.flatnonzero(here.scores >= 0.2)
    assert len(sure) > 3
    for row in sure:
        gap = np.abs(there.boxes - here.boxes[row]).max(axis=1) + np.abs(there.scores - here.scores[row])
        twin = int(gap.argmin())
        np.testing.assert_allclose(there.boxes[twin], here.boxes[row], atol=1)
        assert there.scores[twin] == pytest.approx(here.scores[row], abs=2e-3)
        assert there.labels[twin] == here.labels[row]


def test_a_crowd_has_so_many_candidates_for_each_truth_and_is_that_of_the_core():
    settings = CrowdSettings(count=7, confusion=0.3, seed=3)
    found = crowded((CAT, DOG, CAT), settings, height=100, width=130)
    boxes = torch.tensor([CAT.box, DOG.box, CAT.box], dtype=torch.float64)
    made = crowd(boxes, torch.tensor([0, 1, 0]), settings, height=100, width=130, classes=2).detections
    np.testing.assert_allclose(found.table.boxes, made.boxes.numpy(), atol=1e-6)
    np.testing.assert_array_equal(found.table.scores, made.scores.numpy())
    assert found.table.labels == tuple(("cat", "dog")[index] for index in made.labels.tolist())
    assert len(found.table.labels) == 21
    assert found.truths == (CAT, DOG, CAT)


def test_without_jitter_every_candidate_is_its_truth():
    found = crowded((CAT, DOG), CrowdSettings(count=3, jitter=0.0, noise=0.0), height=100, width=130)
    np.testing.assert_allclose(found.table.boxes, [CAT.box] * 3 + [DOG.box] * 3)
    assert found.table.labels == ("cat",) * 3 + ("dog",) * 3
    assert (found.table.scores == 1).all()


def test_confusion_where_there_is_one_name_makes_a_second():
    found = crowded((CAT, CAT), CrowdSettings(count=10, confusion=0.3), height=100, width=130)
    assert found.table.classes == ("cat", "not cat")
    assert found.table.labels.count("not cat") == 6
    clear = crowded((CAT,), CrowdSettings(count=10), height=100, width=130)
    assert clear.table.classes == ("cat",)


@pytest.mark.parametrize("confusion", [0.0, 0.5])
def test_no_truths_make_an_empty_crowd(confusion):
    found = crowded((), CrowdSettings(confusion=confusion), height=100, width=130)
    assert found.table.boxes.shape == (0, 4)
    assert found.truths == ()


def test_too_many_candidates_and_a_truth_outside_the_photo_are_refused():
    assert len(crowded((CAT,) * 20, CrowdSettings(count=100), height=100, width=130).table.labels) == MOST_BOXES
    with pytest.raises(SettingError, match="21 objects with 100 candidates each are more than 2,000 boxes"):
        crowded((CAT,) * 21, CrowdSettings(count=100), height=100, width=130)
    with pytest.raises(SettingError, match="inside the photo of 50 × 50 px"):
        crowded((CAT, DOG), CrowdSettings(), height=50, width=50)


@pytest.mark.parametrize(("count", "height", "width"), [(1, 16, 16), (300, 300, 451), (MOST_BOXES, 1600, 40)])
def test_boxes_by_chance_lie_inside_the_photo_with_sides_of_a_twentieth_to_a_third(count, height, width):
    found = random_boxes(count, 0, height=height, width=width)
    sides = (found.table.boxes[:, 2:] - found.table.boxes[:, :2]) / (width, height)
    assert found.table.boxes.shape == (count, 4)
    assert (found.table.boxes >= 0).all()
    assert (found.table.boxes[:, 2:] <= (width, height)).all()
    assert (sides > 0.0499).all()
    assert (sides < 1 / 3).all()
    assert ((found.table.scores >= 0) & (found.table.scores < 1)).all()
    assert set(found.table.labels) == {"box"}
    assert found.truths == ()


def test_the_same_seed_gives_the_same_boxes_and_another_one_others():
    one, same, other = (random_boxes(50, seed, height=300, width=451).table for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.boxes, same.boxes)
    np.testing.assert_array_equal(one.scores, same.scores)
    assert not (one.boxes == other.boxes).any()


@pytest.mark.parametrize("count", [0, -1, MOST_BOXES + 1])
def test_none_or_too_many_boxes_by_chance_are_refused(count):
    with pytest.raises(SettingError, match="count must be from 1 to 2,000"):
        random_boxes(count, 0, height=300, width=451)
