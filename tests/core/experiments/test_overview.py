import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import skimage.data
import torch
import torchvision
from PIL import Image

from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.experiments import cost, overview
from core.experiments.overview import Look, look
from core.images.normalise import to_tensor
from core.images.photo import Photo, from_pixels
from core.zoo import cache, weights
from core.zoo.catalog import card

MODEL = "squeezenet1_1"
ENTRY = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1


@pytest.fixture(autouse=True)
def _fresh_cache(monkeypatch):
    """No network of an earlier test, whose weights were others."""
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@pytest.fixture
def random_weights(tmp_path, monkeypatch) -> dict[str, torch.Tensor]:
    """Random weights in a TORCH_HOME of their own, with logits far enough apart to keep their order."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    torch.manual_seed(0)
    state = torchvision.models.squeezenet1_1().state_dict()
    state["classifier.1.weight"] *= 20
    target = weights.path(card(MODEL))
    target.parent.mkdir(parents=True)
    torch.save(state, target)
    return state


def noise(width: int, height: int, seed: int = 0) -> Photo:
    return from_pixels(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def cat() -> Photo:
    return from_pixels(skimage.data.chelsea(), "cat")


def probabilities(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """torchvision's model on a prepared picture, without a line of the lab."""
    model = torchvision.models.squeezenet1_1().eval()
    model.load_state_dict(state)
    with torch.no_grad():
        return model(x).softmax(dim=1)[0]


def assert_same_guesses(found: Look, expected: torch.Tensor, tolerance: float) -> None:
    best = expected.topk(5)
    assert [guess.index for guess in found.guesses] == best.indices.tolist()
    assert [guess.probability for guess in found.guesses] == pytest.approx(best.values.tolist(), abs=tolerance)
    assert [guess.label for guess in found.guesses] == [ENTRY.meta["categories"][i] for i in best.indices]


@pytest.mark.parametrize(("width", "height"), [(300, 200), (200, 300), (225, 224), (1000, 40), (16, 16)])
def test_guesses_what_torchvision_guesses(random_weights, width, height):
    photo = noise(width, height)
    expected = probabilities(random_weights, ENTRY.transforms()(to_tensor(photo.pixels)))
    assert_same_guesses(look(photo, MODEL), expected, 1e-5)


def test_a_photo_of_exactly_the_input_s_size_is_seen_as_it_is(random_weights):
    photo = noise(224, 224)
    expected = probabilities(random_weights, ENTRY.transforms(resize_size=224)(to_tensor(photo.pixels)))
    assert_same_guesses(look(photo, MODEL), expected, 1e-5)


@pytest.mark.weights
def test_guesses_what_torchvision_guesses_with_real_weights(torch_home):
    state = weights.state_dict(card(MODEL))
    photo = cat()
    assert_same_guesses(look(photo, MODEL), probabilities(state, ENTRY.transforms()(to_tensor(photo.pixels))), 1e-5)


@pytest.mark.weights
def test_guesses_of_a_pil_image_differ_by_its_rounding_to_bytes_alone(torch_home):
    """Pillow rounds the resized photo to 8 bits and the lab does not: 0.711 and 0.706 for the cat."""
    photo = cat()
    x = ENTRY.transforms()(Image.fromarray(photo.pixels))[None]
    assert_same_guesses(look(photo, MODEL), probabilities(weights.state_dict(card(MODEL)), x), 0.01)


@pytest.mark.weights
def test_takes_the_cat_for_an_egyptian_cat(torch_home):
    found = look(cat(), MODEL)
    assert found.target == found.guesses[0].label == "Egyptian cat"
    assert found.guesses[0].probability == pytest.approx(0.706, abs=0.005)


def centre_of_mass(found: Look) -> tuple[float, float]:
    """Where the map balances, in pixels of the photo."""
    x1, y1, x2, y2 = found.seen
    height, width = found.cam.shape
    xs = x1 + (np.arange(width) + 0.5) * (x2 - x1) / width
    ys = y1 + (np.arange(height) + 0.5) * (y2 - y1) / height
    total = found.cam.sum()
    return (found.cam.sum(axis=0) * xs).sum() / total, (found.cam.sum(axis=1) * ys).sum() / total


@pytest.mark.weights
@pytest.mark.parametrize(("left", "top"), [(30, 30), (260, 30), (30, 260), (260, 260)])
def test_the_map_lies_on_the_cat_in_whichever_corner_it_is(torch_home, left, top):
    face = Image.fromarray(skimage.data.chelsea()[:, 75:375]).resize((220, 220))
    canvas = Image.new("RGB", (512, 512), "gray")
    canvas.paste(face, (left, top))
    found = look(from_pixels(np.asarray(canvas), "a cat in a corner"), MODEL)
    assert found.target == "Egyptian cat"
    x, y = centre_of_mass(found)
    assert left < x < left + 220
    assert top < y < top + 220


@pytest.mark.parametrize(
    ("width", "height", "seen"),
    [
        (512, 512, (32, 32, 480, 480)),
        (1024, 512, (288, 32, 736, 480)),
        (256, 512, (16, 144, 240, 368)),
        (128, 128, (8, 8, 120, 120)),
    ],
)
def test_tells_which_part_of_the_photo_the_network_saw(random_weights, width, height, seen):
    assert look(noise(width, height), MODEL).seen == pytest.approx(seen)


