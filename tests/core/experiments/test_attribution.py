"""Every method on one photo that was opened once, with the classifier that ships with the lab."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.attribution.baselines import baseline, white
from core.attribution.cam import cam, pooled_weights
from core.attribution.grad_cam import grad_cam, grad_cam_plus_plus, layer_cam, upsample
from core.attribution.guided import guided_backpropagation
from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.methods import AttributionSettings, Method
from core.attribution.relu_rule import ReluRule
from core.attribution.saliency import gaussian_noise, gradient_x_input, saliency, smooth_grad
from core.attribution.score_cam import score_cam
from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.attribution.scores import Score, scored
from core.attribution.settings import (
    Baseline,
    BaselineSettings,
    Channels,
    IntegrationSettings,
    Measure,
    Rule,
    SmoothGradSettings,
)
from core.errors import MemoryShortError, ModelError, SettingError
from core.experiments import attribution, cost
from core.experiments.attribution import Explanation, Question, explain, start
from core.experiments.opened import Opened, open_photo
from core.images.normalise import normalise, to_tensor
from core.images.photo import Photo, from_pixels
from core.images.resize import stretch
from core.images.samples import sample
from core.zoo import cache

MODEL = "lab-classifier"
CAT, DOG = 10, 9
SETTINGS = AttributionSettings(
    measure=Measure.LOG_PROBABILITY,
    channels=Channels.LENGTH,
    baseline=BaselineSettings(kind=Baseline.WHITE),
    integration=IntegrationSettings(rule=Rule.MIDPOINT, steps=4),
    noise=SmoothGradSettings(level=0.1, samples=3, seed=5),
    score_cam=ScoreCamSettings(increase=Increase.RAW, top=5),
)
"""None as it is by default, and few of everything."""


@pytest.fixture(scope="module")
def cat() -> Opened:
    return open_photo(sample("cat"), MODEL)


def network() -> cache.Network:
    return cache.load(MODEL)


def head_of(layer: str) -> torch.nn.Module:
    return network().split(layer).head


def score(measure: Measure = SETTINGS.measure) -> Score:
    return scored(lambda pictures: network().module(normalise(pictures)), DOG, measure)


def guided(opened: Opened, rule: ReluRule) -> Tensor:
    return guided_backpropagation(score(), opened.image[0], rule)


def seen_through_maps(opened: Opened) -> Tensor:
    features = opened.features[opened.deepest]
    whole = lambda pictures: network().module(normalise(pictures))  # noqa: E731
    return score_cam(features, whole, opened.image[0], DOG, settings=SETTINGS.score_cam).map


def integrated(opened: Opened) -> Tensor:
    image = opened.image[0]
    return integrated_gradients(score(), image, white(image), SETTINGS.integration, chunk=2).attribution


def smoothed(opened: Opened) -> Tensor:
    image = opened.image[0]
    return smooth_grad(score(), image, gaussian_noise(image, 0.1, 3, 5), chunk=2)


def weighed(algorithm) -> object:
    return lambda opened: algorithm(opened.features[opened.deepest], head_of(opened.deepest), DOG).map


def class_weights(opened: Opened) -> Tensor:
    weights = pooled_weights(head_of(opened.deepest))
    assert weights is not None
    return cam(opened.features[opened.deepest], weights, DOG)


DIRECT = {
    Method.GRAD_CAM: weighed(grad_cam),
    Method.GRAD_CAM_PLUS_PLUS: weighed(grad_cam_plus_plus),
    Method.LAYER_CAM: weighed(layer_cam),
    Method.SCORE_CAM: seen_through_maps,
    Method.CAM: class_weights,
    Method.GUIDED_GRAD_CAM: lambda opened: (
        guided(opened, ReluRule.GUIDED) * upsample(weighed(grad_cam)(opened), *opened.image.shape[2:])
    ),
    Method.GUIDED: lambda opened: guided(opened, ReluRule.GUIDED),
    Method.DECONVNET: lambda opened: guided(opened, ReluRule.DECONVNET),
    Method.INTEGRATED_GRADIENTS: integrated,
    Method.SMOOTH_GRAD: smoothed,
    Method.GRADIENT: lambda opened: saliency(score(), opened.image[0]),
    Method.GRADIENT_X_INPUT: lambda opened: gradient_x_input(score(), opened.image[0]),
}
PASSES = {
    Method.GRAD_CAM: (0, 1),
    Method.GRAD_CAM_PLUS_PLUS: (0, 1),
    Method.LAYER_CAM: (0, 1),
    Method.SCORE_CAM: (2, 0),
    Method.CAM: (0, 0),
    Method.GUIDED_GRAD_CAM: (1, 2),
    Method.GUIDED: (1, 1),
    Method.DECONVNET: (1, 1),
    Method.INTEGRATED_GRADIENTS: (2, 1),
    Method.SMOOTH_GRAD: (1, 1),
    Method.GRADIENT: (1, 1),
    Method.GRADIENT_X_INPUT: (1, 1),
}
"""With `SETTINGS`: both ends of the path, and the picture with a blank one before those of Score-CAM, are passes as well."""


def close(ours: Tensor | np.ndarray, theirs: Tensor | np.ndarray, share: float = 1e-4) -> None:
    """Equal to a share of the largest value: batches of another size are rounded in another way."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    np.testing.assert_allclose(ours, theirs, atol=share * np.abs(theirs).max(), rtol=0)


