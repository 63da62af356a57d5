"""From scores to a class and its certainty: worked by hand, laws, edges, and refusals."""

import math
from concurrent.futures import ThreadPoolExecutor

import jaxtyping
import pytest
import torch

from core.errors import SettingError
from core.segmentation import segmenter
from core.segmentation.segmenter import certainty, class_map, probabilities


def scores(classes=6, height=7, width=9, seed=0):
    return torch.randn(classes, height, width, generator=torch.Generator().manual_seed(seed)) * 3


def of(*shares):
    return torch.tensor(shares)[:, None, None]


def test_the_class_of_a_pixel_has_its_highest_score(monkeypatch):
    raw = scores()
    expected = raw.argmax(dim=0)
    assert class_map(raw).tolist() == expected.tolist()
    assert class_map(raw).dtype == torch.uint8
    monkeypatch.setattr(segmenter, "CHUNK", 100)
    assert class_map(raw).tolist() == expected.tolist(), "also a few rows at a time"
    assert probabilities(raw).argmax(dim=0).equal(expected)


def test_probabilities_of_a_pixel_sum_to_one():
    torch.testing.assert_close(probabilities(scores()).sum(dim=0), torch.ones(7, 9))


def test_certainty_worked_by_hand():
    half = certainty(of(0.5, 0.5, 0.0, 0.0))
    assert (half.entropy.item(), half.share.item(), half.margin.item()) == (1.0, 0.5, 0.0)
    skewed = certainty(of(0.5, 0.25, 0.125, 0.125))
    assert skewed.entropy.item() == pytest.approx(1.75)
    assert skewed.margin.item() == pytest.approx(0.25)
    sure = certainty(of(0.0, 1.0, 0.0))
    assert (sure.entropy.item(), sure.share.item(), sure.margin.item()) == (0.0, 0.0, 1.0)
    only = certainty(of(1.0))
    assert (only.entropy.item(), only.share.item(), only.margin.item()) == (0.0, 0.0, 1.0)


def test_entropy_lies_between_none_and_that_of_all_classes_alike():
    found = certainty(probabilities(scores()))
    assert (found.entropy >= 0).all()
    assert (found.entropy <= math.log2(6)).all()
    assert certainty(torch.full((6, 1, 1), 1 / 6)).share.item() == pytest.approx(1)
    peer = torch.distributions.Categorical(logits=scores().permute(1, 2, 0)).entropy() / math.log(2)
    torch.testing.assert_close(found.entropy, peer)


def test_half_precision_is_good_to_a_thousandth():
    shares = probabilities(scores())
    whole, half = certainty(shares), certainty(shares.half())
    assert (whole.margin - half.margin).abs().max() < 1e-3
    assert (whole.share - half.share).abs().max() < 1e-3


def test_more_pixels_are_unsure_the_higher_the_threshold():
    found = certainty(probabilities(scores()))
    counts = [int(found.unsure(threshold).sum()) for threshold in (0.0, 0.2, 0.5, 0.9, 1.0)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == 63
    assert not certainty(of(0.0, 1.0)).unsure(1.0).any()


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_its_range_is_named_with_its_rule(threshold):
    with pytest.raises(SettingError, match=r"threshold must lie in \[0, 1\]"):
        certainty(of(0.5, 0.5)).unsure(threshold)


def test_too_many_classes_for_a_byte_or_none_are_refused(monkeypatch):
    with pytest.raises(SettingError, match="1 to 255 classes, got 256"):
        class_map(torch.zeros(256, 1, 1))
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(SettingError, match="got 0"):
        class_map(torch.zeros(0, 1, 1))


def test_eight_threads_get_the_same():
    raw = scores(height=60, width=80)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: (class_map(raw), certainty(probabilities(raw)).entropy), range(16)))
    assert all(classes.equal(found[0][0]) and entropy.equal(found[0][1]) for classes, entropy in found)


def test_every_device_gives_the_same(device):
    raw = scores()
    there = certainty(probabilities(raw.to(device)))
    here = certainty(probabilities(raw))
    assert class_map(raw.to(device)).cpu().equal(class_map(raw))
    for name in ("entropy", "share", "margin"):
        torch.testing.assert_close(getattr(there, name).cpu(), getattr(here, name), atol=1e-5, rtol=1e-4)
