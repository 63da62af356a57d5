"""What of a fooled answer survives: handled, sent to other networks, saved and opened again."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.adversarial.settings import Goal
from core.adversarial.survival import treated
from core.adversarial.survival_settings import Handling, Treatment, sweep
from core.attribution.methods import Method
from core.errors import ModelError, PhotoError
from core.experiments import survival
from core.experiments.adversarial import Outcome, attacked, clean
from core.experiments.aims import STANDARD, Aim
from core.experiments.attribution import explain
from core.experiments.opened import open_photo
from core.experiments.survival import before_after, png, survived, swept, transferred, verified
from core.images.decode import decode
from core.images.normalise import normalise, to_tensor
from core.images.photo import from_pixels
from core.images.samples import sample
from core.zoo import cache, weights
from core.zoo.catalog import card

LAB = "lab-classifier"
CAT, PARACHUTE = 10, 8


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME without any weights but those that ship with the lab."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def fooled() -> Outcome:
    return attacked(clean(sample("cat"), LAB), Aim(Goal.TOWARDS, PARACHUTE), STANDARD)


def asked(pixels: np.ndarray) -> np.ndarray:
    """By hand: all probabilities of one picture."""
    network = cache.load(LAB)
    with torch.no_grad():
        return network.module(normalise(to_tensor(pixels, network.device))).softmax(dim=1)[0].cpu().numpy()


def test_without_a_treatment_the_answer_is_that_of_the_attack(fooled):
    found = survived(fooled.pixels, LAB, Treatment())
    assert np.array_equal(found.pixels, fooled.pixels)
    np.testing.assert_allclose(found.probabilities, fooled.probabilities, atol=1e-6)
    assert found.guess.label == fooled.after.label
    assert (found.cost.forward, found.cost.backward) == (1, 0)


@pytest.mark.parametrize("treatment", [Treatment(jpeg=60), Treatment(crop=0.1, resize=0.5, blur=1.0, depth=4)], ids=str)
def test_the_answer_is_that_to_the_treated_picture(fooled, treatment):
    found = survived(fooled.pixels, LAB, treatment)
    assert np.array_equal(found.pixels, treated(fooled.pixels, treatment))
    np.testing.assert_allclose(found.probabilities, asked(found.pixels), atol=1e-6)
    assert found.guess.index == found.probabilities.argmax()
    assert found.of(CAT) == float(found.probabilities[CAT])


@pytest.mark.parametrize("kind", Handling)
def test_a_sweep_asks_of_every_strength_what_is_asked_of_one(fooled, kind):
    found = swept(fooled.pixels, LAB, kind, seed=3)
    assert found.strengths == sweep(kind)
    expected = [survived(fooled.pixels, LAB, Treatment.only(kind, strength, seed=3)) for strength in sweep(kind)]
    np.testing.assert_allclose(found.probabilities, [one.probabilities for one in expected], atol=1e-5)
    assert [guess.label for guess in found.guesses] == [one.guess.label for one in expected]
    np.testing.assert_allclose(found.of(PARACHUTE)[0], fooled.of_aim, atol=1e-5)
    assert found.cost.forward == math.ceil(len(sweep(kind)) / survival.CHUNK)


def test_memory_that_is_short_changes_no_sweep(fooled, monkeypatch):
    whole = swept(fooled.pixels, LAB, Handling.JPEG)
    monkeypatch.setattr(survival, "CHUNK", 3)
    np.testing.assert_allclose(swept(fooled.pixels, LAB, Handling.JPEG).probabilities, whole.probabilities, atol=1e-5)


def test_the_network_itself_is_fooled_and_no_other_need_be(fooled):
    found = transferred(fooled.clean_pixels, fooled.pixels, LAB)
    assert found.changed
    assert (found.before.label, found.after.label) == ("cat", fooled.after.label)
    assert found.after.probability == pytest.approx(fooled.after.probability, abs=1e-5)
    assert (found.problem, found.title, found.cost.forward) == ("", "Lab classifier", 1)


def test_weights_that_are_missing_are_told(fooled):
    found = transferred(fooled.clean_pixels, fooled.pixels, "resnet50")
    assert (found.before, found.after, found.changed) == (None, None, False)
    assert "not on this server yet" in found.problem
    assert found.megabytes == card("resnet50").megabytes


def test_weights_that_are_damaged_are_told(fooled):
    target = weights.path(card("squeezenet1_1"))
    target.parent.mkdir(parents=True)
    target.write_bytes(b"not weights")
    found = transferred(fooled.clean_pixels, fooled.pixels, "squeezenet1_1")
    assert found.after is None
    assert "is damaged" in found.problem


def test_a_network_that_names_nothing_cannot_be_asked(fooled):
    with pytest.raises(ModelError, match="names nothing"):
        transferred(fooled.clean_pixels, fooled.pixels, "lab-fcn")


def test_each_picture_is_explained_for_its_own_class(fooled):
    found = before_after(fooled.clean_pixels, fooled.pixels, LAB)
    assert (found.before.label, found.after.label) == ("cat", fooled.after.label)
    for pixels, ours in ((fooled.clean_pixels, found.before), (fooled.pixels, found.after)):
        opened = open_photo(from_pixels(pixels, "by hand"), LAB)
        theirs = explain(opened, Method.GRAD_CAM, ours.target)
        np.testing.assert_allclose(ours.map, theirs.map, atol=1e-6)
    assert (found.cost.forward, found.cost.backward) == (2, 2)


def test_a_file_holds_every_pixel(fooled):
    assert np.array_equal(decode(png(fooled.pixels), "fooled.png").pixels, fooled.pixels)


def test_a_file_that_is_opened_again_is_what_the_network_was_fooled_by(fooled):
    found = verified(png(fooled.pixels), LAB)
    assert found.same
    assert found.guess.label == fooled.after.label
    assert found.guess.probability == pytest.approx(fooled.after.probability, abs=1e-6)


def test_a_file_of_another_size_is_not_what_the_network_is_given(fooled):
    wide = np.repeat(fooled.pixels, 2, axis=1)
    assert not verified(png(wide), LAB).same


def test_a_file_that_is_no_photo_is_refused():
    with pytest.raises(PhotoError):
        verified(b"no picture", LAB)


def test_what_gave_way_in_one_part_is_on_the_bill_of_all(fooled, monkeypatch):
    def short(photo, model):
        found = open_photo(photo, model)
        return replace(found, cost=replace(found.cost, notice="Memory was short."))

    monkeypatch.setattr(survival, "open_photo", short)
    assert before_after(fooled.clean_pixels, fooled.pixels, LAB).cost.notice == "Memory was short."


@pytest.mark.gpu
def test_a_gpu_says_what_the_cpu_says(monkeypatch):
    """Probabilities within 1e-3."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = []
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", device)
        found.append(swept(clean(sample("cat"), LAB).pixels, LAB, Handling.BLUR).probabilities)
    np.testing.assert_allclose(*found, atol=1e-3)
