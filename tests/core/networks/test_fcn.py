"""The fully convolutional head: three depths, three answers."""

import torch
from torch.nn import functional

from core.networks.fcn import FcnHead


def maps(device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    shapes = ((4, 8, 12), (5, 4, 6), (6, 2, 3))
    return tuple(torch.rand(2, *shape, generator=draw).to(device) for shape in shapes)


def head(device: torch.device) -> FcnHead:
    torch.manual_seed(0)
    return FcnHead((4, 5, 6), 3).to(device)


def test_each_answer_has_a_score_for_each_class_and_pixel(device):
    for scores in head(device)(*maps(device)):
        assert scores.shape == (2, 3, 64, 96)


def test_the_answers_are_sums_of_upsampled_scores(device):
    """At first every upsampling is an interpolation; far from the edges nothing but the definition is left."""
    ours, (fine, middle, coarse) = head(device), maps(device)
    up = lambda scores, factor: functional.interpolate(  # noqa: E731
        scores, scale_factor=factor, mode="bilinear", align_corners=False
    )
    from_16 = ours.score_16(middle) + up(ours.score_32(coarse), 2)
    expected = up(ours.score_8(fine) + up(from_16, 2), 8)
    middle_pixel = (..., 31, 47)
    torch.testing.assert_close(ours(fine, middle, coarse).at_8[middle_pixel], expected[middle_pixel], atol=0.2, rtol=0)


def test_each_answer_depends_on_its_depths_alone(device):
    ours, (fine, middle, coarse) = head(device), maps(device)
    before = ours(fine, middle, coarse)
    other = ours(fine + 1, middle, coarse)
    assert torch.equal(other.at_32, before.at_32)
    assert torch.equal(other.at_16, before.at_16)
    assert not torch.equal(other.at_8, before.at_8)
    other = ours(fine, middle + 1, coarse)
    assert torch.equal(other.at_32, before.at_32)
    assert not torch.equal(other.at_16, before.at_16)


def test_the_answers_are_the_scores_of_each_depth_made_larger(device):
    ours, features = head(device), maps(device)
    answers, depths = ours(*features), ours.depths(*features)
    assert [tuple(scores.shape[2:]) for scores in depths] == [(2, 3), (4, 6), (8, 12)]
    assert torch.equal(ours.whole(ours.double_16(ours.double_32(depths.at_32))), answers.at_32)
    assert torch.equal(ours.whole(ours.double_16(depths.at_16)), answers.at_16)
    assert torch.equal(ours.whole(depths.at_8), answers.at_8)
