from dataclasses import replace

import pytest
import torch

from core.networks.squeezenet import SplitNetwork
from training.checkpoints import Progress
from training.classifier import SMOKE, start_network
from training.classifying import ClassifierTraining
from training.data import Split, animals, things
from training.loop import Workshop

CPU = torch.device("cpu")


def training(tmp_path, lines: list[str] | None = None) -> ClassifierTraining:
    shop = Workshop(device=CPU, checkpoint=tmp_path / "checkpoint", say=(lines or []).append)
    return ClassifierTraining(start_network(pretrained=False, seed=0), SMOKE, Progress({}), shop)


def copied(network: SplitNetwork, part: str) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in getattr(network, part).parameters()]


def same(ours: list[torch.Tensor], theirs: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_the_head_learns_alone_then_all_weights_do(drawn, tmp_path):
    ours = training(tmp_path)
    moved: list[tuple[bool, bool]] = []
    before = {part: copied(ours.network, part) for part in ("trunk", "head")}

    def judge(network: torch.nn.Module) -> dict[str, float]:
        after = {part: copied(ours.network, part) for part in ("trunk", "head")}
        moved.append(tuple(not same(before[part], after[part]) for part in ("trunk", "head")))
        before.update(after)
        return {}

    ours.run([*things(drawn, Split.TRAIN), *animals(drawn, Split.TRAIN)], judge)
    assert moved == [(False, True), (True, True)]


def test_what_is_judged_is_the_running_average_of_the_weights(drawn, tmp_path):
    ours = training(tmp_path)
    expected = copied(ours.network, "head")
    honest = ours._step
    step = 0

    def watched(*batch: object) -> float:
        nonlocal expected, step
        loss = honest(*batch)
        kept = SMOKE.average_kept(step)
        expected = [kept * a + (1 - kept) * b for a, b in zip(expected, copied(ours.network, "head"), strict=True)]
        step += 1
        return loss

    ours._step = watched
    judged: list[torch.nn.Module] = []
    ours.run(things(drawn, Split.TRAIN), lambda network: judged.append(network) or {})
    assert all(network is ours.average and not network.training for network in judged)
    assert step > SMOKE.epochs
    for weight, mean in zip(ours.average.head.parameters(), expected, strict=True):
        assert torch.allclose(weight, mean, atol=1e-6)


def test_every_epoch_is_told_and_kept(drawn, tmp_path):
    lines: list[str] = []
    ours = training(tmp_path, lines := ["start"])
    ours.run(things(drawn, Split.TRAIN), lambda _: {"top1": 0.5})
    assert [line.partition(" done")[0] for line in lines[1:]] == ["epoch 1/2", "epoch 2/2"]
    assert all("top1 0.5000" in line for line in lines[1:])
    assert [row["epoch"] for row in ours.progress.history] == [1, 2]


def test_without_dropout_the_head_gets_every_map(tmp_path):
    features = torch.rand(3, 7, 2, 2)
    assert torch.equal(features * training(tmp_path).kept(features), features)


def test_dropout_takes_whole_maps_and_keeps_their_mean(tmp_path):
    ours = training(tmp_path)
    ours.recipe = replace(SMOKE, dropout=0.25)
    kept = ours.kept(torch.rand(64, 512, 2, 2))
    assert kept.shape == (64, 512, 1, 1)
    assert kept.unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert kept.mean().item() == pytest.approx(1, abs=0.02)


def test_dropout_is_the_same_after_a_resume_and_another_at_each_step(tmp_path):
    ours, again = training(tmp_path), training(tmp_path)
    features = torch.rand(2, 50, 2, 2)
    for one in (ours, again):
        one.recipe = replace(SMOKE, dropout=0.5)
    first = ours.kept(features)
    torch.rand(9)
    assert torch.equal(again.kept(features), first)
    again.progress.step += 1
    assert not torch.equal(again.kept(features), first)