@pytest.mark.parametrize("method", Method)
def test_each_method_is_the_algorithm_called_directly_with_the_settings_of_the_visitor(cat, method):
    found = explain(cat, method, DOG, SETTINGS)
    expected = DIRECT[method](cat)
    assert found.raw.any()
    close(found.raw, expected)
    close(found.map, _flat(method, expected))
    assert (found.method, found.target, found.label) == (method, DOG, "dog")
    assert found.layer == (cat.deepest if method.layered else None)


def _flat(method: Method, raw: Tensor) -> Tensor:
    if raw.ndim == 2:
        return raw
    return raw.sum(dim=0) if method.signed else raw.square().sum(dim=0).sqrt()


@pytest.mark.parametrize("method", Method)
def test_the_passes_on_the_bill_are_those_that_happen(cat, method, monkeypatch):
    """Counted a second time, by a hook on a network that nobody else has and by a spy on torch's own gradient."""
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    passes, gradient = {"forward": 0, "backward": 0}, torch.autograd.grad

    def counted(kind: str, answer: object = None) -> object:
        passes[kind] += 1
        return answer

    handle = cache.load(MODEL).module.layers[0].register_forward_hook(lambda *_: counted("forward"))
    monkeypatch.setattr(torch.autograd, "grad", lambda *given, **more: counted("backward", gradient(*given, **more)))
    bill = explain(cat, method, DOG, SETTINGS).cost
    handle.remove()
    assert (bill.forward, bill.backward) == (passes["forward"], passes["backward"]) == PASSES[method]
    assert bill.milliseconds > 0
    assert bill.notice == ""


def test_another_class_is_one_small_pass_back_and_at_another_layer_the_way_from_there_as_well(cat):
    for target in (CAT, DOG):
        bill = explain(cat, Method.GRAD_CAM, target).cost
        assert (bill.forward, bill.backward) == (0, 1)
    bill = explain(cat, Method.GRAD_CAM, CAT, layer=cat.layers[0].name).cost
    assert (bill.forward, bill.backward) == (1, 1)


def test_more_pictures_than_pass_at_once_are_more_passes(cat):
    settings = replace(SETTINGS, integration=IntegrationSettings(rule=Rule.TRAPEZOID, steps=17))
    bill = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, settings).cost
    assert (bill.forward, bill.backward) == (2, 2), "both ends are points of the path"


def test_the_score_and_the_probability_are_those_of_the_network(cat):
    with torch.no_grad():
        logits = network().module(normalise(cat.image))[0]
    found = explain(cat, Method.CAM, CAT)
    assert found.label == "cat"
    assert found.score == pytest.approx(logits[CAT].item(), abs=1e-4)
    assert found.probability == pytest.approx(logits.softmax(dim=0)[CAT].item(), abs=1e-6)


