"""Numbers in the other chapters of the manual: computed with `core`, and looked up as they are written there."""

import math

import pytest
import torch
from torch import nn

from core.adversarial.rounding import rounded
from core.adversarial.settings import LEVEL, Attack, AttackSettings, Ball, Norm
from core.attribution.cam import cam
from core.attribution.grad_cam import grad_cam
from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.saliency import gradient_x_input, saliency
from core.attribution.settings import IntegrationSettings, Rule
from core.images.tiles import tiles
from core.images.total_variation import total_variation
from core.networks.upsampling import bilinear_kernel
from core.segmentation.scores import confusion
from core.segmentation.settings import transposed_side
from core.segmentation.transposed import coverage, transpose
from core.style.losses import content_loss, energy, gram, style_loss
from core.style.settings import StyleSettings
from core.zoo.catalog import CARDS, card
from tests.docs.chapters import says


def test_transposed_convolutions():
    numbers = torch.tensor([[0.0, 1], [2, 3]])
    written = "; ".join(
        ", ".join(f"{value:.0f}" for value in row) for row in transpose(numbers, numbers).output.tolist()
    )
    says("segmenter", f"({written})")
    assert transpose(numbers, numbers, stride=2).output.shape == (4, 4)
    says("segmenter", f"= {transposed_side(3, 3, stride=2, padding=1)}, so 5 × 5")
    says("segmenter", f"= {transposed_side(28, 16, stride=8, padding=4)}, the size")
    assert set(coverage(5, 5, 3, 3, stride=2).unique().tolist()) == {1, 2, 4}
    says("segmenter", "1, 2 or 4")


def test_the_bilinear_kernel():
    sixteenths = (bilinear_kernel(4) * 16).tolist()
    says("segmenter", f"({'; '.join(', '.join(f'{value:.0f}' for value in row) for row in sixteenths)})")


def test_a_map_that_is_all_background():
    truth = torch.zeros(10, 10, dtype=torch.int64)
    truth[0] = 1
    score = confusion(torch.zeros_like(truth), truth, classes=2)
    says("segmenter", f"{100 * score.pixel_accuracy:.0f} % of the pixels", f"the mean is {score.mean_iou:.2f}")


def test_tiles_of_a_large_photo():
    says("segmenter", f"{len(tiles(683, 1024, size=224, overlap=56))} tiles")


def test_a_saturated_score():
    def score(x: torch.Tensor) -> torch.Tensor:
        return 1 - (1 - x.flatten(1).sum(dim=1)).relu()

    x, zero = torch.full((1, 1, 1), 2.0), torch.zeros(1, 1, 1)
    assert saliency(score, x).item() == gradient_x_input(score, x).item() == 0
    found = integrated_gradients(score, x, zero, IntegrationSettings(rule=Rule.MIDPOINT, steps=64), chunk=8)
    assert found.total == pytest.approx(1)
    says("attribution", "attribute 1, all of the rise")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule.LEFT, "Left: {total:.2f}, a gap of −{size:.2f}"),
        (Rule.RIGHT, "Right: {total:.2f}, a gap of {size:.2f}"),
        (Rule.MIDPOINT, "Midpoints: {total:.0f}, no gap"),
    ],
)
def test_sums_along_a_parabola(rule, words):
    one, zero = torch.ones(1, 1, 1), torch.zeros(1, 1, 1)
    found = integrated_gradients(
        lambda x: x.flatten(1).square().sum(dim=1), one, zero, IntegrationSettings(rule=rule, steps=4), chunk=4
    )
    says("attribution", words.format(total=found.total, size=abs(found.gap)))


def test_grad_cam_of_a_mean_is_cam_divided():
    torch.manual_seed(0)
    features, head = torch.rand(1, 8, 14, 14), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    found = grad_cam(features, head, 1)
    weights = head[-1].weight.detach()
    assert found.weights == pytest.approx(weights[1] / 196, rel=1e-4)
    assert found.map == pytest.approx(cam(features, weights, 1).relu() / 196, rel=1e-4, abs=1e-6)
    says("attribution", "14 · 14 = 196")


