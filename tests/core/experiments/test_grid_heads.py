"""Detectors with one grid head: which are given, how one is cut, and what the others are refused with."""

import pytest
import torch

from core.detection.grid import COURSE, FINER
from core.detection.targets import Positives
from core.errors import ModelError
from core.experiments.grid_heads import grid_detector, grid_head, rule_of
from core.zoo import cache
from core.zoo.model_card import Task

CPU = torch.device("cpu")


@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_the_labs_detectors_are_given_as_they_are(model):
    network = grid_detector(model, CPU)
    assert network is cache.load(model, CPU)
    assert network.card.task is Task.DETECT


@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_the_two_halves_make_the_whole(model):
    network = cache.load(model, CPU)
    trunk, head = grid_head(network)
    side = network.card.resize
    x = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    assert head.names == ("grid",)
    assert torch.equal(head(trunk(x)), network.module(x))


@pytest.mark.parametrize("model", ["lab-classifier", "lab-fcn"])
def test_a_network_that_draws_no_boxes_is_refused_as_a_detector_and_as_a_grid_head(model):
    with pytest.raises(ModelError, match="draws no boxes"):
        grid_detector(model, CPU)
    with pytest.raises(ModelError, match="has no grid head"):
        grid_head(cache.load(model, CPU))


@pytest.mark.parametrize("model", ["yolo_fastest", "yolov3_tiny"])
def test_a_detector_with_several_heads_is_refused_before_it_is_loaded(model, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(ModelError, match="can't be used here"):
        grid_detector(model, CPU)


def test_the_courses_head_was_taught_by_one_anchor_and_the_finer_by_all_that_overlap():
    assert rule_of(COURSE) is Positives.ACTIVATED
    assert rule_of(FINER) is Positives.OVERLAPPING
