"""Grad-CAM for the score of one box and for a class over a region, with the networks that ship with the lab."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.attribution.grad_cam import explained, record
from core.detection.decoding import class_scores
from core.errors import ModelError, SettingError, WeightsDamagedError
from core.experiments import cost, grid_heads, models, regions
from core.experiments.models import things
from core.experiments.regions import BoxMap, RegionMap, box_map, region_map
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.networks.chain import Chain
from core.networks.yolo import taken_apart
from core.zoo import cache

CAT = 3
"""The place of the cat among the classes of the segmenter."""


@pytest.fixture(scope="module")
def box() -> BoxMap:
    return box_map(sample("cat"))


@pytest.fixture(scope="module")
def region() -> RegionMap:
    return region_map(sample("cat"))


def grey() -> Photo:
    return from_pixels(np.full((120, 160, 3), 127, dtype=np.uint8), "grey")


@pytest.mark.parametrize("key", ["cat", "astronaut"])
@pytest.mark.parametrize("model", ["lab-yolo-14", "lab-yolo"])
def test_the_detections_are_those_of_the_detector_that_are_sure_enough(key, model):
    found = box_map(sample(key), model=model).things
    expected = [one for one in things(sample(key), model).things if one.score >= regions.LEAST]
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert (one.label, one.index) == (other.label, other.index)
        assert one.score == pytest.approx(other.score, abs=1e-5)
        assert one.box == pytest.approx(other.box, abs=1e-3)


def test_the_score_that_is_explained_is_that_of_the_chosen_detection():
    """All by hand: the anchor with that score, and Grad-CAM of it."""
    network, photo = cache.load("lab-yolo-14"), sample("astronaut")
    trunk, head = network.split("features.12")
    with torch.no_grad():
        recorded = record(trunk(network.preprocess(photo)), head)
    scores = class_scores(taken_apart(recorded.output, 9)).detach()
    for chosen in (0, 1):
        found = box_map(photo, chosen)
        thing = found.things[chosen]
        row = int((scores[:, thing.index] - thing.score).abs().argmin())
        assert scores[row, thing.index].item() == pytest.approx(thing.score, abs=1e-5)
        expected = explained(recorded, lambda out: class_scores(taken_apart(out, 9))[row, thing.index])  # noqa: B023
        np.testing.assert_allclose(found.map, expected.map.numpy(), atol=1e-4 * expected.map.max().item())
        assert found.chosen == chosen


def test_the_map_has_a_cell_for_each_of_the_trunk_and_covers_the_whole_photo(box):
    assert box.map.shape == (14, 14)
    assert box.map.min() >= 0
    assert box.map.max() > 0
    assert box.seen == pytest.approx((0, 0, sample("cat").width, sample("cat").height))
    assert box.things[0].label == "cat"


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_score_of_a_box_is_the_product_of_its_two_factors(chosen):
    found, network = box_map(sample("astronaut"), chosen), cache.load("lab-yolo-14")
    with torch.no_grad():
        answer = taken_apart(network.module(network.preprocess(sample("astronaut"))), 9)
    thing, (sure, likely) = found.things[chosen], found.factors
    assert sure * likely == pytest.approx(thing.score, abs=1e-5)
    assert (answer.confidence.sigmoid() - sure).abs().min().item() == pytest.approx(0, abs=1e-5)
    assert (answer.classes.softmax(dim=1)[0, thing.index] - likely).abs().min().item() == pytest.approx(0, abs=1e-5)


def test_two_detections_of_a_photo_come_from_other_places():
    photo = sample("astronaut")
    one, other = (box_map(photo, chosen).map for chosen in (0, 1))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < 0.99


def test_the_map_of_a_box_lies_rather_inside_than_outside(box):
    photo = sample("cat")
    x1, y1, x2, y2 = box.things[0].box
    x = (np.arange(14) + 0.5) / 14 * photo.width
    y = (np.arange(14)[:, None] + 0.5) / 14 * photo.height
    inside = (x > x1) & (x < x2) & (y > y1) & (y < y2)
    assert inside.any()
    assert not inside.all()
    assert box.map[inside].mean() > 1.5 * box.map[~inside].mean()


def test_it_costs_one_pass_forward_and_one_back_as_they_happen(monkeypatch):
    """Counted a second time, by a hook on networks that nobody else has and by a spy on torch's own gradient."""
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    passes, gradient = [], torch.autograd.grad
    handles = [
        first.register_forward_hook(lambda *_: passes.append("forward"))
        for first in (cache.load("lab-yolo-14").module.layers[0], cache.load("lab-fcn").module.trunk[0])
    ]
    monkeypatch.setattr(
        torch.autograd, "grad", lambda *given, **more: (passes.append("backward"), gradient(*given, **more))[1]
    )
    for experiment in (box_map, region_map):
        passes.clear()
        bill = experiment(sample("cat")).cost
        assert passes == ["forward", "backward"]
        assert (bill.forward, bill.backward, bill.notice) == (1, 1, "")
    for handle in handles:
        handle.remove()


def test_where_nothing_is_found_there_is_no_map():
    found = box_map(grey())
    assert (found.things, found.map, found.factors, found.chosen) == ((), None, None, 0)
    assert (found.cost.forward, found.cost.backward) == (1, 0)


@pytest.mark.parametrize("chosen", [-1, 99])
def test_a_detection_that_is_none_is_refused_with_the_range(box, chosen):
    with pytest.raises(SettingError, match=f"chosen must be .* {len(box.things) - 1}, got {chosen}"):
        box_map(sample("cat"), chosen)


