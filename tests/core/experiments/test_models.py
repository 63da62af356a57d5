"""Trying detectors, segmenters and features on a photo, with random weights in the names of the published ones."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import cache as remember

import numpy as np
import pytest
import torch
import torchvision
from torchvision.models import segmentation
from torchvision.ops import batched_nms

from core.boxes.evaluation import Detections
from core.boxes.iou import pairwise_iou
from core.boxes.nms_settings import LEAST_SCORE
from core.detection import darknet
from core.detection.darknet import decode_heads
from core.detection.decoding import decoded
from core.detection.grid import COURSE, FINER
from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.experiments import candidates, models
from core.experiments.models import Found, Maps, Regions, Things, maps, regions, things, things_of
from core.images.normalise import to_tensor
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.networks.yolo import taken_apart
from core.zoo import cache, weights
from core.zoo.catalog import card, of
from core.zoo.darknet_models import ROWS as DARKNET
from core.zoo.model_card import Task
from tests.core.zoo import darknet_files

SEGMENTER, FEATURES = "lraspp", "squeezenet1_1-features"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME of its own, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@remember
def random_segmenter() -> torch.nn.Module:
    """torchvision's network with logits far enough apart that many classes occur."""
    torch.manual_seed(0)
    network = segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None).eval()
    for layer in (network.classifier.low_classifier, network.classifier.high_classifier):
        torch.nn.init.normal_(layer.weight, std=3.0)
    return network


@remember
def random_features() -> torch.nn.Module:
    torch.manual_seed(0)
    return torchvision.models.squeezenet1_1().eval()


def put(key: str, network: torch.nn.Module) -> None:
    """The file of a network on this machine."""
    target = weights.path(card(key))
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), target)


def noise(width: int, height: int, seed: int = 0) -> Photo:
    return from_pixels(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


@pytest.mark.parametrize(("width", "height"), [(120, 90), (90, 120), (16, 16)])
def test_each_pixel_has_the_class_that_torchvision_gives_it(width, height):
    put(SEGMENTER, random_segmenter())
    found = regions(noise(width, height), SEGMENTER)
    preset = torchvision.models.get_weight(card(SEGMENTER).entry).transforms()
    with torch.no_grad():
        expected = random_segmenter()(preset(to_tensor(noise(width, height).pixels)))["out"][0].argmax(dim=0)
    assert found.classes.shape == expected.shape
    assert (found.classes == expected.numpy()).mean() > 0.999, "but for ties"


def test_the_regions_are_the_classes_that_occur_the_largest_first():
    put(SEGMENTER, random_segmenter())
    found = regions(noise(120, 90), SEGMENTER)
    assert len(found.regions) > 1
    for region in found.regions:
        assert region.share == pytest.approx((found.classes == region.index).mean(), abs=1e-6)
        assert region.label == card(SEGMENTER).classes[region.index]
    shares = [region.share for region in found.regions]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_a_segmenter_sees_the_whole_photo():
    put(SEGMENTER, random_segmenter())
    assert regions(noise(451, 300), SEGMENTER).seen == pytest.approx((0, 0, 451, 300))


def test_a_long_strip_is_seen_smaller_rather_than_in_too_much_memory():
    put(SEGMENTER, random_segmenter())
    assert regions(noise(1600, 16), SEGMENTER).classes.shape == (10, 1040)


@pytest.mark.parametrize(("key", "grid"), [("lab-yolo", COURSE), ("lab-yolo-14", FINER)])
def test_the_things_are_what_the_head_says_in_pixels_of_the_photo(key, grid):
    photo = sample("cat")
    network = cache.load(key)
    placed = network.place(photo)
    with torch.inference_mode():
        output = network.module(network.preprocess(photo))
    raw = decoded(taken_apart(output, 9), grid, least=LEAST_SCORE)
    kept = batched_nms(raw.boxes, raw.scores, raw.labels, 0.5)
    expected = placed.placement.back_boxes(raw.boxes[kept], clip=True)
    answer = things(photo, key)
    torch.testing.assert_close(torch.tensor([one.box for one in answer.things]), expected, atol=1e-3, rtol=0)
    assert [one.score for one in answer.things] == pytest.approx(raw.scores[kept].tolist(), abs=1e-5)
    assert [one.index for one in answer.things] == raw.labels[kept].tolist()
    assert {one.label for one in answer.things} <= set(card(key).classes)


@pytest.mark.parametrize("row", DARKNET, ids=lambda row: row.key)
def test_of_darknets_boxes_each_is_kept_that_no_better_one_of_its_class_overlaps(row):
    darknet_files.put(row)
    photo, network = sample("coffee"), cache.load(row.key)
    placed = network.place(photo)
    with torch.inference_mode():
        answer = network.module(network.preprocess(photo))
    every = decode_heads(answer, network.module.heads, height=row.resize, width=row.resize)
    raw = darknet.detections(every, least=LEAST_SCORE)
    boxes = placed.placement.back_boxes(raw.boxes, clip=True)
    there = (boxes[:, 2:] > boxes[:, :2]).all(dim=1)
    boxes, scores, labels = boxes[there], raw.scores[there], raw.labels[there]
    kept = batched_nms(boxes, scores, labels, 0.5)
    found = things(photo, row.key).things
    assert len(found) > 10
    torch.testing.assert_close(torch.tensor([one.box for one in found]), boxes[kept], atol=1e-2, rtol=0)
    assert [one.score for one in found] == pytest.approx(scores[kept].tolist(), abs=1e-5)
    assert [one.label for one in found] == [row.classes[index] for index in labels[kept].tolist()]


@pytest.mark.weights
@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("cat", ["cat"]),
        ("coffee", ["cup", "diningtable", "cup"]),
        ("astronaut", ["person", "bowl"]),
        ("motorcycle", ["motorbike", "person", "motorbike"]),
        ("rocket", []),
    ],
)
def test_yolo_fastest_finds_what_is_on_a_sample(key, wanted):
    """COCO knows no rocket; the helmet on the table is a bowl to it."""
    row = card("yolo_fastest_xl")
    darknet_files.put_real(row)
    photo = sample(key)
    found = [one for one in things(photo, row.key).things if one.score >= row.sure]
    assert [one.label for one in found] == wanted
    if photo.truth is not None and found and found[0].label in photo.truth.labels:
        box = torch.tensor([photo.truth.boxes[photo.truth.labels.index(found[0].label)].tolist()])
        assert float(pairwise_iou(torch.tensor([found[0].box]), box)) > 0.5