@pytest.mark.parametrize("place", [0, 3, 7, -1])
@pytest.mark.parametrize("method", [Method.GRAD_CAM, Method.LAYER_CAM, Method.GRAD_CAM_PLUS_PLUS])
def test_at_any_layer_the_map_has_its_cells_and_is_the_algorithms(cat, place, method):
    layer = cat.layers[place]
    algorithm = {Method.GRAD_CAM: grad_cam, Method.LAYER_CAM: layer_cam, Method.GRAD_CAM_PLUS_PLUS: grad_cam_plus_plus}
    found = explain(cat, method, CAT, layer=layer.name)
    assert found.layer == layer.name
    assert found.map.shape == (layer.field.height, layer.field.width)
    close(found.map, algorithm[method](cat.features[layer.name], head_of(layer.name), CAT).map)


def test_score_cam_and_guided_grad_cam_follow_the_layer_too(cat):
    layer = cat.layers[7]
    found = explain(cat, Method.SCORE_CAM, CAT, SETTINGS, layer=layer.name)
    assert found.map.shape == (layer.field.height, layer.field.width)
    deep, early = (explain(cat, Method.GUIDED_GRAD_CAM, CAT, layer=name).map for name in (None, layer.name))
    assert np.corrcoef(deep.ravel(), early.ravel())[0, 1] < 0.999


@pytest.mark.parametrize("target", [CAT, DOG, 0])
def test_cam_without_what_speaks_against_the_class_is_grad_cam_but_for_its_unit(cat, target):
    """d logit / d map is the class's weight over the number of cells, everywhere."""
    ours, theirs = explain(cat, Method.CAM, target).map, explain(cat, Method.GRAD_CAM, target).map
    close(ours.clip(min=0) / ours.size, theirs)


def test_the_mean_of_cam_is_the_score_less_the_bias(cat):
    found, last = explain(cat, Method.CAM, CAT), head_of(cat.deepest).layers[0]
    assert found.map.mean() == pytest.approx(found.score - last.bias[CAT].item(), abs=1e-3)


def test_the_map_of_the_cat_lies_on_its_half_of_a_picture():
    """The cat left of nothing: each coarse map has its centre of mass on the left."""
    photo = sample("cat")
    wide = np.full((300, 300, 3), 127, dtype=np.uint8)
    wide[60:240, :150] = photo.pixels[60:240, 150:300]
    opened = open_photo(from_pixels(wide, "half"), MODEL)
    settings = replace(SETTINGS, score_cam=ScoreCamSettings(top=24))
    for method in (Method.GRAD_CAM, Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM, Method.SCORE_CAM, Method.CAM):
        columns = explain(opened, method, CAT, settings).map.clip(min=0).sum(axis=0)
        assert (columns * np.arange(14)).sum() / columns.sum() < 6.5, method


@pytest.mark.parametrize("method", [Method.INTEGRATED_GRADIENTS, Method.SMOOTH_GRAD, Method.GUIDED, Method.GRADIENT])
def test_the_cross_entropy_is_the_log_probability_turned_round(cat, method):
    """But for guided backpropagation, which lets through what rises alone."""
    one, other = (
        explain(cat, method, DOG, replace(SETTINGS, measure=measure)).raw
        for measure in (Measure.LOG_PROBABILITY, Measure.CROSS_ENTROPY)
    )
    if method is Method.GUIDED:
        assert np.abs(one + other).max() > 0.1 * np.abs(one).max()
    else:
        close(one, -other)


