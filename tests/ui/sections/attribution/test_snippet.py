"""The lines of PyTorch print what the page shows of every method. Run in this process."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
import torchvision

from core.attribution.methods import AttributionSettings, Method
from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.attribution.settings import (
    Baseline,
    BaselineSettings,
    Channels,
    IntegrationSettings,
    Measure,
    Rule,
    SmoothGradSettings,
)
from core.errors import ModelError
from core.experiments.attribution import explain
from core.experiments.opened import Opened, open_photo
from core.images.decode import decode
from core.images.photo import Photo
from core.images.samples import sample
from core.zoo import cache as networks
from core.zoo import weights
from core.zoo.catalog import card, of
from core.zoo.model_card import Task
from tests.pages.conftest import random_weights
from tests.snippets import printed
from ui.cached.attributions import MEAN_PHOTO
from ui.sections.attribution.snippet import explained, grad_cam

MODEL, DEEPEST, EARLIER = "lab-classifier", "features.12", "features.7"
LAYERED = [method for method in Method if method.layered]
WITH_CAM = {"lab-classifier", "resnet50"}
SETTINGS = AttributionSettings(
    integration=IntegrationSettings(rule=Rule.GAUSS_LEGENDRE, steps=4),
    noise=SmoothGradSettings(samples=3, seed=5),
    score_cam=ScoreCamSettings(top=6),
)


def title(one: object) -> str:
    return str(getattr(one, "value", one))


@cache
def opened() -> Opened:
    return open_photo(sample("cat"), MODEL)


def assert_prints_the_map(
    opened: Opened,
    method: Method,
    settings: AttributionSettings,
    layer: str,
    *,
    other: Photo | None = None,
    rank: int = 1,
) -> dict[str, float]:
    """What the lines print is what the page shows, to one in a thousand: a rounding may switch a ReLU.

    Of the second guess: the probability of the first is so near to 1 that its logarithm hardly has a gradient.
    """
    target = opened.guesses[rank].index
    found = explain(opened, method, target, settings, layer=layer, other=other)
    said = printed(explained(sample("cat"), card(opened.model), method, target, settings, layer, other))
    assert said["score"] == pytest.approx(found.score, rel=1e-3)
    assert said["largest"] == pytest.approx(float(found.map.max()), rel=1e-3)
    assert found.map.any(), "nothing is compared with nothing"
    signed = method.signed or (not method.coarse and settings.channels is Channels.SUM)
    assert ("sum" in said) == signed
    if signed:
        size = float(abs(found.map).sum())  # a sum of both signs may be next to nothing
        assert said["sum"] == pytest.approx(float(found.map.sum()), abs=1e-3 * size)
    return said


@pytest.mark.parametrize("method", Method, ids=title)
def test_the_lines_of_every_method_print_the_numbers_of_its_map(method):
    assert_prints_the_map(opened(), method, SETTINGS, DEEPEST)


@pytest.mark.parametrize("method", LAYERED, ids=title)
def test_the_lines_look_at_an_earlier_layer_where_that_is_chosen(method):
    assert_prints_the_map(opened(), method, SETTINGS, EARLIER)


@pytest.mark.parametrize("measure", [Measure.LOG_PROBABILITY, Measure.CROSS_ENTROPY], ids=title)
@pytest.mark.parametrize("method", [Method.GRADIENT, Method.INTEGRATED_GRADIENTS, Method.GUIDED_GRAD_CAM], ids=title)
def test_the_lines_explain_the_number_that_is_chosen(method, measure):
    assert_prints_the_map(opened(), method, replace(SETTINGS, measure=measure), DEEPEST)


@pytest.mark.parametrize("channels", Channels, ids=title)
@pytest.mark.parametrize("method", [Method.GRADIENT, Method.GUIDED_GRAD_CAM], ids=title)
def test_the_lines_take_the_channels_together_as_the_page_does(method, channels):
    assert_prints_the_map(opened(), method, replace(SETTINGS, channels=channels), DEEPEST)


def test_the_lines_of_score_cam_weigh_by_the_rises_themselves_where_that_is_chosen():
    settings = replace(SETTINGS, score_cam=ScoreCamSettings(increase=Increase.RAW, top=3))
    assert_prints_the_map(opened(), Method.SCORE_CAM, settings, DEEPEST, rank=0)


def test_the_lines_of_score_cam_leave_no_map_out_where_no_number_is_set():
    six, every = (
        explained(sample("cat"), card(MODEL), Method.SCORE_CAM, 4, replace(SETTINGS, score_cam=one), DEEPEST)
        for one in (SETTINGS.score_cam, ScoreCamSettings())
    )
    assert six.replace("[:6]    # the most active", "") == every != six


def test_the_lines_of_integrated_gradients_print_the_gap_and_take_another_photo():
    settings = replace(SETTINGS, baseline=BaselineSettings(kind=Baseline.PICTURE))
    said = assert_prints_the_map(opened(), Method.INTEGRATED_GRADIENTS, settings, DEEPEST, other=sample("coffee"))
    target = opened().guesses[1].index
    found = explain(opened(), Method.INTEGRATED_GRADIENTS, target, settings, other=sample("coffee"))
    assert said["gap"] == pytest.approx(found.gap, abs=2e-3)


@pytest.mark.parametrize("layer", [DEEPEST, EARLIER])
def test_the_lines_of_grad_cam_are_those_of_the_method(layer):
    lines = grad_cam(sample("cat"), card(MODEL), 4, layer)
    assert lines == explained(sample("cat"), card(MODEL), Method.GRAD_CAM, 4, SETTINGS, layer)


def test_cam_is_of_the_deepest_layer_whatever_layer_is_chosen():
    said = [explained(sample("cat"), card(MODEL), Method.CAM, 4, SETTINGS, layer) for layer in (DEEPEST, EARLIER)]
    assert said[0] == said[1]


@pytest.mark.parametrize("method", Method, ids=title)
@pytest.mark.parametrize("row", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(row, method):
    if method is Method.CAM and row.key not in WITH_CAM:
        with pytest.raises(ModelError, match="CAM can't explain"):
            explained(sample("cat"), row, method, 0, SETTINGS, row.layers[0].name)
        return
    for layer in row.layers:
        code = explained(sample("cat"), row, method, 0, SETTINGS, layer.name)
        compile(code, "snippet", "exec")
        assert row.bundled or f"weights = {row.entry}\n" in code
        assert max(map(len, code.splitlines()[1:])) <= 120


@pytest.mark.parametrize("row", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_the_lines_name_a_layer_of_the_network_they_load(row):
    if row.bundled:
        loaded = torch.nn.ModuleDict({"trunk": torchvision.models.squeezenet1_1().features})
    else:
        with torch.device("meta"):
            loaded = torchvision.models.get_model(row.key)
    for layer in row.layers:
        _, _, named = explained(sample("cat"), row, Method.LAYER_CAM, 0, SETTINGS, layer.name).partition(
            "get_submodule("
        )
        assert loaded.get_submodule(named.split('"')[1]) is not None


@pytest.fixture
def downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Opens the cat with a network of torchvision, whose weights are random."""

    def opened(key: str) -> Opened:
        monkeypatch.setenv("TORCH_HOME", str(tmp_path))
        monkeypatch.setattr(networks, "CACHE", networks.NetworkCache(networks._load))
        file = weights.path(card(key))
        file.parent.mkdir(parents=True)
        file.write_bytes(random_weights(key))
        return open_photo(sample("cat"), key)

    return opened


@pytest.mark.parametrize(
    ("key", "method", "layer"),
    [
        ("squeezenet1_1", Method.LAYER_CAM, "features.12"),
        ("squeezenet1_1", Method.GUIDED_GRAD_CAM, "features.5"),
        ("densenet121", Method.GRAD_CAM, "features.norm5"),
        ("densenet121", Method.DECONVNET, "features.norm5"),
        ("resnet50", Method.CAM, "layer4.2"),
    ],
    ids=title,
)
def test_the_lines_print_the_numbers_of_a_network_of_torchvision(downloaded, key, method, layer):
    """DenseNet's last ReLU is a function that writes into the maps before it; ResNet has its weights for CAM elsewhere."""
    assert_prints_the_map(downloaded(key), method, SETTINGS, layer)


@pytest.mark.parametrize("method", Method, ids=title)
def test_a_file_name_stays_a_string(method):
    mine = decode(MEAN_PHOTO.read_bytes(), "x'); import os; os.abort() #.png")
    with pytest.raises(FileNotFoundError):
        printed(explained(mine, card(MODEL), method, 0, SETTINGS, DEEPEST))
