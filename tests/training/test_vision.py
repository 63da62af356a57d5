"""The whole training of detectors and segmenter, on drawn pictures."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.networks.lab_classifier import lab_classifier
from core.networks.lab_vision import LabVision
from training.export import export
from training.loop import Training
from training.vision import WEIGHTS, main, start_network

SMOKE_RUN = ["--smoke", "--device", "cpu", "--minutes", "0"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """What an uninterrupted smoke run leaves."""
    out = tmp_path_factory.mktemp("whole")
    assert main([*SMOKE_RUN, "--out", str(out)]) == 0
    return out


def test_a_smoke_run_leaves_weights_that_load_and_metrics_of_each_epoch(whole):
    state = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in load_file(whole / WEIGHTS).items()
    }
    LabVision().load_state_dict(state)
    history = json.loads((whole / "metrics.json").read_text())
    assert [row["epoch"] for row in history] == [1, 2]
    assert all(0 <= row[name] <= 1 for row in history for name in ("map_7", "map_14", "miou_8s"))


def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(whole, tmp_path, monkeypatch):
    honest, done = Training._step, []

    def killed_later(self, *batch):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(batch)
        return honest(self, *batch)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_step", killed_later)
        with pytest.raises(KeyboardInterrupt):
            main([*SMOKE_RUN, "--out", str(tmp_path)])
    assert main([*SMOKE_RUN, "--out", str(tmp_path), "--resume"]) == 0
    ours, theirs = load_file(tmp_path / WEIGHTS), load_file(whole / WEIGHTS)
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


def test_it_begins_with_the_trunk_of_the_classifier(tmp_path):
    torch.manual_seed(1)
    export(lab_classifier().state_dict(), tmp_path / "weights")
    ours = start_network(tmp_path / "weights", seed=0).trunk.state_dict()
    theirs = load_file(tmp_path / "weights")
    assert all(torch.equal(tensor, theirs[f"trunk.{name}"].float()) for name, tensor in ours.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--smoke", "--resume"], "no checkpoint"),
        ([], "needs photos"),
        (["--data", "/nowhere"], "no animal photos"),
    ],
)
def test_what_is_missing_is_said_plainly(arguments, said, tmp_path, capsys):
    assert main([*arguments, "--out", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err
