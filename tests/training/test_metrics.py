import pytest
import torch

from core.networks.lab_classifier import CLASSES
from training.metrics import ClassScore, Confusion, score


def test_counts_what_a_loop_counts():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.randn(200, 15, generator=generator).softmax(dim=1)
    labels = torch.randint(0, 15, (200,), generator=generator)
    scores = score(probabilities, labels)
    right = [int(row.argmax()) == int(label) for row, label in zip(probabilities, labels, strict=True)]
    assert scores.top1 == sum(right) / 200
    assert scores.confidence == pytest.approx(sum(float(row.max()) for row in probabilities) / 200)
    for row in scores.classes:
        mine = [hit for hit, label in zip(right, labels.tolist(), strict=True) if CLASSES[label] == row.name]
        assert (row.right, row.count) == (sum(mine), len(mine))
    assert sum(pair.count for pair in scores.confusions) == 200 - sum(right)


def test_the_worst_confusion_comes_first():
    called = torch.eye(15)[torch.tensor([0, 0, 1, 2, 2, 2])]
    scores = score(called, torch.tensor([0, 1, 1, 0, 0, 2]))
    assert scores.confusions == (Confusion("tench", "chain saw", 2), Confusion("cassette player", "tench", 1))
    assert scores.classes[0] == ClassScore("tench", 1, 3)


def test_no_pictures_score_nothing():
    assert score(torch.zeros(0, 15), torch.zeros(0, dtype=torch.long)).top1 == 0
