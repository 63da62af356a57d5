"""Whether a map deserves trust, on the classifier that ships with the lab."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.attribution.baselines import blurred
from core.attribution.faithfulness import Kind, centre_order, curve, order
from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import IntegrationSettings
from core.errors import ModelError, SettingError
from core.experiments import trust
from core.experiments.attribution import CHUNK, Explanation, Question, explain
from core.experiments.opened import Opened, open_photo
from core.experiments.trust import BLUR, STEPS, Control, Fall, SanityAnswer, fall, pointed, sanity
from core.images.normalise import normalise
from core.images.photo import from_pixels
from core.images.samples import sample
from core.zoo import cache

MODEL = "lab-classifier"
CAT, DOG = 10, 9
FEW = 8
SETTINGS = AttributionSettings(integration=IntegrationSettings(steps=4))


@pytest.fixture(scope="module", autouse=True)
def few():
    """A quarter of the steps: the network is asked for every picture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trust, "STEPS", FEW)
        yield


@pytest.fixture(scope="module")
def cat() -> Opened:
    return open_photo(sample("cat"), MODEL)


@pytest.fixture(scope="module")
def map_of_cat(cat) -> Explanation:
    return explain(cat, Method.GRAD_CAM, CAT)


@pytest.fixture(scope="module")
def falls(cat, map_of_cat) -> dict[tuple[object, Kind], Fall]:
    return {
        (by, kind): fall(cat, CAT, map_of_cat if by is None else by, kind) for kind in Kind for by in (None, *Control)
    }