def test_detections_become_things_with_the_names_of_their_classes():
    boxes = torch.tensor([[1.0, 2.0, 3.5, 4.0], [-9.0, 0.0, 800.0, 6.0]])
    found = Detections(boxes, torch.tensor([0.25, 0.75]), torch.tensor([2, 0]))
    assert things_of(found, ("cat", "dog", "bird")) == (
        Found("bird", 2, 0.25, (1.0, 2.0, 3.5, 4.0)),
        Found("cat", 0, 0.75, (-9.0, 0.0, 800.0, 6.0)),
    )
    assert things_of(Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64)), ()) == ()


def test_boxes_scale_with_the_photo():
    """The photo is squeezed into a square, so one twice as wide gives the same boxes, twice as wide."""
    photo = sample("cat")
    wide = from_pixels(photo.pixels.repeat(2, axis=1), "wide")
    for one, other in zip(things(photo, "lab-yolo-14").things, things(wide, "lab-yolo-14").things, strict=False):
        if one.score < 0.3:
            break
        assert other.label == one.label
        assert other.box == pytest.approx((2 * one.box[0], one.box[1], 2 * one.box[2], one.box[3]), abs=6)
    else:
        pytest.fail("no box was compared")


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_boxes_stay_on_the_strangest_photos(size):
    photo = noise(*size)
    for one in things(photo, "lab-yolo-14").things:
        x1, y1, x2, y2 = one.box
        assert 0 <= x1 < x2 <= photo.width
        assert 0 <= y1 < y2 <= photo.height


@pytest.mark.parametrize(("key", "wanted"), [("cat", "cat"), ("astronaut", "person")])
def test_the_main_object_of_a_sample_is_found_with_few_false_boxes(key, wanted):
    """As drawn by eye: right class, score and IoU at least a half, and at most one other box at that score."""
    photo = sample(key)
    sure = [one for one in things(photo, "lab-yolo-14").things if one.score >= 0.5]
    right = [one for one in sure if one.label == wanted and iou_with_main(photo, one.box) >= 0.5]
    assert right
    assert len(sure) <= 2


def iou_with_main(photo: Photo, box: tuple[float, ...]) -> float:
    a, b = np.array(box), photo.truth.boxes[0]
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    network = cache.load("lab-yolo")
    nothing = torch.nn.Conv2d(3, 51, 1)
    torch.nn.init.constant_(nothing.weight, torch.nan)
    broken = dataclasses.replace(network, module=nothing)
    monkeypatch.setattr(candidates, "load", lambda *given: broken)
    with pytest.raises(WeightsDamagedError):
        things(noise(32, 32), "lab-yolo")
    monkeypatch.setattr(models, "load", lambda *given: dataclasses.replace(cache.load("lab-fcn"), module=nothing))
    with pytest.raises(WeightsDamagedError):
        regions(noise(32, 32), "lab-fcn")


def test_the_maps_are_those_with_the_largest_mean_at_the_deepest_layer():
    put(FEATURES, random_features())
    photo = noise(64, 64)
    found = maps(photo, FEATURES)
    network = cache.load(FEATURES)
    with torch.no_grad():
        answers = random_features().features(network.preprocess(photo))[0]
    best = sorted(range(len(answers)), key=lambda channel: -answers[channel].mean().item())[:8]
    assert list(found.channels) == best
    assert found.count == len(answers) == 512
    low, high = answers[best].min(), answers[best].max()
    assert (found.low, found.high) == pytest.approx((low.item(), high.item()), abs=1e-5)
    assert found.means == pytest.approx([answers[channel].mean().item() for channel in best], abs=1e-5)
    np.testing.assert_allclose(found.maps, (answers[best] - low) / (high - low), atol=1e-5)


