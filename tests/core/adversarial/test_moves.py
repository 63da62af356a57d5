import pytest
import torch
from torch import nn

from core.adversarial import moves
from core.adversarial.deepfool import OVERSHOOT
from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import Attack, AttackSettings, Goal
from core.errors import ModelError
from core.images.normalise import to_pixels, to_tensor

GREY = torch.full((1, 3, 4, 4), 128 / 255)


def settings(attack: Attack, **others: object) -> AttackSettings:
    return AttackSettings(attack=attack, **{"epsilon": 0.4, "step_size": 0.1, **others})


def slope(scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("attack", [Attack.FGSM, Attack.PGD_LINF])
def test_steps_of_signs_move_every_value_by_the_whole_step(attack):
    way = slope()
    way[0, 0, 0, 0] = 0
    chosen = settings(attack)
    expected = GREY + chosen.stride * way.sign()
    torch.testing.assert_close(moves.moved(GREY, GREY, way, chosen), expected)


@pytest.mark.parametrize("attack", [Attack.COURSE, Attack.PGD_L2])
@pytest.mark.parametrize("scale", [1e-38, 1e-30, 1.0, 1e30])
def test_normalised_steps_have_their_length_however_small_or_large_the_slope(attack, scale):
    change = moves.moved(GREY, GREY, slope(scale), settings(attack)) - GREY
    assert float(change.norm()) == pytest.approx(0.1, rel=1e-4)
    torch.testing.assert_close(change / change.norm(), slope() / slope().norm(), rtol=1e-3, atol=1e-5)


def test_deepfool_goes_its_whole_way_and_shows_a_little_more():
    way = 0.01 * slope()
    chosen = settings(Attack.DEEPFOOL, epsilon=None)
    point = moves.moved(GREY, GREY, way, chosen)
    torch.testing.assert_close(point, GREY + way)
    torch.testing.assert_close(moves.shown(point, GREY, chosen), GREY + (1 + OVERSHOOT) * way)
    assert torch.equal(moves.departure(point, GREY, chosen), point)


@pytest.mark.parametrize("attack", Attack)
@pytest.mark.parametrize("round_inside", [False, True])
def test_what_is_shown_never_leaves_the_ball_and_is_on_the_grid_if_it_shall_be(attack, round_inside):
    chosen = settings(attack, epsilon=0.05, step_size=3.0, round_inside=round_inside)
    shown = moves.shown(moves.moved(GREY, GREY, 5 * slope(), chosen), GREY, chosen)
    size = (shown - GREY).norm() if attack is Attack.PGD_L2 else (shown - GREY).abs().max()
    assert 0 < float(size) <= 0.05 + 1e-6
    assert torch.equal(shown, to_tensor(to_pixels(shown))) is round_inside


def test_short_steps_add_up_below_the_rounding():
    """Ten steps of a tenth of a level: each alone would be rounded away."""
    chosen = settings(Attack.PGD_LINF, step_size=0.1 / 255, round_inside=True)
    point = GREY
    for _ in range(10):
        point = moves.moved(point, GREY, torch.ones_like(GREY), chosen)
    torch.testing.assert_close(moves.shown(point, GREY, chosen), torch.full_like(GREY, 129 / 255))


@pytest.mark.parametrize("attack", Attack)
@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_a_slope_that_is_no_number_is_refused_in_words(attack, bad):
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 3)).requires_grad_(False)
    objective = ClassObjective(network, Goal.AWAY, 0)
    leaf = GREY.clone().requires_grad_()
    outputs = objective.outputs(leaf)

    def broken(*inputs: torch.Tensor, **others: bool) -> tuple[torch.Tensor, ...]:
        (found,) = torch.autograd.grad(*inputs, retain_graph=True)
        found = found.clone()
        found[0, 0, 0, 0] = bad
        return (found,)

    with pytest.raises(ModelError, match=r"not a number.*Choose another network"):
        moves.way(objective, leaf, outputs, attack, broken)
