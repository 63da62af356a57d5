import math

import pytest
import torch

from core.adversarial.objectives import ClassObjective, DetectionObjective
from core.adversarial.settings import Goal
from core.errors import SettingError


def logits_of(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows)


def attacking(goal: Goal, label: int, *, logits: torch.Tensor | None = None) -> ClassObjective:
    return ClassObjective(lambda pictures: torch.zeros(len(pictures), 3) if logits is None else logits, goal, label)


@pytest.mark.parametrize("label", range(3))
def test_the_loss_is_the_cross_entropy_written_out_up_for_away_and_down_for_a_target(label):
    rows = [[0.5, -1.0, 2.0], [3.0, 3.0, 3.0]]
    entropies = [math.log(sum(math.exp(value) for value in row)) - row[label] for row in rows]
    outputs = logits_of(*rows)
    away = attacking(Goal.AWAY, label).loss(outputs)
    towards = attacking(Goal.TOWARDS, label).loss(outputs)
    torch.testing.assert_close(away, torch.tensor(entropies))
    assert torch.equal(towards, -away)


def test_the_score_is_the_logit_whatever_other_classes_do():
    outputs, louder = logits_of([1.0, 2.0, 3.0]), logits_of([1.0, 2.0, 30.0])
    assert attacking(Goal.TOWARDS, 1).score(outputs).tolist() == [2.0]
    assert attacking(Goal.AWAY, 1).score(outputs).tolist() == [-2.0]
    assert torch.equal(attacking(Goal.TOWARDS, 1).score(louder), attacking(Goal.TOWARDS, 1).score(outputs))


def test_the_answer_is_the_softmax():
    answer = attacking(Goal.AWAY, 0).answer(logits_of([0.0, math.log(3.0), 0.0]))
    torch.testing.assert_close(answer, torch.tensor([[0.2, 0.6, 0.2]]))


def test_a_target_is_reached_when_it_wins_and_a_class_is_left_when_it_does_not():
    answer = torch.tensor([0.2, 0.5, 0.3])
    assert [attacking(Goal.TOWARDS, label).reached(answer) for label in range(3)] == [False, True, False]
    assert [attacking(Goal.AWAY, label).reached(answer) for label in range(3)] == [True, False, True]


@pytest.mark.parametrize("label", [-1, 3])
def test_a_class_the_network_does_not_have_is_refused(label):
    with pytest.raises(SettingError, match=f"label must be a class from 0 to 2, got {label}"):
        attacking(Goal.TOWARDS, label).outputs(torch.rand(1, 3, 4, 4))


def test_one_evaluation_serves_a_whole_batch():
    weights = torch.randn(3 * 4 * 4, 5, generator=torch.Generator().manual_seed(0))
    objective = ClassObjective(lambda pictures: pictures.flatten(1) @ weights, Goal.AWAY, 2)
    pictures = torch.rand(6, 3, 4, 4)
    outputs = objective.outputs(pictures)
    together = objective.loss(outputs)
    alone = [objective.loss(objective.outputs(picture[None])).item() for picture in pictures]
    assert together.tolist() == pytest.approx(alone, rel=1e-4, abs=1e-5)
    assert objective.answer(outputs).sum(dim=1).tolist() == pytest.approx([1.0] * 6)


def detection(score: float, threshold: float = 0.5) -> DetectionObjective:
    return DetectionObjective(lambda pictures: torch.full((len(pictures),), score), threshold)


def test_a_detection_is_gone_below_the_threshold_and_not_at_it():
    picture = torch.rand(1, 3, 4, 4)
    for score, gone in [(0.9, False), (0.5, False), (0.49, True)]:
        objective = detection(score)
        (answer,) = objective.answer(objective.outputs(picture))
        assert answer.tolist() == pytest.approx([score])
        assert objective.reached(answer) is gone


def test_the_loss_of_a_detection_is_minus_the_logarithm_of_its_score():
    outputs = torch.tensor([[0.25]])
    assert detection(0.25).loss(outputs).item() == pytest.approx(math.log(4))
    assert detection(0.25).score(outputs).item() == -0.25


def test_a_score_of_zero_has_a_loss_and_a_slope_of_zero():
    outputs = torch.zeros(1, 1, requires_grad=True)
    loss = detection(0.0).loss(outputs)
    (slope,) = torch.autograd.grad(loss.sum(), outputs)
    assert loss.isfinite().all()
    assert slope.item() == 0


@pytest.mark.parametrize("threshold", [0.0, -0.1, 1.1, math.nan])
def test_a_threshold_no_score_can_be_below_or_above_is_refused(threshold):
    with pytest.raises(SettingError, match="threshold must be above 0"):
        detection(0.5, threshold)
