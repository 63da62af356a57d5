"""The lines of PyTorch compute the sum and the gap of the page, for every baseline and every rule. Run in this process."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms.functional import resize
from torchvision.transforms.functional import to_tensor as functional_to_tensor

from core.attribution.baselines import baseline
from core.attribution.methods import AttributionSettings
from core.attribution.quadrature import nodes
from core.attribution.settings import Baseline, BaselineSettings, IntegrationSettings, Rule
from core.experiments.integration import Walk, walk
from core.experiments.opened import Opened, open_photo
from core.images.decode import decode
from core.images.normalise import to_tensor
from core.images.samples import sample
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Task
from tests.snippets import printed
from ui.cached.attributions import MEAN_PHOTO
from ui.sections.attribution import path_snippet

STEPS = 4
MODEL = "lab-classifier"


@pytest.fixture(scope="module")
def opened() -> Opened:
    return open_photo(sample("cat"), MODEL)


def photo_of(kind: Baseline):
    if kind is Baseline.MEAN_PHOTO:
        return decode(MEAN_PHOTO.read_bytes(), "mean")
    return sample("coffee") if kind is Baseline.PICTURE else None


def walked(
    opened: Opened, baseline: BaselineSettings, integration: IntegrationSettings
) -> tuple[Walk, dict[str, float]]:
    """The path of the page, and what its lines print."""
    target, other = opened.guesses[0].index, photo_of(baseline.kind)
    found = walk(opened, target, AttributionSettings(baseline=baseline, integration=integration), other)
    code = path_snippet.integrated_gradients(sample("cat"), card(MODEL), target, baseline, integration, other)
    return found, printed(code)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(Baseline.BLACK, Rule.GAUSS_LEGENDRE), (Baseline.PICTURE, Rule.TRAPEZOID)],
    ids=lambda one: one.value,
)
def test_the_lines_print_the_numbers_of_the_page(opened, kind, rule):
    found, said = walked(opened, BaselineSettings(kind=kind), IntegrationSettings(rule=rule, steps=STEPS))
    assert said["sum"] == pytest.approx(found.running[-1], rel=1e-3)  # a rounding may switch a ReLU
    assert said["rise"] == pytest.approx(found.score - found.baseline_score, abs=1e-3)
    assert said["gap"] == pytest.approx(found.gap, abs=2e-3)


MADE = [kind for kind in Baseline if kind is not Baseline.PICTURE]


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.value)
def test_the_lines_make_the_baseline_of_the_page(kind):
    settings = BaselineSettings(kind=kind, blur=7.0, noise=0.4, seed=3, colour=(0.2, 0.5, 1.0))
    image = torch.rand(3, 224, 224, generator=torch.Generator().manual_seed(0))
    mean = to_tensor(photo_of(kind).pixels)[0] if kind is Baseline.MEAN_PHOTO else None
    found = made_of(path_snippet._baseline(settings, None), x=image[None])["baseline"]
    assert found.shape == (1, 3, 224, 224)
    assert torch.allclose(found[0], baseline(image, settings, mean), atol=1e-6)


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.value)
@pytest.mark.parametrize("steps", [2, 7])
def test_the_lines_place_the_points_of_the_rule(rule, steps):
    found, expected = made_of(path_snippet._NODES[rule].format(n=steps)), nodes(rule, steps)
    assert torch.allclose(found["alphas"].double(), expected.alphas, atol=1e-6)
    assert torch.allclose(found["weights"].double(), expected.weights, atol=1e-6)


def made_of(lines: str, **given: object) -> dict:
    """What some of the lines make, after the imports of all."""
    names: dict = {
        "torch": torch,
        "np": np,
        "Image": Image,
        "resize": resize,
        "to_tensor": functional_to_tensor,
        **given,
    }
    exec(lines, names)
    return names


def test_a_photo_that_is_its_own_baseline_prints_no_gap(opened):
    code = path_snippet.integrated_gradients(
        sample("cat"),
        card(MODEL),
        0,
        BaselineSettings(kind=Baseline.PICTURE),
        IntegrationSettings(steps=2),
        sample("cat"),
    )
    assert printed(code) == {"sum": 0.0, "rise": 0.0}


@pytest.mark.parametrize("row", [row for row in CARDS if row.task is Task.CLASSIFY], ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(row):
    for kind in Baseline:
        other = sample("coffee") if kind.needs_picture else None
        code = path_snippet.integrated_gradients(
            sample("cat"), row, 1, BaselineSettings(kind=kind), IntegrationSettings(), other
        )
        compile(code, "snippet", "exec")


def test_a_file_name_stays_a_string():
    mean = decode(MEAN_PHOTO.read_bytes(), "x'); import os; os.abort() #.png")
    code = path_snippet.integrated_gradients(
        sample("cat"), card(MODEL), 0, BaselineSettings(kind=Baseline.PICTURE), IntegrationSettings(), mean
    )
    with pytest.raises(FileNotFoundError):
        printed(code)


def test_the_mean_photo_is_a_photo_without_anything_on_it():
    """It is a blur: neighbours hardly differ anywhere."""
    pixels = decode(MEAN_PHOTO.read_bytes(), "mean").pixels.astype(int)
    assert pixels.shape == (224, 224, 3)
    assert np.abs(np.diff(pixels, axis=0)).max() <= 8
    assert np.abs(np.diff(pixels, axis=1)).max() <= 8