def probability(pictures: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return cache.load(MODEL).module(normalise(pictures)).softmax(dim=1)[:, CAT]


@pytest.mark.parametrize("by", [None, *Control])
def test_deletion_goes_from_the_photo_to_black_and_insertion_from_blurred_to_the_photo(cat, falls, by):
    clean, black, blur = probability(
        torch.stack([cat.image[0], torch.zeros_like(cat.image[0]), blurred(cat.image[0], BLUR)])
    ).tolist()
    deletion, insertion = falls[by, Kind.DELETION].scores, falls[by, Kind.INSERTION].scores
    assert (deletion[0], deletion[-1]) == pytest.approx((clean, black), abs=1e-4)
    assert (insertion[0], insertion[-1]) == pytest.approx((blur, clean), abs=1e-4)


@pytest.mark.parametrize("kind", Kind)
def test_the_curve_is_the_algorithms_and_its_area_lies_below_it(cat, falls, map_of_cat, kind):
    image = cat.image[0]
    reference = torch.zeros_like(image) if kind is Kind.DELETION else blurred(image, BLUR)
    pixels = order(torch.from_numpy(map_of_cat.map), 224, 224)
    expected = curve(probability, image, pixels, reference, kind=kind, steps=FEW, chunk=CHUNK)
    found = falls[None, kind]
    assert found.kind is kind
    assert found.scores == pytest.approx(expected.scores.tolist(), abs=1e-4)
    assert found.shares == pytest.approx([step / FEW for step in range(FEW + 1)], abs=1e-4)
    assert found.auc == pytest.approx(np.trapezoid(found.scores, found.shares), abs=1e-6)


def test_a_map_that_is_right_beats_pixels_by_chance(falls):
    assert falls[None, Kind.DELETION].auc < falls[Control.RANDOM, Kind.DELETION].auc
    assert falls[None, Kind.INSERTION].auc > falls[Control.RANDOM, Kind.INSERTION].auc + 0.2


def test_the_pictures_are_those_whose_score_is_told(cat, falls):
    found = falls[Control.CENTRE, Kind.DELETION]
    assert found.pictures.shape == (FEW + 1, 224, 224, 3)
    photo = (cat.image[0] * 255).round().byte().permute(1, 2, 0).numpy()
    assert np.array_equal(found.pictures[0], photo)
    assert not found.pictures[-1].any()
    half = centre_order(224, 224)[: 224 * 224 // 2].numpy()
    assert not found.pictures[FEW // 2].reshape(-1, 3)[half].any()
    seen = torch.from_numpy(found.pictures[FEW // 4]).permute(2, 0, 1)[None] / 255
    assert found.scores[FEW // 4] == pytest.approx(probability(seen).item(), abs=0.02)


def test_it_only_runs_forward(cat, falls, monkeypatch):
    for found in falls.values():
        assert (found.cost.forward, found.cost.backward) == (1, 0), "nine pictures at once"
    monkeypatch.setattr(trust, "STEPS", STEPS)
    bill = fall(cat, CAT, Control.RANDOM, Kind.DELETION).cost
    assert (bill.forward, bill.backward) == (3, 0), "33 pictures, 16 at a time"


def test_a_map_on_the_pixels_counts_what_speaks_for_the_class_first(cat):
    found = explain(cat, Method.GRADIENT_X_INPUT, CAT)
    first = fall(cat, CAT, found, Kind.DELETION).pictures[1]
    gone = (first == 0).all(axis=2) & (cat.image[0].permute(1, 2, 0).numpy() > 0.01).all(axis=2)
    assert gone.any()
    assert found.map[gone].min() > np.quantile(found.map, 0.85)


def test_controls_have_names():
    assert len({control.title for control in Control}) == len(Control) == 2


def test_the_map_of_the_cat_points_at_the_cat(cat, map_of_cat):
    found = pointed(cat, map_of_cat, sample("cat"))
    assert found.hit
    assert found.distance == 0
    assert found.inside > 0.9


def test_pointing_is_measured_in_pixels_of_what_the_network_saw(cat, map_of_cat):
    """A map with one bright cell, and the cat's box brought to the input by hand."""
    x1, _, x2, _ = cat.seen
    box = sample("cat").truth.boxes[0]
    right = (box[2] - x1) * 224 / (x2 - x1)
    map = np.zeros((14, 14), dtype=np.float32)
    map[7, 13] = 1
    found = pointed(cat, replace(map_of_cat, map=map), sample("cat"))
    assert found.x == pytest.approx(13.5 * 16, abs=1)
    assert found.distance == pytest.approx(max(0.0, found.x + 0.5 - right), abs=0.5)


def test_without_a_truth_of_its_class_nothing_can_be_said(cat, map_of_cat):
    assert pointed(cat, map_of_cat, from_pixels(sample("cat").pixels, "no truth")) is None
    assert pointed(cat, explain(cat, Method.GRAD_CAM, DOG), sample("cat")) is None


@pytest.fixture(scope="module")
def checks(cat) -> dict[Method, SanityAnswer]:
    methods = (Method.GRAD_CAM, Method.GUIDED, Method.DECONVNET, Method.GRADIENT)
    return {method: sanity(cat, CAT, method, SETTINGS) for method in methods}


def test_the_first_step_is_the_network_as_it_is(cat, checks):
    for method, found in checks.items():
        first = found.steps[0]
        assert first.stage is None
        assert (first.rank_correlation, first.rank_correlation_signed, first.ssim) == pytest.approx((1, 1, 1))
        np.testing.assert_allclose(first.map.numpy(), explain(cat, method, CAT, SETTINGS).map, rtol=1e-3, atol=1e-5)


def test_stages_go_from_the_classes_down_to_the_pixels(checks):
    stages = [step.stage for step in checks[Method.GRAD_CAM].steps[1:]]
    assert stages[0] == "classifier.0"
    assert stages[-1] == "features.0"
    assert len(stages) == checks[Method.GRAD_CAM].steps[0].total == 10


def test_grad_cam_forgets_with_the_network_and_guided_backpropagation_hardly_does(checks):
    """Adebayo et al., 2018, figure 2. After the last layer alone: Grad-CAM -0.1, guided 0.99, deconvnet 1.0, gradient 0.5."""
    top = {method: found.steps[1].rank_correlation for method, found in checks.items()}
    assert abs(top[Method.GRAD_CAM]) < 0.3
    assert top[Method.GUIDED] > 0.9
    assert top[Method.DECONVNET] > 0.9
    assert top[Method.GRAD_CAM] < top[Method.GRADIENT] < top[Method.GUIDED]
    whole = {method: found.steps[-1].rank_correlation for method, found in checks.items()}
    assert abs(whole[Method.GRAD_CAM]) < 0.4
    assert min(whole[Method.GUIDED], whole[Method.DECONVNET]) > 0.4, "edges stay where they were, whatever the weights"


@pytest.mark.parametrize("method", [Method.CAM, Method.GUIDED_GRAD_CAM, Method.INTEGRATED_GRADIENTS])
def test_signed_maps_and_products_can_be_checked_as_well(cat, method):
    small = replace(SETTINGS, integration=IntegrationSettings(steps=2))
    found = sanity(cat, CAT, method, small)
    assert found.method is method
    assert len(found.steps) == 11
    assert found.steps[-1].rank_correlation < 0.9


def test_each_step_costs_what_its_map_costs(checks):
    assert (checks[Method.GRAD_CAM].cost.forward, checks[Method.GRAD_CAM].cost.backward) == (11, 11)
    assert (checks[Method.GUIDED].cost.forward, checks[Method.GUIDED].cost.backward) == (11, 11)


def test_the_seed_decides_what_the_network_becomes(cat, checks):
    again, other = (sanity(cat, CAT, Method.GRAD_CAM, SETTINGS, seed) for seed in (0, 1))
    known = checks[Method.GRAD_CAM]
    assert all(torch.equal(one.map, two.map) for one, two in zip(again.steps, known.steps, strict=True))
    assert not torch.equal(other.steps[-1].map, known.steps[-1].map)


def test_the_shared_network_forgets_nothing(cat, falls):
    module = cache.load(MODEL).module
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    logits = cat.recorded.output.detach().clone()
    sanity(cat, CAT, Method.GRAD_CAM, SETTINGS)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert torch.equal(open_photo(sample("cat"), MODEL).recorded.output, logits)


@pytest.mark.parametrize("target", [-1, 15])
def test_a_class_that_is_none_is_refused(cat, map_of_cat, target):
    with pytest.raises(SettingError, match="target must be a class from 0 to 14"):
        fall(cat, target, map_of_cat, Kind.DELETION)
    with pytest.raises(SettingError, match="target must be a class from 0 to 14"):
        sanity(cat, target, Method.GRAD_CAM, SETTINGS)


def test_a_method_that_the_network_does_not_allow_is_refused(cat):
    with pytest.raises(ModelError, match="CAM can't explain"):
        sanity(replace(cat, has_cam=False), CAT, Method.CAM, SETTINGS)


def test_where_memory_is_short_fewer_pictures_pass_at_once_and_the_answer_is_the_same(
    cat, falls, map_of_cat, monkeypatch
):
    made = trust._fallen

    def short(question: Question, by: Explanation | Control, kind: Kind, device: torch.device, chunk: int) -> Fall:
        if chunk > 8:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(question, by, kind, device, chunk)

    monkeypatch.setattr(trust, "_fallen", short)
    found = fall(cat, CAT, map_of_cat, Kind.DELETION)
    assert "8 at a time instead of 16" in found.cost.notice
    assert found.scores == pytest.approx(falls[None, Kind.DELETION].scores, abs=1e-4)
    assert found.cost.forward == 2


def test_eight_sessions_at_once_see_what_each_sees_alone(cat, falls, checks, map_of_cat):
    """Some draw weights anew while others ask the network."""

    def falling(_: int) -> bool:
        return fall(cat, CAT, map_of_cat, Kind.DELETION).scores == falls[None, Kind.DELETION].scores

    def forgetting(_: int) -> bool:
        steps = zip(sanity(cat, CAT, Method.GRAD_CAM, SETTINGS).steps, checks[Method.GRAD_CAM].steps, strict=True)
        return all(torch.equal(one.map, other.map) for one, other in steps)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(task, place) for place in range(4) for task in (falling, forgetting)]
        assert all(answer.result() for answer in answers)


def test_every_device_trusts_what_the_cpu_trusts(device, monkeypatch):
    """Probabilities to 0.03, and rank correlations to 0.1, as a random network's maps are nearly flat."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        opened = open_photo(sample("cat"), MODEL)
        found.append(
            (fall(opened, CAT, Control.CENTRE, Kind.INSERTION), sanity(opened, CAT, Method.GRAD_CAM, SETTINGS))
        )
    (here, check), (there, other_check) = found
    np.testing.assert_allclose(there.scores, here.scores, atol=0.03)
    assert np.abs(there.pictures.astype(int) - here.pictures).max() <= 1
    for one, other in zip(check.steps, other_check.steps, strict=True):
        assert other.stage == one.stage
        assert other.rank_correlation == pytest.approx(one.rank_correlation, abs=0.1)
    assert other_check.steps[0].rank_correlation == pytest.approx(1)