def test_the_slope_of_a_probability():
    for chapter in ("attribution", "saliency"):
        says(chapter, f"{0.99 * (1 - 0.99):.4f}")


def test_small_changes_add_up():
    values = 224 * 224 * 3
    says(
        "saliency",
        f"{values:,} values",
        f"together {values * 0.01 * LEVEL:.2f}",
        f"= {8 * LEVEL * math.sqrt(values):.2f}",
    )


def test_a_step_of_pgd():
    settings = AttackSettings(attack=Attack.PGD_LINF, epsilon=8 * LEVEL, steps=20)
    says("saliency", f"2.5 · 8 / 20 = {settings.stride / LEVEL:.0f} level")


def test_a_change_below_half_a_level_is_gone():
    clean = torch.full((1, 3, 2, 2), 100 / 255)
    assert torch.equal(rounded(clean + 0.4 * LEVEL, clean, Ball(Norm.LINF, 8 * LEVEL)), clean)
    says("saliency", "by 0.4 levels")


def test_a_gram_matrix_of_two_maps():
    maps = torch.tensor([[[[1.0, 0], [1, 0]], [[0, 1], [1, 0]]]])
    written = "; ".join(", ".join(f"{value:g}" for value in row) for row in gram(maps)[0].tolist())
    says("style", f"({written})")
    shuffled = maps.flatten(2)[:, :, [2, 0, 3, 1]].view_as(maps)
    assert torch.equal(gram(shuffled), gram(maps))
    assert content_loss(shuffled, maps) > 0


def test_total_variation_of_an_edge_and_a_checkerboard():
    edge = torch.tensor([[0.0, 0, 1, 1]] * 4)[None, None]
    board = (torch.arange(4)[:, None] + torch.arange(4)).remainder(2).float()[None, None]
    says("style", f"four rows: {total_variation(edge).item():.0f}", f"differ: {total_variation(board).item():.0f}")


def test_losses_of_a_picture_without_features():
    torch.manual_seed(0)
    maps = torch.rand(1, 4, 8, 8)
    matrix = gram(maps)
    assert content_loss(torch.zeros_like(maps), maps).item() == pytest.approx(1)
    assert style_loss(torch.zeros_like(matrix), matrix, energy(matrix)).item() == pytest.approx(1)
    says("style", "Content: 1,", "2 E / (E + E) = 1")


def test_what_a_painting_begins_with():
    own = StyleSettings(content_layers={}, style_layers={"": 1.0})
    says("style", f"$a = {own.content:g}$, $b = {own.style:g}$, $t = {own.total_variation:g}$", f"{own.steps} updates")
    says("style", f"{own.steps // own.octaves} updates at {own.side / own.octave_scale:.0f} pixels")


def test_numbers_of_the_catalogue():
    assert len(CARDS) == 24
    says("models", "twenty-four")
    lab, vgg, resnet = card("lab-classifier"), card("vgg16"), card("resnet50")
    says("models", f"{lab.parameters:,}", f"{lab.size:,}", f"2 · {lab.parameters:,} = {2 * lab.parameters:,}")
    says("models", f"{vgg.parameters:,}", f"{resnet.parameters:,}", f"{vgg.parameters / resnet.parameters:.1f} times")
    for row in (vgg, resnet):
        says("models", row.score.split(" %")[0] + " %")


def test_parameters_of_convolutions():
    wide = nn.Conv2d(3, 96, 11)
    says("models", f"{wide.weight.numel():,} weights", f"{sum(part.numel() for part in wide.parameters()):,}.")
    small, large = nn.Conv2d(64, 64, 3, bias=False), nn.Conv2d(64, 64, 7, bias=False)
    says("models", f"{3 * small.weight.numel():,}", f"{large.weight.numel():,}", f"+ 1 = {(10 - 3) / 2 + 1:g}")
