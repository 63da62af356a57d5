"""Learning to find and to outline."""

from dataclasses import asdict

import torch
from torch.nn import functional

from core.detection.grid import COURSE
from core.detection.loss import Objects
from core.detection.targets import Positives
from core.networks.fcn import FcnScores
from core.networks.lab_vision import LabVision
from training.checkpoints import Progress
from training.loop import Workshop
from training.scenes import UNJUDGED
from training.seeing import VisionRecipe, VisionTraining, detector_loss, segmenter_loss


def training(tmp_path, **changes) -> VisionTraining:
    recipe = VisionRecipe(**changes)
    shop = Workshop(device=torch.device("cpu"), checkpoint=tmp_path / "checkpoint")
    return VisionTraining(LabVision(), (), recipe, Progress(asdict(recipe)), shop)


def test_all_weights_belong_to_the_trunk_or_are_new(tmp_path):
    ours = training(tmp_path)
    trunk, new = ours.parts()
    counts = [sum(weight.numel() for weight in part.parameters()) for part in (trunk, new, ours.network)]
    assert counts[0] + counts[1] == counts[2]


def test_an_epoch_takes_every_photo_as_often_as_the_recipe_says(tmp_path):
    ours = training(tmp_path, rounds=2)
    order = ours.order([None] * 7)
    assert sorted(order) == sorted([*range(7)] * 2)
    ours.progress.epoch = 1
    assert ours.order([None] * 7) != order


def test_the_segmenter_is_judged_at_each_of_its_three_answers():
    draw = torch.Generator().manual_seed(0)
    scores = FcnScores(*(torch.randn(2, 7, 8, 8, generator=draw) for _ in range(3)))
    masks = torch.randint(0, 7, (2, 8, 8), generator=draw, dtype=torch.uint8)
    masks[0, :3] = UNJUDGED
    expected = 0.0
    for one in scores:
        judged = [
            -one[photo, :, y, x].log_softmax(dim=0)[masks[photo, y, x].long()].item()
            for photo in range(2)
            for y in range(8)
            for x in range(8)
            if masks[photo, y, x] != UNJUDGED
        ]
        expected += sum(judged) / len(judged)
    torch.testing.assert_close(segmenter_loss(scores, masks).item(), expected, rtol=1e-5, atol=0)


def test_without_any_mask_there_is_nothing_to_judge():
    scores = FcnScores(*(torch.randn(1, 7, 4, 4) for _ in range(3)))
    assert segmenter_loss(scores, torch.full((1, 4, 4), UNJUDGED, dtype=torch.uint8)).item() == 0


def test_a_step_against_the_gradient_lowers_the_loss_of_a_detector():
    torch.manual_seed(0)
    output = (torch.randn(1, 51, 7, 7) * 0.1).requires_grad_()
    objects = [Objects(torch.tensor([[30.0, 40.0, 150.0, 170.0]]), torch.tensor([2]))]
    before = detector_loss(output, objects, COURSE, Positives.ACTIVATED).total()
    (gradient,) = torch.autograd.grad(before, output)
    after = detector_loss(
        output - 0.05 * functional.normalize(gradient.flatten(), dim=0).view_as(gradient),
        objects,
        COURSE,
        Positives.ACTIVATED,
    ).total()
    assert after < before