@pytest.mark.parametrize(("width", "height"), [(451, 300), (16, 1600), (333, 777)])
def test_the_part_that_was_seen_lies_in_the_photo(random_weights, width, height):
    x1, y1, x2, y2 = look(noise(width, height), MODEL).seen
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height


def test_what_lies_outside_the_seen_part_changes_nothing(random_weights):
    inside = noise(1024, 512)
    pixels = inside.pixels.copy()
    pixels[:, :270] = 0  # seen from 288 on; the resizing blurs over 4 pixels
    pixels[:, 754:] = 255
    outside = look(from_pixels(pixels, "other edges"), MODEL)
    assert outside.guesses == look(inside, MODEL).guesses


def test_the_map_has_a_cell_for_each_feature_and_its_peak_is_one(random_weights):
    found = look(noise(300, 200), MODEL)
    assert found.cam.shape == (13, 13)
    assert found.cam.dtype == np.float32
    assert found.cam.min() >= 0
    assert found.cam.max() == 1


def test_a_map_of_zeros_stays_zero(random_weights):
    random_weights["classifier.1.bias"] -= 1000
    torch.save(random_weights, weights.path(card(MODEL)))
    assert not look(noise(300, 200), MODEL).cam.any()


def test_guesses_come_in_order_and_the_first_is_explained(random_weights):
    found = look(noise(300, 200), MODEL)
    chances = [guess.probability for guess in found.guesses]
    assert len(chances) == 5
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1
    assert found.target == found.guesses[0].label


def test_costs_one_pass_forward_and_one_back(random_weights):
    cost = look(noise(300, 200), MODEL).cost
    assert (cost.forward, cost.backward) == (1, 1)
    assert cost.milliseconds > 0
    assert cost.megabytes >= 0


def test_the_passes_are_those_that_happen(random_weights, monkeypatch):
    """Counted a second time, by a hook on a network that nobody else has and by a spy on torch's own gradient."""
    passes = {"forward": 0, "backward": 0}

    def counted(kind: str, answer: object = None) -> object:
        passes[kind] += 1
        return answer

    first = cache.load(MODEL).module.layers[0]
    handle = first.register_forward_hook(lambda *_: counted("forward"))
    gradient = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *given, **more: counted("backward", gradient(*given, **more)))
    cost = look(noise(300, 200), MODEL).cost
    handle.remove()
    assert (cost.forward, cost.backward) == (passes["forward"], passes["backward"]) == (1, 1)


def test_a_device_without_room_hands_over_to_the_cpu_and_the_bill_says_so(random_weights, monkeypatch):
    small = torch.device("meta")
    on_cpu = overview._look

    def short(photo: Photo, model: str, device: torch.device) -> Look:
        if device == small:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return on_cpu(photo, model, device)

    expected = look(noise(300, 200), MODEL)
    monkeypatch.setattr(cost, "best_device", lambda: small)
    monkeypatch.setattr(overview, "_look", short)
    found = look(noise(300, 200), MODEL)
    assert found.guesses == expected.guesses
    assert found.cost.notice.endswith("so this was computed on the CPU.")
    assert expected.cost.notice == ""


def test_a_second_look_is_the_same_but_for_its_cost(random_weights):
    first, second = (look(noise(300, 200), MODEL) for _ in range(2))
    assert first.guesses == second.guesses
    assert np.array_equal(first.cam, second.cam)


def test_eight_sessions_at_once_see_what_each_sees_alone(random_weights):
    photos = [noise(200 + 10 * seed, 240, seed) for seed in range(8)]
    alone = [look(photo, MODEL) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda photo: look(photo, MODEL), photos))
    for one, other in zip(alone, together, strict=True):
        assert one.guesses == other.guesses
        assert np.array_equal(one.cam, other.cam)


def test_every_device_sees_what_the_cpu_sees(random_weights, device, monkeypatch):
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    here = look(noise(300, 200), MODEL)
    monkeypatch.setenv("VISION_LAB_DEVICE", device.type)
    there = look(noise(300, 200), MODEL)
    assert there.target == here.target
    assert there.guesses[0].probability == pytest.approx(here.guesses[0].probability, abs=0.01)
    np.testing.assert_allclose(there.cam, here.cam, atol=0.02)


def test_a_look_cannot_be_changed(random_weights):
    with pytest.raises(dataclasses.FrozenInstanceError):
        look(noise(300, 200), MODEL).target = "dog"


def test_missing_weights_say_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsMissingError, match="Download them"):
        look(noise(300, 200), MODEL)


def test_the_bundled_classifier_takes_the_cat_for_a_cat(tmp_path, monkeypatch):
    """With an empty TORCH_HOME: its weights ship with the lab."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    found = look(cat(), "lab-classifier")
    assert found.target == "cat"
    assert found.guesses[0].probability >= 0.8
    assert found.cam.shape == (14, 14)


def test_a_network_that_names_nothing_is_explained(random_weights):
    with pytest.raises(ModelError, match="names nothing"):
        look(noise(300, 200), "squeezenet1_1-features")


def test_numbers_that_are_none_are_called_damage(random_weights):
    random_weights["classifier.1.bias"][7] = torch.nan
    torch.save(random_weights, weights.path(card(MODEL)))
    with pytest.raises(WeightsDamagedError):
        look(noise(300, 200), MODEL)


def test_an_unknown_network_lists_the_choices():
    with pytest.raises(ModelError, match="squeezenet1_1"):
        look(noise(300, 200), "resnet9000")
