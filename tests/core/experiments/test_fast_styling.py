"""Photos painted in one pass with the lab's own networks: what they have learned, refusals, memory, threads."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache as remember

import numpy as np
import pytest
import torch
from torch import Tensor

from core.device import Memory
from core.errors import MemoryShortError, ModelError, SettingError, WeightsDamagedError, WeightsMissingError
from core.experiments import fast_styling
from core.experiments.fast_styling import FastPainting, painted, side_seen
from core.images.normalise import to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.images.styles import style_picture
from core.style.colour import luminance
from core.style.features import features_of
from core.style.losses import content_loss, energy, gram, style_loss
from core.style.settings import LEAST_SIDE, MOST_SIDE, Colours
from core.zoo import cache, weights
from core.zoo.cache import load
from core.zoo.catalog import card
from core.zoo.painters import ROWS, style_of

MODEL = ROWS[0].key
SIDE = 256
STYLE_SIDE = 320
CONTENT, STYLE = "features.7", ("features.1", "features.4", "features.7", "features.12")
every = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)


@remember
def cat(model: str, side: int = SIDE) -> FastPainting:
    return painted(sample("cat"), model, side)


def noise(width: int, height: int) -> Photo:
    return from_pixels(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def maps(picture: Tensor) -> dict[str, Tensor]:
    with torch.no_grad():
        return features_of(load("lab-trunk", torch.device("cpu")).module)(picture, STYLE)


def losses(picture: Tensor, photo: Tensor, style: str) -> tuple[float, float]:
    """Of content and of style, as the networks were taught."""
    ours, theirs = maps(picture), maps(photo)
    wanted = maps(fitted(to_tensor(style_picture(style).pixels), STYLE_SIDE))
    parts = [style_loss(gram(ours[name]), gram(wanted[name]), energy(gram(theirs[name]))) for name in STYLE]
    return content_loss(ours[CONTENT], theirs[CONTENT]).item(), torch.stack(parts).mean().item()


@every
def test_it_has_learned_its_style_and_the_cat_stays(row):
    """The style is far nearer than the photo's own, and the content nearer than that of the style's picture itself."""
    photo = fitted(to_tensor(sample("cat").pixels), SIDE)
    picture = torch.from_numpy(cat(row.key).canvas)[None]
    content, style = losses(picture, photo, style_of(row))
    _, plain = losses(photo, photo, style_of(row))
    height, width = photo.shape[2:]
    texture = to_tensor(style_picture(style_of(row)).pixels)[:, :, :height, :width]
    away, _ = losses(texture, photo, style_of(row))
    assert style < 0.2 * plain
    assert content < 0.9 * away


@every
@pytest.mark.parametrize("other", ROWS, ids=lambda row: row.key)
def test_no_other_network_paints_this_style_as_well(row, other):
    photo = fitted(to_tensor(sample("cat").pixels), SIDE)
    if other is not row:
        ours, theirs = (torch.from_numpy(cat(one.key).canvas)[None] for one in (row, other))
        assert losses(ours, photo, style_of(row))[1] < losses(theirs, photo, style_of(row))[1]


@pytest.mark.parametrize(("width", "height"), [(90, 60), (60, 90), (64, 64), (300, 2), (2, 300)])
def test_a_painting_has_the_shape_of_the_photo_and_one_pass_on_its_bill(width, height):
    found = painted(noise(width, height), MODEL, 96)
    factor = 96 / max(width, height)
    assert found.canvas.shape == (3, max(1, round(height * factor)), max(1, round(width * factor)))
    assert found.canvas.dtype == np.float32
    assert found.canvas.min() >= 0
    assert found.canvas.max() <= 1
    assert (found.cost.forward, found.cost.backward) == (1, 0)


def test_it_is_what_the_network_makes_of_the_photo_at_that_size():
    bare = load(MODEL).module(fitted(to_tensor(sample("cat").pixels, load(MODEL).device), SIDE))
    assert np.abs(cat(MODEL).canvas - bare[0].detach().cpu().numpy()).max() < 1e-3


def test_where_brightness_alone_is_painted_every_hue_stays():
    photo = fitted(to_tensor(sample("coffee").pixels), 128)
    found = torch.from_numpy(painted(sample("coffee"), MODEL, 128, Colours.LUMINANCE).canvas)[None]
    inside = ((found > 0) & (found < 1)).all(dim=1, keepdim=True)
    apart = (found - luminance(found)) - (photo - luminance(photo))
    assert inside.float().mean() > 0.5
    assert (apart * inside).abs().max() < 1e-3


@pytest.mark.parametrize(("width", "height"), [(480, 320), (320, 480), (200, 200), (3000, 30)])
def test_a_photo_is_seen_as_large_as_the_card_says(width, height):
    row = card(MODEL)
    side = side_seen(noise(width, height), MODEL)
    shorter = round(side * min(width, height) / max(width, height))
    assert shorter == row.resize if max(width, height) <= 2 * min(width, height) else side == row.longest


@pytest.mark.parametrize("side", [-1, 0, LEAST_SIDE - 1, MOST_SIDE + 1])
def test_a_size_out_of_range_is_refused(side):
    with pytest.raises(SettingError, match=f"{LEAST_SIDE} to {MOST_SIDE}"):
        painted(sample("cat"), MODEL, side)


@pytest.mark.parametrize("model", ["lab-classifier", "lab-fcn", "lab-trunk", "nothing"])
def test_a_network_that_does_not_paint_is_refused(model):
    for ask in (lambda: painted(sample("cat"), model, SIDE), lambda: side_seen(sample("cat"), model)):
        with pytest.raises(ModelError) as caught:
            ask()
        assert caught.value.advice


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """A folder of weights of its own, and no network of an earlier test."""
    monkeypatch.setattr(weights, "BUNDLE", tmp_path)
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    return tmp_path


def test_missing_weights_are_told_in_words(bundle):
    with pytest.raises(WeightsMissingError, match="Install the lab again"):
        painted(sample("cat"), MODEL, SIDE)


@pytest.mark.parametrize("content", [b"", b"nothing", b"\0" * 855_190], ids=["empty", "short", "zeros"])
def test_a_damaged_file_is_refused_in_words(bundle, content):
    (bundle / card(MODEL).file).write_bytes(content)
    with pytest.raises(WeightsDamagedError, match="is damaged"):
        painted(sample("cat"), MODEL, SIDE)


def test_weights_that_paint_no_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(fast_styling, "painted_by", lambda *given, **named: torch.full((1, 3, 64, 64), torch.nan))
    with pytest.raises(WeightsDamagedError):
        painted(sample("cat"), MODEL, SIDE)


def test_a_size_above_the_budget_is_refused_and_the_largest_that_fits_is_named(monkeypatch):
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    monkeypatch.setattr(fast_styling, "memory", lambda device: Memory(used=0, free=40 * 2**20))
    with pytest.raises(MemoryShortError, match="at most 288 pixels"):
        painted(sample("cat"), MODEL, 1024)
    assert painted(sample("cat"), MODEL, 288).canvas.shape[2] == 288


def test_eight_threads_at_once_get_the_same_painting(monkeypatch):
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: painted(sample("cat"), MODEL, 128).canvas, range(8)))
    assert all(np.abs(one - found[0]).max() < 1e-5 for one in found)


def test_every_device_paints_as_the_cpu_does(device, monkeypatch):
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(painted(sample("cat"), MODEL, SIDE).canvas)
    assert np.abs(found[0] - found[1]).mean() < 5e-3