def test_methods_on_maps_explain_the_logit_whatever_is_measured(cat):
    for method in (Method.GRAD_CAM, Method.SCORE_CAM, Method.CAM):
        one, other = (
            explain(cat, method, CAT, replace(SETTINGS, measure=measure)).map
            for measure in (Measure.SCORE, Measure.CROSS_ENTROPY)
        )
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("channels", Channels)
def test_the_channels_are_taken_together_as_wished_but_signs_are_kept(cat, channels):
    settings = replace(SETTINGS, channels=channels)
    found = explain(cat, Method.GRADIENT, CAT, settings)
    by_hand = {
        Channels.LARGEST: np.abs(found.raw).max(axis=0),
        Channels.LENGTH: np.sqrt((found.raw**2).sum(axis=0)),
        Channels.SUM: found.raw.sum(axis=0),
    }
    close(found.map, by_hand[channels])
    signed = explain(cat, Method.GRADIENT_X_INPUT, CAT, settings)
    close(signed.map, signed.raw.sum(axis=0))


def test_integrated_gradients_tell_how_far_from_complete_they_are_and_others_do_not(cat):
    settings = replace(SETTINGS, measure=Measure.SCORE)
    found = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, settings)
    with torch.no_grad():
        at = score_of_cat(torch.stack([cat.image[0], white(cat.image[0])]))
    rise = (at[0] - at[1]).item()
    assert found.gap == pytest.approx(abs(found.raw.sum() - rise) / abs(rise), abs=1e-3)
    assert explain(cat, Method.GRADIENT, CAT).gap is None


def score_of_cat(pictures: Tensor) -> Tensor:
    return network().module(normalise(pictures))[:, CAT]


def test_from_the_photo_itself_nothing_rises_and_there_is_no_gap(cat):
    settings = replace(SETTINGS, baseline=BaselineSettings(kind=Baseline.PICTURE))
    found = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, settings, other=sample("cat"))
    assert not found.raw.any()
    assert found.gap is None


def asked(opened: Opened, kind: Baseline, other: Photo | None = None) -> Question:
    settings = replace(SETTINGS, baseline=BaselineSettings(kind=kind))
    return Question(opened, CAT, opened.deepest, settings, other)


@pytest.mark.parametrize("kind", [kind for kind in Baseline if not kind.needs_picture])
def test_a_baseline_that_is_made_is_made_from_what_the_network_sees(cat, kind):
    settings = BaselineSettings(kind=kind)
    assert torch.equal(start(network(), cat.image[0], settings, None), baseline(cat.image[0], settings))
    assert torch.equal(start(network(), cat.image[0], settings, sample("astronaut")), baseline(cat.image[0], settings))


def test_another_photo_is_seen_as_the_network_sees_photos_and_the_mean_photo_is_taken_whole(cat):
    other, image = sample("astronaut"), cat.image[0]
    as_photo = start(network(), image, BaselineSettings(kind=Baseline.PICTURE), other)
    assert torch.equal(as_photo, network().place(other).image[0])
    as_mean = start(network(), image, BaselineSettings(kind=Baseline.MEAN_PHOTO), other)
    assert torch.equal(as_mean, stretch(to_tensor(other.pixels), height=224, width=224).image[0])
    assert not torch.equal(as_photo, as_mean)


@pytest.mark.parametrize("kind", [kind for kind in Baseline if kind.needs_picture])
def test_a_baseline_that_is_a_photo_asks_for_one(cat, kind):
    settings = replace(SETTINGS, baseline=BaselineSettings(kind=kind))
    with pytest.raises(SettingError, match="there is none"):
        explain(cat, Method.INTEGRATED_GRADIENTS, CAT, settings)


@pytest.mark.parametrize("target", [-1, 15, 1000])
def test_a_class_that_is_none_is_refused_with_the_range(cat, target):
    assert len(cat.classes) == 15
    with pytest.raises(SettingError, match=f"target must be a class from 0 to 14, got {target}"):
        explain(cat, Method.GRAD_CAM, target)


def test_a_layer_that_is_none_is_named(cat):
    with pytest.raises(SettingError, match="no maps at the layer “nonsense”") as raised:
        explain(cat, Method.GRAD_CAM, CAT, layer="nonsense")
    assert raised.value.advice == "Choose one of its layers."


