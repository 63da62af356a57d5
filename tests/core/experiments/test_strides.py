"""Scores at three depths and four ways to enlarge them: against the network itself and torch, laws, refusals."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.errors import WeightsDamagedError
from core.experiments.models import regions
from core.experiments.strides import MODEL, strides
from core.images.samples import sample
from core.networks.upsampling import bilinear_kernel
from core.segmentation.settings import Upsampling
from core.zoo import cache
from core.zoo.catalog import card
from core.zoo.network import Network


@pytest.fixture(scope="module")
def found():
    return strides(sample("cat"))


def test_scores_have_their_true_sizes_the_coarsest_first(found):
    assert [(depth.stride, depth.scores.shape) for depth in found.depths] == [
        (32, (7, 7, 7)),
        (16, (7, 14, 14)),
        (8, (7, 28, 28)),
    ]
    assert found.names == card(MODEL).classes
    assert found.seen == pytest.approx((0, 0, 451, 300))
    assert (found.cost.forward, found.cost.backward) == (1, 0)


def test_what_was_learned_is_what_the_network_says(found):
    network = cache.load(MODEL, torch.device("cpu"))
    with torch.no_grad():
        answers = network.module.scores(network.preprocess(sample("cat")))
    for depth, scores in zip(found.depths, answers, strict=True):
        assert (depth.maps[Upsampling.LEARNED] == scores[0].argmax(0).numpy()).all()
    assert (found.depths[-1].maps[Upsampling.LEARNED] == regions(sample("cat"), MODEL).classes).all()


def test_the_other_ways_are_torchs(found):
    for depth in found.depths:
        scores = torch.from_numpy(depth.scores)[None]
        blocks = depth.scores.argmax(axis=0).repeat(depth.stride, 0).repeat(depth.stride, 1)
        assert (depth.maps[Upsampling.NEAREST] == blocks).all()
        smooth = functional.interpolate(scores, (224, 224), mode="bilinear", align_corners=False)[0].argmax(0).numpy()
        assert (depth.maps[Upsampling.BILINEAR] == smooth).mean() > 0.999, "but for ties"
        inside = slice(depth.stride, -depth.stride)
        began = depth.maps[Upsampling.BEFORE]
        assert (began[inside, inside] == smooth[inside, inside]).mean() > 0.97, "three small steps are nearly one"
    assert (found.depths[-1].maps[Upsampling.BEFORE][8:-8, 8:-8] == smooth[8:-8, 8:-8]).mean() > 0.999, "one is"


def test_every_way_gives_a_class_to_every_pixel(found):
    for depth in found.depths:
        assert set(depth.maps) == set(Upsampling)
        for classes in depth.maps.values():
            assert classes.shape == (224, 224)
            assert classes.max() < 7


def test_kernels_began_bilinear_and_learned(found):
    assert [(one.stride, one.factor, one.after.shape) for one in found.kernels] == [
        (32, 2, (7, 4, 4)),
        (16, 2, (7, 4, 4)),
        (8, 8, (7, 16, 16)),
    ]
    head = cache.load(MODEL, torch.device("cpu")).module.fcn
    for one, layer in zip(found.kernels, (head.double_32, head.double_16, head.whole), strict=True):
        assert one.before.tolist() == bilinear_kernel(2 * one.factor).tolist()
        assert all((one.after[k] == layer.weight[k, k].numpy()).all() for k in range(7))
        assert not np.allclose(one.after[3], one.before, atol=1e-3)
        assert 0 < one.mixed < 1


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    monkeypatch.setattr(Network, "prepared", lambda _, image: image * torch.nan)
    with pytest.raises(WeightsDamagedError):
        strides(sample("cat"))


def test_eight_threads_get_the_same(found):
    with ThreadPoolExecutor(8) as pool:
        for other in pool.map(lambda _: strides(sample("cat")), range(8)):
            for ours, theirs in zip(found.depths, other.depths, strict=True):
                assert (ours.scores == theirs.scores).all()


@pytest.mark.gpu
def test_a_gpu_gives_the_same(monkeypatch, found):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    monkeypatch.setenv("VISION_LAB_DEVICE", "cuda")
    there = strides(sample("cat"))
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    for ours, theirs in zip(strides(sample("cat")).depths, there.depths, strict=True):
        np.testing.assert_allclose(theirs.scores, ours.scores, atol=0.05, rtol=0.01)
        for way in Upsampling:
            assert (theirs.maps[way] == ours.maps[way]).mean() > 0.995