@pytest.mark.parametrize("layer", [row.name for row in card(FEATURES).layers])
def test_any_layer_of_the_card_can_be_looked_at(layer):
    put(FEATURES, random_features())
    found = maps(noise(64, 64), FEATURES, layer)
    assert found.layer == layer
    assert found.maps.shape[0] == 8
    assert (found.maps.min(), found.maps.max()) == (0, 1)


def test_maps_that_are_all_equal_are_all_zero():
    network = torchvision.models.squeezenet1_1()
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    put(FEATURES, network)
    assert not maps(noise(64, 64), FEATURES).maps.any()


@pytest.mark.parametrize(("experiment", "key"), [(regions, SEGMENTER), (maps, FEATURES)])
def test_costs_one_pass_forward(experiment, key):
    """Counted a second time, by a hook on a network that nobody else has."""
    put(key, random_segmenter() if key == SEGMENTER else random_features())
    module = cache.load(key).module
    first = module.layers[0] if key == FEATURES else module
    calls = []
    handle = first.register_forward_hook(lambda *_: calls.append(1))
    cost = experiment(noise(64, 64), key).cost
    handle.remove()
    assert (cost.forward, cost.backward) == (len(calls), 0) == (1, 0)
    assert cost.notice == ""


def test_where_the_memory_ends_the_caches_are_emptied_and_the_answer_is_the_same(monkeypatch):
    put(FEATURES, random_features())
    expected = maps(noise(64, 64), FEATURES)
    ends = iter([True, False])
    place = cache.Network.place

    def short(network, photo):
        if next(ends):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return place(network, photo)

    monkeypatch.setattr(cache.Network, "place", short)
    found = maps(noise(64, 64), FEATURES)
    np.testing.assert_array_equal(found.maps, expected.maps)


@pytest.mark.parametrize(
    ("experiment", "key"), [(things, "lab-yolo-14"), (regions, "lab-fcn"), (regions, SEGMENTER), (maps, FEATURES)]
)
def test_eight_sessions_at_once_see_what_each_sees_alone(experiment, key):
    if not card(key).bundled:
        put(key, random_segmenter() if key == SEGMENTER else random_features())
    photos = [noise(40 + 4 * seed, 48, seed) for seed in range(8)]
    alone = [pixels(experiment(photo, key)) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda photo: pixels(experiment(photo, key)), photos))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def pixels(answer: Things | Regions | Maps) -> np.ndarray:
    if isinstance(answer, Things):
        return np.array([(*one.box, one.score) for one in answer.things])
    return answer.classes if isinstance(answer, Regions) else answer.maps


def test_every_device_sees_what_the_cpu_sees(device, monkeypatch):
    put(SEGMENTER, random_segmenter())
    put(FEATURES, random_features())
    photo = noise(64, 48)
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    here, maps_here = regions(photo, SEGMENTER), maps(photo, FEATURES)
    monkeypatch.setenv("VISION_LAB_DEVICE", device.type)
    there, maps_there = regions(photo, SEGMENTER), maps(photo, FEATURES)
    assert (here.classes == there.classes).mean() > 0.99
    np.testing.assert_allclose(maps_there.maps, maps_here.maps, atol=0.02)


def test_every_device_finds_what_the_cpu_finds(device, monkeypatch):
    """Boxes to a pixel and scores to a thousandth, of those that are sure."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append([one for one in things(sample("cat"), "lab-yolo-14").things if one.score >= 0.2])
        assert (regions(sample("cat"), "lab-fcn").classes == 3).mean() > 0.5
    here, there = found
    assert [one.label for one in there] == [one.label for one in here]
    np.testing.assert_allclose([one.box for one in there], [one.box for one in here], atol=1)
    np.testing.assert_allclose([one.score for one in there], [one.score for one in here], atol=2e-3)


@pytest.mark.parametrize("row", [*of(Task.SEGMENT)[1:], *(row for row in of(Task.FEATURES) if not row.bundled)])
def test_missing_weights_say_how_to_get_them(row):
    with pytest.raises(WeightsMissingError, match="Download them"):
        (regions if row.task is Task.SEGMENT else maps)(noise(64, 64), row.key)


def test_a_network_for_another_task_is_explained():
    put(FEATURES, random_features())
    with pytest.raises(ModelError, match="gives no class to each pixel"):
        regions(noise(64, 64), FEATURES)
    with pytest.raises(ModelError, match="draws no boxes"):
        things(noise(64, 64), FEATURES)
    with pytest.raises(ModelError, match="no layer called 'nonsense'"):
        maps(noise(64, 64), FEATURES, "nonsense")