def test_a_method_that_the_network_does_not_allow_is_named(cat):
    with pytest.raises(ModelError, match="CAM can't explain this network") as raised:
        explain(replace(cat, has_cam=False), Method.CAM, CAT)
    assert "another" in raised.value.advice
    for method in (Method.GUIDED, Method.DECONVNET, Method.GUIDED_GRAD_CAM):
        with pytest.raises(ModelError, match=method.title):
            explain(replace(cat, has_relu=False), method, CAT)


def test_where_memory_is_short_fewer_pictures_pass_at_once_and_the_answer_is_the_same(cat, monkeypatch):
    made, sizes = attribution._explained, []

    def short(question: Question, method: Method, device: torch.device, chunk: int) -> Explanation:
        sizes.append(chunk)
        if chunk > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(question, method, device, chunk)

    expected = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, SETTINGS)
    monkeypatch.setattr(attribution, "CHUNK", 4)
    monkeypatch.setattr(attribution, "_explained", short)
    found = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, SETTINGS)
    assert sizes == [4, 4, 2]
    close(found.raw, expected.raw)
    assert "2 at a time instead of 4" in found.cost.notice
    assert (found.cost.forward, found.cost.backward) == (3, 2)


def test_where_not_one_picture_fits_the_advice_is_a_smaller_network(cat, monkeypatch):
    def short(*_: object) -> Explanation:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(attribution, "CHUNK", 1)
    monkeypatch.setattr(attribution, "_explained", short)
    with pytest.raises(MemoryShortError):
        explain(cat, Method.GRADIENT, CAT)


def test_a_device_without_room_hands_over_to_the_cpu(cat, monkeypatch):
    meta, made = torch.device("meta"), attribution._explained

    def short(question: Question, method: Method, device: torch.device, chunk: int) -> Explanation:
        if device == meta:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(question, method, device, chunk)

    monkeypatch.setattr(cost, "best_device", lambda: meta)
    monkeypatch.setattr(attribution, "_explained", short)
    assert explain(cat, Method.GRAD_CAM, CAT).cost.notice.endswith("so this was computed on the CPU.")


def test_eight_sessions_at_once_on_one_photo_see_what_each_sees_alone(cat):
    tasks = [(method, target) for method in Method for target in (CAT, DOG)[: 2 if method.coarse else 1]]
    alone = [explain(cat, method, target, SETTINGS) for method, target in tasks]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: explain(cat, *task, SETTINGS), tasks))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)
        assert (one.cost.forward, one.cost.backward) == (other.cost.forward, other.cost.backward)


def test_nothing_is_written_on_what_others_share(cat):
    module = network().module
    weights = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    image, maps = cat.image.clone(), {name: tensor.clone() for name, tensor in cat.features.items()}
    for method in Method:
        explain(cat, method, DOG, SETTINGS)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in module.state_dict().items())
    assert not any(weight.requires_grad or weight.grad is not None for weight in module.parameters())
    assert not any(part._forward_hooks or part._backward_hooks or part.training for part in module.modules())
    assert torch.equal(cat.image, image)
    assert all(torch.equal(tensor, maps[name]) for name, tensor in cat.features.items())
    assert cat.recorded.leaf.grad is None


@pytest.mark.parametrize("method", Method)
def test_every_device_explains_as_the_cpu_does(method, device, monkeypatch):
    """Coarse maps to 2 % of their largest value; on the pixels, where a ReLU near 0 may tip, the maps correlate to 0.98."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(explain(open_photo(sample("cat"), MODEL), method, CAT, replace(SETTINGS, measure=Measure.SCORE)))
    here, there = found
    if method.coarse:
        close(there.map, here.map, share=0.02)
    else:
        assert np.corrcoef(there.raw.ravel(), here.raw.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("method", Method)
def test_what_a_method_does_not_read_changes_nothing(cat, method):
    """So answers that are equal may share a place in a cache."""
    read = method.read(SETTINGS)
    assert method.read(read) == read
    whole, needed = explain(cat, method, DOG, SETTINGS), explain(cat, method, DOG, read)
    assert np.array_equal(needed.raw, whole.raw)
    assert np.array_equal(needed.map, whole.map)
    assert (read == AttributionSettings()) == (method.coarse and method is not Method.SCORE_CAM)
