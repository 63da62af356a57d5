"""Segmenting photos with the networks of the lab: against one bare pass, laws, refusals, memory."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache as remember
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional
from torchvision.models import segmentation

from core.errors import ModelError, SettingError, WeightsDamagedError, WeightsMissingError
from core.experiments import underway
from core.experiments.segmenting import effort, plan_of, segment, segmenting
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.segmentation.settings import IGNORE, SegmentSettings
from core.zoo import cache, weights
from core.zoo.catalog import card, of
from core.zoo.model_card import Task
from core.zoo.network import Network

ROOT = Path(__file__).resolve().parents[3]
BUILDERS = {
    "lraspp": lambda: segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None),
    "deeplabv3_mobilenet": lambda: segmentation.deeplabv3_mobilenet_v3_large(
        weights=None, weights_backbone=None, aux_loss=True
    ),
    "fcn_resnet50": lambda: segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=True),
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A TORCH_HOME of its own, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@remember
def random_state(key: str) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return BUILDERS[key]().state_dict()


def put(key: str) -> None:
    """The file of a network on this machine, with random weights."""
    target = weights.path(card(key))
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(random_state(key), target)


def noise(width: int, height: int, seed: int = 0) -> Photo:
    return from_pixels(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def bare(photo: Photo, key: str) -> torch.Tensor:
    """One pass of the network as the catalogue gives it, made as large as the photo, or as small."""
    network = cache.load(key, torch.device("cpu"))
    with torch.no_grad():
        raw = network.module(network.preprocess(photo))
    size, shrinks = (photo.height, photo.width), raw.shape[2] > photo.height
    return functional.interpolate(raw, size, mode="bilinear", align_corners=False, antialias=shrinks)[0]


def test_every_segmenter_of_the_lab_gives_the_same_kind_of_answer(home):
    keys = [row.key for row in of(Task.SEGMENT)]
    assert keys == ["lab-fcn", *BUILDERS]
    photo = noise(60, 45)
    for key in keys:
        if key in BUILDERS:
            put(key)
        found, scores = segment(photo, key), bare(photo, key)
        assert found.names == card(key).classes
        assert found.names[0] == "background"
        assert (found.classes == scores.argmax(0).numpy()).mean() > 0.999, "but for ties"
        torch.testing.assert_close(torch.from_numpy(found.probabilities).float(), scores.softmax(0), atol=1e-3, rtol=0)
        assert found.seen == (0, 0, 60, 45)
        assert (found.model, found.cost.forward, found.cost.backward) == (key, 1, 0)


def test_tiles_that_cover_the_photo_are_one_pass():
    photo = sample("cat")
    whole, tiled = segment(photo, "lab-fcn"), segment(photo, "lab-fcn", SegmentSettings(tile=500))
    assert (whole.classes == tiled.classes).mean() > 0.999, "but for ties"
    assert tiled.cost.forward == 1


def test_a_tile_is_seen_as_a_photo_of_its_own():
    photo = sample("astronaut")
    found = segment(photo, "lab-fcn", SegmentSettings(tile=256, overlap=0.0))
    assert found.cost.forward == 4
    corner = segment(from_pixels(photo.pixels[:256, :256].copy(), "corner"), "lab-fcn")
    assert (found.classes[:256, :256] == corner.classes).mean() > 0.999, "but for ties"


def test_passes_are_those_that_were_planned():
    settings = SegmentSettings(tile=256, overlap=0.25, flip=True, scales=(0.75, 1.0))
    photo = sample("astronaut")
    plan = plan_of(photo, "lab-fcn", settings)
    found = segment(photo, "lab-fcn", settings)
    assert found.cost.forward == plan.passes == len(plan.tiles) * 4
    assert {found.names[label] for label in np.unique(found.classes)} >= {"background", "person"}


def test_a_run_shows_every_tile_and_its_bill_grows():
    photo, settings = sample("astronaut"), SegmentSettings(tile=256, overlap=0.25)
    steps = list(segmenting(photo, "lab-fcn", settings))
    assert [step.index for step in steps] == list(range(steps[0].count))
    assert [step.cost.forward for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.answer is None for step in steps[:-1])
    known = [float((step.preview != IGNORE).mean()) for step in steps]
    assert known == sorted(known)
    assert known[-1] == 1
    x1, y1, x2, y2 = steps[0].tile
    assert (x1, y1, x2, y2) == (0, 0, 256, 256)
    assert steps[-1].answer.cost == steps[-1].cost


def test_an_effort_comes_to_the_same_answer_a_little_at_a_time():
    photo, settings = sample("astronaut"), SegmentSettings(tile=256)
    work, rounds = effort(photo, "lab-fcn", settings), 0
    while (found := work.advance(0.0)) is None:
        rounds += 1
    assert rounds >= len(plan_of(photo, "lab-fcn", settings).tiles)
    assert (found.classes == segment(photo, "lab-fcn", settings).classes).all()


def test_tiles_of_the_original_are_finer_than_those_of_the_working_copy():
    pixels = np.kron(sample("cat").pixels, np.ones((5, 5, 1), np.uint8))
    photo = from_pixels(pixels, "large cat")
    assert photo.width == 1600
    settings = SegmentSettings(tile=1500, original=True)
    found = segment(photo, "lab-fcn", settings)
    assert found.classes.shape == pixels.shape[:2]
    assert found.seen == pytest.approx((0, 0, photo.width, photo.height))
    assert found.every > 1
    middle = found.at(photo.width / 2, photo.height / 2)
    assert middle[0].label == "cat"
    steps = list(segmenting(photo, "lab-fcn", settings))
    assert steps[-1].tile[2:] == pytest.approx((photo.width, photo.height))


def test_a_network_that_does_not_segment_and_one_that_is_not_there_are_refused_at_once(home):
    photo = noise(60, 45)
    with pytest.raises(ModelError, match="gives no class to each pixel"):
        segmenting(photo, "squeezenet1_1", SegmentSettings())
    with pytest.raises(ModelError, match="no network called"):
        plan_of(photo, "nothing", SegmentSettings())
    with pytest.raises(WeightsMissingError):
        segment(photo, "lraspp")


def test_too_many_passes_are_refused_before_anything_is_loaded(home):
    with pytest.raises(SettingError, match="are more than 400"):
        segmenting(noise(1600, 1200), "lraspp", SegmentSettings(tile=64))


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    monkeypatch.setattr(underway, "normalise", lambda image: image * torch.nan)
    with pytest.raises(WeightsDamagedError):
        segment(sample("cat"), "lab-fcn")


def test_eight_threads_get_the_same():
    photo = sample("cat")
    settings = SegmentSettings(tile=256, overlap=0.0)
    expected = segment(photo, "lab-fcn", settings)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: segment(photo, "lab-fcn", settings), range(8)):
            assert (found.classes == expected.classes).all()
            assert found.cost.forward == expected.cost.forward


@pytest.mark.gpu
def test_a_gpu_gives_the_same_classes(monkeypatch):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = []
    for kind in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(segment(sample("cat"), "lab-fcn", SegmentSettings(tile=224, flip=True)))
    here, there = found
    assert (here.classes == there.classes).mean() > 0.995
    assert np.abs(here.probabilities.astype(np.float32) - there.probabilities.astype(np.float32)).max() < 0.05


LARGE = """
import numpy as np
from core.experiments.segmenting import segment
from core.images.photo import from_pixels
from core.segmentation.settings import SegmentSettings
from tests.memory import peak
photo = from_pixels(np.zeros((3000, 4000, 3), np.uint8), "large")
found = segment(photo, "lab-fcn", SegmentSettings(tile=700, overlap=0.1, original=True))
assert found.classes.shape == (3000, 4000) and found.probabilities.nbytes < 2**25 * 1.01
print(peak())
"""


@pytest.mark.slow
def test_an_original_of_twelve_megapixels_needs_less_than_two_gigabytes():
    done = subprocess.run([sys.executable, "-c", LARGE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2 * 10**9


def test_the_shared_network_is_left_as_it_was():
    network: Network = cache.load("lab-fcn", torch.device("cpu"))
    before = {name: tensor.clone() for name, tensor in network.module.state_dict().items()}
    segment(sample("cat"), "lab-fcn", SegmentSettings(tile=256, flip=True))
    assert not network.module.training
    assert all(tensor.equal(before[name]) for name, tensor in network.module.state_dict().items())
    assert not any(module._forward_hooks for module in network.module.modules())
