"""The one look of a detector: passes are counted, tiles lie where they belong, and what can't be seen is explained."""

import dataclasses

import numpy as np
import pytest
import torch

from core.detection.detecting_settings import SeeSettings
from core.errors import ModelError, SettingError, WeightsDamagedError, WeightsMissingError
from core.experiments import seeing
from core.experiments.models import things
from core.experiments.seeing import see
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.images.tiles import Tile, tiles
from core.zoo import cache
from core.zoo.catalog import card
from core.zoo.darknet import read_config
from core.zoo.own_darknet import OwnDarknet
from core.zoo.published_detectors import ROWS as PUBLISHED
from tests.core.zoo import darknet_files, detector_files

DETECTOR = "lab-yolo-14"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME without weights, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def noise(width: int, height: int) -> Photo:
    return from_pixels(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


@pytest.mark.parametrize(("key", "anchors"), [("lab-yolo", 441), ("lab-yolo-14", 1764), ("yolov3_tiny", 2535)])
def test_one_pass_gives_every_anchor(key, anchors):
    if key == "yolov3_tiny":
        darknet_files.put(card(key))
    seen = see(sample("cat"), key, SeeSettings())
    (look,) = seen.looks
    assert len(look.boxes) == anchors == sum(grid.count for grid in look.heads)
    assert look.classes.shape[1] == len(seen.names)
    assert (seen.names, seen.suppresses_itself) == (card(key).classes, False)
    assert (seen.cost.forward, seen.cost.backward) == (1, 0)
    assert (look.placement.photo_width, look.placement.photo_height) == (sample("cat").width, sample("cat").height)
    assert look.tile is None


@pytest.mark.parametrize("size", [96, 160, 416])
@pytest.mark.parametrize("key", ["lab-yolo", "lab-yolo-14", "yolo_fastest"])
def test_an_input_of_another_size_has_more_or_fewer_cells(key, size):
    if key == "yolo_fastest":
        darknet_files.put(card(key))
    (look,) = see(sample("cat"), key, SeeSettings(size=size)).looks
    assert look.size == (size, size)
    for grid in look.heads:
        assert grid.rows == grid.columns == size // grid.stride


def test_the_size_it_was_trained_at_is_the_one_that_is_chosen_for_it():
    by_default, chosen = (see(sample("cat"), DETECTOR, SeeSettings(size=size)).looks[0] for size in (None, 224))
    assert torch.equal(by_default.raw, chosen.raw)
    assert by_default.placement == chosen.placement


def test_a_tile_is_seen_as_if_it_were_the_photo_and_lies_where_it_was_cut():
    photo = noise(300, 200)
    seen = see(photo, DETECTOR, SeeSettings(tile=128, overlap=32))
    places = tiles(200, 300, size=128, overlap=32)
    assert tuple(look.tile for look in seen.looks) == places
    assert seen.cost.forward == len(places) == 6
    for look, tile in zip(seen.looks, places, strict=True):
        part = from_pixels(photo.pixels[tile.y : tile.y + 128, tile.x : tile.x + 128].copy(), "part")
        (alone,) = see(part, DETECTOR, SeeSettings()).looks
        torch.testing.assert_close(look.raw, alone.raw)
        corner = torch.tensor((tile.x, tile.y) * 2)
        expected = alone.placement.back_boxes(alone.boxes) + corner
        torch.testing.assert_close(look.placement.back_boxes(look.boxes), expected, rtol=1e-4, atol=1e-2)


def test_a_photo_that_fits_into_one_tile_is_seen_at_once():
    (look,) = see(noise(100, 90), DETECTOR, SeeSettings(tile=100)).looks
    assert look.tile is None
    assert len(see(noise(101, 90), DETECTOR, SeeSettings(tile=100)).looks) == 2


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_strangest_photos_are_seen(size):
    (look,) = see(noise(*size), DETECTOR, SeeSettings()).looks
    found, _ = look.candidates()
    assert (found.boxes <= torch.tensor(size * 2)).all()


def test_more_than_the_page_can_keep_is_refused_after_one_pass(monkeypatch):
    monkeypatch.setattr(seeing, "MOST_BYTES", 500_000)
    with pytest.raises(SettingError, match=r"6 tiles with 1,764 boxes of 6 classes each .* Choose larger tiles"):
        see(noise(300, 200), DETECTOR, SeeSettings(tile=128, overlap=32))
    with pytest.raises(SettingError, match=r"14,400 boxes of 6 classes are more .* Choose a smaller input"):
        see(noise(300, 200), DETECTOR, SeeSettings(size=640))
    with pytest.raises(SettingError, match="tiles are more than 400"):
        see(noise(1600, 1600), DETECTOR, SeeSettings(tile=64, overlap=32))


def test_a_network_that_draws_no_boxes_is_explained_and_one_that_is_not_there_too():
    with pytest.raises(ModelError, match="draws no boxes"):
        see(sample("cat"), "lab-classifier", SeeSettings())
    with pytest.raises(ModelError, match="nonsense"):
        see(sample("cat"), "nonsense", SeeSettings())
    with pytest.raises(WeightsMissingError, match="Download them"):
        see(sample("cat"), "yolov3_tiny", SeeSettings())


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    network = cache.load(DETECTOR)
    nothing = torch.nn.Conv2d(3, 51, 16, stride=16)
    torch.nn.init.constant_(nothing.weight, torch.nan)
    broken = dataclasses.replace(network, module=nothing)
    monkeypatch.setattr(seeing, "load", lambda *given: broken)
    with pytest.raises(WeightsDamagedError):
        see(noise(32, 32), DETECTOR, SeeSettings())


def test_a_tile_beyond_the_corner_is_placed_in_pixels_of_the_whole_photo():
    seen = see(noise(300, 200), DETECTOR, SeeSettings(tile=128, overlap=32))
    last = seen.looks[-1]
    assert last.tile == Tile(172, 72, 128, 128)
    corners = last.placement.back_boxes(torch.tensor([[0.0, 0.0, 224.0, 224.0]]))
    assert corners[0].tolist() == pytest.approx([172, 72, 300, 200], abs=1e-3)


@pytest.mark.parametrize("key", ["lab-yolo-14", "yolov3_tiny"])
def test_every_device_says_what_the_cpu_says(key, device, monkeypatch):
    """Scores to two thousandths; boxes to a pixel of the photo for what is sure enough to be drawn."""
    if key == "yolov3_tiny":
        darknet_files.put(card(key))
    looks = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        looks += see(sample("cat"), key, SeeSettings()).looks
    here, there = looks
    ours, theirs = (look.objectness[:, None] * look.classes for look in looks)
    torch.testing.assert_close(theirs, ours, atol=2e-3, rtol=0)
    sure = (ours.amax(dim=1) >= 0.2).nonzero().flatten()
    assert len(sure) > 3
    torch.testing.assert_close(there.on_photo(there.boxes)[sure], here.on_photo(here.boxes)[sure], atol=1.0, rtol=0)


def test_a_visitors_own_files_are_seen_like_a_network_of_the_catalogue():
    row = card("yolov3_tiny")
    darknet_files.put(row)
    content = darknet_files.files(row)
    mine = OwnDarknet(content[row.config.file], content[row.file], None)
    theirs, ours = (see(sample("cat"), model, SeeSettings()) for model in (row.key, mine))
    assert ours.names == row.classes
    assert torch.equal(ours.looks[0].raw, theirs.looks[0].raw)
    assert ours.looks[0].placement == theirs.looks[0].placement


def test_an_input_that_takes_too_much_work_is_refused():
    plan = darknet_files.v3().encode()
    files = OwnDarknet(plan, darknet_files.weights(read_config(plan)))
    with pytest.raises(SettingError, match="1280 × 1280 pixels is too much for this network"):
        see(sample("cat"), files, SeeSettings(size=1280))


def test_own_files_whose_network_overruns_are_explained_without_a_download():
    plan = darknet_files.small_tiny(6, 96).encode()
    config = read_config(plan)
    huge = np.frombuffer(darknet_files.weights(config)[20:], "<f4").copy()
    huge[-700:] = 3e38  # kernels of the last layer
    with pytest.raises(WeightsDamagedError, match="Your own network answers with something that is no number"):
        see(noise(64, 64), OwnDarknet(plan, darknet_files.header() + huge.tobytes()), SeeSettings())


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_torchvisions_detectors_are_seen_before_their_suppression(row):
    detector_files.put(row)
    seen = see(sample("cat"), row.key, SeeSettings())
    (look,) = seen.looks
    assert seen.cost.forward == 1
    assert seen.names == row.classes
    assert len(look.candidates()[1]) > len(things(sample("cat"), row.key).things) > 3
    assert sum(grid.count for grid in look.heads) == (len(look.boxes) if look.heads else 0)
    assert (look.objectness == 1).all()


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_torchvisions_detectors_take_other_sizes_and_tiles(row):
    detector_files.put(row)
    (look,) = see(noise(300, 200), row.key, SeeSettings(size=192)).looks
    assert max(look.size) == 192
    assert len(see(noise(300, 200), row.key, SeeSettings(tile=200, overlap=20)).looks) == 2


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_torchvisions_detectors_with_broken_weights_are_said_to_be_damaged(row, monkeypatch):
    detector_files.put(row)
    network = cache.load(row.key)
    for weight in network.module.parameters():
        weight.fill_(torch.nan)
    monkeypatch.setattr(seeing, "load", lambda *given: network)
    with pytest.raises(WeightsDamagedError, match=f"The file with the weights of {row.title} is damaged"):
        see(noise(64, 64), row.key, SeeSettings())