def test_where_nothing_is_found_no_other_can_be_chosen():
    with pytest.raises(SettingError, match="found nothing"):
        box_map(grey(), 1)


def test_a_network_that_draws_no_boxes_is_explained():
    with pytest.raises(ModelError, match="draws no boxes"):
        box_map(sample("cat"), model="lab-classifier")


def test_the_classes_are_those_of_the_segmenter_the_largest_first(region):
    expected = models.regions(sample("cat"), "lab-fcn")
    assert (region.classes == expected.classes).mean() > 0.999, "but for ties"
    assert [(name, index) for name, index, _ in region.names] == [(one.label, one.index) for one in expected.regions]
    assert [share for *_, share in region.names] == pytest.approx([one.share for one in expected.regions], abs=1e-3)
    assert region.seen == pytest.approx(expected.seen)


def test_without_a_wish_the_largest_thing_is_explained(region):
    assert (region.label, region.index) == ("cat", CAT)
    assert region.map.shape == (14, 14)
    assert region.map.min() >= 0
    assert region.map.max() > 0


def test_where_there_is_background_alone_that_is_explained():
    found = region_map(grey())
    assert [index for _, index, _ in found.names] == [0]
    assert (found.label, found.index) == ("background", 0)


@pytest.mark.parametrize("index", [0, CAT, 5])
def test_the_score_is_the_mean_over_the_pixels_that_have_the_class_or_all_where_none_has(region, index):
    network = cache.load("lab-fcn")
    with torch.no_grad():
        fine, features = network.module.maps(network.preprocess(sample("cat")))
    recorded = record(features, lambda maps: network.module.answer(fine, maps))
    mine = torch.from_numpy(region.classes == index)
    assert bool(mine.any()) == (index != 5)
    where = mine if mine.any() else torch.ones_like(mine)
    expected = explained(recorded, lambda scores: scores[0, index][where].mean()).map
    found = region_map(sample("cat"), index)
    assert found.index == index
    np.testing.assert_allclose(found.map, expected.numpy(), atol=1e-4 * expected.max().item())


def test_the_map_of_the_cat_lies_where_the_cat_is(region):
    cells = torch.nn.functional.avg_pool2d(torch.from_numpy(region.classes == CAT).float()[None], 16)[0].numpy()
    assert region.map[cells > 0.9].mean() > region.map[cells < 0.1].mean()


@pytest.mark.parametrize("index", [-1, 7])
def test_a_class_that_is_none_is_refused_with_the_range(index):
    with pytest.raises(SettingError, match=f"index must be a class from 0 to 6, got {index}"):
        region_map(sample("cat"), index)


def test_numbers_that_are_none_are_called_damage(monkeypatch):
    detector, segmenter = cache.load("lab-yolo-14"), cache.load("lab-fcn")
    broken = torch.nn.Conv2d(512, 51, 1)
    torch.nn.init.constant_(broken.weight, torch.nan)
    halves = detector.split("features.12")
    layers = dict(zip(halves.trunk.names, halves.trunk.layers, strict=True))
    monkeypatch.setattr(grid_heads, "load", lambda *_: replace(detector, module=Chain({**layers, "grid": broken})))
    with pytest.raises(WeightsDamagedError):
        box_map(sample("cat"))
    monkeypatch.setattr(regions, "load", lambda *_: segmenter)
    monkeypatch.setattr(regions, "normalise", lambda x: x * torch.nan)
    with pytest.raises(WeightsDamagedError):
        region_map(sample("cat"))


@pytest.mark.parametrize(("experiment", "inner"), [(box_map, "_box_map"), (region_map, "_region_map")])
def test_a_device_without_room_hands_over_to_the_cpu_and_the_bill_says_so(experiment, inner, monkeypatch):
    meta, made = torch.device("meta"), getattr(regions, inner)

    def short(*given: object) -> BoxMap | RegionMap:
        if given[-1] == meta:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(*given)

    expected = experiment(sample("cat"))
    monkeypatch.setattr(cost, "best_device", lambda: meta)
    monkeypatch.setattr(regions, inner, short)
    found = experiment(sample("cat"))
    np.testing.assert_array_equal(found.map, expected.map)
    assert found.cost.notice.endswith("so this was computed on the CPU.")


def test_eight_sessions_at_once_see_what_each_sees_alone():
    tasks = [(box_map, "cat", 0), (box_map, "astronaut", 1), (region_map, "cat", 3), (region_map, "astronaut", 1)] * 2
    alone = [call(sample(key), which).map for call, key, which in tasks[:4]] * 2
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: task[0](sample(task[1]), task[2]).map, tasks))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_device_explains_boxes_and_regions_as_the_cpu_does(device, monkeypatch):
    """Maps to 2 % of their largest value, and classes but for ties."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append((box_map(sample("cat")), region_map(sample("cat"))))
    (here, region_here), (there, region_there) = found
    assert there.things[0].label == here.things[0].label
    np.testing.assert_allclose(there.map, here.map, atol=0.02 * here.map.max())
    np.testing.assert_allclose(region_there.map, region_here.map, atol=0.02 * region_here.map.max())
    assert (region_there.classes == region_here.classes).mean() > 0.99


@pytest.mark.parametrize("key", ["yolo_fastest", "yolov3_tiny"])
def test_a_detector_with_several_heads_can_not_be_explained_and_the_visitor_learns_it_before_any_download(key):
    with pytest.raises(ModelError, match=r"can't be used here: .* Choose one of the lab's own detectors"):
        box_map(sample("cat"), model=key)
