"""The single-shot grid head."""

import torch

from core.networks.yolo import prediction, stage, taken_apart


def test_the_channels_are_confidence_then_offsets_then_classes():
    """Each number of the output says where it stands: 1000 * channel + 10 * row + column."""
    rows, cols, anchors, classes = 3, 4, 2, 5
    channel = torch.arange(5 * anchors + classes)[:, None, None] * 1000.0
    output = (channel + 10.0 * torch.arange(rows)[:, None] + torch.arange(cols))[None]
    answer = taken_apart(output, anchors)
    for anchor in range(anchors):
        assert answer.confidence[0, anchor, 1, 2] == 1000 * anchor + 12
        for number in range(4):
            assert answer.offsets[0, anchor, number, 1, 2] == 1000 * (anchors + 4 * anchor + number) + 12
    for label in range(classes):
        assert answer.classes[0, label, 2, 3] == 1000 * (5 * anchors + label) + 23


def test_a_stage_keeps_the_grid_or_halves_it(device):
    features = torch.rand(2, 16, 14, 14, device=device)
    assert stage(16, 8, stride=1).to(device)(features).shape == (2, 8, 14, 14)
    assert stage(16, 8, stride=2).to(device)(features).shape == (2, 8, 7, 7)


def test_almost_nothing_is_an_object_at_first(device):
    torch.manual_seed(0)
    network = prediction(8, anchors=9, classes=6).to(device)
    answer = taken_apart(network(torch.rand(1, 8, 7, 7, device=device)), 9)
    assert answer.classes.shape == (1, 6, 7, 7)
    assert 0.003 < answer.confidence.sigmoid().mean().item() < 0.03
