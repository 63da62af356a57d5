"""Gram matrices to look at against naive loops, and pictures rebuilt from one part of the loss."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import ModelError, WeightsMissingError
from core.experiments.style_alone import COMPARED, LONGEST, content_alone, style_alone
from core.experiments.style_inside import MOST, Rebuilt, grams, pair, rebuilding
from core.experiments.style_layers import style_layers, usual_settings
from core.images.decode import decode
from core.images.normalise import to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo
from core.images.samples import sample
from core.images.styles import style_picture
from core.style.features import features_of
from core.style.objective import targets
from core.zoo.cache import load
from core.zoo.catalog import card
from viz.images import png, to_image

MODEL, LAYER = "lab-trunk", "features.4"
PHOTO, STYLE = sample("cat"), style_picture("waves")


def maps_of(photo: Photo, layer: str = LAYER) -> np.ndarray:
    """The feature maps (c, h, w) of a photo, the longest side of which has the pixels of the experiment."""
    features = features_of(load(MODEL).module)
    return features(fitted(to_tensor(photo.pixels), COMPARED), (layer,))[layer][0].numpy()


def strip(height: int, width: int) -> Photo:
    """A photo of that size, of random pixels."""
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return decode(png(to_image(pixels)), "strip")


def naive_entry(maps: np.ndarray, one: int, other: int) -> float:
    """An entry of the Gram matrix by its definition, one product after the other."""
    return (
        math.fsum(a * b for a, b in zip(maps[one].ravel().tolist(), maps[other].ravel().tolist(), strict=True))
        / maps.size
    )


def test_the_matrices_are_those_of_a_naive_loop_with_the_strongest_maps_of_the_style_first():
    found = grams(MODEL, LAYER, STYLE, PHOTO)
    style, ours = maps_of(STYLE), maps_of(PHOTO)
    assert found.count == len(style) == 128
    diagonal = [naive_entry(style, one, one) for one in range(found.count)]
    strongest = sorted(diagonal, reverse=True)[:MOST]
    assert [diagonal[one] for one in found.channels] == pytest.approx(strongest, rel=1e-4)
    for row, column in np.random.default_rng(0).integers(0, MOST, (20, 2)):
        one, other = found.channels[row], found.channels[column]
        assert found.style[row, column] == pytest.approx(naive_entry(style, one, other), rel=1e-3, abs=1e-7)
        assert found.ours[row, column] == pytest.approx(naive_entry(ours, one, other), rel=1e-3, abs=1e-7)


def test_the_distance_is_of_all_maps_and_not_of_those_that_are_shown():
    found = grams(MODEL, LAYER, STYLE, PHOTO)
    style, ours = (np.einsum("chw,dhw->cd", maps, maps) / maps.size for maps in (maps_of(STYLE), maps_of(PHOTO)))
    assert found.distance == pytest.approx(((style - ours) ** 2).mean(), rel=1e-3)
    assert found.energies == pytest.approx(((style**2).mean(), (ours**2).mean()), rel=1e-3)


def test_the_loss_is_the_one_a_painting_begins_with():
    settings = replace(usual_settings(MODEL), side=COMPARED)
    features = features_of(load(MODEL).module)
    photo, style = (fitted(to_tensor(one.pixels), COMPARED) for one in (PHOTO, STYLE))
    measured = targets(features, photo, [style], settings).measure(features, photo, settings)
    for layer in style_layers(MODEL).style:
        found = grams(MODEL, layer, STYLE, PHOTO)
        assert found.loss == pytest.approx(measured.losses.style_layers[layer], rel=1e-4)
        assert found.loss == pytest.approx(2 * found.distance / sum(found.energies), rel=1e-5)


def test_a_painting_takes_the_place_of_the_photo_and_the_photo_still_scales_the_loss():
    painting = sample("coffee")
    found, alone = grams(MODEL, LAYER, STYLE, PHOTO, painting), grams(MODEL, LAYER, STYLE, painting)
    np.testing.assert_array_equal(found.ours, alone.ours)
    assert found.energies == grams(MODEL, LAYER, STYLE, PHOTO).energies
    assert found.loss == pytest.approx(2 * found.distance / sum(found.energies), rel=1e-5)
    assert (found.cost.forward, alone.cost.forward) == (3, 2)


def test_a_picture_has_no_distance_from_its_own_style():
    found = grams(MODEL, LAYER, PHOTO, PHOTO)
    assert found.loss == 0
    np.testing.assert_array_equal(found.style, found.ours)


def test_an_entry_is_the_mean_of_the_product_of_both_maps_over_their_number():
    found = grams(MODEL, LAYER, STYLE, PHOTO)
    for row, column in ((0, 0), (3, 17), (17, 3)):
        both = pair(MODEL, LAYER, (found.channels[row], found.channels[column]), STYLE, PHOTO)
        assert both.entries() == pytest.approx((found.style[row, column], found.ours[row, column]), rel=1e-4)
        assert both.count == found.count


def test_the_maps_are_those_of_the_layer_and_the_pictures_are_what_was_seen():
    both = pair(MODEL, LAYER, (5, 9), STYLE, PHOTO)
    np.testing.assert_allclose(both.style.maps, maps_of(STYLE)[[5, 9]], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(both.ours.maps, maps_of(PHOTO)[[5, 9]], rtol=1e-4, atol=1e-5)
    assert max(both.ours.picture.shape) == max(both.style.picture.shape) == COMPARED
    np.testing.assert_array_equal(both.ours.product, both.ours.maps[0] * both.ours.maps[1])


@pytest.mark.parametrize("shape", [(16, 1600), (1600, 16), (16, 16), (37, 41)])
@pytest.mark.parametrize("layer", style_layers(MODEL).style)
def test_photos_of_any_shape_have_matrices(shape, layer):
    found = grams(MODEL, layer, STYLE, strip(*shape))
    assert np.isfinite(found.ours).all()
    seen = pair(MODEL, layer, (0, 1), STYLE, strip(*shape)).ours.picture
    assert min(seen.shape[:2]) * LONGEST >= max(seen.shape[:2]) == COMPARED


def test_a_map_or_a_layer_that_is_not_there_is_told():
    with pytest.raises(ModelError, match="0 to 127"):
        pair(MODEL, LAYER, (0, 128), STYLE, PHOTO)
    with pytest.raises(ModelError, match="no layer"):
        grams(MODEL, "features.99", STYLE, PHOTO)
    with pytest.raises(ModelError, match="lab-classifier"):
        grams("lab-classifier", LAYER, STYLE, PHOTO)


def finished(picture: Photo, settings) -> Rebuilt:
    found = rebuilding(MODEL, picture, settings).advance(math.inf)
    assert found is not None
    return found


@pytest.mark.parametrize("layer", ["features.1", "features.4"])
def test_an_early_layer_gives_the_photo_back_from_noise(layer):
    found = finished(PHOTO, replace(content_alone(card(MODEL), layer), side=64))
    assert found.left < 0.05
    photo = fitted(to_tensor(PHOTO.pixels), 64)[0].numpy()
    assert np.abs(found.canvas - photo).mean() < 0.1, "noise is 0.25 away"
    assert found.updates == 200


def test_a_deeper_layer_forgets_more():
    early, late = (
        finished(PHOTO, replace(content_alone(card(MODEL), layer), side=64)) for layer in ("features.1", "features.7")
    )
    photo = fitted(to_tensor(PHOTO.pixels), 64)[0].numpy()
    assert np.abs(late.canvas - photo).mean() > 2 * np.abs(early.canvas - photo).mean()


def test_a_texture_comes_nearer_to_the_gram_matrices_of_the_style():
    settings = replace(style_alone(card(MODEL), style_layers(MODEL).style[:2]), side=64, steps=60)
    found = finished(STYLE, settings)
    assert found.left < 0.05
    assert found.canvas.shape == tuple(fitted(to_tensor(STYLE.pixels), 64).shape[1:])
    assert 0 <= found.canvas.min() <= found.canvas.max() <= 1


def test_it_is_made_a_little_at_a_time_with_its_bill():
    effort = rebuilding(MODEL, PHOTO, replace(content_alone(card(MODEL), LAYER), side=64, steps=4))
    answers = [effort.advance(0.0) for _ in range(6)]
    *early, last = answers
    assert early == [None] * 5
    assert isinstance(last, Rebuilt)
    assert last.cost.backward == 4
    assert effort.history == ()
    again = finished(PHOTO, replace(content_alone(card(MODEL), LAYER), side=64, steps=4))
    np.testing.assert_allclose(last.canvas, again.canvas, atol=1e-5)


def test_weights_that_are_not_here_are_told_when_it_begins(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")
    effort = rebuilding("vgg19", PHOTO, content_alone(card("vgg19"), "features.1"))
    with pytest.raises(WeightsMissingError):
        effort.advance(0.0)


def test_a_loss_of_nothing_has_nothing_left():
    found = finished(strip(64, 64), replace(content_alone(card(MODEL), LAYER), side=64, steps=1))
    assert replace(found, began=0.0).left == 0


@pytest.mark.gpu
def test_a_gpu_comes_to_the_matrices_of_the_cpu(monkeypatch):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = {}
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", device)
        found[device] = grams(MODEL, LAYER, STYLE, PHOTO)
    assert found["cuda"].loss == pytest.approx(found["cpu"].loss, rel=1e-2)
    np.testing.assert_allclose(found["cuda"].style, found["cpu"].style, rtol=1e-2, atol=1e-3)
